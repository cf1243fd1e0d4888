//! The protocol state of one connection, without I/O: frames, responses and the time go in,
//! [`Effect`]s come out. Order, limits and close codes are decided here and tested without a
//! socket; `connection` applies the effects.
//!
//! ```text
//!                  hello             response          stop
//!   AwaitingHello ───────► Welcoming ────────► Ready ──────────► Draining
//!     │ no hello             │ replaced         │ violation        │ sends answered
//!     └──────────────────────┴────────┬─────────┴──────────────────┘
//!                                     ▼
//!                                   Ended
//! ```

mod effect;
mod failure;
mod heartbeat;
mod hello;
mod reads;
mod sends;
mod violations;

use std::collections::BTreeMap;
use std::time::Duration;

use homing_protocol::frame::{ClientEph, Pong, Ref, ServerBye, Upage};
use homing_protocol::limits::{KEY_BYTES, VALUE_BYTES};
use homing_protocol::{
    ClientFrame, CloseCode, Decode, ErrorCode, Pos, RoomId, Seq, ServerFrame, Useq,
};
use tokio::time::Instant;

use crate::rate_limit::{Rate, TokenBucket};
use crate::rooms::queue::Due;
use crate::store::{Heads, LogForm, OwnPage, StoreError};
pub use effect::{Closing, Effect, Request, Response, SessionInfo};
use failure::{INTERNAL_RETRY, failure, limited, millis};
pub(super) use failure::{REASON_BYTES, shorten};
use heartbeat::Heartbeat;
use reads::PendingPull;
use sends::InFlightSends;
use violations::Violations;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    AwaitingHello { until: Instant },
    Welcoming,
    Ready,
    Draining { until: Instant },
    Ended,
}

/// The state of one connection.
#[derive(Debug)]
pub struct Session {
    info: SessionInfo,
    phase: Phase,
    /// In which form the client takes logs.
    form: LogForm,
    /// The client's cursors belong to another epoch.
    reset: bool,
    /// The client's cursor in the own stream.
    client_useq: Useq,
    heartbeat: Heartbeat,
    violations: Violations,
    pulls: TokenBucket,
    lossy: TokenBucket,
    others: TokenBucket,
    /// Sends of this connection alone, regardless of the member's other devices.
    sends: TokenBucket,
    sending: InFlightSends,
    pulling: Vec<PendingPull>,
    /// The client has everything up to this position.
    pos: Pos,
    /// The name of the space that the client has.
    space_name: String,
    digest: PendingRead,
    /// The last own event written.
    useq: Useq,
    own: PendingRead,
    heads: HeadsRequests,
    catching_up: Option<CatchingUp>,
}

/// A read that is repeated when due, one at a time.
#[derive(Debug, Default)]
struct PendingRead {
    due: Option<Instant>,
    asked: bool,
    /// The running read is outdated.
    stale: bool,
}

/// Running reads of the heads, and how many of these are outdated.
#[derive(Debug, Default)]
struct HeadsRequests {
    asked: u32,
    stale: u32,
}

/// Rooms of the first digest that were not yet pulled to their head.
#[derive(Debug)]
struct CatchingUp {
    rooms: BTreeMap<RoomId, Seq>,
    quiet: Instant,
}

impl Session {
    /// Starts after the upgrade. `first` is a number in `0..=1` that spreads the first heartbeats
    /// of many connections.
    #[must_use]
    pub fn new(info: SessionInfo, first: f64, now: Instant) -> Self {
        let (timers, rates, limits) = (info.timers, info.rates, info.limits);
        // Twice the burst, because refused items are sent again.
        let alone = Rate::per_second(limits.sends_per_second, limits.send_burst.saturating_mul(2));
        Self {
            phase: Phase::AwaitingHello { until: now + timers.hello_timeout },
            form: LogForm::default(),
            reset: false,
            client_useq: Useq(0),
            heartbeat: Heartbeat::new(timers.heartbeat, timers.pong_timeout, first, now),
            violations: Violations::new(rates.violations),
            pulls: TokenBucket::new(rates.pulls, now),
            lossy: TokenBucket::new(rates.lossy, now),
            others: TokenBucket::new(rates.others, now),
            sends: TokenBucket::new(alone, now),
            sending: InFlightSends::default(),
            pulling: Vec::new(),
            pos: Pos(0),
            space_name: String::new(),
            digest: PendingRead::default(),
            useq: Useq(0),
            own: PendingRead::default(),
            heads: HeadsRequests::default(),
            catching_up: None,
            info,
        }
    }

    /// When [`Session::tick`] has something to do next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::AwaitingHello { until } | Phase::Draining { until } => Some(until),
            Phase::Welcoming | Phase::Ended => None,
            Phase::Ready => [
                Some(self.heartbeat.deadline()),
                self.digest.due.filter(|_| !self.digest.asked),
                self.own.due.filter(|_| !self.own.asked),
                self.catching_up.as_ref().filter(|_| self.pulling.is_empty()).map(|c| c.quiet),
            ]
            .into_iter()
            .flatten()
            .min(),
        }
    }

    /// Handles deadlines that have passed.
    pub fn tick(&mut self, now: Instant) -> Vec<Effect> {
        match self.phase {
            Phase::AwaitingHello { until } if now >= until => {
                return self.close(CloseCode::HELLO_TIMEOUT, "no hello came in time");
            }
            Phase::Draining { until } if now >= until => return self.close_for_shutdown(),
            Phase::Ready => {}
            _ => return Vec::new(),
        }
        let mut effects = Vec::new();
        match self.heartbeat.tick(now) {
            heartbeat::Beat::Idle => {}
            heartbeat::Beat::Ping => effects.push(self.request_heads()),
            heartbeat::Beat::Dead => {
                return self.close(CloseCode::NO_PONG, "no sign of life after a ping");
            }
        }
        if !self.digest.asked && self.digest.due.is_some_and(|due| now >= due) {
            self.digest = PendingRead { due: None, asked: true, stale: false };
            effects.push(Effect::Request(Request::Digest { since: self.pos }));
        }
        if !self.own.asked && self.own.due.is_some_and(|due| now >= due) {
            self.own = PendingRead { due: None, asked: true, stale: false };
            effects.push(Effect::Request(Request::Own { after: self.useq }));
        }
        if self.pulling.is_empty() && self.catching_up.as_ref().is_some_and(|c| now >= c.quiet) {
            self.catching_up = None;
            effects.push(Effect::Send(ServerFrame::CaughtUp));
        }
        effects
    }

    /// Handles what is due: a digest, the own stream, the heads, or a close.
    pub fn due(&mut self, due: Due, now: Instant) -> Vec<Effect> {
        if due.digest {
            let at = now + self.info.timers.digest_delay;
            self.digest.due.get_or_insert(at);
        }
        if due.own {
            self.own.due.get_or_insert(now);
        }
        match due.close {
            Some(code) => self.close(code, code.meaning()),
            None if due.heads && self.phase == Phase::Ready => {
                let at = now + self.info.timers.digest_delay;
                self.digest.due.get_or_insert(at);
                vec![self.request_heads()]
            }
            None => Vec::new(),
        }
    }

    fn request_heads(&mut self) -> Effect {
        self.heads.asked += 1;
        Effect::Request(Request::Heads)
    }

    /// An own event was written, by which the person may have left a room.
    pub fn own_event_written(&mut self, useq: Useq, left: Option<RoomId>) {
        self.useq = self.useq.max(useq);
        if let Some(room) = left {
            self.leave_room(room);
        }
    }

    /// The server stops: reads no more frames, answers sends in flight, then sends `bye`.
    pub fn drain(&mut self, now: Instant) -> Vec<Effect> {
        if matches!(self.phase, Phase::Ended | Phase::Draining { .. }) {
            return Vec::new();
        }
        self.phase = Phase::Draining { until: now + self.info.timers.closing };
        self.close_if_drained()
    }

    /// Whether frames may be read.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        !matches!(self.phase, Phase::Draining { .. } | Phase::Ended)
    }

    /// Everything written so far was handed to the network.
    pub fn flushed(&mut self, now: Instant) {
        self.heartbeat.flushed(now);
    }

    /// Bytes were received.
    pub fn received(&mut self) {
        self.heartbeat.received();
    }

    /// Handles a text message. `may_send` takes items from the member's allowance.
    pub fn text(
        &mut self,
        text: &str,
        now: Instant,
        may_send: impl FnOnce(u32) -> Result<(), Duration>,
    ) -> Vec<Effect> {
        self.received();
        if !self.is_listening() {
            return Vec::new();
        }
        match ClientFrame::decode(text, self.info.limits.frame) {
            Ok(frame) => self.frame(frame, now, may_send),
            Err(error @ Decode::UnknownKind(_)) => {
                self.violate(None, ErrorCode::UnknownFrame, &error.to_string(), now)
            }
            Err(Decode::Nul(about)) => {
                let text = Decode::Nul(None).to_string();
                self.violate(about, ErrorCode::Invalid, &text, now)
            }
            // JSON of a wrong shape is a mistake of the client; anything else is not this protocol.
            Err(error @ Decode::Malformed(_))
                if serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok() =>
            {
                self.violate(None, ErrorCode::Invalid, &error.to_string(), now)
            }
            Err(error @ Decode::TooLong { .. }) => {
                self.protocol_error(ErrorCode::TooLarge, &error.to_string())
            }
            Err(error) => self.protocol_error(ErrorCode::Invalid, &error.to_string()),
        }
    }

    /// Closes the connection for a message that is not a valid text message.
    pub fn protocol_error(&mut self, code: ErrorCode, text: &str) -> Vec<Effect> {
        let mut effects = vec![failure(None, code, None, text)];
        effects.extend(self.close(CloseCode::PROTOCOL_VIOLATION, text));
        effects
    }

    fn frame(
        &mut self,
        frame: ClientFrame,
        now: Instant,
        may_send: impl FnOnce(u32) -> Result<(), Duration>,
    ) -> Vec<Effect> {
        match (self.phase, frame) {
            (Phase::AwaitingHello { .. }, ClientFrame::Hello(hello)) => self.hello(&hello),
            (Phase::Ready, ClientFrame::Send(batch)) => self.send(batch, now, may_send),
            (Phase::Ready, ClientFrame::Pull(pull)) => self.pull(&pull, now),
            (Phase::Ready, ClientFrame::Upull(upull)) => {
                let about = Ref::Rid(upull.rid);
                if let Err(wait) = self.pulls.take(1, now) {
                    return self.limited(Some(about), wait, now);
                }
                vec![Effect::Request(Request::Upull {
                    rid: upull.rid,
                    after: upull.useq,
                    limit: upull.limit,
                })]
            }
            (Phase::Ready, ClientFrame::Mark(mark)) => {
                self.other(Some(Ref::Room(mark.room)), now, Request::Mark(mark.room, mark.seq))
            }
            (Phase::Ready, ClientFrame::Set(set)) if set.key.to_string().len() > KEY_BYTES => {
                let text = format!("a key has at most {KEY_BYTES} bytes");
                self.violate(None, ErrorCode::Invalid, &text, now)
            }
            // Checked here as well as in the store, so that large values don't queue up for it.
            (Phase::Ready, ClientFrame::Set(set)) if set.value.to_string().len() > VALUE_BYTES => {
                let text = format!("a value has at most {VALUE_BYTES} bytes");
                self.too_large(Ref::Key(set.key), &text, now)
            }
            (Phase::Ready, ClientFrame::Set(set)) => {
                self.other(Some(Ref::Key(set.key.clone())), now, Request::Set(set.key, set.value))
            }
            // Lossy frames above the limit are dropped and don't count as violations: too many of
            // them do no harm.
            (Phase::Ready, ClientFrame::Ack(_) | ClientFrame::Eph(_))
                if self.lossy.take(1, now).is_err() =>
            {
                Vec::new()
            }
            (Phase::Ready, ClientFrame::Ack(ack)) => {
                vec![Effect::Request(Request::Ack(ack.rooms.into_iter().collect()))]
            }
            (Phase::Ready, ClientFrame::Eph(eph)) => match eph {
                ClientEph::Typing { room } => vec![Effect::Request(Request::Typing(room))],
                ClientEph::Activity { active } => vec![Effect::Active(active)],
                // Reserved for prioritising pushes. It has no effect yet.
                ClientEph::Looking { .. } => Vec::new(),
            },
            (Phase::Ended | Phase::Draining { .. }, _) => Vec::new(),
            (_, ClientFrame::Ping(ping)) => match self.others.take(1, now) {
                Ok(()) => vec![Effect::Send(ServerFrame::Pong(Pong { n: ping.n }))],
                Err(wait) => self.limited(None, wait, now),
            },
            (_, ClientFrame::Pong(_)) => self.unanswered_frame(now),
            (_, ClientFrame::Bye(_)) => {
                self.phase = Phase::Ended;
                vec![Effect::Close(Closing {
                    code: CloseCode::NORMAL,
                    reason: "goodbye".into(),
                    bye: None,
                })]
            }
            (Phase::AwaitingHello { .. } | Phase::Welcoming, _) => self.protocol_error(
                ErrorCode::Invalid,
                "the first frame must be hello, and be answered",
            ),
            (Phase::Ready, ClientFrame::Hello(_)) => {
                self.protocol_error(ErrorCode::Invalid, "hello was said already")
            }
        }
    }

    /// A message without an answer, such as a pong or a ping of the WebSocket layer. It counts
    /// against the limit because handling it has a cost.
    pub fn unanswered_frame(&mut self, now: Instant) -> Vec<Effect> {
        self.received();
        match self.others.take(1, now) {
            Ok(()) => Vec::new(),
            Err(wait) => self.limited(None, wait, now),
        }
    }

    /// Not a violation, but it costs as much as any other frame.
    fn too_large(&mut self, about: Ref, text: &str, now: Instant) -> Vec<Effect> {
        match self.others.take(1, now) {
            Ok(()) => vec![failure(Some(about), ErrorCode::TooLarge, None, text)],
            Err(wait) => self.limited(Some(about), wait, now),
        }
    }

    fn other(&mut self, about: Option<Ref>, now: Instant, ask: Request) -> Vec<Effect> {
        match self.others.take(1, now) {
            Ok(()) => vec![Effect::Request(ask)],
            Err(wait) => self.limited(about, wait, now),
        }
    }

    /// Handles the response to a request.
    pub fn handle_response(&mut self, answer: Response, now: Instant) -> Vec<Effect> {
        if self.phase == Phase::Ended {
            return Vec::new();
        }
        match answer {
            Response::Dismissed { disabled } => self.dismiss(disabled),
            Response::HelloLimited(wait) => self.hello_limited(wait),
            Response::Hello(result, time) => self.welcome(result, time, now),
            Response::Sent(room, cids, result) => self.sent(room, cids, result, now),
            Response::Pulled(rid, room, result) => self.pulled(rid, room, result, now),
            Response::Upulled(rid, Ok(page)) => {
                let mut effects = self.apply_departures(&page.items);
                effects.push(Effect::Send(ServerFrame::Upage(Upage {
                    rid,
                    events: page.items,
                    upto: page.upto,
                    head: page.head,
                })));
                effects
            }
            Response::Upulled(rid, Err(error)) => self.refused(Ref::Rid(rid), &error, now),
            // The own event reaches every device of the person by the fan-out.
            Response::Marked(_, Ok(_)) | Response::ValueSet(_, Ok(_)) | Response::Silent => {
                Vec::new()
            }
            Response::Marked(room, Err(error)) => self.refused(Ref::Room(room), &error, now),
            Response::ValueSet(key, Err(error)) => self.refused(Ref::Key(key), &error, now),
            Response::Digested(since, result) => self.digested(since, result, now),
            Response::OwnRead(result) => self.own_read(result, now),
            Response::Heads(result) => self.heads_read(result, now),
        }
    }

    fn own_read(&mut self, result: Result<OwnPage, StoreError>, now: Instant) -> Vec<Effect> {
        self.own.asked = false;
        let Ok(page) = result else {
            return self.try_again_later(now, |session| &mut session.own);
        };
        self.useq = self.useq.max(page.upto);
        if page.upto < page.head {
            self.own.due.get_or_insert(now);
        }
        let mut effects = self.apply_departures(&page.items);
        let told = page.items.into_iter().map(|change| Effect::Send(ServerFrame::Uevent(change)));
        effects.extend(told);
        effects
    }

    fn try_again_later(
        &mut self,
        now: Instant,
        which: impl FnOnce(&mut Self) -> &mut PendingRead,
    ) -> Vec<Effect> {
        which(self).due.get_or_insert(now + INTERNAL_RETRY);
        Vec::new()
    }

    fn heads_read(&mut self, result: Result<Heads, StoreError>, now: Instant) -> Vec<Effect> {
        self.heads.asked = self.heads.asked.saturating_sub(1);
        let stale = self.heads.stale > 0;
        self.heads.stale = self.heads.stale.saturating_sub(1);
        let mut heads = BTreeMap::new();
        if let Ok(found) = result {
            if found.gone != Some(false) {
                return self.dismiss(found.gone.is_some());
            }
            if found.useq > self.useq {
                self.own.due.get_or_insert(now);
            }
            if !stale {
                heads.extend(found.rooms);
            }
        }
        if self.phase != Phase::Ready {
            return Vec::new();
        }
        vec![Effect::Send(ServerFrame::Ping(self.heartbeat.ping(heads)))]
    }

    fn dismiss(&mut self, disabled: bool) -> Vec<Effect> {
        if disabled {
            self.close(CloseCode::ACCOUNT_DISABLED, "this account is disabled")
        } else {
            self.close(CloseCode::SIGNED_OUT, "this device was signed out")
        }
    }

    fn limited(&mut self, about: Option<Ref>, wait: Duration, now: Instant) -> Vec<Effect> {
        let mut effects = vec![limited(about, wait)];
        effects.extend(self.count_violation(now));
        effects
    }

    fn violate(
        &mut self,
        about: Option<Ref>,
        code: ErrorCode,
        text: &str,
        now: Instant,
    ) -> Vec<Effect> {
        let mut effects = vec![failure(about, code, None, text)];
        effects.extend(self.count_violation(now));
        effects
    }

    fn count_violation(&mut self, now: Instant) -> Vec<Effect> {
        if self.violations.add(now) {
            self.close(CloseCode::ABUSE, "the limits were broken again and again")
        } else {
            Vec::new()
        }
    }

    fn close_if_drained(&mut self) -> Vec<Effect> {
        match self.phase {
            Phase::Draining { .. } if self.sending.is_empty() => self.close_for_shutdown(),
            _ => Vec::new(),
        }
    }

    fn close_for_shutdown(&mut self) -> Vec<Effect> {
        let timers = self.info.timers;
        self.close_with(
            CloseCode::SHUTDOWN,
            "the server stops",
            Some((timers.retry_after, timers.retry_spread)),
        )
    }

    fn close(&mut self, code: CloseCode, reason: &str) -> Vec<Effect> {
        self.close_with(code, reason, None)
    }

    fn close_with(
        &mut self,
        code: CloseCode,
        reason: &str,
        retry: Option<(Duration, Duration)>,
    ) -> Vec<Effect> {
        if self.phase == Phase::Ended {
            return Vec::new();
        }
        self.phase = Phase::Ended;
        let reason = shorten(reason, REASON_BYTES);
        vec![Effect::Close(Closing {
            code,
            reason: reason.to_owned(),
            bye: Some(ServerBye {
                code: code.0,
                retry_after_ms: retry.map(|(after, _)| millis(after)),
                spread_ms: retry.map(|(_, spread)| millis(spread)),
                reason: reason.to_owned(),
            }),
        })]
    }
}

#[cfg(test)]
mod tests;
