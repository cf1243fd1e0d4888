//! Outcomes in English: what each means and what to do. For terminals and reports; the interface
//! has the same in its languages.

use super::finding::{About, Outcome, Step, Verdict};

impl Step {
    /// What it is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::History => "Last end",
            Self::Name => "Name",
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
    /// One word, of one width.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Fine => "ok   ",
            Self::Doubtful => "note ",
            Self::Wrong => "WRONG",
            Self::Skipped => "-    ",
        }
    }
}

impl About {
    /// What a fact is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Addresses => "addresses",
            Self::Connected => "connected to",
            Self::Missed => "not reached",
            Self::Proxy => "proxy",
            Self::ChosenBy => "set by",
            Self::Encryption => "encryption",
            Self::Subject => "certificate of",
            Self::Issuer => "signed by",
            Self::ValidUntil => "valid until",
            Self::Fingerprint => "fingerprint",
            Self::Expected => "expected",
            Self::Status => "HTTP status",
            Self::Subprotocol => "subprotocol",
            Self::Program => "program",
            Self::Wire => "version of the wire",
            Self::CloseCode => "close code",
            Self::When => "at",
            Self::IdleFor => "silent before",
            Self::RoundTrips => "round trips",
            Self::Ahead => "server ahead by",
            Self::Words => "in words",
        }
    }
}

impl Outcome {
    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.words().0
    }

    /// What to do; none where nothing is to be done.
    #[must_use]
    pub const fn advice(self) -> Option<&'static str> {
        self.words().1
    }

    /// The same for who has a command line, and no network settings.
    #[must_use]
    pub const fn advice_on_command_line(self) -> Option<&'static str> {
        match self {
            Self::ProxyNotFound => Some(
                "check the name in --proxy or the environment; a company's proxy is known in its \
                 own network only",
            ),
            Self::ProxyUnreachable => Some(
                "check name and port in --proxy or the environment, and whether this computer is \
                 in the proxy's network",
            ),
            Self::ProxyNeedsPassword => {
                Some("name both, as in --proxy http://user:password@proxy:3128")
            }
            Self::ProxyWrongPassword => {
                Some("check both in --proxy or the environment; the password may have been changed")
            }
            Self::ProxyNoPassword => Some("name it, as in --proxy http://user:password@proxy:3128"),
            Self::ProxyHungUp | Self::NotAProxy => Some(
                "check port and kind in --proxy or the environment: http:// and socks5:// are \
                 different ones",
            ),
            Self::ProxyUnusable => Some(
                "name one that begins with http:// or socks5:// with --proxy, or say --proxy none",
            ),
            Self::CertificateUntrusted => Some(
                "check this computer's clock; name your company's own authority with --ca-file; or \
                 use a link that names the fingerprint",
            ),
            Self::NoToken => Some(
                "unlock the keyring or start it, then try again; if the token is gone for good, \
                 join again with a device link from `homing link` on another device",
            ),
            Self::TokenRefused => Some(
                "sign in again with a device link: `homing link` on another device, `homing join` \
                 here; what is queued on this device is kept",
            ),
            _ => self.advice(),
        }
    }

    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::HistoryUnknown => {
                ("a command keeps no history; the app's Doctor says how connections ended", None)
            }
            Self::NeverEnded => ("no connection has ended since Homing started", None),
            Self::EndedBefore => ("so the last connection ended, and Homing reconnects", None),
            Self::EndedByVerdict => (
                "the server ended the last connection because of this device",
                Some("see what the close code advises"),
            ),
            Self::CutWhenIdle => (
                "the last connections were cut after the same silence: a time limit on the way is \
                 shorter than the server's heartbeat",
                Some(
                    "ask whoever runs the proxy before the server to allow a minute of silence \
                     (nginx: proxy_read_timeout), or set Homing to ask sooner in its connection \
                     settings",
                ),
            ),
            Self::NameFound => ("the name leads to an address", None),
            Self::NameSlow => (
                "the name was found, but slowly: every connection begins with this wait",
                Some("look at the DNS server of this network"),
            ),
            Self::NameIsAddress => ("an address needs no looking up", None),
            Self::NameAtProxy => ("left to the proxy, so nobody in this network learns it", None),
            Self::NameNotFound => (
                "nobody knows a computer of this name, or this computer has no network",
                Some(
                    "check the network and the spelling of the address; names inside a company \
                     often need its VPN",
                ),
            ),
            Self::NameTimedOut => (
                "the DNS server of this network does not answer",
                Some("check the network; a VPN that was cut leaves such a DNS server behind"),
            ),
            Self::NoProxy => ("none is set; Homing connects directly", None),
            Self::ProxyOff => ("the settings want none; Homing connects directly", None),
            Self::ProxyExcepted => {
                ("one is set, and this server is excepted; Homing connects directly", None)
            }
            Self::ProxyNotNeeded => ("the server is this machine, which needs none", None),
            Self::ProxyUsed => ("the proxy opened the way to the server", None),
            Self::ProxyNotFound => (
                "nobody knows a computer of the proxy's name, or this computer has no network",
                Some(
                    "check the proxy's name in the network settings; a company's proxy is known in \
                     its own network only",
                ),
            ),
            Self::ProxyUnreachable => (
                "nobody answers at the proxy's address",
                Some(
                    "check its name and port in the network settings, and whether this computer is \
                     in the proxy's network",
                ),
            ),
            Self::ProxyNeedsPassword => (
                "the proxy needs a user name and a password",
                Some("enter both in the network settings"),
            ),
            Self::ProxyWrongPassword => (
                "the proxy does not accept this user name and password",
                Some(
                    "enter both again in the network settings; the password may have been changed",
                ),
            ),
            Self::ProxyNoPassword => (
                "the keyring does not give the proxy's password, so the proxy was not asked",
                Some("unlock the keyring, or enter the password again in the network settings"),
            ),
            Self::ProxyRefuses => (
                "the proxy's rules do not allow connections to this server and port",
                Some("ask whoever runs the proxy to allow the server's name and port"),
            ),
            Self::ProxyHungUp => (
                "something answers at the proxy's address, and hung up without a word",
                Some(
                    "check the port and the kind of the proxy: HTTP and SOCKS5 are different ones",
                ),
            ),
            Self::NotAProxy => (
                "what answers at the proxy's address is no proxy of this kind",
                Some(
                    "check the port and the kind of the proxy: HTTP and SOCKS5 are different ones",
                ),
            ),
            Self::ProxyUnusable => (
                "a proxy is set in a way that Homing can't use, and Homing does not go past it",
                Some(
                    "Homing can use proxies that begin with http:// or socks5://; name one in the \
                     network settings, or choose none",
                ),
            ),
            Self::ProxyTimedOut => (
                "the proxy took the request and gave no answer",
                Some(
                    "check the kind of the proxy, HTTP or SOCKS5; else it may be waiting for the \
                     server: ask whether that runs",
                ),
            ),
            Self::TcpConnected => ("the server's computer answers at this port", None),
            Self::TcpFellBack => (
                "the first address did not answer, a later one did: every connection waits for that",
                Some("tell whoever runs the server that one of its addresses is dead"),
            ),
            Self::TcpByProxy => ("the proxy is connected to the server", None),
            Self::TcpNotByProxy => (
                "the proxy answers, and does not reach the server",
                Some(
                    "check the spelling of the server's address; ask whether the server runs, and \
                     whether the proxy may go there",
                ),
            ),
            Self::TcpRefused => (
                "the computer is there, and nothing listens at this port",
                Some("ask whoever runs the server whether it runs and at which port"),
            ),
            Self::TcpUnreachable => (
                "there is no way to this address from here",
                Some("check the network, the VPN and the firewall of this computer"),
            ),
            Self::TcpTimedOut => (
                "nobody answers, not even with a no: something on the way swallows the packets",
                Some(
                    "check the firewall here and at the server; ask whether the server's port is \
                     open from outside",
                ),
            ),
            Self::TlsPinned => {
                ("encrypted, and the certificate is the very one of the join link", None)
            }
            Self::TlsTrusted => ("encrypted, and this computer trusts the certificate", None),
            Self::TlsEndsSoon => (
                "encrypted and trusted, but the certificate ends within two weeks",
                Some("tell whoever runs the server to renew it"),
            ),
            Self::TlsOffHere => ("not encrypted, which is fine within one computer", None),
            Self::TlsOff => (
                "not encrypted: anybody on the way can read along",
                Some("ask whoever runs the server to turn TLS on"),
            ),
            Self::CertificateChanged => (
                "this is not the certificate of the join link: another server, or somebody in \
                 between",
                Some(
                    "ask whoever runs the server, by another way, for its fingerprint; if it was \
                     made anew, join again with a new link",
                ),
            ),
            Self::CertificateUntrusted => (
                "this computer does not trust the certificate",
                Some(
                    "check this computer's clock; add a company's own authority in the network \
                     settings, or for the command line with --ca-file; or join with a link that \
                     names the fingerprint",
                ),
            ),
            Self::TlsNone => (
                "what answers there does not speak TLS",
                Some("check the port; a login page of a hotel network also does this"),
            ),
            Self::TlsCut => (
                "the connection was cut while the keys were exchanged: a firewall does that",
                Some("try another network; ask whoever runs this one"),
            ),
            Self::TlsTimedOut => (
                "connected, and then silence",
                Some("something on the way holds data back: try another network"),
            ),
            Self::Upgraded => ("the server speaks the protocol of Homing", None),
            Self::AsksForToken => ("a server answers and asks who you are, as it should", None),
            Self::NoToken => (
                "the keyring does not give this device's token, so nothing was asked of the server",
                Some(
                    "unlock the keyring or start it, or enter the passphrase, then try again; if \
                     the token is gone for good, sign in again",
                ),
            ),
            Self::TokenRefused => (
                "the server does not accept this device's token: it was signed out or revoked",
                Some("sign in again; what is queued on this device is kept"),
            ),
            Self::TokenMissing => (
                "the server answers, and the token never reaches it: something on the way removes \
                 the header Authorization",
                Some(
                    "the proxy in front of the server must pass Authorization on: ask whoever runs \
                     it",
                ),
            ),
            Self::Blocked => (
                "something in front of the server refuses, in words that are not the server's",
                Some(
                    "a proxy or filter wants a sign-in of its own, or forbids the address: ask \
                     whoever runs it to let /v1/ pass; the server asks for tokens itself",
                ),
            ),
            Self::WordsReplaced => (
                "a server answers as it should, and a proxy puts a page of its own in place of the \
                 server's words",
                Some(
                    "tell whoever runs the proxy to leave the bodies of errors under /v1/ alone \
                     (nginx: proxy_intercept_errors off, Apache: ProxyErrorOverride Off)",
                ),
            ),
            Self::BadGateway => (
                "a proxy stands before the server and does not reach it",
                Some("ask whoever runs the server whether it runs"),
            ),
            Self::Busy => (
                "the server, or a proxy in front of it, asks to come back later",
                Some("wait a minute; if it stays so, ask whoever runs the server"),
            ),
            Self::ServerFailed => (
                "the server, or a proxy in front of it, failed",
                Some("ask whoever runs the server to look at its log and its disk"),
            ),
            Self::Redirected => (
                "the address leads elsewhere, and Homing follows no redirection",
                Some("ask whoever runs the server for a link with the final address"),
            ),
            Self::UpgradeSpoilt => (
                "a server of Homing answers, and a proxy in between spoils the WebSocket",
                Some(
                    "the proxy before the server must speak HTTP/1.1 to it and pass the path and \
                     the headers Upgrade, Connection and Sec-WebSocket-*, see docs/operations.md",
                ),
            ),
            Self::SubprotocolHidden => (
                "a proxy in between hides the header Sec-WebSocket-Protocol of the answer",
                Some("ask whoever runs the proxy before the server to pass it on"),
            ),
            Self::NotHoming => (
                "what answers is no Homing server",
                Some(
                    "check address and port; a proxy before the server must lead /v1/ to it, see \
                     docs/operations.md",
                ),
            ),
            Self::UpgradeCut => (
                "the connection ended before an answer: the server is starting or full, or \
                 something on the way allows no WebSockets",
                Some(
                    "try again in a minute; if it stays so, ask whoever runs the server to look at \
                     it and at the proxy before it, and try another network",
                ),
            ),
            Self::UpgradeTimedOut => (
                "the server took the request and said nothing",
                Some("ask whoever runs the server to look at its load and its log"),
            ),
            Self::SignedIn => ("the server knows this device", None),
            Self::SignedInAlready => (
                "Homing's own connection is signed in right now; a second one of this device would \
                 end it, so this was seen there",
                None,
            ),
            Self::TookOver => ("Homing's own connection came back meanwhile and took over", None),
            Self::NoAccount => ("needs an account in the space", None),
            Self::VersionUnsupported => (
                "this Homing and the server are too far apart in age",
                Some("update the older of the two"),
            ),
            Self::OtherServer => (
                "the server knows this device as somebody else's: another space answers there",
                Some("ask whoever runs the server whether its database was replaced"),
            ),
            Self::SignInClosed => (
                "the server closed the connection instead of a greeting; its code says why",
                Some("see what the close code advises"),
            ),
            Self::SignInBroken => (
                "the server said something that is not the protocol",
                Some("update Homing and the server; if it stays so, report it with this report"),
            ),
            Self::SignInTimedOut => (
                "the server took the greeting and did not answer",
                Some("ask whoever runs the server to look at its disk and its log"),
            ),
            Self::Answered => ("questions are answered", None),
            Self::AnsweredSlowly => (
                "questions are answered, but it takes more than a second",
                Some("something on the way is busy: look at downloads and the wifi"),
            ),
            Self::NoAnswer => (
                "the connection stands, and a question is not answered",
                Some("something on the way goes dead after a moment: try another network"),
            ),
            Self::ClocksAgree => ("this clock and the server's agree", None),
            Self::ClocksDiffer => (
                "this clock and the server's differ by more than a minute: times of messages look \
                 wrong. Their order does not depend on clocks",
                Some(
                    "set this computer's clock by the network; if it is right, tell the server's \
                     owner",
                ),
            ),
            Self::NotReached => ("not looked at, because a step before it failed", None),
            Self::NotSeen => ("happened, and could not be looked at from here", None),
        }
    }
}
