//! The links: everything a person needs to come in, or to bring a device along, in one line to
//! paste.
//!
//! `homing://join/<host>[:port]/<code>[?fp=<fingerprint>][&tls=off]`
//!
//! A [`JoinLink`] carries an invitation, a [`DeviceLink`] (`homing://link/…`) the one-time code by
//! which a device of one's own signs another one in. Nothing else differs.
//!
//! `fp` is the SHA-256 of the server's certificate (DER) in unpadded base64url. With it, a server
//! with a certificate of its own making is as safe as one with a bought one: whoever got the link
//! from a colleague talks to that colleague's server or to nobody. Without it, the certificate must
//! satisfy the operating system. `tls=off` is for this computer only.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::DEFAULT_PORT;

/// What every join link begins with.
const JOIN: &str = "homing://join/";
/// What every device link begins with.
const DEVICE: &str = "homing://link/";

/// SHA-256 of a certificate's DER encoding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = BadLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadLink::Fingerprint)?;
        bytes.try_into().map(Self).map_err(|_| BadLink::Fingerprint)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Where a server is and how to know that it is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Name or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Encrypted. Off only on loopback and in tests.
    pub tls: bool,
    /// The only certificate to accept; none: what the operating system trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
}

impl Address {
    /// `host:port`, with brackets around an IPv6 address, as in a `Host` header.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// A join link, read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JoinLink {
    /// The server.
    pub address: Address,
    /// The invitation.
    pub code: String,
}

/// A device link, read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceLink {
    /// The server.
    pub address: Address,
    /// Signs one device in, once.
    pub code: String,
}

/// Whichever of the links it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AnyLink {
    /// Makes a new member.
    Join(JoinLink),
    /// Signs in as the member who made it.
    Device(DeviceLink),
}

/// Why a text is no link of ours. The words are for the person who pasted it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    /// Something else entirely.
    #[error("this isn't a Homing link. Links start with homing://join/ or homing://link/")]
    NotALink,
    /// No server in it, or something else where it should stand.
    #[error("the link has no server in it")]
    NoHost,
    /// No code in it, or what can't be one.
    #[error("the link has no code in it")]
    NoCode,
    /// Not 32 bytes of base64url.
    #[error("the fingerprint in the link is damaged. Copy the whole link again")]
    Fingerprint,
    /// Without encryption to another computer.
    #[error(
        "the link turns encryption off, so anyone on the way could read your messages. Ask for a \
         link to a server with encryption"
    )]
    Plain,
}

impl FromStr for JoinLink {
    type Err = BadLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(JOIN, text).map(|(address, code)| Self { address, code })
    }
}

impl FromStr for DeviceLink {
    type Err = BadLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(DEVICE, text).map(|(address, code)| Self { address, code })
    }
}

impl FromStr for AnyLink {
    type Err = BadLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Err(BadLink::NotALink) => text.parse().map(Self::Join),
            device => device.map(Self::Device),
        }
    }
}

/// What a link with this prefix says.
fn read(prefix: &str, text: &str) -> Result<(Address, String), BadLink> {
    // A mail breaks a long link into lines.
    let text = text.replace(['\t', '\r', '\n'], "");
    let rest = after(prefix, text.trim()).ok_or(BadLink::NotALink)?;
    // Taken apart by hand, because a parser of addresses resolves `..` and more: then a link
    // would lead elsewhere than it reads.
    let (rest, _) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut path = path.split('/');
    // Both begin what that parser drops.
    let authority = path.next().filter(|part| !part.is_empty() && !part.contains(['@', '\\']));
    let authority = authority.ok_or(BadLink::NoHost)?;
    let code = path.next().filter(|code| is_code(code)).ok_or(BadLink::NoCode)?;
    // The authority is read as any other: brackets, ports, names.
    let server = Url::parse(&format!("https://{authority}/")).map_err(|_| BadLink::NoHost)?;
    let host = server.host_str().ok_or(BadLink::NoHost)?;
    // 443 is what `https` means, and what the parser therefore hides.
    let port = server.port_or_known_default().filter(|_| names_port(authority));
    let mut address = Address {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: port.unwrap_or(DEFAULT_PORT),
        tls: true,
        fingerprint: None,
    };
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "fp" => address.fingerprint = Some(value.parse()?),
            "tls" => address.tls = value != "off",
            _ => {}
        }
    }
    if !address.tls && !is_this_computer(&address.host) {
        return Err(BadLink::Plain);
    }
    Ok((address, code.to_owned()))
}

/// Whether what is sent there stays on this computer.
fn is_this_computer(host: &str) -> bool {
    let loopback = |address: IpAddr| address.to_canonical().is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(loopback)
}

/// What follows the prefix.
fn after<'a>(prefix: &str, text: &'a str) -> Option<&'a str> {
    let (begins, rest) = text.split_at_checked(prefix.len())?;
    begins.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Whether it can be a code. It will stand in the path of a call, where a dot or a `%` would
/// mean something.
fn is_code(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(fits)
}

/// Whether there is a port behind the host, however it is written. The last colon of an IPv6 address
/// stands within its brackets.
fn names_port(authority: &str) -> bool {
    authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

impl fmt::Display for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, JOIN, &self.address, &self.code)
    }
}

impl fmt::Display for DeviceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, DEVICE, &self.address, &self.code)
    }
}

fn write(f: &mut fmt::Formatter<'_>, prefix: &str, address: &Address, code: &str) -> fmt::Result {
    write!(f, "{prefix}{}/{code}", address.authority())?;
    let mut mark = '?';
    if let Some(fingerprint) = address.fingerprint {
        write!(f, "{mark}fp={fingerprint}")?;
        mark = '&';
    }
    if !address.tls {
        write!(f, "{mark}tls=off")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_link_says_why() {
        for (text, why) in [
            ("", BadLink::NotALink),
            ("https://example.org", BadLink::NotALink),
            ("homing://leave/x/y", BadLink::NotALink),
            ("homing://join/", BadLink::NoHost),
            ("homing://join/chat.example", BadLink::NoCode),
            ("homing://join/chat.example/", BadLink::NoCode),
            ("homing://join/chat.example/ABCD?fp=short", BadLink::Fingerprint),
            ("homing://join/chat.example@evil.example/ABCD", BadLink::NoHost),
            ("homing://join/evil.example\\chat.example/ABCD", BadLink::NoHost),
            ("homing://join/chat.example/../evil.example/ABCD", BadLink::NoCode),
            ("homing://join/chat.example/AB%2FCD", BadLink::NoCode),
            ("homing://join/chat.example/ABCD?tls=off", BadLink::Plain),
            ("homing://join/192.0.2.1/ABCD?fp=&tls=off", BadLink::Fingerprint),
            ("homing://join/192.0.2.1/ABCD?tls=off", BadLink::Plain),
            ("homing://join/localhost.example/ABCD?tls=off", BadLink::Plain),
        ] {
            assert_eq!(text.parse::<JoinLink>(), Err(why), "{text}");
        }
    }

    #[test]
    fn without_encryption_only_on_this_computer() {
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "[::1]", "[::ffff:127.0.0.1]"] {
            let link = format!("homing://join/{host}:9/ABCD?tls=off");
            assert!(!link.parse::<JoinLink>().unwrap().address.tls, "{host}");
        }
    }

    #[test]
    fn the_port_is_ours_unless_named() {
        for (text, port) in [
            ("homing://join/chat.example/A", DEFAULT_PORT),
            ("homing://join/chat.example:443/A", 443),
            ("homing://join/chat.example:0443/A", 443),
            ("homing://join/chat.example:/A", DEFAULT_PORT),
            ("homing://join/[::443]/A", DEFAULT_PORT),
            ("HOMING://Join/bücher.exa\nmple:8/A/", 8),
            ("homing://join/[::1]:9/A", 9),
            ("  homing://join/192.0.2.1:80/A\n", 80),
        ] {
            assert_eq!(text.parse::<JoinLink>().unwrap().address.port, port, "{text}");
        }
    }

    #[test]
    fn the_two_kinds_are_never_taken_for_one_another() {
        let (join, device) = ("homing://join/chat.example/AB", "homing://link/chat.example/AB");
        assert!(matches!(join.parse(), Ok(AnyLink::Join(_))));
        assert!(matches!(device.parse(), Ok(AnyLink::Device(_))));
        assert_eq!(device.parse::<JoinLink>(), Err(BadLink::NotALink));
        assert_eq!(join.parse::<DeviceLink>(), Err(BadLink::NotALink));
        assert_eq!("homing://link/chat.example".parse::<AnyLink>(), Err(BadLink::NoCode));
        assert_eq!("https://chat.example".parse::<AnyLink>(), Err(BadLink::NotALink));
    }

    proptest! {
        #[test]
        fn a_link_survives_being_written_and_read(
            host in "[a-z]{1,9}(\\.[a-z]{2,5})?|::1|127\\.0\\.0\\.1",
            port in 1u16..,
            code in "[A-Z2-9]{4}-[A-Z2-9]{4}",
            fingerprint in prop::option::of(any::<[u8; 32]>()),
            tls in any::<bool>(),
        ) {
            let fingerprint = fingerprint.map(Fingerprint);
            let tls = tls || !is_this_computer(&host);
            let address = Address { host, port, tls, fingerprint };
            let link = DeviceLink { address: address.clone(), code: code.clone() };
            prop_assert_eq!(link.to_string().parse::<DeviceLink>(), Ok(link));
            let link = JoinLink { address, code };
            prop_assert_eq!(link.to_string().parse::<JoinLink>(), Ok(link));
        }
    }
}
