//! The steps to a byte stream: name, proxy, TCP and TLS.

use homing_certificate::Certificate;
use homing_protocol::link::Fingerprint;
use sha2::{Digest, Sha256};

use super::*;
use crate::net::connector::{ConnectProgress, ProxyError};
use crate::net::route::{DirectReason, ProxySource, Route};

/// Progress that was not handled yet. A name has a few addresses, and each causes one.
const PROGRESS_EVENTS: usize = 64;
/// The maximum number of addresses in a fact.
const ADDRESSES: usize = 8;
/// The maximum number of certificates in a chain that are listed.
const CHAIN: usize = 4;
/// A certificate is about to expire when less than two weeks are left.
const SOON_S: i64 = 14 * 24 * 60 * 60;

/// Examines these steps. Returns the stream, if there is one.
pub(super) async fn examine(
    target: &Target<'_>,
    tell: &mut impl FnMut(Finding),
) -> Option<Box<dyn Transport>> {
    let (progress, mut progress_events) = mpsc::channel(PROGRESS_EVENTS);
    // A full channel loses progress, and the report a line.
    let observer = move |one| _ = progress.try_send(one);
    let (step, since) = (Step::Name, Instant::now());
    let mut probe =
        TransportProbe { target, route: None, seen: Vec::new(), ends_soon: false, step, since };
    let mut dial = target.connector.connect_observed(target.address, &observer);
    let end = loop {
        tokio::select! {
            biased;
            Some(progress) = progress_events.recv() => probe.passed(progress, tell),
            end = &mut dial => break end,
            () = tokio::time::sleep_until(probe.since + DOCTOR_STEP) => {
                break Err(ConnectError::TimedOut);
            }
        }
    };
    while let Ok(progress) = progress_events.try_recv() {
        probe.passed(progress, tell);
    }
    probe.over(end, tell)
}

struct TransportProbe<'a> {
    target: &'a Target<'a>,
    /// The route, once it is known.
    route: Option<Route>,
    /// The facts of the current step.
    seen: Vec<(FactKind, String)>,
    /// The server's certificate is about to expire.
    ends_soon: bool,
    /// The current step: name, proxy, TCP or TLS.
    step: Step,
    since: Instant,
}

impl TransportProbe<'_> {
    fn passed(&mut self, progress: ConnectProgress, tell: &mut impl FnMut(Finding)) {
        match progress {
            ConnectProgress::Routed { route } => self.routed(route, tell),
            ConnectProgress::ProxyConnected { address } => {
                self.seen.push((FactKind::Connected, address.to_string()));
            }
            ConnectProgress::TunnelOpened => {
                self.found(Outcome::ProxyUsed, tell);
                tell(Finding::new(Step::Tcp, Outcome::TcpByProxy));
                self.step = Step::Tls;
                if !self.target.address.tls {
                    self.found(Outcome::TlsOff, tell);
                }
            }
            ConnectProgress::Resolved { addresses } => {
                let listed: Vec<String> =
                    addresses.iter().take(ADDRESSES).map(|one| one.ip().to_string()).collect();
                let outcome = if self.target.address.host.parse::<IpAddr>().is_ok() {
                    Outcome::NameIsAddress
                } else if self.since.elapsed() > SLOW_NAME {
                    Outcome::NameSlow
                } else {
                    Outcome::NameFound
                };
                self.seen.push((FactKind::Addresses, listed.join(", ")));
                self.found(outcome, tell);
                self.proxy(tell);
                self.step = Step::Tcp;
            }
            ConnectProgress::AddressFailed { address, error } => {
                self.seen.push((FactKind::Missed, format!("{address}: {error}")));
            }
            ConnectProgress::Connected { address } => {
                let fell_back = self.seen.iter().any(|(about, _)| *about == FactKind::Missed);
                self.seen.push((FactKind::Connected, address.to_string()));
                let outcome = if fell_back { Outcome::TcpFellBack } else { Outcome::TcpConnected };
                self.found(outcome, tell);
                self.step = Step::Tls;
                if !self.target.address.tls {
                    let here = address.ip().is_loopback();
                    self.found(if here { Outcome::TlsOffHere } else { Outcome::TlsOff }, tell);
                }
            }
            ConnectProgress::CertificatePresented { chain } => {
                for (index, der) in chain.iter().take(CHAIN).enumerate() {
                    let certificate = Certificate::read(der);
                    if index == 0 {
                        let ends = certificate.last_day().unwrap_or_default();
                        self.seen.push((FactKind::Subject, certificate.subject));
                        self.seen.push((FactKind::ValidUntil, ends));
                        let fingerprint = Fingerprint(Sha256::digest(der).into());
                        self.seen.push((FactKind::Fingerprint, fingerprint.to_string()));
                        let now = self.target.clock.now_ms().div_euclid(1000);
                        self.ends_soon =
                            certificate.not_after.is_some_and(|end| end - now < SOON_S);
                    }
                    self.seen.push((FactKind::Issuer, certificate.issuer));
                }
                if let Some(expected) = self.target.address.fingerprint {
                    self.seen.push((FactKind::Expected, expected.to_string()));
                }
            }
            ConnectProgress::TlsEstablished { version, suite } => {
                self.seen.push((FactKind::Encryption, format!("{version}, {suite}")));
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
            // This connector reports no progress, so the error is all there is.
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
        self.seen.push((FactKind::Words, words(&error)));
        self.found(outcome, tell);
        if self.step == Step::Name && outcome.step() == Step::Name {
            self.proxy(tell);
        }
        None
    }

    fn arrived(&mut self, tell: &mut impl FnMut(Finding)) {
        match (self.step, self.target.address.tls) {
            (Step::Tls, true) => {
                let pinned = self.target.address.fingerprint.is_some();
                self.found(
                    match (pinned, self.ends_soon) {
                        // A pinned certificate is trusted whatever its dates.
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

    /// Reports all steps before this one as unseen, because the connector reports no progress.
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
            self.seen.push((FactKind::Proxy, proxy));
            self.seen.push((FactKind::ChosenBy, chosen_by(by).to_owned()));
        }
    }

    /// Reports why no proxy is used.
    fn proxy(&self, tell: &mut impl FnMut(Finding)) {
        let finding = |outcome| Finding::new(Step::Proxy, outcome);
        tell(match &self.route {
            Some(Route::Direct(DirectReason::Nothing)) => finding(Outcome::NoProxy),
            Some(Route::Direct(DirectReason::TurnedOff)) => finding(Outcome::ProxyOff),
            Some(Route::Direct(DirectReason::Here)) => finding(Outcome::ProxyNotNeeded),
            Some(Route::Direct(DirectReason::Excepted(by))) => {
                finding(Outcome::ProxyExcepted).with(FactKind::ChosenBy, chosen_by(*by))
            }
            Some(Route::Through(..) | Route::Unusable { .. }) | None => finding(Outcome::NotSeen),
        });
    }

    fn found(&mut self, outcome: Outcome, tell: &mut impl FnMut(Finding)) {
        let mut finding = Finding::new(outcome.step(), outcome).after(self.since.elapsed());
        if finding.step == Step::Name {
            finding = finding.with(FactKind::Server, self.target.address.authority());
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

const fn chosen_by(by: ProxySource) -> &'static str {
    match by {
        ProxySource::Settings => "settings",
        ProxySource::CommandLine => "command_line",
        ProxySource::Environment => "environment",
        ProxySource::System => "system",
    }
}

const fn of_proxy(trouble: ProxyError) -> Outcome {
    match trouble {
        ProxyError::NotFound => Outcome::ProxyNotFound,
        ProxyError::Unreachable => Outcome::ProxyUnreachable,
        ProxyError::NeedsPassword => Outcome::ProxyNeedsPassword,
        ProxyError::WrongPassword => Outcome::ProxyWrongPassword,
        ProxyError::NoPassword => Outcome::ProxyNoPassword,
        ProxyError::Refuses => Outcome::ProxyRefuses,
        ProxyError::NoWay => Outcome::TcpNotByProxy,
        ProxyError::HungUp => Outcome::ProxyHungUp,
        ProxyError::NotAProxy => Outcome::NotAProxy,
        ProxyError::Unusable => Outcome::ProxyUnusable,
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
