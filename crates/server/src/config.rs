//! Everything that can be set. Where the values come from (arguments, environment) is the binary's
//! business; the desktop app builds the same struct when it hosts a space.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::{DEFAULT_PORT, Limits};

use crate::clock::{Random, SystemRandom};
use crate::forwarded::TrustedProxies;
use crate::rate_limit::Rate;

/// What a space is called when nobody named it.
pub const DEFAULT_NAME: &str = "Homing";

/// How connections are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all. For loopback: tests, or a reverse proxy on the same machine.
    Off,
    /// With a certificate of the server's own making, kept in the data folder, whose fingerprint
    /// stands in the join link.
    SelfSigned,
    /// With a certificate that the clients' systems trust.
    Files {
        /// PEM, the server's certificate first.
        cert: PathBuf,
        /// PEM.
        key: PathBuf,
    },
}

/// Where people reach the server, when that is not where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    /// Name or IP address, without brackets.
    pub host: String,
    /// None: the port it listens on, or 443 behind a proxy.
    pub port: Option<u16>,
    /// A reverse proxy in front does TLS with a certificate that the clients' systems trust.
    pub proxied: bool,
}

/// Why a text is no address for join links.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicAddressError {
    /// Nothing of the kind.
    #[error(
        "{0:?} isn't a valid address. Use chat.example.org, 192.0.2.7:4664 or \
         https://chat.example.org"
    )]
    Address(String),
    /// It goes on behind the host.
    #[error(
        "{path:?} isn't allowed: join links have only a host and a port, and devices use /v1/… \
         at its root. Give the server its own name, such as https://chat.example.org, or its own \
         port"
    )]
    Path {
        /// What stands behind the host.
        path: String,
    },
    /// Another scheme than https.
    #[error(
        "{0}:// isn't supported. Use https://HOST for a reverse proxy that handles TLS, and HOST \
         or HOST:PORT without a scheme for the server itself"
    )]
    Scheme(String),
    /// Letters that a name in the DNS has not.
    #[error(
        "{0:?} has letters that can't be in a join link. Use the form for DNS, where such parts \
         start with xn--"
    )]
    Letters(String),
}

impl std::str::FromStr for PublicAddress {
    type Err = PublicAddressError;

    fn from_str(text: &str) -> Result<Self, PublicAddressError> {
        let bad = || PublicAddressError::Address(text.to_owned());
        let (proxied, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => {
                (true, rest.strip_suffix('/').unwrap_or(rest))
            }
            Some((scheme, _)) => return Err(PublicAddressError::Scheme(scheme.to_owned())),
            None => (false, text),
        };
        if let Ok(address) = rest.parse::<Ipv6Addr>() {
            return Ok(Self { host: address.to_string(), port: None, proxied });
        }
        if let Some(at) = rest.find(['/', '?', '#'])
            && at > 0
        {
            let path = rest.get(at..).unwrap_or_default().to_owned();
            return Err(PublicAddressError::Path { path });
        }
        if !rest.is_ascii() {
            return Err(PublicAddressError::Letters(rest.to_owned()));
        }
        let authority: http::uri::Authority = rest.parse().map_err(|_| bad())?;
        let host = authority.host().trim_matches(['[', ']']);
        if host.is_empty() || rest.contains('@') {
            return Err(bad());
        }
        let port = authority.port_u16();
        if port.is_none() && authority.as_str() != authority.host() {
            return Err(bad());
        }
        Ok(Self { host: host.to_owned(), port, proxied })
    }
}

/// Every duration, each with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Between two pings, give or take a tenth. Below the 60 s after which a default nginx cuts an
    /// idle connection, twice in a row even if one is lost.
    pub heartbeat: Duration,
    /// From a ping to any sign of life. Longer than a phone network's worst hiccup.
    pub pong_timeout: Duration,
    /// From the upgrade to `hello`.
    pub hello_timeout: Duration,
    /// Without any progress in writing, until the connection is given up.
    pub slow_consumer: Duration,
    /// From a change to the digest that tells it, so that many changes make one digest.
    pub digest_delay: Duration,
    /// Without a pull after the digest, until the client counts as caught up.
    pub quiet: Duration,
    /// For a close frame to be answered, and for sends in flight when the server stops.
    pub closing: Duration,
    /// Between two looks for what was written by `homing-server member` and its like, and between
    /// two tellings of presence.
    pub tick: Duration,
    /// For the head of an HTTP request to arrive, or that of the PROXY protocol: what stops a slow
    /// loris.
    pub header_timeout: Duration,
    /// Between two HTTP requests of a connection. Longer than any proxy of docs/operations.md keeps
    /// one (Caddy: 2 min), so that it is the proxy that closes, and no request meets our close.
    pub keep_alive: Duration,
    /// For the TLS handshake.
    pub tls_timeout: Duration,
    /// Told to clients at shutdown: come back no sooner …
    pub retry_after: Duration,
    /// … plus a random part of this.
    pub retry_spread: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(25),
            pong_timeout: Duration::from_secs(10),
            hello_timeout: Duration::from_secs(10),
            slow_consumer: Duration::from_secs(30),
            digest_delay: Duration::from_millis(100),
            quiet: Duration::from_secs(1),
            closing: Duration::from_secs(5),
            tick: Duration::from_secs(1),
            header_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(180),
            tls_timeout: Duration::from_secs(10),
            retry_after: Duration::from_secs(1),
            retry_spread: Duration::from_secs(5),
        }
    }
}

/// How often. What is refused learns when it would be granted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// `pull` and `upull` frames of a connection.
    pub pulls: Rate,
    /// `eph` and `ack` frames of a connection, which may be lost: what comes above is.
    pub lossy: Rate,
    /// Other frames of a connection.
    pub others: Rate,
    /// `hello` of a device.
    pub hellos: Rate,
    /// Failed sign-ins and joins of an address.
    pub logins: Rate,
    /// People who come in by one address, and by one invitation. An invitation that leaked brings in
    /// a crowd at this pace, and no faster.
    pub joins: Rate,
    /// Calls over HTTP of an account.
    pub calls: Rate,
    /// Rooms that an account makes.
    pub rooms: Rate,
    /// People that an account puts into rooms, one for each room.
    pub memberships: Rate,
    /// Broken rules of a connection within a minute, before it is closed with 4505.
    pub violations: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            pulls: Rate::per_second(20, 20),
            lossy: Rate::per_minute(120),
            others: Rate::per_minute(120),
            hellos: Rate::per_minute(10),
            logins: Rate::per_minute(10),
            joins: Rate::per_minute(60),
            calls: Rate::per_minute(240),
            rooms: Rate::per_hour(60),
            memberships: Rate::per_hour(3000),
            violations: 50,
        }
    }
}

/// See the module's head.
#[derive(Clone)]
pub struct Config {
    /// Where the database and the certificate are kept. Made if absent.
    pub data: PathBuf,
    /// Where to listen. Port 0: any free one.
    pub listen: SocketAddr,
    /// Where people reach it, for join links. None: guessed from `listen`.
    pub public: Option<PublicAddress>,
    /// How connections are encrypted.
    pub tls: TlsMode,
    /// Allows [`TlsMode::Off`] on an address that others can reach.
    pub allow_plain: bool,
    /// Name of the space, when it is made.
    pub space_name: String,
    /// Values of `Origin` that are let in, beside none (a native client). Browsers send one.
    pub origins: Vec<String>,
    /// Take the client's address from `X-Forwarded-For` when the peer is one of these: reverse
    /// proxies that set it themselves.
    pub trust_forwarded: TrustedProxies,
    /// Connections from these begin with a header of the PROXY protocol, which names the client.
    pub proxy_protocol: TrustedProxies,
    /// How much of everything; told in `welcome`.
    pub limits: Limits,
    /// How often.
    pub rates: Rates,
    /// How long.
    pub timers: Timers,
    /// TCP connections at once. Each costs some 20 KiB and a file descriptor.
    pub max_connections: usize,
    /// Of these, from one address; with IPv6, from one network of 2⁶⁴. Enough for an office behind
    /// one address. Those from this computer itself are not counted.
    pub max_connections_per_address: usize,
    /// Devices of one member.
    pub max_devices: u32,
    /// Pages of 4 KiB the database may grow to; none: as the disk allows.
    pub max_pages: Option<u32>,
    /// Where secrets and ids come from.
    pub random: Arc<dyn Random>,
}

impl Config {
    /// The defaults: all addresses, port 4664, a certificate of its own.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self {
            data,
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), DEFAULT_PORT),
            public: None,
            tls: TlsMode::SelfSigned,
            allow_plain: false,
            space_name: DEFAULT_NAME.into(),
            origins: Vec::new(),
            trust_forwarded: TrustedProxies::default(),
            proxy_protocol: TrustedProxies::default(),
            limits: Limits::default(),
            rates: Rates::default(),
            timers: Timers::default(),
            max_connections: 10_000,
            max_connections_per_address: 1000,
            max_devices: 10,
            max_pages: None,
            random: Arc::new(SystemRandom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_read() {
        for (text, host, port, proxied) in [
            ("chat.example.org", "chat.example.org", None, false),
            ("192.0.2.7:80", "192.0.2.7", Some(80), false),
            ("https://chat.example.org/", "chat.example.org", None, true),
            ("https://chat.example.org:8443", "chat.example.org", Some(8443), true),
            ("[2001:db8::1]:99", "2001:db8::1", Some(99), false),
            ("2001:db8::1", "2001:db8::1", None, false),
            ("https://[2001:db8::1]:99/", "2001:db8::1", Some(99), true),
            ("HTTPS://chat.example.org", "chat.example.org", None, true),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example", None, true),
        ] {
            let read: PublicAddress = text.parse().unwrap();
            assert_eq!((read.host.as_str(), read.port, read.proxied), (host, port, proxied));
        }
        for text in ["", "a b", "x:", "x:99999", "me@x", "https://", "https:///", "/chat"] {
            assert_eq!(
                text.parse::<PublicAddress>(),
                Err(PublicAddressError::Address(text.into()))
            );
        }
    }

    #[test]
    fn what_cant_be_public_says_why() {
        for (text, says) in [
            ("https://example.org/chat", "\"/chat\" isn't allowed"),
            ("https://example.org/chat/", "its own name"),
            ("https://example.org:8443/chat", "/v1/… at its root"),
            ("example.org/chat", "\"/chat\" isn't allowed"),
            ("https://example.org?chat", "\"?chat\" isn't allowed"),
            ("https://example.org//", "\"/\" isn't allowed"),
            ("http://example.org", "http:// isn't supported"),
            ("wss://example.org/v1/socket", "wss:// isn't supported"),
            ("https://bücher.example", "xn--"),
        ] {
            let said = text.parse::<PublicAddress>().unwrap_err().to_string();
            assert!(said.contains(says), "{text}: {said}");
        }
    }
}
