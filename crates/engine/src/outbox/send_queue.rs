//! What to send when. Pure: it holds the queue and answers what follows from what happened.
//!
//! Within a room, first in, first out: one batch is in flight, the next leaves when the server has
//! answered for it. Rooms do not wait for each other. A temporary refusal pauses, a permanent one
//! wedges the item it names and nothing else. A refusal that names nothing is found out about: what
//! is still unanswered a while later goes out again item by item, until the one that is meant stands
//! alone.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::text::holds_nul;
use homing_protocol::{Cid, ErrorCode, Limits, RoomId};
use serde_json::Value;
use tokio::time::Instant;

use super::item::{OutboxItem, OutboxState};
use crate::error::Error;
use crate::timeouts::{ANSWER, RETRY_AFTER, UNATTRIBUTED_ERROR};
use crate::token_bucket::TokenBucket;
use crate::view::{OutboxCount, WedgeReason};

/// Bytes of a `send` frame around its items, and of an item around its kind and body: generous.
const ENVELOPE: usize = 256;

/// Bytes that a batch has at most, beside its first item. What is cut off in the middle is sent whole
/// again, and a line of 2 kB/s carries this in a quarter of a minute; a fast one carries ten of them
/// a second over half the world.
const BATCH: usize = 32 * 1024;
/// Bytes on their way at most, beside the first batch, for the same reason.
const IN_FLIGHT: usize = 2 * BATCH;

/// A batch that leaves now.
#[derive(Debug, PartialEq)]
pub(crate) struct SendBatch {
    pub(crate) room: RoomId,
    /// In order. Those that had not been handed to a connection before are so from now on, which
    /// must be durable before the frame leaves.
    pub(crate) items: Vec<OutboxItem>,
}

/// The queue of one engine.
#[derive(Debug)]
pub(crate) struct SendQueue {
    items: BTreeMap<u64, OutboxItem>,
    by_cid: BTreeMap<Cid, u64>,
    /// What goes out by itself, by room: the places of all items that are not wedged.
    waiting: BTreeMap<RoomId, BTreeSet<u64>>,
    in_flight: BTreeMap<RoomId, InFlight>,
    /// Something that was refused without being named waits here: one item at a time, until it shows.
    one_at_a_time: BTreeSet<RoomId>,
    paused: BTreeMap<RoomId, Instant>,
    /// The server's limit counts the person, not the room.
    all_paused: Option<Instant>,
    next_place: u64,
    connection: Option<ConnectionLimits>,
}

/// The server never answered for a batch.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no response to a message for {} s", ANSWER.as_secs())]
pub(crate) struct Unanswered;

/// A batch on its way.
#[derive(Debug)]
struct InFlight {
    cids: BTreeSet<Cid>,
    bytes: usize,
    /// It is answered by then, or will not be.
    until: Instant,
    unattributed: Option<UnattributedError>,
}

/// An error came that names nothing, and may be about this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UnattributedError {
    Temporary,
    Permanent,
}

/// What the present connection allows.
#[derive(Debug)]
struct ConnectionLimits {
    limits: Limits,
    bucket: TokenBucket,
}

impl SendQueue {
    /// Made again from the rows.
    pub(crate) fn new(rows: Vec<OutboxItem>) -> Self {
        let next_place = rows.iter().map(|item| item.place + 1).max().unwrap_or(1);
        let mut queue = Self {
            items: BTreeMap::new(),
            by_cid: BTreeMap::new(),
            waiting: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            one_at_a_time: BTreeSet::new(),
            paused: BTreeMap::new(),
            all_paused: None,
            next_place,
            connection: None,
        };
        for item in rows {
            queue.put(item);
        }
        queue
    }

    /// A connection is there: everything may go, also what an earlier one has taken along.
    pub(crate) fn online(&mut self, limits: Limits, now: Instant) {
        self.offline();
        // Nothing larger can be written, and a server that would take nothing would say so.
        let limits = Limits {
            frame: limits.frame.min(FRAME_BYTES),
            items: limits.items.max(1),
            in_flight: limits.in_flight.max(1),
            ..limits
        };
        let bucket = TokenBucket::new(limits.sends_per_second, limits.send_burst, now);
        self.connection = Some(ConnectionLimits { limits, bucket });
    }

    /// The connection is gone, and nobody will answer for what was in flight. Answers the items
    /// that looked as if they were on their way.
    pub(crate) fn offline(&mut self) -> Vec<OutboxItem> {
        self.connection = None;
        self.one_at_a_time.clear();
        self.paused.clear();
        self.all_paused = None;
        let in_flight = std::mem::take(&mut self.in_flight);
        let cids = in_flight.values().flat_map(|in_flight| &in_flight.cids);
        cids.filter_map(|cid| self.get(*cid).cloned()).collect()
    }

    /// Queues something.
    pub(crate) fn enqueue(
        &mut self,
        room: RoomId,
        cid: Cid,
        kind: &str,
        body: Value,
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
        };
        self.put(item.clone());
        item
    }

    /// All there is, in the order of writing.
    pub(crate) fn items(&self) -> impl Iterator<Item = &OutboxItem> {
        self.items.values()
    }

    pub(crate) fn count(&self) -> OutboxCount {
        let waiting = self.waiting.values().map(BTreeSet::len).sum::<usize>();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        OutboxCount { waiting: number(waiting), wedged: number(self.items.len() - waiting) }
    }

    pub(crate) fn get(&self, cid: Cid) -> Option<&OutboxItem> {
        self.by_cid.get(&cid).and_then(|place| self.items.get(place))
    }

    /// It is on its way at this moment.
    pub(crate) fn is_sending(&self, item: &OutboxItem) -> bool {
        self.in_flight.get(&item.room).is_some_and(|in_flight| in_flight.cids.contains(&item.cid))
    }

    /// The batches that may leave now.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<SendBatch> {
        let Some(connection) = &mut self.connection else {
            return Vec::new();
        };
        if self.all_paused.is_some_and(|until| now < until) {
            return Vec::new();
        }
        self.all_paused = None;
        self.paused.retain(|_, until| now < *until);
        // Who waits longest goes first, whatever the room.
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
                let more = ENVELOPE + item.body.to_string().len();
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

    /// Something large is on its way over a slow line: an answer may be behind it.
    pub(crate) fn transfer_progress(&mut self, now: Instant) {
        for in_flight in self.in_flight.values_mut() {
            let limit = in_flight.unattributed.map_or(ANSWER, |_| UNATTRIBUTED_ERROR);
            in_flight.until = in_flight.until.max(now + limit);
        }
    }

    /// When the first batch on its way has been unanswered for too long.
    pub(crate) fn answer_deadline(&self) -> Option<Instant> {
        self.in_flight.values().map(|in_flight| in_flight.until).min()
    }

    /// Something was refused, and the server did not say what: perhaps one of these.
    pub(crate) fn unattributed_error(&mut self, temporary: bool, now: Instant) {
        let error =
            if temporary { UnattributedError::Temporary } else { UnattributedError::Permanent };
        for in_flight in self.in_flight.values_mut() {
            in_flight.until = in_flight.until.min(now + UNATTRIBUTED_ERROR);
            in_flight.unattributed = in_flight.unattributed.max(Some(error));
        }
    }

    /// Looks for batches that have been unanswered for too long. What was blamed waits again or is
    /// wedged, and answered.
    ///
    /// # Errors
    /// [`Unanswered`] when nothing explains the silence.
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

    /// When [`poll`](Self::poll) may have more to say, if nothing else happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let connection = self.connection.as_ref()?;
        if let Some(until) = self.all_paused {
            return Some(until);
        }
        let mut deadline: Option<Instant> = None;
        for room in self.waiting.keys().filter(|room| !self.in_flight.contains_key(room)) {
            let at = self.paused.get(room).copied().unwrap_or_else(|| connection.bucket.next());
            deadline = Some(deadline.map_or(at, |earlier| earlier.min(at)));
        }
        // With as many in flight as may be, an answer comes before anything else can leave.
        deadline.filter(|_| !is_full(&self.in_flight, &connection.limits))
    }

    /// It is in the log: by its `ok`, or by the event itself. Answers the item if it was queued.
    pub(crate) fn committed(&mut self, cid: Cid) -> Option<OutboxItem> {
        let item = self.take(cid)?;
        self.settle(item.room, cid);
        Some(item)
    }

    /// The server refused these. Answers those that are wedged now, and those that only wait again.
    pub(crate) fn refused(
        &mut self,
        cids: &[Cid],
        code: &ErrorCode,
        temporary: bool,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Vec<OutboxItem> {
        let mut changed = Vec::new();
        // Each once, however often it is named; and of what never left, nothing can be refused.
        for cid in &cids.iter().copied().collect::<BTreeSet<Cid>>() {
            let offered = self.get(*cid).filter(|item| item.state == OutboxState::Offered);
            let Some(room) = offered.map(|item| item.room) else {
                continue;
            };
            // None of the batch was committed: all of it is here again. A batch without this item
            // is another one, which left since and is not answered yet.
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
                item.state = OutboxState::Wedged(reason(code, &item));
                self.one_at_a_time.remove(&room);
                self.put(item);
            }
            let named = batch.into_iter().chain([*cid]).collect::<BTreeSet<Cid>>();
            changed.extend(named.iter().filter_map(|cid| self.get(*cid).cloned()));
        }
        changed
    }

    /// Wedged no more. Answers the item as it waits now; it bears `fresh` if the server is done
    /// with its old name.
    pub(crate) fn retry(&mut self, cid: Cid, fresh: Cid) -> Result<OutboxItem, Error> {
        let item = self.get(cid).ok_or(Error::NotQueued)?;
        match item.state {
            OutboxState::Queued | OutboxState::Offered => Ok(item.clone()),
            OutboxState::Wedged(reason) => {
                let name = if reason == WedgeReason::CidReused { fresh } else { cid };
                self.rename(cid, name, None)
            }
        }
    }

    /// Other words, at the same place. Answers the item as it waits now.
    pub(crate) fn edit(&mut self, cid: Cid, fresh: Cid, body: Value) -> Result<OutboxItem, Error> {
        match self.get(cid).ok_or(Error::NotQueued)?.state {
            OutboxState::Offered => Err(Error::MaybeSent),
            OutboxState::Queued => self.rename(cid, cid, Some(body)),
            OutboxState::Wedged(_) => self.rename(cid, fresh, Some(body)),
        }
    }

    /// Takes it out of the queue for good.
    pub(crate) fn discard(&mut self, cid: Cid) -> Result<OutboxItem, Error> {
        match self.get(cid).ok_or(Error::NotQueued)?.state {
            OutboxState::Offered => Err(Error::MaybeSent),
            OutboxState::Queued | OutboxState::Wedged(_) => self.take(cid).ok_or(Error::NotQueued),
        }
    }

    fn rename(&mut self, cid: Cid, name: Cid, body: Option<Value>) -> Result<OutboxItem, Error> {
        let mut item = self.take(cid).ok_or(Error::NotQueued)?;
        item.cid = name;
        item.body = body.unwrap_or(item.body);
        item.state = OutboxState::Queued;
        self.put(item.clone());
        Ok(item)
    }

    fn put(&mut self, item: OutboxItem) {
        self.by_cid.insert(item.cid, item.place);
        if !matches!(item.state, OutboxState::Wedged(_)) {
            self.waiting.entry(item.room).or_default().insert(item.place);
        }
        self.items.insert(item.place, item);
    }

    fn take(&mut self, cid: Cid) -> Option<OutboxItem> {
        let place = self.by_cid.remove(&cid)?;
        let item = self.items.remove(&place)?;
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

/// As much is on its way as may be.
fn is_full(in_flight: &BTreeMap<RoomId, InFlight>, limits: &Limits) -> bool {
    let bytes = in_flight.values().map(|in_flight| in_flight.bytes).sum::<usize>();
    in_flight.len() >= limits.in_flight || bytes >= IN_FLIGHT
}

fn reason(code: &ErrorCode, item: &OutboxItem) -> WedgeReason {
    match code {
        ErrorCode::NotMember | ErrorCode::NoSuchRoom => WedgeReason::NotMember,
        ErrorCode::Forbidden => WedgeReason::Forbidden,
        ErrorCode::TooLarge => WedgeReason::TooLarge,
        ErrorCode::CidReused => WedgeReason::CidReused,
        // Written by a version that let it in.
        ErrorCode::Invalid if holds_nul(item.body.to_string().as_bytes()) => WedgeReason::HoldsNul,
        _ => WedgeReason::Refused,
    }
}

#[cfg(test)]
mod adversarial;

#[cfg(test)]
mod tests;
