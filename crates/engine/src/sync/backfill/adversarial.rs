//! A server that sends anything at all, as answers to pulls and unasked.

use std::collections::BTreeSet;
use std::time::Duration;

use homing_protocol::{EventId, RequestId};
use homing_testkit::builders::{message, room_id};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::sync::cursor;

const ROOMS: u64 = 12;
/// The largest number on the wire.
const FAR: u64 = (1 << 53) - 1;

/// Small numbers, which are likely to collide, and those at the edge.
fn seq() -> impl Strategy<Value = u64> {
    prop_oneof![12 => 0_u64..40, 4 => 0_u64..5000, 1 => FAR - 3..=FAR]
}

fn room() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0_u64..2, 1 => 0..ROOMS]
}

/// An event. There may be two at one position.
fn event(room: u64, seq: u64, other: bool) -> Event {
    let id =
        EventId(Uuid::from_u128(u128::from(room) << 64 | u128::from(seq) << 1 | other as u128));
    Event { room: room_id(room), id, ..message(1, seq, 2, "x") }
}

/// How an answer to a pull deviates from the truth.
#[derive(Debug, Clone)]
enum Lie {
    No,
    Rid(u64),
    Room(u64),
    Head(u64),
    Min(u64),
    TooOld,
    More,
    Nothing,
    /// This many events fewer, at the end or at the beginning.
    Short(usize, bool),
    Twice(usize),
    Without(usize),
    Backwards,
    Moved(u64),
    Others,
    /// More than requested.
    Long(u64),
}

fn lie() -> impl Strategy<Value = Lie> {
    prop_oneof![
        30 => Just(Lie::No),
        1 => (0_u64..40).prop_map(Lie::Rid),
        1 => (0..ROOMS).prop_map(Lie::Room),
        2 => seq().prop_map(Lie::Head),
        2 => seq().prop_map(Lie::Min),
        1 => Just(Lie::TooOld),
        1 => Just(Lie::More),
        2 => Just(Lie::Nothing),
        4 => (1_usize..300, any::<bool>()).prop_map(|(count, end)| Lie::Short(count, end)),
        1 => (0_usize..200).prop_map(Lie::Twice),
        1 => (0_usize..200).prop_map(Lie::Without),
        1 => Just(Lie::Backwards),
        1 => seq().prop_map(Lie::Moved),
        1 => Just(Lie::Others),
        1 => (1_u64..300).prop_map(Lie::Long),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    /// This many events from here on, with this stride.
    Push {
        room: u64,
        seq: u64,
        count: u64,
        every: u64,
        other: bool,
    },
    Page {
        which: usize,
        head: u64,
        min: u64,
        lie: Lie,
    },
    Refused {
        which: usize,
        known: bool,
        temporary: bool,
    },
    Told {
        room: u64,
        head: u64,
    },
    Hinted {
        room: u64,
        head: u64,
    },
    Wanted {
        room: u64,
        before: u64,
    },
    Left {
        room: u64,
    },
    Cut {
        pulls_per_second: u32,
    },
    Later(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (room(), seq(), 1_u64..400, 1_u64..3, any::<bool>())
            .prop_map(|(room, seq, count, every, other)| Step::Push { room, seq, count, every, other: other && count < 9 }),
        12 => (any::<usize>(), seq(), prop_oneof![3 => Just(1), 1 => seq()], lie())
            .prop_map(|(which, head, min, lie)| Step::Page { which, head, min, lie }),
        1 => (any::<usize>(), any::<bool>(), any::<bool>())
            .prop_map(|(which, known, temporary)| Step::Refused { which, known, temporary }),
        3 => (room(), seq()).prop_map(|(room, head)| Step::Told { room, head }),
        1 => (room(), seq()).prop_map(|(room, head)| Step::Hinted { room, head }),
        1 => (room(), seq()).prop_map(|(room, before)| Step::Wanted { room, before }),
        1 => room().prop_map(|room| Step::Left { room }),
        1 => prop_oneof![Just(0), 1_u32..50, Just(u32::MAX)]
            .prop_map(|pulls_per_second| Step::Cut { pulls_per_second }),
        4 => (0_u64..3000).prop_map(Step::Later),
    ]
}

/// The answer of an honest server with this many events, and the deviating one.
fn answer(pull: &Pull, head: u64, min: u64, lie: &Lie) -> Page {
    let number = (0..ROOMS).find(|n| room_id(*n) == pull.room).unwrap();
    let limit = u64::from(pull.limit);
    let (from, to) = match (pull.after, pull.before) {
        (Some(after), _) => (after.0 + 1, head.min(after.0.saturating_add(limit))),
        (None, before) => {
            let to = before.map_or(head, |before| before.0.saturating_sub(1)).min(head);
            (to.saturating_sub(limit - 1).max(min).max(1), to)
        }
    };
    let events: Vec<Event> = (from..=to).map(|seq| event(number, seq, false)).collect();
    let (head, min) = (Seq(head), Seq(min));
    let mut page = Page {
        rid: pull.rid,
        room: pull.room,
        from: None,
        to: None,
        events,
        folds: Vec::new(),
        head,
        min,
        more: false,
        too_old: false,
    };
    let events = &mut page.events;
    match lie {
        Lie::No => {}
        Lie::Rid(rid) => page.rid = RequestId(*rid),
        Lie::Room(room) => page.room = room_id(*room),
        Lie::Head(head) => page.head = Seq(*head),
        Lie::Min(min) => page.min = Seq(*min),
        Lie::TooOld => (page.too_old, page.events) = (true, Vec::new()),
        Lie::More => page.more = true,
        Lie::Nothing => events.clear(),
        Lie::Short(count, true) => events.truncate(events.len().saturating_sub(*count)),
        Lie::Short(count, false) => drop(events.drain(..(*count).min(events.len()))),
        Lie::Twice(at) if *at < events.len() => events.insert(*at, events[*at].clone()),
        Lie::Without(at) if *at < events.len() => drop(events.remove(*at)),
        Lie::Twice(_) | Lie::Without(_) => {}
        Lie::Backwards => events.reverse(),
        Lie::Moved(by) => {
            for event in events {
                event.seq = Seq((event.seq.0 + by).min(FAR));
            }
        }
        Lie::Others => {
            for one in events {
                *one = event(number, one.seq.0, true);
            }
        }
        Lie::Long(count) => {
            events.extend((to + 1..to.saturating_add(*count)).map(|n| event(number, n, false)));
        }
    }
    page
}

/// A device, and what it has shown of each room.
struct Device {
    backfill: Backfill,
    now: Instant,
    shown: BTreeMap<RoomId, BTreeSet<Seq>>,
    asked: Vec<Pull>,
}

impl Device {
    fn new() -> Self {
        let now = Instant::now();
        let mut device =
            Self { backfill: Backfill::default(), now, shown: BTreeMap::new(), asked: Vec::new() };
        for n in 0..ROOMS {
            device.come(room_id(n));
        }
        device.backfill.online(20, now);
        device
    }

    fn come(&mut self, room: RoomId) {
        self.backfill.insert(room, Seq(0), Seq(0), Vec::new());
        self.shown.insert(room, BTreeSet::new());
    }

    fn show(&mut self, room: RoomId, events: &[Arc<Event>]) {
        let shown = self.shown.get_mut(&room).unwrap();
        for event in events {
            assert_eq!(event.room, room, "shown where it does not belong");
            assert!(shown.insert(event.seq), "{:?} was shown twice", event.seq);
        }
    }

    /// As after a protocol violation: the connection is abandoned.
    fn cut(&mut self, pulls_per_second: u32) {
        self.backfill.offline();
        self.asked.clear();
        self.backfill.online(pulls_per_second, self.now);
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Push { room, seq, count, every, other } => {
                for n in (0..count).filter(|n| n % every == 0) {
                    let event = event(room, (seq + n).min(FAR), other);
                    match self.backfill.offer(Arc::new(event), self.now) {
                        OfferOutcome::Applied(events) => self.show(room_id(room), &events),
                        OfferOutcome::Known | OfferOutcome::Early => {}
                        OfferOutcome::Clash => return self.cut(20),
                    }
                }
            }
            Step::Page { which, head, min, lie } if !self.asked.is_empty() => {
                let pull = self.asked.remove(which % self.asked.len());
                // At least the reported head; otherwise no answer would be near the truth.
                let head = self.backfill.head(pull.room).map_or(head, |told| told.0.max(head));
                match self.backfill.page(answer(&pull, head, min, &lie)) {
                    Ok(None) => {}
                    Ok(Some((room, served))) => {
                        assert_eq!(room, pull.room);
                        self.show(room, &served.applied);
                        self.show(room, &served.filled);
                    }
                    Err(PageMismatch) => self.cut(20),
                }
            }
            Step::Page { .. } => {}
            Step::Refused { which, known, temporary } => {
                let rid = self.asked.get(which % self.asked.len().max(1)).filter(|_| known);
                let rid = rid.map_or(RequestId(FAR), |pull| pull.rid);
                self.asked.retain(|pull| pull.rid != rid);
                self.backfill.refused(rid, temporary, None, self.now);
            }
            Step::Told { room, head } => self.backfill.head_known(room_id(room), Seq(head)),
            Step::Hinted { room, head } => {
                self.backfill.head_hinted(room_id(room), Seq(head), self.now);
            }
            Step::Wanted { room, before } => {
                self.backfill.set_visible_room(Some(room_id(room)));
                self.backfill.want(room_id(room), Seq(before), 60);
            }
            Step::Left { room } => {
                self.backfill.remove(room_id(room));
                self.come(room_id(room));
            }
            Step::Cut { pulls_per_second } => self.cut(pulls_per_second),
            Step::Later(millis) => self.now += Duration::from_millis(millis),
        }
        self.asked.extend(self.backfill.poll(self.now));
        self.check();
    }

    /// The invariants.
    fn check(&self) {
        assert!(self.backfill.pulls.len() <= PULLS);
        let mut held = 0;
        for (id, room) in &self.backfill.rooms {
            let cursor = &room.cursor;
            assert!(cursor.held_back() <= cursor::HELD);
            held += cursor.held_back();
            // Every position up to the cursor was shown or is known to be missing, and never both.
            let holes = cursor.holes();
            let skipped: u64 = holes.iter().map(|hole| hole.to.0 - hole.from.0 + 1).sum();
            let shown = &self.shown[id];
            assert_eq!(shown.len() as u64 + skipped, cursor.at().0, "{holes:?}");
            assert!(shown.iter().all(|seq| cursor.holds(*seq)), "{holes:?}");
            // The gaps are minimal and in order.
            for two in holes.windows(2) {
                assert!(two[0].to < two[1].from, "{holes:?}");
                let one = two[0].to.next() == two[1].from && two[0].expired == two[1].expired;
                assert!(!one, "two halves of one hole: {holes:?}");
            }
        }
        assert_eq!(held, self.backfill.held);
        assert!(held <= HELD);
        // Pulling what is missing neither stops nor spins.
        assert!(self.backfill.deadline().is_none_or(|due| due > self.now), "due, and not asked");
    }
}

proptest! {
    /// Whatever a server sends: nothing is shown twice or at a wrong position, what is missing is
    /// known, and memory stays bounded.
    #[test]
    fn no_server_makes_it_lose_count(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::new();
        for step in steps {
            device.step(step);
        }
    }
}
