//! The own stream on this device: pending values, and what comes back from the server.

use homing_testkit::builders::room_id;
use serde_json::json;

use super::*;

fn online() -> (OwnStream, Instant) {
    let now = Instant::now();
    let mut own = OwnStream::default();
    own.online(Useq(0), now);
    (own, now)
}

fn draft() -> UserKey {
    UserKey::Draft(room_id(1))
}

fn echo(useq: u64, key: UserKey, value: Value) -> Uevent {
    Uevent { useq: Useq(useq), key, value }
}

#[test]
fn a_draft_leaves_when_the_typing_pauses_and_its_older_echo_changes_nothing() {
    let (mut own, now) = online();
    own.write_draft(room_id(1), "h", "", now);
    let settled = now + DRAFT_SETTLES;
    assert_eq!((own.poll(now), own.deadline()), (vec![], Some(settled)));
    let set = |text: &str| vec![ClientFrame::Set(Set { key: draft(), value: json!(text) })];
    assert_eq!(own.poll(settled), set("h"));
    own.write_draft(room_id(1), "hi", "h", settled);
    let [kept] = &own.event(echo(1, draft(), json!("h")))[..] else { panic!() };
    assert_eq!((&kept.value, kept.pending), (&json!("hi"), true));
    assert_eq!(own.draft(room_id(1)), "hi");
    assert_eq!(own.poll(settled + DRAFT_SETTLES), set("hi"));
    assert!(!own.event(echo(2, draft(), json!("hi")))[0].pending);
    assert_eq!(own.deadline(), None);
}

#[test]
fn what_was_not_echoed_is_sent_with_the_next_connection() {
    let (mut own, now) = online();
    let mark = |seq| vec![ClientFrame::Mark(Mark { room: room_id(1), seq: Seq(seq) })];
    own.write(UserKey::Read(room_id(1)), json!(4));
    assert_eq!(own.poll(now), mark(4));
    assert_eq!(own.poll(now), []);
    own.online(Useq(0), now);
    assert_eq!(own.poll(now), mark(4));
    // Another device has read further, which settles ours.
    own.event(echo(1, UserKey::Read(room_id(1)), json!(6)));
    own.online(Useq(1), now);
    assert_eq!((own.poll(now), own.read(room_id(1))), (vec![], Seq(6)));
}

#[test]
fn after_a_restore_what_was_written_here_is_written_again_but_for_read_markers() {
    let (mut own, now) = online();
    own.write(UserKey::Mute(room_id(1)), json!(true));
    own.write(UserKey::Read(room_id(1)), json!(40));
    own.event(echo(1, UserKey::Setting("theme".to_owned()), json!("dark")));
    own.reset();
    own.online(Useq(0), now);
    let mute = Set { key: UserKey::Mute(room_id(1)), value: json!(true) };
    assert_eq!(own.poll(now), [ClientFrame::Set(mute)]);
    assert_eq!((own.read(room_id(1)), own.at()), (Seq(0), Useq(0)));
    own.digest_read(room_id(1), Seq(3));
    assert_eq!(own.read(room_id(1)), Seq(3), "another history has other numbers");
}

#[test]
fn a_gap_is_pulled_before_anything_is_written() {
    let (mut own, now) = online();
    own.write(UserKey::Mute(room_id(1)), json!(true));
    own.event(echo(3, draft(), json!("x")));
    let frames = own.poll(now);
    let [ClientFrame::Upull(upull)] = &frames[..] else { panic!("{frames:?}") };
    let none = Vec::new();
    let stuck = Upage { rid: upull.rid, events: none.clone(), upto: Useq(0), head: Useq(3) };
    assert!(own.page(stuck).is_err());
    own.online(Useq(3), now);
    let [ClientFrame::Upull(upull)] = &own.poll(now)[..] else { panic!("asked again") };
    let page = Upage { rid: upull.rid, events: none, upto: Useq(3), head: Useq(3) };
    own.page(page).unwrap();
    assert!(own.is_caught_up());
    assert!(matches!(&own.poll(now)[..], [ClientFrame::Set(_)]));
}
