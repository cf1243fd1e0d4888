//! Executes the commands of a handle.

use std::time::Duration;

use homing_protocol::frame::{ClientEph, UserKey};
use homing_protocol::limits::BODY_BYTES;
use homing_protocol::{Cid, ClientFrame, RoomId, Seq};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::SpaceTask;
use super::effects::Effects;
use super::presence::LocalPresence;
use crate::clock::new_cid;
use crate::command::{Command, Reply};
use crate::connection::DesiredState;
use crate::error::Error;
use crate::store::Change;
use crate::sync::own_stream;
use crate::system_event::SystemEvent;
use crate::view::Status;

/// The interval of "is typing"; receivers forget it after 6 s.
const TYPING_EVERY: Duration = Duration::from_secs(3);

impl SpaceTask {
    pub(super) fn execute(&mut self, command: Command, effects: &mut Effects) {
        match command {
            Command::Subscribe { reply } => _ = reply.send(self.subscribe()),
            Command::Send { room, content, reply } => match self.write(room, content, effects) {
                Ok(cid) => effects.reply_when_durable(reply, cid),
                Err(error) => _ = reply.send(Err(error)),
            },
            Command::Retry { cid, reply } => {
                let fresh = self.fresh();
                let retried = self.send_queue.retry(cid, fresh, self.deps.record.user);
                self.requeued(cid, retried, reply, effects);
            }
            Command::Discard { cid, reply } => match self.discard(cid, effects) {
                Ok(()) => effects.reply_when_durable(reply, ()),
                Err(error) => _ = reply.send(Err(error)),
            },
            Command::Outbox { reply } => self.outbox_replies.push(reply),
            Command::Timeline { room, window, limit, reply } => {
                self.timeline(room, window, limit, reply);
            }
            Command::MarkRead { room, seq, reply } => {
                let head = self.rooms.get(&room).map_or(Seq(0), |known| known.row.head);
                let seq = seq.min(head);
                self.reads_again(room, seq, effects);
                self.write_own(room, UserKey::Read(room), seq.0.into(), reply, effects);
            }
            Command::MarkUnread { room, seq, reply } => {
                // What follows the read marker is unread already.
                let value = if seq > self.read_marker(room) { Value::Null } else { seq.0.into() };
                self.write_own(room, UserKey::Unread(room), value, reply, effects);
            }
            Command::SaveDraft { room, text, seen, reply } => {
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
                    effects.changes.push(Change::Own(row));
                    effects.rooms.insert(room);
                }
                effects.reply_when_durable(reply, ());
            }
            Command::Mute { room, mute, reply } => {
                let value = own_stream::mute_value(mute);
                self.write_own(room, UserKey::Mute(room), value, reply, effects);
            }
            Command::Notify { room, level, reply } => {
                let value = level.map_or(Value::Null, |level| json!(level));
                self.write_own(room, own_stream::notify_key(room), value, reply, effects);
            }
            Command::Status { status, reply } => {
                let value = if status == Status::Available { Value::Null } else { json!(status) };
                effects
                    .changes
                    .extend(self.own.write(own_stream::status_key(), value).map(Change::Own));
                effects.reply_when_durable(reply, ());
            }
            Command::Typing { room } => self.typing(room, effects),
            Command::SetVisibleRoom { room } => {
                self.visible_room = room;
                self.backfill.set_visible_room(room);
                self.presence_reporter.changed(Instant::now());
            }
            Command::SetActive { active } => {
                self.active = Some(active);
                self.update_desired(|desired| desired.foreground = active);
                self.presence_reporter.changed(Instant::now());
            }
            Command::AwaitRoom { room, reply } => self.awaited_rooms.push((room, reply)),
            Command::Renamed { name, reply } => {
                self.deps.record.user_name = name;
                effects.changes.push(Change::Record(self.deps.record.clone()));
                effects.reply_when_durable(reply, ());
            }
            Command::TryNow => self.update_desired(|desired| desired.tries += 1),
            Command::Reroute => self.update_desired(|desired| desired.route_changes += 1),
            Command::StayOffline => self.update_desired(|desired| desired.offline = true),
            Command::GoOnline => self.update_desired(|desired| {
                desired.offline = false;
                desired.tries += 1;
            }),
            Command::KeepTrying => {
                self.retry_prompter.silence();
                self.refresh_down_view();
            }
            Command::SystemEvent(event) => self.system_event(event),
            Command::SetPolicy(policy) => {
                self.retry_prompter.set_threshold(policy.ask_after);
                self.refresh_down_view();
                self.update_desired(|desired| desired.policy = Some(policy));
            }
            Command::SetToken { token } => self.update_desired(|desired| {
                desired.token = Some(token);
                desired.tries += 1;
            }),
        }
    }

    fn system_event(&mut self, event: SystemEvent) {
        // The time of the next attempt is shown by the wall clock, which may have jumped.
        self.refresh_down_view();
        self.update_desired(|desired| {
            match event {
                SystemEvent::NetworkDown => desired.no_network = true,
                SystemEvent::NetworkUp | SystemEvent::NetworkChanged => desired.no_network = false,
                SystemEvent::Woke | SystemEvent::ClockJumped { .. } => {}
            }
            if event.is_worth_a_try() {
                desired.system_events += 1;
            }
        });
    }

    fn update_desired(&self, change: impl FnOnce(&mut DesiredState)) {
        self.deps.connection.desired.send_modify(change);
    }

    pub(super) fn fresh(&mut self) -> Cid {
        new_cid(self.deps.clock.now_ms(), &mut self.deps.rng)
    }

    /// Writes a value of the own stream.
    fn write_own(
        &mut self,
        room: RoomId,
        key: UserKey,
        value: Value,
        reply: Reply<Result<(), Error>>,
        effects: &mut Effects,
    ) {
        if let Err(error) = self.known(room) {
            _ = reply.send(Err(error));
            return;
        }
        if let Some(row) = self.own.write(key, value) {
            effects.changes.push(Change::Own(row));
            effects.rooms.insert(room);
        }
        effects.reply_when_durable(reply, ());
    }

    /// The viewer read what they had marked as unread, up to `seq`.
    fn reads_again(&mut self, room: RoomId, seq: Seq, effects: &mut Effects) {
        if self.own.unread(room).is_none_or(|from| seq < from) {
            return;
        }
        let done = seq >= self.read_marker(room);
        let rest = if done { Value::Null } else { seq.next().0.into() };
        if let Some(row) = self.own.write(UserKey::Unread(room), rest) {
            effects.changes.push(Change::Own(row));
            effects.rooms.insert(room);
        }
    }

    fn typing(&mut self, room: RoomId, effects: &mut Effects) {
        let now = Instant::now();
        let lately =
            self.last_typing.is_some_and(|(last, at)| last == room && now - at < TYPING_EVERY);
        if self.online.is_some() && self.rooms.contains_key(&room) && !lately {
            self.last_typing = Some((room, now));
            effects.frames.push(ClientFrame::Eph(ClientEph::Typing { room }));
        }
    }

    /// What the server needs for presence: whether the person is active, and which room is visible.
    /// A person whose status is "away" is not active.
    pub(super) fn local_presence(&self) -> LocalPresence {
        let away = self.own.status() == Status::Away;
        LocalPresence {
            active: self.active.map(|active| active && !away),
            visible_room: self.visible_room,
        }
    }
}
