//! The bridge with real engines and a real server, as a host uses it: commands in, pushes out.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is not as expected fails the test"
)]

mod devices;
mod fixture;
mod keeping;
mod messages;
mod network;
mod quitting;

use fixture::{Person, World};
use homing_bridge::Code;
use homing_bridge::dto::{Graphics, Open, Status};
use homing_bridge::ports::{DesktopNotification, NotificationAction, NotificationKey};
use homing_engine::SystemEvent;
use homing_engine::session::SecretError;
use homing_protocol::{Cid, JoinLink};
use serde_json::{Value, json};
use tokio::task::JoinSet;

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
    mei.keyring.take_nothing(true);
    let join = json!({
        "link": world.link(&mei).await, "name": "Mei", "password": null,
        "attempt": Cid(uuid::Uuid::from_u128(7)), "session_only": false,
    });
    let failure = mei.call("join", join.clone()).await.unwrap_err();
    assert_eq!(failure.code, Code::Keyring);
    mei.until_view("locked", |view| view["keyring"]["state"] == "locked").await;

    mei.keyring.take_nothing(false);
    mei.call("join", join).await.unwrap();
    let space = owner
        .until("mei", |space| space["people"].as_array().is_some_and(|all| all.len() == 2))
        .await;
    assert_eq!(space["people"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn an_invitation_is_not_spent_where_no_token_can_be_kept() {
    let world = World::start().await;
    let owner = world.person("Aki").await;
    let mei = world.stranger("Mei").await;
    mei.keyring.refuse(Some(SecretError::Absent));
    let invite = json!({ "space": owner.space(), "role": "member", "uses": 1, "lifetime_s": null });
    let link = owner.call("invite", invite).await.unwrap()["link"].clone();
    let join = |attempt| {
        json!({
            "link": link, "name": "Mei", "password": null,
            "attempt": Cid(uuid::Uuid::from_u128(attempt)), "session_only": false,
        })
    };
    let failure = mei.call("join", join(1)).await.unwrap_err();
    assert_eq!(failure.code, Code::Keyring);
    // There is one now, with no place in it for a token.
    mei.keyring.refuse(Some(SecretError::NotSetUp));
    let failure = mei.call("join", join(2)).await.unwrap_err();
    assert_eq!(failure.code, Code::Keyring);
    mei.until_view("not set up", |view| view["keyring"]["state"] == "not_set_up").await;
    // The person closes the system's dialog, and answers it the next time.
    mei.keyring.may_be_set_up(false);
    let failure = mei.call("create_keyring", json!({})).await.unwrap_err();
    assert_eq!(failure.code, Code::Keyring);
    mei.keyring.may_be_set_up(true);
    mei.call("create_keyring", json!({})).await.unwrap();
    mei.until_view("working", |view| view["keyring"]["state"] == "working").await;
    // The program may have been started anew in between: another attempt.
    mei.call("join", join(3)).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
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
async fn how_patient_to_be_is_judged_kept_and_holds_at_once() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    let mut settings = aki.until_view("settings", |_| true).await["settings"].clone();
    assert_eq!(settings["patience"]["ask_after"], 10);

    settings["patience"]["retry_most_ms"] = json!(200);
    settings["patience"]["probe_answer_ms"] = json!(60_001);
    let verdict = aki.call("judge_patience", settings["patience"].clone()).await.unwrap();
    assert_eq!(
        verdict["misfits"],
        json!([
            { "why": "too_much", "figure": "probe_answer", "most": 60_000 },
            { "why": "too_little", "figure": "retry_most", "least": 1_000 },
        ])
    );
    assert_eq!(
        verdict["rules"][0],
        json!({ "figure": "probe_every", "least": 5_000, "most": 300_000, "default": 30_000 })
    );
    let failure = aki.call("set_settings", settings.clone()).await.unwrap_err();
    assert_eq!(failure.code, Code::BadSetting);

    // Impatient: the running engine asks how to go on after two tries within two seconds.
    settings["patience"] = json!({ "retry_most_ms": 1_000, "ask_after": 2 });
    aki.call("set_settings", settings).await.unwrap();
    aki.proxy.offline().await;
    aki.until("asked", |space| space["link"]["ask"] == "now").await;
    aki.call("keep_trying", json!({ "space": aki.space() })).await.unwrap();
    aki.until("quiet", |space| space["link"]["ask"] == "quieted").await;

    // And so does the next one.
    aki.restart().await;
    let view = aki.until_view("kept", |_| true).await;
    assert_eq!(view["settings"]["patience"]["ask_after"], 2);
    assert_eq!(view["settings"]["patience"]["probe_every_ms"], 30_000);
    aki.until("asked again", |space| space["link"]["ask"] == "now").await;
    aki.proxy.online().await;
    aki.until("online", |space| space["link"]["state"] == "up_to_date").await;
}

#[tokio::test]
async fn who_has_no_network_hears_it_unless_the_server_is_on_this_machine() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    // Its server is on loopback, so nothing is to be said.
    aki.system_event(SystemEvent::NetworkDown).await;
    aki.system_event(SystemEvent::NetworkUp).await;
    aki.until("online", |space| space["link"]["state"] == "up_to_date").await;
    assert!(!aki.everything_pushed().contains("no_network"));
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
        ("write", json!({ "space": 7 }), Code::BadCommand),
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
            "write",
            json!({ "space": aki.space(), "room": nowhere, "content": { "kind": "message", "body": { "text": "  " } } }),
            Code::Empty,
        ),
    ] {
        let failure =
            aki.call(command, args).await.map(|value: Value| value.to_string()).unwrap_err();
        assert_eq!(failure.code, code, "{command}: {failure}");
    }
}

#[tokio::test]
async fn the_inspector_shows_what_passes_while_it_is_open_and_no_secret() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    let (space, room) = (aki.space(), aki.room("general").await);
    let args = json!({ "space": space });
    let kept = aki.call("inspect", args.clone()).await.unwrap();
    let entries = kept["entries"].as_array().unwrap();
    assert_eq!(entries[0]["what"]["what"], "opened");
    assert_eq!(entries[1]["what"]["kind"], "hello");
    assert_eq!(entries[1]["what"]["preview"], Value::Null, "nobody looked then");
    aki.send(&room, "only for general").await;
    aki.until_texts(&room, 1).await;
    let pushed = || aki.everything_pushed();
    aki.until_view("the frame", |_| pushed().contains(r#""kind":"send""#)).await;
    assert!(pushed().contains(r#"\"body\":\"•••\""#), "{}", pushed());
    // Its text comes when it is asked for.
    let kept = aki.call("inspect", args.clone()).await.unwrap();
    let mut sent = kept["entries"].as_array().unwrap().iter();
    let sent = sent.rfind(|entry| entry["what"]["kind"] == "send").unwrap();
    let frame = json!({ "space": space, "number": sent["number"] });
    let text = aki.call("frame_text", frame.clone()).await.unwrap()["text"].clone();
    assert!(text.as_str().unwrap().contains("only for general"), "{text}");

    let export = aki.call("export_frames", args.clone()).await.unwrap()["text"].clone();
    let (export, token) = (export.as_str().unwrap().to_owned(), aki.keyring.only_secret());
    assert!(export.lines().count() > 5 && !export.contains("only for general"), "{export}");
    for number in ["", "-2"] {
        let saved = aki.call("save_frames", args.clone()).await.unwrap()["path"].clone();
        let path = saved.as_str().unwrap();
        assert!(path.ends_with(&format!("homing-frames{number}.jsonl")), "{path}");
        assert!(std::fs::read_to_string(path).unwrap().contains("hello"));
    }
    for shown in [&export, &pushed(), &kept.to_string(), &text.to_string()] {
        assert!(!shown.contains(&token));
    }
    // Closed, it keeps no texts.
    aki.call("stop_inspecting", args).await.unwrap();
    aki.until_gone(frame).await;
}

#[tokio::test]
async fn the_doctor_tells_as_it_finds_and_harms_nothing() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    let args = json!({ "space": aki.space() });
    let nothing = aki.call("examination", args.clone()).await.unwrap();
    assert_eq!(nothing, json!({ "running": false, "findings": [] }));
    aki.call("examine", args.clone()).await.unwrap();
    let done = aki.examined().await;
    let outcome = |examination: &Value, step: &str| {
        let findings = examination["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["step"] == step).unwrap()["outcome"].clone()
    };
    assert_eq!(outcome(&done, "tls"), "tls_pinned");
    assert_eq!(outcome(&done, "sign_in"), "signed_in_already");
    assert_eq!(outcome(&done, "round_trip"), "answered");
    aki.until("still online", |space| space["link"]["state"] == "up_to_date").await;
    assert!(!aki.everything_pushed().contains("4503"), "the connection was not replaced");
    let report = async |masked: bool| {
        let args = json!({ "space": aki.space(), "masked": masked });
        let text = aki.call("examination_report", args).await.unwrap()["text"].clone();
        text.as_str().unwrap().to_owned()
    };
    assert!(report(false).await.contains("127.0.0.1"));
    assert!(!report(true).await.contains("127.0.0.1"));
    assert!(!report(false).await.contains(&aki.keyring.only_secret()));

    aki.proxy.offline().await;
    aki.until("offline", |space| space["link"]["state"] != "up_to_date").await;
    aki.call("examine", args.clone()).await.unwrap();
    let down = aki.examined().await;
    assert_eq!(outcome(&down, "tcp"), "tcp_refused");
    assert_eq!(outcome(&down, "tls"), "not_reached");
    // Stopping one that is over changes nothing.
    assert_eq!(aki.call("stop_examining", args).await.unwrap(), down);
}

#[tokio::test]
async fn an_answer_in_a_notification_is_sent_and_what_it_answers_is_read() {
    let world = World::start().await;
    let (aki, mei) = (world.person("Aki").await, world.person("Mei").await);
    let room = aki.room("general").await;
    mei.send(&room, "are you there?").await;
    let notes = aki.screen.until(|notes| !notes.is_empty()).await;
    let about = notes[0].actions.clone().unwrap().about;
    aki.app().answer(NotificationAction::Reply(about, "on my way".to_owned())).await;
    // Read, so taken back.
    aki.screen.until(|notes| notes.is_empty()).await;
    let said = |space: &Value| {
        space["rooms"].as_array().is_some_and(|rooms| {
            rooms.iter().any(|room| room["last"]["text"] == "on my way" && room["unread"] == 1)
        })
    };
    mei.until("answered", said).await;
}

#[tokio::test]
async fn an_answer_that_the_room_does_not_take_comes_back_with_its_text() {
    let world = World::start().await;
    let (aki, mei) = (world.person("Aki").await, world.person("Mei").await);
    let room = aki.room("general").await;
    mei.send(&room, "are you there?").await;
    let notes = aki.screen.until(|notes| !notes.is_empty()).await;
    let about = notes[0].actions.clone().unwrap().about;
    aki.app().answer(NotificationAction::Reply(about, " ".to_owned())).await;
    let unsent = |note: &DesktopNotification| matches!(note.key, NotificationKey::Unsent(..));
    let notes = aki.screen.until(|notes| notes.iter().any(unsent)).await;
    let note = notes.iter().find(|note| unsent(note)).unwrap();
    assert_eq!(note.body, " ");
    assert!(matches!(note.open, Some(Open::Room { compose: true, .. })));
}

#[tokio::test]
async fn who_is_not_to_be_disturbed_is_not_and_finds_out_why() {
    let world = World::start().await;
    let (aki, mei) = (world.person("Aki").await, world.person("Mei").await);
    let room = aki.room("general").await;
    // A message of somebody without a name would wait for it.
    let two = |space: &Value| space["people"].as_array().is_some_and(|all| all.len() == 2);
    aki.until("mei", two).await;
    aki.app().say(Status::Quiet).await.unwrap();
    aki.until("quiet", |space| space["status"] == "quiet").await;
    mei.send(&room, "one").await;
    let counted = |n: u64| {
        move |space: &Value| {
            let rooms = space["rooms"].as_array();
            rooms.is_some_and(|rooms| rooms.iter().any(|room| room["unread"] == n))
        }
    };
    aki.until("one", counted(1)).await;
    aki.app().say(Status::Available).await.unwrap();
    aki.until("available", |space| space["status"] == "available").await;
    aki.app().pause(true).await.unwrap();
    mei.send(&room, "two").await;
    aki.until("two", counted(2)).await;
    aki.app().pause(false).await.unwrap();
    let level = json!({ "space": aki.space(), "room": room, "level": "mentions" });
    aki.call("notify_room", level).await.unwrap();
    mei.send(&room, "three").await;
    aki.until("three", counted(3)).await;
    let decisions = aki.call("notify_decisions", json!({})).await.unwrap();
    let whys: Vec<_> = (0..3).map(|n| decisions[n]["why"].as_str().unwrap()).collect();
    assert_eq!(whys, ["room_not_mentioned", "paused", "do_not_disturb"]);
    aki.screen.until(|notes| notes.is_empty()).await;
}

#[tokio::test]
async fn every_new_window_and_the_next_start_learn_where_the_last_window_stood() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    let room = aki.room("general").await;
    let anchor = json!({ "room": room, "key": "a row", "seq": 3, "offset": -17.5 });
    let space = aki.space().as_str().unwrap_or_default().to_owned();
    let emoji = json!({ "recent": ["🎉", "👋🏽"], "tone": 3 });
    let standing =
        json!({ "space": space, "rooms": { &space: room }, "anchor": anchor, "emoji": emoji });
    aki.call("keep_standing", standing.clone()).await.unwrap();
    let view = aki.until_view("told", |view| view["standing"] == standing).await;
    assert_eq!(view["standing"], standing);
    aki.restart().await;
    aki.until_view("kept", |view| view["standing"] == standing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_choose_at_the_same_time_lose_nothing_of_each_other() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    for _ in 0..25 {
        let app = aki.app().clone();
        app.draw(Graphics::Usual).await.unwrap();
        app.pause(false).await.unwrap();
        let (one, other) = (app.clone(), app.clone());
        let mut choosing = JoinSet::new();
        choosing.spawn(async move { one.draw(Graphics::Safe).await.unwrap() });
        choosing.spawn(async move { other.pause(true).await.unwrap() });
        choosing.join_all().await;
        let settings = app.settings();
        assert_eq!(settings.graphics, Graphics::Safe);
        assert!(settings.notify_paused_until > 0);
        // What is shown is what holds.
        aki.until_view("both", |view| {
            view["settings"]["graphics"] == json!(Graphics::Safe)
                && view["settings"]["notify_paused_until"] != 0
        })
        .await;
    }
}
