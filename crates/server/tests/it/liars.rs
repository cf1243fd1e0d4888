//! Clients that speak well and lie: about where they belong, what they hold, and what they named.

use homing_protocol::frame::{
    Ack, ClientEph, Mark, Ping, Pong, Pull, Ref, Send, SendItem, ServerEph, Set, Upull, UserKey,
};
use homing_protocol::http::{NewRoom, RoomMade};
use homing_protocol::limits::PAGE_EVENTS;
use homing_protocol::{
    Cid, ClientFrame, CloseCode, ErrorCode, Event, RequestId, RoomId, RoomInfo, RoomKind, Seq,
    ServerFrame, Useq,
};
use homing_server::Config;
use homing_server::rate_limit::Rate;
use serde_json::{Value, json};

use crate::client::{Client, hello, message};
use crate::space::{Person, Space, new_cid};

/// The largest number on the wire.
const FAR: Seq = Seq((1 << 53) - 1);

/// Whoever looks anew says hello anew.
fn greeted_often(config: &mut Config) {
    config.rates.hellos = Rate::per_second(1000, 1000);
}

async fn make(by: &Person, kind: RoomKind, members: &[&Person]) -> RoomId {
    let members = members.iter().map(|person| person.signed_in.user).collect();
    let name = format!("{kind:?}");
    let wanted = NewRoom { key: new_cid(), kind, name, topic: String::new(), members };
    serde_json::from_value::<RoomMade>(by.post("/v1/rooms", wanted).await).unwrap().room
}

/// A room as a member sees it: what is said of it, and all that is in it.
async fn seen(client: &mut Client, room: RoomId) -> (RoomInfo, Vec<Event>) {
    let page = client.pull(room, Some(0), None, PAGE_EVENTS).await;
    let mut told = client.digests.iter().flat_map(|digest| &digest.rooms);
    (told.rfind(|info| info.room == room).unwrap().clone(), page.events)
}

/// Whether this tells anything of a room.
fn is_about(frame: &ServerFrame, at: RoomId) -> bool {
    match frame {
        ServerFrame::Event(pushed) => pushed.event.room == at,
        ServerFrame::Page(page) => page.room == at,
        ServerFrame::Ok(committed) => committed.room == at,
        ServerFrame::Gap(gap) => gap.room == at,
        ServerFrame::Receipt(receipt) => receipt.room == at,
        ServerFrame::Digest(digest) => digest.rooms.iter().any(|info| info.room == at),
        ServerFrame::Eph(ServerEph::Typing { room, .. }) => *room == at,
        ServerFrame::Ping(ping) => ping.heads.contains_key(&at),
        ServerFrame::Uevent(change) => change.key.to_string().contains(&at.to_string()),
        _ => false,
    }
}

/// Whether this tells a member that something happened in a room. A heartbeat may come at any time
/// and names the heads of all rooms of its receiver.
fn is_news_of(frame: &ServerFrame, room: RoomId) -> bool {
    !matches!(frame, ServerFrame::Ping(_)) && is_about(frame, room)
}

/// What a frame is answered with. None: nothing is said.
type Refusal = Option<(Option<Ref>, Option<ErrorCode>)>;

/// Every frame that names a room, and what is said to someone who is not in there: what the
/// answer is about, and its code where that is not the usual one.
fn into(room: RoomId) -> Vec<(ClientFrame, Refusal)> {
    let refused = |about| Some((Some(about), None));
    let invalid = |about| Some((Some(about), Some(ErrorCode::Invalid)));
    let mut all = Vec::new();
    for (kind, body) in [
        ("message", json!({"text": "let me in"})),
        ("described", json!({"name": "mine"})),
        ("example.poll", json!({})),
    ] {
        let item =
            SendItem { cid: new_cid(), kind: kind.into(), body: body.into(), ts: 0, origin: None };
        let about = Ref::Cids(vec![item.cid]);
        all.push((ClientFrame::Send(Send { room, items: vec![item] }), refused(about)));
    }
    for (rid, after, before) in [(901, Some(Seq(0)), None), (902, None, Some(FAR))] {
        let rid = RequestId(rid);
        let pull = Pull { rid, room, after, before, limit: PAGE_EVENTS };
        all.push((ClientFrame::Pull(pull), refused(Ref::Rid(rid))));
    }
    for seq in [Seq(0), Seq(1), FAR] {
        all.push((ClientFrame::Mark(Mark { room, seq }), refused(Ref::Room(room))));
    }
    for key in [UserKey::Draft(room), UserKey::Mute(room)] {
        let set = Set { key: key.clone(), value: json!(true) };
        all.push((ClientFrame::Set(set), refused(Ref::Key(key))));
    }
    // Nobody sets these, wherever they belong.
    for key in [UserKey::Read(room), UserKey::Room(room)] {
        let set = Set { key: key.clone(), value: json!(true) };
        all.push((ClientFrame::Set(set), invalid(Ref::Key(key))));
    }
    for seq in [Seq(1), FAR] {
        let ack = Ack { rooms: [(room, seq)].into(), useq: Some(Useq(FAR.0)) };
        all.push((ClientFrame::Ack(ack), None));
    }
    for eph in [ClientEph::Typing { room }, ClientEph::Looking { room: Some(room) }] {
        all.push((ClientFrame::Eph(eph), None));
    }
    all
}

#[tokio::test]
async fn no_frame_leads_into_a_room_of_others_or_says_anything_of_it() {
    let space = Space::start_with(greeted_often).await;
    // The owner of the space is no more in there than anybody else.
    let (mal, ben) = (space.join("Mal").await, space.join("Ben").await);
    let cleo = space.join("Cleo").await;
    let private = make(&ben, RoomKind::Private, &[&cleo]).await;
    let public = make(&ben, RoomKind::Public, &[&cleo]).await;
    let left = make(&ben, RoomKind::Private, &[&cleo, &mal]).await;
    let _: Value = mal.post(&format!("/v1/rooms/{left}/leave"), Value::Null).await;
    let nowhere = RoomId(new_cid().0);
    let mut writing = ben.online().await;
    for room in [private, public, left] {
        writing.write(room, "among us").await;
    }
    let (mut m, mut c) = (mal.online().await, cleo.online().await);
    let start = m.welcome.as_ref().unwrap().useq.0;
    for (room, outside, exists) in [
        (private, ErrorCode::NoSuchRoom, true),
        (nowhere, ErrorCode::NoSuchRoom, false),
        (public, ErrorCode::NotMember, true),
        (left, ErrorCode::NoSuchRoom, true),
    ] {
        let before = if exists { Some(seen(&mut ben.online().await, room).await) } else { None };
        let mut b = ben.online().await;
        m.settle().await;
        c.settle().await;
        for (frame, answer) in into(room) {
            let said = format!("{frame:?}");
            m.say(frame).await;
            if let Some((about, code)) = answer {
                let failure = m.err().await;
                let expected = (about, code.unwrap_or(outside.clone()), false);
                assert_eq!((failure.about, failure.code, failure.temporary), expected, "{said}");
            }
            let told = m.settle().await;
            assert!(!told.iter().any(|f| is_about(f, room)), "{said}: {told:?}");
            let errs = told.iter().filter(|frame| matches!(frame, ServerFrame::Err(_)));
            assert_eq!(errs.count(), 0, "{said}: {told:?}");
        }
        for member in [&mut b, &mut c] {
            let told = member.settle().await;
            assert!(!told.iter().any(|frame| is_news_of(frame, room)), "{told:?}");
        }
        if let Some(before) = before {
            assert_eq!(seen(&mut ben.online().await, room).await, before);
        }
    }
    let own = m.upull(start, 500).await.events;
    assert!(own.iter().all(|change| matches!(change.key, UserKey::Setting(_))), "{own:?}");
}

#[tokio::test]
async fn what_a_client_says_to_hold_counts_where_it_is_and_as_far_as_there_is() {
    let space = Space::start().await;
    let (mal, ben) = (space.join("Mal").await, space.join("Ben").await);
    let (cleo, eve) = (space.join("Cleo").await, space.join("Eve").await);
    let room = make(&ben, RoomKind::Private, &[&cleo, &mal]).await;
    let (mut m, mut b) = (mal.online().await, ben.online().await);
    let (mut c, mut e) = (cleo.online().await, eve.online().await);
    let ack = |seq| ClientFrame::Ack(Ack { rooms: [(room, seq)].into(), useq: Some(Useq(FAR.0)) });
    let first = b.write(room, "one").await;
    m.say(ack(FAR)).await;
    m.settle().await;
    // What is not written yet is held by nobody, whatever was said before it was.
    let second = b.write(room, "two").await;
    assert!(second > first);
    for (who, seq, delivered) in [
        // Up to there everybody but Ben was told to hold it.
        ("Cleo", second, Some(first)),
        ("Mal", Seq(0), None),
        ("Mal", first, None),
        ("Eve", FAR, None),
        ("Mal", FAR, Some(second)),
        ("Mal", Seq(1), None),
    ] {
        b.settle().await;
        let client = match who {
            "Mal" => &mut m,
            "Cleo" => &mut c,
            _ => &mut e,
        };
        client.say(ack(seq)).await;
        let told = client.settle().await;
        assert!(!told.iter().any(|frame| matches!(frame, ServerFrame::Err(_))), "{told:?}");
        let told = b.settle().await;
        let mut receipts = told.iter().filter_map(|frame| match frame {
            ServerFrame::Receipt(receipt) if receipt.room == room => Some(receipt.delivered),
            _ => None,
        });
        assert_eq!(receipts.next_back(), delivered, "{who} {seq:?}: {told:?}");
    }
    let mut b = ben.online().await;
    assert_eq!(seen(&mut b, room).await.0.delivered, second);
}

#[tokio::test]
async fn a_name_belongs_to_its_sender_and_to_one_room() {
    let space = Space::start().await;
    let (mal, ben) = (space.join("Mal").await, space.join("Ben").await);
    let (mut m, mut b) = (mal.online().await, ben.online().await);
    let general = m.general();
    let other = make(&mal, RoomKind::Private, &[&ben]).await;
    let item = message("mine");
    b.send(general, vec![item.clone()]).await;
    let honest = b.ok().await.items.remove(0);
    // A name of somebody else's is no way to their event, nor in the way of one's own.
    m.send(general, vec![item.clone()]).await;
    let own = m.ok().await.items.remove(0);
    assert!(!own.dup && own.seq > honest.seq && own.id != honest.id);
    m.send(other, vec![item.clone()]).await;
    let failure = m.err().await;
    let about = Some(Ref::Cids(vec![item.cid]));
    assert_eq!((failure.code, failure.about), (ErrorCode::CidReused, about));
    // Nor does a refusal use a name up, or twice the same within one send make two of it.
    let fresh = message("twice");
    m.send(other, vec![message("x"), SendItem { kind: "stub".into(), ..fresh.clone() }]).await;
    assert_eq!(m.err().await.code, ErrorCode::Forbidden);
    m.send(other, vec![fresh.clone(), fresh.clone()]).await;
    let items = m.ok().await.items;
    assert_eq!((items[0].seq, items[0].dup), (items[1].seq, false));
    let lied = SendItem { body: json!({"text": "changed"}).into(), ..fresh.clone() };
    let torn = message("torn");
    let torn_lie = SendItem { body: json!({"text": "apart"}).into(), ..torn.clone() };
    for items in [vec![lied], vec![torn, torn_lie]] {
        m.send(other, items).await;
        assert_eq!(m.err().await.code, ErrorCode::CidReused);
    }
    let (_, log) = seen(&mut ben.online().await, other).await;
    let cids: Vec<Option<Cid>> = log.iter().map(|event| event.cid).collect();
    assert_eq!(cids.iter().filter(|cid| cid.is_some()).count(), 1, "{log:?}");
    let (_, log) = seen(&mut ben.online().await, general).await;
    let texts = log.iter().filter(|event| event.body.value()["text"] == "mine");
    let senders: Vec<_> = texts.map(|event| event.sender).collect();
    assert_eq!(senders, [ben.signed_in.user, mal.signed_in.user]);
}

/// A frame of each kind but `hello`, and whether one may say it before that.
fn early(room: RoomId) -> Vec<(ClientFrame, bool)> {
    let rid = RequestId(1);
    let mut all: Vec<_> = into(room).into_iter().map(|(frame, _)| (frame, false)).collect();
    all.extend([
        (ClientFrame::Upull(Upull { rid, useq: Useq(0), limit: 1 }), false),
        (ClientFrame::Eph(ClientEph::Activity { active: true }), false),
        (ClientFrame::Ping(Ping { n: 7, heads: Default::default() }), true),
        (ClientFrame::Pong(Pong { n: 7 }), true),
    ]);
    all
}

#[tokio::test]
async fn who_has_not_said_hello_says_nothing_and_who_has_says_it_once() {
    let space = Space::start_with(greeted_often).await;
    let mal = space.join("Mal").await;
    let room = mal.online().await.general();
    let before = seen(&mut mal.online().await, room).await;
    for (frame, allowed) in early(room) {
        let said = format!("{frame:?}");
        let mut client = mal.connect().await;
        client.say(frame).await;
        if allowed {
            client.hello(None, None, None).await;
            client.say(ClientFrame::Hello(hello(None, None, None))).await;
        }
        let (told, code) = client.until_closed().await;
        assert_eq!(code, CloseCode::PROTOCOL_VIOLATION.0, "{said}: {told:?}");
        let failures = told.iter().filter(|frame| matches!(frame, ServerFrame::Err(_)));
        assert_eq!(failures.count(), 1, "{said}: {told:?}");
        assert!(!told.iter().any(|frame| matches!(frame, ServerFrame::Page(_))), "{said}");
    }
    assert_eq!(seen(&mut mal.online().await, room).await, before);
}

#[tokio::test]
async fn nobody_waits_for_who_does_not_listen() {
    let space = Space::start_with(|config| {
        config.limits.send_burst = 100_000;
        config.limits.sends_per_second = 100_000;
    })
    .await;
    let (ada, mal) = (space.join("Ada").await, space.join("Mal").await);
    let cleo = space.join("Cleo").await;
    let (mut a, mut m) = (ada.online().await, mal.online().await);
    let mut c = cleo.online().await;
    let room = a.general();
    // Far more than the buffers on the way to the deaf one and the queue before them.
    let text = "x".repeat(60_000);
    let mut last = Seq(0);
    for _ in 0..60 {
        a.send(room, (0..4).map(|_| message(&text)).collect()).await;
        for item in a.ok().await.items {
            // In order and without a gap, at the moment that it was written.
            let event = c.event().await;
            assert!(event.seq == item.seq && (last == Seq(0) || event.seq == last.next()));
            last = item.seq;
        }
    }
    assert!(!c.settle().await.iter().any(|frame| matches!(frame, ServerFrame::Gap(_))));
    let told = m.settle().await;
    let gap = told.iter().find_map(|frame| match frame {
        ServerFrame::Gap(gap) => Some(gap.head),
        _ => None,
    });
    assert!(gap.is_some_and(|head| head <= last), "told of what was not pushed: {gap:?}");
}
