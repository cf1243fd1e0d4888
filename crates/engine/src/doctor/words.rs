//! The English text of outcomes: meaning and advice, for terminals and reports. The interface has
//! its own, in its languages.

use super::finding::{FactKind, Outcome, Step, Verdict};

impl Step {
    /// The name of the step.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::History => "Last end",
            Self::Name => "DNS",
            Self::Proxy => "Proxy",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Upgrade => "WebSocket",
            Self::SignIn => "Sign-in",
            Self::RoundTrip => "Round trip",
            Self::Clock => "Clock",
        }
    }
}

impl Verdict {
    /// One word of fixed width.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Fine => "ok   ",
            Self::Doubtful => "warn ",
            Self::Wrong => "FAIL ",
            Self::Skipped => "-    ",
        }
    }
}

impl FactKind {
    /// The name of the fact.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Addresses => "addresses",
            Self::Connected => "connected to",
            Self::Missed => "unreachable",
            Self::Proxy => "proxy",
            Self::ChosenBy => "configured in",
            Self::Encryption => "encryption",
            Self::Subject => "issued to",
            Self::Issuer => "issued by",
            Self::ValidUntil => "valid until",
            Self::Fingerprint => "fingerprint",
            Self::Expected => "expected",
            Self::Status => "HTTP status",
            Self::Subprotocol => "subprotocol",
            Self::Program => "software",
            Self::Wire => "protocol version",
            Self::CloseCode => "close code",
            Self::When => "at",
            Self::IdleFor => "idle for",
            Self::RoundTrips => "round trips",
            Self::Ahead => "server ahead by",
            Self::Words => "details",
        }
    }
}

impl Outcome {
    /// The meaning.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.words().0
    }

    /// The advice; `None` if there is nothing to do.
    #[must_use]
    pub const fn advice(self) -> Option<&'static str> {
        self.words().1
    }

    /// The advice for a person who has a command line and no network settings.
    #[must_use]
    pub const fn advice_on_command_line(self) -> Option<&'static str> {
        match self {
            Self::ProxyNotFound => Some(
                "check the proxy's name in --proxy or the environment; company proxies only work \
                 on the company network",
            ),
            Self::ProxyUnreachable => Some(
                "check its address and port in --proxy or the environment, and that you're on its \
                 network",
            ),
            Self::ProxyNeedsPassword => {
                Some("add them, as in --proxy http://user:password@proxy:3128")
            }
            Self::ProxyWrongPassword => {
                Some("check them in --proxy or the environment; the password may have been changed")
            }
            Self::ProxyNoPassword => Some("add it, as in --proxy http://user:password@proxy:3128"),
            Self::ProxyHungUp | Self::NotAProxy => Some(
                "check the proxy's port and type in --proxy or the environment; http:// and \
                 socks5:// aren't the same",
            ),
            Self::ProxyUnusable => Some(
                "use a proxy that starts with http:// or socks5:// with --proxy, or turn it off \
                 with --proxy none",
            ),
            Self::CertificateUntrusted => Some(
                "check this computer's clock, add your company's certificate authority with \
                 --ca-file, or use a link with the fingerprint",
            ),
            Self::NoToken => Some(
                "unlock or start the keyring, then try again; if the token is gone for good, join \
                 again with a device link from `homing link` on another device",
            ),
            Self::TokenRefused => Some(
                "sign in again with a device link: run `homing link` on another device and `homing \
                 join` here; unsent messages on this device are kept",
            ),
            _ => self.advice(),
        }
    }

    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::HistoryUnknown => (
                "commands don't keep a history; the app's Connection Doctor shows how earlier \
                 connections ended",
                None,
            ),
            Self::NeverEnded => ("no connection has ended since Homing started", None),
            Self::EndedBefore => {
                ("this is how the last connection ended; Homing reconnects automatically", None)
            }
            Self::EndedByVerdict => (
                "the server ended the last connection because of this device",
                Some("follow the close code's advice"),
            ),
            Self::CutWhenIdle => (
                "the last connections were cut after the same silence; a proxy or router on the \
                 way closes idle connections sooner than the server's heartbeat",
                Some(
                    "ask the server admin to allow a minute of silence (nginx: \
                     proxy_read_timeout), or lower \u{201c}Ping after idle\u{201d} in Settings → Advanced",
                ),
            ),
            Self::NameFound => ("found the server's address", None),
            Self::NameSlow => (
                "found the server's address, but slowly; this delays every connection",
                Some("check this network's DNS server"),
            ),
            Self::NameIsAddress => ("it's an IP address, so no lookup is needed", None),
            Self::NameAtProxy => ("the proxy looks it up, so nobody on this network sees it", None),
            Self::NameNotFound => (
                "can't find this host, or you're offline",
                Some(
                    "check your network and the spelling of the address; company servers often \
                     need a VPN",
                ),
            ),
            Self::NameTimedOut => (
                "this network's DNS server isn't responding",
                Some("check your network; a disconnected VPN can leave its DNS server behind"),
            ),
            Self::NoProxy => ("no proxy is set; Homing connects directly", None),
            Self::ProxyOff => {
                ("the proxy is turned off in settings; Homing connects directly", None)
            }
            Self::ProxyExcepted => {
                ("a proxy is set, but this server bypasses it; Homing connects directly", None)
            }
            Self::ProxyNotNeeded => ("the server is this computer, so no proxy is needed", None),
            Self::ProxyUsed => ("the proxy connected to the server", None),
            Self::ProxyNotFound => (
                "can't find the proxy, or you're offline",
                Some(
                    "check the proxy's name in Network settings; company proxies only work on the \
                     company network",
                ),
            ),
            Self::ProxyUnreachable => (
                "the proxy isn't responding",
                Some(
                    "check its address and port in Network settings, and that you're on its \
                     network",
                ),
            ),
            Self::ProxyNeedsPassword => (
                "the proxy requires a user name and password",
                Some("enter them in Network settings"),
            ),
            Self::ProxyWrongPassword => (
                "the proxy rejected the user name or password",
                Some("enter them again in Network settings; the password may have been changed"),
            ),
            Self::ProxyNoPassword => (
                "can't get the proxy password from the keyring, so the proxy wasn't used",
                Some("unlock the keyring, or enter the password again in Network settings"),
            ),
            Self::ProxyRefuses => (
                "the proxy blocks this server or port",
                Some("ask the proxy's admin to allow the server's name and port"),
            ),
            Self::ProxyHungUp => (
                "the proxy closed the connection without answering",
                Some("check the proxy's port and type; HTTP and SOCKS5 aren't the same"),
            ),
            Self::NotAProxy => (
                "there's no proxy of this type at that address",
                Some("check the proxy's port and type; HTTP and SOCKS5 aren't the same"),
            ),
            Self::ProxyUnusable => (
                "Homing can't use the configured proxy, and won't bypass it",
                Some(
                    "enter a proxy that starts with http:// or socks5:// in Network settings, or \
                     turn the proxy off",
                ),
            ),
            Self::ProxyTimedOut => (
                "the proxy accepted the request but didn't answer",
                Some(
                    "check the proxy's type, HTTP or SOCKS5; it may also be waiting for the \
                     server; check that the server is running",
                ),
            ),
            Self::TcpByProxy => ("the proxy is connected to the server", None),
            Self::TcpNotByProxy => (
                "the proxy can't reach the server",
                Some(
                    "check the spelling of the server's address, that the server is running, and \
                     that the proxy may connect to it",
                ),
            ),
            Self::TcpConnected => ("connected to the server's port", None),
            Self::TcpFellBack => (
                "the first address didn't respond, but another one did; this delays every \
                 connection",
                Some("tell the server admin that one of its addresses doesn't work"),
            ),
            Self::TcpRefused => (
                "the computer is reachable, but nothing is listening on this port",
                Some("ask the server admin whether the server is running, and on which port"),
            ),
            Self::TcpUnreachable => (
                "this address can't be reached from here",
                Some("check your network, VPN and firewall"),
            ),
            Self::TcpTimedOut => (
                "no response; something on the way drops the packets",
                Some(
                    "check the firewalls on both sides, and whether the server's port is open to \
                     the outside",
                ),
            ),
            Self::TlsPinned => ("encrypted, and the certificate matches your join link", None),
            Self::TlsTrusted => ("encrypted, and this computer trusts the certificate", None),
            Self::TlsEndsSoon => (
                "encrypted and trusted, but the certificate expires within two weeks",
                Some("tell the server admin to renew it"),
            ),
            Self::TlsOffHere => ("not encrypted, which is fine on one computer", None),
            Self::TlsOff => (
                "not encrypted; anyone on the way can read your messages",
                Some("ask the server admin to turn TLS on"),
            ),
            Self::CertificateChanged => (
                "the certificate doesn't match your join link; it's a different server, or \
                 someone is intercepting the connection",
                Some(
                    "ask the server admin for the fingerprint over another channel; if the \
                     certificate was replaced, use a new join link",
                ),
            ),
            Self::CertificateUntrusted => (
                "this computer doesn't trust the certificate",
                Some(
                    "check this computer's clock; add your company's certificate authority in \
                     Network settings, or with --ca-file on the command line; or use a join link \
                     with the fingerprint",
                ),
            ),
            Self::TlsNone => (
                "this port doesn't use TLS",
                Some("check the port; Wi-Fi sign-in pages can also cause this"),
            ),
            Self::TlsCut => (
                "the connection was closed during the TLS handshake, probably by a firewall",
                Some("try another network, or ask this network's admin"),
            ),
            Self::TlsTimedOut => (
                "connected, but the TLS handshake got no response",
                Some("something on the way holds data back; try another network"),
            ),
            Self::Upgraded => ("the server speaks Homing's protocol", None),
            Self::AsksForToken => {
                ("the server responds and asks you to sign in, as expected", None)
            }
            Self::NoToken => (
                "can't get this device's token from the keyring, so the server wasn't contacted",
                Some(
                    "unlock or start the keyring, or enter your passphrase, then try again; if \
                     your key is gone for good, sign in again",
                ),
            ),
            Self::TokenRefused => (
                "the server rejected this device's token; the device was signed out",
                Some("sign in again; unsent messages on this device are kept"),
            ),
            Self::TokenMissing => (
                "the server responds, but never gets the token; something on the way removes the \
                 Authorization header",
                Some("ask the server admin to have the proxy pass Authorization on"),
            ),
            Self::Blocked => (
                "something in front of the server blocks this request; the response isn't the \
                 server's",
                Some(
                    "a proxy or filter requires its own sign-in or blocks the address; ask its \
                     admin to let /v1/ through, where the server checks tokens itself",
                ),
            ),
            Self::WordsReplaced => (
                "the server responds as expected, but a proxy replaces its error messages with a \
                 page of its own",
                Some(
                    "ask the proxy's admin to leave error bodies under /v1/ alone (nginx: \
                     proxy_intercept_errors off, Apache: ProxyErrorOverride Off)",
                ),
            ),
            Self::BadGateway => (
                "the proxy in front of the server can't reach it",
                Some("ask the server admin whether the server is running"),
            ),
            Self::Busy => (
                "the server, or a proxy in front of it, asks clients to come back later",
                Some("wait a minute; if it keeps happening, ask the server admin"),
            ),
            Self::ServerFailed => (
                "the server, or a proxy in front of it, failed",
                Some("ask the server admin to check the server's log and disk"),
            ),
            Self::Redirected => (
                "the address redirects elsewhere, and Homing doesn't follow redirects",
                Some("ask the server admin for a link with the final address"),
            ),
            Self::UpgradeSpoilt => (
                "a Homing server responds, but a proxy in between breaks the WebSocket",
                Some(
                    "the proxy must speak HTTP/1.1 to the server and pass the path and the headers \
                     Upgrade, Connection and Sec-WebSocket-*; see docs/operations.md",
                ),
            ),
            Self::SubprotocolHidden => (
                "a proxy in between removes the Sec-WebSocket-Protocol header from the response",
                Some("ask the server admin to have the proxy pass it on"),
            ),
            Self::NotHoming => (
                "there's no Homing server at this address",
                Some(
                    "check the address and port; a proxy in front of the server must pass /v1/ to \
                     it, see docs/operations.md",
                ),
            ),
            Self::UpgradeCut => (
                "the connection was closed before a response; the server is starting or full, or \
                 something on the way blocks WebSockets",
                Some(
                    "try again in a minute, or from another network; if it keeps happening, ask \
                     the server admin to check the server and the proxy in front of it",
                ),
            ),
            Self::UpgradeTimedOut => (
                "the server accepted the request but didn't answer",
                Some("ask the server admin to check the server's load and log"),
            ),
            Self::SignedIn => ("signed in", None),
            Self::SignedInAlready => (
                "Homing is already signed in; a second connection would end the first, so this \
                 was checked there",
                None,
            ),
            Self::TookOver => ("Homing reconnected in the meantime and took over", None),
            Self::NoAccount => ("you need an account in this space", None),
            Self::VersionUnsupported => (
                "this version of Homing isn't compatible with the server",
                Some("update the older one"),
            ),
            Self::OtherServer => (
                "the server knows this device as someone else's; this is a different space",
                Some("ask the server admin whether the database was replaced"),
            ),
            Self::SignInClosed => (
                "the server closed the connection instead of signing you in; the close code says \
                 why",
                Some("follow the close code's advice"),
            ),
            Self::SignInBroken => (
                "the server sent something that isn't Homing's protocol",
                Some(
                    "update Homing and the server; if it happens again, report it with this \
                     report",
                ),
            ),
            Self::SignInTimedOut => (
                "the server didn't answer the sign-in",
                Some("ask the server admin to check the server's disk and log"),
            ),
            Self::Answered => ("the server responds", None),
            Self::AnsweredSlowly => (
                "the server responds, but takes more than a second",
                Some("your connection is busy; check for downloads and weak Wi-Fi"),
            ),
            Self::NoAnswer => (
                "connected, but the server doesn't respond",
                Some("something on the way stops forwarding data; try another network"),
            ),
            Self::ClocksAgree => ("your clock matches the server's", None),
            Self::ClocksDiffer => (
                "your clock and the server's differ by more than a minute, so message times look \
                 wrong; message order isn't affected",
                Some(
                    "set this computer's clock automatically; if it's right, tell the server \
                     admin",
                ),
            ),
            Self::NotReached => ("not checked because an earlier step failed", None),
            Self::NotSeen => ("worked, but couldn't be checked from here", None),
        }
    }
}
