//! A server that answers a send with anything at all, or answers unasked.

use homing_testkit::builders::{cid, room_id, user_id};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::timeouts::RETRY_MOST;

const ROOMS: u64 = 4;

#[derive(Debug, Clone)]
enum Step {
    /// A message of this many bytes.
    Write {
        room: u64,
        bytes: usize,
    },
    /// A commit: of a message that was sent, queued, wedged, or never existed.
    Committed(u64),
    /// A rejection with any reference.
    Refused {
        cids: Vec<u64>,
        code: ErrorCode,
        temporary: bool,
        retry_after: Option<Duration>,
    },
    /// A rejection without a reference.
    Blamed {
        temporary: bool,
    },
    Cut,
    Online {
        limits: Limits,
    },
    Retry(u64),
    Edit(u64),
    Discard(u64),
    Later(u64),
}

fn limits() -> impl Strategy<Value = Limits> {
    let count = || prop_oneof![Just(0), 1_usize..40, Just(usize::MAX)];
    let rate = || prop_oneof![Just(0), 1_u32..40, Just(u32::MAX)];
    (count(), count(), count(), count(), rate(), rate()).prop_map(
        |(frame, body, items, in_flight, sends_per_second, send_burst)| Limits {
            frame,
            body,
            items,
            in_flight,
            sends_per_second,
            send_burst,
            pulls_per_second: 1,
        },
    )
}

fn code() -> impl Strategy<Value = ErrorCode> {
    prop_oneof![
        Just(ErrorCode::RateLimited),
        Just(ErrorCode::Internal),
        Just(ErrorCode::CidReused),
        Just(ErrorCode::NotMember),
        Just(ErrorCode::Other("later".into())),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let name = || 0_u64..40;
    let wait = prop::option::of((0..=RETRY_MOST.as_secs()).prop_map(Duration::from_secs));
    prop_oneof![
        8 => (0..ROOMS, prop_oneof![29 => 1_usize..100, 1 => Just(60_000)])
            .prop_map(|(room, bytes)| Step::Write { room, bytes }),
        4 => name().prop_map(Step::Committed),
        4 => (prop::collection::vec(name(), 0..6), code(), any::<bool>(), wait).prop_map(
            |(cids, code, temporary, retry_after)| Step::Refused { cids, code, temporary, retry_after }
        ),
        3 => any::<bool>().prop_map(|temporary| Step::Blamed { temporary }),
        1 => Just(Step::Cut),
        2 => limits().prop_map(|limits| Step::Online { limits }),
        1 => Just(Step::Online { limits: Limits::default() }),
        1 => name().prop_map(Step::Retry),
        1 => name().prop_map(Step::Edit),
        1 => name().prop_map(Step::Discard),
        4 => (0_u64..20_000).prop_map(Step::Later),
    ]
}

/// A device, and what its person has written that is not in the log yet.
struct Device {
    queue: SendQueue,
    now: Instant,
    limits: Limits,
    /// By position.
    written: BTreeMap<u64, OutboxItem>,
    next: u64,
}

impl Device {
    fn new() -> Self {
        let now = Instant::now();
        let mut queue = SendQueue::new(Vec::new());
        queue.online(Limits::default(), now);
        Self { queue, now, limits: Limits::default(), written: BTreeMap::new(), next: 0 }
    }

    fn fresh(&mut self) -> Cid {
        self.next += 1;
        cid(self.next - 1)
    }

    fn step(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Write { room, bytes } => {
                let (cid, body) = (self.fresh(), Body::new(&json!({ "text": "x".repeat(bytes) })));
                let item = self.queue.enqueue(room_id(room), cid, "message", body, 0);
                self.written.insert(item.place, item);
            }
            Step::Committed(n) => {
                if let Some(item) = self.queue.committed(cid(n)) {
                    assert_eq!(item.cid, cid(n));
                    self.written.remove(&item.place).unwrap();
                }
            }
            Step::Refused { cids, code, temporary, retry_after } => {
                let before: Vec<(u64, Cid, OutboxState)> =
                    self.queue.items().map(|item| (item.place, item.cid, item.state)).collect();
                let cids: Vec<Cid> = cids.into_iter().map(cid).collect();
                for item in self.queue.refused(&cids, &code, temporary, retry_after, now) {
                    assert!(!self.queue.is_sending(&item));
                }
                // Only messages that were sent and are named may have changed.
                for (place, cid, state) in before {
                    let same = self.queue.items[&place].state == state;
                    let meant = state == OutboxState::Offered && cids.contains(&cid);
                    assert!(same || meant && !temporary, "{cid:?} was {state:?}");
                }
            }
            Step::Blamed { temporary } => self.queue.unattributed_error(temporary, now),
            Step::Cut => drop(self.queue.offline()),
            Step::Online { limits } => self.online(limits),
            Step::Retry(n) => {
                let fresh = self.fresh();
                let changed = self.queue.retry(cid(n), fresh, user_id(1));
                self.renamed(changed);
            }
            Step::Edit(n) => {
                let fresh = self.fresh();
                let body = Body::new(&json!({ "text": "other" }));
                let changed = self.queue.edit(cid(n), fresh, body, user_id(1));
                self.renamed(changed);
            }
            Step::Discard(n) => {
                for item in self.queue.discard(cid(n), user_id(1)).unwrap_or_default() {
                    self.written.remove(&item.place).unwrap();
                }
            }
            Step::Later(millis) => self.now += Duration::from_millis(millis),
        }
        let one_at_a_time: BTreeSet<Cid> = self.one_at_a_time().collect();
        match self.queue.overdue(self.now) {
            Ok(changed) => {
                for item in changed {
                    let wedged = matches!(item.state, OutboxState::Wedged(_));
                    assert!(
                        !wedged || one_at_a_time.contains(&item.cid),
                        "{item:?} was one of several"
                    );
                }
            }
            // As the engine does when nobody answers.
            Err(Unanswered) => self.online(self.limits),
        }
        self.poll();
        self.check();
    }

    /// The message in flight by itself.
    fn one_at_a_time(&self) -> impl Iterator<Item = Cid> {
        let single = self.queue.in_flight.values().filter(|in_flight| in_flight.cids.len() == 1);
        single.flat_map(|in_flight| in_flight.cids.iter().copied())
    }

    fn online(&mut self, limits: Limits) {
        self.limits = limits;
        self.queue.online(limits, self.now);
    }

    fn renamed(&mut self, changed: Result<Vec<OutboxItem>, Error>) {
        for item in changed.unwrap_or_default() {
            self.written.insert(item.place, item);
        }
    }

    fn poll(&mut self) -> Vec<SendBatch> {
        let flying: BTreeSet<RoomId> = self.queue.in_flight.keys().copied().collect();
        let batches = self.queue.poll(self.now);
        for SendBatch { room, items } in &batches {
            assert!(!flying.contains(room), "two at once in one room");
            assert!((1..=self.limits.items.max(1)).contains(&items.len()));
            assert!(
                items.iter().all(|item| item.room == *room && item.state == OutboxState::Offered)
            );
            assert!(items.windows(2).all(|two| two[0].place < two[1].place), "in order");
            // Every message that stays was written later, or waits for the person.
            let last = items[items.len() - 1].place;
            let passed = self.queue.items.values().filter(|item| {
                item.room == *room
                    && item.place < last
                    && !items.iter().any(|i| i.place == item.place)
            });
            for item in passed {
                assert!(matches!(item.state, OutboxState::Wedged(_)), "{item:?} was overtaken");
            }
            let bytes: usize = items.iter().map(|item| item.body.as_json().len()).sum();
            assert!(items.len() == 1 || bytes <= self.limits.frame.min(FRAME_BYTES));
        }
        assert!(self.queue.in_flight.len() <= self.limits.in_flight.max(1));
        batches
    }

    /// The invariants.
    fn check(&self) {
        let held: Vec<_> = self.queue.items().map(|item| (item.place, &item.room)).collect();
        let written: Vec<_> = self.written.values().map(|item| (item.place, &item.room)).collect();
        assert_eq!(held, written, "nothing is lost, and nothing comes from nowhere");
        for (item, written) in self.queue.items().zip(self.written.values()) {
            assert_eq!((item.cid, &item.body), (written.cid, &written.body));
            assert_eq!(self.queue.get(item.cid), Some(item));
        }
        // The derived state agrees with the items.
        assert_eq!(self.queue.by_cid.len(), held.len());
        let waiting = self.queue.waiting.values().map(BTreeSet::len).sum::<usize>();
        let idle = self.queue.items().filter(|item| matches!(item.state, OutboxState::Wedged(_)));
        assert_eq!(waiting + idle.count(), held.len());
        let rooms = usize::try_from(ROOMS).unwrap();
        assert!(self.queue.paused.len() <= rooms && self.queue.one_at_a_time.len() <= rooms);
        for (room, in_flight) in &self.queue.in_flight {
            assert!(!in_flight.cids.is_empty());
            for cid in &in_flight.cids {
                let item = self.queue.get(*cid).unwrap();
                assert_eq!((item.room, item.state), (*room, OutboxState::Offered));
            }
        }
        if self.queue.connection.is_some() {
            assert!(self.queue.deadline().is_none_or(|due| due > self.now), "due, and not sent");
        }
    }

    /// The server becomes honest: every message that does not wait for the person is sent.
    fn settle(&mut self) {
        self.online(Limits::default());
        for _ in 0..10_000 {
            let batches = self.poll();
            for item in batches.iter().flat_map(|batch| &batch.items) {
                self.queue.committed(item.cid).unwrap();
                self.written.remove(&item.place).unwrap();
            }
            match self.queue.deadline() {
                _ if !batches.is_empty() => {}
                Some(due) => self.now = due,
                None => break,
            }
        }
        assert_eq!(self.queue.count().waiting, 0, "all of it left");
        assert!(self.queue.in_flight.is_empty());
    }
}

proptest! {
    /// Whatever a server answers, no message is lost, duplicated, reordered, changed, or wedged
    /// without a reference; and once the server is honest, all of them are sent.
    #[test]
    fn no_server_makes_it_lose_a_message(steps in prop::collection::vec(step(), 1..80)) {
        let mut device = Device::new();
        for step in steps {
            device.step(step);
        }
        device.settle();
    }
}
