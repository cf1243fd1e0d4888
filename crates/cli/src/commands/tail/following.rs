//! What of a room's log has been shown, and what is to be shown next. Pure.
//!
//! Each event once, in the order of its places, and none before those in front of it are here: a hole
//! is waited for, unless the server no longer has what was in it. A server that was restored counts
//! anew from its backup, so a place alone says little: rows are known by their keys.

use std::collections::{HashSet, VecDeque};

use homing_engine::view::{Hole, Item, Timeline, TimelinePosition};
use homing_protocol::Seq;

/// Rows that are remembered by their keys. A restore that goes further back is told apart by the time
/// of the rows.
const KNOWN: usize = 1000;

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Following {
    /// The last rows that were shown, or stood before the first that is to be; oldest first.
    known: VecDeque<Known>,
    keys: HashSet<String>,
    /// Everything up to here has been looked at.
    last: Seq,
    /// What was looked at in this life of the log begins at the oldest known row, or at its start.
    anew: Option<Anew>,
    /// When the newest row known was written.
    newest: i64,
}

#[derive(Debug)]
struct Known {
    seq: Seq,
    key: String,
}

/// The log is another one, and is looked through again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anew {
    /// The oldest known row is looked for at its place.
    Anchoring,
    /// From its start: what is older than this is not news.
    FromStart { newer_than: i64 },
}

impl Following {
    /// This was shown, or is not to be shown.
    pub(super) fn known(&mut self, item: &Item) {
        let TimelinePosition::Log(seq) = item.place else { return };
        self.last = self.last.max(seq);
        self.newest = self.newest.max(item.ts);
        if self.keys.insert(item.key.clone()) {
            self.known.push_back(Known { seq, key: item.key.clone() });
        }
        if self.known.len() > KNOWN
            && let Some(oldest) = self.known.pop_front()
        {
            self.keys.remove(&oldest.key);
        }
    }

    /// The log may be another one from now on.
    pub(super) fn begin_anew(&mut self) {
        match self.known.iter().map(|known| known.seq).min() {
            Some(oldest) => {
                self.last = Seq(oldest.0.saturating_sub(1));
                self.anew = Some(Anew::Anchoring);
            }
            None => self.look_from_start(),
        }
    }

    fn look_from_start(&mut self) {
        self.last = Seq(0);
        self.anew = Some(Anew::FromStart { newer_than: self.newest });
    }

    /// The place behind which rows are wanted. One before the next, so that a hole between them is
    /// named.
    pub(super) fn behind(&self) -> Seq {
        Seq(self.last.0.saturating_sub(1))
    }

    /// The log is all here and ends before the oldest known row: what it holds now is looked through
    /// from its start.
    /// Whether there is something to take then.
    pub(super) fn ends_at(&mut self, head: Seq) -> bool {
        let ends = self.anew == Some(Anew::Anchoring) && head <= self.last;
        if ends {
            self.look_from_start();
        }
        ends
    }

    /// Takes the rows behind [`behind`](Self::behind). Answers those to be shown, and whether there
    /// may be more to take at once.
    pub(super) fn take(&mut self, timeline: &Timeline) -> (Vec<Item>, bool) {
        let mut shown = Vec::new();
        let before = self.last;
        for item in &timeline.items {
            let TimelinePosition::Log(seq) = item.place else { continue };
            if seq <= self.last {
                continue;
            }
            if !self.reaches(seq, timeline) {
                return (shown, false);
            }
            if self.anew == Some(Anew::Anchoring) {
                let oldest = self.known.iter().min_by_key(|known| known.seq);
                if oldest.is_some_and(|oldest| oldest.seq != seq || oldest.key != item.key) {
                    self.look_from_start();
                    return (shown, true);
                }
                self.anew = None;
            }
            let old = match self.anew {
                Some(Anew::FromStart { newer_than }) => item.ts <= newer_than,
                _ => false,
            };
            let is_new = !old && !self.keys.contains(&item.key);
            if is_new {
                self.known(item);
                shown.push(item.clone());
            }
            self.last = seq;
        }
        (shown, timeline.more_after && self.last > before)
    }

    /// Nothing that may still come stands between what was looked at and this place.
    fn reaches(&self, seq: Seq, timeline: &Timeline) -> bool {
        let mut next = self.last.next();
        while next < seq {
            let gone = |hole: &&Hole| hole.expired && hole.from <= next && next <= hole.to;
            if let Some(hole) = timeline.holes.iter().find(gone) {
                next = hole.to.next();
            } else {
                // Before the first row there is nothing to be had, in a log whose beginning is gone.
                let first = timeline.items.first().map(|item| item.place);
                return first == Some(TimelinePosition::Log(seq)) && !timeline.more_before;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_protocol::Content;
    use homing_testkit::builders::user_id;

    fn row(seq: u64, key: &str, ts: i64) -> Item {
        Item {
            key: key.to_owned(),
            place: TimelinePosition::Log(Seq(seq)),
            sender: user_id(1),
            ts,
            content: Content::Stub,
            delivery: None,
        }
    }

    fn log(rows: &[(u64, &str)]) -> Timeline {
        let items = rows.iter().map(|(seq, key)| row(*seq, key, 0)).collect();
        Timeline { items, ..Timeline::default() }
    }

    fn keys(taken: (Vec<Item>, bool)) -> Vec<String> {
        taken.0.into_iter().map(|item| item.key).collect()
    }

    fn following(rows: &[(u64, &str)]) -> Following {
        let mut following = Following::default();
        log(rows).items.iter().for_each(|item| following.known(item));
        following
    }

    #[test]
    fn each_row_is_shown_once() {
        let mut following = following(&[(7, "a")]);
        assert_eq!(following.behind(), Seq(6));
        assert_eq!(keys(following.take(&log(&[(7, "a"), (8, "b"), (9, "c")]))), ["b", "c"]);
        assert_eq!(keys(following.take(&log(&[(8, "b"), (9, "c"), (10, "d")]))), ["d"]);
    }

    #[test]
    fn a_hole_is_waited_for() {
        let mut following = following(&[(7, "a")]);
        let holes = vec![Hole { from: Seq(9), to: Seq(9), expired: false }];
        let early = Timeline { holes, more_after: true, ..log(&[(7, "a"), (8, "b"), (10, "d")]) };
        let (shown, more) = following.take(&early);
        assert_eq!((keys((shown, false)), more), (vec!["b".to_owned()], false));
        assert_eq!(keys(following.take(&log(&[(8, "b"), (9, "c"), (10, "d")]))), ["c", "d"]);
    }

    #[test]
    fn what_the_server_no_longer_has_is_not_waited_for() {
        let mut following = following(&[(7, "a")]);
        let holes = vec![Hole { from: Seq(8), to: Seq(20), expired: true }];
        let gone = Timeline { holes, ..log(&[(7, "a"), (21, "b")]) };
        assert_eq!(keys(following.take(&gone)), ["b"]);

        let mut following = Following::default();
        let begins_late = Timeline { more_before: false, ..log(&[(21, "b")]) };
        assert_eq!(keys(following.take(&begins_late)), ["b"]);
        let mut following = Following::default();
        let still_comes = Timeline { more_before: true, ..log(&[(21, "b")]) };
        assert_eq!(keys(following.take(&still_comes)), [""; 0]);
    }

    #[test]
    fn after_a_restore_what_is_new_is_shown_whatever_its_number() {
        let mut following = following(&[(1, "a"), (2, "b"), (3, "lost"), (4, "late")]);
        following.begin_anew();
        assert_eq!(following.behind(), Seq(0));
        let restored = log(&[(1, "a"), (2, "b"), (3, "new"), (4, "late"), (5, "newer")]);
        assert_eq!(keys(following.take(&restored)), ["new", "newer"]);
        assert_eq!(keys(following.take(&log(&[(5, "newer"), (6, "next")]))), ["next"]);
    }

    /// It began behind what the backup has.
    #[test]
    fn a_backup_from_before_the_beginning_is_looked_through_from_its_start() {
        let mut following = Following::default();
        following.known(&row(9, "a", 90));
        following.begin_anew();
        let restored = |rows: &[(u64, &str, i64)]| {
            let items = rows.iter().map(|(seq, key, ts)| row(*seq, key, *ts)).collect();
            Timeline { items, ..Timeline::default() }
        };
        assert_eq!(keys(following.take(&restored(&[]))), [""; 0]);
        assert!(following.ends_at(Seq(6)));
        let log = restored(&[(4, "old", 40), (5, "older", 50), (6, "new", 100)]);
        assert_eq!(keys(following.take(&log)), ["new"]);

        // Or the place is taken by another.
        let mut following = Following::default();
        following.known(&row(6, "a", 90));
        following.begin_anew();
        let other = restored(&[(5, "old", 50), (6, "new", 100)]);
        let at_place = restored(&[(6, "new", 100)]);
        assert_eq!(following.take(&Timeline { more_before: true, ..at_place }), (vec![], true));
        assert_eq!(keys(following.take(&other)), ["new"]);
    }

    #[test]
    fn little_is_remembered() {
        let mut following = Following::default();
        for seq in 1..=5000 {
            following.known(&row(seq, &seq.to_string(), 0));
        }
        assert_eq!((following.known.len(), following.keys.len()), (KNOWN, KNOWN));
    }
}
