//! Sending and receiving.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_engine::diff::Diff;
use homing_engine::store::OutboxState;
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionState, Delivery, Mute, TimelinePosition, WedgeReason};
use homing_engine::{Error, TimelineWindow};
use homing_protocol::event::Edit;
use homing_protocol::frame::{
    Ack, Failure, Mark, Ping, Pong, Pull, Ref, Send, Set, Uevent, Upage, Upull, UserKey,
};
use homing_protocol::{Cid, Content, Epoch, ErrorCode, Event, MessageRef, Seq, ServerFrame, Useq};
use homing_testkit::builders::{
    self, committed, digest, live, log, message, page, room, room_id, sent, user_id, welcome,
};
use serde_json::json;
use tokio::time::Instant;

use crate::bed::{Bed, texts};

fn edit(cid: Cid, text: &str) -> Content {
    let of = MessageRef { user: user_id(1), cid };
    Content::Edit(Edit { of, text: text.to_owned(), mentions: Vec::new() })
}

fn names(send: &Send) -> Vec<Cid> {
    send.items.iter().map(|item| item.cid).collect()
}

pub(crate) fn refusal(
    about: Ref,
    code: ErrorCode,
    temporary: bool,
    retry_after_ms: Option<u64>,
) -> ServerFrame {
    let text = "no".to_owned();
    ServerFrame::Err(Failure { about: Some(about), code, temporary, retry_after_ms, text })
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_queued_then_sent_then_in_the_log() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;

    let cid = bed.handle.send(room_id(1), "hello").await.unwrap();
    let send: Send = peer.seek().await;
    assert_eq!((send.room, names(&send)), (room_id(1), vec![cid]));
    let items = bed.rows().await;
    assert_eq!(texts(&items), ["hello"]);
    assert_eq!(items[0].delivery, Some(Delivery::Sending));
    assert_eq!(items[0].place, TimelinePosition::Outbox(1));

    peer.send(committed(&send, 1)).await;
    let shown = bed
        .diff(|diff| match diff {
            Diff::Items { items, .. } if items[0].delivery == Some(Delivery::Sent) => {
                Some(items[0].clone())
            }
            _ => None,
        })
        .await;
    assert_eq!(shown.key, cid.to_string());
    assert_eq!(shown.place, TimelinePosition::Log(Seq(1)));
    assert_eq!(bed.handle.outbox().await.unwrap(), []);
    assert_eq!(bed.rows().await, [shown]);
}

#[tokio::test(start_paused = true)]
async fn an_event_of_somebody_else_is_shown_counted_and_announced_once() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let event = message(1, 1, 2, "hi");
    for _ in 0..2 {
        peer.send(live(event.clone())).await;
    }
    let batch = loop {
        let batch = bed.batch().await;
        if !batch.incoming.is_empty() {
            break batch;
        }
    };
    assert_eq!(*batch.incoming[0].event, event);
    assert!(batch.incoming[0].live && !batch.incoming[0].mentions_me);
    peer.send(live(message(1, 2, 2, "again"))).await;
    let again = bed.batch().await;
    assert_eq!(again.incoming.len(), 1);
    assert_eq!(texts(&bed.rows().await), ["hi", "again"]);
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!(overview.rooms[0].unread, 2);
    assert_eq!(overview.rooms[0].last.as_ref().unwrap().text, "again");
}

#[tokio::test(start_paused = true)]
async fn a_room_sends_one_batch_at_a_time_and_rooms_do_not_wait_for_each_other() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 0), room(2, 0)])).await;
    bed.up_to_date().await;
    for n in 0..18 {
        bed.handle.send(room_id(1), format!("{n}")).await.unwrap();
    }
    bed.handle.send(room_id(2), "other").await.unwrap();
    let first: Send = peer.seek().await;
    let other: Send = peer.expect().await;
    assert_eq!((first.room, first.items.len()), (room_id(1), 1));
    assert_eq!(other.room, room_id(2));
    // Room 1 has a batch in flight: nothing more of it is sent until that is answered.
    peer.send(committed(&other, 1)).await;
    peer.send(committed(&first, 1)).await;
    let second: Send = peer.expect().await;
    assert_eq!(second.items.len(), 16);
    peer.send(committed(&second, 2)).await;
    let third: Send = peer.expect().await;
    assert_eq!(third.items.len(), 1);
    peer.send(committed(&third, 18)).await;
    bed.diff(|diff| match diff {
        Diff::Outbox { outbox } if outbox.waiting == 0 => Some(()),
        _ => None,
    })
    .await;
    let order: Vec<String> = (0..18).map(|n| n.to_string()).collect();
    assert_eq!(texts(&bed.rows().await), order);
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_the_same_names_are_sent_again_and_nothing_doubles() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let cid = bed.handle.send(room_id(1), "once").await.unwrap();
    let first: Send = peer.seek().await;
    drop(peer.into_inner());
    bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await;
    assert_eq!(bed.rows().await[0].delivery, Some(Delivery::Queued));
    // Whether it arrived can't be known, so it can't be discarded.
    let Err(Error::MaybeSent) = bed.handle.discard(cid).await else { panic!("taken back") };

    let mut peer = bed.accept().await;
    peer.greet(welcome(), vec![digest(2, vec![room(1, 1)])]).await;
    // It had arrived: the event comes by the pull, and the `ok` says "before".
    let again: Send = peer.seek().await;
    assert_eq!(again, first);
    peer.send(committed(&again, 1)).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &[sent(&again, 0, 1, 1)])).await;
    bed.up_to_date().await;
    assert_eq!(texts(&bed.rows().await), ["once"]);
    assert_eq!(bed.handle.outbox().await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn the_own_event_before_its_ok_has_the_same_effect() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.send(room_id(1), "one").await.unwrap();
    let send: Send = peer.seek().await;
    peer.send(live(sent(&send, 0, 1, 1))).await;
    bed.diff(|diff| match diff {
        Diff::Outbox { outbox } if outbox.waiting == 0 => Some(()),
        _ => None,
    })
    .await;
    // The room is free again without the `ok`, which then has no effect.
    bed.handle.send(room_id(1), "two").await.unwrap();
    let next: Send = peer.expect().await;
    peer.send(committed(&send, 1)).await;
    peer.send(committed(&next, 2)).await;
    bed.diff(|diff| match diff {
        Diff::Outbox { outbox } if outbox.waiting == 0 => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(texts(&bed.rows().await), ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn an_ok_ahead_of_the_cursor_stands_at_its_place_with_a_hole_before_it() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.send(room_id(1), "mine").await.unwrap();
    let send: Send = peer.seek().await;
    peer.send(committed(&send, 3)).await;
    let pull: Pull = peer.seek().await;
    assert_eq!((pull.after, pull.before), (Some(Seq(0)), None));
    // Shown at once, with the gap before it reported; the queue is empty already.
    let now = bed.handle.timeline(room_id(1), TimelineWindow::Before(Seq(9)), 10).await.unwrap();
    assert_eq!(texts(&now.items), ["mine"]);
    assert_eq!(bed.handle.outbox().await.unwrap(), []);
    let mut whole = vec![message(1, 1, 2, "theirs"), message(1, 2, 2, "too")];
    whole.push(sent(&send, 0, 3, 1));
    peer.send(page(&pull, &whole)).await;
    bed.up_to_date().await;
    assert_eq!(texts(&bed.rows().await), ["theirs", "too", "mine"]);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_refusal_wedges_what_it_names_and_the_rest_goes_on() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let zero = bed.handle.send(room_id(1), "zero").await.unwrap();
    let one = bed.handle.send(room_id(1), "one").await.unwrap();
    let two = bed.handle.send(room_id(1), "two").await.unwrap();
    let first: Send = peer.seek().await;
    assert_eq!(names(&first), [zero]);
    peer.send(committed(&first, 1)).await;
    let both: Send = peer.expect().await;
    assert_eq!(names(&both), [one, two]);
    peer.send(refusal(Ref::Cids(vec![one]), ErrorCode::TooLarge, false, None)).await;
    let rest: Send = peer.expect().await;
    assert_eq!(names(&rest), [two]);
    peer.send(committed(&rest, 2)).await;
    let count = bed
        .diff(|diff| match diff {
            Diff::Outbox { outbox } if outbox.waiting == 0 => Some(*outbox),
            _ => None,
        })
        .await;
    assert_eq!(count.wedged, 1);
    let items = bed.rows().await;
    assert_eq!(texts(&items), ["zero", "two", "one"]);
    let reason = WedgeReason::TooLarge;
    assert_eq!(items[2].delivery, Some(Delivery::Wedged { reason }));

    // An edited message is another event with another `cid`.
    let fresh = bed.handle.write(room_id(1), edit(one, "shorter")).await.unwrap();
    assert_ne!(fresh, one);
    let edited: Send = peer.expect().await;
    assert_eq!(
        (names(&edited), edited.items[0].body.as_json()),
        (vec![fresh], r#"{"text":"shorter"}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn a_temporary_refusal_pauses_for_as_long_as_it_says() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.send(room_id(1), "later").await.unwrap();
    let send: Send = peer.seek().await;
    let refused = Instant::now();
    peer.send(refusal(Ref::Cids(names(&send)), ErrorCode::ReadOnly, true, Some(3000))).await;
    let again: Send = peer.expect().await;
    assert_eq!(again, send);
    assert_eq!(refused.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_offline_survives_and_may_be_changed_until_it_is_handed_over() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.stay_offline().await;
    bed.link(|link| *link == ConnectionState::Stopped).await;
    drop(peer);
    let one = bed.handle.send(room_id(1), "one").await.unwrap();
    let two = bed.handle.send(room_id(1), "two").await.unwrap();
    let three = bed.handle.send(room_id(1), "three").await.unwrap();
    assert_eq!(bed.handle.write(room_id(1), edit(two, "zwei")).await.unwrap(), two);
    bed.handle.discard(three).await.unwrap();
    // No orderly close: as after a kill.
    drop(bed);

    let bed = Bed::on(store).await;
    assert_eq!(texts(&bed.rows().await), ["one", "zwei"]);
    let mut peer = bed.in_empty_room().await;
    let send: Send = peer.seek().await;
    assert_eq!(names(&send), [one, two]);
}

#[tokio::test(start_paused = true)]
async fn what_can_be_no_message_is_refused() {
    let mut bed = Bed::new().await;
    let _peer = bed.in_empty_room().await;
    let unknown = bed.handle.send(room_id(9), "x").await;
    assert!(matches!(unknown, Err(Error::NoSuchRoom)));
    bed.up_to_date().await;
    let empty = bed.handle.send(room_id(1), " \n ").await;
    assert!(matches!(empty, Err(Error::Empty)));
    let long = bed.handle.send(room_id(1), "x".repeat(70_000)).await;
    assert!(matches!(long, Err(Error::TooLarge { .. })));
    let nul = bed.handle.send(room_id(1), "one\0two").await;
    assert!(matches!(nul, Err(Error::HoldsNul)));
    let nul = bed.handle.draft(room_id(1), "one\0two", "").await;
    assert!(matches!(nul, Err(Error::HoldsNul)));
    assert!(bed.handle.outbox().await.unwrap().is_empty());
}

/// A push, a digest and a hint race each other. Whether something is live depends on its time and
/// not on which of them won.
#[tokio::test(start_paused = true)]
async fn a_restored_server_keeps_the_outbox_and_nothing_else() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3), room(2, 0)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    let cid = bed.handle.send(room_id(1), "kept").await.unwrap();
    let _: Send = peer.seek().await;
    drop(peer);
    let restored = homing_protocol::frame::Welcome { epoch: Epoch(9), reset: true, ..welcome() };
    let mut peer = bed.accept().await;
    let hello = peer.greet(restored, vec![digest(1, vec![room(1, 1)])]).await;
    assert_eq!((hello.epoch, hello.pos), (Some(builders::EPOCH), Some(homing_protocol::Pos(1))));
    bed.diff(|diff| match diff {
        Diff::TimelineReset { room } if *room == room_id(1) => Some(()),
        _ => None,
    })
    .await;
    let mut seen = (None, None);
    while seen.0.is_none() || seen.1.is_none() {
        match peer.next().await.unwrap() {
            homing_protocol::ClientFrame::Send(send) => seen.0 = Some(send),
            homing_protocol::ClientFrame::Pull(pull) => seen.1 = Some(pull),
            _ => {}
        }
    }
    let (send, pull) = (seen.0.unwrap(), seen.1.unwrap());
    assert_eq!(names(&send), [cid]);
    peer.send(page(&pull, &[message(1, 1, 2, "another history")])).await;
    peer.send(committed(&send, 2)).await;
    bed.up_to_date().await;
    assert_eq!(texts(&bed.rows().await), ["another history", "kept"]);
    let (_, overview) = bed.handle.overview().await.unwrap();
    // Room 2 is not in the restored server's answer.
    assert_eq!(overview.rooms.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_told_after_five_seconds() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    let connected = Instant::now();
    bed.up_to_date().await;
    let probe: Ping = peer.seek().await;
    peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    for event in log(1, 3) {
        peer.send(live(event)).await;
    }
    let ack: Ack = peer.seek().await;
    assert_eq!(ack.rooms, BTreeMap::from([(room_id(1), Seq(3))]));
    assert_eq!(connected.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_read_marker_never_moves_back_and_is_sent_until_it_is_echoed() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    for event in log(1, 3) {
        peer.send(live(event)).await;
    }
    bed.diff(|diff| match diff {
        Diff::Room { room } if room.unread == 3 => Some(()),
        _ => None,
    })
    .await;
    bed.handle.read(room_id(1), Seq(2)).await.unwrap();
    bed.handle.read(room_id(1), Seq(1)).await.unwrap();
    let mark: Mark = peer.seek().await;
    assert_eq!(mark, Mark { room: room_id(1), seq: Seq(2) });
    drop(peer);
    let mut peer = bed.in_empty_room().await;
    let mark: Mark = peer.seek().await;
    assert_eq!(mark.seq, Seq(2));
    // Another device had read less; its echo is late.
    for (useq, seq) in [(1, 1), (2, 2)] {
        let (key, value) = (UserKey::Read(room_id(1)), json!(seq));
        peer.send(ServerFrame::Uevent(Uevent { useq: Useq(useq), key, value })).await;
    }
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!((overview.rooms[0].read, overview.rooms[0].unread), (Seq(2), 1));
    bed.handle.mute(room_id(1), Mute::ForEver).await.unwrap();
    let set: Set = peer.seek().await;
    assert_eq!(set.key, UserKey::Mute(room_id(1)));
}

#[tokio::test(start_paused = true)]
async fn leaving_a_room_elsewhere_takes_its_log_away() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    let gone = |key, useq| Uevent { useq: Useq(useq), key, value: json!(null) };
    // The second is announced first: the stream is pulled, and the page has both.
    peer.send(ServerFrame::Uevent(gone(UserKey::Room(room_id(1)), 2))).await;
    let upull: Upull = peer.seek().await;
    assert_eq!(upull.useq, Useq(0));
    let events = vec![gone(UserKey::Draft(room_id(1)), 1), gone(UserKey::Room(room_id(1)), 2)];
    peer.send(ServerFrame::Upage(Upage { rid: upull.rid, events, upto: Useq(2), head: Useq(2) }))
        .await;
    bed.diff(|diff| matches!(diff, Diff::RoomGone { room } if *room == room_id(1)).then_some(()))
        .await;
    let left = bed.handle.timeline(room_id(1), TimelineWindow::Latest, 9).await;
    assert!(matches!(left, Err(Error::NoSuchRoom)));
    assert_eq!(bed.store.after(room_id(1), Seq(0), 9).await.unwrap(), Vec::<Event>::new());
    // A late answer is ignored.
    peer.send(live(message(1, 4, 2, "secret"))).await;
    peer.send(ServerFrame::Ping(Ping { n: 1, heads: BTreeMap::new() })).await;
    let _: Pong = peer.seek().await;
    assert_eq!(bed.store.after(room_id(1), Seq(0), 9).await.unwrap(), Vec::<Event>::new());
}

#[tokio::test(start_paused = true)]
async fn that_a_message_was_handed_over_is_on_the_disk_before_it_leaves() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store).await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.send(room_id(1), "one").await.unwrap();
    let _: Send = peer.seek().await;
    // A crash here: after the restart nobody may change a message that may be on the server.
    let rows = bed.store.load().await.unwrap().outbox;
    assert_eq!(rows[0].state, OutboxState::Offered);
}
