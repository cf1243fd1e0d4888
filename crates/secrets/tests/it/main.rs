//! Against a real keyring daemon.
//!
//! The library finds the keyring through the variables of its process, which a test may not change
//! for itself; so the example is run as a process of its own in the session of the stage.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod keepassxc;
mod kwallet;
mod program;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use homing_stage::{Keyring, Plan, Stage};
use secret_service::{EncryptionType, SecretService};

/// Asks the example in the session of a stage, and waits for its answer.
fn ask(stage: &Stage, args: &[&str]) -> String {
    answer(begin(stage, args))
}

/// Begins to ask.
fn begin(stage: &Stage, args: &[&str]) -> Child {
    begin_on(stage.bus_address(), &stage.folder().join("marks"), args)
}

fn begin_on(bus: &str, marks: &Path, args: &[&str]) -> Child {
    Command::new(example())
        .arg(marks)
        .args(args)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example starts")
}

fn answer(asking: Child) -> String {
    let out = asking.wait_with_output().expect("it ends");
    assert!(out.status.success(), "{out:?}");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// Beside this test, where cargo puts it.
fn example() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let target = test.ancestors().nth(2).expect("it lies in target/*/deps");
    let example = target.join("examples/keyring");
    assert!(example.exists(), "{} is not built", example.display());
    example
}

/// A stage with a keyring and without what these tests have no use for.
async fn stage_with(keyring: Keyring) -> Stage {
    let plan = Plan { keyring, tray: false, size: (1280, 800), ..Plan::default() };
    Stage::with(plan).await.unwrap()
}

#[tokio::test]
async fn the_backend_is_a_real_one() {
    let stage = Stage::build().await.unwrap();
    let backend = ask(&stage, &["backend"]);
    assert!(backend.starts_with("Secret Service"), "{backend}");
    ask(&stage, &["set", "device", "token-1"]);
    assert_eq!(stage.secrets().await.unwrap(), ["token-1"]);
}

#[tokio::test]
async fn a_secret_outlives_the_process_and_the_daemon() {
    let mut stage = Stage::build().await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "None");
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    assert_eq!(ask(&stage, &["set", "other", "token-2"]), "Done");
    stage.unlock_keyring().await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "Some token-1");
    assert_eq!(ask(&stage, &["delete", "device"]), "Done");
    assert_eq!(ask(&stage, &["get", "device"]), "None");
    assert_eq!(ask(&stage, &["get", "other"]), "Some token-2");
}

#[tokio::test]
async fn a_locked_keyring_says_so_and_loses_nothing() {
    let mut stage = Stage::build().await.unwrap();
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    stage.lock_keyring().await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "Locked");
    assert_eq!(ask(&stage, &["set", "device", "token-2"]), "Locked");
    stage.unlock_keyring().await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "Some token-1");
}

#[tokio::test]
async fn an_absent_keyring_says_so_and_one_that_comes_later_is_found() {
    let mut stage = stage_with(Keyring::Absent).await;
    assert_eq!(ask(&stage, &["get", "device"]), "Absent");
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Absent");
    stage.unlock_keyring().await.unwrap();
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    stage.end_keyring();
    assert_eq!(ask(&stage, &["get", "device"]), "Absent");
}

/// Versions before wrote to the daemon without the `keyring` library.
#[tokio::test]
async fn what_earlier_versions_wrote_is_found_replaced_and_removed() {
    let stage = Stage::build().await.unwrap();
    let bus = zbus::connection::Builder::address(stage.bus_address()).unwrap();
    let bus = bus.build().await.unwrap();
    let service = SecretService::connect_with_existing(EncryptionType::Dh, bus).await.unwrap();
    let attributes = [("service", "chat.homing.example"), ("username", "device")];
    let label = "keyring:device@chat.homing.example";
    let collection = service.get_default_collection().await.unwrap();
    let (secret, content) = (b"token-1", "application/octet-stream");
    collection.create_item(label, attributes.into(), secret, true, content).await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "Some token-1");
    assert_eq!(ask(&stage, &["set", "device", "token-2"]), "Done");
    let [item] = collection.get_all_items().await.unwrap().try_into().ok().expect("one item");
    assert_eq!(item.get_secret().await.unwrap(), b"token-2");
    assert_eq!(item.get_label().await.unwrap(), label);
    assert_eq!(ask(&stage, &["delete", "device"]), "Done");
    assert_eq!(stage.secrets().await.unwrap(), Vec::<String>::new());
}

/// A name that was never written could be there all the same, behind the lock.
#[tokio::test]
async fn whether_a_locked_keyring_has_it_is_not_known() {
    let stage = Stage::build().await.unwrap();
    stage.lock_keyring().await.unwrap();
    assert_eq!(ask(&stage, &["get", "never"]), "Locked");
}

/// As with automatic sign-in, or where nothing unlocks the keyring at sign-in.
#[tokio::test]
async fn without_a_login_keyring_one_has_to_be_set_up_and_can_be() {
    let stage = stage_with(Keyring::Bare).await;
    assert_eq!(ask(&stage, &["get", "device"]), "NotSetUp");
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "NotSetUp");
    assert_eq!(ask(&stage, &["delete", "device"]), "Done");
    // Nobody shows its dialog, which is as if it was closed.
    assert_eq!(ask(&stage, &["create"]), "NotSetUp");

    let shows_dialogs = stage.show_dialogs().await.unwrap();
    let asking = begin(&stage, &["create"]);
    let dialog = stage.window_of(shows_dialogs.id()).await.unwrap();
    stage.press(&dialog, "Escape").unwrap();
    assert_eq!(answer(asking), "NotSetUp");

    drop(shows_dialogs);
    let shows_dialogs = stage.show_dialogs().await.unwrap();
    let asking = begin(&stage, &["create"]);
    let dialog = stage.window_of(shows_dialogs.id()).await.unwrap();
    stage.enter(&dialog, "secret\tsecret").unwrap();
    assert_eq!(answer(asking), "Done");
    assert_eq!(ask(&stage, &["create"]), "Done", "and none is made beside it");
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    assert_eq!(ask(&stage, &["get", "device"]), "Some token-1");
}

#[tokio::test]
async fn another_keyring_in_its_place_is_told_from_never_signed_in() {
    let mut stage = Stage::build().await.unwrap();
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    stage.end_keyring();
    std::fs::remove_dir_all(stage.folder().join("home/.local/share/keyrings")).unwrap();
    stage.unlock_keyring().await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "Changed");
    assert_eq!(ask(&stage, &["get", "never"]), "None");
}

/// Whoever unlocks the keyring by signing in again, or by another program, replaces the daemon whose
/// dialog is open; nobody will ever say that it was closed.
#[tokio::test]
async fn a_daemon_that_ends_while_its_dialog_is_open_is_absent_at_once() {
    let mut stage = Stage::build().await.unwrap();
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    stage.lock_keyring().await.unwrap();
    let dialog = stage.open_dialog().await.unwrap();
    for (asked, question) in
        [["get", "device"].as_slice(), &["set", "device", "token-2"]].into_iter().enumerate()
    {
        let asking = begin(&stage, question);
        dialog.was_asked(u32::try_from(asked).unwrap() + 1).await.unwrap();
        stage.unlock_keyring().await.unwrap();
        assert_eq!(answer(asking), "Absent", "{question:?}");
        assert_eq!(ask(&stage, &["get", "device"]), "Some token-1");
        stage.lock_keyring().await.unwrap();
    }
}

/// The keyring's own program and signing in unlock it without the dialog, which stays open.
#[tokio::test]
async fn one_that_is_unlocked_while_its_dialog_is_open_answers() {
    for (question, expected) in [
        (["get", "device"].as_slice(), "Some token-1"),
        (&["set", "new", "token-2"], "Done"),
        (&["delete", "device"], "Done"),
    ] {
        let stage = Stage::build().await.unwrap();
        assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
        stage.lock_keyring().await.unwrap();
        let dialog = stage.open_dialog().await.unwrap();
        let asking = begin(&stage, question);
        dialog.was_asked(1).await.unwrap();
        stage.unlock_keyring_in_place().await.unwrap();
        assert_eq!(answer(asking), expected, "{question:?}");
    }
}

#[test]
fn without_a_session_bus_it_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = format!("unix:path={}", folder.path().join("bus").display());
    for bus in [nobody.as_str(), "no address at all"] {
        let asking = begin_on(bus, &folder.path().join("marks"), &["get", "device"]);
        assert_eq!(answer(asking), "Absent", "{bus:?}");
    }
}
