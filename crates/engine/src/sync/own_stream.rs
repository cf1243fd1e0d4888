//! The member's own stream: read markers, drafts, mutes, settings, rooms joined and left. Pure.
//!
//! A value that is written here applies at once, is stored as pending, and is sent on every
//! connection until the server echoes it. The last writer wins, with two exceptions: a read marker
//! only increases, and a draft never overwrites another device's text (see [`super::draft`]).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use homing_protocol::frame::{Mark, Set, Uevent, Upage, Upull, UserKey};
use homing_protocol::limits::UPAGE_EVENTS;
use homing_protocol::{ClientFrame, RequestId, RoomId, Seq, Useq};
use serde::Deserialize as _;
use serde_json::Value;
use tokio::time::Instant;

use super::cursor::PageMismatch;
use super::draft::{DraftOutcome, DraftState};
use crate::store::OwnRow;
use crate::timeouts::{ANSWER, DRAFT_SETTLES, RETRY_AFTER};
use crate::token_bucket::TokenBucket;
use crate::view::{Mute, NotifyLevel, Status};

/// Written values in flight at once; the others follow when these are echoed.
const IN_FLIGHT: usize = 32;
/// The long-term rate of written values. The server accepts 120 frames a minute that are neither
/// messages nor pulls, and receipts and keep-alives are among them.
const PER_SECOND: u32 = 1;
/// Written values that may be sent at once.
const BURST: u32 = 20;
/// The prefix of the settings with what a room notifies of, followed by the room's id.
const NOTIFY: &str = "notify:";
/// The offset of this stream's request ids, which separates them from those of pulls: a high bit
/// that JSON readers can represent.
const RIDS: u64 = 1 << 52;

/// The own stream on this device.
#[derive(Debug, Default)]
pub(crate) struct OwnStream {
    at: Useq,
    head: Useq,
    values: BTreeMap<UserKey, Value>,
    pending: BTreeMap<UserKey, PendingValue>,
    /// What is known about the drafts, besides their text.
    draft_states: BTreeMap<RoomId, DraftState>,
    /// Drafts that were handed to the connection. Their state must be stored before they are sent.
    leaving_drafts: Vec<OwnRow>,
    /// Connected but not caught up: values that an earlier connection delivered may still be
    /// echoed.
    returns: bool,
    asked: Option<OwnPull>,
    next_rid: u64,
    /// The rate limit; `None` without a connection.
    bucket: Option<TokenBucket>,
    not_before: Option<Instant>,
}

/// A pull in flight.
#[derive(Debug, Clone, Copy)]
struct OwnPull {
    rid: RequestId,
    after: Useq,
    /// The deadline for its answer.
    until: Instant,
}

#[derive(Debug, Default)]
struct PendingValue {
    /// The deadline for the echo. After it the value is sent again, which is always harmless.
    in_flight: Option<Instant>,
    not_before: Option<Instant>,
}

impl OwnStream {
    /// Rebuilds the stream from the rows.
    pub(crate) fn new(at: Useq, rows: Vec<OwnRow>) -> Self {
        let mut own = Self { at, head: at, ..Self::default() };
        for row in rows {
            if row.pending {
                own.pending.insert(row.key.clone(), PendingValue::default());
            }
            if let UserKey::Draft(room) = row.key {
                // The row is from an older version or a damaged file: a pending value was written
                // on this device.
                let here = row.pending && !row.value.is_null();
                let state =
                    row.fork.unwrap_or_else(|| DraftState { here, ..DraftState::default() });
                own.draft_states.insert(room, state);
            }
            if !row.value.is_null() || row.pending {
                own.values.insert(row.key, row.value);
            }
        }
        own
    }

    pub(crate) fn at(&self) -> Useq {
        self.at
    }

    /// Whether everything that the server announced has arrived.
    pub(crate) fn is_caught_up(&self) -> bool {
        self.at >= self.head
    }

    pub(crate) fn draft(&self, room: RoomId) -> &str {
        self.values.get(&UserKey::Draft(room)).and_then(Value::as_str).unwrap_or_default()
    }

    /// The text of another device that is offered in this room; empty if there is none.
    pub(crate) fn other_draft(&self, room: RoomId) -> &str {
        self.draft_states.get(&room).map(DraftState::offered).unwrap_or_default()
    }

    pub(crate) fn mute(&self, room: RoomId) -> Mute {
        self.values.get(&UserKey::Mute(room)).map_or(Mute::No, read_mute)
    }

    /// The rooms that are muted for a time, and until when.
    pub(crate) fn muted_for_a_time(&self) -> impl Iterator<Item = (RoomId, i64)> {
        self.values.iter().filter_map(|(key, value)| match (key, read_mute(value)) {
            (UserKey::Mute(room), Mute::Until(time)) => Some((*room, time)),
            _ => None,
        })
    }

    /// What the room notifies of, if it differs from the general setting. An unknown level is
    /// ignored.
    pub(crate) fn notify(&self, room: RoomId) -> Option<NotifyLevel> {
        self.values.get(&notify_key(room)).and_then(|value| NotifyLevel::deserialize(value).ok())
    }

    pub(crate) fn status(&self) -> Status {
        self.values
            .get(&status_key())
            .and_then(|value| Status::deserialize(value).ok())
            .unwrap_or_default()
    }

    pub(crate) fn read(&self, room: RoomId) -> Seq {
        Seq(self.values.get(&UserKey::Read(room)).and_then(Value::as_u64).unwrap_or_default())
    }

    /// From which event on the person marked the room as unread.
    pub(crate) fn unread(&self, room: RoomId) -> Option<Seq> {
        self.values.get(&UserKey::Unread(room)).and_then(Value::as_u64).map(Seq)
    }

    /// Writes a value on this device. Returns the row to store, or `None` if nothing changed.
    pub(crate) fn write(&mut self, key: UserKey, value: Value) -> Option<OwnRow> {
        if self.values.get(&key).unwrap_or(&Value::Null) == &value || self.is_back(&key, &value) {
            return None;
        }
        self.values.insert(key.clone(), value.clone());
        self.pending.entry(key.clone()).or_default();
        Some(self.row(key))
    }

    /// Writes a draft on this device, by a person who had `seen` this text as the draft or as an
    /// offer; empty if none. Returns the row to store, or `None` if nothing changed.
    pub(crate) fn write_draft(
        &mut self,
        room: RoomId,
        text: &str,
        seen: &str,
        now: Instant,
    ) -> Option<OwnRow> {
        let key = UserKey::Draft(room);
        let value = if text.is_empty() { Value::Null } else { text.into() };
        let before = self.row(key.clone());
        let ours = self.values.get(&key).cloned().unwrap_or_default();
        let state = self.draft_states.entry(room).or_default();
        let goes_out = state.written(&value, &ours, seen);
        if goes_out && value != ours {
            self.pending.entry(key.clone()).or_default().not_before = Some(now + DRAFT_SETTLES);
        } else if !goes_out {
            self.pending.remove(&key);
        }
        self.hold(&key, value);
        let row = self.row(key);
        (row != before).then_some(row)
    }

    /// The person sent this message in the room. An offered text that it contains is dropped.
    pub(crate) fn message_committed(&mut self, room: RoomId, text: &str) -> Option<OwnRow> {
        let key = UserKey::Draft(room);
        let ours = self.values.get(&key).unwrap_or(&Value::Null);
        self.draft_states.get_mut(&room)?.said(text, ours).then(|| self.row(key))
    }

    /// The drafts that are about to be sent; their rows must be stored first.
    pub(crate) fn leaving_drafts(&mut self) -> Vec<OwnRow> {
        std::mem::take(&mut self.leaving_drafts)
    }

    /// A connection is up, and this is the stream's head.
    pub(crate) fn online(&mut self, head: Useq, now: Instant) {
        self.offline();
        self.bucket = Some(TokenBucket::new(PER_SECOND, BURST, now));
        self.head = head;
        self.returns = true;
    }

    /// The connection is gone, and what was in flight with it.
    pub(crate) fn offline(&mut self) {
        self.bucket = None;
        self.asked = None;
        self.not_before = None;
        for pending in self.pending.values_mut() {
            pending.in_flight = None;
        }
    }

    /// The server was restored from a backup. Read markers and the server's values are void. Values
    /// that were written here and not echoed are sent again, and so are all drafts that were
    /// written here. Returns the rows to store.
    pub(crate) fn reset(&mut self) -> Vec<OwnRow> {
        self.at = Useq(0);
        self.head = Useq(0);
        self.pending.retain(|key, _| key.is_settable());
        let mut held = Vec::new();
        self.draft_states.retain(|room, state| {
            state.sent = None;
            let key = UserKey::Draft(*room);
            if state.here && self.values.contains_key(&key) {
                self.pending.entry(key.clone()).or_default();
            }
            held.push(key);
            state.here || !state.offered().is_empty()
        });
        let pending = &self.pending;
        self.values.retain(|key, _| pending.contains_key(key));
        held.into_iter().map(|key| self.row(key)).collect()
    }

    /// A digest contained this read marker. Returns the row to store, if it is new.
    pub(crate) fn digest_read(&mut self, room: RoomId, seq: Seq) -> Option<OwnRow> {
        self.take(UserKey::Read(room), seq.0.into())
    }

    /// A change was pushed. Returns the rows to store. If it does not follow the last one, the
    /// stream is pulled instead.
    pub(crate) fn event(&mut self, event: Uevent) -> Vec<OwnRow> {
        self.head = self.head.max(event.useq);
        if event.useq != self.at.next() {
            return Vec::new();
        }
        self.at = event.useq;
        self.take(event.key, event.value).into_iter().collect()
    }

    /// A page was received. Returns the rows to store.
    pub(crate) fn page(&mut self, page: Upage) -> Result<Vec<OwnRow>, PageMismatch> {
        let asked = self.asked.take().filter(|asked| asked.rid == page.rid).ok_or(PageMismatch)?;
        let rising = [asked.after].into_iter().chain(page.events.iter().map(|event| event.useq));
        if page.events.len() > UPAGE_EVENTS as usize
            || !rising.chain([page.upto.next()]).is_sorted_by(|one, next| one < next)
            || page.upto > page.head
        {
            return Err(PageMismatch);
        }
        let advances = page.upto > self.at;
        if !advances && page.head > self.at {
            return Err(PageMismatch);
        }
        self.at = self.at.max(page.upto);
        // A push in the meantime may have raised the head. But a server that has nothing more to
        // send must not be asked forever.
        self.head = if advances { self.head.max(page.head) } else { self.at };
        Ok(page.events.into_iter().filter_map(|event| self.take(event.key, event.value)).collect())
    }

    /// The frames to send now.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<ClientFrame> {
        let (mut frames, mut drafts) = (Vec::new(), Vec::new());
        let Some(bucket) = &mut self.bucket else {
            return frames;
        };
        if self.not_before.is_some_and(|until| now < until) {
            return frames;
        }
        self.not_before = None;
        if self.asked.is_none() && self.at < self.head {
            self.next_rid += 1;
            let rid = RequestId(RIDS + self.next_rid);
            self.asked = Some(OwnPull { rid, after: self.at, until: now + ANSWER });
            frames.push(ClientFrame::Upull(Upull { rid, useq: self.at, limit: UPAGE_EVENTS }));
        }
        // Written values wait until the stream is caught up, because it may settle them.
        if self.at < self.head {
            return frames;
        }
        if std::mem::take(&mut self.returns) {
            // A value that was not echoed was lost with its connection, or has been replaced since.
            self.draft_states.values_mut().for_each(|state| state.sent = None);
        }
        for pending in self.pending.values_mut() {
            pending.in_flight = pending.in_flight.filter(|until| now < *until);
        }
        let mut in_flight = self.pending.values().filter(|own| own.in_flight.is_some()).count();
        for (key, pending) in &mut self.pending {
            let due = pending.not_before.is_none_or(|until| now >= until);
            let on_its_way = pending.in_flight.is_some();
            if on_its_way || !due || in_flight == IN_FLIGHT || bucket.available(now) == 0 {
                continue;
            }
            bucket.take(1);
            pending.in_flight = Some(now + ANSWER);
            pending.not_before = None;
            in_flight += 1;
            let value = self.values.get(key).cloned().unwrap_or_default();
            frames.push(match key {
                UserKey::Read(room) => {
                    let seq = Seq(value.as_u64().unwrap_or_default());
                    ClientFrame::Mark(Mark { room: *room, seq })
                }
                _ => {
                    if let UserKey::Draft(room) = key {
                        self.draft_states.entry(*room).or_default().sent = Some(value.clone());
                        drafts.push(key.clone());
                    }
                    ClientFrame::Set(Set { key: key.clone(), value })
                }
            });
        }
        self.leaving_drafts.extend(drafts.into_iter().map(|key| self.row(key)).collect::<Vec<_>>());
        frames
    }

    /// A large message is in transfer on a slow connection, and an answer may be behind it.
    pub(crate) fn transfer_progress(&mut self, now: Instant) {
        let in_flight = self.pending.values_mut().filter_map(|own| own.in_flight.as_mut());
        let asked = self.asked.as_mut().map(|asked| &mut asked.until);
        in_flight.chain(asked).for_each(|until| *until = (*until).max(now + ANSWER));
    }

    /// The deadline for the answer to the pull in flight.
    pub(crate) fn answer_deadline(&self) -> Option<Instant> {
        self.asked.map(|asked| asked.until)
    }

    /// When to call [`poll`](Self::poll) again, if nothing else happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let bucket = self.bucket.as_ref()?;
        if let Some(until) = self.not_before {
            return Some(until);
        }
        if self.at < self.head {
            return None;
        }
        let in_flight = self.pending.values().filter_map(|pending| pending.in_flight);
        let lost = in_flight.clone().min();
        if in_flight.count() == IN_FLIGHT {
            return lost;
        }
        let waiting = self.pending.values().filter(|pending| pending.in_flight.is_none());
        let due = waiting.map(|pending| pending.not_before.unwrap_or_else(|| bucket.next())).min();
        due.into_iter().chain(lost).min().map(|due| due.max(bucket.next()))
    }

    /// A pull was refused. Nothing happens if it is not this stream's.
    pub(crate) fn refused_pull(
        &mut self,
        rid: RequestId,
        retry_after: Option<Duration>,
        now: Instant,
    ) {
        if self.asked.is_some_and(|asked| asked.rid == rid) {
            self.asked = None;
            self.not_before = Some(now + retry_after.unwrap_or(RETRY_AFTER));
        }
    }

    /// A written value was refused. Returns the row to store if it is given up.
    pub(crate) fn refused(
        &mut self,
        key: &UserKey,
        temporary: bool,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Option<OwnRow> {
        let pending = self.pending.get_mut(key)?;
        if temporary {
            pending.in_flight = None;
            pending.not_before = Some(now + retry_after.unwrap_or(RETRY_AFTER));
            return None;
        }
        self.pending.remove(key);
        if let UserKey::Draft(room) = key
            && let Some(state) = self.draft_states.get_mut(room)
        {
            (state.sent, state.apart) = (None, true);
        }
        Some(self.row(key.clone()))
    }

    /// The rooms of the member, as far as this stream knows.
    pub(crate) fn joined(&self) -> impl Iterator<Item = RoomId> {
        self.values.iter().filter_map(|(key, value)| match key {
            UserKey::Room(room) if !value.is_null() => Some(*room),
            _ => None,
        })
    }

    /// Deletes everything about a room that was left. Returns the rows to store.
    pub(crate) fn forget(&mut self, room: RoomId) -> Vec<OwnRow> {
        let keys = [
            UserKey::Read(room),
            UserKey::Room(room),
            UserKey::Draft(room),
            UserKey::Mute(room),
            UserKey::Unread(room),
            notify_key(room),
        ];
        let state = self.draft_states.remove(&room).map(|_| UserKey::Draft(room));
        let held: BTreeSet<UserKey> =
            keys.into_iter().filter(|key| self.values.remove(key).is_some()).chain(state).collect();
        for key in &held {
            self.pending.remove(key);
        }
        held.into_iter().map(|key| self.row(key)).collect()
    }

    /// A value came from the server.
    fn take(&mut self, key: UserKey, value: Value) -> Option<OwnRow> {
        if let UserKey::Draft(room) = key {
            return self.take_draft(room, value);
        }
        let ours = self.values.get(&key).cloned().unwrap_or_default();
        if let Some(pending) = self.pending.get_mut(&key) {
            let settled = match &key {
                UserKey::Read(_) => value.as_u64() >= ours.as_u64(),
                _ => value == ours,
            };
            if !settled {
                // Our value is newer and is sent, or sent again: the echo is of an older one.
                pending.in_flight = None;
                return None;
            }
            self.pending.remove(&key);
        } else if !matches!(key, UserKey::Room(_)) && (value == ours || self.is_back(&key, &value))
        {
            // But a room that was left is news, however little this device knew about it.
            return None;
        }
        self.hold(&key, value);
        Some(self.row(key))
    }

    /// A draft came from the server.
    fn take_draft(&mut self, room: RoomId, value: Value) -> Option<OwnRow> {
        let key = UserKey::Draft(room);
        let before = self.row(key.clone());
        let ours = self.values.get(&key).cloned().unwrap_or_default();
        let state = self.draft_states.entry(room).or_default();
        match state.received(&value, &ours, before.pending) {
            DraftOutcome::Keep => {
                if let Some(pending) = self.pending.get_mut(&key) {
                    pending.in_flight = None;
                }
            }
            DraftOutcome::Settled => _ = self.pending.remove(&key),
            DraftOutcome::Resend => _ = self.pending.entry(key.clone()).or_default(),
            DraftOutcome::Replace => {
                self.pending.remove(&key);
                self.hold(&key, value);
            }
        }
        let row = self.row(key);
        (row != before).then_some(row)
    }

    fn hold(&mut self, key: &UserKey, value: Value) {
        if value.is_null() && !self.pending.contains_key(key) {
            self.values.remove(key);
        } else {
            self.values.insert(key.clone(), value);
        }
    }

    /// The row of this key, to be stored.
    fn row(&self, key: UserKey) -> OwnRow {
        let value = self.values.get(&key).cloned().unwrap_or_default();
        let pending = self.pending.contains_key(&key);
        let state = match &key {
            UserKey::Draft(room) => {
                self.draft_states.get(room).filter(|state| **state != DraftState::default())
            }
            _ => None,
        };
        OwnRow { fork: state.cloned(), key, value, pending }
    }

    /// Whether a read marker would move back.
    fn is_back(&self, key: &UserKey, value: &Value) -> bool {
        matches!(key, UserKey::Read(_))
            && value.as_u64() <= self.values.get(key).and_then(Value::as_u64)
    }
}

/// The key of what a room notifies of. Other clients need not know it.
pub(crate) fn notify_key(room: RoomId) -> UserKey {
    UserKey::Setting(format!("{NOTIFY}{room}"))
}

/// The room of a [`notify_key`].
pub(crate) fn notify_room(setting: &str) -> Option<RoomId> {
    setting.strip_prefix(NOTIFY)?.parse().ok()
}

/// The key of the person's own status.
pub(crate) fn status_key() -> UserKey {
    UserKey::Setting("status".to_owned())
}

/// A mute as a value of the stream.
pub(crate) fn mute_value(mute: Mute) -> Value {
    match mute {
        Mute::No => Value::Null,
        Mute::Until(time) => time.into(),
        Mute::ForEver => true.into(),
    }
}

/// A value of another form mutes nothing.
fn read_mute(value: &Value) -> Mute {
    match value {
        Value::Bool(true) => Mute::ForEver,
        other => other.as_i64().map_or(Mute::No, Mute::Until),
    }
}

#[cfg(test)]
mod tests;
