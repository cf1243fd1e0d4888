//! The server's configuration. The binary fills it from arguments and environment, the desktop app
//! directly when it hosts a space.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::{DEFAULT_PORT, Limits};

use crate::clock::{Random, SystemRandom};
use crate::forwarded::TrustedProxies;
use crate::rate_limit::Rate;

/// The name of a space without a given one.
pub const DEFAULT_NAME: &str = "Homing";

/// How connections are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsMode {
    /// No encryption. For loopback: tests, or a reverse proxy on the same machine.
    Off,
    /// With a self-signed certificate in the data folder. Join links have its fingerprint.
    SelfSigned,
    /// With a certificate from files, which the clients' systems trust.
    Files {
        /// PEM chain, the server's certificate first.
        cert: PathBuf,
        /// PEM private key.
        key: PathBuf,
    },
}

/// The public address of the server, where it differs from the listening address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    /// Name or IP address, without brackets.
    pub host: String,
    /// None: the listening port, or 443 behind a proxy.
    pub port: Option<u16>,
    /// A reverse proxy terminates TLS with a certificate that the clients' systems trust.
    pub proxied: bool,
}

/// Why a public address was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicAddressError {
    /// Not an address.
    #[error(
        "{0:?} isn't a valid address. Use chat.example.org, 192.0.2.7:4664 or \
         https://chat.example.org"
    )]
    Address(String),
    /// It has a path or query.
    #[error(
        "{path:?} isn't allowed: join links have only a host and a port, and devices use /v1/… \
         at its root. Give the server its own name, such as https://chat.example.org, or its own \
         port"
    )]
    Path {
        /// The part after the host.
        path: String,
    },
    /// Another scheme than https.
    #[error(
        "{0}:// isn't supported. Use https://HOST for a reverse proxy that handles TLS, and HOST \
         or HOST:PORT without a scheme for the server itself"
    )]
    Scheme(String),
    /// Letters outside ASCII.
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

/// All durations, each with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Between two pings, ± 10 %. Below the 60 s after which nginx by default cuts an idle
    /// connection, even if one ping is lost.
    pub heartbeat: Duration,
    /// From a ping to any received byte. Longer than typical stalls of phone networks.
    pub pong_timeout: Duration,
    /// From the upgrade to `hello`.
    pub hello_timeout: Duration,
    /// Without any byte written, until the connection is closed.
    pub slow_consumer: Duration,
    /// From a change to its digest, so that many changes make one digest.
    pub digest_delay: Duration,
    /// Without a pull after the first digest, until the client counts as caught up.
    pub quiet: Duration,
    /// For the answer to a close frame, and for sends in flight at shutdown.
    pub closing: Duration,
    /// Between two checks for writes of commands such as `homing-server member`, and between two
    /// announcements of presence.
    pub tick: Duration,
    /// For the head of an HTTP request, or a PROXY header, to arrive. Protects against slow-loris
    /// attacks.
    pub header_timeout: Duration,
    /// Between two HTTP requests of a connection. Longer than any proxy in docs/operations.md keeps
    /// one (Caddy: 2 min): the proxy closes first, and no request arrives on a connection that we
    /// are closing.
    pub keep_alive: Duration,
    /// For the TLS handshake.
    pub tls_timeout: Duration,
    /// Sent to clients at shutdown: the minimum wait before they reconnect …
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

/// Rate limits. A refusal says when to try again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// `pull` and `upull` frames of a connection.
    pub pulls: Rate,
    /// `eph` and `ack` frames of a connection. Those above the limit are dropped silently.
    pub lossy: Rate,
    /// Other frames of a connection.
    pub others: Rate,
    /// `hello` of a device.
    pub hellos: Rate,
    /// Failed sign-ins and joins of an address.
    pub logins: Rate,
    /// Joins by one address, and by one invitation. Bounds how fast a leaked invitation can be
    /// used.
    pub joins: Rate,
    /// HTTP calls of an account.
    pub calls: Rate,
    /// Rooms created by an account.
    pub rooms: Rate,
    /// Memberships added by an account: one for each person and room.
    pub memberships: Rate,
    /// Violations of a connection within a minute, before it is closed with 4505.
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

/// The configuration.
#[derive(Clone)]
pub struct Config {
    /// The folder of the database and the certificate. Created if absent.
    pub data: PathBuf,
    /// The listening address. Port 0: any free one.
    pub listen: SocketAddr,
    /// The address for join links. None: derived from `listen`.
    pub public: Option<PublicAddress>,
    /// How connections are encrypted.
    pub tls: TlsMode,
    /// Allows [`TlsMode::Off`] on an address that others can reach.
    pub allow_plain: bool,
    /// Name of a new space.
    pub space_name: String,
    /// Allowed values of `Origin`. Requests without one, from native clients, are always allowed.
    pub origins: Vec<String>,
    /// Reverse proxies that set `X-Forwarded-For` themselves: from these the client's address is
    /// taken.
    pub trust_forwarded: TrustedProxies,
    /// Proxies whose connections start with a PROXY header, which names the client.
    pub proxy_protocol: TrustedProxies,
    /// Sizes and counts, sent in `welcome`.
    pub limits: Limits,
    pub rates: Rates,
    pub timers: Timers,
    /// TCP connections at the same time. Each costs about 20 KiB and a file descriptor.
    pub max_connections: usize,
    /// Of these, from one address or IPv6 /64 network. Enough for an office behind one address.
    /// Loopback is not counted.
    pub max_connections_per_address: usize,
    /// Devices of one member.
    pub max_devices: u32,
    /// Maximum size of the database in pages of 4 KiB. None: no limit.
    pub max_pages: Option<u32>,
    /// The source of secrets and ids.
    pub random: Arc<dyn Random>,
}

impl Config {
    /// The defaults: all addresses, port 4664, a self-signed certificate.
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

    /// Caddy keeps one for two minutes, longer than any other of `deploy/`.
    #[test]
    fn a_proxy_closes_a_quiet_connection_first() {
        assert!(Timers::default().keep_alive > Duration::from_secs(120));
    }

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
