//! Name, proxy, TCP and TLS: the way to a byte stream.

use homing_certificate::Certificate;
use homing_protocol::link::Fingerprint;
use sha2::{Digest, Sha256};

use super::*;
use crate::net::connector::{Milestone, ProxyTrouble};
use crate::net::route::{Chosen, Direct, Route};

/// Milestones that were not looked at yet. A name has a few addresses, and each is one.
const MILESTONES: usize = 64;
/// Addresses named in a fact.
const ADDRESSES: usize = 8;
/// Certificates of a chain that are named.
const CHAIN: usize = 4;
/// A certificate that is judged by its dates ends soon when this is left: two weeks.
const SOON_S: i64 = 14 * 24 * 60 * 60;

/// Examines the way. The stream, if there is one at its end.
pub(super) async fn examine(
    patient: &Patient<'_>,
    tell: &mut impl FnMut(Finding),
) -> Option<Box<dyn Transport>> {
    let (milestone, mut milestones) = mpsc::channel(MILESTONES);
    // A full channel loses a milestone, and the person a line.
    let observer = move |one| _ = milestone.try_send(one);
    let (step, since) = (Step::Name, Instant::now());
    let mut way = Way { patient, route: None, seen: Vec::new(), ends_soon: false, step, since };
    let mut dial = patient.connector.connect_observed(patient.address, &observer);
    let end = loop {
        tokio::select! {
            biased;
            Some(milestone) = milestones.recv() => way.passed(milestone, tell),
            end = &mut dial => break end,
            () = tokio::time::sleep_until(way.since + EXAMINED_STEP) => {
                break Err(ConnectError::TimedOut);
            }
        }
    };
    while let Ok(milestone) = milestones.try_recv() {
        way.passed(milestone, tell);
    }
    way.over(end, tell)
}

struct Way<'a> {
    patient: &'a Patient<'a>,
    /// Through a proxy or not, as soon as that is known.
    route: Option<Route>,
    /// What was seen at this step.
    seen: Vec<(About, String)>,
    /// The server's certificate does.
    ends_soon: bool,
    /// Which is under way: name, proxy, TCP or TLS.
    step: Step,
    since: Instant,
}

impl Way<'_> {
    fn passed(&mut self, milestone: Milestone, tell: &mut impl FnMut(Finding)) {
        match milestone {
            Milestone::Routed { route } => self.routed(route, tell),
            Milestone::ProxyReached { address } => {
                self.seen.push((About::Connected, address.to_string()));
            }
            Milestone::Tunnelled => {
                self.found(Outcome::ProxyUsed, tell);
                tell(Finding::new(Step::Tcp, Outcome::TcpByProxy));
                self.step = Step::Tls;
                if !self.patient.address.tls {
                    self.found(Outcome::TlsOff, tell);
                }
            }
            Milestone::Resolved { addresses } => {
                let listed: Vec<String> =
                    addresses.iter().take(ADDRESSES).map(|one| one.ip().to_string()).collect();
                let outcome = if self.patient.address.host.parse::<IpAddr>().is_ok() {
                    Outcome::NameIsAddress
                } else if self.since.elapsed() > SLOW_NAME {
                    Outcome::NameSlow
                } else {
                    Outcome::NameFound
                };
                self.seen.push((About::Addresses, listed.join(", ")));
                self.found(outcome, tell);
                self.proxy(tell);
                self.step = Step::Tcp;
            }
            Milestone::Missed { address, error } => {
                self.seen.push((About::Missed, format!("{address}: {error}")));
            }
            Milestone::Connected { address } => {
                let fell_back = self.seen.iter().any(|(about, _)| *about == About::Missed);
                self.seen.push((About::Connected, address.to_string()));
                let outcome = if fell_back { Outcome::TcpFellBack } else { Outcome::TcpConnected };
                self.found(outcome, tell);
                self.step = Step::Tls;
                if !self.patient.address.tls {
                    let here = address.ip().is_loopback();
                    self.found(if here { Outcome::TlsOffHere } else { Outcome::TlsOff }, tell);
                }
            }
            Milestone::Presented { chain } => {
                for (index, der) in chain.iter().take(CHAIN).enumerate() {
                    let certificate = Certificate::read(der);
                    if index == 0 {
                        let ends = certificate.last_day().unwrap_or_default();
                        self.seen.push((About::Subject, certificate.subject));
                        self.seen.push((About::ValidUntil, ends));
                        let fingerprint = Fingerprint(Sha256::digest(der).into());
                        self.seen.push((About::Fingerprint, fingerprint.to_string()));
                        let now = self.patient.clock.now_ms().div_euclid(1000);
                        self.ends_soon = certificate.ends.is_some_and(|end| end - now < SOON_S);
                    }
                    self.seen.push((About::Issuer, certificate.issuer));
                }
                if let Some(expected) = self.patient.address.fingerprint {
                    self.seen.push((About::Expected, expected.to_string()));
                }
            }
            Milestone::Secured { version, suite } => {
                self.seen.push((About::Encryption, format!("{version}, {suite}")));
            }
        }
    }

    fn over(
        mut self,
        end: Result<Box<dyn Transport>, ConnectError>,
        tell: &mut impl FnMut(Finding),
    ) -> Option<Box<dyn Transport>> {
        let error = match end {
            Ok(stream) => {
                self.arrived(tell);
                return Some(stream);
            }
            Err(error) => error,
        };
        let outcome = match (self.step, &error) {
            (Step::Name, ConnectError::NameNotFound { .. }) => Outcome::NameNotFound,
            (Step::Name, ConnectError::TimedOut) => Outcome::NameTimedOut,
            (Step::Proxy, ConnectError::TimedOut) => Outcome::ProxyTimedOut,
            (_, ConnectError::Proxy { trouble, .. }) => of_proxy(*trouble),
            (Step::Tls, ConnectError::CertificateChanged { .. }) => Outcome::CertificateChanged,
            (Step::Tls, ConnectError::CertificateUntrusted(_)) => Outcome::CertificateUntrusted,
            (Step::Tls, ConnectError::TimedOut) => Outcome::TlsTimedOut,
            (Step::Tls, ConnectError::Unreachable(_)) => Outcome::TlsCut,
            (Step::Tls, _) => Outcome::TlsNone,
            (_, ConnectError::TimedOut) => Outcome::TcpTimedOut,
            (_, ConnectError::Unreachable(error)) => refusal(error),
            // A connector that tells nothing on the way: its last word is all there is.
            (_, ConnectError::NameNotFound { .. }) => Outcome::NameNotFound,
            (_, ConnectError::CertificateChanged { .. }) => Outcome::CertificateChanged,
            (_, ConnectError::CertificateUntrusted(_)) => Outcome::CertificateUntrusted,
            (_, ConnectError::Tls(_)) => Outcome::TlsNone,
        };
        if self.step == Step::Name && outcome.step() != Step::Name {
            self.unseen(outcome.step(), tell);
        }
        if outcome == Outcome::TcpNotByProxy {
            self.found(Outcome::ProxyUsed, tell);
        }
        self.seen.push((About::Words, words(&error)));
        self.found(outcome, tell);
        if self.step == Step::Name && outcome.step() == Step::Name {
            self.proxy(tell);
        }
        None
    }

    fn arrived(&mut self, tell: &mut impl FnMut(Finding)) {
        match (self.step, self.patient.address.tls) {
            (Step::Tls, true) => {
                let pinned = self.patient.address.fingerprint.is_some();
                self.found(
                    match (pinned, self.ends_soon) {
                        // The fingerprint is the promise then; the dates are not looked at.
                        (true, _) => Outcome::TlsPinned,
                        (false, true) => Outcome::TlsEndsSoon,
                        (false, false) => Outcome::TlsTrusted,
                    },
                    tell,
                );
            }
            (Step::Tls, false) => {}
            _ => self.unseen(Step::Upgrade, tell),
        }
    }

    /// All before this step happened behind a connector that does not tell.
    fn unseen(&self, before: Step, tell: &mut impl FnMut(Finding)) {
        let way = |step: &Step| *step > Step::History && *step < before;
        for step in Step::ALL.into_iter().filter(way) {
            if step == Step::Proxy {
                self.proxy(tell);
            } else {
                tell(Finding::new(step, Outcome::NotSeen));
            }
        }
    }

    fn routed(&mut self, route: Route, tell: &mut impl FnMut(Finding)) {
        let (proxy, by) = match &route {
            Route::Direct(_) => (None, None),
            Route::Through(proxy, by) => (Some(proxy.to_string()), Some(*by)),
            Route::Unusable { named, by } => (Some(named.clone()), Some(*by)),
        };
        self.route = Some(route);
        if let (Some(proxy), Some(by)) = (proxy, by) {
            self.found(Outcome::NameAtProxy, tell);
            self.step = Step::Proxy;
            self.seen.push((About::Proxy, proxy));
            self.seen.push((About::ChosenBy, chosen_by(by).to_owned()));
        }
    }

    /// Why there is none.
    fn proxy(&self, tell: &mut impl FnMut(Finding)) {
        let finding = |outcome| Finding::new(Step::Proxy, outcome);
        tell(match &self.route {
            Some(Route::Direct(Direct::Nothing)) => finding(Outcome::NoProxy),
            Some(Route::Direct(Direct::TurnedOff)) => finding(Outcome::ProxyOff),
            Some(Route::Direct(Direct::Here)) => finding(Outcome::ProxyNotNeeded),
            Some(Route::Direct(Direct::Excepted(by))) => {
                finding(Outcome::ProxyExcepted).with(About::ChosenBy, chosen_by(*by))
            }
            Some(Route::Through(..) | Route::Unusable { .. }) | None => finding(Outcome::NotSeen),
        });
    }

    fn found(&mut self, outcome: Outcome, tell: &mut impl FnMut(Finding)) {
        let mut finding = Finding::new(outcome.step(), outcome).after(self.since.elapsed());
        if finding.step == Step::Name {
            finding = finding.with(About::Server, self.patient.address.authority());
        }
        for (about, value) in self.seen.drain(..) {
            if !value.is_empty() {
                finding = finding.with(about, value);
            }
        }
        tell(finding);
        self.since = Instant::now();
    }
}

const fn chosen_by(by: Chosen) -> &'static str {
    match by {
        Chosen::Settings => "settings",
        Chosen::CommandLine => "command_line",
        Chosen::Environment => "environment",
        Chosen::System => "system",
    }
}

const fn of_proxy(trouble: ProxyTrouble) -> Outcome {
    match trouble {
        ProxyTrouble::NotFound => Outcome::ProxyNotFound,
        ProxyTrouble::Unreachable => Outcome::ProxyUnreachable,
        ProxyTrouble::NeedsPassword => Outcome::ProxyNeedsPassword,
        ProxyTrouble::WrongPassword => Outcome::ProxyWrongPassword,
        ProxyTrouble::NoPassword => Outcome::ProxyNoPassword,
        ProxyTrouble::Refuses => Outcome::ProxyRefuses,
        ProxyTrouble::NoWay => Outcome::TcpNotByProxy,
        ProxyTrouble::HungUp => Outcome::ProxyHungUp,
        ProxyTrouble::NotAProxy => Outcome::NotAProxy,
        ProxyTrouble::Unusable => Outcome::ProxyUnusable,
    }
}

fn refusal(error: &std::io::Error) -> Outcome {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => Outcome::TcpRefused,
        std::io::ErrorKind::TimedOut => Outcome::TcpTimedOut,
        _ => Outcome::TcpUnreachable,
    }
}

fn words(error: &ConnectError) -> String {
    match error {
        ConnectError::Unreachable(error) => error.to_string(),
        ConnectError::Proxy { words, .. } => words.clone(),
        ConnectError::CertificateUntrusted(words) | ConnectError::Tls(words) => words.clone(),
        other => other.to_string(),
    }
}
