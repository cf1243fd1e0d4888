//! Tracks which events of a room have been printed and which are next. Pure.
//!
//! Each event is printed once, in order, and after all before it: holes are waited for, unless the
//! server no longer has their events. A restored server numbers anew from its backup, so rows are
//! recognised by their keys and not by their seq.

use std::collections::{HashSet, VecDeque};

use homing_engine::view::{Hole, Item, Timeline, TimelinePosition};
use homing_protocol::Seq;

/// Maximum remembered rows. A restore that goes back further is recognised by the rows' times.
const MAX_SEEN_ROWS: usize = 1000;

/// The position in a followed log.
#[derive(Debug, Default)]
pub(super) struct TailCursor {
    /// The last printed or skipped rows, oldest first.
    seen: VecDeque<SeenRow>,
    keys: HashSet<String>,
    /// Everything up to here has been handled.
    last: Seq,
    /// Set while a replaced log is scanned again.
    rescan: Option<Rescan>,
    /// The time of the newest row.
    newest: i64,
}

#[derive(Debug)]
struct SeenRow {
    seq: Seq,
    key: String,
}

/// How a replaced log is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rescan {
    /// Checks whether the oldest remembered row is still at its seq.
    Anchoring,
    /// From the start: rows that are not newer than this are old.
    FromStart { newer_than: i64 },
}

impl TailCursor {
    /// Marks a row as printed or skipped.
    pub(super) fn mark_seen(&mut self, item: &Item) {
        let TimelinePosition::Log(seq) = item.place else { return };
        self.last = self.last.max(seq);
        self.newest = self.newest.max(item.ts);
        if self.keys.insert(item.key.clone()) {
            self.seen.push_back(SeenRow { seq, key: item.key.clone() });
        }
        if self.seen.len() > MAX_SEEN_ROWS
            && let Some(oldest) = self.seen.pop_front()
        {
            self.keys.remove(&oldest.key);
        }
    }

    /// The log may have been replaced.
    pub(super) fn reset(&mut self) {
        match self.seen.iter().map(|known| known.seq).min() {
            Some(oldest) => {
                self.last = Seq(oldest.0.saturating_sub(1));
                self.rescan = Some(Rescan::Anchoring);
            }
            None => self.rescan_from_start(),
        }
    }

    fn rescan_from_start(&mut self) {
        self.last = Seq(0);
        self.rescan = Some(Rescan::FromStart { newer_than: self.newest });
    }

    /// The seq after which to read rows. One before the last handled row, so that a hole after it
    /// is reported.
    pub(super) fn after(&self) -> Seq {
        Seq(self.last.0.saturating_sub(1))
    }

    /// No row is where the oldest remembered one was, and none will come: the log is scanned from
    /// its start. Returns whether there are rows to take.
    pub(super) fn has_no_more(&mut self) -> bool {
        let ends = self.rescan == Some(Rescan::Anchoring);
        if ends {
            self.rescan_from_start();
        }
        ends
    }

    /// Takes rows read [`after`](Self::after) the cursor. Returns those to print, and whether there
    /// may be more.
    pub(super) fn take(&mut self, timeline: &Timeline) -> (Vec<Item>, bool) {
        let mut shown = Vec::new();
        let before = self.last;
        for item in &timeline.items {
            let TimelinePosition::Log(seq) = item.place else { continue };
            if seq <= self.last {
                continue;
            }
            if self.rescan == Some(Rescan::Anchoring) {
                let oldest = self.seen.iter().min_by_key(|known| known.seq);
                if oldest.is_some_and(|oldest| oldest.seq != seq || oldest.key != item.key) {
                    self.rescan_from_start();
                    return (shown, true);
                }
                self.rescan = None;
            }
            if !self.reaches(seq, timeline) {
                return (shown, false);
            }
            let old = match self.rescan {
                Some(Rescan::FromStart { newer_than }) => item.ts <= newer_than,
                _ => false,
            };
            let is_new = !old && !self.keys.contains(&item.key);
            if is_new {
                self.mark_seen(item);
                shown.push(item.clone());
            }
            self.last = seq;
        }
        (shown, timeline.more_after && self.last > before)
    }

    /// Whether no row that may still arrive is before this seq. Seqs without a row are events that
    /// only change other rows, unless they are in a hole.
    fn reaches(&self, seq: Seq, timeline: &Timeline) -> bool {
        let next = self.last.next();
        let comes = |hole: &Hole| !hole.expired && hole.from < seq && hole.to >= next;
        if timeline.holes.iter().any(comes) {
            return false;
        }
        // Holes are told from the first row on. The beginning of the log may be gone.
        let first = timeline.items.first().map(|item| item.place);
        first.is_some_and(|first| first <= TimelinePosition::Log(next)) || !timeline.more_before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use homing_protocol::Content;

    fn row(seq: u64, key: &str, ts: i64) -> Item {
        Item { key: key.to_owned(), ts, content: Content::Stub, ..samples::message(seq, 1, "") }
    }

    fn log(rows: &[(u64, &str)]) -> Timeline {
        let items = rows.iter().map(|(seq, key)| row(*seq, key, 0)).collect();
        Timeline { items, ..Timeline::default() }
    }

    fn keys(taken: (Vec<Item>, bool)) -> Vec<String> {
        taken.0.into_iter().map(|item| item.key).collect()
    }

    fn cursor(rows: &[(u64, &str)]) -> TailCursor {
        let mut cursor = TailCursor::default();
        log(rows).items.iter().for_each(|item| cursor.mark_seen(item));
        cursor
    }

    #[test]
    fn each_row_is_shown_once() {
        let mut cursor = cursor(&[(7, "a")]);
        assert_eq!(cursor.after(), Seq(6));
        assert_eq!(keys(cursor.take(&log(&[(7, "a"), (8, "b"), (9, "c")]))), ["b", "c"]);
        assert_eq!(keys(cursor.take(&log(&[(8, "b"), (9, "c"), (10, "d")]))), ["d"]);
    }

    #[test]
    fn a_hole_is_waited_for() {
        let mut cursor = cursor(&[(7, "a")]);
        let holes = vec![Hole { from: Seq(9), to: Seq(9), expired: false }];
        let early = Timeline { holes, more_after: true, ..log(&[(7, "a"), (8, "b"), (10, "d")]) };
        let (shown, more) = cursor.take(&early);
        assert_eq!((keys((shown, false)), more), (vec!["b".to_owned()], false));
        assert_eq!(keys(cursor.take(&log(&[(8, "b"), (9, "c"), (10, "d")]))), ["c", "d"]);
    }

    #[test]
    fn what_only_changes_other_rows_is_not_waited_for() {
        let mut cursor = cursor(&[(7, "a")]);
        assert_eq!(keys(cursor.take(&log(&[(7, "a"), (10, "b"), (20, "c")]))), ["b", "c"]);
        let holes = vec![Hole { from: Seq(25), to: Seq(26), expired: false }];
        let early = Timeline { holes, ..log(&[(10, "b"), (20, "c"), (23, "d"), (30, "e")]) };
        assert_eq!(keys(cursor.take(&early)), ["d"]);
    }

    /// It has a change of another row where the oldest remembered one was.
    #[test]
    fn a_restored_log_without_the_remembered_rows_is_looked_through_from_its_start() {
        let mut cursor = TailCursor::default();
        cursor.mark_seen(&row(9, "a", 90));
        cursor.reset();
        let at_place = Timeline { more_before: true, ..log(&[(10, "new")]) };
        assert_eq!(cursor.take(&at_place), (vec![], true));
        assert_eq!(cursor.after(), Seq(0));
    }

    #[test]
    fn what_the_server_no_longer_has_is_not_waited_for() {
        let mut cursor = cursor(&[(7, "a")]);
        let holes = vec![Hole { from: Seq(8), to: Seq(20), expired: true }];
        let gone = Timeline { holes, ..log(&[(7, "a"), (21, "b")]) };
        assert_eq!(keys(cursor.take(&gone)), ["b"]);

        let mut cursor = TailCursor::default();
        let begins_late = Timeline { more_before: false, ..log(&[(21, "b")]) };
        assert_eq!(keys(cursor.take(&begins_late)), ["b"]);
        let mut cursor = TailCursor::default();
        let still_comes = Timeline { more_before: true, ..log(&[(21, "b")]) };
        assert_eq!(keys(cursor.take(&still_comes)), [""; 0]);
    }

    #[test]
    fn after_a_restore_what_is_new_is_shown_whatever_its_number() {
        let mut cursor = cursor(&[(1, "a"), (2, "b"), (3, "lost"), (4, "late")]);
        cursor.reset();
        assert_eq!(cursor.after(), Seq(0));
        let restored = log(&[(1, "a"), (2, "b"), (3, "new"), (4, "late"), (5, "newer")]);
        assert_eq!(keys(cursor.take(&restored)), ["new", "newer"]);
        assert_eq!(keys(cursor.take(&log(&[(5, "newer"), (6, "next")]))), ["next"]);
    }

    /// It began behind what the backup has.
    #[test]
    fn a_backup_from_before_the_beginning_is_looked_through_from_its_start() {
        let mut cursor = TailCursor::default();
        cursor.mark_seen(&row(9, "a", 90));
        cursor.reset();
        let restored = |rows: &[(u64, &str, i64)]| {
            let items = rows.iter().map(|(seq, key, ts)| row(*seq, key, *ts)).collect();
            Timeline { items, ..Timeline::default() }
        };
        assert_eq!(keys(cursor.take(&restored(&[]))), [""; 0]);
        assert!(cursor.has_no_more());
        let log = restored(&[(4, "old", 40), (5, "older", 50), (6, "new", 100)]);
        assert_eq!(keys(cursor.take(&log)), ["new"]);

        // Or the place is taken by another.
        let mut cursor = TailCursor::default();
        cursor.mark_seen(&row(6, "a", 90));
        cursor.reset();
        let other = restored(&[(5, "old", 50), (6, "new", 100)]);
        let at_place = restored(&[(6, "new", 100)]);
        assert_eq!(cursor.take(&Timeline { more_before: true, ..at_place }), (vec![], true));
        assert_eq!(keys(cursor.take(&other)), ["new"]);
    }

    #[test]
    fn little_is_remembered() {
        let mut cursor = TailCursor::default();
        for seq in 1..=5000 {
            cursor.mark_seen(&row(seq, &seq.to_string(), 0));
        }
        assert_eq!((cursor.seen.len(), cursor.keys.len()), (MAX_SEEN_ROWS, MAX_SEEN_ROWS));
    }
}
