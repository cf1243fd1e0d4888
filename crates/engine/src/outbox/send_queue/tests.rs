use homing_testkit::builders::{cid, room_id, user_id};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn online() -> (SendQueue, Instant) {
    let now = Instant::now();
    let mut queue = SendQueue::new(Vec::new());
    queue.online(Limits::default(), now);
    (queue, now)
}

fn enqueue(queue: &mut SendQueue, room: u64, n: u64) {
    queue.enqueue(room_id(room), cid(n), "message", Body::new(&json!({ "text": n })), 0);
}

fn names(batch: &SendBatch) -> Vec<Cid> {
    batch.items.iter().map(|item| item.cid).collect()
}

/// So that the answer arrives in time on a slow connection, and little is sent twice after a cut.
#[test]
fn a_batch_is_small_unless_its_first_item_is_large() {
    for (bytes, items) in [(60_000, 1), (16_000, 1), (10_000, 3), (1_000, 16)] {
        let (mut queue, now) = online();
        for n in 0..20 {
            let body = Body::new(&json!({ "text": "x".repeat(bytes) }));
            queue.enqueue(room_id(1), cid(n), "message", body, 0);
        }
        let batches = queue.poll(now);
        assert_eq!(batches[0].items.len(), items, "of {bytes} bytes");
    }
}

#[test]
fn little_is_on_its_way_at_once() {
    for (bytes, batches) in [(60_000, 2), (33_000, 2), (20_000, 4), (100, 20)] {
        let (mut queue, now) = online();
        for n in 0..20 {
            let body = Body::new(&json!({ "text": "x".repeat(bytes) }));
            queue.enqueue(room_id(n), cid(n), "message", body, 0);
        }
        assert_eq!(queue.poll(now).len(), batches, "of {bytes} bytes");
        queue.committed(cid(0));
        assert_eq!(queue.poll(now).len(), usize::from(bytes > 100), "of {bytes} bytes");
    }
}

#[test]
fn what_travels_slowly_is_waited_for() {
    let (mut queue, now) = online();
    enqueue(&mut queue, 1, 1);
    queue.poll(now);
    let later = now + ANSWER - Duration::from_secs(1);
    queue.transfer_progress(later);
    assert_eq!(queue.overdue(now + ANSWER), Ok(Vec::new()));
    assert_eq!(queue.overdue(later + ANSWER), Err(Unanswered));
}

#[test]
fn what_an_older_version_queued_with_nul_is_put_aside_with_its_reason() {
    let (mut queue, now) = online();
    queue.enqueue(room_id(1), cid(1), "message", Body::new(&json!({ "text": "one\0two" })), 0);
    enqueue(&mut queue, 1, 2);
    assert_eq!(names(&queue.poll(now)[0]), [cid(1), cid(2)]);
    queue.refused(&[cid(1)], &ErrorCode::Invalid, false, None, now);
    let state = queue.get(cid(1)).unwrap().state;
    assert_eq!(state, OutboxState::Wedged(WedgeReason::HoldsNul));
    assert_eq!(names(&queue.poll(now)[0]), [cid(2)]);
}

#[test]
fn no_more_leaves_than_the_server_takes() {
    let (mut queue, now) = online();
    for n in 0..40 {
        enqueue(&mut queue, n, n);
    }
    assert_eq!(queue.poll(now).len(), 30);
    assert!(queue.poll(now).is_empty());
    let next = queue.deadline().unwrap();
    assert_eq!((next - now).as_millis(), 101);
    assert_eq!(queue.poll(next).len(), 1);
}

#[test]
fn no_more_than_32_batches_are_in_flight() {
    let now = Instant::now();
    let mut queue = SendQueue::new(Vec::new());
    queue.online(Limits { send_burst: 100, ..Limits::default() }, now);
    for n in 0..40 {
        enqueue(&mut queue, n, n);
    }
    assert_eq!(queue.poll(now).len(), 32);
    assert_eq!(queue.deadline(), None);
    queue.committed(cid(0));
    assert_eq!(queue.poll(now).len(), 1);
}

#[test]
fn absurd_limits_are_not_obeyed_to_the_letter() {
    let now = Instant::now();
    let mut queue = SendQueue::new(Vec::new());
    let limits =
        Limits { frame: usize::MAX, items: 0, in_flight: 0, send_burst: 0, ..Limits::default() };
    queue.online(limits, now);
    enqueue(&mut queue, 1, 1);
    assert_eq!(queue.poll(now).len(), 1, "something leaves");
    assert_eq!(queue.deadline(), None, "nobody is woken while it is under way");

    let mut queue = SendQueue::new(Vec::new());
    queue.online(Limits { frame: usize::MAX, ..Limits::default() }, now);
    for n in 0..8 {
        let body = Body::new(&json!({ "text": "x".repeat(60_000) }));
        queue.enqueue(room_id(1), cid(n), "message", body, 0);
    }
    assert_eq!(queue.poll(now)[0].items.len(), 1, "no frame that can't be written");
}

#[test]
fn what_is_written_after_a_start_stands_behind_what_was_written_before() {
    let (mut before, _) = online();
    for n in 1..=3 {
        enqueue(&mut before, 1, n);
    }
    before.discard(cid(1), user_id(1)).unwrap();
    let mut queue = SendQueue::new(before.items().cloned().collect());
    enqueue(&mut queue, 1, 4);
    let now = Instant::now();
    queue.online(Limits::default(), now);
    assert_eq!(names(&queue.poll(now)[0]), [cid(2), cid(3), cid(4)]);
    assert_eq!(queue.get(cid(4)).unwrap().place, 4);
}

#[test]
fn an_answer_for_another_batch_does_not_free_the_room() {
    for temporary in [true, false] {
        let (mut queue, now) = online();
        enqueue(&mut queue, 1, 1);
        queue.poll(now);
        enqueue(&mut queue, 1, 2);
        queue.refused(&[cid(2)], &ErrorCode::Internal, temporary, None, now);
        let later = now + Duration::from_secs(9);
        assert_eq!(queue.poll(later), [], "one batch at a time");
    }
}

#[test]
fn a_limit_pauses_the_person_and_a_failing_disk_the_room() {
    for (code, others_go) in [(ErrorCode::RateLimited, false), (ErrorCode::ReadOnly, true)] {
        let (mut queue, now) = online();
        enqueue(&mut queue, 1, 1);
        queue.poll(now);
        queue.refused(&[cid(1)], &code, true, Some(Duration::from_secs(3)), now);
        enqueue(&mut queue, 2, 2);
        assert_eq!(!queue.poll(now).is_empty(), others_go, "{code:?}");
        let later = now + Duration::from_secs(3);
        assert!(queue.poll(later).iter().any(|batch| names(batch) == [cid(1)]), "{code:?}");
    }
}

#[test]
fn what_the_server_has_seen_keeps_its_name_until_it_is_refused() {
    let (mut queue, now) = online();
    enqueue(&mut queue, 1, 1);
    let other = Body::new(&json!({ "text": "other" }));
    assert_eq!(queue.edit(cid(1), cid(9), other.clone(), user_id(1)).unwrap()[0].cid, cid(1));
    queue.poll(now);
    assert!(matches!(queue.edit(cid(1), cid(9), other.clone(), user_id(1)), Err(Error::MaybeSent)));
    assert!(matches!(queue.discard(cid(1), user_id(1)), Err(Error::MaybeSent)));
    queue.offline();
    assert!(matches!(queue.discard(cid(1), user_id(1)), Err(Error::MaybeSent)));
    queue.online(Limits::default(), now);
    queue.poll(now);
    queue.refused(&[cid(1)], &ErrorCode::Forbidden, false, None, now);
    assert_eq!(queue.retry(cid(1), cid(8), user_id(1)).unwrap()[0].cid, cid(1));
    queue.poll(now);
    queue.refused(&[cid(1)], &ErrorCode::CidReused, false, None, now);
    assert_eq!(queue.retry(cid(1), cid(8), user_id(1)).unwrap()[0].cid, cid(8));
    assert!(matches!(queue.retry(cid(1), cid(7), user_id(1)), Err(Error::NotQueued)));
    assert!(queue.discard(cid(8), user_id(1)).is_ok());
    assert_eq!(queue.count(), OutboxCount::default());
}

proptest! {
    /// Whatever is cut, refused for the moment or committed: within a room everything is sent in
    /// the order of writing, one batch at a time.
    #[test]
    fn first_in_first_out_within_each_room(
        steps in prop::collection::vec((0u8..5, 0u64..3), 1..80),
    ) {
        let (mut queue, mut now) = online();
        let mut written: BTreeMap<RoomId, Vec<Cid>> = BTreeMap::new();
        let mut landed: BTreeMap<RoomId, Vec<Cid>> = BTreeMap::new();
        let mut flying: BTreeMap<RoomId, Vec<Cid>> = BTreeMap::new();
        for (n, (kind, room)) in (0..).zip(steps) {
            now += Duration::from_millis(300);
            let room = room_id(room);
            match kind {
                0 | 1 => {
                    queue.enqueue(room, cid(n), "message", Body::new(&json!({ "text": n })), 0);
                    written.entry(room).or_default().push(cid(n));
                }
                2 => for cid in flying.remove(&room).unwrap_or_default() {
                    queue.committed(cid);
                    landed.entry(room).or_default().push(cid);
                },
                3 => if let Some(cids) = flying.remove(&room) {
                    queue.refused(&cids, &ErrorCode::Internal, true, None, now);
                },
                _ => {
                    queue.offline();
                    queue.online(Limits::default(), now);
                    flying.clear();
                }
            }
            for batch in queue.poll(now) {
                prop_assert!(!flying.contains_key(&batch.room), "two at once");
                flying.insert(batch.room, names(&batch));
            }
        }
        for (room, landed) in landed {
            prop_assert_eq!(&written[&room][..landed.len()], &landed[..]);
        }
    }
}
