//! Whose word about a client's address counts, and what that word is.
//!
//! A reverse proxy is the peer of every connection that it passes on. Whom it speaks for stands in
//! `X-Forwarded-For`, which anybody can send: so it is believed from addresses that the host named,
//! and of the list that it is, only the part that such proxies wrote. Each of them writes who spoke
//! to it at the end. From there leftwards, the first address that is no trusted proxy is the client:
//! whatever stands further left is what the client claims.
//!
//! This holds as long as each trusted proxy does write. One that passes a client's line on as it
//! came, which some do unless they are told, lends its trust to everybody.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// Networks that a host may name. A list is looked through for each call.
const MOST: usize = 64;

/// Addresses that are believed. By default none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that names no addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyListError {
    /// One of them is none.
    #[error(
        "{0:?} isn't a valid address. Use addresses and networks such as \
         192.0.2.7,10.0.0.0/8,fd00::/8, or loopback for proxies on this computer"
    )]
    Address(String),
    /// More than are looked through.
    #[error("{0} addresses are too many; the limit is {MOST}. Use networks instead")]
    TooMany(usize),
}

impl TrustedProxies {
    /// Proxies on this machine.
    #[must_use]
    pub fn loopback() -> Self {
        let of = |text: &str| text.parse().expect("a network");
        Self(vec![of("127.0.0.0/8"), of("::1/128")])
    }

    /// Whether it is one of them. An IPv4 address is the same in the form that IPv6 sockets show.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who speaks, when `peer` is connected and sent these lines of `X-Forwarded-For`, in the order
    /// in which they came: some proxies extend the client's line, others add one below it.
    ///
    /// What is no address ends the search: the proxy that wrote it is as far as anybody knows.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        lines: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut known = peer.to_canonical();
        let hops = lines.rev().flat_map(|line| line.rsplit(','));
        // An empty element of a list is none, says RFC 9110.
        for hop in hops.map(str::trim).filter(|hop| !hop.is_empty()) {
            if !self.contains(known) {
                break;
            }
            let Some(address) = read(hop) else { break };
            known = address;
        }
        known
    }
}

/// An address as proxies write it: bare, in brackets, with a port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|both| both.ip()));
    address.map(|address| address.to_canonical())
}

/// An address, or a network with its prefix. IPv4 in the form of IPv6 is IPv4.
fn network(text: &str) -> Option<IpNet> {
    if let Some(address) = read(text) {
        return Some(address.into());
    }
    match text.parse().ok()? {
        IpNet::V6(six) => match (six.addr().to_ipv4_mapped(), six.prefix_len().checked_sub(96)) {
            (Some(four), Some(prefix)) => Ipv4Net::new(four, prefix).ok().map(IpNet::V4),
            _ => Some(IpNet::V6(six)),
        },
        four => Some(four),
    }
}

impl FromStr for TrustedProxies {
    type Err = ProxyListError;

    /// Addresses and networks, separated by commas. `true`, as a switch of earlier versions in a
    /// unit file says, is `loopback`; `false` and nothing are nobody.
    fn from_str(text: &str) -> Result<Self, ProxyListError> {
        let mut all = Vec::new();
        for part in text.split(',').map(str::trim) {
            match part {
                "" | "false" => {}
                "loopback" | "true" => all.extend(Self::loopback().0),
                part => {
                    all.push(network(part).ok_or_else(|| ProxyListError::Address(part.into()))?)
                }
            }
        }
        if all.len() > MOST {
            return Err(ProxyListError::TooMany(all.len()));
        }
        Ok(Self(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read() {
        for (text, inside, outside) in [
            ("loopback", "127.0.0.1", "10.0.0.1"),
            ("loopback", "127.9.9.9", "::2"),
            ("loopback", "::1", "192.0.2.1"),
            ("true", "::ffff:127.0.0.1", "192.0.2.1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("10.0.0.0/8, fd00::/8", "10.200.0.1", "11.0.0.1"),
            ("10.0.0.0/8, fd00::/8", "fd12::1", "fe80::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
            ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.1"),
            ("[2001:db8::1]", "2001:db8::1", "2001:db8::2"),
            ("loopback,192.0.2.7", "127.0.0.1", "192.0.2.8"),
        ] {
            let trusted: TrustedProxies = text.parse().unwrap();
            assert!(trusted.contains(inside.parse().unwrap()), "{text}: {inside}");
            assert!(!trusted.contains(outside.parse().unwrap()), "{text}: {outside}");
        }
        for text in ["", "false", " , "] {
            assert_eq!(text.parse(), Ok(TrustedProxies::default()), "{text:?}");
        }
        for text in ["yes", "10.0.0.0/33", "proxy.example", "192.0.2.7/", "10.0.0.1 10.0.0.2"] {
            let refused = text.parse::<TrustedProxies>().unwrap_err();
            assert!(refused.to_string().contains(text), "{refused}");
        }
        let many = vec!["10.0.0.1"; MOST + 1].join(",");
        assert_eq!(many.parse::<TrustedProxies>(), Err(ProxyListError::TooMany(MOST + 1)));
    }

    #[test]
    fn the_client_is_the_last_who_is_no_trusted_proxy() {
        let near = "loopback";
        let far = "loopback,10.0.0.0/8";
        for (trusted, peer, lines, client) in [
            // Nobody is believed whom nobody named.
            ("", "127.0.0.1", &["198.51.100.7"][..], "127.0.0.1"),
            (near, "203.0.113.9", &["198.51.100.7"], "203.0.113.9"),
            // nginx, Apache, lighttpd and Varnish extend the line, HAProxy adds one.
            (near, "127.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            (near, "127.0.0.1", &["203.0.113.1, 198.51.100.7"], "198.51.100.7"),
            (near, "127.0.0.1", &["203.0.113.1", "198.51.100.7"], "198.51.100.7"),
            // A claim of being a proxy leads no further than where it was made.
            (far, "127.0.0.1", &["203.0.113.1, 10.0.0.2, 198.51.100.7"], "198.51.100.7"),
            // Several proxies, one behind the other.
            (far, "127.0.0.1", &["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            (
                far,
                "127.0.0.1",
                &["203.0.113.1", "198.51.100.7, 10.0.0.2, 10.0.0.3"],
                "198.51.100.7",
            ),
            (far, "10.0.0.3", &["10.0.0.4"], "10.0.0.4"),
            // Forms of an address.
            (near, "::ffff:127.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7"),
            (near, "::1", &["198.51.100.7:4711"], "198.51.100.7"),
            (near, "::1", &["2001:db8::7"], "2001:db8::7"),
            (near, "::1", &["[2001:db8::7]"], "2001:db8::7"),
            (near, "::1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            (near, "::1", &["[::ffff:198.51.100.7]:4711"], "198.51.100.7"),
            // What is none.
            (near, "127.0.0.1", &[], "127.0.0.1"),
            (near, "127.0.0.1", &["", " , "], "127.0.0.1"),
            (near, "127.0.0.1", &["198.51.100.7, "], "198.51.100.7"),
            (near, "127.0.0.1", &["198.51.100.7, unknown"], "127.0.0.1"),
            (far, "127.0.0.1", &["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
        ] {
            let trusted: TrustedProxies = trusted.parse().unwrap();
            let found = trusted.client(peer.parse().unwrap(), lines.iter().copied());
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
        }
    }
}
