//! The task that owns the connection.
//!
//! ```text
//!            ┌────────── due, or asked ───────────┐
//!            ▼                                    │
//!       Connecting ── failed ──────────────► Waiting ◄─┐
//!            │                                    │    │
//!          opened                      stay offline    │ ended, may retry
//!            ▼                                    ▼    │
//!        Connected ── stay offline ──────────► Idle    │
//!            │                                    ▲    │
//!            └──── refused for good ──────────────┘────┘
//! ```
//!
//! One `select!` yields one [`DriverEvent`], and one `match` handles it. All deadlines of a state
//! go into one timer. Entering a state reports it.

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

use self::after_disconnect::{AfterDisconnect, refusal};
use super::backoff::Backoff;
use super::heartbeat::{Heartbeat, HeartbeatAction};
use super::socket::{Disconnect, FrameTrace, Received, RetryDecision, Socket, retry_decision};
use super::{
    AbandonReason, ConnectionEvent, ConnectionId, DesiredState, DownState, DriverChannels,
    TokenSource,
};
use crate::net::connector::Connector;
use crate::net::route::is_local;
use crate::net::upgrade::UpgradeError;
use crate::secret::{Secret, SecretError};
use crate::timeouts::{self, Timeouts};
use crate::trace::{SAMPLE_EVERY, Side};
use crate::view::ConnectionFailure;

/// Frames that wait for the socket. At this limit no more are taken from the space's task, which
/// then notices that the connection is stuck.
const OUT_FRAMES: usize = 64;

/// Makes and keeps the connection.
pub(crate) struct Driver {
    address: Address,
    /// The server is on this machine and needs no network.
    local: bool,
    connector: Arc<dyn Connector>,
    tokens: Arc<dyn TokenSource>,
    timeouts: Timeouts,
    rng: StdRng,
    channels: DriverChannels,
    /// The number of trace subscribers. While there are any, round trips are sampled.
    subscribers: watch::Receiver<usize>,
    desired: DesiredState,
    stop: CancellationToken,
    backoff: Backoff,
    connections: u64,
    last_close: Option<CloseCode>,
    /// It is idle because of the certificate at the server's address, which another network may
    /// change.
    retries_on_network_change: bool,
    state: State,
}

enum State {
    /// Until the person acts.
    Idle,
    /// Until this time.
    Waiting(Instant),
    /// Until the attempt succeeds, fails or times out.
    Connecting {
        dial: BoxFuture<'static, Result<Socket, DialError>>,
        since: Instant,
        /// When to replace the attempt, because the network changed shortly after it started.
        stale: Option<Instant>,
    },
    /// Until the connection ends.
    Connected(Box<Connection>),
}

/// One connection.
struct Connection {
    id: ConnectionId,
    socket: Socket,
    heartbeat: Heartbeat,
    /// When `welcome` must have arrived; `None` once it has.
    welcome_due: Option<Instant>,
    out: VecDeque<ClientFrame>,
    /// The server's `bye`, which explains the close that follows.
    bye: Option<ServerBye>,
    sampler: Option<RttSampler>,
}

/// Samples round trips for trace subscribers. It is separate from the heartbeat, whose decisions
/// must not depend on whether somebody watches.
struct RttSampler {
    next: Instant,
    /// The ping in flight, and when it was sent.
    asked: Option<(u64, Instant)>,
}

/// The number of the first sampling ping, far above the heartbeat's numbers.
const SAMPLE_PINGS_FROM: u64 = 1 << 40;

enum DialError {
    Open(UpgradeError),
    Secret(SecretError),
    TimedOut,
}

enum DriverEvent {
    Stop,
    DesiredStateChanged,
    Frame(ConnectionId, ClientFrame),
    Dialed(Box<Result<Socket, DialError>>),
    Received(Result<Received, Disconnect>),
    SubscribersChanged,
    Deadline,
}

impl Driver {
    pub(crate) fn new(
        address: Address,
        connector: Arc<dyn Connector>,
        tokens: Arc<dyn TokenSource>,
        timeouts: Timeouts,
        rng: StdRng,
        channels: DriverChannels,
        stop: CancellationToken,
    ) -> Self {
        Self {
            local: is_local(&address.host),
            address,
            connector,
            tokens,
            timeouts,
            rng,
            desired: DesiredState::default(),
            subscribers: channels.trace.subscribers(),
            channels,
            stop,
            backoff: Backoff::new(&timeouts),
            connections: 0,
            last_close: None,
            retries_on_network_change: false,
            state: State::Idle,
        }
    }

    /// Runs until it is stopped.
    pub(crate) async fn run(mut self) {
        self.enter(AfterDisconnect::Immediately).await;
        loop {
            match self.next().await {
                DriverEvent::Stop => return self.say_bye("the program ends").await,
                DriverEvent::DesiredStateChanged => self.apply_desired().await,
                DriverEvent::Frame(connection, frame) => self.send(connection, frame),
                DriverEvent::Dialed(dialed) => self.dialed(*dialed).await,
                DriverEvent::Received(Ok(received)) => self.received(received).await,
                DriverEvent::Received(Err(ended)) => self.ended(ended).await,
                DriverEvent::SubscribersChanged => self.subscribers_changed(),
                DriverEvent::Deadline => self.deadline().await,
            }
        }
    }

    async fn next(&mut self) -> DriverEvent {
        let deadline = match &mut self.state {
            State::Waiting(until) => Some(*until),
            State::Connected(conn) => Some(conn.deadline()),
            State::Connecting { stale, .. } => *stale,
            State::Idle => None,
        };
        let has_room = match &self.state {
            State::Connected(conn) => conn.out.len() < OUT_FRAMES,
            // Frames for a connection that has ended are taken and dropped.
            _ => true,
        };
        let progress = async {
            match &mut self.state {
                State::Connecting { dial, .. } => DriverEvent::Dialed(Box::new(dial.await)),
                State::Connected(conn) => {
                    DriverEvent::Received(conn.socket.next(&mut conn.out).await)
                }
                State::Idle | State::Waiting(_) => std::future::pending().await,
            }
        };
        let due = async {
            match deadline {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        // The order matters: what has arrived counts before the deadline that it meets.
        tokio::select! {
            biased;
            () = self.stop.cancelled() => DriverEvent::Stop,
            // The space's task is gone, as with a damaged database. Without it there is no reason
            // to stay online.
            () = self.channels.events.closed() => DriverEvent::Stop,
            Ok(()) = self.channels.desired.changed() => DriverEvent::DesiredStateChanged,
            Ok(()) = self.subscribers.changed() => DriverEvent::SubscribersChanged,
            Some((id, frame)) = self.channels.frames.recv(), if has_room => DriverEvent::Frame(id, frame),
            event = progress => event,
            () = due => DriverEvent::Deadline,
        }
    }

    fn subscribers_changed(&mut self) {
        let subscribed = *self.subscribers.borrow_and_update() > 0;
        if let State::Connected(conn) = &mut self.state {
            conn.set_sampling(subscribed, Instant::now());
        }
    }

    fn send(&mut self, connection: ConnectionId, frame: ClientFrame) {
        if let State::Connected(conn) = &mut self.state
            && conn.id == connection
        {
            if matches!(frame, ClientFrame::Send(_)) {
                conn.heartbeat.awaiting_answer(Instant::now());
            }
            conn.out.push_back(frame);
        }
    }

    async fn dialed(&mut self, dialed: Result<Socket, DialError>) {
        let error = match dialed {
            Ok(socket) => return self.open(socket).await,
            Err(error) => error,
        };
        let (why, may_retry, retry_after) = match error {
            DialError::TimedOut => (ConnectionFailure::TimedOut, true, None),
            DialError::Open(refused) => {
                tracing::info!("not connected: {refused}");
                let RetryDecision { why, may_retry, retry_after } = retry_decision(&refused);
                (why, may_retry, retry_after)
            }
            DialError::Secret(error) => {
                tracing::info!("no token: {error}");
                // A keyring that starts later than this program becomes available without the
                // person. Asking a locked one again would show its dialog again.
                (ConnectionFailure::NoToken, error.may_pass(), None)
            }
        };
        let why =
            if may_retry && self.has_no_network() { ConnectionFailure::NoNetwork } else { why };
        self.channels.trace.failed(self.connections, why.clone());
        self.enter(match (may_retry, retry_after) {
            (true, Some(after)) => AfterDisconnect::RetryAfter { why, after },
            (true, None) => AfterDisconnect::Retry { why },
            (false, _) => AfterDisconnect::Idle { phase: DownState::Refused { why } },
        })
        .await;
    }

    async fn open(&mut self, mut socket: Socket) {
        let now = Instant::now();
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let attempt = self.backoff.failures();
        self.channels.trace.opened(self.connections, attempt);
        socket
            .trace(FrameTrace { trace: self.channels.trace.clone(), connection: self.connections });
        self.state = State::Connected(Box::new(Connection {
            id: connection,
            socket,
            heartbeat: Heartbeat::new(self.timeouts, now, self.desired.foreground),
            welcome_due: Some(now + self.timeouts.greet),
            out: VecDeque::new(),
            bye: None,
            sampler: None,
        }));
        let last_close = self.last_close.map(|code| code.0);
        self.report(ConnectionEvent::Opened { connection, attempt, last_close }).await;
    }

    async fn received(&mut self, received: Received) {
        let now = Instant::now();
        let State::Connected(conn) = &mut self.state else {
            return;
        };
        conn.measure();
        let connection = conn.id;
        let frame = match received {
            Received::Frame(frame) => frame,
            Received::Unknown(kind) => {
                return tracing::debug!("a frame of a later version: {kind}");
            }
            Received::TransferProgress => {
                return self.report(ConnectionEvent::TransferProgress).await;
            }
        };
        let report = match frame {
            ServerFrame::Welcome(welcome) => {
                if conn.welcome_due.take().is_none() {
                    return self.abandoned(AbandonReason::ProtocolViolation).await;
                }
                if welcome.version != VERSION {
                    return self.refused(ConnectionFailure::VersionUnsupported).await;
                }
                self.backoff.online(now);
                conn.heartbeat.welcomed(Duration::from_millis(welcome.heartbeat_ms));
                conn.probe(now);
                self.channels.trace.welcomed(&welcome);
                conn.set_sampling(*self.subscribers.borrow() > 0, now);
                ConnectionEvent::Welcomed { connection, welcome }
            }
            ServerFrame::Bye(bye) => {
                conn.bye = Some(bye);
                return;
            }
            _ if conn.welcome_due.is_some() => {
                return self.abandoned(AbandonReason::ProtocolViolation).await;
            }
            ServerFrame::Pong(Pong { n }) => match conn.pong(n, now) {
                Some(rtt) => {
                    let millis = u32::try_from(rtt.as_millis()).unwrap_or(u32::MAX);
                    self.channels.trace.round_trip(millis);
                    ConnectionEvent::RoundTrip { millis }
                }
                None => return,
            },
            frame => {
                if let ServerFrame::Ping(Ping { n, .. }) = &frame {
                    conn.out.push_back(ClientFrame::Pong(Pong { n: *n }));
                }
                if answers_send(&frame) {
                    conn.heartbeat.answered();
                }
                ConnectionEvent::FrameReceived { connection, frame }
            }
        };
        self.report(report).await;
    }

    async fn deadline(&mut self) {
        let now = Instant::now();
        let due = match &mut self.state {
            State::Waiting(_) => return self.connect().await,
            State::Connecting { .. } => return self.enter(AfterDisconnect::Immediately).await,
            State::Connected(conn) => {
                conn.measure();
                conn.sample(now);
                if conn.welcome_due.is_some_and(|until| now >= until) {
                    HeartbeatAction::Dead
                } else {
                    conn.heartbeat.due(now)
                }
            }
            State::Idle => return,
        };
        match due {
            HeartbeatAction::Nothing => {}
            HeartbeatAction::Probe(n) => {
                if let State::Connected(conn) = &mut self.state {
                    conn.out.push_back(ping(n));
                }
            }
            HeartbeatAction::Dead | HeartbeatAction::Lost => {
                tracing::info!("the server is silent");
                // Dropped and not closed: a close frame would wait on a connection that nobody
                // reads.
                self.trace_closed(CloseCode::ABNORMAL, Side::Here);
                self.last_close = Some(CloseCode::ABNORMAL);
                // No server failed, so there is nothing to spare it by waiting.
                self.enter(match due {
                    HeartbeatAction::Lost => AfterDisconnect::Immediately,
                    _ => AfterDisconnect::Retry { why: ConnectionFailure::TimedOut },
                })
                .await;
            }
        }
    }

    async fn ended(&mut self, ended: Disconnect) {
        let code = ended.code();
        tracing::info!("the connection ended: {code}");
        self.last_close = Some(code);
        if let Disconnect::Violation(error) = ended {
            tracing::warn!("the server broke the protocol: {error}");
            return self.abandoned(AbandonReason::ProtocolViolation).await;
        }
        let bye = match &mut self.state {
            State::Connected(conn) => conn.bye.take(),
            _ => None,
        };
        // The code in `bye` counts when the close frame after it was lost.
        let code = match &bye {
            Some(bye) if code == CloseCode::ABNORMAL => CloseCode(bye.code),
            _ => code,
        };
        self.trace_closed(code, Side::There);
        self.enter(match bye {
            _ if code == CloseCode::ABUSE => AfterDisconnect::Banned,
            _ if !code.may_retry() => {
                AfterDisconnect::Idle { phase: DownState::Refused { why: refusal(code) } }
            }
            Some(bye) if bye.retry_after_ms.is_some() => AfterDisconnect::ServerSchedule { bye },
            _ => AfterDisconnect::Retry { why: ConnectionFailure::Closed { code: code.0 } },
        })
        .await;
    }

    /// Closes a connection that the other side, or our own store, made useless.
    async fn abandoned(&mut self, reason: AbandonReason) {
        let (code, after) = match reason {
            AbandonReason::ProtocolViolation => {
                let code = CloseCode::PROTOCOL_VIOLATION;
                (code, AfterDisconnect::Retry { why: ConnectionFailure::Closed { code: code.0 } })
            }
            AbandonReason::LocalFailure => {
                let code = CloseCode::GOING_AWAY;
                (code, AfterDisconnect::Retry { why: ConnectionFailure::Closed { code: code.0 } })
            }
            AbandonReason::WrongServer => {
                let why = ConnectionFailure::SignedOut;
                (CloseCode::NORMAL, AfterDisconnect::Idle { phase: DownState::Refused { why } })
            }
        };
        self.trace_closed(code, Side::Here);
        self.close(code, None).await;
        self.last_close = Some(code);
        self.enter(after).await;
    }

    async fn refused(&mut self, why: ConnectionFailure) {
        self.trace_closed(CloseCode::NORMAL, Side::Here);
        self.close(CloseCode::NORMAL, None).await;
        self.enter(AfterDisconnect::Idle { phase: DownState::Refused { why } }).await;
    }

    /// Closes the connection with a `bye`.
    async fn say_bye(&mut self, reason: &str) {
        self.trace_closed(CloseCode::NORMAL, Side::Here);
        self.last_close = Some(CloseCode::NORMAL);
        let bye = ClientFrame::Bye(ClientBye { reason: reason.to_owned() });
        self.close(CloseCode::NORMAL, Some(bye)).await;
    }

    /// Records in the trace that the connection, if there is one, has ended.
    fn trace_closed(&self, code: CloseCode, by: Side) {
        if let State::Connected(conn) = &self.state {
            self.channels.trace.closed(conn.id.0, code.0, by);
        }
    }

    async fn close(&mut self, code: CloseCode, last: Option<ClientFrame>) {
        if let State::Connected(conn) = std::mem::replace(&mut self.state, State::Idle) {
            let mut out = conn.out;
            out.extend(last);
            // A connection that takes no more bytes gets only a moment.
            _ = timeout(timeouts::SHUTDOWN / 2, conn.socket.close(out, code)).await;
        }
    }

    async fn enter(&mut self, after: AfterDisconnect) {
        // The old state is dropped before the next one is reported.
        self.state = State::Idle;
        self.retries_on_network_change = after.retries_on_network_change();
        let now = Instant::now();
        let (until, why) = match after {
            AfterDisconnect::Idle { phase } => {
                return self.report(ConnectionEvent::Down(phase)).await;
            }
            AfterDisconnect::Immediately => {
                let earliest = self.backoff.earliest(now);
                if earliest == now {
                    return self.connect().await;
                }
                (earliest, ConnectionFailure::None)
            }
            AfterDisconnect::Retry { why } => (self.backoff.failed(now, &mut self.rng), why),
            AfterDisconnect::RetryAfter { why, after } => {
                (self.backoff.failed(now, &mut self.rng).max(now + after), why)
            }
            AfterDisconnect::Banned => {
                let why = ConnectionFailure::Closed { code: CloseCode::ABUSE.0 };
                (self.backoff.banned(now, &mut self.rng), why)
            }
            AfterDisconnect::ServerSchedule { bye } => {
                let millis = |told: Option<u64>| {
                    Duration::from_millis(told.unwrap_or(0)).min(timeouts::RETRY_MOST)
                };
                let (after, spread) = (millis(bye.retry_after_ms), millis(bye.spread_ms));
                let until = self.backoff.scheduled(now, after, spread, &mut self.rng);
                (until, ConnectionFailure::Closed { code: bye.code })
            }
        };
        self.state = State::Waiting(until);
        let attempt = self.backoff.failures();
        self.report(ConnectionEvent::Down(DownState::Waiting { until, attempt, why })).await;
    }

    async fn connect(&mut self) {
        self.backoff.attempt_started(Instant::now());
        let (address, connector, tokens) =
            (self.address.clone(), self.connector.clone(), self.tokens.clone());
        let fresh = self.desired.token.clone();
        let limit = self.timeouts.connect;
        let dial = Box::pin(async move {
            let token: Secret = match fresh {
                Some(token) => token,
                None => tokens.token().await.map_err(DialError::Secret)?,
            };
            match timeout(limit, Socket::open(&*connector, &address, &token)).await {
                Ok(opened) => opened.map_err(DialError::Open),
                Err(_) => Err(DialError::TimedOut),
            }
        });
        self.state = State::Connecting { dial, since: Instant::now(), stale: None };
        let attempt = self.backoff.failures();
        self.report(ConnectionEvent::Down(DownState::Connecting { attempt })).await;
    }

    async fn report(&mut self, report: ConnectionEvent) {
        // At shutdown the space's task ends first; then nobody receives this.
        _ = self.channels.events.send(report).await;
    }
}

impl Connection {
    /// Feeds the heartbeat with the socket's last read and write times.
    fn measure(&mut self) {
        self.heartbeat.bytes_received(self.socket.last_byte());
        self.socket.drained().into_iter().for_each(|at| self.heartbeat.drained(at));
    }

    fn deadline(&mut self) -> Instant {
        self.measure();
        let beat = self.heartbeat.deadline();
        let due = self.welcome_due.map_or(beat, |welcome_due| welcome_due.min(beat));
        self.sampler.as_ref().map_or(due, |sampler| due.min(sampler.next))
    }

    /// Starts or stops sampling.
    fn set_sampling(&mut self, subscribed: bool, now: Instant) {
        if !subscribed {
            self.sampler = None;
        } else if self.welcome_due.is_none() {
            self.sampler.get_or_insert(RttSampler { next: now, asked: None });
        }
    }

    /// Sends a sampling ping if one is due.
    fn sample(&mut self, now: Instant) {
        if let Some(sampler) = &mut self.sampler
            && now >= sampler.next
        {
            let n = sampler.asked.map_or(SAMPLE_PINGS_FROM, |(n, _)| n + 1);
            *sampler = RttSampler { next: now + SAMPLE_EVERY, asked: Some((n, now)) };
            self.out.push_back(ping(n));
        }
    }

    /// A `pong` came. Returns the round trip if the time of its `ping` is known.
    fn pong(&mut self, number: u64, now: Instant) -> Option<Duration> {
        let sampled = self.sampler.as_ref().and_then(|sampler| sampler.asked);
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

mod after_disconnect;
mod desired_state;

#[cfg(test)]
mod tests;
