//! Quitting a program that hosts a space.

use std::time::Duration;

use homing_bridge::app::QuitDecision;
use homing_protocol::Cid;
use serde_json::{Value, json};

use crate::fixture::{Person, World};

/// Nothing here takes long; this only ends a test that waits for what never comes.
const PATIENCE: Duration = Duration::from_secs(30);

fn attempt() -> Cid {
    Cid(uuid::Uuid::now_v7())
}

async fn online(person: &Person) {
    person.until("online", |space| space["link"]["state"] == "up_to_date").await;
}

/// A person who hosts Harbour.
async fn harbour(world: &World) -> Person {
    let host = world.host("Aki").await;
    let start = json!({ "space_name": "Harbour", "name": "Aki", "attempt": attempt(), "session_only": false });
    host.call("start_space", start).await.unwrap();
    online(&host).await;
    host
}

async fn join(world: &World, host: &Person, name: &str) -> Person {
    let person = world.stranger(name).await;
    let invite = json!({ "space": host.space(), "role": "member", "uses": 1, "lifetime_s": null });
    let link = host.call("invite", invite).await.unwrap()["link"].clone();
    let join = json!({ "link": link, "name": name, "password": null, "attempt": attempt(), "session_only": false });
    person.call("join", join).await.unwrap();
    online(&person).await;
    person
}

fn question(people: u32) -> Value {
    json!({ "what": "quit", "space_name": "Harbour", "people": people })
}

#[tokio::test]
async fn who_hosts_a_space_is_asked_while_others_are_connected() {
    let world = World::start().await;
    let host = harbour(&world).await;
    assert_eq!(host.app().quitting().await, QuitDecision::Now, "only the host is there");

    let mei = join(&world, &host, "Mei").await;
    assert_eq!(host.app().quitting().await, QuitDecision::Asked);
    host.until_view("the question", |view| view["open"] == question(1)).await;
    host.call("opened", json!({})).await.unwrap();
    host.until_view("it is shown", |view| view["open"].is_null()).await;

    // A device more is nobody more.
    let offered = mei.call("offer_link", json!({ "space": mei.space() })).await.unwrap();
    let second = world.stranger("Mei’s laptop").await;
    let link = json!({ "link": offered["link"], "attempt": attempt(), "session_only": false });
    second.call("link_device", link).await.unwrap();
    online(&second).await;
    let jonas = join(&world, &host, "Jonas").await;
    assert_eq!(host.app().quitting().await, QuitDecision::Asked);
    host.until_view("the question", |view| view["open"] == question(2)).await;

    for gone in [&mei, &second, &jonas] {
        gone.app().shutdown().await;
    }
    let alone = async {
        while host.app().quitting().await == QuitDecision::Asked {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, alone).await.expect("nobody is asked once they are gone");
    assert_eq!(host.screen.quits(), 0, "nobody has quit yet");
    host.call("quit", json!({})).await.unwrap();
    assert_eq!(host.screen.quits(), 1);
}

#[tokio::test]
async fn who_hosts_nothing_quits_at_once() {
    let world = World::start().await;
    let (aki, _mei) = (world.person("Aki").await, world.person("Mei").await);
    assert_eq!(aki.app().quitting().await, QuitDecision::Now);
}
