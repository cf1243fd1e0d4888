//! What a restored server gets back.

use homing_engine::view::{Delivery, WedgeReason};
use homing_protocol::event::{React, Redact};
use homing_protocol::fold::Reaction;
use homing_protocol::frame::{
    Committed, CommittedItem, Digest, Failure, Pull, PushedEvent, Ref, Send, ServerFrame, Welcome,
};
use homing_protocol::people::Restore;
use homing_protocol::{
    Content, Epoch, ErrorCode, EventId, Fold, MessageRef, Origin, RoomInfo, Seq,
};
use homing_testkit::Peer;
use homing_testkit::builders::{
    self, committed, digest, live, message, page, room, room_id, user_id, welcome,
};
use tokio::io::DuplexStream;

use crate::bed::{Bed, texts};

/// The server after a restore from a copy.
fn restored() -> Welcome {
    Welcome { epoch: Epoch(9), reset: true, ..welcome() }
}

/// The room, whose log went up to `kept` in that copy, and goes up to `head` by now.
fn shortened(kept: u64, head: u64) -> RoomInfo {
    let restores = vec![Restore { epoch: builders::EPOCH, head: Seq(kept) }];
    RoomInfo { restores, ..room(1, head) }
}

/// A device that holds this log.
async fn with_log(bed: &mut Bed, log: &[homing_protocol::Event]) -> Peer<DuplexStream> {
    let head = u64::try_from(log.len()).unwrap();
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, head)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, log)).await;
    bed.up_to_date().await;
    peer
}

fn of(event: &homing_protocol::Event) -> MessageRef {
    MessageRef { user: event.sender, cid: event.cid.unwrap() }
}

/// Reacts, and has that acknowledged.
async fn react(bed: &Bed, peer: &mut Peer<DuplexStream>, to: MessageRef, seq: u64) -> Send {
    let react = React { to, emoji: "👍".to_owned(), on: true };
    bed.handle.write(room_id(1), Content::React(react)).await.unwrap();
    let send: Send = peer.seek().await;
    let fold = Fold { as_of: Seq(seq), ..fold(2) };
    peer.send(answer(&send, seq, Some(fold))).await;
    send
}

fn fold(seq: u64) -> Fold {
    let people = vec![user_id(1)];
    Fold {
        seq: Seq(seq),
        as_of: Seq(seq),
        edit: None,
        reactions: vec![Reaction { emoji: "👍".to_owned(), count: 1, people }],
        mine: None,
        pinned: false,
        gone: None,
        of: None,
    }
}

fn answer(send: &Send, seq: u64, fold: Option<Fold>) -> ServerFrame {
    let [item] = &send.items[..] else { panic!("{send:?}") };
    let item = CommittedItem {
        cid: item.cid,
        seq: Seq(seq),
        id: EventId(item.cid.0),
        ts: builders::NEW_YEAR,
        dup: false,
        fold,
        origin: item.origin,
    };
    ServerFrame::Ok(Committed { room: send.room, items: vec![item] })
}

fn refusal(send: &Send, code: ErrorCode) -> ServerFrame {
    let about = Some(Ref::Cids(send.items.iter().map(|item| item.cid).collect()));
    let (temporary, retry_after_ms) = (false, None);
    ServerFrame::Err(Failure { about, code, temporary, retry_after_ms, text: String::new() })
}

async fn outbox(bed: &Bed) -> Vec<Delivery> {
    bed.handle.outbox().await.unwrap().into_iter().map(|queued| queued.delivery).collect()
}

#[tokio::test(start_paused = true)]
async fn own_messages_above_what_was_kept_go_first_and_say_when_they_happened() {
    let mut bed = Bed::new().await;
    let log: Vec<_> = [(1, 1), (2, 2), (3, 1), (4, 1)]
        .map(|(seq, sender)| message(1, seq, sender, &format!("message {seq}")))
        .into();
    let peer = with_log(&mut bed, &log).await;
    drop(peer.into_inner());
    bed.handle.send(room_id(1), "written meanwhile").await.unwrap();
    // Others have written since: the head says nothing of what was lost.
    let mut peer = bed.greet(restored(), digest(1, vec![shortened(2, 9)])).await;
    let send: Send = peer.seek().await;
    let sent: Vec<_> = send.items.iter().map(|item| (item.cid, item.origin)).collect();
    let [third, fourth, (_, none)] = sent[..] else { panic!("{sent:?}") };
    let origin = |at: usize| (log[at].cid.unwrap(), Some(Origin { ts: log[at].ts }));
    assert_eq!((third, fourth, none), (origin(2), origin(3), None));
    assert_eq!(send.items[0].body, log[2].body);
}

#[tokio::test(start_paused = true)]
async fn what_another_device_gave_back_first_is_not_given_back_again() {
    let mut bed = Bed::new().await;
    let log = [message(1, 1, 2, "kept"), message(1, 2, 1, "mine")];
    let peer = with_log(&mut bed, &log).await;
    drop(peer.into_inner());
    let described = Digest { more: true, ..digest(1, vec![shortened(1, 2)]) };
    let mut peer = bed.greet(restored(), described).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log)).await;
    while texts(&bed.rows().await) != ["kept", "mine"] {
        bed.batch().await;
    }
    // Only now it is known what the copy had.
    peer.send(ServerFrame::Digest(digest(1, vec![]))).await;
    bed.up_to_date().await;
    let new = bed.handle.send(room_id(1), "new").await.unwrap();
    let send: Send = peer.seek().await;
    assert_eq!(send.items.iter().map(|item| item.cid).collect::<Vec<_>>(), [new]);
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_given_back_message_is_shown_and_it_is_no_news() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let origin = Some(Origin { ts: 5 });
    peer.send(live(homing_protocol::Event { origin, ..message(1, 1, 2, "old") })).await;
    let incoming = loop {
        if let Some(incoming) = bed.batch().await.incoming.first() {
            break incoming.clone();
        }
    };
    assert!(!incoming.live);
    assert_eq!(bed.rows().await[0].ts, 5);
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!(overview.rooms[0].last.as_ref().unwrap().ts, 5);
}

#[tokio::test(start_paused = true)]
async fn a_change_waits_for_its_message_without_holding_anything_up() {
    let mut bed = Bed::new().await;
    let log = [message(1, 1, 2, "kept"), message(1, 2, 2, "lost")];
    let mut peer = with_log(&mut bed, &log).await;
    let given = react(&bed, &mut peer, of(&log[1]), 3).await;
    bed.handle.send(room_id(1), "mine").await.unwrap();
    let send: Send = peer.seek().await;
    peer.send(answer(&send, 4, None)).await;
    while !outbox(&bed).await.is_empty() {
        bed.batch().await;
    }
    drop(peer.into_inner());
    let mut peer = bed.greet(restored(), digest(1, vec![shortened(1, 0)])).await;
    let first: Send = peer.seek().await;
    let cids = |send: &Send| send.items.iter().map(|item| item.cid).collect::<Vec<_>>();
    assert_eq!(cids(&first), [cids(&given), cids(&send)].concat());
    let blamed = Send { items: first.items[..1].to_vec(), ..first };
    peer.send(refusal(&blamed, ErrorCode::NoSuchMessage)).await;
    let mine: Send = peer.seek().await;
    assert_eq!(cids(&mine), cids(&send));
    peer.send(committed(&mine, 1)).await;
    while outbox(&bed).await.len() > 1 {
        bed.batch().await;
    }
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!((overview.outbox.waiting, overview.outbox.wedged), (0, 0));
    // Its sender gives it back.
    peer.send(live(homing_protocol::Event { seq: Seq(2), ..log[1].clone() })).await;
    let again: Send = peer.seek().await;
    assert_eq!(cids(&again), cids(&given));
    peer.send(answer(&again, 3, Some(Fold { as_of: Seq(3), ..fold(2) }))).await;
    while !outbox(&bed).await.is_empty() {
        bed.batch().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_without_a_message_is_refused_after_a_month() {
    let mut bed = Bed::new().await;
    let log = [message(1, 1, 2, "kept"), message(1, 2, 2, "lost")];
    let mut peer = with_log(&mut bed, &log).await;
    react(&bed, &mut peer, of(&log[1]), 3).await;
    while !outbox(&bed).await.is_empty() {
        bed.batch().await;
    }
    drop(peer.into_inner());
    let mut peer = bed.greet(restored(), digest(1, vec![shortened(1, 0)])).await;
    for days in [1, 29] {
        let send: Send = peer.seek().await;
        peer.send(refusal(&send, ErrorCode::NoSuchMessage)).await;
        bed.clock.set_ahead(days * 24 * 3_600_000);
        drop(peer.into_inner());
        peer = bed.greet(Welcome { reset: false, ..restored() }, digest(1, vec![])).await;
    }
    let send: Send = peer.seek().await;
    peer.send(refusal(&send, ErrorCode::NoSuchMessage)).await;
    bed.clock.set_ahead(31 * 24 * 3_600_000);
    drop(peer.into_inner());
    let _peer = bed.greet(Welcome { reset: false, ..restored() }, digest(1, vec![])).await;
    bed.up_to_date().await;
    let reason = WedgeReason::NoSuchMessage;
    assert_eq!(outbox(&bed).await, [Delivery::Wedged { reason }]);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_back_is_not_given_back_but_taken_back_again() {
    let mut bed = Bed::new().await;
    let log = [message(1, 1, 1, "a secret"), message(1, 2, 1, "another")];
    let mut peer = with_log(&mut bed, &log).await;
    // One by another device of the person, or by an admin; the other one here.
    for (event, by, seq) in [(&log[0], 3, 3), (&log[1], 1, 4)] {
        let (kind, body) = Content::Redact(Redact { of: of(event) }).encode().unwrap();
        let redact = homing_protocol::Event {
            cid: Some(builders::cid(70 + seq)),
            kind: kind.to_owned(),
            body,
            quiet: true,
            ..builders::event(1, seq, by)
        };
        let gone = Fold { reactions: Vec::new(), gone: Some(user_id(by)), ..fold(event.seq.0) };
        let fold = Some(Box::new(Fold { as_of: Seq(seq), of: Some(of(event)), ..gone }));
        peer.send(ServerFrame::Event(PushedEvent { event: redact, live: true, fold })).await;
    }
    while bed.rows().await.iter().any(|row| row.gone.is_none()) {
        bed.batch().await;
    }
    drop(peer.into_inner());
    let mut peer = bed.greet(restored(), digest(1, vec![shortened(1, 1)])).await;
    let send: Send = peer.seek().await;
    let said: Vec<Content> =
        send.items.iter().map(|item| Content::read(&item.kind, &item.body).unwrap()).collect();
    let taken_back = |event| Content::Redact(Redact { of: of(event) });
    assert_eq!(said, [taken_back(&log[0]), taken_back(&log[1])]);
    assert_eq!(send.items[1].cid, builders::cid(74));
    assert_eq!(texts(&bed.rows().await).concat(), "");
}
