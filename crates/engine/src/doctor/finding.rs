//! The Doctor's findings: facts, and a verdict that follows from the outcome alone.
//!
//! An outcome is a name and not a sentence. [`words`](super::words) has the English text of each, and
//! the interface the text in its other languages.

use serde::{Deserialize, Serialize};

/// The steps, in the order of connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// How the connection before this one ended.
    History,
    /// DNS: the host name is resolved.
    Name,
    /// Whether a proxy is used.
    Proxy,
    /// TCP: an address responds.
    Tcp,
    /// TLS: the connection is encrypted, and the server is verified.
    Tls,
    /// The HTTP connection becomes a WebSocket.
    Upgrade,
    /// The server accepts this device.
    SignIn,
    /// A ping is answered.
    RoundTrip,
    /// The clocks of server and device agree.
    Clock,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 9] = [
        Self::History,
        Self::Name,
        Self::Proxy,
        Self::Tcp,
        Self::Tls,
        Self::Upgrade,
        Self::SignIn,
        Self::RoundTrip,
        Self::Clock,
    ];
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to do.
    Fine,
    /// It works, but not well.
    Doubtful,
    /// It does not work.
    Wrong,
    /// It was not examined.
    Skipped,
}

macro_rules! outcomes {
    ($($(#[doc = $doc:literal])+ $outcome:ident $step:ident $verdict:ident,)*) => {
        /// The result of a step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum Outcome {
            $($(#[doc = $doc])+ $outcome,)*
        }

        impl Outcome {
            /// All outcomes.
            pub const ALL: &'static [Self] = &[$(Self::$outcome),*];

            /// The step to which it belongs.
            #[must_use]
            pub const fn step(self) -> Step {
                match self {
                    $(Self::$outcome => Step::$step,)*
                }
            }

            /// The verdict that follows from it.
            #[must_use]
            pub const fn verdict(self) -> Verdict {
                match self {
                    $(Self::$outcome => Verdict::$verdict,)*
                }
            }
        }
    };
}

outcomes! {
    /// The ends of connections are not recorded.
    HistoryUnknown History Skipped,
    /// No connection has ended since Homing started.
    NeverEnded History Fine,
    /// The last connection ended in a usual way.
    EndedBefore History Fine,
    /// The server closed the last connection because of this device.
    EndedByVerdict History Doubtful,
    /// The last connections were cut after the same idle time.
    CutWhenIdle History Doubtful,
    /// The name was resolved.
    NameFound Name Fine,
    /// The name was resolved slowly.
    NameSlow Name Doubtful,
    /// The host is an address, so there is nothing to resolve.
    NameIsAddress Name Fine,
    /// The proxy resolves the name.
    NameAtProxy Name Fine,
    /// The name does not exist.
    NameNotFound Name Wrong,
    /// DNS did not respond in time.
    NameTimedOut Name Wrong,
    /// No proxy is configured.
    NoProxy Proxy Fine,
    /// The person turned the proxy off.
    ProxyOff Proxy Fine,
    /// A proxy is configured, and this server bypasses it.
    ProxyExcepted Proxy Fine,
    /// The server is this machine.
    ProxyNotNeeded Proxy Fine,
    /// The proxy connected to the server.
    ProxyUsed Proxy Fine,
    /// The proxy's name does not exist.
    ProxyNotFound Proxy Wrong,
    /// No response at the proxy's address.
    ProxyUnreachable Proxy Wrong,
    /// The proxy requires a user name and password.
    ProxyNeedsPassword Proxy Wrong,
    /// The proxy rejects the user name or password.
    ProxyWrongPassword Proxy Wrong,
    /// The proxy's password can't be read from the keyring.
    ProxyNoPassword Proxy Wrong,
    /// The proxy's rules forbid this server.
    ProxyRefuses Proxy Wrong,
    /// The proxy closed the connection.
    ProxyHungUp Proxy Wrong,
    /// It is not a proxy, or one of another protocol.
    NotAProxy Proxy Wrong,
    /// The proxy is configured in a way that can't be used.
    ProxyUnusable Proxy Wrong,
    /// The proxy did not answer in time.
    ProxyTimedOut Proxy Wrong,
    /// TCP is connected.
    TcpConnected Tcp Fine,
    /// TCP is connected, but not to the first address.
    TcpFellBack Tcp Doubtful,
    /// The proxy is connected to the server.
    TcpByProxy Tcp Fine,
    /// The proxy can't reach the server.
    TcpNotByProxy Tcp Wrong,
    /// The port is closed.
    TcpRefused Tcp Wrong,
    /// There is no route to the address.
    TcpUnreachable Tcp Wrong,
    /// The address did not respond in time.
    TcpTimedOut Tcp Wrong,
    /// The certificate matches the join link.
    TlsPinned Tls Fine,
    /// The operating system trusts the certificate.
    TlsTrusted Tls Fine,
    /// The operating system trusts the certificate, which is about to expire.
    TlsEndsSoon Tls Doubtful,
    /// TLS is off, but the server is this computer.
    TlsOffHere Tls Fine,
    /// TLS is off.
    TlsOff Tls Doubtful,
    /// The certificate does not match the join link.
    CertificateChanged Tls Wrong,
    /// The operating system does not trust the certificate.
    CertificateUntrusted Tls Wrong,
    /// The port does not use TLS.
    TlsNone Tls Wrong,
    /// The connection was cut during the TLS handshake.
    TlsCut Tls Wrong,
    /// The TLS handshake got no response in time.
    TlsTimedOut Tls Wrong,
    /// The upgrade succeeded.
    Upgraded Upgrade Fine,
    /// The server asks for a token, as it should without an account.
    AsksForToken Upgrade Fine,
    /// The token can't be read from the keyring.
    NoToken Upgrade Wrong,
    /// The server itself rejected the token.
    TokenRefused Upgrade Wrong,
    /// The server received no token: something on the way removes it.
    TokenMissing Upgrade Wrong,
    /// A proxy in front of the server rejects the request.
    Blocked Upgrade Wrong,
    /// The server rejected the token, and something on the way replaced its body.
    WordsReplaced Upgrade Doubtful,
    /// A proxy in front of the server can't reach it.
    BadGateway Upgrade Wrong,
    /// The server, or a proxy in front of it, asks clients to come back later.
    Busy Upgrade Wrong,
    /// The server, or a proxy in front of it, has an internal error.
    ServerFailed Upgrade Wrong,
    /// A redirect.
    Redirected Upgrade Wrong,
    /// The server responded, but the upgrade request was changed on the way.
    UpgradeSpoilt Upgrade Wrong,
    /// The subprotocol was removed from the response.
    SubprotocolHidden Upgrade Wrong,
    /// It is not a Homing server.
    NotHoming Upgrade Wrong,
    /// The connection was cut during the upgrade.
    UpgradeCut Upgrade Wrong,
    /// The upgrade got no response in time.
    UpgradeTimedOut Upgrade Wrong,
    /// The server accepted this device.
    SignedIn SignIn Fine,
    /// The app's own connection is signed in, and a second one would close it.
    SignedInAlready SignIn Fine,
    /// The app's own connection came back and closed this one.
    TookOver SignIn Fine,
    /// There is no account to sign in with.
    NoAccount SignIn Skipped,
    /// There is no common protocol version.
    VersionUnsupported SignIn Wrong,
    /// The server knows this token as another space's or member's.
    OtherServer SignIn Wrong,
    /// The server closed the connection with a code.
    SignInClosed SignIn Wrong,
    /// The server violated the protocol.
    SignInBroken SignIn Wrong,
    /// The server did not answer in time.
    SignInTimedOut SignIn Wrong,
    /// The server answers.
    Answered RoundTrip Fine,
    /// The server answers slowly.
    AnsweredSlowly RoundTrip Doubtful,
    /// The server does not answer.
    NoAnswer RoundTrip Wrong,
    /// The clocks agree.
    ClocksAgree Clock Fine,
    /// The clocks differ.
    ClocksDiffer Clock Doubtful,
    /// An earlier step failed.
    NotReached Clock Skipped,
    /// The connector does not report this step.
    NotSeen Clock Skipped,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// The server's host and port.
    Server,
    /// The addresses of the name.
    Addresses,
    /// The address that responded.
    Connected,
    /// An address that did not respond, and why.
    Missed,
    /// The proxy.
    Proxy,
    /// Where the proxy is configured: `settings`, `command_line`, `environment` or `system`.
    ChosenBy,
    /// The TLS version and cipher suite.
    Encryption,
    /// The subject of the certificate.
    Subject,
    /// The issuer of the certificate.
    Issuer,
    /// The last day of the certificate's validity.
    ValidUntil,
    /// The SHA-256 of the certificate.
    Fingerprint,
    /// The fingerprint in the join link.
    Expected,
    /// The HTTP status.
    Status,
    /// The WebSocket subprotocol.
    Subprotocol,
    /// The server's program and version.
    Program,
    /// The protocol version.
    Wire,
    /// The close code.
    CloseCode,
    /// The time, in HTTP format.
    When,
    /// The idle time before each of the last ends.
    IdleFor,
    /// The measured round trips.
    RoundTrips,
    /// How far the server's clock is ahead.
    Ahead,
    /// The text of the operating system or a library.
    Words,
}

impl FactKind {
    /// All kinds.
    pub const ALL: [Self; 22] = [
        Self::Server,
        Self::Addresses,
        Self::Connected,
        Self::Missed,
        Self::Proxy,
        Self::ChosenBy,
        Self::Encryption,
        Self::Subject,
        Self::Issuer,
        Self::ValidUntil,
        Self::Fingerprint,
        Self::Expected,
        Self::Status,
        Self::Subprotocol,
        Self::Program,
        Self::Wire,
        Self::CloseCode,
        Self::When,
        Self::IdleFor,
        Self::RoundTrips,
        Self::Ahead,
        Self::Words,
    ];

    /// Whether it contains the server's address, which the person may want to hide.
    #[must_use]
    pub const fn is_place(self) -> bool {
        matches!(
            self,
            Self::Server
                | Self::Addresses
                | Self::Connected
                | Self::Missed
                | Self::Proxy
                | Self::Subject
                | Self::Fingerprint
                | Self::Expected
        )
    }
}

/// A fact that was observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fact {
    /// What it is about.
    pub about: FactKind,
    /// What was observed.
    pub value: String,
}

/// The result of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// The step.
    pub step: Step,
    /// What happened.
    pub outcome: Outcome,
    /// The verdict on it.
    pub verdict: Verdict,
    /// How long it took, in milliseconds; `None` if nothing was waited for.
    pub took_ms: Option<u32>,
    /// What was observed.
    pub facts: Vec<Fact>,
}

impl Finding {
    /// A finding without facts.
    #[must_use]
    pub fn new(step: Step, outcome: Outcome) -> Self {
        let verdict = outcome.verdict();
        Self { step, outcome, verdict, took_ms: None, facts: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, about: FactKind, value: impl Into<String>) -> Self {
        self.facts.push(Fact { about, value: value.into() });
        self
    }

    /// Adds the time that it took.
    #[must_use]
    pub fn after(mut self, took: std::time::Duration) -> Self {
        self.took_ms = Some(u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
        self
    }
}
