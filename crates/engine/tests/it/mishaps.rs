//! What should not happen and does: a store that fails, a server that was restored or lies, a crash
//! at a bad moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_engine::store::memory::MemoryStore;
use homing_engine::store::{Store, StoreError};
use homing_engine::view::{Link, LinkFailure};
use homing_engine::{Error, Window};
use homing_protocol::frame::{Ack, Pull, Uevent, UserKey, Welcome};
use homing_protocol::{CloseCode, Epoch, Seq, ServerFrame, Useq};
use homing_testkit::builders::{digest, live, log, message, page, room, room_id, welcome};
use homing_testkit::peer::Gone;
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

    store.fail(StoreError::Full);
    // Both in one step: the question must not be answered out of what the disk then refuses.
    let latest = bed.handle.timeline(room_id(1), Window::Latest, 9);
    let send = bed.handle.send(room_id(1), "unheard", vec![]);
    let (sent, shown) = tokio::join!(send, latest);
    let Err(Error::Store(StoreError::Full)) = sent else { panic!("{sent:?}") };
    assert_eq!(shown.unwrap().items.len(), 1);
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
        assert_eq!(peer.ignore().await, Gone::Closed(CloseCode::PROTOCOL_VIOLATION));
        let code = CloseCode::PROTOCOL_VIOLATION.0;
        bed.link(|link| {
            matches!(link, Link::Waiting { why: LinkFailure::Closed { code: c }, .. } if *c == code)
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
    // The value of an own key is any JSON, and not every server is ours.
    let (key, value) = (UserKey::Read(room_id(1)), json!(u64::MAX));
    peer.send(ServerFrame::Uevent(Uevent { useq: Useq(1), key, value })).await;
    for (window, rows) in [
        (Window::Unread, 1),
        (Window::After(Seq(u64::MAX)), 0),
        (Window::Before(Seq(u64::MAX)), 1),
        (Window::Latest, 1),
    ] {
        let shown = bed.handle.timeline(room_id(1), window, 9).await.unwrap();
        assert_eq!(shown.items.len(), rows, "{window:?}");
    }
    bed.handle.read(room_id(1), Seq(u64::MAX)).await.unwrap();
}
