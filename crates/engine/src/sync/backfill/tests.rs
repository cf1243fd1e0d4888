use std::collections::BTreeSet;
use std::time::Duration;

use homing_testkit::builders::{message, room_id};
use proptest::prelude::*;

use super::*;
use crate::timeouts::RETRY_AFTER;

const ROOMS: u64 = 6;

fn online(rooms: &[(u64, u64, u64)]) -> (Backfill, Instant) {
    let now = Instant::now();
    let mut backfill = Backfill::default();
    for (room, cursor, head) in rooms {
        backfill.insert(room_id(*room), Seq(*cursor), Seq(*head), Vec::new());
    }
    backfill.online(20, now);
    (backfill, now)
}

fn asked(pulls: &[Pull]) -> Vec<(RoomId, Option<u64>, Option<u64>)> {
    pulls
        .iter()
        .map(|pull| (pull.room, pull.after.map(|s| s.0), pull.before.map(|s| s.0)))
        .collect()
}

fn event(room: RoomId, seq: u64) -> Event {
    Event { room, ..message(1, seq, 2, "x") }
}

/// The answer to a pull of a server with `head` events, of which those before `min` are deleted. It
/// returns at most `most` events.
fn answer(pull: &Pull, head: u64, min: u64, most: u64) -> Page {
    let limit = u64::from(pull.limit).min(most);
    let (from, to, too_old) = match (pull.after, pull.before) {
        (Some(after), _) if after.0 + 1 < min => (1, 0, true),
        (Some(after), _) => (after.0 + 1, head.min(after.0 + limit), false),
        (None, before) => {
            let before = before.map_or(head, |before| before.0).min(head + 1);
            (before.saturating_sub(limit).max(min), before - 1, before <= min)
        }
    };
    Page {
        rid: pull.rid,
        room: pull.room,
        from: None,
        to: None,
        events: (from..=to).map(|seq| event(pull.room, seq)).collect(),
        folds: Vec::new(),
        head: Seq(head),
        min: Seq(min),
        more: if pull.after.is_some() { to < head } else { from > min },
        too_old,
    }
}

#[test]
fn what_is_looked_at_comes_first_then_what_is_unread_then_the_rest_then_holes() {
    let (mut backfill, now) = online(&[(1, 3, 5), (2, 3, 5), (3, 3, 5), (5, 3, 5), (6, 3, 5)]);
    let hole = Hole { from: Seq(1), to: Seq(2), expired: false };
    backfill.insert(room_id(4), Seq(3), Seq(3), vec![hole]);
    backfill.set_visible_room(Some(room_id(5)));
    backfill.mark_unread(room_id(3), true);
    let first = backfill.poll(now);
    let rooms: Vec<RoomId> = first.iter().map(|pull| pull.room).collect();
    assert_eq!(rooms, [5, 3, 1, 2].map(room_id));
    assert_eq!((backfill.poll(now), backfill.deadline()), (vec![], None), "four at once");
    backfill.page(answer(&first[0], 5, 1, 200)).unwrap();
    backfill.page(answer(&first[1], 5, 1, 200)).unwrap();
    let then = [(room_id(6), Some(3), None), (room_id(4), None, Some(3))];
    assert_eq!(asked(&backfill.poll(now)), then);
}

#[test]
fn how_far_behind_a_room_is_says_whether_the_newest_come_first() {
    for (cursor, head, newest) in
        [(0, 50, false), (0, 51, true), (1, 1001, false), (1, 1002, true), (7, 7 + 1000, false)]
    {
        let (mut backfill, now) = online(&[(1, cursor, head)]);
        let expected = if newest { (None, Some(head + 1)) } else { (Some(cursor), None) };
        let pulls = backfill.poll(now);
        assert_eq!(asked(&pulls), [(room_id(1), expected.0, expected.1)], "{cursor} of {head}");
        assert_eq!(pulls[0].limit, if newest { 50 } else { 200 });
    }
}

#[test]
fn what_is_left_to_catch_up_counts_what_will_be_fetched_for_it() {
    for (rooms, expected) in [
        (vec![(1, 7, 7)], (0, 0)),
        (vec![(1, 3, 7), (2, 7, 7), (3, 0, 50)], (2, 54)),
        // Far behind, the newest events are enough; the rest is a gap.
        (vec![(1, 1, 5000), (2, 0, 9000)], (2, 100)),
    ] {
        assert_eq!(online(&rooms).0.behind(), expected, "{rooms:?}");
    }
}

#[test]
fn several_signs_of_one_hole_make_one_pull_after_a_moment() {
    let (mut backfill, now) = online(&[(1, 3, 3)]);
    for (seq, millis) in [(6, 0), (5, 10), (7, 40)] {
        let now = now + Duration::from_millis(millis);
        assert_eq!(backfill.offer(Arc::new(event(room_id(1), seq)), now), OfferOutcome::Early);
        backfill.head_hinted(room_id(1), Seq(9), now);
        assert_eq!(backfill.poll(now), []);
    }
    let due = backfill.deadline().unwrap();
    assert_eq!(due, now + COALESCE);
    assert_eq!(asked(&backfill.poll(due)), [(room_id(1), Some(3), None)]);
    assert_eq!(backfill.poll(due + COALESCE), [], "one pull a room");
    // Filled by pushes in the meantime, so nothing is due.
    let (mut backfill, now) = online(&[(1, 3, 3)]);
    backfill.offer(Arc::new(event(room_id(1), 5)), now);
    backfill.offer(Arc::new(event(room_id(1), 4)), now);
    assert_eq!(backfill.deadline(), None);
}

#[test]
fn a_room_that_is_due_waits_for_the_pace_without_waking_anybody_for_nothing() {
    let now = Instant::now();
    let mut backfill = Backfill::default();
    backfill.insert(room_id(1), Seq(3), Seq(3), Vec::new());
    backfill.insert(room_id(2), Seq(3), Seq(4), Vec::new());
    backfill.online(1, now);
    assert_eq!(backfill.poll(now).len(), 1);
    backfill.head_hinted(room_id(1), Seq(5), now);
    let due = now + COALESCE;
    assert_eq!(backfill.poll(due), [], "one a second");
    let next = backfill.deadline().unwrap();
    assert!(next > due + Duration::from_millis(900), "woken {:?} after it was due", next - due);
    assert_eq!(backfill.poll(next).len(), 1);
}

#[test]
fn a_refusal_for_now_pauses_all_pulls_and_one_for_good_only_its_room() {
    for (temporary, others) in [(true, 0), (false, 1)] {
        let (mut backfill, now) = online(&[(1, 3, 5)]);
        let pull = backfill.poll(now).remove(0);
        backfill.refused(pull.rid, temporary, Some(RETRY_AFTER), now);
        backfill.insert(room_id(2), Seq(0), Seq(1), Vec::new());
        assert_eq!(backfill.poll(now).len(), others);
        assert_eq!(backfill.behind().0, 2 - u32::from(!temporary));
        let later = now + RETRY_AFTER;
        assert_eq!(backfill.poll(later).len(), if temporary { 2 } else { 0 });
    }
}

#[test]
fn the_answer_about_a_room_that_was_left_is_for_nobody_even_when_it_is_back() {
    for back in [false, true] {
        let (mut backfill, now) = online(&[(1, 5, 9)]);
        let old = backfill.poll(now).remove(0);
        backfill.remove(room_id(1));
        if back {
            backfill.insert(room_id(1), Seq(0), Seq(9), Vec::new());
            let new = backfill.poll(now).remove(0);
            assert_eq!(backfill.page(answer(&old, 9, 1, 200)), Ok(None));
            let (_, served) = backfill.page(answer(&new, 9, 1, 200)).unwrap().unwrap();
            assert_eq!(served.applied.len(), 9);
        } else {
            assert_eq!(backfill.page(answer(&old, 9, 1, 200)), Ok(None));
        }
        assert_eq!(backfill.page(answer(&old, 9, 1, 200)), Err(PageMismatch), "answered twice");
    }
}

#[test]
fn a_page_that_says_nothing_follows_while_something_does_is_a_misfit() {
    for (head, fits) in [(5, false), (3, true)] {
        let (mut backfill, now) = online(&[(1, 3, 5)]);
        let pull = backfill.poll(now).remove(0);
        let page = Page { events: Vec::new(), head: Seq(head), ..answer(&pull, 5, 1, 200) };
        assert_eq!(backfill.page(page).is_ok(), fits, "head {head}");
        assert_eq!(backfill.behind().0, u32::from(!fits));
    }
    let (mut backfill, now) = online(&[(1, 3, 5)]);
    let pull = backfill.poll(now).remove(0);
    let mut page = answer(&pull, 5, 1, 200);
    page.events[1].room = room_id(2);
    assert_eq!(backfill.page(page), Err(PageMismatch), "an event of another room");
}

/// It had been applied and then reported as a mismatch, so that nobody stored it.
#[test]
fn what_was_held_back_is_not_lost_by_a_lie_about_what_follows() {
    let (mut backfill, now) = online(&[(1, 0, 60)]);
    let pull = backfill.poll(now).remove(0);
    for seq in [58, 61, 62] {
        assert_eq!(backfill.offer(Arc::new(event(room_id(1), seq)), now), OfferOutcome::Early);
    }
    // The server says that everything requested is deleted.
    let gone = Page { events: Vec::new(), too_old: true, ..answer(&pull, 62, 61, 50) };
    let (_, served) = backfill.page(gone).unwrap().unwrap();
    let seqs: Vec<u64> = served.applied.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, [58, 61, 62]);
    assert_eq!((backfill.behind(), backfill.held), ((0, 0), 0));
}

#[test]
fn what_the_viewer_waits_for_is_asked_first_and_only_if_it_can_come() {
    let (mut backfill, now) = online(&[(1, 3, 5)]);
    let holes = vec![
        Hole { from: Seq(1), to: Seq(10), expired: true },
        Hole { from: Seq(11), to: Seq(300), expired: false },
    ];
    backfill.insert(room_id(2), Seq(400), Seq(400), holes);
    assert!(!backfill.want(room_id(2), Seq(400), 50), "all of it is here");
    assert!(!backfill.want(room_id(2), Seq(11), 50), "it is gone for good");
    assert!(!backfill.is_waiting(room_id(2)));
    assert!(backfill.want(room_id(2), Seq(330), 50), "a part is missing");
    assert!(backfill.is_waiting(room_id(2)));
    let pulls = backfill.poll(now);
    assert_eq!(asked(&pulls)[0], (room_id(2), None, Some(301)));
    backfill.page(answer(&pulls[0], 400, 11, 200)).unwrap();
    assert!(!backfill.is_waiting(room_id(2)));
}

/// A server, a lossy connection, and what the device has stored.
struct World {
    backfill: Backfill,
    now: Instant,
    /// By room: the newest event, and the oldest one still there.
    server: BTreeMap<RoomId, (u64, u64)>,
    held: BTreeMap<RoomId, BTreeSet<u64>>,
    asked: Vec<Pull>,
    /// Requested before the room was left.
    void: BTreeSet<RequestId>,
}

impl World {
    fn new() -> Self {
        let (backfill, now) = online(&[]);
        let server = (0..ROOMS).map(|n| (room_id(n), (0, 1))).collect();
        let mut world = Self {
            backfill,
            now,
            server,
            held: BTreeMap::new(),
            asked: Vec::new(),
            void: BTreeSet::new(),
        };
        for n in 0..ROOMS {
            world.come(room_id(n));
        }
        world
    }

    fn come(&mut self, room: RoomId) {
        self.backfill.insert(room, Seq(0), Seq(self.server[&room].0), Vec::new());
        self.held.insert(room, BTreeSet::new());
    }

    fn store(&mut self, room: RoomId, events: &[Arc<Event>]) {
        let held = self.held.get_mut(&room).unwrap();
        for event in events {
            assert!(held.insert(event.seq.0), "{} of {room} came twice", event.seq);
        }
    }

    fn push(&mut self, room: RoomId, seq: u64) {
        let offered = self.backfill.offer(Arc::new(event(room, seq)), self.now);
        if let OfferOutcome::Applied(events) = offered {
            self.store(room, &events);
        }
    }

    fn answer(&mut self, which: usize, most: u64) {
        if self.asked.is_empty() {
            return;
        }
        let pull = self.asked.remove(which % self.asked.len());
        let (head, min) = self.server[&pull.room];
        let served = self.backfill.page(answer(&pull, head, min, most)).expect("an honest page");
        assert_eq!(served.is_none(), self.void.remove(&pull.rid));
        if let Some((room, served)) = served {
            self.store(room, &served.applied);
            self.store(room, &served.filled);
        }
    }

    fn cut(&mut self) {
        self.backfill.offline();
        self.asked.clear();
        self.void.clear();
        assert_eq!((self.backfill.poll(self.now), self.backfill.deadline()), (vec![], None));
        self.backfill.online(20, self.now);
        for (room, (head, _)) in &self.server {
            self.backfill.head_known(*room, Seq(*head));
        }
    }

    fn poll(&mut self) {
        self.asked.extend(self.backfill.poll(self.now));
        assert!(self.asked.len() <= PULLS, "{:?}", asked(&self.asked));
        let live = self.asked.iter().filter(|pull| !self.void.contains(&pull.rid));
        let mut rooms: Vec<RoomId> = live.map(|pull| pull.room).collect();
        rooms.sort_unstable();
        assert!(rooms.windows(2).all(|two| two[0] != two[1]), "two of one room: {rooms:?}");
    }

    fn step(&mut self, (kind, room, number): (u8, u64, u64)) {
        let room = room_id(room);
        let most = 1 + number % 200;
        let which = usize::try_from(number).unwrap();
        match kind {
            // A burst of which every n-th event is lost.
            0 | 1 => {
                let count = [1, 4, 80, 1100][which % 4];
                for n in 0..count {
                    let (head, _) = self.server.get_mut(&room).unwrap();
                    *head += 1;
                    let head = *head;
                    if number % 5 != 0 && n % (number % 5) == 0 {
                        self.push(room, head);
                    }
                }
            }
            2..=5 => self.answer(which, most),
            6 => self.cut(),
            7 => self.backfill.head_hinted(room, Seq(self.server[&room].0), self.now),
            8 => self.now += Duration::from_millis(number),
            9 => {
                self.backfill.set_visible_room(Some(room));
                let head = self.server[&room].0;
                self.backfill.want(room, Seq(number % (head + 2)), 60);
            }
            10 => {
                if let Some(pull) = self.asked.pop() {
                    self.void.remove(&pull.rid);
                    self.backfill.refused(pull.rid, true, None, self.now);
                }
            }
            11 => {
                self.backfill.remove(room);
                let gone = self.asked.iter().filter(|pull| pull.room == room);
                self.void.extend(gone.map(|pull| pull.rid));
                self.come(room);
            }
            _ => {
                let (head, min) = self.server.get_mut(&room).unwrap();
                *min = (*min).max(number % (*head + 1)).max(1);
            }
        }
        self.poll();
    }

    /// The faults stop: everything arrives within a bounded time.
    fn settle(&mut self) {
        self.cut();
        for _ in 0..2000 {
            self.poll();
            if !self.asked.is_empty() {
                self.answer(0, 200);
            } else if let Some(due) = self.backfill.deadline() {
                assert!(due > self.now, "due at once, and nothing leaves");
                self.now = due;
            } else {
                break;
            }
        }
        assert_eq!(self.backfill.behind(), (0, 0));
        for (room, (head, _)) in &self.server {
            let mut all = self.held[room].clone();
            let cursor = self.backfill.cursor(*room).unwrap();
            for hole in cursor.holes() {
                assert!(hole.expired, "{room} has {hole:?} at the end");
                all.extend(hole.from.0..=hole.to.0);
            }
            assert!(all.into_iter().eq(1..=*head), "{room} is not whole up to {head}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// However pushes, pages, hints, cuts, refusals, leaving and expiry interleave: no event is
    /// applied twice, there is one pull a room and at most four in all, and in the end the whole
    /// log is here.
    #[test]
    fn whatever_happens_the_whole_log_comes_once(
        steps in prop::collection::vec((0u8..13, 0..ROOMS, 0u64..400), 1..120),
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
    }
}
