//! Failures: a store that fails, a server that was restored or lies, a crash at a bad moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_engine::diff::Diff;
use homing_engine::store::memory::MemoryStore;
use homing_engine::store::{Store, StoreError};
use homing_engine::view::{ConnectionFailure, ConnectionState, Mute};
use homing_engine::{Error, TimelineWindow};
use homing_protocol::frame::{Ack, Digest, Pull, Send, Uevent, UserKey, Welcome};
use homing_protocol::{CloseCode, Epoch, Pos, RequestId, Seq, ServerFrame, Useq};
use homing_testkit::builders::{
    committed, digest, live, log, message, page, room, room_id, welcome,
};
use homing_testkit::peer::Disconnect;
use serde_json::json;

use crate::bed::{Bed, Failing};

#[tokio::test(start_paused = true)]
async fn what_could_not_be_stored_is_neither_shown_nor_receipted() {
    let store = Arc::new(Failing::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    peer.send(live(message(1, 1, 2, "held"))).await;
    while bed.batch().await.incoming.is_empty() {}

    let (before, _) = bed.handle.overview().await.unwrap();
    store.fail(StoreError::Full);
    // Both in one step: the query must not be answered from a state that the disk then rejects.
    let latest = bed.handle.timeline(room_id(1), TimelineWindow::Latest, 9);
    let send = bed.handle.send(room_id(1), "unheard");
    let (sent, shown, queued) = tokio::join!(send, latest, bed.handle.outbox());
    let Err(Error::Store(StoreError::Full)) = sent else { panic!("{sent:?}") };
    assert_eq!((shown.unwrap().items.len(), queued.unwrap().len()), (1, 0));
    // A subscriber learns that it missed something, and takes everything again.
    let next = bed.batch().await.number;
    assert!(next > before + 1, "{next} follows {before}");
    drop(peer);
    let mut peer = bed.greet(welcome(), digest(2, vec![])).await;
    peer.send(live(message(1, 2, 2, "not stored"))).await;
    peer.ignore().await;

    store.heal();
    let mut peer = bed.greet(welcome(), digest(2, vec![])).await;
    let ack: Ack = peer.seek().await;
    assert_eq!(ack.rooms, BTreeMap::from([(room_id(1), Seq(1))]));
    assert_eq!(bed.rows().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_a_crash_came_before_is_told_by_who_rises() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    drop((bed, peer));
    let bed = Bed::on(store).await;
    let mut peer = bed.greet(welcome(), digest(1, vec![])).await;
    let ack: Ack = peer.seek().await;
    assert_eq!(ack.rooms, BTreeMap::from([(room_id(1), Seq(3))]));
}

#[tokio::test(start_paused = true)]
async fn after_a_restore_the_people_are_on_the_disk_again() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    drop(peer);
    let restored = Welcome { epoch: Epoch(9), reset: true, ..welcome() };
    let _peer = bed.greet(restored, digest(1, vec![room(1, 0)])).await;
    bed.up_to_date().await;
    assert_eq!(store.load().await.unwrap().people.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_number_past_all_others_is_a_broken_protocol_and_no_panic() {
    for text in [
        r#"{"t":"uevent","useq":18446744073709551615,"key":"setting:x","value":1}"#.to_owned(),
        format!(r#"{{"t":"gap","room":"{}","head":18446744073709551615}}"#, room_id(1)),
        format!(r#"{{"t":"ping","n":1,"heads":{{"{}":18446744073709551615}}}}"#, room_id(1)),
    ] {
        let mut bed = Bed::new().await;
        let mut peer = bed.in_empty_room().await;
        bed.up_to_date().await;
        peer.send_text(text).await;
        assert_eq!(peer.ignore().await, Disconnect::Closed(CloseCode::PROTOCOL_VIOLATION));
        let code = CloseCode::PROTOCOL_VIOLATION.0;
        bed.link(|link| {
            matches!(link, ConnectionState::Waiting { why: ConnectionFailure::Closed { code: c }, .. } if *c == code)
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn windows_and_markers_past_the_end_of_numbers_are_served() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    peer.send(live(message(1, 1, 2, "one"))).await;
    while bed.batch().await.incoming.is_empty() {}
    // The value of an own key may be any JSON, and not every server is ours.
    let (key, value) = (UserKey::Read(room_id(1)), json!(u64::MAX));
    peer.send(ServerFrame::Uevent(Uevent { useq: Useq(1), key, value })).await;
    for (window, rows) in [
        (TimelineWindow::Unread, 1),
        (TimelineWindow::After(Seq(u64::MAX)), 0),
        (TimelineWindow::Before(Seq(u64::MAX)), 1),
        (TimelineWindow::Latest, 1),
    ] {
        let shown = bed.handle.timeline(room_id(1), window, 9).await.unwrap();
        assert_eq!(shown.items.len(), rows, "{window:?}");
    }
    bed.handle.read(room_id(1), Seq(u64::MAX)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_still_comes_from_a_connection_that_was_given_up_is_dropped() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    let unasked = Pull { rid: RequestId(99), ..pull };
    peer.send(page(&unasked, &log(1, 3))).await;
    peer.send(live(message(1, 1, 2, "too late"))).await;
    bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await;
    assert_eq!(bed.rows().await, []);
}

#[tokio::test(start_paused = true)]
async fn another_epoch_is_another_history_even_when_nobody_says_reset() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    drop(peer);
    let other = Welcome { epoch: Epoch(9), ..welcome() };
    let mut peer = bed.greet(other, digest(1, vec![room(1, 1)])).await;
    let pull: Pull = peer.seek().await;
    assert_eq!(pull.after, Some(Seq(0)));
    peer.send(page(&pull, &[message(1, 1, 2, "another history")])).await;
    bed.up_to_date().await;
    assert_eq!(bed.rows().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_parts_counts_once_it_is_whole() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = bed.accept().await;
    let part = Digest { more: true, ..digest(7, vec![room(1, 0)]) };
    peer.greet(welcome(), vec![part]).await;
    bed.diff(|diff| matches!(diff, Diff::Room { .. }).then_some(())).await;
    assert_eq!(store.load().await.unwrap().sync.pos, None, "cut now, it is asked for again");
    peer.send(ServerFrame::Digest(digest(8, vec![room(2, 0)]))).await;
    bed.up_to_date().await;
    assert_eq!(store.load().await.unwrap().sync.pos, Some(Pos(8)));
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!(overview.rooms.len(), 2, "neither was left");
}

#[tokio::test(start_paused = true)]
async fn of_a_room_that_was_left_nothing_stays_on_the_disk_but_what_is_queued() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 1)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 1))).await;
    bed.up_to_date().await;
    bed.handle.mute(room_id(1), Mute::ForEver).await.unwrap();
    bed.handle.send(room_id(1), "queued").await.unwrap();
    let send: Send = peer.seek().await;
    // Both in one step: the room's row must not be written again after its removal.
    peer.send(live(message(1, 2, 2, "bye"))).await;
    let (key, value) = (UserKey::Room(room_id(1)), json!(null));
    peer.send(ServerFrame::Uevent(Uevent { useq: Useq(1), key, value })).await;
    bed.diff(|diff| matches!(diff, Diff::RoomGone { .. }).then_some(())).await;
    let left = store.load().await.unwrap();
    assert_eq!((left.rooms.len(), left.own.len(), left.sync.useq), (0, 0, Useq(1)));
    assert_eq!(store.after(room_id(1), Seq(0), 9).await.unwrap(), []);
    assert_eq!(left.outbox.len(), 1);
    // It was committed before, so the queued message is settled although nothing of the room is
    // shown.
    peer.send(committed(&send, 3)).await;
    bed.diff(|diff| matches!(diff, Diff::Outbox { outbox } if outbox.waiting == 0).then_some(()))
        .await;
    let after = store.load().await.unwrap();
    assert_eq!((after.outbox.len(), after.rooms.len()), (0, 0));
}
