//! Where tokens are kept: in the keyring, behind a passphrase, for the session; and what is lost
//! when they can't be read, which is nothing.

use homing_bridge::Code;
use homing_engine::session::SecretError;
use homing_protocol::Cid;
use serde_json::{Value, json};

use crate::fixture::{Person, World};

const PASSPHRASE: &str = "correct horse battery";

fn entering(link: &str, name: &str, session_only: bool) -> Value {
    let attempt = Cid(uuid::Uuid::now_v7());
    json!({
        "link": link, "name": name, "password": "battery staple", "attempt": attempt,
        "session_only": session_only,
    })
}

fn typed(passphrase: &str) -> Value {
    json!({ "passphrase": passphrase })
}

/// Somebody without a keyring who decided for a passphrase.
async fn behind_a_passphrase(world: &World, name: &str) -> Person {
    let mei = world.stranger(name).await;
    mei.keyring.refuse(Some(SecretError::Absent));
    let join = entering(&world.link(&mei).await, name, false);
    assert_eq!(mei.call("join", join.clone()).await.unwrap_err().code, Code::Keyring);
    mei.until_view("absent", |view| view["keyring"]["state"] == "absent").await;
    let short = mei.call("begin_passphrase", typed("short")).await.unwrap_err();
    assert_eq!(short.code, Code::PassphraseTooShort);
    mei.call("begin_passphrase", typed(PASSPHRASE)).await.unwrap();
    mei.until_view("open", |view| view["sealed"] == "open").await;
    mei.call("join", join).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    mei
}

/// The token is only to be seen in a keyring: it goes there and comes back.
async fn token_of(person: &Person) -> String {
    person.keyring.refuse(None);
    person.call("use_keyring", json!({})).await.unwrap();
    let token = person.keyring.only_secret();
    person.call("begin_passphrase", typed(PASSPHRASE)).await.unwrap();
    assert_eq!(person.keyring.names(), Vec::<String>::new());
    person.keyring.refuse(Some(SecretError::Absent));
    token
}

#[tokio::test]
async fn without_a_keyring_a_passphrase_keeps_the_token_over_a_restart() {
    let world = World::start().await;
    let mut mei = behind_a_passphrase(&world, "Mei").await;
    let token = token_of(&mei).await;
    let room = mei.room("general").await;
    mei.restart().await;
    let space = mei.until("no token", |space| space["link"]["why"]["cause"] == "no_token").await;
    assert_eq!(space["link"]["state"], "refused");
    mei.until_view("closed", |view| view["sealed"] == "closed").await;
    // What is typed meanwhile is kept, and goes out later.
    mei.send(&room, "typed before the passphrase").await;
    let wrong = mei.call("enter_passphrase", typed("correct hoarse battery")).await.unwrap_err();
    assert_eq!(wrong.code, Code::WrongPassphrase);
    mei.call("enter_passphrase", typed(PASSPHRASE)).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    assert_eq!(mei.until_texts(&room, 1).await, ["typed before the passphrase"]);
    // Neither the token nor the passphrase stands anywhere, and neither was shown to anybody.
    for secret in [token.as_str(), PASSPHRASE] {
        assert_eq!(mei.files_with(secret), Vec::<std::path::PathBuf>::new());
        assert!(!mei.everything_pushed().contains(secret));
    }
}

#[tokio::test]
async fn another_passphrase_takes_the_place_of_the_first() {
    let world = World::start().await;
    let mut mei = behind_a_passphrase(&world, "Mei").await;
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let wrong = mei.call("change_passphrase", change("wrong horse", "a new passphrase")).await;
    assert_eq!(wrong.unwrap_err().code, Code::WrongPassphrase);
    mei.call("change_passphrase", change(PASSPHRASE, "a new passphrase")).await.unwrap();
    mei.restart().await;
    let wrong = mei.call("enter_passphrase", typed(PASSPHRASE)).await.unwrap_err();
    assert_eq!(wrong.code, Code::WrongPassphrase);
    mei.call("enter_passphrase", typed("a new passphrase")).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
}

#[tokio::test]
async fn a_token_moves_to_the_passphrase_and_back_to_the_keyring() {
    let world = World::start().await;
    let mut mei = world.person("Mei").await;
    let token = mei.keyring.only_secret();
    mei.call("begin_passphrase", typed(PASSPHRASE)).await.unwrap();
    assert_eq!(mei.keyring.names(), Vec::<String>::new());
    mei.restart().await;
    mei.call("enter_passphrase", typed(PASSPHRASE)).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    // A keyring that does not take it costs nothing.
    mei.keyring.refuse(Some(SecretError::Locked));
    let refused = mei.call("use_keyring", json!({})).await.unwrap_err();
    assert_eq!(refused.code, Code::Keyring);
    mei.until_view("still open", |view| view["sealed"] == "open").await;
    mei.keyring.refuse(None);
    mei.call("use_keyring", json!({})).await.unwrap();
    assert_eq!(mei.keyring.only_secret(), token);
    mei.restart().await;
    mei.until_view("no file", |view| view["sealed"] == "unused").await;
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
}

#[tokio::test]
async fn a_token_for_the_session_can_be_kept_behind_a_passphrase_after_all() {
    let world = World::start().await;
    let mut mei = world.stranger("Mei").await;
    mei.keyring.refuse(Some(SecretError::Absent));
    let join = entering(&world.link(&mei).await, "Mei", true);
    mei.call("join", join).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    mei.call("begin_passphrase", typed(PASSPHRASE)).await.unwrap();
    mei.restart().await;
    mei.call("enter_passphrase", typed(PASSPHRASE)).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
}

#[tokio::test]
async fn a_space_can_be_left_where_there_is_no_keyring() {
    let world = World::start().await;
    let mei = world.stranger("Mei").await;
    mei.keyring.refuse(Some(SecretError::Absent));
    mei.call("join", entering(&world.link(&mei).await, "Mei", true)).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    mei.call("leave_space", json!({ "space": mei.space() })).await.unwrap();
    mei.until_view("left", |view| view["spaces"] == json!([])).await;

    let bao = behind_a_passphrase(&world, "Bao").await;
    bao.call("leave_space", json!({ "space": bao.space() })).await.unwrap();
    bao.until_view("left", |view| view["spaces"] == json!([])).await;
}

#[tokio::test]
async fn a_space_is_left_whatever_the_keyring_says_to_it() {
    let world = World::start().await;
    for (n, refusal) in
        [SecretError::Locked, SecretError::TimedOut, SecretError::Failed("no".into())]
            .into_iter()
            .enumerate()
    {
        let mei = world.person(&format!("Mei{n}")).await;
        let folder = mei.space_folder();
        mei.keyring.refuse(Some(refusal));
        let args = json!({ "space": mei.space() });
        let told = mei.call("leave_space", args.clone()).await.unwrap_err();
        assert_eq!(told.code, Code::Keyring, "the token may still be in there");
        mei.until_view("left", |view| view["spaces"] == json!([])).await;
        assert!(!folder.exists());
        assert_eq!(mei.call("leave_space", args).await.unwrap_err().code, Code::NotFound);
    }
}

#[tokio::test]
async fn a_space_whose_engine_has_stopped_can_be_left() {
    let world = World::start().await;
    for (name, online) in [("Mei", true), ("Bao", false)] {
        let mei = world.person(name).await;
        let folder = mei.space_folder();
        mei.app().shutdown().await;
        if !online {
            mei.proxy.offline().await;
        }
        mei.call("leave_space", json!({ "space": mei.space() })).await.unwrap();
        assert!(!folder.exists());
        assert_eq!(mei.keyring.names(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_space_is_left_though_a_file_of_it_stays() {
    let world = World::start().await;
    let mei = world.person("Mei").await;
    let folder = mei.space_folder();
    // What is no folder can't be removed as one.
    std::fs::write(folder.with_extension("damaged-1"), "in the way").unwrap();
    let args = json!({ "space": mei.space() });
    assert_eq!(mei.call("leave_space", args).await.unwrap_err().code, Code::Storage);
    mei.until_view("left", |view| view["spaces"] == json!([])).await;
    assert_eq!(mei.keyring.names(), Vec::<String>::new());
    assert!(!folder.exists());
}

#[tokio::test]
async fn who_lost_the_token_signs_in_again_and_keeps_what_is_queued() {
    let world = World::start().await;
    let mut mei = world.stranger("Mei").await;
    let link = world.link(&mei).await;
    mei.keyring.refuse(Some(SecretError::Absent));
    mei.call("join", entering(&link, "Mei", true)).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    let room = mei.room("general").await;
    let sign_in = json!({
        "address": link, "name": "Mei", "password": "battery staple", "session_only": true,
    });
    let already = mei.call("sign_in", sign_in.clone()).await.unwrap_err();
    assert_eq!(already.code, Code::AlreadyJoined);
    // The session is over, and with it the token.
    mei.restart().await;
    mei.until("no token", |space| space["link"]["why"]["cause"] == "no_token").await;
    mei.send(&room, "still here").await;
    // The keyring is back: that is no help, the token was never there.
    mei.keyring.refuse(None);
    assert_eq!(mei.call("retry_keyring", json!({})).await.unwrap_err().code, Code::Keyring);
    mei.until_view("a keyring", |view| view["keyring"]["state"] == "working").await;
    mei.call("sign_in", sign_in).await.unwrap();
    mei.until("online", |space| space["link"]["state"] == "up_to_date").await;
    assert_eq!(mei.until_texts(&room, 1).await, ["still here"]);
}
