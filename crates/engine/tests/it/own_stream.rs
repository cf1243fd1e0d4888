//! Read markers, mutes, drafts and status, on all devices of a person.

use homing_engine::clock::Clock as _;
use homing_engine::diff::Diff;
use homing_engine::view::{Mute, NotifyLevel, Room, Status};
use homing_protocol::frame::{ClientEph, Set, Uevent, UserKey};
use homing_protocol::{Seq, ServerFrame, Useq};
use homing_testkit::builders::{digest, live, message, room, room_id, welcome};
use serde_json::{Value, json};

use crate::bed::{Bed, START_MS};

const HOUR_MS: i64 = 60 * 60 * 1000;

fn setting(name: &str) -> UserKey {
    UserKey::Setting(name.to_owned())
}

fn changed(useq: u64, key: UserKey, value: Value) -> ServerFrame {
    ServerFrame::Uevent(Uevent { useq: Useq(useq), key, value })
}

async fn told(bed: &mut Bed, is: impl Fn(&Room) -> bool) -> Room {
    bed.diff(|diff| match diff {
        Diff::Room { room } if is(room) => Some(room.clone()),
        _ => None,
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn what_a_room_notifies_of_goes_to_the_other_devices_and_comes_from_them() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 0)])).await;
    bed.up_to_date().await;
    bed.handle.notify(room_id(1), Some(NotifyLevel::Mentions)).await.unwrap();
    told(&mut bed, |room| room.notify == Some(NotifyLevel::Mentions)).await;
    let key = setting(&format!("notify:{}", room_id(1)));
    let set: Set = peer.seek().await;
    assert_eq!(set, Set { key: key.clone(), value: json!("mentions") });

    peer.send(changed(1, key.clone(), json!("mentions"))).await;
    peer.send(changed(2, key.clone(), json!("nothing"))).await;
    told(&mut bed, |room| room.notify == Some(NotifyLevel::Nothing)).await;
    // A newer client may know more levels.
    peer.send(changed(3, key, json!("on weekdays"))).await;
    told(&mut bed, |room| room.notify.is_none()).await;
}

#[tokio::test(start_paused = true)]
async fn a_mute_for_a_time_ends_by_itself() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 0)])).await;
    bed.up_to_date().await;
    let end = START_MS + HOUR_MS;
    bed.handle.mute(room_id(1), Mute::Until(end)).await.unwrap();
    let muted = told(&mut bed, |room| room.muted).await;
    assert_eq!(muted.muted_until, Some(end));
    let set: Set = peer.seek().await;
    assert_eq!(set, Set { key: UserKey::Mute(room_id(1)), value: json!(end) });

    told(&mut bed, |room| !room.muted).await;
    let late = bed.clock.now_ms() - end;
    assert!((0..1000).contains(&late), "{late} ms");
}

#[tokio::test(start_paused = true)]
async fn a_mute_that_ended_while_the_machine_slept_is_noticed() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 0)])).await;
    bed.up_to_date().await;
    let (key, end) = (UserKey::Mute(room_id(1)), START_MS + 8 * HOUR_MS);
    // First by an older client, which knows no end time.
    peer.send(changed(1, key.clone(), json!(true))).await;
    let muted = told(&mut bed, |room| room.muted).await;
    assert_eq!(muted.muted_until, None);
    peer.send(changed(2, key, json!(end))).await;
    told(&mut bed, |room| room.muted && room.muted_until == Some(end)).await;
    bed.clock.set_ahead(9 * HOUR_MS);
    told(&mut bed, |room| !room.muted).await;
}

#[tokio::test(start_paused = true)]
async fn who_says_that_they_are_away_is_seen_away_by_whatever_they_do() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 0)])).await;
    bed.up_to_date().await;
    let activity = |eph: ClientEph| match eph {
        ClientEph::Activity { active } => Some(active),
        _ => None,
    };
    let seen = async |peer: &mut homing_testkit::Peer<_>| loop {
        let eph: ClientEph = peer.seek().await;
        if let Some(active) = activity(eph) {
            return active;
        }
    };
    bed.handle.set_active(true).await;
    assert!(seen(&mut peer).await);

    bed.handle.status(Status::Away).await.unwrap();
    let away = |diff: &Diff| matches!(diff, Diff::Status { status: Status::Away }).then_some(());
    bed.diff(away).await;
    assert!(!seen(&mut peer).await);
    // Nothing new to report: the next report is that they are back.
    bed.handle.set_active(true).await;
    assert_eq!(bed.handle.overview().await.unwrap().1.status, Status::Away);

    // Another device reports "away" and then "do not disturb".
    peer.send(changed(1, setting("status"), json!("away"))).await;
    peer.send(changed(2, setting("status"), json!("quiet"))).await;
    assert!(seen(&mut peer).await);
}

/// A room of which everything was read, up to the seventh message of another member.
async fn read_all(bed: &mut Bed) -> homing_testkit::Peer<tokio::io::DuplexStream> {
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 0)])).await;
    bed.up_to_date().await;
    for seq in 1..=7 {
        peer.send(live(message(1, seq, 2, "hello"))).await;
    }
    told(bed, |room| room.unread == 7).await;
    bed.handle.read(room_id(1), Seq(7)).await.unwrap();
    told(bed, |room| (room.unread, room.read) == (0, Seq(7))).await;
    peer
}

#[tokio::test(start_paused = true)]
async fn what_is_marked_as_unread_counts_again_until_it_is_read() {
    let mut bed = Bed::new().await;
    let mut peer = read_all(&mut bed).await;
    let key = UserKey::Unread(room_id(1));

    bed.handle.mark_unread(room_id(1), Seq(5)).await.unwrap();
    let shown = told(&mut bed, |room| room.unread > 0).await;
    assert_eq!((shown.unread, shown.read), (3, Seq(4)));
    let set: Set = peer.seek().await;
    assert_eq!(set, Set { key: key.clone(), value: json!(5) });

    // A new message is counted beside them.
    peer.send(live(message(1, 8, 2, "more"))).await;
    told(&mut bed, |room| room.unread == 4).await;
    // Reading a part of them leaves the rest, and what was marked before them changes nothing.
    bed.handle.read(room_id(1), Seq(3)).await.unwrap();
    bed.handle.read(room_id(1), Seq(6)).await.unwrap();
    let shown = told(&mut bed, |room| room.unread < 4).await;
    assert_eq!((shown.unread, shown.read), (2, Seq(6)));
    bed.handle.read(room_id(1), Seq(8)).await.unwrap();
    told(&mut bed, |room| (room.unread, room.read) == (0, Seq(8))).await;
}

#[tokio::test(start_paused = true)]
async fn another_device_marks_as_unread_and_reads() {
    let mut bed = Bed::new().await;
    let mut peer = read_all(&mut bed).await;
    let key = UserKey::Unread(room_id(1));
    peer.send(changed(1, key.clone(), json!(2))).await;
    told(&mut bed, |room| (room.unread, room.read) == (6, Seq(1))).await;
    peer.send(changed(2, key.clone(), Value::Null)).await;
    told(&mut bed, |room| (room.unread, room.read) == (0, Seq(7))).await;
    // A value of another form is ignored.
    peer.send(changed(3, key, json!("five"))).await;
    peer.send(live(message(1, 8, 2, "more"))).await;
    told(&mut bed, |room| (room.unread, room.read) == (1, Seq(7))).await;
}

#[tokio::test(start_paused = true)]
async fn a_mark_after_the_read_marker_ends_the_one_before_it() {
    let mut bed = Bed::new().await;
    let mut peer = read_all(&mut bed).await;
    peer.send(live(message(1, 8, 2, "more"))).await;
    bed.handle.mark_unread(room_id(1), Seq(5)).await.unwrap();
    told(&mut bed, |room| room.unread == 4).await;
    bed.handle.mark_unread(room_id(1), Seq(8)).await.unwrap();
    told(&mut bed, |room| (room.unread, room.read) == (1, Seq(7))).await;
}
