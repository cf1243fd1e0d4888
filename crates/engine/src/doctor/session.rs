//! The steps on a byte stream: upgrade, sign-in, round trip and clock.

use std::collections::VecDeque;

use homing_protocol::frame::{Client, ClientBye, Hello, Ping, Pong};
use homing_protocol::{ClientFrame, CloseCode, SUBPROTOCOL, ServerFrame};

use super::*;
use crate::connection::socket::{Disconnect, Received};
use crate::net::unexpected_response::UnexpectedResponse;
use crate::net::upgrade::{UpgradeError, invalid_token};

/// Pings for the round trip; the first one may be slow.
const QUESTIONS: u64 = 3;

/// Examines a connected stream.
pub(super) async fn examine(
    target: &Target<'_>,
    stream: Box<dyn Transport>,
    tell: &mut impl FnMut(Finding),
) {
    let token = match &target.account {
        // The server's response to an invalid token differs from the one to a missing token.
        Account::None => &invalid_token(),
        Account::Device { token: Ok(token), .. } => token,
        Account::Device { token: Err(error), .. } => {
            let finding = Finding::new(Step::Upgrade, Outcome::NoToken);
            return tell(finding.with(FactKind::Words, error.to_string()));
        }
    };
    let since = Instant::now();
    let upgrade = Socket::upgrade(stream, target.address, token);
    let opened = timeout(DOCTOR_STEP, upgrade).await;
    let stranger = matches!(target.account, Account::None);
    let (outcome, facts) = upgraded(&opened, stranger);
    let mut finding = Finding::new(Step::Upgrade, outcome).after(since.elapsed());
    finding.facts = facts;
    tell(finding);
    match (opened, &target.account) {
        (Ok(Ok(socket)), Account::Device { record, live, .. }) => {
            match live.and_then(|trace| Some((trace, trace.server_info()?))) {
                Some((trace, server_info)) => {
                    leave(socket).await;
                    ask_live(target, trace, &server_info, tell).await;
                }
                None => sign_in(target, record, socket, tell).await,
            }
        }
        (_, Account::None) if outcome.verdict() != Verdict::Wrong => {
            tell(Finding::new(Step::SignIn, Outcome::NoAccount));
            tell(Finding::new(Step::RoundTrip, Outcome::NoAccount));
            tell(Finding::new(Step::Clock, Outcome::NoAccount));
        }
        _ => {}
    }
}

type Opened = Result<Result<Socket, UpgradeError>, tokio::time::error::Elapsed>;

fn upgraded(opened: &Opened, stranger: bool) -> (Outcome, Vec<Fact>) {
    let fact = |about, value: String| vec![Fact { about, value }];
    let status = |status: &str| fact(FactKind::Status, status.to_owned());
    match opened {
        // A server that accepts any token is not ours.
        Ok(Ok(_)) if stranger => (Outcome::NotHoming, status("101")),
        Ok(Ok(_)) => (Outcome::Upgraded, fact(FactKind::Subprotocol, SUBPROTOCOL.to_owned())),
        Err(_) => (Outcome::UpgradeTimedOut, Vec::new()),
        Ok(Err(UpgradeError::Unauthorized { subprotocol_named: agreed })) => {
            let outcome = match (stranger, agreed) {
                (true, true) => Outcome::AsksForToken,
                (true, false) => Outcome::SubprotocolHidden,
                (false, _) => Outcome::TokenRefused,
            };
            (outcome, status("401"))
        }
        Ok(Err(UpgradeError::BodyReplaced { status: code })) => {
            (Outcome::WordsReplaced, status(code.as_str()))
        }
        Ok(Err(UpgradeError::Connect(error))) => {
            (Outcome::UpgradeCut, fact(FactKind::Words, error.to_string()))
        }
        Ok(Err(UpgradeError::UnexpectedResponse { response, status: code, words, .. })) => {
            let mut facts = if *code == 0 { Vec::new() } else { status(&code.to_string()) };
            if !words.is_empty() {
                facts.extend(fact(FactKind::Words, words.clone()));
            }
            (of(*response), facts)
        }
    }
}

const fn of(response: UnexpectedResponse) -> Outcome {
    match response {
        UnexpectedResponse::TokenMissing => Outcome::TokenMissing,
        UnexpectedResponse::Blocked => Outcome::Blocked,
        UnexpectedResponse::ServerAway => Outcome::BadGateway,
        UnexpectedResponse::Busy => Outcome::Busy,
        UnexpectedResponse::Redirected => Outcome::Redirected,
        UnexpectedResponse::HungUp => Outcome::UpgradeCut,
        UnexpectedResponse::UpgradeSpoilt => Outcome::UpgradeSpoilt,
        UnexpectedResponse::SubprotocolHidden => Outcome::SubprotocolHidden,
        UnexpectedResponse::ServerFailed => Outcome::ServerFailed,
        UnexpectedResponse::NotHoming | UnexpectedResponse::NotHttp => Outcome::NotHoming,
    }
}

/// Measures on the device's own connection, which is up.
async fn ask_live(
    target: &Target<'_>,
    trace: &Arc<Trace>,
    server_info: &ServerInfo,
    tell: &mut impl FnMut(Finding),
) {
    // A subscriber makes the driver sample round trips.
    let mut subscriber = trace.subscribe();
    _ = subscriber.take();
    tell(greeted(Outcome::SignedInAlready, server_info));
    let since = Instant::now();
    let trip = async {
        loop {
            if let Some(trip) = subscriber.changes().await.round_trips.last() {
                return trip.ms;
            }
        }
    };
    match timeout(target.timeouts.probe_answer, trip).await {
        Ok(ms) => {
            tell(answered(&[Duration::from_millis(ms.into())], since.elapsed()));
            tell(clock(server_info.ahead_ms));
        }
        Err(_) => {
            tell(Finding::new(Step::RoundTrip, Outcome::NoAnswer).after(since.elapsed()));
        }
    }
}

/// Signs in on this stream.
async fn sign_in(
    target: &Target<'_>,
    record: &SpaceRecord,
    mut socket: Socket,
    tell: &mut impl FnMut(Finding),
) {
    let since = Instant::now();
    let mut out = VecDeque::from([ClientFrame::Hello(Hello {
        versions: vec![VERSION],
        client: Client { app: target.app.to_owned(), os: std::env::consts::OS.to_owned() },
        capabilities: Vec::new(),
        epoch: None,
        pos: None,
        useq: None,
        last_close: None,
        attempt: 0,
    })]);
    let first = async {
        loop {
            match socket.next(&mut out).await {
                Ok(Received::TransferProgress) => {}
                other => return other,
            }
        }
    };
    let first = timeout(target.timeouts.greet, first).await;
    let arrived = target.clock.now_ms();
    let took = since.elapsed();
    let welcome = match first {
        Ok(Ok(Received::Frame(ServerFrame::Welcome(welcome)))) => welcome,
        other => return tell(not_greeted(other).after(took)),
    };
    let server_info = ServerInfo {
        server: welcome.server.clone(),
        version: welcome.version,
        ahead_ms: welcome.time.saturating_sub(arrived),
    };
    let outcome = whose(record, &welcome);
    tell(greeted(outcome, &server_info).after(took));
    if outcome.verdict() == Verdict::Fine {
        round_trips(target, &mut socket, server_info.ahead_ms, tell).await;
    }
    leave(socket).await;
}

fn whose(record: &SpaceRecord, welcome: &Welcome) -> Outcome {
    if welcome.version != VERSION {
        Outcome::VersionUnsupported
    } else if (welcome.space, welcome.me, welcome.device)
        != (record.space, record.user, record.device)
    {
        Outcome::OtherServer
    } else {
        Outcome::SignedIn
    }
}

fn not_greeted(
    first: Result<Result<Received, Disconnect>, tokio::time::error::Elapsed>,
) -> Finding {
    let finding = |outcome| Finding::new(Step::SignIn, outcome);
    match first {
        Err(_) => finding(Outcome::SignInTimedOut),
        Ok(Ok(_)) | Ok(Err(Disconnect::Violation(_))) => finding(Outcome::SignInBroken),
        Ok(Err(ended)) => {
            let outcome = match ended.code() {
                CloseCode::REPLACED => Outcome::TookOver,
                CloseCode::VERSION_UNSUPPORTED => Outcome::VersionUnsupported,
                _ => Outcome::SignInClosed,
            };
            finding(outcome).with(FactKind::CloseCode, ended.code().0.to_string())
        }
    }
}

async fn round_trips(
    target: &Target<'_>,
    socket: &mut Socket,
    ahead_ms: i64,
    tell: &mut impl FnMut(Finding),
) {
    let (since, mut took) = (Instant::now(), Vec::new());
    for n in 1..=QUESTIONS {
        let asked = Instant::now();
        let heads = std::collections::BTreeMap::new();
        let mut out = VecDeque::from([ClientFrame::Ping(Ping { n, heads })]);
        let answer = async {
            loop {
                match socket.next(&mut out).await {
                    Ok(Received::Frame(ServerFrame::Pong(Pong { n: got }))) if got == n => {
                        return Ok(());
                    }
                    Ok(_) => {}
                    Err(ended) => return Err(ended.code()),
                }
            }
        };
        let finding = |outcome| Finding::new(Step::RoundTrip, outcome).after(since.elapsed());
        match timeout(target.timeouts.probe_answer, answer).await {
            Ok(Ok(())) => took.push(asked.elapsed()),
            Ok(Err(CloseCode::REPLACED)) => return tell(finding(Outcome::TookOver)),
            Ok(Err(code)) => {
                let code = code.0.to_string();
                return tell(finding(Outcome::NoAnswer).with(FactKind::CloseCode, code));
            }
            Err(_) => return tell(finding(Outcome::NoAnswer)),
        }
    }
    tell(answered(&took, since.elapsed()));
    tell(clock(ahead_ms));
}

fn greeted(outcome: Outcome, server_info: &ServerInfo) -> Finding {
    Finding::new(Step::SignIn, outcome)
        .with(FactKind::Program, server_info.server.clone())
        .with(FactKind::Wire, server_info.version.to_string())
}

fn answered(took: &[Duration], whole: Duration) -> Finding {
    let slow = took.iter().min().is_some_and(|best| *best > SLOW_ANSWER);
    let outcome = if slow { Outcome::AnsweredSlowly } else { Outcome::Answered };
    let listed: Vec<String> = took.iter().map(|one| format!("{} ms", one.as_millis())).collect();
    Finding::new(Step::RoundTrip, outcome)
        .after(whole)
        .with(FactKind::RoundTrips, listed.join(", "))
}

fn clock(ahead_ms: i64) -> Finding {
    let differ = ahead_ms.saturating_abs() > SKEW_MS;
    let outcome = if differ { Outcome::ClocksDiffer } else { Outcome::ClocksAgree };
    // In seconds, because the difference includes the latency of `welcome`.
    Finding::new(Step::Clock, outcome).with(FactKind::Ahead, format!("{} s", ahead_ms / 1000))
}

async fn leave(socket: Socket) {
    let bye = ClientFrame::Bye(ClientBye { reason: "the examination is over".to_owned() });
    // A connection that takes no more bytes gets only a moment.
    _ = timeout(
        crate::timeouts::SHUTDOWN / 2,
        socket.close(VecDeque::from([bye]), CloseCode::NORMAL),
    )
    .await;
}
