//! What the Doctor finds: facts, and a verdict that follows from an outcome alone.
//!
//! An outcome is a name, not a sentence: the interface has words for each in its languages,
//! [`words`](super::words) has the English ones for terminals and reports.

use serde::{Deserialize, Serialize};

/// What is looked at, in the order in which a connection meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// How the connection before this one ended.
    History,
    /// The server's name becomes addresses.
    Name,
    /// Whether a proxy is set.
    Proxy,
    /// Somebody answers at an address.
    Tcp,
    /// The line is encrypted, and to whom.
    Tls,
    /// HTTP becomes a WebSocket.
    Upgrade,
    /// The server knows this device.
    SignIn,
    /// A question is answered.
    RoundTrip,
    /// Both clocks agree.
    Clock,
}

impl Step {
    /// All of them, in order.
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
    /// Works, and deserves a look.
    Doubtful,
    /// Does not work.
    Wrong,
    /// Was not looked at.
    Skipped,
}

macro_rules! outcomes {
    ($($(#[doc = $doc:literal])+ $outcome:ident $step:ident $verdict:ident,)*) => {
        /// What came of a step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum Outcome {
            $($(#[doc = $doc])+ $outcome,)*
        }

        impl Outcome {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$outcome),*];

            /// At which step it stands.
            #[must_use]
            pub const fn step(self) -> Step {
                match self {
                    $(Self::$outcome => Step::$step,)*
                }
            }

            /// What it amounts to.
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
    /// Nobody writes down how connections end.
    HistoryUnknown History Skipped,
    /// None has ended since Homing started.
    NeverEnded History Fine,
    /// One ended, as connections do.
    EndedBefore History Fine,
    /// The server ended one with a code that is a verdict on this device.
    EndedByVerdict History Doubtful,
    /// The last ones were cut after the same silence.
    CutWhenIdle History Doubtful,
    /// The name leads to addresses.
    NameFound Name Fine,
    /// It took long to find out.
    NameSlow Name Doubtful,
    /// There is nothing to look up.
    NameIsAddress Name Fine,
    /// The proxy looks it up.
    NameAtProxy Name Fine,
    /// Nobody knows the name.
    NameNotFound Name Wrong,
    /// No answer about it in time.
    NameTimedOut Name Wrong,
    /// No proxy is set.
    NoProxy Proxy Fine,
    /// The person wants none.
    ProxyOff Proxy Fine,
    /// One is set, and this server is excepted.
    ProxyExcepted Proxy Fine,
    /// The server is this machine.
    ProxyNotNeeded Proxy Fine,
    /// The way goes through it.
    ProxyUsed Proxy Fine,
    /// Nobody knows its name.
    ProxyNotFound Proxy Wrong,
    /// Nobody answers at its address.
    ProxyUnreachable Proxy Wrong,
    /// It wants to know who one is.
    ProxyNeedsPassword Proxy Wrong,
    /// It does not accept name and password.
    ProxyWrongPassword Proxy Wrong,
    /// The keyring does not give its password.
    ProxyNoPassword Proxy Wrong,
    /// Its rules do not allow this server.
    ProxyRefuses Proxy Wrong,
    /// It hung up.
    ProxyHungUp Proxy Wrong,
    /// What answers there is none, or one of another kind.
    NotAProxy Proxy Wrong,
    /// It is set in a way that can't be used.
    ProxyUnusable Proxy Wrong,
    /// Silence.
    ProxyTimedOut Proxy Wrong,
    /// Connected.
    TcpConnected Tcp Fine,
    /// Connected, but not at the first address.
    TcpFellBack Tcp Doubtful,
    /// The proxy connects.
    TcpByProxy Tcp Fine,
    /// The proxy can't.
    TcpNotByProxy Tcp Wrong,
    /// Nobody listens there.
    TcpRefused Tcp Wrong,
    /// There is no way there.
    TcpUnreachable Tcp Wrong,
    /// Silence.
    TcpTimedOut Tcp Wrong,
    /// The certificate is the one of the join link.
    TlsPinned Tls Fine,
    /// The operating system trusts the certificate.
    TlsTrusted Tls Fine,
    /// It does, and not for much longer.
    TlsEndsSoon Tls Doubtful,
    /// Not encrypted, on this computer only.
    TlsOffHere Tls Fine,
    /// Not encrypted.
    TlsOff Tls Doubtful,
    /// Another certificate than the join link's.
    CertificateChanged Tls Wrong,
    /// The operating system does not trust it.
    CertificateUntrusted Tls Wrong,
    /// What answers does not speak TLS.
    TlsNone Tls Wrong,
    /// The connection was cut while the keys were exchanged.
    TlsCut Tls Wrong,
    /// Silence.
    TlsTimedOut Tls Wrong,
    /// It is a WebSocket now.
    Upgraded Upgrade Fine,
    /// A Homing server answers and asks who one is, as it should.
    AsksForToken Upgrade Fine,
    /// The keyring does not give the token.
    NoToken Upgrade Wrong,
    /// The server does not accept the token, in its own words.
    TokenRefused Upgrade Wrong,
    /// The server never saw a token: something on the way takes it.
    TokenMissing Upgrade Wrong,
    /// Something in front of the server refuses.
    Blocked Upgrade Wrong,
    /// The server refuses as it should, and something on the way replaces its words.
    WordsReplaced Upgrade Doubtful,
    /// A proxy answers that the server behind it is away.
    BadGateway Upgrade Wrong,
    /// The server, or something before it, asks to come later.
    Busy Upgrade Wrong,
    /// The server, or something before it, failed.
    ServerFailed Upgrade Wrong,
    /// It leads elsewhere.
    Redirected Upgrade Wrong,
    /// The server answers, and the request was spoilt on the way.
    UpgradeSpoilt Upgrade Wrong,
    /// What was agreed on is hidden on the way.
    SubprotocolHidden Upgrade Wrong,
    /// What answers is no Homing server.
    NotHoming Upgrade Wrong,
    /// Cut in the middle.
    UpgradeCut Upgrade Wrong,
    /// Silence.
    UpgradeTimedOut Upgrade Wrong,
    /// The server greeted this device.
    SignedIn SignIn Fine,
    /// The app's own connection is signed in; a second one would throw it out.
    SignedInAlready SignIn Fine,
    /// Homing's own connection came back meanwhile, and took over.
    TookOver SignIn Fine,
    /// There is no account to sign in with.
    NoAccount SignIn Skipped,
    /// No version in common.
    VersionUnsupported SignIn Wrong,
    /// It greeted somebody else: another space or member.
    OtherServer SignIn Wrong,
    /// It closed the connection, with a code.
    SignInClosed SignIn Wrong,
    /// It said something that is not the protocol.
    SignInBroken SignIn Wrong,
    /// Silence.
    SignInTimedOut SignIn Wrong,
    /// Answered.
    Answered RoundTrip Fine,
    /// Answered, slowly.
    AnsweredSlowly RoundTrip Doubtful,
    /// No answer.
    NoAnswer RoundTrip Wrong,
    /// The clocks agree.
    ClocksAgree Clock Fine,
    /// They do not.
    ClocksDiffer Clock Doubtful,
    /// An earlier step failed.
    NotReached Clock Skipped,
    /// The way there can't be seen from here.
    NotSeen Clock Skipped,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// The server's name or address, and its port.
    Server,
    /// What the name leads to.
    Addresses,
    /// The address that answered.
    Connected,
    /// An address that did not, and why.
    Missed,
    /// The proxy on the way.
    Proxy,
    /// Who set it: `settings`, `command_line`, `environment` or `system`.
    ChosenBy,
    /// Version of TLS and cipher suite.
    Encryption,
    /// Whose certificate it is.
    Subject,
    /// Who signed it.
    Issuer,
    /// Until when it is good.
    ValidUntil,
    /// SHA-256 of the certificate.
    Fingerprint,
    /// The one that the join link names.
    Expected,
    /// The HTTP status.
    Status,
    /// What WebSocket and server agreed to speak.
    Subprotocol,
    /// Program and version of the server.
    Program,
    /// Version of the wire.
    Wire,
    /// The close code.
    CloseCode,
    /// When it was, as HTTP writes a time.
    When,
    /// How long nothing had passed before each of the last ends.
    IdleFor,
    /// How long round trips took.
    RoundTrips,
    /// How far the server's clock is ahead.
    Ahead,
    /// In the words of the system or library.
    Words,
}

impl FactKind {
    /// It says where the server is, which the person may want to keep to themselves.
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

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fact {
    /// What it is about.
    pub about: FactKind,
    /// What was seen.
    pub value: String,
}

/// One step, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// Which.
    pub step: Step,
    /// What came of it.
    pub outcome: Outcome,
    /// What that amounts to.
    pub verdict: Verdict,
    /// How long it took, in milliseconds; none where nothing was waited for.
    pub took_ms: Option<u32>,
    /// What was seen.
    pub facts: Vec<Fact>,
}

impl Finding {
    /// What came of a step.
    #[must_use]
    pub fn new(step: Step, outcome: Outcome) -> Self {
        let verdict = outcome.verdict();
        Self { step, outcome, verdict, took_ms: None, facts: Vec::new() }
    }

    /// With a fact.
    #[must_use]
    pub fn with(mut self, about: FactKind, value: impl Into<String>) -> Self {
        self.facts.push(Fact { about, value: value.into() });
        self
    }

    /// With the time it took.
    #[must_use]
    pub fn after(mut self, took: std::time::Duration) -> Self {
        self.took_ms = Some(u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
        self
    }
}
