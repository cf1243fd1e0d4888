//! The task that owns one socket: it carries frames to the [`Session`] and effects to the world.
//!
//! One `select!`, one private event enum, one timer. Reading stops while too much is unanswered or
//! unwritten, so a client can make the server hold only so much for it.

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

use super::session::{About, Answer, Ask, Closing, Effect, REASON_BYTES, Session, shorten};
use crate::app::App;
use crate::clock::fraction;
use crate::life::Life;
use crate::rooms::hub::Subscriber;
use crate::rooms::queue::{About as Pushed, Due};
use crate::store::Standing;

/// Questions to the store that may be unanswered before reading stops. Above what an honest client
/// has in flight: 32 sends and a few pulls.
const ASKED: usize = 48;
/// Bytes of frames whose questions may be unanswered before reading stops: two of the largest. What is
/// read from a frame can take a hundred times its length in memory.
const ASKED_BYTES: usize = 512 * 1024;
/// Bytes of answers that may be unwritten before reading stops.
const UNWRITTEN: usize = 1024 * 1024;
/// A message that takes longer to read than this is answered by a sign of life, and again after so
/// long while its bytes still come: whoever sent it can't see how much of it has arrived. Half of the
/// least that a person may have their client wait for an answer.
const SIGN_EVERY: Duration = Duration::from_millis(500);

enum Event {
    Heard(Option<Result<Message, axum::Error>>),
    /// Bytes came that do not make a message yet.
    Travelling,
    Wrote(Result<(), axum::Error>),
    Answered(usize, Answer),
    Pushed,
    Deadline,
    Stop,
}

/// What the socket should be polled for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Nothing,
    Next,
    Flush,
}

struct Conn {
    app: Arc<App>,
    socket: WebSocket,
    life: Life,
    session: Session,
    standing: Standing,
    id: SessionId,
    subscriber: Option<Arc<Subscriber>>,
    live: bool,
    asked: FuturesUnordered<BoxFuture<'static, (usize, Answer)>>,
    /// Bytes of the frames that they are about.
    asked_bytes: usize,
    answers: VecDeque<Utf8Bytes>,
    unwritten: usize,
    /// Written to the socket's buffer and not flushed.
    unflushed: bool,
    /// Since when writing makes no progress.
    stalled: Option<Instant>,
    closing: Option<Closing>,
    /// The client has sent its close frame, which the library answers.
    left: bool,
    /// Read next, so that neither direction starves the other.
    read_first: bool,
    /// When the message that is being read began, or was last answered by a sign of life.
    begun: Option<Instant>,
    /// A sign of life is to be given.
    sign: bool,
}

/// Serves a connection until it ends.
pub(crate) async fn run(
    app: Arc<App>,
    socket: WebSocket,
    life: Life,
    standing: Standing,
    stop: CancellationToken,
) {
    let id = SessionId(app.new_id());
    let about = About {
        person: standing.person,
        device: standing.device,
        session: id,
        space: app.space,
        epoch: app.epoch,
        limits: app.config.limits,
        rates: app.config.rates,
        timers: app.config.timers,
    };
    let first = fraction(&*app.config.random);
    let mut conn = Conn {
        session: Session::new(about, first, Instant::now()),
        app,
        socket,
        life,
        standing,
        id,
        subscriber: None,
        live: false,
        asked: FuturesUnordered::new(),
        asked_bytes: 0,
        answers: VecDeque::new(),
        unwritten: 0,
        unflushed: false,
        stalled: None,
        closing: None,
        left: false,
        read_first: true,
        begun: None,
        sign: false,
    };
    if conn.standing.gone {
        let code = CloseCode::ACCOUNT_DISABLED;
        let due = Due { close: Some(code), ..Due::default() };
        let effects = conn.session.due(due, Instant::now());
        conn.carry_out(effects, 0);
    }
    let ended = conn.converse(&stop).await;
    if let Some(subscriber) = conn.subscriber.take() {
        conn.app.hub.detach(&subscriber);
    }
    tracing::info!(session = %id, code = ended.map(|code| code.0), "connection ended");
    conn.say_goodbye(ended).await;
}

impl Conn {
    /// Until it is decided how the connection ends. None: it was cut.
    async fn converse(&mut self, stop: &CancellationToken) -> Option<CloseCode> {
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
            // A large frame leaves in many parts.
            let stalled = self.stalled.map(|at| at.max(self.life.written()));
            let slow = stalled.map(|at| at + self.app.config.timers.slow_consumer);
            let deadline = [self.session.deadline(), slow].into_iter().flatten().min();
            let reading = self.is_reading();
            // In this order nothing waits for ever: the first three are few, and who floods the
            // socket delays nobody's pushes but their own.
            let event = tokio::select! {
                biased;
                () = stop.cancelled(), if !stopping => Event::Stop,
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    Event::Deadline
                }
                Some((bytes, answer)) = self.asked.next(), if !self.asked.is_empty() => {
                    Event::Answered(bytes, answer)
                }
                event = socket_event(&mut self.socket, &self.life, reading, writing, self.read_first) => {
                    event
                }
                () = pushed(self.subscriber.as_deref(), self.live && self.closing.is_none()) => {
                    Event::Pushed
                }
            };
            let now = Instant::now();
            let heard = match &event {
                Event::Heard(Some(Ok(Message::Text(text)))) => text.len(),
                _ => 0,
            };
            let effects = match event {
                Event::Heard(None) => return None,
                Event::Travelling => {
                    self.travelling(now);
                    Vec::new()
                }
                Event::Heard(Some(heard)) => {
                    (self.read_first, self.begun) = (false, None);
                    match self.hear(heard, now) {
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
                        self.session.left(now);
                    } else if self.write_next().is_err() {
                        return None;
                    }
                    Vec::new()
                }
                Event::Answered(bytes, answer) => {
                    self.asked_bytes -= bytes;
                    self.session.answer(answer, now)
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
            self.carry_out(effects, heard);
        }
    }

    fn hear(&mut self, heard: Result<Message, axum::Error>, now: Instant) -> Option<Vec<Effect>> {
        let (app, person) = (&self.app, self.standing.person);
        Some(match heard {
            Ok(Message::Text(text)) => {
                self.session.text(&text, now, |items| app.hub.may_send(person, items, now))
            }
            Ok(Message::Binary(_)) => {
                self.session.break_off(ErrorCode::Invalid, "frames are text, this was binary")
            }
            Ok(Message::Ping(_) | Message::Pong(_)) => self.session.idle_talk(now),
            Ok(Message::Close(_)) => {
                self.left = true;
                return None;
            }
            // Too large for the buffer, no UTF-8, or broken framing. If the connection is simply
            // gone, saying so fails, which ends it as well.
            Err(error) => {
                let text = format!("unreadable message: {error}");
                let code = match error.into_inner().downcast_ref::<tungstenite::Error>() {
                    Some(tungstenite::Error::Capacity(_)) => ErrorCode::TooLarge,
                    _ => ErrorCode::Invalid,
                };
                self.session.break_off(code, &text)
            }
        })
    }

    fn travelling(&mut self, now: Instant) {
        self.session.heard();
        let begun = self.begun.get_or_insert(now);
        if now >= *begun + SIGN_EVERY {
            (*begun, self.sign) = (now, true);
        }
    }

    fn is_reading(&self) -> bool {
        self.closing.is_none()
            && self.session.is_listening()
            && self.asked.len() < ASKED
            && self.asked_bytes < ASKED_BYTES
            && self.unwritten < UNWRITTEN
    }

    fn writing(&self) -> Writing {
        let pushed = || {
            self.live
                && self.closing.is_none()
                && self.subscriber.as_ref().is_some_and(|subscriber| subscriber.has_frames())
        };
        if self.sign || !self.answers.is_empty() || pushed() {
            Writing::Next
        } else if self.unflushed {
            Writing::Flush
        } else {
            Writing::Nothing
        }
    }

    /// The socket takes one more: answers first, then what was pushed and is not known by an answer.
    fn write_next(&mut self) -> Result<(), axum::Error> {
        if std::mem::take(&mut self.sign) {
            self.unflushed = true;
            return self.socket.start_send_unpin(Message::Pong(Bytes::new()));
        }
        let text = if let Some(text) = self.answers.pop_front() {
            self.unwritten -= text.len();
            text
        } else if let Some((text, about)) =
            self.subscriber.as_ref().and_then(|waiting| waiting.pop())
        {
            match about {
                Pushed::Event(event) if self.session.answers_for(&event) => return Ok(()),
                Pushed::Own(own) => self.session.wrote_own(own.useq, own.left),
                Pushed::Event(_) | Pushed::Else => {}
            }
            text
        } else {
            return Ok(());
        };
        self.unflushed = true;
        self.socket.start_send_unpin(Message::Text(text))
    }

    fn say(&mut self, frame: &ServerFrame) {
        if matches!(frame, ServerFrame::Err(failure) if failure.code == ErrorCode::RateLimited) {
            self.app.metrics.limited.fetch_add(1, Ordering::Relaxed);
        }
        let text = Utf8Bytes::from(frame.encode());
        self.unwritten += text.len();
        self.answers.push_back(text);
    }

    /// Does what follows from a frame of so many bytes, or from anything else.
    fn carry_out(&mut self, effects: Vec<Effect>, heard: usize) {
        for effect in effects {
            match effect {
                Effect::Say(frame) => self.say(&frame),
                Effect::Ask(ask) => self.ask(ask, heard),
                Effect::GoLive => {
                    self.live = true;
                    for frame in self.app.hub.everybody() {
                        self.say(&frame);
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
                        self.say(&frame);
                    }
                    self.closing = Some(closing);
                }
            }
        }
    }

    fn ask(&mut self, ask: Ask, bytes: usize) {
        if matches!(ask, Ask::Greet { .. }) && self.subscriber.is_none() {
            let device = self.standing.device;
            if let Err(wait) = self.app.hub.may_greet(device, Instant::now()) {
                self.asked.push(Box::pin(async move { (0, Answer::HelloLimited(wait)) }));
                return;
            }
            // First attach, then read: what is committed in between comes by the queue.
            let subscriber = self.app.hub.attach(self.standing.person, device, self.id);
            self.subscriber = Some(subscriber);
        }
        let (app, standing) = (self.app.clone(), self.standing.clone());
        self.asked_bytes += bytes;
        self.asked.push(Box::pin(async move { (bytes, perform(app, standing, ask).await) }));
    }

    /// Sends the close frame and waits for its answer, each for a bounded time. Unread bytes are
    /// read and dropped meanwhile: closing over them would reset the connection, and the client
    /// would never see why.
    async fn say_goodbye(mut self, ended: Option<CloseCode>) {
        let Some(code) = ended else {
            if self.left {
                self.answer_goodbye().await;
            }
            return;
        };
        let reason =
            self.closing.map_or_else(|| code.meaning().to_owned(), |closing| closing.reason);
        let frame = CloseFrame { code: code.0, reason: shorten(&reason, REASON_BYTES).into() };
        let goodbye = async {
            if self.socket.send(Message::Close(Some(frame))).await.is_err() {
                return;
            }
            while let Some(Ok(message)) = self.socket.recv().await {
                if matches!(message, Message::Close(_)) {
                    return;
                }
            }
        };
        let patience = self.app.config.timers.closing;
        // A peer that does not answer has had its time.
        let _answered = tokio::time::timeout(patience, goodbye).await;
    }

    /// Lets the answer to the client's close frame leave: without it, who left cleanly would see a
    /// connection that was cut.
    async fn answer_goodbye(mut self) {
        let answer = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        _ = tokio::time::timeout(self.app.config.timers.closing, answer).await;
    }
}

async fn socket_event(
    socket: &mut WebSocket,
    life: &Life,
    reading: bool,
    writing: Writing,
    read_first: bool,
) -> Event {
    poll_fn(|cx| {
        let read = |socket: &mut WebSocket, cx: &mut std::task::Context<'_>| {
            if !reading {
                return Poll::Pending;
            }
            let before = life.read();
            match socket.poll_next_unpin(cx) {
                Poll::Ready(heard) => Poll::Ready(Event::Heard(heard)),
                Poll::Pending if life.read() > before => Poll::Ready(Event::Travelling),
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

/// Until the fan-out wants something: a frame to write once nothing else is, or something due.
async fn pushed(subscriber: Option<&Subscriber>, live: bool) {
    match subscriber {
        Some(subscriber) if live => {
            if !subscriber.has_due() {
                subscriber.pushed().await;
            }
        }
        // Before the welcome only a verdict matters, and the hello timeout bounds the wait.
        _ => std::future::pending().await,
    }
}

async fn perform(app: Arc<App>, standing: Standing, ask: Ask) -> Answer {
    let (store, person) = (&app.store, standing.person);
    match ask {
        Ask::Greet { since } => {
            if let Err(error) = store.touch(standing.device).await {
                // Only "last seen" is lost; reading goes on when writing does not.
                tracing::debug!(%error, "a device's visit was not noted");
            }
            // The token was good when the socket was opened. Who was sent away between that and the
            // attaching was told by nobody.
            match store.vitals(person, standing.device).await {
                Ok(vitals) if vitals.gone != Some(false) => {
                    return Answer::Unwelcome { disabled: vitals.gone.is_some() };
                }
                _ => {}
            }
            let result = store.snapshot(person, since).await;
            Answer::Greeted(result, app.clock.now_ms())
        }
        Ask::Send(batch) => {
            let room = batch.room;
            let cids = batch.items.iter().map(|item| item.cid).collect();
            Answer::Sent(room, cids, store.append(person, batch).await)
        }
        Ask::Pull { rid, room, range } => {
            Answer::Pulled(rid, room, store.pull(person, room, range).await)
        }
        Ask::Upull { rid, after, limit } => {
            Answer::Upulled(rid, store.own(person, after, limit).await)
        }
        Ask::Mark(room, seq) => Answer::Marked(room, store.mark(person, room, seq).await),
        Ask::Set(key, value) => {
            let result = store.set(person, key.clone(), value).await;
            Answer::WasSet(key, result)
        }
        Ask::Ack(rooms) => {
            if let Err(error) = store.ack(person, rooms).await {
                // The next ack says the same and more.
                tracing::debug!(%error, "an ack was not noted");
            }
            Answer::Silent
        }
        Ask::Digest { since } => Answer::Digested(since, store.snapshot(person, since).await),
        Ask::Own { after } => {
            Answer::OwnRead(store.own(person, after, homing_protocol::limits::UPAGE_EVENTS).await)
        }
        Ask::Vitals => Answer::Lively(store.vitals(person, standing.device).await),
        Ask::Typing(room) => {
            let departures = app.hub.departures();
            if let Ok(members) = store.audience(room).await
                && members.contains(&person)
            {
                app.hub.tell_typing(room, person, &members, departures);
            }
            Answer::Silent
        }
    }
}
