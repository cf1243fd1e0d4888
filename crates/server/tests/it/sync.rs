//! hello, digests, pulls, the own stream, receipts, presence: what makes devices agree.

use std::time::Duration;

use homing_protocol::frame::{Ack, ClientEph, Presence, ServerEph, UserKey};
use homing_protocol::http::{NewRoom, RoomMade};
use homing_protocol::{
    ClientFrame, CloseCode, Epoch, ErrorCode, Pos, RoomKind, Seq, ServerFrame, Useq, mention,
};
use serde_json::{Value, json};

use crate::client::message;
use crate::space::{Person, Space, new_cid};

#[tokio::test]
async fn a_first_hello_gets_everything_and_a_second_only_what_changed() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let a = ada.online().await;
    let welcome = a.welcome.clone().unwrap();
    assert!(!welcome.reset);
    assert_eq!((welcome.version, welcome.space_name.as_str()), (1, "Pigeons"));
    assert_eq!((welcome.me, welcome.device), (ada.signed_in.user, ada.signed_in.device));
    let digest = a.digests[0].clone();
    assert_eq!((digest.rooms.len(), digest.people.len(), digest.pos), (1, 2, welcome.pos));
    let general = a.general();
    drop(a);
    // Nothing happened: nothing is told.
    let mut a = ada.connect().await;
    a.hello(Some(welcome.epoch), Some(welcome.pos), Some(welcome.useq)).await;
    assert!(a.digests[0].rooms.is_empty() && a.digests[0].people.is_empty());
    a.expect(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(())).await;
    drop(a);
    // One room got a message.
    let made = bob
        .post(
            "/v1/rooms",
            NewRoom {
                key: new_cid(),
                kind: RoomKind::Public,
                name: "other".into(),
                topic: String::new(),
                members: vec![ada.signed_in.user],
            },
        )
        .await;
    let other = serde_json::from_value::<RoomMade>(made).unwrap().room;
    let mut b = bob.online().await;
    let pos = b.welcome.clone().unwrap().pos;
    b.write(general, "news").await;
    let mut a = ada.connect().await;
    a.hello(Some(welcome.epoch), Some(pos), None).await;
    let rooms = &a.digests[0].rooms;
    assert_eq!(rooms.len(), 1);
    assert_eq!((rooms[0].room, rooms[0].unread), (general, 1));
    assert_ne!(rooms[0].room, other);
}

#[tokio::test]
async fn cursors_of_another_life_are_reset() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let known = ada.online().await.welcome.clone().unwrap();
    let other = Epoch(known.epoch.0.wrapping_add(1));
    for (epoch, pos, useq, reset) in [
        (None, None, None, false),
        (Some(known.epoch), Some(known.pos), Some(known.useq), false),
        (Some(other), Some(known.pos), None, true),
        // In the same epoch, but ahead: a copy was restored and nobody said so.
        (Some(known.epoch), Some(Pos(known.pos.0 + 9)), None, true),
        (Some(known.epoch), Some(known.pos), Some(Useq(known.useq.0 + 9)), true),
    ] {
        let mut client = ada.connect().await;
        let welcome = client.hello(epoch, pos, useq).await;
        assert_eq!(welcome.reset, reset, "{epoch:?} {pos:?} {useq:?}");
        let whole = !client.digests[0].rooms.is_empty();
        assert_eq!(whole, reset || pos.is_none());
    }
}

#[tokio::test]
async fn pulls_are_contiguous_from_both_ends_and_within_limits() {
    let space = Space::start_with(|config| config.limits.send_burst = 1000).await;
    let mut a = space.join("Ada").await.online().await;
    let general = a.general();
    for batch in 0..15 {
        let items = (0..16).map(|n| message(&(batch * 16 + n).to_string()));
        a.send(general, items.collect()).await;
        a.ok().await;
    }
    // 1 is "created"; the messages follow.
    let head = Seq(241);
    let seqs = |page: &homing_protocol::frame::Page| {
        page.events.iter().map(|event| event.seq.0).collect::<Vec<_>>()
    };
    for (after, before, limit, expected, more) in [
        (Some(0), None, 10, 1..=10, true),
        (Some(231), None, 10, 232..=241, false),
        (Some(230), None, 10, 231..=240, true),
        (None, Some(242), 5, 237..=241, true),
        (None, Some(6), 5, 1..=5, false),
        (None, Some(7), 5, 2..=6, true),
        (Some(0), None, 5000, 1..=200, true),
        (Some(0), None, 0, 1..=1, true),
    ] {
        let page = a.pull(general, after, before, limit).await;
        assert_eq!(seqs(&page), expected.collect::<Vec<_>>(), "{after:?} {before:?} {limit}");
        assert_eq!((page.head, page.min, page.more, page.too_old), (head, Seq(1), more, false));
    }
    for (after, before) in [(Some(241), None), (Some(999), None), (None, Some(1)), (None, Some(0))]
    {
        let page = a.pull(general, after, before, 10).await;
        assert!(page.events.is_empty() && !page.more, "{after:?} {before:?}");
    }
    for (after, before) in [(None, None), (Some(1), Some(2))] {
        a.ask_pull(general, after, before, 1).await;
        assert_eq!(a.err().await.code, ErrorCode::Invalid);
    }
}

#[tokio::test]
async fn a_page_of_large_events_fits_a_frame() {
    let space = Space::start().await;
    let mut a = space.join("Ada").await.online().await;
    let general = a.general();
    for _ in 0..6 {
        // Quotes double when they are written as JSON.
        a.write(general, &"\"".repeat(32_000)).await;
    }
    let mut after = 0;
    let mut rounds = 0;
    while after < 7 {
        // The client refuses frames over the limit by itself.
        let page = a.pull(general, Some(after), None, 200).await;
        assert_eq!(page.events[0].seq.0, after + 1);
        after = page.events.last().unwrap().seq.0;
        assert_eq!(page.more, after < 7);
        rounds += 1;
    }
    assert!(rounds > 1);
}

#[tokio::test]
async fn marks_follow_the_person_and_never_go_back() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (a, mut b) = (ada.online().await, bob.online().await);
    let general = a.general();
    for text in ["1", "2", "3"] {
        b.write(general, text).await;
    }
    let mut hey = message("hey");
    let [one, other] =
        [(&ada, "Ada"), (&bob, "Bob")].map(|(who, name)| mention::person(who.signed_in.user, name));
    let text = format!("hey {one} {other}");
    hey.body = json!({"text": text, "mentions": [ada.signed_in.user, bob.signed_in.user]}).into();
    b.send(general, vec![hey]).await;
    let head = b.ok().await.items[0].seq;
    let info = ada.online().await.digests[0].rooms[0].clone();
    assert_eq!((info.unread, info.mentions, info.head), (4, 1, head));
    let info = bob.online().await.digests[0].rooms[0].clone();
    assert_eq!((info.unread, info.mentions), (0, 0), "one's own words are read");
    let mut a2 = ada.online().await;
    drop(a);
    let up_to = head.0 - 1;
    a2.mark(general, up_to).await;
    let change = a2.uevent().await;
    assert_eq!((change.key, change.value), (UserKey::Read(general), json!(up_to)));
    a2.mark(general, up_to - 1).await;
    a2.mark(general, up_to).await;
    assert!(!a2.settle().await.iter().any(|f| matches!(f, ServerFrame::Uevent(_))));
    a2.mark(general, head.0 + 1).await;
    assert_eq!(a2.err().await.code, ErrorCode::Invalid);
    let info = ada.online().await.digests[0].rooms[0].clone();
    assert_eq!((info.read, info.unread, info.mentions), (Seq(up_to), 1, 1));
}

#[tokio::test]
async fn values_follow_the_person_and_only_the_latest_is_kept() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut a = ada.online().await;
    let general = a.general();
    let start = a.welcome.as_ref().unwrap().useq.0;
    let theme = UserKey::Setting("theme".into());
    for value in [json!("dark"), json!({"deep": [1]}), Value::Null] {
        a.set(theme.clone(), value.clone()).await;
        let change = a.uevent().await;
        assert_eq!((&change.key, &change.value), (&theme, &value));
    }
    a.set(UserKey::Draft(general), json!("half a thou")).await;
    assert_eq!(a.uevent().await.useq, Useq(start + 4));
    let page = a.upull(start, 500).await;
    let changes: Vec<_> = page.events.iter().map(|c| (c.useq.0, &c.key, &c.value)).collect();
    assert_eq!(
        changes,
        [
            (start + 3, &theme, &Value::Null),
            (start + 4, &UserKey::Draft(general), &json!("half a thou")),
        ]
    );
    assert_eq!((page.upto, page.head), (Useq(start + 4), Useq(start + 4)));
    let page = a.upull(start, 1).await;
    assert_eq!((page.events.len(), page.upto), (1, Useq(start + 3)));
    for key in [
        UserKey::Read(general),
        UserKey::Room(general),
        UserKey::Other("surprise".into()),
        UserKey::Setting("x".repeat(200)),
    ] {
        a.set(key.clone(), json!(1)).await;
        assert_eq!(a.err().await.code, ErrorCode::Invalid, "{key}");
    }
}

#[tokio::test]
async fn an_unread_mark_is_a_seq_of_a_room_that_one_is_in() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let plans = NewRoom {
        key: new_cid(),
        kind: RoomKind::Private,
        name: "plans".into(),
        topic: String::new(),
        members: Vec::new(),
    };
    let made = ada.post("/v1/rooms", plans).await;
    let private = serde_json::from_value::<RoomMade>(made).unwrap().room;
    let key = UserKey::Unread(private);
    for value in [json!(1), Value::Null] {
        a.set(key.clone(), value.clone()).await;
        let change = a
            .expect(|frame| match frame {
                ServerFrame::Uevent(change) if change.key == key => Some(change),
                _ => None,
            })
            .await;
        assert_eq!(change.value, value);
    }
    for value in [json!("1"), json!(-1), json!(true), json!([1])] {
        a.set(key.clone(), value.clone()).await;
        assert_eq!(a.err().await.code, ErrorCode::Invalid, "{value}");
    }
    b.set(key, json!(1)).await;
    assert_eq!(b.err().await.code, ErrorCode::NoSuchRoom);
}

#[tokio::test]
async fn receipts_tell_how_far_everybody_else_is() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let cleo = space.join("Cleo").await;
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let mut c = cleo.online().await;
    let general = a.general();
    let seq = a.write(general, "hello").await;
    let ack = |seq| ClientFrame::Ack(Ack { rooms: [(general, seq)].into(), useq: None });
    b.say(ack(seq)).await;
    b.settle().await;
    assert!(
        !a.settle().await.iter().any(
            |frame| matches!(frame, ServerFrame::Receipt(receipt) if receipt.delivered >= seq)
        )
    );
    // More than there is counts as what there is.
    c.say(ack(Seq(seq.0 + 100))).await;
    let delivered = a
        .expect(|frame| match frame {
            ServerFrame::Receipt(receipt) if receipt.delivered >= seq => Some(receipt.delivered),
            _ => None,
        })
        .await;
    assert_eq!(delivered, seq);
    let info = ada.online().await.digests[0].rooms[0].clone();
    assert_eq!(info.delivered, seq);
}

#[tokio::test]
async fn presence_comes_from_activity_and_typing_goes_to_the_others() {
    let space = Space::start_with(|config| config.timers.tick = Duration::from_millis(20)).await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let general = a.general();
    let me = ada.signed_in.user;
    let presence_of_ada = |frame| match frame {
        ServerFrame::Eph(ServerEph::Presence { people, .. }) => people.get(&me).copied(),
        _ => None,
    };
    a.say(ClientFrame::Eph(ClientEph::Activity { active: true })).await;
    while b.expect(presence_of_ada).await != Presence::Online {}
    let mut late = bob.online().await;
    assert_eq!(late.expect(presence_of_ada).await, Presence::Online);
    a.say(ClientFrame::Eph(ClientEph::Typing { room: general })).await;
    let typing = late
        .expect(|frame| match frame {
            ServerFrame::Eph(ServerEph::Typing { room, user }) => Some((room, user)),
            _ => None,
        })
        .await;
    assert_eq!(typing, (general, me));
    let own = a.settle().await;
    assert!(!own.iter().any(|f| matches!(f, ServerFrame::Eph(ServerEph::Typing { .. }))));
    a.say(ClientFrame::Eph(ClientEph::Activity { active: false })).await;
    while late.expect(presence_of_ada).await != Presence::Away {}
    drop(a);
    while late.expect(presence_of_ada).await != Presence::Offline {}
}

#[tokio::test]
async fn a_newer_connection_of_a_device_replaces_the_older() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut first = ada.online().await;
    let _second = ada.online().await;
    let (said, code) = first.until_closed().await;
    assert_eq!(code, CloseCode::REPLACED.0);
    assert!(said.iter().any(|f| matches!(f, ServerFrame::Bye(bye) if bye.code == code)));
}

#[tokio::test]
async fn a_device_signed_out_or_a_member_disabled_is_shown_the_door() {
    let space = Space::start_with(|config| {
        config.timers.tick = Duration::from_millis(20);
        config.timers.digest_delay = Duration::ZERO;
    })
    .await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let mut a = ada.online().await;
    let path = format!("/v1/devices/{}", ada.signed_in.device);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(a.until_closed().await.1, CloseCode::SIGNED_OUT.0);
    assert_eq!(ada.call("GET", "/v1/devices", Value::Null).await.0, 401);
    // From another process: the server notices by itself.
    let mut b = bob.online().await;
    disable(&space, &bob).await;
    assert_eq!(b.until_closed().await.1, CloseCode::ACCOUNT_DISABLED.0);
    assert_eq!(bob.call("GET", "/v1/devices", Value::Null).await.0, 403);
    let mut b = bob.connect().await;
    assert_eq!(b.until_closed().await.1, CloseCode::ACCOUNT_DISABLED.0);
}

/// As `homing-server member disable` does it, beside the running server.
async fn disable(space: &Space, person: &Person) {
    use homing_server::store::{AccountUpdate, Store as _};
    let (told, _changes) = tokio::sync::mpsc::channel(64);
    let clock = std::sync::Arc::new(homing_server::SystemClock);
    let store = homing_server::server::open(&space.config, clock, None, told).await.unwrap();
    let changed = AccountUpdate { gone: Some(true), ..AccountUpdate::default() };
    store.change_person(person.signed_in.user, changed).await.unwrap();
    store.close().await;
}
