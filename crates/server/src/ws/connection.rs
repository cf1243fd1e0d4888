//! The task that owns one socket. It passes frames to the [`Session`] and applies its effects.
//!
//! One `select!`, one private event enum, one timer. Reading stops while too much is unanswered or
//! unwritten, so that memory per client is bounded.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt as _, StreamExt as _};
use homing_protocol::{CloseCode, ErrorCode, ServerFrame, SessionId};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use super::session::{
    Closing, Effect, REASON_BYTES, Request, Response, Session, SessionInfo, shorten,
};
use crate::app::App;
use crate::clock::fraction;
use crate::rooms::hub::Subscriber;
use crate::rooms::queue::{Due, PushHeader};
use crate::store::Principal;
use crate::traffic::Traffic;

/// Unanswered requests to the store before reading stops. More than a well-behaved client has in
/// flight: 32 sends and a few pulls.
const MAX_REQUESTS: usize = 48;
/// Bytes of frames with unanswered requests before reading stops: two of the largest. A parsed
/// frame can take a hundred times its length.
const MAX_REQUEST_BYTES: usize = 512 * 1024;
/// Unwritten bytes of responses before reading stops.
const MAX_UNWRITTEN_BYTES: usize = 1024 * 1024;
/// A message that takes longer than this to arrive is answered by a pong, and again after each such
/// interval while bytes arrive, because its sender can't see how much has arrived. Half of the
/// shortest answer timeout that a client can set.
const PARTIAL_PONG_INTERVAL: Duration = Duration::from_millis(500);

enum Event {
    Received(Option<Result<Message, axum::Error>>),
    /// Bytes of an incomplete message arrived.
    Partial,
    Wrote(Result<(), axum::Error>),
    Responded(usize, Response),
    Pushed,
    Deadline,
    Stop,
}

/// What the socket is polled for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Nothing,
    Next,
    Flush,
}

struct Connection {
    app: Arc<App>,
    socket: WebSocket,
    traffic: Traffic,
    session: Session,
    principal: Principal,
    session_id: SessionId,
    subscriber: Option<Arc<Subscriber>>,
    live: bool,
    requests: FuturesUnordered<BoxFuture<'static, (usize, Response)>>,
    /// Bytes of the frames of these requests.
    request_bytes: usize,
    outgoing: VecDeque<Utf8Bytes>,
    outgoing_bytes: usize,
    /// Written to the socket's buffer but not flushed.
    unflushed: bool,
    /// Since when writing has made no progress.
    stalled: Option<Instant>,
    closing: Option<Closing>,
    /// The client has sent its close frame. The library answers it.
    client_closed: bool,
    /// Read before writing next time, so that neither direction starves the other.
    read_first: bool,
    /// When the incomplete message began, or was last answered by a pong.
    message_started: Option<Instant>,
    /// A pong for an incomplete message is due.
    pong_due: bool,
}

/// Serves a connection until it ends.
pub(crate) async fn run(
    app: Arc<App>,
    socket: WebSocket,
    traffic: Traffic,
    principal: Principal,
    stop: CancellationToken,
) {
    let session_id = SessionId(app.new_id());
    let info = SessionInfo {
        person: principal.person,
        device: principal.device,
        session: session_id,
        space: app.space,
        epoch: app.epoch,
        limits: app.config.limits,
        rates: app.config.rates,
        timers: app.config.timers,
    };
    let first = fraction(&*app.config.random);
    let mut connection = Connection {
        session: Session::new(info, first, Instant::now()),
        app,
        socket,
        traffic,
        principal,
        session_id,
        subscriber: None,
        live: false,
        requests: FuturesUnordered::new(),
        request_bytes: 0,
        outgoing: VecDeque::new(),
        outgoing_bytes: 0,
        unflushed: false,
        stalled: None,
        closing: None,
        client_closed: false,
        read_first: true,
        message_started: None,
        pong_due: false,
    };
    if connection.principal.gone {
        let code = CloseCode::ACCOUNT_DISABLED;
        let due = Due { close: Some(code), ..Due::default() };
        let effects = connection.session.due(due, Instant::now());
        connection.apply(effects, 0);
    }
    let ended = connection.run_until_closed(&stop).await;
    if let Some(subscriber) = connection.subscriber.take() {
        connection.app.hub.detach(&subscriber);
    }
    tracing::info!(session = %session_id, code = ended.map(|code| code.0), "connection ended");
    connection.close_handshake(ended).await;
}

impl Connection {
    /// Runs until it is decided how the connection ends. None: it was lost.
    async fn run_until_closed(&mut self, stop: &CancellationToken) -> Option<CloseCode> {
        let mut stopping = false;
        loop {
            let writing = self.writing();
            if writing == Writing::Nothing {
                if let Some(closing) = &self.closing {
                    return Some(closing.code);
                }
                self.stalled = None;
            } else {
                self.stalled.get_or_insert_with(Instant::now);
            }
            // A large frame is written in many parts; each one is progress.
            let stalled = self.stalled.map(|at| at.max(self.traffic.last_write()));
            let slow = stalled.map(|at| at + self.app.config.timers.slow_consumer);
            let deadline = [self.session.deadline(), slow].into_iter().flatten().min();
            let reading = self.is_reading();
            // This order starves nobody: the first three events are rare, and a client that floods
            // its socket only delays its own pushes.
            let event = tokio::select! {
                biased;
                () = stop.cancelled(), if !stopping => Event::Stop,
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    Event::Deadline
                }
                Some((bytes, answer)) = self.requests.next(), if !self.requests.is_empty() => {
                    Event::Responded(bytes, answer)
                }
                event = socket_event(&mut self.socket, &self.traffic, reading, writing, self.read_first) => {
                    event
                }
                () = pushed(self.subscriber.as_deref(), self.live && self.closing.is_none()) => {
                    Event::Pushed
                }
            };
            let now = Instant::now();
            let received = match &event {
                Event::Received(Some(Ok(Message::Text(text)))) => text.len(),
                _ => 0,
            };
            let effects = match event {
                Event::Received(None) => return None,
                Event::Partial => {
                    self.partial_message(now);
                    Vec::new()
                }
                Event::Received(Some(received)) => {
                    (self.read_first, self.message_started) = (false, None);
                    match self.receive(received, now) {
                        Some(effects) => effects,
                        None => return None,
                    }
                }
                Event::Wrote(Err(_)) => return None,
                Event::Wrote(Ok(())) => {
                    self.read_first = true;
                    self.stalled = None;
                    if writing == Writing::Flush {
                        self.unflushed = false;
                        self.session.flushed(now);
                    } else if self.write_next().is_err() {
                        return None;
                    }
                    Vec::new()
                }
                Event::Responded(bytes, answer) => {
                    self.request_bytes -= bytes;
                    self.session.handle_response(answer, now)
                }
                Event::Pushed => match &self.subscriber {
                    Some(subscriber) => self.session.due(subscriber.take_due(), now),
                    None => Vec::new(),
                },
                Event::Deadline if slow.is_some_and(|at| now >= at) => {
                    return Some(CloseCode::SLOW_CONSUMER);
                }
                Event::Deadline => self.session.tick(now),
                Event::Stop => {
                    stopping = true;
                    self.session.drain(now)
                }
            };
            self.apply(effects, received);
        }
    }

    fn receive(
        &mut self,
        received: Result<Message, axum::Error>,
        now: Instant,
    ) -> Option<Vec<Effect>> {
        let (app, person) = (&self.app, self.principal.person);
        Some(match received {
            Ok(Message::Text(text)) => {
                self.session.text(&text, now, |items| app.hub.may_send(person, items, now))
            }
            Ok(Message::Binary(_)) => {
                self.session.protocol_error(ErrorCode::Invalid, "frames are text, this was binary")
            }
            Ok(Message::Ping(_) | Message::Pong(_)) => self.session.unanswered_frame(now),
            Ok(Message::Close(_)) => {
                self.client_closed = true;
                return None;
            }
            // Too large, not UTF-8, or broken framing. If the connection is gone, the write fails
            // and ends it as well.
            Err(error) => {
                let text = format!("unreadable message: {error}");
                let code = match error.into_inner().downcast_ref::<tungstenite::Error>() {
                    Some(tungstenite::Error::Capacity(_)) => ErrorCode::TooLarge,
                    _ => ErrorCode::Invalid,
                };
                self.session.protocol_error(code, &text)
            }
        })
    }

    fn partial_message(&mut self, now: Instant) {
        self.session.received();
        let message_started = self.message_started.get_or_insert(now);
        if now >= *message_started + PARTIAL_PONG_INTERVAL {
            (*message_started, self.pong_due) = (now, true);
        }
    }

    fn is_reading(&self) -> bool {
        self.closing.is_none()
            && self.session.is_listening()
            && self.requests.len() < MAX_REQUESTS
            && self.request_bytes < MAX_REQUEST_BYTES
            && self.outgoing_bytes < MAX_UNWRITTEN_BYTES
    }

    fn writing(&self) -> Writing {
        let pushed = || {
            self.live
                && self.closing.is_none()
                && self.subscriber.as_ref().is_some_and(|subscriber| subscriber.has_frames())
        };
        if self.pong_due || !self.outgoing.is_empty() || pushed() {
            Writing::Next
        } else if self.unflushed {
            Writing::Flush
        } else {
            Writing::Nothing
        }
    }

    /// Writes one more message: responses first, then pushes that no response covers.
    fn write_next(&mut self) -> Result<(), axum::Error> {
        if std::mem::take(&mut self.pong_due) {
            self.unflushed = true;
            return self.socket.start_send_unpin(Message::Pong(Bytes::new()));
        }
        let text = if let Some(text) = self.outgoing.pop_front() {
            self.outgoing_bytes -= text.len();
            text
        } else if let Some((text, header)) =
            self.subscriber.as_ref().and_then(|waiting| waiting.pop())
        {
            match header {
                PushHeader::Event(event) if self.session.is_answered_by_ok(&event) => return Ok(()),
                PushHeader::Own(own) => self.session.own_event_written(own.useq, own.left),
                PushHeader::Event(_) | PushHeader::Other => {}
            }
            text
        } else {
            return Ok(());
        };
        self.unflushed = true;
        self.socket.start_send_unpin(Message::Text(text))
    }

    fn queue_frame(&mut self, frame: &ServerFrame) {
        if matches!(frame, ServerFrame::Err(failure) if failure.code == ErrorCode::RateLimited) {
            self.app.metrics.limited.fetch_add(1, Ordering::Relaxed);
        }
        let text = Utf8Bytes::from(frame.encode());
        self.outgoing_bytes += text.len();
        self.outgoing.push_back(text);
    }

    /// Applies effects. `received` is the size of the frame that caused them, or 0.
    fn apply(&mut self, effects: Vec<Effect>, received: usize) {
        for effect in effects {
            match effect {
                Effect::Send(frame) => self.queue_frame(&frame),
                Effect::Request(request) => self.request(request, received),
                Effect::GoLive => {
                    self.live = true;
                    for frame in self.app.hub.presence_snapshot() {
                        self.queue_frame(&frame);
                    }
                }
                Effect::Forget(room) => {
                    if let Some(subscriber) = &self.subscriber {
                        subscriber.forget(room);
                    }
                }
                Effect::Active(active) => {
                    if let Some(subscriber) = &self.subscriber {
                        self.app.hub.set_active(subscriber, active);
                    }
                }
                Effect::Close(closing) => {
                    if let Some(bye) = &closing.bye {
                        let frame = ServerFrame::Bye(bye.clone());
                        self.queue_frame(&frame);
                    }
                    self.closing = Some(closing);
                }
            }
        }
    }

    fn request(&mut self, request: Request, bytes: usize) {
        if let Request::Hello { form, .. } = request
            && self.subscriber.is_none()
        {
            let device = self.principal.device;
            if let Err(wait) = self.app.hub.may_start_session(device, Instant::now()) {
                self.requests.push(Box::pin(async move { (0, Response::HelloLimited(wait)) }));
                return;
            }
            // Attach before reading: commits in between arrive by the queue.
            let (hub, person) = (&self.app.hub, self.principal.person);
            self.subscriber = Some(hub.attach(person, device, self.session_id, form));
        }
        let (app, principal) = (self.app.clone(), self.principal.clone());
        self.request_bytes += bytes;
        self.requests
            .push(Box::pin(async move { (bytes, respond(app, principal, request).await) }));
    }

    /// Sends the close frame and waits for the answer, within a time limit. Unread bytes are read
    /// and dropped: closing with unread bytes would reset the connection, and the client would not
    /// see the reason.
    async fn close_handshake(mut self, ended: Option<CloseCode>) {
        let Some(code) = ended else {
            if self.client_closed {
                self.finish_client_close().await;
            }
            return;
        };
        let reason =
            self.closing.map_or_else(|| code.meaning().to_owned(), |closing| closing.reason);
        let frame = CloseFrame { code: code.0, reason: shorten(&reason, REASON_BYTES).into() };
        let closing_handshake = async {
            if self.socket.send(Message::Close(Some(frame))).await.is_err() {
                return;
            }
            while let Some(Ok(message)) = self.socket.recv().await {
                if matches!(message, Message::Close(_)) {
                    return;
                }
            }
        };
        let timeout = self.app.config.timers.closing;
        // A peer that does not answer in time is cut off.
        let _answered = tokio::time::timeout(timeout, closing_handshake).await;
    }

    /// Flushes the answer to the client's close frame. Without it the client would see a lost
    /// connection.
    async fn finish_client_close(mut self) {
        let answer = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        _ = tokio::time::timeout(self.app.config.timers.closing, answer).await;
    }
}

async fn socket_event(
    socket: &mut WebSocket,
    traffic: &Traffic,
    reading: bool,
    writing: Writing,
    read_first: bool,
) -> Event {
    poll_fn(|cx| {
        let read = |socket: &mut WebSocket, cx: &mut std::task::Context<'_>| {
            if !reading {
                return Poll::Pending;
            }
            let before = traffic.bytes_read();
            match socket.poll_next_unpin(cx) {
                Poll::Ready(received) => Poll::Ready(Event::Received(received)),
                Poll::Pending if traffic.bytes_read() > before => Poll::Ready(Event::Partial),
                Poll::Pending => Poll::Pending,
            }
        };
        if read_first && let Poll::Ready(event) = read(socket, cx) {
            return Poll::Ready(event);
        }
        let wrote = match writing {
            Writing::Nothing => Poll::Pending,
            Writing::Next => socket.poll_ready_unpin(cx),
            Writing::Flush => socket.poll_flush_unpin(cx),
        };
        if let Poll::Ready(result) = wrote {
            return Poll::Ready(Event::Wrote(result));
        }
        if read_first { Poll::Pending } else { read(socket, cx) }
    })
    .await
}

/// Waits for a push: a frame to write or something due.
async fn pushed(subscriber: Option<&Subscriber>, live: bool) {
    match subscriber {
        Some(subscriber) if live => {
            if !subscriber.has_due() {
                subscriber.pushed().await;
            }
        }
        // Before `welcome` only a close code matters, and the hello timeout bounds the wait.
        _ => std::future::pending().await,
    }
}

async fn respond(app: Arc<App>, principal: Principal, request: Request) -> Response {
    let (store, person) = (&app.store, principal.person);
    match request {
        Request::Hello { since, .. } => {
            if let Err(error) = store.touch(principal.device).await {
                // Only "last seen" is lost. Reading must work when writing does not.
                tracing::debug!(%error, "a device's visit was not noted");
            }
            // The token was checked at the upgrade. A sign-out between that and attaching was not
            // pushed, so check again.
            match store.heads(person, principal.device).await {
                Ok(heads) if heads.gone != Some(false) => {
                    return Response::Dismissed { disabled: heads.gone.is_some() };
                }
                _ => {}
            }
            let result = store.snapshot(person, since).await;
            Response::Hello(result, app.clock.now_ms())
        }
        Request::Send(batch) => {
            let room = batch.room;
            let cids = batch.items.iter().map(|item| item.cid).collect();
            Response::Sent(room, cids, store.append(person, batch).await)
        }
        Request::Pull { rid, room, range, form } => {
            Response::Pulled(rid, room, store.pull(person, room, range, form).await)
        }
        Request::Upull { rid, after, limit } => {
            Response::Upulled(rid, store.own(person, after, limit).await)
        }
        Request::Mark(room, seq) => Response::Marked(room, store.mark(person, room, seq).await),
        Request::Set(key, value) => {
            let result = store.set(person, key.clone(), value).await;
            Response::ValueSet(key, result)
        }
        Request::Ack(rooms) => {
            if let Err(error) = store.ack(person, rooms).await {
                // The next ack covers this one.
                tracing::debug!(%error, "an ack was not noted");
            }
            Response::Silent
        }
        Request::Digest { since } => Response::Digested(since, store.snapshot(person, since).await),
        Request::Own { after } => {
            Response::OwnRead(store.own(person, after, homing_protocol::limits::UPAGE_EVENTS).await)
        }
        Request::Heads => Response::Heads(store.heads(person, principal.device).await),
        Request::Typing(room) => {
            let departures = app.hub.departures();
            if let Ok(members) = store.audience(room).await
                && members.contains(&person)
            {
                app.hub.announce_typing(room, person, &members, departures);
            }
            Response::Silent
        }
    }
}
