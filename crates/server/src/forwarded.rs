//! Finds the client's address behind trusted reverse proxies.
//!
//! A reverse proxy is the peer of every connection that it forwards and names the client in
//! `X-Forwarded-For`. Any client can send that header, so it is used only from configured
//! addresses, and only the part written by such proxies. Each proxy appends the address of its own
//! peer. Read from the right, the first address that is not a trusted proxy is the client;
//! everything further left is the client's own claim.
//!
//! This requires that each trusted proxy writes the header. A proxy that forwards the client's
//! header unchanged lets any client forge its address.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// Maximum number of networks. The list is searched for each request.
const MOST: usize = 64;

/// Networks of trusted proxies. Empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// Why a list of proxies was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyListError {
    /// An entry is not an address or network.
    #[error(
        "{0:?} isn't a valid address. Use addresses and networks such as \
         192.0.2.7,10.0.0.0/8,fd00::/8, or loopback for proxies on this computer"
    )]
    Address(String),
    /// Too many entries.
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

    /// Whether an address belongs to a trusted proxy. IPv4-mapped IPv6 addresses count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address for this `peer` and the lines of `X-Forwarded-For` in the order
    /// received: some proxies extend the last line, others add a new one.
    ///
    /// An entry that is no address ends the search: the proxy that wrote it is the last known
    /// address.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        lines: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut known = peer.to_canonical();
        let hops = lines.rev().flat_map(|line| line.rsplit(','));
        // RFC 9110 says to ignore empty list elements.
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

/// An address as proxies write it: plain, in brackets, or with a port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|both| both.ip()));
    address.map(|address| address.to_canonical())
}

/// An address, or a network with a prefix length. IPv4-mapped IPv6 becomes IPv4.
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

    /// Addresses and networks, separated by commas. For compatibility with an earlier switch,
    /// `true` means `loopback` and `false` nothing.
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
