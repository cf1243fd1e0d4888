//! The send queue: what to send when. Pure.
//!
//! Within a room the order is first in, first out: one batch is in flight, and the next one is sent
//! when the server has answered it. Rooms do not wait for each other. A temporary error pauses. A
//! permanent error wedges the item that it names and nothing else. An error that names nothing is
//! attributed by trial: what is still unanswered after a while is sent again item by item, until
//! the culprit is alone.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::text::contains_nul;
use homing_protocol::{Body, Cid, Content, ErrorCode, Limits, MessageRef, RoomId, UserId};
use tokio::time::Instant;

use super::item::{OutboxItem, OutboxState};
use crate::error::Error;
use crate::timeouts::{ANSWER, RETRY_AFTER, UNATTRIBUTED_ERROR};
use crate::token_bucket::TokenBucket;
use crate::view::{OutboxCount, WedgeReason};

mod give_back;

/// Bytes of a `send` frame around its items, and of an item around its kind and body; a generous
/// estimate.
const ENVELOPE: usize = 256;

/// The maximum of a batch, except for its first item. A batch that is cut off is sent again as a
/// whole. A connection of 2 kB/s carries this in 16 s, and a fast one carries ten per second around
/// half the world.
const BATCH: usize = 32 * 1024;
/// The maximum in flight, except for the first batch, for the same reason.
const IN_FLIGHT: usize = 2 * BATCH;

/// A batch to send now.
#[derive(Debug, PartialEq)]
pub(crate) struct SendBatch {
    pub(crate) room: RoomId,
    /// In order. Items that were never handed to a connection become [`OutboxState::Offered`],
    /// which must be durable before the frame is sent.
    pub(crate) items: Vec<OutboxItem>,
}

/// The queue of one engine.
#[derive(Debug)]
pub(crate) struct SendQueue {
    items: BTreeMap<u64, OutboxItem>,
    by_cid: BTreeMap<Cid, u64>,
    /// By message, the positions of the items that change it.
    changes: BTreeMap<MessageRef, BTreeSet<u64>>,
    /// By room, the positions of all items that are not wedged.
    waiting: BTreeMap<RoomId, BTreeSet<u64>>,
    in_flight: BTreeMap<RoomId, InFlight>,
    /// Rooms with an unattributed permanent error. They send one item at a time until the culprit
    /// is found.
    one_at_a_time: BTreeSet<RoomId>,
    paused: BTreeMap<RoomId, Instant>,
    /// The server's rate limit is per person and not per room.
    all_paused: Option<Instant>,
    next_place: u64,
    /// The positions of the items that wait for their message.
    deferred: BTreeSet<u64>,
    /// Nothing is sent, see [`hold`](Self::hold).
    held: bool,
    /// Up to which place deferred items were tried again.
    retried: u64,
    connection: Option<ConnectionLimits>,
}

/// The server never answered a batch.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no response to a message for {} s", ANSWER.as_secs())]
pub(crate) struct Unanswered;

/// A batch in flight.
#[derive(Debug)]
struct InFlight {
    cids: BTreeSet<Cid>,
    bytes: usize,
    /// The deadline for its answer.
    until: Instant,
    unattributed: Option<UnattributedError>,
}

/// An error that names no item, and may be about this batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UnattributedError {
    Temporary,
    Permanent,
}

/// The limits of the current connection.
#[derive(Debug)]
struct ConnectionLimits {
    limits: Limits,
    bucket: TokenBucket,
}

impl SendQueue {
    /// Rebuilds the queue from the rows.
    pub(crate) fn new(rows: Vec<OutboxItem>) -> Self {
        let next_place = rows.iter().map(|item| item.place + 1).max().unwrap_or(1);
        let mut queue = Self {
            items: BTreeMap::new(),
            by_cid: BTreeMap::new(),
            changes: BTreeMap::new(),
            waiting: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            one_at_a_time: BTreeSet::new(),
            paused: BTreeMap::new(),
            all_paused: None,
            next_place,
            deferred: BTreeSet::new(),
            held: false,
            retried: 0,
            connection: None,
        };
        for item in rows {
            queue.put(item);
        }
        queue
    }

    /// A connection is up: everything may be sent, also what an earlier connection may have
    /// delivered.
    pub(crate) fn online(&mut self, limits: Limits, now: Instant) {
        self.offline();
        // No larger frame can be written, and limits of zero would mean that nothing is ever sent.
        let limits = Limits {
            frame: limits.frame.min(FRAME_BYTES),
            items: limits.items.max(1),
            in_flight: limits.in_flight.max(1),
            ..limits
        };
        let bucket = TokenBucket::new(limits.sends_per_second, limits.send_burst, now);
        self.connection = Some(ConnectionLimits { limits, bucket });
    }

    /// The connection is gone, so nothing in flight will be answered. Returns the items that were
    /// shown as being sent.
    pub(crate) fn offline(&mut self) -> Vec<OutboxItem> {
        self.connection = None;
        self.one_at_a_time.clear();
        self.paused.clear();
        self.all_paused = None;
        let in_flight = std::mem::take(&mut self.in_flight);
        let cids = in_flight.values().flat_map(|in_flight| &in_flight.cids);
        cids.filter_map(|cid| self.get(*cid).cloned()).collect()
    }

    /// Adds a message.
    pub(crate) fn enqueue(
        &mut self,
        room: RoomId,
        cid: Cid,
        kind: &str,
        body: Body,
        ts: i64,
    ) -> OutboxItem {
        let place = self.next_place;
        self.next_place += 1;
        let item = OutboxItem {
            place,
            room,
            cid,
            kind: kind.to_owned(),
            body,
            ts,
            state: OutboxState::Queued,
            given_back: None,
        };
        self.put(item.clone());
        item
    }

    /// All items, in the order of writing.
    pub(crate) fn items(&self) -> impl Iterator<Item = &OutboxItem> {
        self.items.values()
    }

    pub(crate) fn count(&self) -> OutboxCount {
        let waiting = self.waiting.values().map(BTreeSet::len).sum::<usize>();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let wedged = self.items.len() - waiting - self.deferred.len();
        OutboxCount { waiting: number(waiting), wedged: number(wedged) }
    }

    pub(crate) fn get(&self, cid: Cid) -> Option<&OutboxItem> {
        self.by_cid.get(&cid).and_then(|place| self.items.get(place))
    }

    /// The items that change a message, in the order of writing.
    pub(crate) fn changes(&self, message: MessageRef) -> impl Iterator<Item = &OutboxItem> {
        let places = self.changes.get(&message).into_iter().flatten();
        places.filter_map(|place| self.items.get(place))
    }

    /// Whether the item is in flight.
    pub(crate) fn is_sending(&self, item: &OutboxItem) -> bool {
        self.in_flight.get(&item.room).is_some_and(|in_flight| in_flight.cids.contains(&item.cid))
    }

    /// The batches to send now.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<SendBatch> {
        let Some(connection) = &mut self.connection else {
            return Vec::new();
        };
        if self.held || self.all_paused.is_some_and(|until| now < until) {
            return Vec::new();
        }
        self.all_paused = None;
        self.paused.retain(|_, until| now < *until);
        // The room whose first item has waited longest goes first.
        let mut rooms: Vec<(u64, RoomId)> = self
            .waiting
            .iter()
            .filter(|(room, _)| {
                !self.in_flight.contains_key(room) && !self.paused.contains_key(room)
            })
            .filter_map(|(room, places)| Some((*places.first()?, *room)))
            .collect();
        rooms.sort_unstable();
        let mut batches = Vec::new();
        for (_, room) in rooms {
            let most = connection.limits.items.min(connection.bucket.available(now));
            if most == 0 || is_full(&self.in_flight, &connection.limits) {
                break;
            }
            let most = if self.one_at_a_time.contains(&room) { 1 } else { most };
            let places = self.waiting.get(&room).into_iter().flatten();
            let mut bytes = ENVELOPE;
            let mut items = Vec::new();
            for place in places.take(most) {
                let Some(item) = self.items.get_mut(place) else {
                    continue;
                };
                let more = ENVELOPE + item.body.as_json().len();
                if bytes + more > connection.limits.frame.min(BATCH) && !items.is_empty() {
                    break;
                }
                bytes += more;
                item.state = OutboxState::Offered;
                items.push(item.clone());
            }
            connection.bucket.take(items.len());
            let cids = items.iter().map(|item| item.cid).collect();
            self.in_flight
                .insert(room, InFlight { cids, bytes, until: now + ANSWER, unattributed: None });
            batches.push(SendBatch { room, items });
        }
        batches
    }

    /// A large message is in transfer on a slow connection, and an answer may be behind it.
    pub(crate) fn transfer_progress(&mut self, now: Instant) {
        for in_flight in self.in_flight.values_mut() {
            let limit = in_flight.unattributed.map_or(ANSWER, |_| UNATTRIBUTED_ERROR);
            in_flight.until = in_flight.until.max(now + limit);
        }
    }

    /// The first deadline for an answer.
    pub(crate) fn answer_deadline(&self) -> Option<Instant> {
        self.in_flight.values().map(|in_flight| in_flight.until).min()
    }

    /// The server sent an error that names nothing: it may be about one of these batches.
    pub(crate) fn unattributed_error(&mut self, temporary: bool, now: Instant) {
        let error =
            if temporary { UnattributedError::Temporary } else { UnattributedError::Permanent };
        for in_flight in self.in_flight.values_mut() {
            in_flight.until = in_flight.until.min(now + UNATTRIBUTED_ERROR);
            in_flight.unattributed = in_flight.unattributed.max(Some(error));
        }
    }

    /// Finds batches whose deadline has passed. Those with an unattributed error are queued again,
    /// or wedged if they consist of one item. Returns these items.
    ///
    /// # Errors
    /// [`Unanswered`] when there was no error that could explain it.
    pub(crate) fn overdue(&mut self, now: Instant) -> Result<Vec<OutboxItem>, Unanswered> {
        let due = |in_flight: &InFlight| now >= in_flight.until;
        if self
            .in_flight
            .values()
            .any(|in_flight| due(in_flight) && in_flight.unattributed.is_none())
        {
            return Err(Unanswered);
        }
        let mut changed = Vec::new();
        let over: Vec<_> = self.in_flight.extract_if(.., |_, in_flight| due(in_flight)).collect();
        for (room, InFlight { cids, unattributed, .. }) in over {
            let meant = cids.first().filter(|_| cids.len() == 1);
            if unattributed == Some(UnattributedError::Permanent) {
                self.one_at_a_time.insert(room);
                if let Some(item) = meant.and_then(|cid| self.take(*cid)) {
                    self.one_at_a_time.remove(&room);
                    self.put(OutboxItem {
                        state: OutboxState::Wedged(WedgeReason::Refused),
                        ..item
                    });
                }
            }
            changed.extend(cids.iter().filter_map(|cid| self.get(*cid).cloned()));
        }
        Ok(changed)
    }

    /// When to call [`poll`](Self::poll) again, if nothing else happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let connection = self.connection.as_ref().filter(|_| !self.held)?;
        if let Some(until) = self.all_paused {
            return Some(until);
        }
        let mut deadline: Option<Instant> = None;
        for room in self.waiting.keys().filter(|room| !self.in_flight.contains_key(room)) {
            let at = self.paused.get(room).copied().unwrap_or_else(|| connection.bucket.next());
            deadline = Some(deadline.map_or(at, |earlier| earlier.min(at)));
        }
        // With the maximum in flight, nothing can be sent before an answer comes.
        deadline.filter(|_| !is_full(&self.in_flight, &connection.limits))
    }

    /// The message is in the log, by its `ok` or as an event. Returns the item if it was queued.
    pub(crate) fn committed(&mut self, cid: Cid) -> Option<OutboxItem> {
        let item = self.take(cid)?;
        self.settle(item.room, cid);
        Some(item)
    }

    /// The server refused these items. Returns those that are wedged now, and those that are queued
    /// again.
    pub(crate) fn refused(
        &mut self,
        cids: &[Cid],
        code: &ErrorCode,
        temporary: bool,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Vec<OutboxItem> {
        let mut changed = Vec::new();
        // Each `cid` counts once, and an item that was never sent can't have been refused.
        for cid in &cids.iter().copied().collect::<BTreeSet<Cid>>() {
            let offered = self.get(*cid).filter(|item| item.state == OutboxState::Offered);
            let Some(room) = offered.map(|item| item.room) else {
                continue;
            };
            // None of the batch was committed, so all of it is queued again. A batch without this
            // item was sent later and is still in flight.
            let batch = match self.in_flight.entry(room) {
                Entry::Occupied(in_flight) if in_flight.get().cids.contains(cid) => {
                    in_flight.remove().cids
                }
                _ => BTreeSet::new(),
            };
            if temporary {
                let until = now + retry_after.unwrap_or(RETRY_AFTER);
                if *code == ErrorCode::RateLimited {
                    self.all_paused = self.all_paused.max(Some(until));
                } else {
                    self.paused.insert(room, until);
                }
            } else if let Some(mut item) = self.take(*cid) {
                item.state = if give_back::waits(&item, code) {
                    OutboxState::Deferred
                } else {
                    OutboxState::Wedged(reason(code, &item))
                };
                self.one_at_a_time.remove(&room);
                self.put(item);
            }
            let named = batch.into_iter().chain([*cid]).collect::<BTreeSet<Cid>>();
            changed.extend(named.iter().filter_map(|cid| self.get(*cid).cloned()));
        }
        changed
    }

    /// Queues a wedged item again and returns it, and after it the changes of it that were refused
    /// because it was not there. It gets the `cid` `fresh` if the server has used its old one.
    pub(crate) fn retry(
        &mut self,
        cid: Cid,
        fresh: Cid,
        me: UserId,
    ) -> Result<Vec<OutboxItem>, Error> {
        let item = self.get(cid).ok_or(Error::NotQueued)?;
        match item.state {
            OutboxState::Queued | OutboxState::Offered | OutboxState::Deferred => {
                Ok(vec![item.clone()])
            }
            OutboxState::Wedged(reason) => {
                let name = if reason == WedgeReason::CidReused { fresh } else { cid };
                self.requeue(cid, name, None, me)
            }
        }
    }

    /// Replaces the body at the same position. Returns the item, and the changes of it that are
    /// queued again with it.
    pub(crate) fn edit(
        &mut self,
        cid: Cid,
        fresh: Cid,
        body: Body,
        me: UserId,
    ) -> Result<Vec<OutboxItem>, Error> {
        match self.get(cid).ok_or(Error::NotQueued)?.state {
            OutboxState::Offered | OutboxState::Deferred => Err(Error::MaybeSent),
            OutboxState::Queued => self.requeue(cid, cid, Some(body), me),
            OutboxState::Wedged(_) => self.requeue(cid, fresh, Some(body), me),
        }
    }

    /// Removes an item permanently, and after it what would change it. Returns all of them.
    pub(crate) fn discard(&mut self, cid: Cid, me: UserId) -> Result<Vec<OutboxItem>, Error> {
        if self.get(cid).ok_or(Error::NotQueued)?.state == OutboxState::Offered {
            return Err(Error::MaybeSent);
        }
        let changes = self.changes(MessageRef { user: me, cid }).map(|item| item.cid);
        let cids: Vec<Cid> = std::iter::once(cid).chain(changes).collect();
        Ok(cids.into_iter().filter_map(|cid| self.take(cid)).collect())
    }

    /// Queues an item again, under the name `name`, with the changes of it that were refused.
    fn requeue(
        &mut self,
        cid: Cid,
        name: Cid,
        body: Option<Body>,
        me: UserId,
    ) -> Result<Vec<OutboxItem>, Error> {
        let (old, new) = (MessageRef { user: me, cid }, MessageRef { user: me, cid: name });
        let refused: Vec<OutboxItem> = self
            .changes(old)
            .filter(|item| {
                name != cid || item.state == OutboxState::Wedged(WedgeReason::NoSuchMessage)
            })
            .cloned()
            .collect();
        let mut queued = vec![self.rename(cid, name, body)?];
        for change in refused {
            let body = retargeted(&change.content(), new);
            queued.push(self.rename(change.cid, change.cid, body)?);
        }
        Ok(queued)
    }

    fn rename(&mut self, cid: Cid, name: Cid, body: Option<Body>) -> Result<OutboxItem, Error> {
        let mut item = self.take(cid).ok_or(Error::NotQueued)?;
        item.cid = name;
        item.body = body.unwrap_or(item.body);
        item.state = OutboxState::Queued;
        self.put(item.clone());
        Ok(item)
    }

    fn put(&mut self, item: OutboxItem) {
        self.by_cid.insert(item.cid, item.place);
        if let Some(target) = item.target() {
            self.changes.entry(target).or_default().insert(item.place);
        }
        match item.state {
            OutboxState::Queued | OutboxState::Offered => {
                self.waiting.entry(item.room).or_default().insert(item.place);
            }
            OutboxState::Deferred => _ = self.deferred.insert(item.place),
            OutboxState::Wedged(_) => {}
        }
        self.items.insert(item.place, item);
    }

    fn take(&mut self, cid: Cid) -> Option<OutboxItem> {
        let place = self.by_cid.remove(&cid)?;
        let item = self.items.remove(&place)?;
        self.deferred.remove(&place);
        if let Some(target) = item.target()
            && let Some(places) = self.changes.get_mut(&target)
        {
            places.remove(&place);
            if places.is_empty() {
                self.changes.remove(&target);
            }
        }
        if let Some(places) = self.waiting.get_mut(&item.room) {
            places.remove(&place);
            if places.is_empty() {
                self.waiting.remove(&item.room);
            }
        }
        Some(item)
    }

    fn settle(&mut self, room: RoomId, cid: Cid) {
        if let Some(in_flight) = self.in_flight.get_mut(&room) {
            in_flight.cids.remove(&cid);
            if in_flight.cids.is_empty() {
                self.in_flight.remove(&room);
            }
        }
    }
}

/// Whether the maximum is in flight.
fn is_full(in_flight: &BTreeMap<RoomId, InFlight>, limits: &Limits) -> bool {
    let bytes = in_flight.values().map(|in_flight| in_flight.bytes).sum::<usize>();
    in_flight.len() >= limits.in_flight || bytes >= IN_FLIGHT
}

/// The body of a change with another target.
fn retargeted(content: &Content, target: MessageRef) -> Option<Body> {
    let mut content = content.clone();
    match &mut content {
        Content::Edit(edit) => edit.of = target,
        Content::React(react) => react.to = target,
        Content::Redact(redact) => redact.of = target,
        Content::Pin(pin) => pin.of = target,
        _ => return None,
    }
    content.encode().map(|(_, body)| body)
}

fn reason(code: &ErrorCode, item: &OutboxItem) -> WedgeReason {
    match code {
        ErrorCode::NotMember | ErrorCode::NoSuchRoom => WedgeReason::NotMember,
        ErrorCode::Forbidden => WedgeReason::Forbidden,
        ErrorCode::TooLarge => WedgeReason::TooLarge,
        ErrorCode::CidReused => WedgeReason::CidReused,
        ErrorCode::NoSuchMessage => WedgeReason::NoSuchMessage,
        // A version that did not check for it wrote this.
        ErrorCode::Invalid if contains_nul(item.body.as_json().as_bytes()) => WedgeReason::HoldsNul,
        _ => WedgeReason::Refused,
    }
}

#[cfg(test)]
mod adversarial;

#[cfg(test)]
mod tests;
