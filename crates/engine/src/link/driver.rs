//! The task that owns the connection.
//!
//! ```text
//!            ┌────────── due, or asked ───────────┐
//!            ▼                                    │
//!       Connecting ── failed ──────────────► Waiting ◄─┐
//!            │                                    │    │
//!          opened                      stay offline    │ ended, may retry
//!            ▼                                    ▼    │
//!          Live ───── stay offline ────────► Resting   │
//!            │                                    ▲    │
//!            └──── refused for good ──────────────┘────┘
//! ```
//!
//! One `select!` yields one [`Event`]; one `match` says what follows. All deadlines of a state are
//! computed into one timer. Entering a state reports it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_protocol::frame::{ClientBye, Ping, Pong, Ref, ServerBye};
use homing_protocol::link::Address;
use homing_protocol::{ClientFrame, CloseCode, ServerFrame, VERSION};
use rand::rngs::StdRng;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use self::after::{After, refusal};
use super::backoff::Backoff;
use super::heartbeat::{Due, Heartbeat};
use super::socket::{Ended, Line, Received, Socket, Verdict, verdict};
use super::{ConnectionId, Fault, Phase, Reins, Report, TokenSource, Wish};
use crate::net::connector::Connector;
use crate::net::route::is_here;
use crate::net::upgrade::Refused;
use crate::secret::{Secret, SecretError};
use crate::timeouts::{self, Timeouts};
use crate::trace::{SAMPLE_EVERY, Side};
use crate::view::LinkFailure;

/// Frames that wait for the socket. Beyond it none are taken from the space's task, which then
/// notices that the connection is stuck.
const OUT_FRAMES: usize = 64;

/// Makes and keeps the connection.
pub(crate) struct Driver {
    address: Address,
    /// The server is on this machine, which no network is needed for.
    local: bool,
    connector: Arc<dyn Connector>,
    tokens: Arc<dyn TokenSource>,
    timeouts: Timeouts,
    rng: StdRng,
    reins: Reins,
    /// How many look on: a round trip is measured from time to time while somebody does.
    watchers: watch::Receiver<usize>,
    wish: Wish,
    stop: CancellationToken,
    backoff: Backoff,
    connections: u64,
    last_close: Option<CloseCode>,
    /// It rests because of what stood at the server's address, which another network may change.
    looks_again: bool,
    state: State,
}

enum State {
    /// Until the person acts.
    Resting,
    /// Until then.
    Waiting(Instant),
    /// Until it succeeds, fails or takes too long.
    Connecting {
        dial: BoxFuture<'static, Result<Socket, DialError>>,
        since: Instant,
        /// When to begin anew, because the network changed while it was young.
        stale: Option<Instant>,
    },
    /// Until it ends.
    Live(Box<Live>),
}

/// One connection.
struct Live {
    id: ConnectionId,
    socket: Socket,
    heartbeat: Heartbeat,
    /// Until when `welcome` must be here; none once it is.
    greeting: Option<Instant>,
    out: VecDeque<ClientFrame>,
    /// What the server said about the close that follows.
    bye: Option<ServerBye>,
    sampling: Option<Sampling>,
}

/// Measures round trips for who looks on. Beside the heartbeat, which must not judge a line
/// otherwise because somebody looks at it.
struct Sampling {
    next: Instant,
    /// The ping under way, and when it left.
    asked: Option<(u64, Instant)>,
}

/// Numbers of sampling pings begin here, far above the heartbeat's.
const SAMPLES: u64 = 1 << 40;

enum DialError {
    Open(Refused),
    Secret(SecretError),
    TimedOut,
}

enum Event {
    Stop,
    Wish,
    Frame(ConnectionId, ClientFrame),
    Dialed(Box<Result<Socket, DialError>>),
    Received(Result<Received, Ended>),
    Watched,
    Deadline,
}

impl Driver {
    pub(crate) fn new(
        address: Address,
        connector: Arc<dyn Connector>,
        tokens: Arc<dyn TokenSource>,
        timeouts: Timeouts,
        rng: StdRng,
        reins: Reins,
        stop: CancellationToken,
    ) -> Self {
        Self {
            local: is_here(&address.host),
            address,
            connector,
            tokens,
            timeouts,
            rng,
            wish: Wish::default(),
            watchers: reins.trace.watchers(),
            reins,
            stop,
            backoff: Backoff::new(&timeouts),
            connections: 0,
            last_close: None,
            looks_again: false,
            state: State::Resting,
        }
    }

    /// Runs until it is told to stop.
    pub(crate) async fn run(mut self) {
        self.follow(After::AtOnce).await;
        loop {
            match self.next().await {
                Event::Stop => return self.leave("the program ends").await,
                Event::Wish => self.wished().await,
                Event::Frame(connection, frame) => self.send(connection, frame),
                Event::Dialed(dialed) => self.dialed(*dialed).await,
                Event::Received(Ok(received)) => self.received(received).await,
                Event::Received(Err(ended)) => self.ended(ended).await,
                Event::Watched => self.watched(),
                Event::Deadline => self.deadline().await,
            }
        }
    }

    async fn next(&mut self) -> Event {
        let deadline = match &mut self.state {
            State::Waiting(until) => Some(*until),
            State::Live(live) => Some(live.deadline()),
            State::Connecting { stale, .. } => *stale,
            State::Resting => None,
        };
        let roomy = match &self.state {
            State::Live(live) => live.out.len() < OUT_FRAMES,
            // Frames for a connection that is no more are taken and dropped.
            _ => true,
        };
        let progress = async {
            match &mut self.state {
                State::Connecting { dial, .. } => Event::Dialed(Box::new(dial.await)),
                State::Live(live) => Event::Received(live.socket.next(&mut live.out).await),
                State::Resting | State::Waiting(_) => std::future::pending().await,
            }
        };
        let due = async {
            match deadline {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        // In this order: what arrived counts before the deadline that it meets.
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Event::Stop,
            // Whom it works for is gone, as with a damaged database: nobody stays online alone.
            () = self.reins.reports.closed() => Event::Stop,
            Ok(()) = self.reins.wish.changed() => Event::Wish,
            Ok(()) = self.watchers.changed() => Event::Watched,
            Some((id, frame)) = self.reins.frames.recv(), if roomy => Event::Frame(id, frame),
            event = progress => event,
            () = due => Event::Deadline,
        }
    }

    fn watched(&mut self) {
        let looked_at = *self.watchers.borrow_and_update() > 0;
        if let State::Live(live) = &mut self.state {
            live.watched(looked_at, Instant::now());
        }
    }

    fn send(&mut self, connection: ConnectionId, frame: ClientFrame) {
        if let State::Live(live) = &mut self.state
            && live.id == connection
        {
            if matches!(frame, ClientFrame::Send(_)) {
                live.heartbeat.asked(Instant::now());
            }
            live.out.push_back(frame);
        }
    }

    async fn dialed(&mut self, dialed: Result<Socket, DialError>) {
        let error = match dialed {
            Ok(socket) => return self.open(socket).await,
            Err(error) => error,
        };
        let (why, may_retry, retry_after) = match error {
            DialError::TimedOut => (LinkFailure::TimedOut, true, None),
            DialError::Open(refused) => {
                tracing::info!("not connected: {refused}");
                let Verdict { why, may_retry, retry_after } = verdict(&refused);
                (why, may_retry, retry_after)
            }
            DialError::Secret(error) => {
                tracing::info!("no token: {error}");
                // A keyring that starts later than this program answers by itself one day. Asking
                // a locked one again would raise its dialog again.
                (LinkFailure::NoToken, error.may_pass(), None)
            }
        };
        let why = if may_retry && self.cut_off() { LinkFailure::NoNetwork } else { why };
        self.reins.trace.failed(self.connections, why.clone());
        self.follow(match (may_retry, retry_after) {
            (true, Some(after)) => After::Asked { why, after },
            (true, None) => After::Retry { why },
            (false, _) => After::Rest { phase: Phase::Refused { why } },
        })
        .await;
    }

    async fn open(&mut self, mut socket: Socket) {
        let now = Instant::now();
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let attempt = self.backoff.failures();
        self.reins.trace.opened(self.connections, attempt);
        socket.trace(Line { trace: self.reins.trace.clone(), connection: self.connections });
        self.state = State::Live(Box::new(Live {
            id: connection,
            socket,
            heartbeat: Heartbeat::new(self.timeouts, now, self.wish.foreground),
            greeting: Some(now + self.timeouts.greet),
            out: VecDeque::new(),
            bye: None,
            sampling: None,
        }));
        let last_close = self.last_close.map(|code| code.0);
        self.report(Report::Open { connection, attempt, last_close }).await;
    }

    async fn received(&mut self, received: Received) {
        let now = Instant::now();
        let State::Live(live) = &mut self.state else {
            return;
        };
        live.measure();
        let connection = live.id;
        let frame = match received {
            Received::Frame(frame) => frame,
            Received::Unknown(kind) => {
                return tracing::debug!("a frame of a later version: {kind}");
            }
            Received::Travelling => return self.report(Report::Travelling).await,
        };
        let report = match frame {
            ServerFrame::Welcome(welcome) => {
                if live.greeting.take().is_none() {
                    return self.abandoned(Fault::Protocol).await;
                }
                if welcome.version != VERSION {
                    return self.refused(LinkFailure::VersionUnsupported).await;
                }
                self.backoff.online(now);
                live.heartbeat.greeted(Duration::from_millis(welcome.heartbeat_ms));
                live.probe(now);
                self.reins.trace.welcomed(&welcome);
                live.watched(*self.watchers.borrow() > 0, now);
                Report::Welcome { connection, welcome }
            }
            ServerFrame::Bye(bye) => {
                live.bye = Some(bye);
                return;
            }
            _ if live.greeting.is_some() => return self.abandoned(Fault::Protocol).await,
            ServerFrame::Pong(Pong { n }) => match live.pong(n, now) {
                Some(rtt) => {
                    let millis = u32::try_from(rtt.as_millis()).unwrap_or(u32::MAX);
                    self.reins.trace.round_trip(millis);
                    Report::RoundTrip { millis }
                }
                None => return,
            },
            frame => {
                if let ServerFrame::Ping(Ping { n, .. }) = &frame {
                    live.out.push_back(ClientFrame::Pong(Pong { n: *n }));
                }
                if answers_send(&frame) {
                    live.heartbeat.answered();
                }
                Report::Frame { connection, frame }
            }
        };
        self.report(report).await;
    }

    async fn deadline(&mut self) {
        let now = Instant::now();
        let due = match &mut self.state {
            State::Waiting(_) => return self.connect().await,
            State::Connecting { .. } => return self.follow(After::AtOnce).await,
            State::Live(live) => {
                live.measure();
                live.sample(now);
                if live.greeting.is_some_and(|until| now >= until) {
                    Due::Dead
                } else {
                    live.heartbeat.due(now)
                }
            }
            State::Resting => return,
        };
        match due {
            Due::Nothing => {}
            Due::Probe(n) => {
                if let State::Live(live) = &mut self.state {
                    live.out.push_back(ping(n));
                }
            }
            Due::Dead | Due::Lost => {
                tracing::info!("the server is silent");
                // Dropped, not closed: a close frame would wait in a line that nobody reads.
                self.over(CloseCode::ABNORMAL, Side::Here);
                self.last_close = Some(CloseCode::ABNORMAL);
                // Nobody failed whose failures a wait would spare.
                self.follow(match due {
                    Due::Lost => After::AtOnce,
                    _ => After::Retry { why: LinkFailure::TimedOut },
                })
                .await;
            }
        }
    }

    async fn ended(&mut self, ended: Ended) {
        let code = ended.code();
        tracing::info!("the connection ended: {code}");
        self.last_close = Some(code);
        if let Ended::Broken(error) = ended {
            tracing::warn!("the server broke the protocol: {error}");
            return self.abandoned(Fault::Protocol).await;
        }
        let bye = match &mut self.state {
            State::Live(live) => live.bye.take(),
            _ => None,
        };
        // The code of the `bye` counts when the close frame behind it was lost.
        let code = match &bye {
            Some(bye) if code == CloseCode::ABNORMAL => CloseCode(bye.code),
            _ => code,
        };
        self.over(code, Side::There);
        self.follow(match bye {
            _ if code == CloseCode::ABUSE => After::Barred,
            _ if !code.may_retry() => After::Rest { phase: Phase::Refused { why: refusal(code) } },
            Some(bye) if bye.retry_after_ms.is_some() => After::Told { bye },
            _ => After::Retry { why: LinkFailure::Closed { code: code.0 } },
        })
        .await;
    }

    /// Closes a connection that the other side, or our own store, made useless.
    async fn abandoned(&mut self, fault: Fault) {
        let (code, after) = match fault {
            Fault::Protocol => {
                let code = CloseCode::PROTOCOL_VIOLATION;
                (code, After::Retry { why: LinkFailure::Closed { code: code.0 } })
            }
            Fault::Ours => {
                let code = CloseCode::GOING_AWAY;
                (code, After::Retry { why: LinkFailure::Closed { code: code.0 } })
            }
            Fault::OtherServer => {
                let why = LinkFailure::SignedOut;
                (CloseCode::NORMAL, After::Rest { phase: Phase::Refused { why } })
            }
        };
        self.over(code, Side::Here);
        self.close(code, None).await;
        self.last_close = Some(code);
        self.follow(after).await;
    }

    async fn refused(&mut self, why: LinkFailure) {
        self.over(CloseCode::NORMAL, Side::Here);
        self.close(CloseCode::NORMAL, None).await;
        self.follow(After::Rest { phase: Phase::Refused { why } }).await;
    }

    /// Leaves cleanly.
    async fn leave(&mut self, reason: &str) {
        self.over(CloseCode::NORMAL, Side::Here);
        self.last_close = Some(CloseCode::NORMAL);
        let bye = ClientFrame::Bye(ClientBye { reason: reason.to_owned() });
        self.close(CloseCode::NORMAL, Some(bye)).await;
    }

    /// Writes down that the connection, if there is one, is over.
    fn over(&self, code: CloseCode, by: Side) {
        if let State::Live(live) = &self.state {
            self.reins.trace.closed(live.id.0, code.0, by);
        }
    }

    async fn close(&mut self, code: CloseCode, last: Option<ClientFrame>) {
        if let State::Live(live) = std::mem::replace(&mut self.state, State::Resting) {
            let mut out = live.out;
            out.extend(last);
            // A line that takes nothing any more is not worth more than a moment.
            _ = timeout(timeouts::SHUTDOWN / 2, live.socket.close(out, code)).await;
        }
    }

    async fn follow(&mut self, after: After) {
        // Whatever there was is dropped before anybody hears of what comes.
        self.state = State::Resting;
        self.looks_again = after.looks_again();
        let now = Instant::now();
        let (until, why) = match after {
            After::Rest { phase } => return self.report(Report::Down(phase)).await,
            After::AtOnce => {
                let soonest = self.backoff.soonest(now);
                if soonest == now {
                    return self.connect().await;
                }
                (soonest, LinkFailure::None)
            }
            After::Retry { why } => (self.backoff.failed(now, &mut self.rng), why),
            After::Asked { why, after } => {
                (self.backoff.failed(now, &mut self.rng).max(now + after), why)
            }
            After::Barred => {
                let why = LinkFailure::Closed { code: CloseCode::ABUSE.0 };
                (self.backoff.barred(now, &mut self.rng), why)
            }
            After::Told { bye } => {
                let millis = |told: Option<u64>| {
                    Duration::from_millis(told.unwrap_or(0)).min(timeouts::RETRY_MOST)
                };
                let (after, spread) = (millis(bye.retry_after_ms), millis(bye.spread_ms));
                let until = self.backoff.told(now, after, spread, &mut self.rng);
                (until, LinkFailure::Closed { code: bye.code })
            }
        };
        self.state = State::Waiting(until);
        let attempt = self.backoff.failures();
        self.report(Report::Down(Phase::Waiting { until, attempt, why })).await;
    }

    async fn connect(&mut self) {
        self.backoff.trying(Instant::now());
        let (address, connector, tokens) =
            (self.address.clone(), self.connector.clone(), self.tokens.clone());
        let fresh = self.wish.token.clone();
        let patience = self.timeouts.connect;
        let dial = Box::pin(async move {
            let token: Secret = match fresh {
                Some(token) => token,
                None => tokens.token().await.map_err(DialError::Secret)?,
            };
            match timeout(patience, Socket::open(&*connector, &address, &token)).await {
                Ok(opened) => opened.map_err(DialError::Open),
                Err(_) => Err(DialError::TimedOut),
            }
        });
        self.state = State::Connecting { dial, since: Instant::now(), stale: None };
        let attempt = self.backoff.failures();
        self.report(Report::Down(Phase::Connecting { attempt })).await;
    }

    async fn report(&mut self, report: Report) {
        // The space's task ends first when all ends; then there is nobody to tell.
        _ = self.reins.reports.send(report).await;
    }
}

impl Live {
    /// What passed over the line since the last look.
    fn measure(&mut self) {
        self.heartbeat.heard(self.socket.last_byte());
        self.socket.moved().into_iter().for_each(|at| self.heartbeat.moved(at));
    }

    fn deadline(&mut self) -> Instant {
        self.measure();
        let beat = self.heartbeat.deadline();
        let due = self.greeting.map_or(beat, |greeting| greeting.min(beat));
        self.sampling.as_ref().map_or(due, |sampling| due.min(sampling.next))
    }

    /// Somebody looks on, or nobody any more.
    fn watched(&mut self, looked_at: bool, now: Instant) {
        if !looked_at {
            self.sampling = None;
        } else if self.greeting.is_none() {
            self.sampling.get_or_insert(Sampling { next: now, asked: None });
        }
    }

    /// Measures, if it is time to.
    fn sample(&mut self, now: Instant) {
        if let Some(sampling) = &mut self.sampling
            && now >= sampling.next
        {
            let n = sampling.asked.map_or(SAMPLES, |(n, _)| n + 1);
            *sampling = Sampling { next: now + SAMPLE_EVERY, asked: Some((n, now)) };
            self.out.push_back(ping(n));
        }
    }

    /// A `pong` came. Answers the round trip if it is known when it was asked for.
    fn pong(&mut self, number: u64, now: Instant) -> Option<Duration> {
        let sampled = self.sampling.as_ref().and_then(|sampling| sampling.asked);
        match sampled {
            Some((n, left)) if n == number => Some(now - left),
            _ => self.heartbeat.pong(number, now),
        }
    }

    fn probe(&mut self, now: Instant) {
        let n = self.heartbeat.probe(now);
        self.out.push_back(ping(n));
    }
}

fn ping(n: u64) -> ClientFrame {
    ClientFrame::Ping(Ping { n, heads: std::collections::BTreeMap::new() })
}

fn answers_send(frame: &ServerFrame) -> bool {
    match frame {
        ServerFrame::Ok(_) => true,
        ServerFrame::Err(failure) => matches!(failure.about, Some(Ref::Cids(_)) | None),
        _ => false,
    }
}

mod after;
mod wishes;

#[cfg(test)]
mod tests;
