use std::net::SocketAddr;

use futures_util::future::BoxFuture;
use homing_protocol::frame::{Hello, Ping, Pong};
use homing_protocol::link::Fingerprint;
use homing_protocol::{CloseCode, ServerFrame};
use homing_testkit::{Peer, builders};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::http::StatusCode;

use super::*;
use crate::net::connector::{ConnectObserver, ConnectProgress, ProxyError};
use crate::net::route::{self, DirectReason, ProxySource, Route};

const NOW_MS: i64 = 1_700_000_000_000;
const TOKEN: &str = "t0ken-of-this-device";

struct Wall;

impl Clock for Wall {
    fn now_ms(&self) -> i64 {
        NOW_MS
    }
}

/// Reports these progress events and ends with this result.
struct Script {
    progress_events: Vec<ConnectProgress>,
    end: Mutex<End>,
}

enum End {
    Never,
    Failed(Option<ConnectError>),
    Stream(Option<DuplexStream>),
}

impl Connector for Script {
    fn connect<'a>(
        &'a self,
        _address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(async {
            match &mut *self.end.lock().await {
                End::Never => std::future::pending().await,
                End::Failed(error) => Err(error.take().expect("asked once")),
                End::Stream(stream) => Ok(Box::new(stream.take().expect("asked once")) as _),
            }
        })
    }

    fn connect_observed<'a>(
        &'a self,
        address: &'a Address,
        observer: &'a dyn ConnectObserver,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(async move {
            for progress in &self.progress_events {
                tokio::time::sleep(Duration::from_millis(20)).await;
                observer(progress.clone());
            }
            self.connect(address).await
        })
    }
}

fn address(tls: bool) -> Address {
    Address { host: "chat.example".to_owned(), port: 4664, tls, fingerprint: None }
}

fn record() -> SpaceRecord {
    let welcome = builders::welcome();
    SpaceRecord {
        space: welcome.space,
        name: welcome.space_name,
        address: address(false),
        user: welcome.me,
        user_name: "Ada".to_owned(),
        device: welcome.device,
    }
}

fn ip(last: u8) -> SocketAddr {
    ([192, 0, 2, last], 4664).into()
}

fn resolved() -> ConnectProgress {
    ConnectProgress::Resolved { addresses: vec![ip(1), ip(2)] }
}

fn connected() -> ConnectProgress {
    ConnectProgress::Connected { address: ip(1) }
}

fn missed() -> ConnectProgress {
    ConnectProgress::AddressFailed { address: ip(1), error: "refused".to_owned() }
}

fn changed() -> ConnectError {
    let (expected, found) = (Fingerprint([7; 32]), Fingerprint([8; 32]));
    ConnectError::CertificateChanged { expected, found }
}

async fn examined(script: Script, address: &Address, account: Account<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let target = Target {
        connector: &script,
        address,
        account,
        clock: &Wall,
        app: "test 0",
        timeouts: Timeouts::default(),
        history: None,
    };
    examine(target, |finding| findings.push(finding)).await;
    let steps: Vec<Step> = findings.iter().map(|finding| finding.step).collect();
    assert_eq!(steps, Step::ALL, "each step once, in order: {findings:?}");
    findings
}

fn outcome(findings: &[Finding], step: Step) -> Outcome {
    findings.iter().find(|finding| finding.step == step).expect("every step").outcome
}

fn facts(findings: &[Finding], about: FactKind) -> Vec<&str> {
    let facts = findings.iter().flat_map(|finding| &finding.facts);
    facts.filter(|fact| fact.about == about).map(|fact| fact.value.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_way_ends_where_it_ends() {
    use ConnectError as E;
    let io = |kind: std::io::ErrorKind| E::Unreachable(kind.into());
    let refused = || io(std::io::ErrorKind::ConnectionRefused);
    let not_found = || E::NameNotFound { host: "chat.example".to_owned() };
    let untrusted = || E::CertificateUntrusted("expired".to_owned());
    for (progress_events, error, step, expected) in [
        (vec![], Some(not_found()), Step::Name, Outcome::NameNotFound),
        (vec![], None, Step::Name, Outcome::NameTimedOut),
        (vec![resolved()], Some(refused()), Step::Tcp, Outcome::TcpRefused),
        (
            vec![resolved(), missed()],
            Some(io(std::io::ErrorKind::HostUnreachable)),
            Step::Tcp,
            Outcome::TcpUnreachable,
        ),
        (vec![resolved()], None, Step::Tcp, Outcome::TcpTimedOut),
        (vec![resolved(), connected()], None, Step::Tls, Outcome::TlsTimedOut),
        (vec![resolved(), connected()], Some(changed()), Step::Tls, Outcome::CertificateChanged),
        (
            vec![resolved(), connected()],
            Some(untrusted()),
            Step::Tls,
            Outcome::CertificateUntrusted,
        ),
        (vec![resolved(), connected()], Some(E::Tls("no".to_owned())), Step::Tls, Outcome::TlsNone),
        (
            vec![resolved(), connected()],
            Some(io(std::io::ErrorKind::ConnectionReset)),
            Step::Tls,
            Outcome::TlsCut,
        ),
        // A connector that reports nothing.
        (vec![], Some(refused()), Step::Tcp, Outcome::TcpRefused),
        (vec![], Some(changed()), Step::Tls, Outcome::CertificateChanged),
    ] {
        let silent = error.is_none();
        let end = error.map_or(End::Never, |error| End::Failed(Some(error)));
        let script = Script { progress_events, end: end.into() };
        let start = Instant::now();
        let findings = examined(script, &address(true), Account::None).await;
        assert_eq!(outcome(&findings, step), expected);
        assert_eq!(expected.verdict(), Verdict::Wrong);
        for later in Step::ALL.into_iter().filter(|later| *later > step && *later != Step::Proxy) {
            assert_eq!(outcome(&findings, later), Outcome::NotReached, "{expected:?}");
        }
        // Waits for exactly as long as a step may take.
        assert_eq!(start.elapsed() >= DOCTOR_STEP, silent, "{expected:?}");
        assert!(start.elapsed() < DOCTOR_STEP + Duration::from_millis(100));
    }
}

#[tokio::test(start_paused = true)]
async fn the_way_through_a_proxy_says_where_it_ends() {
    use ProxyError as P;
    let routed = || {
        let proxy = route::parse("http://ada:s3cret@proxy.example:3128").unwrap();
        ConnectProgress::Routed { route: Route::Through(proxy, ProxySource::Environment) }
    };
    let reached = || ConnectProgress::ProxyConnected { address: ip(9) };
    for (progress_events, trouble, step, expected) in [
        (vec![], Some(P::NoPassword), Step::Proxy, Outcome::ProxyNoPassword),
        (vec![routed()], Some(P::NoPassword), Step::Proxy, Outcome::ProxyNoPassword),
        (vec![routed()], Some(P::NotFound), Step::Proxy, Outcome::ProxyNotFound),
        (vec![routed()], Some(P::Unreachable), Step::Proxy, Outcome::ProxyUnreachable),
        (
            vec![routed(), reached()],
            Some(P::NeedsPassword),
            Step::Proxy,
            Outcome::ProxyNeedsPassword,
        ),
        (
            vec![routed(), reached()],
            Some(P::WrongPassword),
            Step::Proxy,
            Outcome::ProxyWrongPassword,
        ),
        (vec![routed(), reached()], Some(P::Refuses), Step::Proxy, Outcome::ProxyRefuses),
        (vec![routed(), reached()], Some(P::HungUp), Step::Proxy, Outcome::ProxyHungUp),
        (vec![routed(), reached()], Some(P::NotAProxy), Step::Proxy, Outcome::NotAProxy),
        (vec![routed()], Some(P::Unusable), Step::Proxy, Outcome::ProxyUnusable),
        (vec![routed(), reached()], None, Step::Proxy, Outcome::ProxyTimedOut),
        (vec![routed(), reached()], Some(P::NoWay), Step::Tcp, Outcome::TcpNotByProxy),
    ] {
        let told = !progress_events.is_empty();
        let end = trouble.map_or(End::Never, |trouble| {
            End::Failed(Some(ConnectError::Proxy { trouble, words: "its words".to_owned() }))
        });
        let script = Script { progress_events, end: end.into() };
        let findings = examined(script, &address(true), Account::None).await;
        assert_eq!(outcome(&findings, step), expected);
        assert_eq!(expected.verdict(), Verdict::Wrong, "{expected:?}");
        for later in Step::ALL.into_iter().filter(|later| *later > step) {
            assert_eq!(outcome(&findings, later), Outcome::NotReached, "{expected:?}");
        }
        if told {
            assert_eq!(outcome(&findings, Step::Name), Outcome::NameAtProxy);
            assert_eq!(facts(&findings, FactKind::Proxy), ["http://proxy.example:3128"]);
            assert_eq!(facts(&findings, FactKind::ChosenBy), ["environment"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn which_proxy_is_taken_or_why_none_is_said() {
    for (direct, expected) in [
        (DirectReason::Nothing, Outcome::NoProxy),
        (DirectReason::TurnedOff, Outcome::ProxyOff),
        (DirectReason::Here, Outcome::ProxyNotNeeded),
        (DirectReason::Excepted(ProxySource::System), Outcome::ProxyExcepted),
    ] {
        let routed = ConnectProgress::Routed { route: Route::Direct(direct) };
        let end = End::Failed(Some(ConnectError::TimedOut)).into();
        let script = Script { progress_events: vec![routed, resolved()], end };
        let findings = examined(script, &address(true), Account::None).await;
        assert_eq!(outcome(&findings, Step::Proxy), expected);
        assert_eq!(outcome(&findings, Step::Tcp), Outcome::TcpTimedOut);
    }
    let proxy = route::parse("socks5://proxy.example").unwrap();
    let routed = ConnectProgress::Routed { route: Route::Through(proxy, ProxySource::Settings) };
    let progress_events = vec![
        routed,
        ConnectProgress::ProxyConnected { address: ip(9) },
        ConnectProgress::TunnelOpened,
    ];
    let end = End::Failed(Some(changed())).into();
    let findings = examined(Script { progress_events, end }, &address(true), Account::None).await;
    assert_eq!(outcome(&findings, Step::Proxy), Outcome::ProxyUsed);
    assert_eq!(facts(&findings, FactKind::Connected), ["192.0.2.9:4664"]);
    assert_eq!(outcome(&findings, Step::Tcp), Outcome::TcpByProxy);
    assert_eq!(outcome(&findings, Step::Tls), Outcome::CertificateChanged);
}

#[tokio::test(start_paused = true)]
async fn the_certificate_is_shown_also_when_it_is_refused() {
    let shown = CertificateDer::from(b"somebody's".to_vec());
    let presented = ConnectProgress::CertificatePresented { chain: vec![shown.clone()] };
    let progress_events = vec![resolved(), missed(), connected(), presented];
    let end = End::Failed(Some(changed())).into();
    let expected = Fingerprint([7; 32]);
    let pinned = Address { fingerprint: Some(expected), ..address(true) };
    let findings = examined(Script { progress_events, end }, &pinned, Account::None).await;
    assert_eq!(outcome(&findings, Step::Tcp), Outcome::TcpFellBack);
    assert_eq!(facts(&findings, FactKind::Missed), ["192.0.2.1:4664: refused"]);
    assert_eq!(facts(&findings, FactKind::Expected), [expected.to_string()]);
    let fingerprint = facts(&findings, FactKind::Fingerprint)[0];
    assert!(fingerprint.len() == 43 && fingerprint != expected.to_string(), "{fingerprint}");
}

/// Runs a scripted server against an examination of a plain connection.
async fn served<F: Future<Output = ()>>(
    account: Account<'_>,
    server: impl FnOnce(DuplexStream) -> F,
) -> Vec<Finding> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let end = End::Stream(Some(ours)).into();
    let script = Script { progress_events: vec![resolved(), connected()], end };
    let plain = address(false);
    let (findings, ()) = tokio::join!(examined(script, &plain, account), server(theirs));
    assert_eq!(outcome(&findings, Step::Tls), Outcome::TlsOff);
    findings
}

fn device(record: &SpaceRecord) -> Account<'_> {
    Account::Device { record, token: Ok(Secret::new(TOKEN)), live: None }
}

#[tokio::test(start_paused = true)]
async fn an_upgrade_that_is_refused_says_by_whom() {
    let record = record();
    for (status, with_token, code, expected) in [
        (401, false, Some("unauthorized"), Outcome::AsksForToken),
        (401, true, Some("unauthorized"), Outcome::TokenRefused),
        (401, false, Some("token_missing"), Outcome::TokenMissing),
        (401, true, Some("token_missing"), Outcome::TokenMissing),
        (400, true, Some("invalid"), Outcome::UpgradeSpoilt),
        (429, true, Some("rate_limited"), Outcome::Busy),
        (503, true, Some("read_only"), Outcome::ServerFailed),
        // A status alone may come from anybody.
        (401, false, None, Outcome::Blocked),
        (401, true, None, Outcome::Blocked),
        (403, true, None, Outcome::Blocked),
        (404, true, None, Outcome::NotHoming),
        (301, true, None, Outcome::Redirected),
        (429, false, None, Outcome::Busy),
        (502, true, None, Outcome::BadGateway),
        (503, false, None, Outcome::BadGateway),
        (504, false, None, Outcome::BadGateway),
    ] {
        let account = if with_token { device(&record) } else { Account::None };
        let status = StatusCode::from_u16(status).unwrap();
        let refuse = async |stream| match code {
            Some(code) => Peer::refuse_as_server(stream, status, code).await,
            None => Peer::refuse(stream, status).await,
        };
        let findings = served(account, refuse).await;
        assert_eq!(outcome(&findings, Step::Upgrade), expected, "{status}");
        assert_eq!(facts(&findings, FactKind::Status), [status.as_str()]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_server_of_ours_is_told_from_silence() {
    let record = record();
    let garbage = async |mut stream: DuplexStream| {
        stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
    };
    let findings = served(device(&record), garbage).await;
    assert_eq!(outcome(&findings, Step::Upgrade), Outcome::NotHoming);
    let findings = served(device(&record), async |stream| drop(stream)).await;
    assert_eq!(outcome(&findings, Step::Upgrade), Outcome::UpgradeCut);
    let silent = async |_stream: DuplexStream| tokio::time::sleep(Duration::from_secs(60)).await;
    let findings = served(device(&record), silent).await;
    assert_eq!(outcome(&findings, Step::Upgrade), Outcome::UpgradeTimedOut);
    let no_token =
        || Account::Device { record: &record, token: Err(SecretError::Locked), live: None };
    let findings = served(no_token(), async |_| {}).await;
    assert_eq!(outcome(&findings, Step::Upgrade), Outcome::NoToken);
}

#[tokio::test(start_paused = true)]
async fn a_greeting_is_looked_at_closely() {
    let record = record();
    let other =
        || Welcome { space: homing_protocol::SpaceId(uuid::Uuid::nil()), ..builders::welcome() };
    let later = || Welcome { version: 2, ..builders::welcome() };
    let greet = |welcome: Welcome| Some(ServerFrame::Welcome(Box::new(welcome)));
    for (first, expected) in [
        (greet(other()), Outcome::OtherServer),
        (greet(later()), Outcome::VersionUnsupported),
        (Some(ServerFrame::CaughtUp), Outcome::SignInBroken),
        (None, Outcome::SignInTimedOut),
    ] {
        let findings = served(device(&record), async |stream| {
            let mut peer = Peer::accept(stream).await;
            assert_eq!(peer.token(), Some(TOKEN));
            let _: Hello = peer.expect().await;
            if let Some(frame) = first {
                peer.send(frame).await;
            }
            peer.ignore().await;
        })
        .await;
        assert_eq!(outcome(&findings, Step::SignIn), expected);
        assert_eq!(outcome(&findings, Step::RoundTrip), Outcome::NotReached);
    }
    for (code, expected) in [
        (4502, Outcome::SignInClosed),
        (4503, Outcome::TookOver),
        (4501, Outcome::VersionUnsupported),
    ] {
        let findings = served(device(&record), async |stream| {
            Peer::accept(stream).await.close(CloseCode(code)).await;
        })
        .await;
        assert_eq!(outcome(&findings, Step::SignIn), expected);
        assert_eq!(facts(&findings, FactKind::CloseCode), [code.to_string()]);
    }
}

/// A server with this clock that answers each ping after a delay; with `None`, never.
async fn healthy(stream: DuplexStream, time: i64, delay: Option<Duration>) {
    let mut peer = Peer::accept(stream).await;
    let welcome = Welcome { time, ..builders::welcome() };
    peer.greet(welcome, vec![builders::digest(1, vec![builders::room(1, 0)])]).await;
    while let (Some(delay), Ok(frame)) = (delay, peer.next().await) {
        if let homing_protocol::ClientFrame::Ping(Ping { n, .. }) = frame {
            tokio::time::sleep(delay).await;
            peer.send(ServerFrame::Pong(Pong { n })).await;
        }
    }
    peer.ignore().await;
}

#[tokio::test(start_paused = true)]
async fn a_healthy_connection_is_followed_to_its_end() {
    let record = record();
    let ms = Duration::from_millis;
    for (skew, delay, trip, clock) in [
        (0, Some(ms(30)), Outcome::Answered, Outcome::ClocksAgree),
        (59_000, Some(ms(30)), Outcome::Answered, Outcome::ClocksAgree),
        (-86_400_000, Some(ms(30)), Outcome::Answered, Outcome::ClocksDiffer),
        (90_000, Some(ms(1500)), Outcome::AnsweredSlowly, Outcome::ClocksDiffer),
        (0, None, Outcome::NoAnswer, Outcome::NotReached),
    ] {
        let findings =
            served(device(&record), |stream| healthy(stream, NOW_MS + skew, delay)).await;
        assert_eq!(outcome(&findings, Step::SignIn), Outcome::SignedIn);
        assert_eq!(outcome(&findings, Step::RoundTrip), trip, "{delay:?}");
        assert_eq!(outcome(&findings, Step::Clock), clock, "{skew}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_holds_no_secret_and_no_place_if_it_is_not_to() {
    let record = record();
    let findings =
        served(device(&record), |stream| healthy(stream, NOW_MS, Some(Duration::from_millis(5))))
            .await;
    let shown = report("test 0", &address(false), &findings, AddressVisibility::Shown);
    assert!(shown.contains("chat.example:4664") && shown.contains("192.0.2.1"), "{shown}");
    let masked = report("test 0", &address(false), &findings, AddressVisibility::Masked);
    assert!(!masked.contains("chat.example") && !masked.contains("192.0.2."), "{masked}");
    for text in [&shown, &masked] {
        assert!(!text.contains(TOKEN) && !text.contains("Bearer"), "{text}");
        for step in Step::ALL {
            assert!(text.contains(step.title()), "{text}");
        }
    }
    let closed =
        Finding::new(Step::SignIn, Outcome::SignInClosed).with(FactKind::CloseCode, "4502");
    let text = report("test 0", &address(false), &[closed], AddressVisibility::Shown);
    assert!(text.contains("Close code: 4502. This device was signed out. Sign in"), "{text}");
}

#[test]
fn whatever_is_wrong_comes_with_advice() {
    for outcome in Outcome::ALL {
        let advice = [outcome.advice(), outcome.advice_on_command_line()];
        assert_eq!(advice[0].is_some(), advice[1].is_some(), "{outcome:?}");
        // A line broken without a backslash leaves a run of blanks in the middle.
        for text in [Some(outcome.meaning())].into_iter().chain(advice).flatten() {
            assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
            assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{text}");
        }
        // A command line program has no settings to point to.
        assert!(
            advice[1].is_none_or(|text| !text.contains("settings")
                || text.contains("--")
                || *outcome == Outcome::CutWhenIdle),
            "{advice:?}"
        );
        let advised = matches!(outcome.verdict(), Verdict::Wrong | Verdict::Doubtful);
        assert_eq!(outcome.advice().is_some(), advised, "{outcome:?}");
    }
}
