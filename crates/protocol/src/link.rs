//! Links: join a space, link a device, or sign in, in one line of text.
//!
//! `homing://join/<host>[:port]/<code>[?fp=<fingerprint>][&tls=off]`
//!
//! A [`JoinLink`] has an invitation, a [`DeviceLink`] (`homing://link/…`) the one-time code by
//! which a person's device signs in another one, a [`SignInLink`] (`homing://sign-in/…`) no code.
//! Otherwise they are equal.
//!
//! For a server whose certificate browsers trust, `https://<host>[:port]/join#<code>` is a join
//! link as well, which mail programs make clickable. Its page says what to do. Browsers don't send
//! the fragment, so the code reaches no log.
//!
//! `fp` is the SHA-256 of the server's certificate (DER) in unpadded base64url. It makes a
//! self-signed certificate as safe as a public one: the client connects to the server in the link
//! or to none. Without it, the operating system must trust the certificate. `tls=off` is only for
//! this computer.

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
/// What every sign-in link begins with.
const SIGN_IN: &str = "homing://sign-in/";
/// What a join link for browsers begins with.
const WEB: &str = "https://";
/// The page that a join link for browsers leads to.
const WEB_PAGE: &str = "join";
/// The default port of `https`.
const WEB_PORT: u16 = 443;

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
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkError::Fingerprint)?;
        bytes.try_into().map(Self).map_err(|_| LinkError::Fingerprint)
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

/// The address of a server and how to verify it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Name or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Use TLS. Off only on loopback and in tests.
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

    /// As a person types it: without the port where it is [`DEFAULT_PORT`].
    #[must_use]
    pub fn typed(&self) -> String {
        let authority = self.authority();
        let default = format!(":{DEFAULT_PORT}");
        authority.strip_suffix(&default).map_or(authority.clone(), str::to_owned)
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

/// A sign-in link, read: where to sign in with name and password.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignInLink {
    /// The server.
    pub address: Address,
}

/// Any of the links.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AnyLink {
    /// Joins as a new member.
    Join(JoinLink),
    /// Signs in as the member who made it.
    Device(DeviceLink),
    /// Signs in with name and password.
    SignIn(SignInLink),
}

impl AnyLink {
    /// The server.
    #[must_use]
    pub const fn address(&self) -> &Address {
        match self {
            Self::Join(link) => &link.address,
            Self::Device(link) => &link.address,
            Self::SignIn(link) => &link.address,
        }
    }
}

impl JoinLink {
    /// The join link for browsers. None where a browser would show a warning instead of the page:
    /// with a pinned certificate, or without encryption.
    #[must_use]
    pub fn web(&self) -> Option<String> {
        let Address { port, tls, fingerprint, .. } = self.address;
        if !tls || fingerprint.is_some() {
            return None;
        }
        let authority = self.address.authority();
        let place = match port {
            WEB_PORT => authority.strip_suffix(":443").unwrap_or(&authority),
            _ => &authority,
        };
        Some(format!("{WEB}{place}/{WEB_PAGE}#{}", self.code))
    }
}

/// Why a text is not a valid link. The messages are for the person who pasted it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not a Homing link.
    #[error(
        "this isn't a Homing link. Links look like homing://join/…, homing://link/… or \
         https://…/join#…"
    )]
    NotALink,
    /// No valid server.
    #[error("the link has no server in it")]
    NoHost,
    /// No valid code.
    #[error("the link has no code in it")]
    NoCode,
    /// The fingerprint is not 32 bytes of base64url.
    #[error("the fingerprint in the link is damaged. Copy the whole link again")]
    Fingerprint,
    /// No message in a link to one.
    #[error("the link names no message. Copy the whole link again")]
    NoMessage,
    /// No encryption to another computer.
    #[error(
        "the link turns encryption off, so anyone on the way could read your messages. Ask for a \
         link to a server with encryption"
    )]
    Plain,
}

impl FromStr for JoinLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = &joined(text);
        let read = match read(JOIN, text) {
            Err(LinkError::NotALink) => read_web(text),
            read => read,
        };
        read.map(|(address, code)| Self { address, code })
    }
}

impl FromStr for DeviceLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(DEVICE, &joined(text)).map(|(address, code)| Self { address, code })
    }
}

impl FromStr for SignInLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = joined(text);
        let parts = Parts::of(after(SIGN_IN, &text).ok_or(LinkError::NotALink)?);
        Ok(Self { address: parts.address()? })
    }
}

impl FromStr for AnyLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let device = text.parse().map(Self::Device);
        let sign_in = || text.parse().map(Self::SignIn);
        let join = || text.parse().map(Self::Join);
        or_unless_a_link(or_unless_a_link(device, sign_in), join)
    }
}

/// The first that is a link at all, whole or not.
fn or_unless_a_link(
    first: Result<AnyLink, LinkError>,
    next: impl FnOnce() -> Result<AnyLink, LinkError>,
) -> Result<AnyLink, LinkError> {
    match first {
        Err(LinkError::NotALink) => next(),
        first => first,
    }
}

/// The text in one line: a mail breaks a long link into several.
fn joined(text: &str) -> String {
    text.replace(['\t', '\r', '\n'], "").trim().to_owned()
}

/// What stands behind a prefix, taken apart by hand: a parser of addresses resolves `..` and more,
/// and then a link would lead elsewhere than it reads.
struct Parts<'a> {
    authority: &'a str,
    /// Up to the next `/`, if there is something at all.
    next: Option<&'a str>,
    query: &'a str,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(rest: &'a str) -> Self {
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (rest, None),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut path = path.split('/');
        Self { authority: path.next().unwrap_or_default(), next: path.next(), query, fragment }
    }

    /// The server that the authority names, by the URL standard. The query has no part in it: TLS is
    /// on, and no certificate is pinned.
    fn server(&self, default_port: u16) -> Result<Address, LinkError> {
        // A parser would drop what stands before these.
        if self.authority.is_empty() || self.authority.contains(['@', '\\']) {
            return Err(LinkError::NoHost);
        }
        let url = format!("https://{}/", self.authority);
        let server = Url::parse(&url).map_err(|_| LinkError::NoHost)?;
        let host = server.host_str().ok_or(LinkError::NoHost)?;
        // 443 is what `https` means, and what the parser therefore hides.
        let port = server.port_or_known_default().filter(|_| names_port(self.authority));
        Ok(Address {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.unwrap_or(default_port),
            tls: true,
            fingerprint: None,
        })
    }

    /// The server of a link of our own scheme.
    fn address(&self) -> Result<Address, LinkError> {
        let mut address = self.server(DEFAULT_PORT)?;
        for (key, value) in form_urlencoded::parse(self.query.as_bytes()) {
            match key.as_ref() {
                "fp" => address.fingerprint = Some(value.parse()?),
                "tls" => address.tls = value != "off",
                _ => {}
            }
        }
        if !address.tls && !is_this_computer(&address.host) {
            return Err(LinkError::Plain);
        }
        Ok(address)
    }
}

/// What a link with this prefix and a code says.
fn read(prefix: &str, text: &str) -> Result<(Address, String), LinkError> {
    let parts = Parts::of(after(prefix, text).ok_or(LinkError::NotALink)?);
    // Of two faults the first is told.
    parts.server(DEFAULT_PORT)?;
    let code = parts.next.filter(|code| is_code(code)).ok_or(LinkError::NoCode)?;
    Ok((parts.address()?, code.to_owned()))
}

/// What a join link for browsers says. The operating system judges the certificate.
fn read_web(text: &str) -> Result<(Address, String), LinkError> {
    let parts = Parts::of(after(WEB, text).ok_or(LinkError::NotALink)?);
    if parts.next != Some(WEB_PAGE) {
        return Err(LinkError::NotALink);
    }
    let address = parts.server(WEB_PORT)?;
    let code = parts.fragment.filter(|code| is_code(code)).ok_or(LinkError::NoCode)?;
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
        write(f, JOIN, &self.address, Some(&self.code))
    }
}

impl fmt::Display for DeviceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, DEVICE, &self.address, Some(&self.code))
    }
}

impl fmt::Display for SignInLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, SIGN_IN, &self.address, None)
    }
}

impl fmt::Display for AnyLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Join(link) => link.fmt(f),
            Self::Device(link) => link.fmt(f),
            Self::SignIn(link) => link.fmt(f),
        }
    }
}

fn write(
    f: &mut fmt::Formatter<'_>,
    prefix: &str,
    address: &Address,
    code: Option<&str>,
) -> fmt::Result {
    write!(f, "{prefix}{}", address.authority())?;
    if let Some(code) = code {
        write!(f, "/{code}")?;
    }
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
            ("", LinkError::NotALink),
            ("https://example.org", LinkError::NotALink),
            ("homing://leave/x/y", LinkError::NotALink),
            ("homing://join/", LinkError::NoHost),
            ("homing://join/chat.example", LinkError::NoCode),
            ("homing://join/chat.example/", LinkError::NoCode),
            ("homing://join/chat.example/ABCD?fp=short", LinkError::Fingerprint),
            ("homing://join/chat.example@evil.example/ABCD", LinkError::NoHost),
            ("homing://join/evil.example\\chat.example/ABCD", LinkError::NoHost),
            ("homing://join/chat.example/../evil.example/ABCD", LinkError::NoCode),
            ("homing://join/chat.example/AB%2FCD", LinkError::NoCode),
            ("homing://join/chat.example/ABCD?tls=off", LinkError::Plain),
            ("homing://join/192.0.2.1/ABCD?fp=&tls=off", LinkError::Fingerprint),
            ("homing://join/192.0.2.1/ABCD?tls=off", LinkError::Plain),
            ("homing://join/localhost.example/ABCD?tls=off", LinkError::Plain),
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
    fn an_address_is_typed_without_our_port() {
        for (text, typed) in [
            ("homing://join/chat.example/A", "chat.example"),
            ("homing://join/chat.example:443/A", "chat.example:443"),
            ("homing://join/chat.example:14664/A", "chat.example:14664"),
            ("homing://join/[::1]/A", "[::1]"),
            ("homing://join/[::4664]/A", "[::4664]"),
            ("homing://join/[::1]:9/A", "[::1]:9"),
        ] {
            assert_eq!(text.parse::<JoinLink>().unwrap().address.typed(), typed, "{text}");
        }
    }

    #[test]
    fn the_two_kinds_are_never_taken_for_one_another() {
        let (join, device) = ("homing://join/chat.example/AB", "homing://link/chat.example/AB");
        assert!(matches!(join.parse(), Ok(AnyLink::Join(_))));
        assert!(matches!(device.parse(), Ok(AnyLink::Device(_))));
        assert_eq!(device.parse::<JoinLink>(), Err(LinkError::NotALink));
        assert_eq!(join.parse::<DeviceLink>(), Err(LinkError::NotALink));
        assert_eq!("homing://link/chat.example".parse::<AnyLink>(), Err(LinkError::NoCode));
        assert_eq!("https://chat.example".parse::<AnyLink>(), Err(LinkError::NotALink));
    }

    #[test]
    fn a_sign_in_link_has_a_server_and_no_code() {
        let read = |text: &str| text.parse::<SignInLink>();
        let written = "homing://sign-in/chat.example:4664";
        assert_eq!(read(" homing://sign-in/chat.example\n").unwrap().to_string(), written);
        assert!(matches!(written.parse(), Ok(AnyLink::SignIn(_))));
        assert_eq!(written.parse::<JoinLink>(), Err(LinkError::NotALink));
        for (text, why) in [
            ("homing://sign-in/", LinkError::NoHost),
            ("homing://sign-in/chat.example@evil.example", LinkError::NoHost),
            ("homing://sign-in/chat.example?fp=short", LinkError::Fingerprint),
            ("homing://sign-in/chat.example?tls=off", LinkError::Plain),
            ("homing://join/chat.example/ABCD", LinkError::NotALink),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_link_for_browsers_keeps_its_code_to_the_browser() {
        for (text, read) in [
            ("https://chat.example/join#AB-CD", Ok("homing://join/chat.example:443/AB-CD")),
            (" HTTPS://chat.example:8443/join/#AB\n", Ok("homing://join/chat.example:8443/AB")),
            ("https://chat.example/join?utm=mail#AB", Ok("homing://join/chat.example:443/AB")),
            ("https://[::1]/join#AB", Ok("homing://join/[::1]:443/AB")),
            ("https://chat.example/join", Err(LinkError::NoCode)),
            ("https://chat.example/join#", Err(LinkError::NoCode)),
            ("https://chat.example/join#../AB", Err(LinkError::NoCode)),
            ("https://chat.example/join/AB", Err(LinkError::NoCode)),
            ("https://chat.example/#AB", Err(LinkError::NotALink)),
            ("https://chat.example/joining#AB", Err(LinkError::NotALink)),
            ("http://chat.example/join#AB", Err(LinkError::NotALink)),
            ("https://chat.example@evil.example/join#AB", Err(LinkError::NoHost)),
            ("https://evil.example\\chat.example/join#AB", Err(LinkError::NoHost)),
        ] {
            let found = text.parse::<JoinLink>().map(|link| link.to_string());
            assert_eq!(found, read.map(str::to_owned), "{text}");
        }
        let web = |text: &str| text.parse::<JoinLink>().unwrap().web();
        let of = |text: &str| Some(text.to_owned());
        assert_eq!(web("homing://join/chat.example:443/AB"), of("https://chat.example/join#AB"));
        assert_eq!(web("homing://join/chat.example/AB"), of("https://chat.example:4664/join#AB"));
        assert_eq!(web("homing://join/[::443]/AB"), of("https://[::443]:4664/join#AB"));
        assert_eq!(web("homing://join/localhost/AB?tls=off"), None);
        let pinned = "homing://join/chat.example/AB?fp=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(web(pinned), None);
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
            let link = SignInLink { address: address.clone() };
            prop_assert_eq!(link.to_string().parse::<SignInLink>(), Ok(link));
            let link = JoinLink { address, code };
            prop_assert_eq!(link.to_string().parse::<JoinLink>(), Ok(link.clone()));
            if let Some(web) = link.web() {
                prop_assert_eq!(web.parse::<JoinLink>(), Ok(link));
            }
        }
    }
}
