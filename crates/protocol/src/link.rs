//! The join link: everything a person needs to come in, in one line to paste.
//!
//! `homing://join/<host>[:port]/<code>[?fp=<fingerprint>][&tls=off]`
//!
//! `fp` is the SHA-256 of the server's certificate (DER) in unpadded base64url. With it, a server
//! with a certificate of its own making is as safe as one with a bought one: whoever got the link
//! from a colleague talks to that colleague's server or to nobody. Without it, the certificate must
//! satisfy the operating system. `tls=off` is for loopback and for tests.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::DEFAULT_PORT;

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

/// Why a text is no join link. The words are for the person who pasted it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    /// Something else entirely.
    #[error("this is no join link; one begins with homing://join/")]
    NotALink,
    /// No server in it.
    #[error("the link names no server")]
    NoHost,
    /// No invitation in it.
    #[error("the link carries no invitation code")]
    NoCode,
    /// Not 32 bytes of base64url.
    #[error("the fingerprint in the link is damaged; copy the whole link again")]
    Fingerprint,
}

impl FromStr for JoinLink {
    type Err = BadLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|_| BadLink::NotALink)?;
        if url.scheme() != "homing" || url.host_str() != Some("join") {
            return Err(BadLink::NotALink);
        }
        let mut path = url.path_segments().ok_or(BadLink::NoHost)?;
        let authority = path.next().filter(|s| !s.is_empty()).ok_or(BadLink::NoHost)?;
        let code = path.next().filter(|s| !s.is_empty()).ok_or(BadLink::NoCode)?;
        // The authority is read by the same parser as any other: brackets, ports, names.
        let server = Url::parse(&format!("https://{authority}/")).map_err(|_| BadLink::NoHost)?;
        let host = server.host_str().ok_or(BadLink::NoHost)?;
        let mut address = Address {
            host: host.trim_matches(['[', ']']).to_owned(),
            // 443 is what `https` means, and what the parser therefore hides.
            port: server.port().unwrap_or(if authority.ends_with(":443") {
                443
            } else {
                DEFAULT_PORT
            }),
            tls: true,
            fingerprint: None,
        };
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "fp" => address.fingerprint = Some(value.parse()?),
                "tls" => address.tls = value != "off",
                _ => {}
            }
        }
        Ok(Self { address, code: code.to_owned() })
    }
}

impl fmt::Display for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "homing://join/{}/{}", self.address.authority(), self.code)?;
        let mut mark = '?';
        if let Some(fingerprint) = self.address.fingerprint {
            write!(f, "{mark}fp={fingerprint}")?;
            mark = '&';
        }
        if !self.address.tls {
            write!(f, "{mark}tls=off")?;
        }
        Ok(())
    }
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
        ] {
            assert_eq!(text.parse::<JoinLink>(), Err(why), "{text}");
        }
    }

    #[test]
    fn the_port_is_ours_unless_named() {
        for (text, port) in [
            ("homing://join/chat.example/A", DEFAULT_PORT),
            ("homing://join/chat.example:443/A", 443),
            ("homing://join/[::1]:9/A", 9),
            ("  homing://join/192.0.2.1:80/A\n", 80),
        ] {
            assert_eq!(text.parse::<JoinLink>().unwrap().address.port, port, "{text}");
        }
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
            let link = JoinLink { address: Address { host, port, tls, fingerprint }, code };
            prop_assert_eq!(link.to_string().parse::<JoinLink>(), Ok(link));
        }
    }
}
