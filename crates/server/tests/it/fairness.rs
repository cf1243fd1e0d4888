//! One who asks for much, and all the others.

use homing_protocol::http::{Join, NewRoom};
use homing_protocol::{ErrorCode, Role, RoomKind};
use homing_server::TrustedProxies;
use homing_server::rate_limit::Rate;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::client::Client;
use crate::space::{Person, Space, call, new_cid};

fn code(body: &Value) -> ErrorCode {
    serde_json::from_value(body["code"].clone()).unwrap()
}

async fn join(space: &Space, code: &str, name: &str) -> (u16, Value) {
    let join = Join {
        code: code.into(),
        name: name.into(),
        password: Some("a long sentence".into()),
        device_name: "test".into(),
        key: new_cid(),
    };
    call(&space.address(), "POST", "/v1/join", None, Some(&join)).await
}

fn room(kind: RoomKind, name: &str, with: &[&Person]) -> NewRoom {
    let members = with.iter().map(|person| person.signed_in.user).collect();
    NewRoom { key: new_cid(), kind, name: name.into(), topic: String::new(), members }
}

async fn make(by: &Person, room: &NewRoom) -> (u16, Value) {
    by.call("POST", "/v1/rooms", serde_json::to_value(room).unwrap()).await
}

#[tokio::test]
async fn a_taken_name_costs_the_server_no_hash() {
    let space = Space::start().await;
    let invite = space.join("Ada").await.invite(Role::Member).await;
    let tries = (0..50).map(|_| join(&space, &invite.code, "aDA"));
    for (status, body) in futures_util::future::join_all(tries).await {
        assert_eq!((status, code(&body)), (409, ErrorCode::NameTaken));
    }
    assert_eq!(space.figures().await["homing_password_hashes_total"], 0);
    assert_eq!(join(&space, &invite.code, "Bob").await.0, 200);
    assert_eq!(space.figures().await["homing_password_hashes_total"], 1);
}

#[tokio::test]
async fn a_crowd_comes_in_by_one_invitation_at_a_pace() {
    let space = Space::start_with(|config| {
        config.rates.joins = Rate::per_minute(3);
        config.trust_forwarded = TrustedProxies::loopback();
    })
    .await;
    let invite = space.join("Ada").await.invite(Role::Member).await;
    assert_eq!(join(&space, &invite.code, "Bob").await.0, 200);
    assert_eq!(join(&space, &invite.code, "Cleo").await.0, 200);
    let (status, body) = join(&space, &invite.code, "Dan").await;
    assert_eq!((status, code(&body)), (429, ErrorCode::RateLimited));
    assert!(body["retry_after_ms"].as_u64().unwrap() > 0);
    // A name that is taken is told all the same.
    assert_eq!(join(&space, &invite.code, "bob").await.0, 409);
}

#[tokio::test]
async fn who_makes_many_rooms_waits_and_a_room_that_was_there_costs_nothing() {
    let space = Space::start_with(|config| config.rates.rooms = Rate::per_hour(2)).await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let direct = room(RoomKind::Direct, "", &[&bob]);
    for _ in 0..5 {
        assert_eq!(make(&ada, &direct).await.0, 200);
        let same_people = NewRoom { key: new_cid(), ..direct.clone() };
        assert_eq!(make(&ada, &same_people).await.0, 200);
    }
    assert_eq!(make(&ada, &room(RoomKind::Public, "general", &[])).await.0, 409);
    assert_eq!(make(&ada, &room(RoomKind::Private, "two", &[])).await.0, 200);
    let (status, body) = make(&ada, &room(RoomKind::Private, "three", &[])).await;
    assert_eq!((status, code(&body)), (429, ErrorCode::RateLimited));
    assert_eq!(make(&bob, &room(RoomKind::Private, "three", &[])).await.0, 200);
}

#[tokio::test]
async fn who_puts_many_people_into_rooms_waits() {
    let space = Space::start_with(|config| config.rates.memberships = Rate::per_hour(3)).await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let cleo = space.join("Cleo").await;
    let (status, made) = make(&ada, &room(RoomKind::Private, "one", &[&bob, &cleo])).await;
    assert_eq!(status, 200, "{made}");
    let path = format!("/v1/rooms/{}/members", made["room"].as_str().unwrap());
    let again = json!({"users": [bob.signed_in.user]});
    assert_eq!(ada.call("POST", &path, again.clone()).await.0, 204);
    let (status, body) = ada.call("POST", &path, again).await;
    assert_eq!((status, code(&body)), (429, ErrorCode::RateLimited));
    // No people, no limit; and what was refused took no room from the allowance of those.
    assert_eq!(make(&ada, &room(RoomKind::Private, "two", &[&bob])).await.0, 429);
    assert_eq!(make(&ada, &room(RoomKind::Private, "two", &[])).await.0, 200);
}

#[tokio::test]
async fn each_address_behind_a_proxy_has_its_own_sockets() {
    let space = Space::start_with(|config| {
        config.trust_forwarded = TrustedProxies::loopback();
        config.max_connections_per_address = 1;
    })
    .await;
    let ada = space.join("Ada").await;
    let connect = async |from: &str| {
        let headers = [
            ("authorization", format!("Bearer {}", ada.signed_in.token)),
            ("sec-websocket-protocol", "homing.v1".into()),
            ("x-forwarded-for", from.to_owned()),
        ];
        Client::connect_with(&space.address(), &headers).await
    };
    let _first = connect("203.0.113.5").await.unwrap();
    let Err(Error::Http(refused)) = connect("203.0.113.5").await.map(|_| ()) else {
        panic!("a second one from there");
    };
    assert_eq!(refused.status(), 429);
    let _other = connect("203.0.113.6").await.unwrap();
}
