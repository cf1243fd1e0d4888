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
use homing_protocol::{Cid, ErrorCode, Limits, RoomId};
use serde_json::Value;
use tokio::time::Instant;

use super::item::{OutboxItem, State};
use crate::error::Error;
use crate::pace::Pace;
use crate::timeouts::{ANSWER, BLAMED, RETRY_AFTER};
use crate::view::{OutboxCount, WedgeReason};

/// Bytes of a `send` frame around its items, and of an item around its kind and body: generous.
const ENVELOPE: usize = 256;

/// A batch that leaves now.
#[derive(Debug, PartialEq)]
pub(crate) struct Batch {
    pub(crate) room: RoomId,
    /// In order. Those that had not been handed to a connection before are so from now on, which
    /// must be durable before the frame leaves.
    pub(crate) items: Vec<OutboxItem>,
}

/// The queue of one engine.
#[derive(Debug)]
pub(crate) struct Worker {
    items: BTreeMap<u64, OutboxItem>,
    by_cid: BTreeMap<Cid, u64>,
    /// What goes out by itself, by room: the places of all items that are not wedged.
    waiting: BTreeMap<RoomId, BTreeSet<u64>>,
    flight: BTreeMap<RoomId, Flight>,
    /// Something that was refused without being named waits here: one item at a time, until it shows.
    alone: BTreeSet<RoomId>,
    paused: BTreeMap<RoomId, Instant>,
    /// The server's limit counts the person, not the room.
    all_paused: Option<Instant>,
    next_place: u64,
    line: Option<Line>,
}

/// The server never answered for a batch.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message has not been answered for {} s", ANSWER.as_secs())]
pub(crate) struct Unanswered;

/// A batch on its way.
#[derive(Debug)]
struct Flight {
    cids: BTreeSet<Cid>,
    /// It is answered by then, or will not be.
    until: Instant,
    blamed: Option<Blame>,
}

/// An error came that names nothing, and may be about this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blame {
    ForNow,
    ForGood,
}

/// What the present connection allows.
#[derive(Debug)]
struct Line {
    limits: Limits,
    pace: Pace,
}

impl Worker {
    /// Made again from the rows.
    pub(crate) fn new(rows: Vec<OutboxItem>) -> Self {
        let next_place = rows.iter().map(|item| item.place + 1).max().unwrap_or(1);
        let mut worker = Self {
            items: BTreeMap::new(),
            by_cid: BTreeMap::new(),
            waiting: BTreeMap::new(),
            flight: BTreeMap::new(),
            alone: BTreeSet::new(),
            paused: BTreeMap::new(),
            all_paused: None,
            next_place,
            line: None,
        };
        for item in rows {
            worker.put(item);
        }
        worker
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
        let pace = Pace::new(limits.sends_per_second, limits.send_burst, now);
        self.line = Some(Line { limits, pace });
    }

    /// The connection is gone, and nobody will answer for what was in flight. Answers the items
    /// that looked as if they were on their way.
    pub(crate) fn offline(&mut self) -> Vec<OutboxItem> {
        self.line = None;
        self.alone.clear();
        self.paused.clear();
        self.all_paused = None;
        let flight = std::mem::take(&mut self.flight);
        let cids = flight.values().flat_map(|flight| &flight.cids);
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
        let item =
            OutboxItem { place, room, cid, kind: kind.to_owned(), body, ts, state: State::Queued };
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
        self.flight.get(&item.room).is_some_and(|flight| flight.cids.contains(&item.cid))
    }

    /// The batches that may leave now.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<Batch> {
        let Some(line) = &mut self.line else {
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
            .filter(|(room, _)| !self.flight.contains_key(room) && !self.paused.contains_key(room))
            .filter_map(|(room, places)| Some((*places.first()?, *room)))
            .collect();
        rooms.sort_unstable();
        let mut batches = Vec::new();
        for (_, room) in rooms {
            let most = line.limits.items.min(line.pace.available(now));
            if most == 0 || self.flight.len() >= line.limits.in_flight {
                break;
            }
            let most = if self.alone.contains(&room) { 1 } else { most };
            let places = self.waiting.get(&room).into_iter().flatten();
            let mut bytes = ENVELOPE;
            let mut items = Vec::new();
            for place in places.take(most) {
                let Some(item) = self.items.get_mut(place) else {
                    continue;
                };
                bytes += ENVELOPE + item.body.to_string().len();
                if bytes > line.limits.frame && !items.is_empty() {
                    break;
                }
                item.state = State::Offered;
                items.push(item.clone());
            }
            line.pace.take(items.len());
            let cids = items.iter().map(|item| item.cid).collect();
            self.flight.insert(room, Flight { cids, until: now + ANSWER, blamed: None });
            batches.push(Batch { room, items });
        }
        batches
    }

    /// When the first batch on its way has been unanswered for too long.
    pub(crate) fn owed(&self) -> Option<Instant> {
        self.flight.values().map(|flight| flight.until).min()
    }

    /// Something was refused, and the server did not say what: perhaps one of these.
    pub(crate) fn blamed(&mut self, temporary: bool, now: Instant) {
        let blame = if temporary { Blame::ForNow } else { Blame::ForGood };
        for flight in self.flight.values_mut() {
            flight.until = flight.until.min(now + BLAMED);
            flight.blamed = flight.blamed.max(Some(blame));
        }
    }

    /// Looks for batches that have been unanswered for too long. What was blamed waits again or is
    /// wedged, and answered.
    ///
    /// # Errors
    /// [`Unanswered`] when nothing explains the silence.
    pub(crate) fn overdue(&mut self, now: Instant) -> Result<Vec<OutboxItem>, Unanswered> {
        let due = |flight: &Flight| now >= flight.until;
        if self.flight.values().any(|flight| due(flight) && flight.blamed.is_none()) {
            return Err(Unanswered);
        }
        let mut changed = Vec::new();
        let over: Vec<_> = self.flight.extract_if(.., |_, flight| due(flight)).collect();
        for (room, Flight { cids, blamed, .. }) in over {
            let meant = cids.first().filter(|_| cids.len() == 1);
            if blamed == Some(Blame::ForGood) {
                self.alone.insert(room);
                if let Some(item) = meant.and_then(|cid| self.take(*cid)) {
                    self.alone.remove(&room);
                    self.put(OutboxItem { state: State::Wedged(WedgeReason::Refused), ..item });
                }
            }
            changed.extend(cids.iter().filter_map(|cid| self.get(*cid).cloned()));
        }
        Ok(changed)
    }

    /// When [`poll`](Self::poll) may have more to say, if nothing else happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let line = self.line.as_ref()?;
        if let Some(until) = self.all_paused {
            return Some(until);
        }
        let mut deadline: Option<Instant> = None;
        for room in self.waiting.keys().filter(|room| !self.flight.contains_key(room)) {
            let at = self.paused.get(room).copied().unwrap_or_else(|| line.pace.next());
            deadline = Some(deadline.map_or(at, |earlier| earlier.min(at)));
        }
        // With as many in flight as may be, an answer comes before anything else can leave.
        deadline.filter(|_| self.flight.len() < line.limits.in_flight)
    }

    /// It is in the log: by its `ok`, or by the event itself. Answers the item if it was queued.
    pub(crate) fn committed(&mut self, cid: Cid) -> Option<OutboxItem> {
        let item = self.take(cid)?;
        self.land(item.room, cid);
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
            let offered = self.get(*cid).filter(|item| item.state == State::Offered);
            let Some(room) = offered.map(|item| item.room) else {
                continue;
            };
            // None of the batch was committed: all of it is here again. A batch without this item
            // is another one, which left since and is not answered yet.
            let batch = match self.flight.entry(room) {
                Entry::Occupied(flight) if flight.get().cids.contains(cid) => flight.remove().cids,
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
                item.state = State::Wedged(reason(code));
                self.alone.remove(&room);
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
            State::Queued | State::Offered => Ok(item.clone()),
            State::Wedged(reason) => {
                let name = if reason == WedgeReason::CidReused { fresh } else { cid };
                self.rename(cid, name, None)
            }
        }
    }

    /// Other words, at the same place. Answers the item as it waits now.
    pub(crate) fn edit(&mut self, cid: Cid, fresh: Cid, body: Value) -> Result<OutboxItem, Error> {
        match self.get(cid).ok_or(Error::NotQueued)?.state {
            State::Offered => Err(Error::MaybeSent),
            State::Queued => self.rename(cid, cid, Some(body)),
            State::Wedged(_) => self.rename(cid, fresh, Some(body)),
        }
    }

    /// Takes it out of the queue for good.
    pub(crate) fn discard(&mut self, cid: Cid) -> Result<OutboxItem, Error> {
        match self.get(cid).ok_or(Error::NotQueued)?.state {
            State::Offered => Err(Error::MaybeSent),
            State::Queued | State::Wedged(_) => self.take(cid).ok_or(Error::NotQueued),
        }
    }

    fn rename(&mut self, cid: Cid, name: Cid, body: Option<Value>) -> Result<OutboxItem, Error> {
        let mut item = self.take(cid).ok_or(Error::NotQueued)?;
        item.cid = name;
        item.body = body.unwrap_or(item.body);
        item.state = State::Queued;
        self.put(item.clone());
        Ok(item)
    }

    fn put(&mut self, item: OutboxItem) {
        self.by_cid.insert(item.cid, item.place);
        if !matches!(item.state, State::Wedged(_)) {
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

    fn land(&mut self, room: RoomId, cid: Cid) {
        if let Some(flight) = self.flight.get_mut(&room) {
            flight.cids.remove(&cid);
            if flight.cids.is_empty() {
                self.flight.remove(&room);
            }
        }
    }
}

fn reason(code: &ErrorCode) -> WedgeReason {
    match code {
        ErrorCode::NotMember | ErrorCode::NoSuchRoom => WedgeReason::NotMember,
        ErrorCode::Forbidden => WedgeReason::Forbidden,
        ErrorCode::TooLarge => WedgeReason::TooLarge,
        ErrorCode::CidReused => WedgeReason::CidReused,
        _ => WedgeReason::Refused,
    }
}

#[cfg(test)]
mod lies;

#[cfg(test)]
mod tests {
    use homing_testkit::builders::{cid, room_id};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn online() -> (Worker, Instant) {
        let now = Instant::now();
        let mut worker = Worker::new(Vec::new());
        worker.online(Limits::default(), now);
        (worker, now)
    }

    fn enqueue(worker: &mut Worker, room: u64, n: u64) {
        worker.enqueue(room_id(room), cid(n), "message", json!({ "text": n }), 0);
    }

    fn names(batch: &Batch) -> Vec<Cid> {
        batch.items.iter().map(|item| item.cid).collect()
    }

    #[test]
    fn a_batch_stays_below_the_frame() {
        let (mut worker, now) = online();
        for n in 0..8 {
            let body = json!({ "text": "x".repeat(60_000) });
            worker.enqueue(room_id(1), cid(n), "message", body, 0);
        }
        let batches = worker.poll(now);
        assert_eq!(batches[0].items.len(), 4);
    }

    #[test]
    fn no_more_leaves_than_the_server_takes() {
        let (mut worker, now) = online();
        for n in 0..40 {
            enqueue(&mut worker, n, n);
        }
        assert_eq!(worker.poll(now).len(), 30);
        assert!(worker.poll(now).is_empty());
        let next = worker.deadline().unwrap();
        assert_eq!((next - now).as_millis(), 101);
        assert_eq!(worker.poll(next).len(), 1);
    }

    #[test]
    fn no_more_than_32_batches_are_in_flight() {
        let now = Instant::now();
        let mut worker = Worker::new(Vec::new());
        worker.online(Limits { send_burst: 100, ..Limits::default() }, now);
        for n in 0..40 {
            enqueue(&mut worker, n, n);
        }
        assert_eq!(worker.poll(now).len(), 32);
        assert_eq!(worker.deadline(), None);
        worker.committed(cid(0));
        assert_eq!(worker.poll(now).len(), 1);
    }

    #[test]
    fn absurd_limits_are_not_obeyed_to_the_letter() {
        let now = Instant::now();
        let mut worker = Worker::new(Vec::new());
        let limits = Limits {
            frame: usize::MAX,
            items: 0,
            in_flight: 0,
            send_burst: 0,
            ..Limits::default()
        };
        worker.online(limits, now);
        enqueue(&mut worker, 1, 1);
        assert_eq!(worker.poll(now).len(), 1, "something leaves");
        assert_eq!(worker.deadline(), None, "nobody is woken while it is under way");

        let mut worker = Worker::new(Vec::new());
        worker.online(Limits { frame: usize::MAX, ..Limits::default() }, now);
        for n in 0..8 {
            let body = json!({ "text": "x".repeat(60_000) });
            worker.enqueue(room_id(1), cid(n), "message", body, 0);
        }
        assert_eq!(worker.poll(now)[0].items.len(), 4, "no frame that can't be written");
    }

    #[test]
    fn what_is_written_after_a_start_stands_behind_what_was_written_before() {
        let (mut before, _) = online();
        for n in 1..=3 {
            enqueue(&mut before, 1, n);
        }
        before.discard(cid(1)).unwrap();
        let mut worker = Worker::new(before.items().cloned().collect());
        enqueue(&mut worker, 1, 4);
        let now = Instant::now();
        worker.online(Limits::default(), now);
        assert_eq!(names(&worker.poll(now)[0]), [cid(2), cid(3), cid(4)]);
        assert_eq!(worker.get(cid(4)).unwrap().place, 4);
    }

    #[test]
    fn an_answer_for_another_batch_does_not_free_the_room() {
        for temporary in [true, false] {
            let (mut worker, now) = online();
            enqueue(&mut worker, 1, 1);
            worker.poll(now);
            enqueue(&mut worker, 1, 2);
            worker.refused(&[cid(2)], &ErrorCode::Internal, temporary, None, now);
            let later = now + Duration::from_secs(9);
            assert_eq!(worker.poll(later), [], "one batch at a time");
        }
    }

    #[test]
    fn a_limit_pauses_the_person_and_a_failing_disk_the_room() {
        for (code, others_go) in [(ErrorCode::RateLimited, false), (ErrorCode::ReadOnly, true)] {
            let (mut worker, now) = online();
            enqueue(&mut worker, 1, 1);
            worker.poll(now);
            worker.refused(&[cid(1)], &code, true, Some(Duration::from_secs(3)), now);
            enqueue(&mut worker, 2, 2);
            assert_eq!(!worker.poll(now).is_empty(), others_go, "{code:?}");
            let later = now + Duration::from_secs(3);
            assert!(worker.poll(later).iter().any(|batch| names(batch) == [cid(1)]), "{code:?}");
        }
    }

    #[test]
    fn what_the_server_has_seen_keeps_its_name_until_it_is_refused() {
        let (mut worker, now) = online();
        enqueue(&mut worker, 1, 1);
        let other = json!({ "text": "other" });
        assert_eq!(worker.edit(cid(1), cid(9), other.clone()).unwrap().cid, cid(1));
        worker.poll(now);
        assert!(matches!(worker.edit(cid(1), cid(9), other.clone()), Err(Error::MaybeSent)));
        assert!(matches!(worker.discard(cid(1)), Err(Error::MaybeSent)));
        worker.offline();
        assert!(matches!(worker.discard(cid(1)), Err(Error::MaybeSent)));
        worker.online(Limits::default(), now);
        worker.poll(now);
        worker.refused(&[cid(1)], &ErrorCode::Forbidden, false, None, now);
        assert_eq!(worker.retry(cid(1), cid(8)).unwrap().cid, cid(1));
        worker.poll(now);
        worker.refused(&[cid(1)], &ErrorCode::CidReused, false, None, now);
        assert_eq!(worker.retry(cid(1), cid(8)).unwrap().cid, cid(8));
        assert!(matches!(worker.retry(cid(1), cid(7)), Err(Error::NotQueued)));
        assert!(worker.discard(cid(8)).is_ok());
        assert_eq!(worker.count(), OutboxCount::default());
    }

    proptest! {
        /// Whatever is cut, refused for the moment or committed: within a room everything leaves
        /// in the order of writing, and one batch at a time.
        #[test]
        fn first_in_first_out_within_each_room(
            steps in prop::collection::vec((0u8..5, 0u64..3), 1..80),
        ) {
            let (mut worker, mut now) = online();
            let mut written: BTreeMap<RoomId, Vec<Cid>> = BTreeMap::new();
            let mut landed: BTreeMap<RoomId, Vec<Cid>> = BTreeMap::new();
            let mut flying: BTreeMap<RoomId, Vec<Cid>> = BTreeMap::new();
            for (n, (kind, room)) in (0..).zip(steps) {
                now += Duration::from_millis(300);
                let room = room_id(room);
                match kind {
                    0 | 1 => {
                        worker.enqueue(room, cid(n), "message", json!({ "text": n }), 0);
                        written.entry(room).or_default().push(cid(n));
                    }
                    2 => for cid in flying.remove(&room).unwrap_or_default() {
                        worker.committed(cid);
                        landed.entry(room).or_default().push(cid);
                    },
                    3 => if let Some(cids) = flying.remove(&room) {
                        worker.refused(&cids, &ErrorCode::Internal, true, None, now);
                    },
                    _ => {
                        worker.offline();
                        worker.online(Limits::default(), now);
                        flying.clear();
                    }
                }
                for batch in worker.poll(now) {
                    prop_assert!(!flying.contains_key(&batch.room), "two at once");
                    flying.insert(batch.room, names(&batch));
                }
            }
            for (room, landed) in landed {
                prop_assert_eq!(&written[&room][..landed.len()], &landed[..]);
            }
        }
    }
}
