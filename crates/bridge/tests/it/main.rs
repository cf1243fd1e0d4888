//! The bridge with real engines and a real server, as a host uses it: commands in, pushes out.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is not as expected fails the test"
)]

mod fixture;

use fixture::{Person, World};
use homing_bridge::Code;
use homing_engine::session::SecretError;
use homing_protocol::{Cid, JoinLink};
use serde_json::{Value, json};

#[tokio::test]
async fn two_people_talk_and_each_message_is_there_once() {
    let world = World::start().await;
    let (aki, mei) = (world.person("Aki").await, world.person("Mei").await);
    let room = aki.room("general").await;

    for text in ["one", "two", "three"] {
        aki.send(&room, text).await;
    }
    mei.send(&room, "four").await;
    for person in [&aki, &mei] {
        let texts = person.until_texts(&room, 4).await;
        let mut sorted = texts.clone();
        sorted.sort();
        assert_eq!(sorted, ["four", "one", "three", "two"]);
        let of_aki: Vec<_> = texts.iter().filter(|text| *text != "four").collect();
        assert_eq!(of_aki, ["one", "two", "three"]);
    }
    assert_eq!(aki.until_texts(&room, 4).await, mei.until_texts(&room, 4).await);
}

#[tokio::test]
async fn what_is_written_offline_survives_the_program_and_is_sent_later() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    let mei = world.person("Mei").await;
    let room = aki.room("general").await;
    aki.proxy.offline().await;
    aki.until("offline", |space| space["link"]["state"] != "up_to_date").await;
    for text in ["first", "second"] {
        aki.send(&room, text).await;
    }
    aki.restart().await;
    let space = aki.until("rows", |space| space["outbox"]["waiting"] == 2).await;
    assert_eq!(space["outbox"]["wedged"], 0);

    aki.proxy.online().await;
    aki.call("try_now", json!({ "space": aki.space() })).await.unwrap();
    assert_eq!(mei.until_texts(&room, 2).await, ["first", "second"]);
    aki.until("sent", |space| space["outbox"]["waiting"] == 0).await;
}

#[tokio::test]
async fn a_keyring_that_refuses_costs_a_retry_and_no_second_member() {
    let world = World::start().await;
    let owner = world.person("Aki").await;
    let mei = world.stranger("Mei").await;
    mei.keyring.refuse(Some(SecretError::Locked));
    let join = json!({
        "link": world.link(&mei).await, "name": "Mei", "password": null,
        "attempt": Cid(uuid::Uuid::from_u128(7)), "session_only": false,
    });
    let failure = mei.call("join", join.clone()).await.unwrap_err();
    assert_eq!(failure.code, Code::Keyring);
    mei.until_view("locked", |view| view["keyring"]["state"] == "locked").await;

    mei.keyring.refuse(None);
    mei.call("join", join).await.unwrap();
    let space = owner
        .until("mei", |space| space["people"].as_array().is_some_and(|all| all.len() == 2))
        .await;
    assert_eq!(space["people"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn without_a_keyring_the_person_may_stay_for_the_session() {
    let world = World::start().await;
    let mei = world.stranger("Mei").await;
    mei.keyring.refuse(Some(SecretError::Absent));
    let join = json!({
        "link": world.link(&mei).await, "name": "Mei", "password": null,
        "attempt": Cid(uuid::Uuid::from_u128(7)), "session_only": true,
    });
    mei.call("join", join).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    assert_eq!(mei.keyring.names(), Vec::<String>::new());
}

#[tokio::test]
async fn the_token_crosses_to_nobody() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    let room = aki.room("general").await;
    aki.send(&room, "hello").await;
    aki.until_texts(&room, 1).await;
    let token = aki.keyring.only_secret();
    assert!(token.len() > 20);
    assert!(!aki.everything_pushed().contains(&token));
    for (command, args) in [
        ("devices", json!({ "space": aki.space() })),
        (
            "timeline",
            json!({ "space": aki.space(), "room": room, "part": { "from": "latest" }, "limit": 50 }),
        ),
    ] {
        let answer = aki.call(command, args).await.unwrap();
        assert!(!answer.to_string().contains(&token), "{command}");
    }
    let files = aki.files_with(&token);
    assert_eq!(files, Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn a_message_to_who_looks_elsewhere_notifies_and_looking_takes_it_back() {
    let world = World::start().await;
    let (aki, mei) = (world.person("Aki").await, world.person("Mei").await);
    let room = aki.room("general").await;
    mei.send(&room, "are you there?").await;
    let notes = aki.screen.until(|notes| !notes.is_empty()).await;
    assert_eq!(
        (notes[0].title.as_str(), notes[0].body.as_str()),
        ("Mei in #general", "are you there?")
    );

    let looked_at = json!({ "space": aki.space(), "room": room, "at_end": true });
    aki.call("look", json!({ "focused": true, "active": true, "room": looked_at })).await.unwrap();
    aki.screen.until(|notes| notes.is_empty()).await;
    let decisions = aki.call("notify_decisions", json!({})).await.unwrap();
    assert_eq!(decisions[0]["why"], "message");
}

#[tokio::test]
async fn a_server_with_another_certificate_is_refused_before_anything_is_said() {
    let world = World::start().await;
    let mei = world.stranger("Mei").await;
    let mut link: JoinLink = world.link(&mei).await.parse().unwrap();
    let fingerprint = link.address.fingerprint.as_mut().unwrap();
    fingerprint.0[0] ^= 1;
    let args = json!({ "link": link.to_string() });
    let failure = mei.call("inspect_link", args).await.unwrap_err();
    assert_eq!(failure.code, Code::CertificateChanged);

    link.address.fingerprint = None;
    let args = json!({ "link": link.to_string() });
    let failure = mei.call("inspect_link", args).await.unwrap_err();
    assert_eq!(failure.code, Code::CertificateUntrusted);
}

#[tokio::test]
async fn leaving_a_space_removes_it_and_its_secret() {
    let world = World::start().await;
    world.person("Aki").await;
    let mei = world.person("Mei").await;
    mei.call("leave_space", json!({ "space": mei.space() })).await.unwrap();
    mei.until_view("gone", |view| view["spaces"].as_array().is_some_and(Vec::is_empty)).await;
    assert_eq!(mei.keyring.names(), Vec::<String>::new());
}

#[tokio::test]
async fn what_can_not_be_read_is_an_error_with_a_code() {
    let world = World::start().await;
    let aki: Person = world.person("Aki").await;
    let cid = Cid(uuid::Uuid::from_u128(1));
    let nowhere = "01890a5d-ac96-774b-bcce-b302099a8057";
    let join = |link: &str| json!({ "link": link, "name": "x", "password": null, "attempt": cid, "session_only": false });
    for (command, args, code) in [
        ("no_such_command", json!({}), Code::BadCommand),
        ("send_message", json!({ "space": 7 }), Code::BadCommand),
        ("try_now", json!({ "space": nowhere }), Code::NotFound),
        ("inspect_link", json!({ "link": "hello" }), Code::NotALink),
        ("inspect_link", json!({ "link": "homing://join/x" }), Code::DamagedLink),
        ("join", join("homing://join/127.0.0.1:1/ABCD?tls=off"), Code::Offline),
        (
            "start_space",
            json!({ "space_name": " ", "name": "x", "attempt": cid, "session_only": false }),
            Code::Empty,
        ),
        ("discard_message", json!({ "space": aki.space(), "cid": cid }), Code::NotFound),
        (
            "send_message",
            json!({ "space": aki.space(), "room": nowhere, "text": "  ", "mentions": [] }),
            Code::Empty,
        ),
    ] {
        let failure =
            aki.call(command, args).await.map(|value: Value| value.to_string()).unwrap_err();
        assert_eq!(failure.code, code, "{command}: {failure}");
    }
}
