//! What a handle's request means here.

use std::time::Duration;

use homing_protocol::event::Content;
use homing_protocol::frame::{ClientEph, UserKey};
use homing_protocol::limits::BODY_BYTES;
use homing_protocol::text::is_visible;
use homing_protocol::{Cid, ClientFrame, RoomId, Seq, UserId};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Space;
use super::announcer::Whereabouts;
use super::step::Step;
use crate::clock::new_cid;
use crate::disturbance::Disturbance;
use crate::error::Error;
use crate::event::Diff;
use crate::input::{Input, Reply};
use crate::link::Wish;
use crate::outbox::item::{self, OutboxItem};
use crate::store::Change;
use crate::sync::own;
use crate::view::Status;

/// "Is writing" is told at most this often; the others forget it after 6 s.
const TYPING_EVERY: Duration = Duration::from_secs(3);

impl Space {
    pub(super) fn request(&mut self, input: Input, step: &mut Step) {
        match input {
            Input::Watch { reply } => _ = reply.send(self.watch()),
            Input::Send { room, text, mentions, reply } => {
                match self.enqueue(room, &text, &mentions, step) {
                    Ok(cid) => step.then(reply, cid),
                    Err(error) => _ = reply.send(Err(error)),
                }
            }
            Input::Retry { cid, reply } => {
                let fresh = self.fresh();
                let retried = self.worker.retry(cid, fresh);
                self.requeued(cid, retried, reply, step);
            }
            Input::Edit { cid, text, mentions, reply } => {
                let fresh = self.fresh();
                let edited =
                    self.body(&text, &mentions).and_then(|body| self.worker.edit(cid, fresh, body));
                self.requeued(cid, edited, reply, step);
            }
            Input::Discard { cid, reply } => match self.worker.discard(cid) {
                Ok(item) => {
                    self.forgotten(item.room, cid, step);
                    step.then(reply, ());
                }
                Err(error) => _ = reply.send(Err(error)),
            },
            Input::Outbox { reply } => self.asked.push(reply),
            Input::Timeline { room, window, limit, reply } => {
                self.timeline(room, window, limit, reply);
            }
            Input::Read { room, seq, reply } => {
                let head = self.rooms.get(&room).map_or(Seq(0), |known| known.row.head);
                self.write(room, UserKey::Read(room), seq.min(head).0.into(), reply, step);
            }
            Input::Draft { room, text, seen, reply } => {
                let length = text.len();
                if length > BODY_BYTES {
                    _ = reply.send(Err(Error::TooLarge { length, limit: BODY_BYTES }));
                    return;
                }
                if text.contains('\0') {
                    _ = reply.send(Err(Error::HoldsNul));
                    return;
                }
                if let Err(error) = self.known(room) {
                    _ = reply.send(Err(error));
                    return;
                }
                if let Some(row) = self.own.write_draft(room, &text, &seen, Instant::now()) {
                    step.changes.push(Change::Own(row));
                    step.rooms.insert(room);
                }
                step.then(reply, ());
            }
            Input::Mute { room, mute, reply } => {
                self.write(room, UserKey::Mute(room), own::mute_value(mute), reply, step);
            }
            Input::Notify { room, level, reply } => {
                let value = level.map_or(Value::Null, |level| json!(level));
                self.write(room, own::notify_key(room), value, reply, step);
            }
            Input::Status { status, reply } => {
                let value = if status == Status::Available { Value::Null } else { json!(status) };
                step.changes.extend(self.own.write(own::status_key(), value).map(Change::Own));
                step.then(reply, ());
            }
            Input::Typing { room } => self.typing(room, step),
            Input::Look { room } => {
                self.looking = room;
                self.backfill.look(room);
                self.announcer.changed(Instant::now());
            }
            Input::Activity { active } => {
                self.active = Some(active);
                self.wish(|wish| wish.foreground = active);
                self.announcer.changed(Instant::now());
            }
            Input::AwaitRoom { room, reply } => self.announced.push((room, reply)),
            Input::Renamed { name, reply } => {
                self.ground.record.user_name = name;
                step.changes.push(Change::Record(self.ground.record.clone()));
                step.then(reply, ());
            }
            Input::TryNow => self.wish(|wish| wish.tries += 1),
            Input::Reroute => self.wish(|wish| wish.routes += 1),
            Input::StayOffline => self.wish(|wish| wish.offline = true),
            Input::GoOnline => self.wish(|wish| {
                wish.offline = false;
                wish.tries += 1;
            }),
            Input::KeepTrying => {
                self.asking.quiet();
                self.redraw();
            }
            Input::Disturbed(disturbance) => self.disturbed(disturbance),
            Input::Patience(patience) => {
                self.asking.after(patience.ask_after);
                self.redraw();
                self.wish(|wish| wish.patience = Some(patience));
            }
            Input::Token { token } => self.wish(|wish| {
                wish.token = Some(token);
                wish.tries += 1;
            }),
        }
    }

    fn disturbed(&mut self, disturbance: Disturbance) {
        // The time of the next try is told by the wall clock, which may have jumped.
        self.redraw();
        self.wish(|wish| {
            match disturbance {
                Disturbance::NetworkDown => wish.no_network = true,
                Disturbance::NetworkUp | Disturbance::NetworkChanged => wish.no_network = false,
                Disturbance::Woke | Disturbance::ClockJumped { .. } => {}
            }
            if disturbance.is_worth_a_try() {
                wish.disturbances += 1;
            }
        });
    }

    fn wish(&self, change: impl FnOnce(&mut Wish)) {
        self.ground.steering.wish.send_modify(change);
    }

    fn fresh(&mut self) -> Cid {
        new_cid(self.ground.clock.now_ms(), &mut self.ground.rng)
    }

    /// The body of a message, if it can be one.
    fn body(&self, text: &str, mentions: &[UserId]) -> Result<Value, Error> {
        if !is_visible(text) {
            return Err(Error::Empty);
        }
        if text.contains('\0') {
            return Err(Error::HoldsNul);
        }
        let body = item::body(text, mentions);
        let length = body.to_string().len();
        let limit = self.online.as_ref().map_or(BODY_BYTES, |online| online.limits.body);
        if length > limit { Err(Error::TooLarge { length, limit }) } else { Ok(body) }
    }

    fn enqueue(
        &mut self,
        room: RoomId,
        text: &str,
        mentions: &[UserId],
        step: &mut Step,
    ) -> Result<Cid, Error> {
        let body = self.body(text, mentions)?;
        self.known(room)?;
        let (cid, ts) = (self.fresh(), self.ground.clock.now_ms());
        let item = self.worker.enqueue(room, cid, Content::MESSAGE, body, ts);
        self.queued(item, step);
        Ok(cid)
    }

    /// An item is in the queue, as new or as changed.
    fn queued(&mut self, item: OutboxItem, step: &mut Step) {
        let sending = self.worker.is_sending(&item);
        step.item(item.room, item.to_view(self.ground.record.user, sending));
        step.changes.push(Change::Outbox(item));
        step.outbox = true;
    }

    fn forgotten(&mut self, room: RoomId, cid: Cid, step: &mut Step) {
        step.changes.push(Change::OutboxGone(cid));
        step.diffs.push(Diff::ItemsGone { room, keys: vec![cid.to_string()] });
        step.outbox = true;
    }

    fn requeued(
        &mut self,
        old: Cid,
        item: Result<OutboxItem, Error>,
        reply: Reply<Result<Cid, Error>>,
        step: &mut Step,
    ) {
        match item {
            Ok(item) => {
                let cid = item.cid;
                if cid != old {
                    self.forgotten(item.room, old, step);
                }
                self.queued(item, step);
                step.then(reply, cid);
            }
            Err(error) => _ = reply.send(Err(error)),
        }
    }

    /// Writes a value of the own stream.
    fn write(
        &mut self,
        room: RoomId,
        key: UserKey,
        value: Value,
        reply: Reply<Result<(), Error>>,
        step: &mut Step,
    ) {
        if let Err(error) = self.known(room) {
            _ = reply.send(Err(error));
            return;
        }
        if let Some(row) = self.own.write(key, value) {
            step.changes.push(Change::Own(row));
            step.rooms.insert(room);
        }
        step.then(reply, ());
    }

    fn typing(&mut self, room: RoomId, step: &mut Step) {
        let now = Instant::now();
        let lately = self.typed.is_some_and(|(last, at)| last == room && now - at < TYPING_EVERY);
        if self.online.is_some() && self.rooms.contains_key(&room) && !lately {
            self.typed = Some((room, now));
            step.frames.push(ClientFrame::Eph(ClientEph::Typing { room }));
        }
    }

    /// What the server can't know by itself: whether the person is there, and where they look. Who
    /// says that they are away is.
    pub(super) fn whereabouts(&self) -> Whereabouts {
        let away = self.own.status() == Status::Away;
        Whereabouts { active: self.active.map(|active| active && !away), looking: self.looking }
    }
}
