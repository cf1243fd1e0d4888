//! Hostile and broken servers: each failure is typed and bounded, and what was stored before survives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use homing_engine::diff::Diff;
use homing_engine::store::memory::MemoryStore;
use homing_engine::store::{OutboxState, Store};
use homing_engine::view::{ConnectionFailure, ConnectionState, Delivery, Item, WedgeReason};
use homing_protocol::frame::{
    ClientEph, Failure, Hello, Ping, Pong, Pull, Ref, Send, ServerBye, ServerEph, Uevent, Upage,
    Upull, UserKey, Welcome,
};
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::{
    ClientFrame, CloseCode, Content, ErrorCode, Event, EventId, Message, Pos, RequestId, Seq,
    ServerFrame, Useq,
};
use homing_testkit::builders::{
    cid, committed, digest, event, live, log, message, page, room, room_id, user_id, welcome,
};
use homing_testkit::peer::Disconnect;
use homing_testkit::{Peer, builders};
use serde_json::json;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::time::Instant;

use crate::bed::{Bed, Failing};

pub(crate) const BROKEN: Disconnect = Disconnect::Closed(CloseCode::PROTOCOL_VIOLATION);

fn texts(items: &[Item]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| match &item.content {
            Content::Message(Message { text, .. }) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// The name of a lie, and how it changes an honest answer.
pub(crate) type Lie<T> = (&'static str, fn(&mut T));

fn err(about: Option<Ref>, code: ErrorCode, temporary: bool) -> ServerFrame {
    let text = "no".repeat(1000);
    ServerFrame::Err(Failure { about, code, temporary, retry_after_ms: None, text })
}

/// Answers pings until a frame of another kind comes.
async fn asked(peer: &mut Peer<DuplexStream>) -> Result<ClientFrame, Disconnect> {
    loop {
        match peer.next().await? {
            ClientFrame::Ping(Ping { n, .. }) => peer.send(ServerFrame::Pong(Pong { n })).await,
            ClientFrame::Eph(_) | ClientFrame::Ack(_) => {}
            frame => return Ok(frame),
        }
    }
}

async fn sent(peer: &mut Peer<DuplexStream>) -> Send {
    loop {
        if let ClientFrame::Send(send) = asked(peer).await.unwrap() {
            return send;
        }
    }
}

/// In room 1 with this many messages of somebody else, up to date.
pub(crate) async fn settled(bed: &mut Bed, head: u64) -> Peer<DuplexStream> {
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, head)])).await;
    if head > 0 {
        let Ok(ClientFrame::Pull(pull)) = asked(&mut peer).await else { panic!("it is behind") };
        peer.send(page(&pull, &log(1, head))).await;
    }
    bed.up_to_date().await;
    peer
}

#[tokio::test(start_paused = true)]
async fn an_error_that_names_nothing_holds_up_nothing_but_what_it_means() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    bed.handle.send(room_id(1), "first").await.unwrap();
    let first = sent(&mut peer).await;
    for text in ["good", "poison", "after"] {
        bed.handle.send(room_id(1), text).await.unwrap();
    }
    peer.send(committed(&first, 1)).await;
    let batch = sent(&mut peer).await;
    assert_eq!(batch.items.len(), 3);
    peer.send(err(None, ErrorCode::Invalid, false)).await;
    // One of the three failed; they are sent one by one to find out which.
    let good = sent(&mut peer).await;
    assert_eq!(good.items, batch.items[..1]);
    peer.send(committed(&good, 2)).await;
    let poison = sent(&mut peer).await;
    assert_eq!(poison.items, batch.items[1..2]);
    peer.send(err(None, ErrorCode::Invalid, false)).await;
    let after = sent(&mut peer).await;
    assert_eq!(after.items, batch.items[2..]);
    peer.send(committed(&after, 3)).await;
    bed.diff(|diff| match diff {
        Diff::Outbox { outbox } if (outbox.waiting, outbox.wedged) == (0, 1) => Some(()),
        _ => None,
    })
    .await;
    let outbox = bed.handle.outbox().await.unwrap();
    let poison = Message { text: "poison".to_owned(), ..Message::default() };
    assert_eq!(outbox[0].content, Content::Message(poison));
    assert_eq!(outbox[0].delivery, Delivery::Wedged { reason: WedgeReason::Refused });
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_now_without_a_name_is_sent_again() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    bed.handle.send(room_id(1), "patient").await.unwrap();
    let first = sent(&mut peer).await;
    for _ in 0..3 {
        peer.send(err(None, ErrorCode::Other("moon_phase".to_owned()), true)).await;
        assert_eq!(sent(&mut peer).await, first);
    }
    // A late answer counts.
    peer.send(committed(&first, 1)).await;
    bed.diff(|diff| matches!(diff, Diff::Outbox { outbox } if outbox.waiting == 0).then_some(()))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_pings_and_nothing_else_is_left_after_two_minutes() {
    // No answer to a send, to a pull of a room, to a pull of the own stream.
    for what in 0..3 {
        let mut bed = Bed::new().await;
        let info = room(1, if what == 1 { 9 } else { 0 });
        let useq = Useq(if what == 2 { 9 } else { 0 });
        let greeting = Welcome { useq, ..welcome() };
        let mut peer = bed.greet(greeting, digest(1, vec![info])).await;
        if what == 0 {
            bed.handle.send(room_id(1), "anybody?").await.unwrap();
        }
        asked(&mut peer).await.unwrap();
        let left = Instant::now();
        // Its heartbeat works, so the connection is alive beyond doubt.
        let gone = loop {
            match tokio::time::timeout(Duration::from_secs(20), asked(&mut peer)).await {
                Ok(frame) => break frame.unwrap_err(),
                Err(_) => peer.send(ServerFrame::CaughtUp).await,
            }
        };
        assert_eq!((gone, left.elapsed().as_secs()), (BROKEN, 120), "case {what}");
        bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_err_is_obeyed_no_longer_than_an_hour_and_no_oftener_than_once() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    let named = bed.handle.send(room_id(1), "often named").await.unwrap();
    let send = sent(&mut peer).await;
    bed.up_to_date().await;
    let text = String::new();
    peer.send(ServerFrame::Err(Failure {
        about: Some(Ref::Cids(vec![named; 5000])),
        code: ErrorCode::RateLimited,
        temporary: true,
        retry_after_ms: Some(u64::MAX),
        text,
    }))
    .await;
    let rows = bed
        .diff(|diff| match diff {
            Diff::Items { items, .. } if items[0].delivery == Some(Delivery::Queued) => {
                Some(items.len())
            }
            _ => None,
        })
        .await;
    assert_eq!(rows, 1);
    let waiting = Instant::now();
    let again = loop {
        match tokio::time::timeout(Duration::from_secs(20), asked(&mut peer)).await {
            Ok(frame) => break frame.unwrap(),
            Err(_) => peer.send(ServerFrame::CaughtUp).await,
        }
    };
    assert_eq!(again, ClientFrame::Send(send));
    assert_eq!(waiting.elapsed().as_secs() / 60, 60);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_what_never_left_is_refused() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = settled(&mut bed, 0).await;
    bed.handle.send(room_id(1), "under way").await.unwrap();
    let send = sent(&mut peer).await;
    let queued = bed.handle.send(room_id(1), "behind it").await.unwrap();
    peer.send(err(Some(Ref::Cids(vec![queued, cid(99)])), ErrorCode::Forbidden, false)).await;
    peer.send(committed(&send, 1)).await;
    assert_eq!(sent(&mut peer).await.items[0].cid, queued);
    assert_eq!(store.load().await.unwrap().outbox[0].state, OutboxState::Offered);
}

#[tokio::test(start_paused = true)]
async fn an_ok_that_can_not_be_loses_no_message() {
    for (name, place, elsewhere) in [
        ("at the place of another", 2, false),
        ("before the first place", 0, false),
        ("in another room", 4, true),
    ] {
        let store = Arc::new(MemoryStore::default());
        let mut bed = Bed::on(store.clone()).await;
        let mut peer = settled(&mut bed, 3).await;
        bed.handle.send(room_id(1), "mine").await.unwrap();
        let send = sent(&mut peer).await;
        let room = if elsewhere { room_id(2) } else { send.room };
        peer.send(committed(&Send { room, ..send.clone() }, place)).await;
        assert_eq!(peer.ignore().await, BROKEN, "{name}");
        let stored = store.load().await.unwrap();
        assert_eq!(stored.outbox.len(), 1, "{name}");
        assert_eq!(store.after(room_id(1), Seq(0), 9).await.unwrap(), log(1, 3), "{name}");
        // An honest server gets it under the same `cid`.
        let mut peer = bed.greet(welcome(), digest(2, vec![])).await;
        assert_eq!(sent(&mut peer).await, send);
    }
}

#[tokio::test(start_paused = true)]
async fn an_ok_for_what_was_never_sent_is_nothing_or_a_breach() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    // Ids that nobody used.
    let stranger = Send { room: room_id(1), items: Vec::new() };
    let item = homing_protocol::frame::SendItem {
        cid: cid(77),
        kind: "message".to_owned(),
        body: json!({"text": "never written"}).into(),
        ts: 0,
        origin: None,
    };
    peer.send(committed(&Send { items: vec![item], ..stranger }, 1)).await;
    bed.handle.send(room_id(1), "under way").await.unwrap();
    let send = sent(&mut peer).await;
    let queued = bed.handle.send(room_id(1), "behind it").await.unwrap();
    let mut early = send.clone();
    early.items[0].cid = queued;
    peer.send(committed(&early, 1)).await;
    assert_eq!(peer.ignore().await, BROKEN);
    assert_eq!(texts(&bed.rows().await), ["under way", "behind it"]);
    assert_eq!(bed.handle.outbox().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn two_events_at_one_place_are_a_breach_and_neither_is_taken() {
    let other = |event: Event| Event { id: EventId(cid(5).0), ..event };
    for by_page in [false, true] {
        let store = Arc::new(MemoryStore::default());
        let mut bed = Bed::on(store.clone()).await;
        let mut peer = settled(&mut bed, 3).await;
        peer.send(live(message(1, 5, 2, "one"))).await;
        if by_page {
            let pull: Pull = peer.seek().await;
            let mut lie = log(1, 5);
            lie[4] = other(lie[4].clone());
            peer.send(page(&pull, &lie)).await;
        } else {
            peer.send(live(other(message(1, 5, 2, "two")))).await;
        }
        assert_eq!(peer.ignore().await, BROKEN, "by page: {by_page}");
        assert_eq!(store.after(room_id(1), Seq(0), 9).await.unwrap(), log(1, 3));
        // Nothing of the dishonest server is kept that could conflict with the honest one.
        let mut peer = bed.greet(welcome(), digest(2, vec![room(1, 5)])).await;
        let pull: Pull = peer.seek().await;
        peer.send(page(&pull, &log(1, 5))).await;
        bed.up_to_date().await;
        assert_eq!(store.after(room_id(1), Seq(0), 9).await.unwrap(), log(1, 5));
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_event_again_or_another_at_a_place_that_is_taken_changes_nothing() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = settled(&mut bed, 3).await;
    for seq in [3, 1, 2, 0] {
        peer.send(live(message(1, seq, 2, "history is rewritten"))).await;
    }
    peer.send(live(message(7, 1, 2, "in a room of others"))).await;
    peer.send(live(message(1, 4, 2, "message 4"))).await;
    bed.diff(|diff| matches!(diff, Diff::Items { .. }).then_some(())).await;
    assert_eq!(store.after(room_id(1), Seq(0), 9).await.unwrap(), log(1, 4));
    assert_eq!(store.after(room_id(7), Seq(0), 9).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_the_own_stream_that_can_not_be_true_is_a_breach() {
    let change = |useq| Uevent {
        useq: Useq(useq),
        key: UserKey::Setting(format!("{useq}")),
        value: json!(useq),
    };
    let honest =
        |rid| Upage { rid, events: vec![change(3), change(9)], upto: Useq(9), head: Useq(9) };
    let lies: [Lie<Upage>; 5] = [
        ("past its own head", |page| page.upto = Useq(1 << 40)),
        ("backwards", |page| page.events.reverse()),
        ("past its end", |page| page.upto = Useq(5)),
        ("nothing new", |page| (page.events, page.upto) = (Vec::new(), Useq(0))),
        ("another question", |page| page.rid = RequestId(1)),
    ];
    for (name, lie) in lies {
        let store = Arc::new(MemoryStore::default());
        let bed = Bed::on(store.clone()).await;
        let greeting = || Welcome { useq: Useq(9), ..welcome() };
        let mut peer = bed.greet(greeting(), digest(1, vec![room(1, 0)])).await;
        let upull: Upull = peer.seek().await;
        let mut page = honest(upull.rid);
        lie(&mut page);
        peer.send(ServerFrame::Upage(page)).await;
        assert_eq!(peer.ignore().await, BROKEN, "{name}");
        let stored = store.load().await.unwrap();
        assert!(!stored.own.iter().any(|row| matches!(row.key, UserKey::Setting(_))), "{name}");
        assert_eq!(stored.sync.useq, Useq(0), "{name}");
        let mut peer = bed.greet(greeting(), digest(1, vec![])).await;
        let upull: Upull = peer.seek().await;
        assert_eq!(upull.useq, Useq(0), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_was_a_lie_is_corrected_by_the_next_page() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = settled(&mut bed, 3).await;
    let heads = BTreeMap::from([(room_id(1), Seq((1 << 53) - 2)), (room_id(9), Seq(5))]);
    peer.send(ServerFrame::Ping(Ping { n: 1, heads })).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 4))).await;
    bed.up_to_date().await;
    let stored = store.load().await.unwrap();
    assert_eq!((stored.rooms[0].head, stored.rooms[0].cursor), (Seq(4), Seq(4)));
    assert_eq!((stored.rooms.len(), stored.holes), (1, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_less_than_it_told_was_restored_whatever_it_says() {
    for (pos, useq) in [(6, 9), (7, 8)] {
        let mut bed = Bed::new().await;
        let mut peer =
            bed.greet(Welcome { pos: Pos(7), ..welcome() }, digest(7, vec![room(1, 3)])).await;
        let pull: Pull = peer.seek().await;
        peer.send(page(&pull, &log(1, 3))).await;
        for n in 1..=9 {
            let (key, value) = (UserKey::Setting("theme".to_owned()), json!(n));
            peer.send(ServerFrame::Uevent(Uevent { useq: Useq(n), key, value })).await;
        }
        bed.up_to_date().await;
        drop(peer);
        let back = Welcome { pos: Pos(pos), useq: Useq(useq), ..welcome() };
        let mut peer = bed.greet(back, digest(pos, vec![room(1, 1)])).await;
        let pull: Pull = peer.seek().await;
        assert_eq!(pull.after, Some(Seq(0)), "pos {pos}, useq {useq}");
        peer.send(page(&pull, &[message(1, 1, 2, "another history")])).await;
        bed.diff(|diff| matches!(diff, Diff::Items { .. }).then_some(())).await;
        assert_eq!(texts(&bed.rows().await), ["another history"]);
    }
}

/// A digest may overtake what was written to the own stream before it.
#[tokio::test(start_paused = true)]
async fn a_room_that_was_left_and_joined_again_comes_back_in_whatever_order_that_is_told() {
    let key = || UserKey::Room(room_id(1));
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 3).await;
    peer.send(ServerFrame::Digest(digest(5, vec![room(1, 6)]))).await;
    for (useq, value) in [(1, json!(null)), (2, json!(true))] {
        let change = Uevent { useq: Useq(useq), key: key(), value };
        peer.send(ServerFrame::Uevent(change)).await;
    }
    bed.diff(|diff| matches!(diff, Diff::RoomGone { .. }).then_some(())).await;
    let gone = Instant::now();
    while asked(&mut peer).await.is_ok() {}
    assert_eq!(gone.elapsed().as_secs(), 5);
    // The hello asks for everything, so that the room is described again.
    let mut peer = bed.accept().await;
    let greeting = Welcome { useq: Useq(2), pos: Pos(5), ..welcome() };
    let hello: Hello = peer.greet(greeting, vec![digest(5, vec![room(1, 6)])]).await;
    assert_eq!((hello.pos, hello.useq, hello.epoch.is_some()), (None, Some(Useq(2)), true));
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 6))).await;
    bed.up_to_date().await;
    assert_eq!(bed.rows().await.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_described_in_time_or_never_was_costs_no_connection() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    let change = |useq, room, value| {
        ServerFrame::Uevent(Uevent { useq: Useq(useq), key: UserKey::Room(room), value })
    };
    peer.send(change(1, room_id(2), json!(true))).await;
    peer.send(change(2, room_id(3), json!(true))).await;
    peer.send(change(3, room_id(3), json!(null))).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    peer.send(ServerFrame::Digest(digest(2, vec![room(2, 0)]))).await;
    let quiet = tokio::time::timeout(Duration::from_secs(15), asked(&mut peer)).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

#[tokio::test(start_paused = true)]
async fn a_flood_does_not_keep_the_person_waiting() {
    let store = Arc::new(Failing::default());
    let mut bed = Bed::on(store.clone()).await;
    let mut peer = settled(&mut bed, 0).await;
    // The disk makes the space's task slower than the connection.
    store.slow_down(Duration::from_millis(5));
    let flood = async {
        for seq in 1..=20_000 {
            peer.send(live(event(1, seq, 2))).await;
        }
    };
    let person = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let flooded = Instant::now();
        bed.handle.send(room_id(1), "heard").await.unwrap();
        assert!(flooded.elapsed() < Duration::from_millis(100), "{:?}", flooded.elapsed());
    };
    tokio::select! {
        () = person => {}
        () = flood => panic!("the person was heard only after the flood"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_to_be_said_to_an_old_connection_is_not_said_to_the_next() {
    let store = Arc::new(Failing::default());
    let mut bed = Bed::on(store.clone()).await;
    let peer = settled(&mut bed, 0).await;
    drop(peer);
    bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await;
    let mut peer = bed.accept().await;
    let _: Hello = peer.expect().await;
    // While this is being committed, a connection is welcomed and lost, and the next one opens.
    store.slow_down(Duration::from_secs(3));
    let send = bed.handle.send(room_id(1), "slow");
    let peers = async {
        tokio::task::yield_now().await;
        peer.send(ServerFrame::Welcome(Box::new(welcome()))).await;
        peer.send(ServerFrame::Digest(digest(2, vec![room(1, 2)]))).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(peer.into_inner());
        let mut next = bed.accept().await;
        store.slow_down(Duration::ZERO);
        let _: Hello = next.expect().await;
        let more = tokio::time::timeout(Duration::from_secs(5), next.next()).await;
        assert!(more.is_err(), "before its welcome it heard {more:?}");
        next
    };
    let (sent, _next) = tokio::join!(send, peers);
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_typed_in_a_room_that_was_left_nor_shown_as_typed_there() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    let (key, value) = (UserKey::Room(room_id(1)), json!(null));
    peer.send(ServerFrame::Uevent(Uevent { useq: Useq(1), key, value })).await;
    bed.diff(|diff| matches!(diff, Diff::RoomGone { .. }).then_some(())).await;
    let (room, user) = (room_id(1), user_id(2));
    peer.send(ServerFrame::Eph(ServerEph::Typing { room, user })).await;
    peer.send(ServerFrame::Digest(digest(2, vec![builders::room(2, 0)]))).await;
    bed.handle.typing(room_id(1)).await;
    bed.handle.typing(room_id(2)).await;
    let seen = bed
        .diff(|diff| match diff {
            Diff::Typing { .. } => Some("typing"),
            Diff::Room { .. } => Some("room"),
            _ => None,
        })
        .await;
    assert_eq!(seen, "room");
    let typed = loop {
        if let ClientEph::Typing { room } = peer.seek().await {
            break room;
        }
    };
    assert_eq!(typed, room_id(2));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_and_never_listens_is_not_listened_to() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    // The engine's answers exceed the connection's buffer, and there is always a byte to read.
    let flood = async {
        for n in 0..100_000 {
            peer.send(ServerFrame::Ping(Ping { n, heads: BTreeMap::new() })).await;
            if n % 1000 == 0 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    };
    tokio::select! {
        _ = bed.dial() => {}
        () = flood => panic!("it reads on, and gathers what it can't write"),
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_messages_are_a_breach_and_not_the_end() {
    let oversize = {
        let length = u64::try_from(FRAME_BYTES + 1).unwrap();
        [&[0x81, 127][..], &length.to_be_bytes()].concat()
    };
    for (name, bytes) in [
        ("too large", oversize),
        ("no UTF-8", vec![0x81, 2, 0xc3, 0x28]),
        ("compressed", vec![0xc1, 2, b'{', b'}']),
        ("a kind that does not exist", vec![0x83, 0]),
        ("a part of nothing", vec![0x80, 2, b'{', b'}']),
        ("masked", vec![0x81, 0x82, 1, 2, 3, 4, 5, 6]),
        ("a ping in parts", vec![0x09, 0]),
        ("no JSON", vec![0x81, 2, b'{', b'{']),
    ] {
        let mut bed = Bed::new().await;
        let peer = settled(&mut bed, 0).await;
        let mut stream = peer.into_inner();
        stream.write_all(&bytes).await.unwrap();
        let failed = |link: &ConnectionState| {
            matches!(link, ConnectionState::Waiting { .. } | ConnectionState::Refused { .. })
        };
        let link = bed.link(failed).await;
        let code = CloseCode::PROTOCOL_VIOLATION.0;
        let ConnectionState::Waiting { why, .. } = link else { panic!("{name}: {link:?}") };
        assert_eq!(why, ConnectionFailure::Closed { code }, "{name}");
        // The engine's own failure does not keep the person offline.
        settled(&mut bed, 0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_told_to_come_back_in_a_thousand_years_comes_back_in_two_hours() {
    let mut bed = Bed::new().await;
    let mut peer = settled(&mut bed, 0).await;
    let never = Some(u64::MAX);
    let reason = String::new();
    let bye = ServerBye { code: 4001, retry_after_ms: never, spread_ms: never, reason };
    peer.send(ServerFrame::Bye(bye)).await;
    peer.close(CloseCode::SHUTDOWN).await;
    let closed = Instant::now();
    bed.dial().await;
    assert!((1..=2).contains(&(closed.elapsed().as_secs() / 3600)), "{:?}", closed.elapsed());
}
