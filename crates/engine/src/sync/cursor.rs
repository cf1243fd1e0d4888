//! The position in one room's log on this device. Pure.
//!
//! The invariant of the cursor: every `seq` up to it is stored, is of a quiet event, or lies in a
//! hole. An event right
//! after the cursor is applied. One before it is known. One further ahead is early, and is kept
//! until the gap has been pulled. A hole is a range that was skipped on purpose, because the newest
//! events come first, and is pulled later.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_protocol::{Event, EventId, Seq};

use crate::view::Hole;

/// Early events that are kept per room. Beyond that they are pulled.
pub(super) const HELD: usize = 256;

/// The result of offering an event.
#[derive(Debug, PartialEq)]
pub(crate) enum OfferOutcome {
    /// These events now follow the cursor, in order.
    Applied(Vec<Arc<Event>>),
    /// It is stored, or was skipped.
    Known,
    /// An event before it is missing.
    Early,
    /// Another early event has the same `seq`: the server contradicts itself.
    Clash,
}

/// A page that does not match the request. Nothing of it may be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page doesn't match the request")]
pub(crate) struct PageMismatch;

/// The position in one room's log.
#[derive(Debug)]
pub(crate) struct Cursor {
    at: Seq,
    holes: Vec<Hole>,
    early: BTreeMap<Seq, Arc<Event>>,
}

impl Cursor {
    pub(crate) fn new(at: Seq, holes: Vec<Hole>) -> Self {
        let mut cursor = Self { at, holes, early: BTreeMap::new() };
        cursor.join();
        cursor
    }

    pub(crate) fn at(&self) -> Seq {
        self.at
    }

    pub(crate) fn holes(&self) -> &[Hole] {
        &self.holes
    }

    /// Whether the event with this `seq` is known, and not skipped.
    pub(crate) fn holds(&self, seq: Seq) -> bool {
        seq <= self.at && !self.holes.iter().any(|hole| (hole.from..=hole.to).contains(&seq))
    }

    /// The number of early events.
    pub(crate) fn held_back(&self) -> usize {
        self.early.len()
    }

    /// The highest `seq` of the early events.
    pub(crate) fn early_head(&self) -> Option<Seq> {
        self.early.last_key_value().map(|(seq, _)| *seq)
    }

    /// An event was pushed, or is known from its `ok`. An early one is kept only if there is
    /// `space`.
    pub(crate) fn offer(&mut self, event: Arc<Event>, space: bool) -> OfferOutcome {
        let seq = event.seq;
        if seq <= self.at {
            return OfferOutcome::Known;
        }
        if self.early.get(&seq).is_some_and(|held| held.id != event.id) {
            return OfferOutcome::Clash;
        }
        if seq > self.at.next() {
            if space && self.early.len() < HELD {
                self.early.entry(seq).or_insert(event);
            }
            return OfferOutcome::Early;
        }
        self.at = seq;
        let mut applied = vec![event];
        self.catch_early(&mut applied);
        OfferOutcome::Applied(applied)
    }

    /// Applies the answer to "what follows `after`". Returns what now follows the cursor.
    pub(crate) fn follow(
        &mut self,
        after: Seq,
        part: LogPart,
    ) -> Result<Vec<Arc<Event>>, PageMismatch> {
        // A pushed event may have moved the cursor in the meantime, but never back.
        if part.from != after.next() || part.from > self.at.next() {
            return Err(PageMismatch);
        }
        self.agrees(&part)?;
        // Events that were pushed in the meantime are stored already.
        let at = self.at;
        let mut applied: Vec<Arc<Event>> =
            part.events.into_iter().filter(|event| event.seq > at).map(Arc::new).collect();
        self.at = at.max(part.to);
        self.catch_early(&mut applied);
        Ok(applied)
    }

    /// Applies the newest events, up to `last`, however far behind the cursor is. What lies between
    /// becomes a hole. Returns what now follows the cursor.
    pub(crate) fn jump(
        &mut self,
        last: Seq,
        part: LogPart,
    ) -> Result<Vec<Arc<Event>>, PageMismatch> {
        if part.to != last {
            return Err(PageMismatch);
        }
        self.agrees(&part)?;
        let first = part.from;
        if first > self.at.next() {
            self.holes.push(Hole { from: self.at.next(), to: Seq(first.0 - 1), expired: false });
            self.at = Seq(first.0 - 1);
        }
        self.follow(Seq(first.0 - 1), part)
    }

    /// Fills a part of a hole, up to `last`. Returns the events that were missing.
    pub(crate) fn fill(
        &mut self,
        last: Seq,
        part: LogPart,
    ) -> Result<Vec<Arc<Event>>, PageMismatch> {
        if part.to != last || last > self.at {
            return Err(PageMismatch);
        }
        let LogPart { from, to, events } = part;
        let missing = |seq: Seq| self.holes.iter().any(|hole| (hole.from..=hole.to).contains(&seq));
        let filled = events.into_iter().filter(|event| missing(event.seq)).map(Arc::new).collect();
        self.subtract(from, to, None);
        Ok(filled)
    }

    /// The server has deleted everything before `min`. Returns whether that changed a hole.
    pub(crate) fn expire(&mut self, min: Seq) -> bool {
        let gone = |hole: &&Hole| !hole.expired && hole.from < min;
        if !self.holes.iter().any(|hole| gone(&hole)) {
            return false;
        }
        self.subtract(Seq(1), Seq(min.0.saturating_sub(1)), Some(true));
        true
    }

    /// What is missing between the cursor and `min` has expired: moves the cursor there. Returns
    /// what now follows the cursor, which are early events.
    pub(crate) fn skip_expired(&mut self, min: Seq) -> Vec<Arc<Event>> {
        let mut applied = Vec::new();
        while self.at.next() < min {
            let early = self.early.keys().next().copied().filter(|seq| *seq < min);
            let to = Seq(early.unwrap_or(min).0 - 1);
            if to > self.at {
                self.holes.push(Hole { from: self.at.next(), to, expired: true });
                self.at = to;
            }
            self.catch_early(&mut applied);
        }
        self.catch_early(&mut applied);
        self.join();
        applied
    }

    /// All missing ranges from `from` to `head`: holes, and what has not come yet.
    pub(crate) fn missing(&self, from: Seq, head: Seq) -> Vec<Hole> {
        let skipped = self.holes.iter().filter(|hole| hole.to >= from).copied();
        let mut all: Vec<Hole> =
            skipped.map(|hole| Hole { from: hole.from.max(from), ..hole }).collect();
        let mut next = self.at.next().max(from);
        for early in self.early.keys().copied().filter(|seq| *seq <= head) {
            if early > next {
                all.push(Hole { from: next, to: Seq(early.0 - 1), expired: false });
            }
            next = next.max(early.next());
        }
        if next <= head {
            all.push(Hole { from: next, to: head, expired: false });
        }
        all
    }

    /// Whether this part and the early events in its range are the same. It does not have the quiet
    /// ones.
    fn agrees(&self, part: &LogPart) -> Result<(), PageMismatch> {
        let told: BTreeMap<Seq, EventId> =
            part.events.iter().map(|event| (event.seq, event.id)).collect();
        let clash = self.early.range(part.from..=part.to).any(|(seq, early)| match told.get(seq) {
            Some(id) => *id != early.id,
            None => !early.quiet,
        });
        if clash { Err(PageMismatch) } else { Ok(()) }
    }

    /// Removes a range from the holes, or marks it as expired or not.
    fn subtract(&mut self, from: Seq, to: Seq, mark: Option<bool>) {
        let mut rest = Vec::with_capacity(self.holes.len() + 1);
        for hole in self.holes.drain(..) {
            if hole.to < from || hole.from > to {
                rest.push(hole);
                continue;
            }
            if hole.from < from {
                rest.push(Hole { to: Seq(from.0 - 1), ..hole });
            }
            if let Some(expired) = mark {
                rest.push(Hole { from: hole.from.max(from), to: hole.to.min(to), expired });
            }
            if hole.to > to {
                rest.push(Hole { from: to.next(), ..hole });
            }
        }
        self.holes = rest;
        self.join();
    }

    /// Merges adjacent holes of the same kind. A server that deletes a log event by event would
    /// create one hole per event.
    fn join(&mut self) {
        self.holes.dedup_by(|next, hole| {
            let is_one = hole.to.next() == next.from && hole.expired == next.expired;
            if is_one {
                hole.to = next.to;
            }
            is_one
        });
    }

    fn catch_early(&mut self, applied: &mut Vec<Arc<Event>>) {
        while let Some((seq, _)) = self.early.first_key_value() {
            if *seq > self.at.next() {
                return;
            }
            let Some((seq, event)) = self.early.pop_first() else {
                return;
            };
            if seq > self.at {
                self.at = seq;
                applied.push(event);
            }
        }
    }
}

/// A part of a room's log, as a page has it: everything that is not quiet from `from` to `to`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogPart {
    pub(crate) from: Seq,
    pub(crate) to: Seq,
    /// In order.
    pub(crate) events: Vec<Event>,
}

impl LogPart {
    /// Reads what a page says of its range. A server that says nothing of it sends every event.
    /// `None`: the page is empty.
    pub(crate) fn of_page(
        (from, to): (Option<Seq>, Option<Seq>),
        events: Vec<Event>,
    ) -> Result<Option<Self>, PageMismatch> {
        let part = match (from, to, events.first(), events.last()) {
            (None, None, None, None) => return Ok(None),
            (None, None, Some(first), Some(last)) => {
                let seqs = first.seq.0..;
                if !events.iter().zip(seqs).all(|(event, seq)| event.seq.0 == seq) {
                    return Err(PageMismatch);
                }
                Self { from: first.seq, to: last.seq, events }
            }
            (Some(from), Some(to), ..) if Seq(0) < from && from <= to => Self { from, to, events },
            _ => return Err(PageMismatch),
        };
        let ascends = part.events.is_sorted_by(|one, next| one.seq < next.seq);
        let within = part.events.iter().all(|event| (part.from..=part.to).contains(&event.seq));
        if ascends && within { Ok(Some(part)) } else { Err(PageMismatch) }
    }
}

#[cfg(test)]
mod tests {
    use homing_testkit::builders::log;
    use proptest::prelude::*;

    use super::*;

    fn shared(event: &Event) -> Arc<Event> {
        Arc::new(event.clone())
    }

    fn seqs(events: &[Arc<Event>]) -> Vec<u64> {
        events.iter().map(|event| event.seq.0).collect()
    }

    /// A part of which nothing is quiet.
    fn part(events: &[Event]) -> LogPart {
        LogPart::of_page((None, None), events.to_vec()).unwrap().unwrap()
    }

    fn hole(from: u64, to: u64, expired: bool) -> Hole {
        Hole { from: Seq(from), to: Seq(to), expired }
    }

    #[test]
    fn what_follows_is_applied_what_is_known_dropped_and_what_is_early_held() {
        let all = log(1, 4);
        let mut cursor = Cursor::new(Seq(0), Vec::new());
        assert_eq!(cursor.offer(shared(&all[1]), true), OfferOutcome::Early);
        assert_eq!(cursor.missing(Seq(1), Seq(2)), [hole(1, 1, false)]);
        let OfferOutcome::Applied(applied) = cursor.offer(shared(&all[0]), true) else {
            panic!("it follows")
        };
        assert_eq!(seqs(&applied), [1, 2]);
        assert_eq!(cursor.offer(shared(&all[0]), true), OfferOutcome::Known);
        assert_eq!(cursor.missing(Seq(1), Seq(2)), []);
    }

    #[test]
    fn no_more_is_held_than_fits() {
        let all = log(1, 400);
        let mut cursor = Cursor::new(Seq(0), Vec::new());
        for event in &all[1..] {
            assert_eq!(cursor.offer(shared(event), true), OfferOutcome::Early);
        }
        let OfferOutcome::Applied(applied) = cursor.offer(shared(&all[0]), true) else {
            panic!("it follows")
        };
        assert_eq!(applied.len(), 1 + HELD);
    }

    #[test]
    fn a_page_that_does_not_fit_changes_nothing() {
        let all = log(1, 10);
        let torn: Vec<Event> = [&all[3], &all[5]].into_iter().cloned().collect();
        let mut cursor = Cursor::new(Seq(3), vec![hole(1, 2, false)]);
        assert_eq!(LogPart::of_page((None, None), torn), Err(PageMismatch));
        assert_eq!(cursor.follow(Seq(3), part(&all[4..])), Err(PageMismatch));
        assert_eq!(cursor.jump(Seq(9), part(&all[..3])), Err(PageMismatch));
        assert_eq!(cursor.fill(Seq(6), part(&all[3..6])), Err(PageMismatch));
        assert_eq!(cursor.fill(Seq(2), part(&all[..1])), Err(PageMismatch));
        assert_eq!((cursor.at(), cursor.holes()), (Seq(3), &[hole(1, 2, false)][..]));
    }

    #[test]
    fn what_the_server_no_longer_has_is_marked_as_such() {
        let mut cursor = Cursor::new(Seq(20), vec![hole(1, 10, false), hole(15, 16, false)]);
        assert!(!cursor.expire(Seq(1)));
        assert!(cursor.expire(Seq(5)));
        let split = [hole(1, 4, true), hole(5, 10, false), hole(15, 16, false)];
        assert_eq!(cursor.holes(), split);
        assert!(!cursor.expire(Seq(5)));
    }

    #[test]
    fn what_goes_bit_by_bit_is_gone_as_one() {
        let mut cursor = Cursor::new(Seq(20), vec![hole(1, 10, false), hole(15, 16, false)]);
        for min in 2..20 {
            assert_eq!(cursor.expire(Seq(min)), (2..=11).contains(&min) || min == 16 || min == 17);
        }
        assert_eq!(cursor.holes(), [hole(1, 10, true), hole(15, 16, true)]);
        cursor.skip_expired(Seq(31));
        cursor.skip_expired(Seq(41));
        assert_eq!(cursor.holes()[2..], [hole(21, 40, true)]);
    }

    #[test]
    fn what_was_pushed_of_a_part_that_is_gone_is_not_gone() {
        let all = log(1, 10);
        let mut cursor = Cursor::new(Seq(0), Vec::new());
        for seq in [3, 4, 6, 8, 9] {
            assert_eq!(cursor.offer(shared(&all[seq - 1]), true), OfferOutcome::Early);
        }
        assert_eq!(seqs(&cursor.skip_expired(Seq(8))), [3, 4, 6, 8, 9]);
        let gone = [hole(1, 2, true), hole(5, 5, true), hole(7, 7, true)];
        assert_eq!((cursor.at(), cursor.holes(), cursor.held_back()), (Seq(9), &gone[..], 0));
    }

    proptest! {
        /// However pushes, pages and jumps interleave, each event is applied once and in order, and
        /// the reported gaps are exactly what is missing.
        #[test]
        fn each_event_comes_once_and_nothing_is_missing_unsaid(
            steps in prop::collection::vec((0u8..4, 1u64..60, 1u64..20), 1..60),
        ) {
            // Of what a quiet event only changes, pages tell the state and not the event.
            let mut all = log(1, 60);
            for event in all.iter_mut().filter(|event| event.seq.0 % 3 == 0) {
                event.quiet = true;
            }
            let slice = |from: u64, to: u64| {
                let range = usize::try_from(from - 1).unwrap()..usize::try_from(to).unwrap();
                all[range].to_vec()
            };
            let part = |from: u64, to: u64| LogPart {
                from: Seq(from),
                to: Seq(to),
                events: slice(from, to).into_iter().filter(|event| !event.quiet).collect(),
            };
            let mut cursor = Cursor::new(Seq(0), Vec::new());
            let mut held: Vec<u64> = Vec::new();
            for (kind, seq, count) in steps {
                let came = match kind {
                    0 => match cursor.offer(shared(&slice(seq, seq)[0]), true) {
                        OfferOutcome::Applied(applied) => applied,
                        OfferOutcome::Known | OfferOutcome::Early => Vec::new(),
                        OfferOutcome::Clash => panic!("an honest event"),
                    },
                    1 => {
                        let at = cursor.at();
                        let to = (at.0 + count).min(60);
                        if at < Seq(60) {
                            cursor.follow(at, part(at.0 + 1, to)).unwrap()
                        } else {
                            Vec::new()
                        }
                    }
                    2 => {
                        let from = seq.saturating_sub(count).max(1);
                        cursor.jump(Seq(seq), part(from, seq)).unwrap()
                    }
                    _ if Seq(seq) <= cursor.at() => {
                        let from = seq.saturating_sub(count).max(1);
                        cursor.fill(Seq(seq), part(from, seq)).unwrap()
                    }
                    _ => Vec::new(),
                };
                held.extend(seqs(&came).iter().filter(|seq| *seq % 3 != 0));
                let mut accounted = held.clone();
                for hole in cursor.holes() {
                    prop_assert!(hole.from <= hole.to && hole.to <= cursor.at());
                    accounted.extend(hole.from.0..=hole.to.0);
                }
                accounted.retain(|seq| seq % 3 != 0);
                accounted.sort_unstable();
                let loud = (1..=cursor.at().0).filter(|seq| seq % 3 != 0);
                prop_assert_eq!(accounted, loud.collect::<Vec<_>>());
            }
        }
    }
}
