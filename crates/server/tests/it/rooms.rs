//! Rooms: who may see, enter, leave and bring in; and I7, nothing after leaving.

use std::collections::BTreeSet;

use homing_protocol::frame::{Ack, SendItem, UserKey};
use homing_protocol::http::{AddMembers, Members, NewRoom, Receipts, RoomMade, Rooms};
use homing_protocol::{
    ClientFrame, Content, ErrorCode, Role, RoomId, RoomKind, ServerFrame, UserId,
};
use serde_json::{Value, json};

use crate::client::message;
use crate::space::{Person, Space, new_cid};

fn room(kind: RoomKind, name: &str, members: Vec<UserId>) -> NewRoom {
    NewRoom { key: new_cid(), kind, name: name.into(), topic: String::new(), members }
}

async fn make(by: &Person, kind: RoomKind, name: &str, members: &[&Person]) -> RoomId {
    let members = members.iter().map(|p| p.signed_in.user).collect();
    let made = by.post("/v1/rooms", room(kind, name, members)).await;
    serde_json::from_value::<RoomMade>(made).unwrap().room
}

fn code(body: &Value) -> ErrorCode {
    serde_json::from_value(body["code"].clone()).unwrap()
}

#[tokio::test]
async fn everybody_meets_in_general() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let mut client = ada.online().await;
    let general = client.general();
    let page = client.pull(general, Some(0), None, 200).await;
    let kinds: Vec<_> = page.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["created", "membership"]);
    assert_eq!(
        page.events[1].body.value(),
        json!({"user": bob.signed_in.user, "change": "joined"})
    );
    let members: Members = bob.get(&format!("/v1/rooms/{general}/members")).await;
    assert_eq!(members.users, [ada.signed_in.user, bob.signed_in.user]);
    // Who comes in is told to who is there: the log, the room's description, and the person.
    let cleo = space.join("Cleo").await;
    let event = client.event_of("membership").await;
    assert_eq!(event.body.value()["user"], json!(cleo.signed_in.user));
    let digest = client.digest().await;
    assert_eq!(digest.rooms[0].members, 3);
    assert_eq!(digest.people[0].name, "Cleo");
}

#[tokio::test]
async fn after_leaving_nothing_comes_neither_live_nor_by_pull_nor_by_resume() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let room = make(&ada, RoomKind::Public, "loft", &[&bob]).await;
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let seen = b.pull(room, Some(0), None, 200).await.head;
    bob.post(&format!("/v1/rooms/{room}/leave"), json!(null)).await;
    let change = b.uevent().await;
    assert_eq!((change.key, change.value), (UserKey::Room(room), Value::Null));
    let left = a.event_of("membership").await;
    assert_eq!(left.body.value(), json!({"user": bob.signed_in.user, "change": "left"}));
    a.write(room, "among us").await;
    for frame in b.settle().await {
        if let ServerFrame::Event(pushed) = frame {
            assert!(pushed.event.room != room || pushed.event.seq <= seen, "{pushed:?}");
        }
    }
    b.ask_pull(room, Some(seen.0), None, 10).await;
    assert_eq!(b.err().await.code, ErrorCode::NotMember);
    b.send(room, vec![message("still here?")]).await;
    assert_eq!(b.err().await.code, ErrorCode::NotMember);
    b.mark(room, 1).await;
    assert_eq!(b.err().await.code, ErrorCode::NotMember);
    // Resume: the room is not in the digest, from any position.
    let welcome = b.welcome.clone().unwrap();
    for pos in [None, Some(welcome.pos)] {
        let mut again = bob.connect().await;
        again.hello(Some(welcome.epoch), pos, Some(welcome.useq)).await;
        let rooms = again.digests.iter().flat_map(|digest| &digest.rooms);
        assert!(rooms.into_iter().all(|info| info.room != room));
    }
    // Coming back starts at the present.
    bob.post(&format!("/v1/rooms/{room}/join"), json!(null)).await;
    let mut b = bob.online().await;
    let info = b.digests.iter().flat_map(|d| &d.rooms).find(|info| info.room == room).unwrap();
    assert_eq!((info.unread, info.read), (0, info.head));
    assert!(b.pull(room, Some(0), None, 200).await.events.len() > 3);
}

#[tokio::test]
async fn a_private_room_does_not_exist_for_others() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let cleo = space.join("Cleo").await;
    let secret = make(&bob, RoomKind::Private, "secret", &[&cleo]).await;
    let rooms: Rooms = ada.get("/v1/rooms").await;
    assert!(rooms.rooms.iter().all(|room| room.room != secret));
    for (method, path, body) in [
        ("POST", format!("/v1/rooms/{secret}/join"), Value::Null),
        ("POST", format!("/v1/rooms/{secret}/leave"), Value::Null),
        ("GET", format!("/v1/rooms/{secret}/members"), Value::Null),
        ("POST", format!("/v1/rooms/{secret}/members"), json!({"users": [ada.signed_in.user]})),
        ("DELETE", format!("/v1/rooms/{secret}/members/{}", cleo.signed_in.user), Value::Null),
    ] {
        let (status, body) = ada.call(method, &path, body).await;
        assert_eq!((status, code(&body)), (404, ErrorCode::NoSuchRoom), "{path}");
    }
    let mut a = ada.online().await;
    a.ask_pull(secret, Some(0), None, 1).await;
    assert_eq!(a.err().await.code, ErrorCode::NoSuchRoom);
    a.send(secret, vec![message("hello?")]).await;
    assert_eq!(a.err().await.code, ErrorCode::NoSuchRoom);
    a.set(UserKey::Draft(secret), json!("x")).await;
    assert_eq!(a.err().await.code, ErrorCode::NoSuchRoom);
    // Its members see it; its maker sends people away, and they get nothing more.
    let mut c = cleo.online().await;
    assert!(c.digests.iter().flat_map(|d| &d.rooms).any(|info| info.room == secret));
    let path = format!("/v1/rooms/{secret}/members/{}", cleo.signed_in.user);
    assert_eq!(bob.call("DELETE", &path, Value::Null).await.0, 204);
    let change = c.uevent().await;
    assert_eq!((change.key, change.value), (UserKey::Room(secret), Value::Null));
}

#[tokio::test]
async fn a_direct_room_is_one_for_the_same_people_and_can_not_be_left() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let first = make(&ada, RoomKind::Direct, "", &[&bob]).await;
    assert_eq!(make(&bob, RoomKind::Direct, "", &[&ada]).await, first);
    let mut b = bob.online().await;
    let info = b.digests.iter().flat_map(|d| &d.rooms).find(|info| info.room == first).unwrap();
    let people: BTreeSet<_> = info.people.iter().copied().collect();
    assert_eq!(people, BTreeSet::from([ada.signed_in.user, bob.signed_in.user]));
    let page = b.pull(first, Some(0), None, 10).await;
    assert_eq!(page.events.len(), 1);
    assert!(matches!(page.events[0].content(), Content::Created(_)));
    let (status, body) = ada.call("POST", &format!("/v1/rooms/{first}/leave"), Value::Null).await;
    assert_eq!((status, code(&body)), (403, ErrorCode::Forbidden));
    let alone = json!(room(RoomKind::Direct, "", Vec::new()));
    assert_eq!(ada.call("POST", "/v1/rooms", alone).await.0, 400);
}

#[tokio::test]
async fn one_key_makes_one_room_and_one_name_one_public_room() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let wanted = room(RoomKind::Public, "Loft", Vec::new());
    let first = ada.post("/v1/rooms", &wanted).await;
    assert_eq!(ada.post("/v1/rooms", &wanted).await, first);
    let same_name = json!(room(RoomKind::Public, " lOFT", Vec::new()));
    let (status, body) = bob.call("POST", "/v1/rooms", same_name).await;
    assert_eq!((status, code(&body)), (409, ErrorCode::NameTaken));
    make(&bob, RoomKind::Private, "Loft", &[]).await;
    for name in ["", " ", "a\u{7}b", &"x".repeat(81)] {
        let wanted = json!(room(RoomKind::Public, name, Vec::new()));
        let (_, body) = ada.call("POST", "/v1/rooms", wanted).await;
        assert_eq!(code(&body), ErrorCode::NameInvalid, "{name:?}");
    }
}

#[tokio::test]
async fn a_description_is_an_event_and_a_digest() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let general = a.general();
    let mut described = message("");
    described.kind = "described".into();
    described.body = json!({"name": "plaza", "topic": "everything"}).into();
    let by_a_member = SendItem { cid: new_cid(), ..described.clone() };
    b.send(general, vec![by_a_member]).await;
    assert_eq!(b.err().await.code, ErrorCode::Forbidden);
    a.send(general, vec![described]).await;
    a.ok().await;
    assert_eq!(b.event_of("described").await.body.value()["name"], "plaza");
    let info = b.digest().await.rooms.remove(0);
    assert_eq!((info.name.as_str(), info.topic.as_str()), ("plaza", "everything"));
    let rooms: Rooms = bob.get("/v1/rooms").await;
    assert_eq!(rooms.rooms[0].name, "plaza");
}

#[tokio::test]
async fn guests_see_only_where_they_were_added() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let guest = space.join_as("Gus", Role::Guest).await;
    let mut g = guest.online().await;
    assert!(g.digests.iter().all(|digest| digest.rooms.is_empty()));
    let rooms: Rooms = guest.get("/v1/rooms").await;
    assert!(rooms.rooms.is_empty());
    let general = ada.online().await.general();
    let path = format!("/v1/rooms/{general}/join");
    assert_eq!(guest.call("POST", &path, Value::Null).await.0, 404);
    let wanted = json!(room(RoomKind::Public, "mine", Vec::new()));
    assert_eq!(guest.call("POST", "/v1/rooms", wanted).await.0, 403);
    let users = vec![guest.signed_in.user];
    ada.post(&format!("/v1/rooms/{general}/members"), AddMembers { users }).await;
    let change = g.uevent().await;
    assert_eq!((change.key, change.value), (UserKey::Room(general), json!(true)));
    g.write(general, "thank you").await;
}

#[tokio::test]
async fn only_admins_and_makers_send_people_away() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let cleo = space.join("Cleo").await;
    let general = ada.online().await.general();
    let path = format!("/v1/rooms/{general}/members/{}", cleo.signed_in.user);
    assert_eq!(bob.call("DELETE", &path, Value::Null).await.0, 403);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204, "twice is once");
    let members: Members = ada.get(&format!("/v1/rooms/{general}/members")).await;
    assert_eq!(members.users, [ada.signed_in.user, bob.signed_in.user]);
}

#[tokio::test]
async fn a_member_is_told_who_holds_what_and_nobody_else() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let eve = space.join("Eve").await;
    let room = make(&ada, RoomKind::Private, "loft", &[&bob]).await;
    let path = format!("/v1/rooms/{room}/receipts");
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let first = a.write(room, "one").await;
    b.say(ClientFrame::Ack(Ack { rooms: [(room, first)].into(), useq: None })).await;
    b.settle().await;
    let second = a.write(room, "two").await;
    a.say(ClientFrame::Ack(Ack { rooms: [(room, second)].into(), useq: None })).await;
    a.settle().await;
    for member in [&ada, &bob] {
        let told: Receipts = member.get(&path).await;
        let told: Vec<_> = told.receipts.iter().map(|one| (one.user, one.delivered)).collect();
        assert_eq!(told, [(ada.signed_in.user, second), (bob.signed_in.user, first)]);
    }
    bob.post(&format!("/v1/rooms/{room}/leave"), json!(null)).await;
    for other in [&eve, &bob] {
        assert_eq!(other.call("GET", &path, Value::Null).await.0, 404, "no room of theirs");
    }
    let told: Receipts = ada.get(&path).await;
    assert_eq!(told.receipts.len(), 1);
}
