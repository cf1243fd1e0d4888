//! The English text of the findings: steps, facts, what an outcome means and what to do about it.
//!
//! It is written once. Terminals and reports print it, and `cargo xtask codegen` writes it into the
//! interface's English catalogue, against which the other languages are type-checked. Apostrophes are
//! straight here, as in all that a terminal prints; the catalogue has typographic ones. The text has
//! no placeholders: what was observed is in the facts.

use super::finding::{FactKind, Outcome, Step, Verdict};

impl Step {
    /// The name of the step.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::History => "Last disconnect",
            Self::Name => "DNS",
            Self::Proxy => "Proxy",
            Self::Tcp => "TCP",
            Self::Tls => "Encryption (TLS)",
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
            Self::Server => "Server",
            Self::Addresses => "Addresses",
            Self::Connected => "Connected to",
            Self::Missed => "Unreachable",
            Self::Proxy => "Proxy",
            Self::ChosenBy => "Configured in",
            Self::Encryption => "Encryption",
            Self::Subject => "Issued to",
            Self::Issuer => "Issued by",
            Self::ValidUntil => "Valid until",
            Self::Fingerprint => "Fingerprint",
            Self::Expected => "Expected",
            Self::Status => "HTTP status",
            Self::Subprotocol => "Subprotocol",
            Self::Program => "Software",
            Self::Wire => "Protocol version",
            Self::CloseCode => "Close code",
            Self::When => "At",
            Self::IdleFor => "Silent before",
            Self::RoundTrips => "Round trips",
            Self::Ahead => "Server ahead by",
            Self::Words => "Details",
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
                "Check the proxy's name in --proxy or the environment. Company proxies only work \
                 on the company network.",
            ),
            Self::ProxyUnreachable => Some(
                "Check its address and port in --proxy or the environment, and that you're on its \
                 network.",
            ),
            Self::ProxyNeedsPassword => {
                Some("Add them, as in --proxy http://user:password@proxy:3128.")
            }
            Self::ProxyWrongPassword => Some(
                "Check them in --proxy or the environment. The password may have been changed.",
            ),
            Self::ProxyNoPassword => Some("Add it, as in --proxy http://user:password@proxy:3128."),
            Self::ProxyHungUp | Self::NotAProxy => Some(
                "Check the proxy's port and type in --proxy or the environment. http:// and \
                 socks5:// aren't the same.",
            ),
            Self::ProxyUnusable => Some(
                "Use a proxy that starts with http:// or socks5:// with --proxy, or turn it off \
                 with --proxy none.",
            ),
            Self::CertificateUntrusted => Some(
                "Check this computer's clock, add your company's certificate authority with \
                 --ca-file, or use a link with the fingerprint.",
            ),
            Self::NoToken => Some(
                "Unlock or start the keyring, then try again. If the token is gone for good, join \
                 again with a device link from `homing link` on another device.",
            ),
            Self::TokenRefused => Some(
                "Sign in again with a device link: run `homing link` on another device and \
                 `homing join` here. Unsent messages on this device are kept.",
            ),
            _ => self.advice(),
        }
    }

    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::HistoryUnknown => ("There's no record of earlier connections here.", None),
            Self::NeverEnded => ("No connection has ended since Homing started.", None),
            Self::EndedBefore => {
                ("This is how the last connection ended. Homing reconnects automatically.", None)
            }
            Self::EndedByVerdict => (
                "The server ended the last connection because of this device.",
                Some("Follow the close code's advice."),
            ),
            Self::CutWhenIdle => (
                "The last connections were cut after the same silence. A proxy or router on the \
                 way closes idle connections sooner than the server's heartbeat.",
                Some(
                    "Ask the server admin to allow a minute of silence (nginx: \
                     proxy_read_timeout), or lower \u{201c}Ping after idle\u{201d} in Settings → \
                     Advanced.",
                ),
            ),
            Self::NameFound => ("Found the server's address.", None),
            Self::NameSlow => (
                "Found the server's address, but slowly. This delays every connection.",
                Some("Check this network's DNS server."),
            ),
            Self::NameIsAddress => ("It's an IP address, so no lookup is needed.", None),
            Self::NameAtProxy => {
                ("The proxy looks it up, so nobody on this network sees it.", None)
            }
            Self::NameNotFound => (
                "Can't find this host, or you're offline.",
                Some(
                    "Check your network and the spelling of the address. Company servers often \
                     need a VPN.",
                ),
            ),
            Self::NameTimedOut => (
                "This network's DNS server isn't responding.",
                Some("Check your network. A disconnected VPN can leave its DNS server behind."),
            ),
            Self::NoProxy => ("No proxy is set. Homing connects directly.", None),
            Self::ProxyOff => {
                ("The proxy is turned off in settings. Homing connects directly.", None)
            }
            Self::ProxyExcepted => {
                ("A proxy is set, but this server bypasses it. Homing connects directly.", None)
            }
            Self::ProxyNotNeeded => ("The server is this computer, so no proxy is needed.", None),
            Self::ProxyUsed => ("The proxy connected to the server.", None),
            Self::ProxyNotFound => (
                "Can't find the proxy, or you're offline.",
                Some(
                    "Check the proxy's name in Network settings. Company proxies only work on the \
                     company network.",
                ),
            ),
            Self::ProxyUnreachable => (
                "The proxy isn't responding.",
                Some(
                    "Check its address and port in Network settings, and that you're on its \
                     network.",
                ),
            ),
            Self::ProxyNeedsPassword => (
                "The proxy requires a user name and password.",
                Some("Enter them in Network settings."),
            ),
            Self::ProxyWrongPassword => (
                "The proxy rejected the user name or password.",
                Some("Enter them again in Network settings. The password may have been changed."),
            ),
            Self::ProxyNoPassword => (
                "Can't get the proxy password from the keyring, so the proxy wasn't used.",
                Some("Unlock the keyring, or enter the password again in Network settings."),
            ),
            Self::ProxyRefuses => (
                "The proxy blocks this server or port.",
                Some("Ask the proxy's admin to allow the server's name and port."),
            ),
            Self::ProxyHungUp => (
                "The proxy closed the connection without answering.",
                Some("Check the proxy's port and type. HTTP and SOCKS5 aren't the same."),
            ),
            Self::NotAProxy => (
                "There's no proxy of this type at that address.",
                Some("Check the proxy's port and type. HTTP and SOCKS5 aren't the same."),
            ),
            Self::ProxyUnusable => (
                "Homing can't use the configured proxy, and won't bypass it.",
                Some(
                    "Enter a proxy that starts with http:// or socks5:// in Network settings, or \
                     turn the proxy off.",
                ),
            ),
            Self::ProxyTimedOut => (
                "The proxy accepted the request but didn't answer.",
                Some(
                    "Check the proxy's type, HTTP or SOCKS5. It may also be waiting for the \
                     server; check that the server is running.",
                ),
            ),
            Self::TcpByProxy => ("The proxy is connected to the server.", None),
            Self::TcpNotByProxy => (
                "The proxy can't reach the server.",
                Some(
                    "Check the spelling of the server's address, that the server is running, and \
                     that the proxy may connect to it.",
                ),
            ),
            Self::TcpConnected => ("Connected to the server's port.", None),
            Self::TcpFellBack => (
                "The first address didn't respond, but another one did. This delays every \
                 connection.",
                Some("Tell the server admin that one of its addresses doesn't work."),
            ),
            Self::TcpRefused => (
                "The computer is reachable, but nothing is listening on this port.",
                Some("Ask the server admin whether the server is running, and on which port."),
            ),
            Self::TcpUnreachable => (
                "This address can't be reached from here.",
                Some("Check your network, VPN and firewall."),
            ),
            Self::TcpTimedOut => (
                "No response. Something on the way drops the packets.",
                Some(
                    "Check the firewalls on both sides, and whether the server's port is open to \
                     the outside.",
                ),
            ),
            Self::TlsPinned => ("Encrypted, and the certificate matches your join link.", None),
            Self::TlsTrusted => ("Encrypted, and this computer trusts the certificate.", None),
            Self::TlsEndsSoon => (
                "Encrypted and trusted, but the certificate expires within two weeks.",
                Some("Tell the server admin to renew it."),
            ),
            Self::TlsOffHere => ("Not encrypted, which is fine on one computer.", None),
            Self::TlsOff => (
                "Not encrypted. Anyone on the way can read your messages.",
                Some("Ask the server admin to turn TLS on."),
            ),
            Self::CertificateChanged => (
                "The certificate doesn't match your join link. It's a different server, or \
                 someone is intercepting the connection.",
                Some(
                    "Ask the server admin for the fingerprint over another channel. If the \
                     certificate was replaced, use a new join link.",
                ),
            ),
            Self::CertificateUntrusted => (
                "This computer doesn't trust the certificate.",
                Some(
                    "Check this computer's clock, add your company's certificate authority in \
                     Network settings, or use a join link with the fingerprint.",
                ),
            ),
            Self::TlsNone => (
                "This port doesn't use TLS.",
                Some("Check the port. Wi-Fi sign-in pages can also cause this."),
            ),
            Self::TlsCut => (
                "The connection was closed during the TLS handshake, probably by a firewall.",
                Some("Try another network, or ask this network's admin."),
            ),
            Self::TlsTimedOut => (
                "Connected, but the TLS handshake got no response.",
                Some("Something on the way holds data back. Try another network."),
            ),
            Self::Upgraded => ("The server speaks Homing's protocol.", None),
            Self::AsksForToken => {
                ("The server responds and asks you to sign in, as expected.", None)
            }
            Self::NoToken => (
                "Can't get this device's token from the keyring, so the server wasn't contacted.",
                Some(
                    "Unlock or start the keyring, or enter your passphrase, then try again. If \
                     your key is gone for good, sign in again.",
                ),
            ),
            Self::TokenRefused => (
                "The server rejected this device's token. The device was signed out.",
                Some("Sign in again. Unsent messages on this device are kept."),
            ),
            Self::TokenMissing => (
                "The server responds, but never gets the token. Something on the way removes the \
                 Authorization header.",
                Some("Ask the server admin to have the proxy pass Authorization on."),
            ),
            Self::Blocked => (
                "Something in front of the server blocks this request. The response isn't the \
                 server's.",
                Some(
                    "Ask the admin of that proxy or filter to let /v1/ through without a sign-in \
                     of its own. The server checks tokens itself.",
                ),
            ),
            Self::WordsReplaced => (
                "The server responds as expected, but a proxy replaces its error messages with a \
                 page of its own.",
                Some(
                    "Ask the proxy's admin to leave error bodies under /v1/ alone (nginx: \
                     proxy_intercept_errors off, Apache: ProxyErrorOverride Off).",
                ),
            ),
            Self::BadGateway => (
                "The proxy in front of the server can't reach it.",
                Some("Ask the server admin whether the server is running."),
            ),
            Self::Busy => (
                "The server, or a proxy in front of it, asks clients to come back later.",
                Some("Wait a minute. If it keeps happening, ask the server admin."),
            ),
            Self::ServerFailed => (
                "The server, or a proxy in front of it, failed.",
                Some("Ask the server admin to check the server's log and disk."),
            ),
            Self::Redirected => (
                "The address redirects elsewhere, and Homing doesn't follow redirects.",
                Some("Ask the server admin for a link with the final address."),
            ),
            Self::UpgradeSpoilt => (
                "A Homing server responds, but a proxy in between breaks the WebSocket.",
                Some(
                    "The proxy must speak HTTP/1.1 to the server and pass the path and the \
                     headers Upgrade, Connection and Sec-WebSocket-*; see docs/operations.md.",
                ),
            ),
            Self::SubprotocolHidden => (
                "A proxy in between removes the Sec-WebSocket-Protocol header from the response.",
                Some("Ask the server admin to have the proxy pass it on."),
            ),
            Self::NotHoming => (
                "There's no Homing server at this address.",
                Some(
                    "Check the address and port. A proxy in front of the server must pass /v1/ to \
                     it, see docs/operations.md.",
                ),
            ),
            Self::UpgradeCut => (
                "The connection was closed before a response. The server is starting or full, or \
                 something on the way blocks WebSockets.",
                Some(
                    "Try again in a minute, or from another network. If it keeps happening, ask \
                     the server admin to check the server and the proxy in front of it.",
                ),
            ),
            Self::UpgradeTimedOut => (
                "The server accepted the request but didn't answer.",
                Some("Ask the server admin to check the server's load and log."),
            ),
            Self::SignedIn => ("Signed in.", None),
            Self::SignedInAlready => (
                "Homing is already signed in. A second connection would end the first, so this \
                 was checked there.",
                None,
            ),
            Self::TookOver => ("Homing reconnected in the meantime and took over.", None),
            Self::NoAccount => ("You need an account in this space.", None),
            Self::VersionUnsupported => (
                "This version of Homing isn't compatible with the server.",
                Some("Update the older one."),
            ),
            Self::OtherServer => (
                "The server knows this device as someone else's. This is a different space.",
                Some("Ask the server admin whether the database was replaced."),
            ),
            Self::SignInClosed => (
                "The server closed the connection instead of signing you in. The close code says \
                 why.",
                Some("Follow the close code's advice."),
            ),
            Self::SignInBroken => (
                "The server sent something that isn't Homing's protocol.",
                Some(
                    "Update Homing and the server. If it happens again, report it with this \
                     report.",
                ),
            ),
            Self::SignInTimedOut => (
                "The server didn't answer the sign-in.",
                Some("Ask the server admin to check the server's disk and log."),
            ),
            Self::Answered => ("The server responds.", None),
            Self::AnsweredSlowly => (
                "The server responds, but takes more than a second.",
                Some("Your connection is busy. Check for downloads and weak Wi-Fi."),
            ),
            Self::NoAnswer => (
                "Connected, but the server doesn't respond.",
                Some("Something on the way stops forwarding data. Try another network."),
            ),
            Self::ClocksAgree => ("Your clock matches the server's.", None),
            Self::ClocksDiffer => (
                "Your clock and the server's differ by more than a minute, so message times look \
                 wrong. Message order isn't affected.",
                Some(
                    "Set this computer's clock automatically. If it's right, tell the server \
                     admin.",
                ),
            ),
            Self::NotReached => ("Not checked because an earlier step failed.", None),
            Self::NotSeen => ("Worked, but couldn't be checked from here.", None),
        }
    }
}
