//! Against KeePassXC, which unlocks databases and grants access to entries, each by a dialog.

use homing_stage::{Database, Keyring, Stage, Watch};

use crate::program::Program;
use crate::stage_with;

const ONE: Database = Database { name: "One", exposed: true };
const TWO: Database = Database { name: "Two", exposed: true };
const HIDDEN: Database = Database { name: "Hidden", exposed: false };

/// The titles of its dialogs.
const UNLOCK: &str = "Unlock Database";
const ACCESS: &str = "Access Request";

/// Unlocks the database in front in KeePassXC's own window.
async fn unlock_in_its_window(stage: &Stage, database: Database) {
    let locked = stage.window_named(&format!("{}.*Locked", database.name)).await.unwrap();
    stage.enter(&locked, Database::PASSWORD).unwrap();
    stage.no_window_named(&format!("{}.*Locked", database.name)).await.unwrap();
}

/// Answers the dialog for a database.
async fn unlock(stage: &Stage) {
    let dialog = stage.window_named(UNLOCK).await.unwrap();
    stage.enter(&dialog, Database::PASSWORD).unwrap();
    stage.no_window_named(UNLOCK).await.unwrap();
}

/// Answers the dialog for entries: all that are asked for.
async fn allow(stage: &Stage) {
    let dialog = stage.window_named(ACCESS).await.unwrap();
    stage.press(&dialog, "Return").unwrap();
    stage.no_window_named(ACCESS).await.unwrap();
}

async fn refuse(stage: &Stage, dialog: &str) {
    let window = stage.window_named(dialog).await.unwrap();
    stage.press(&window, "Escape").unwrap();
    stage.no_window_named(dialog).await.unwrap();
}

/// Every prompt that a program opens passes here.
async fn prompts(stage: &Stage) -> Watch {
    stage.watch("org.freedesktop.Secret.Prompt", "Prompt").await.unwrap()
}

/// A stage where keys were written, all in the first database, and KeePassXC was started anew since.
async fn written(names: &[&str], then: &'static [Database]) -> Stage {
    let mut stage = stage_with(Keyring::KeePassXc(&[ONE])).await;
    unlock_in_its_window(&stage, ONE).await;
    let mut program = Program::start(&stage);
    for name in names {
        assert_eq!(program.ask(&format!("set {name} token-{name}")).await, "Done");
    }
    // It saves a little after it answers.
    stage.quit_keyring().await.unwrap();
    stage.start_keyring(Keyring::KeePassXc(then)).await.unwrap();
    stage
}

#[tokio::test]
async fn a_dialog_that_is_closed_is_locked_and_never_changed() {
    let stage = written(&["a"], &[ONE]).await;
    let mut program = Program::start(&stage);
    program.begin("get a").await;
    refuse(&stage, UNLOCK).await;
    assert_eq!(program.answer().await, "Locked");
    program.begin("get a").await;
    unlock(&stage).await;
    refuse(&stage, ACCESS).await;
    assert_eq!(program.answer().await, "Denied");
    program.begin("get a").await;
    allow(&stage).await;
    assert_eq!(program.answer().await, "Some token-a");
}

/// It remembers what a person allowed for a connection: one that lasts is asked for once.
#[tokio::test]
async fn three_spaces_are_asked_for_in_one_dialog_and_never_again() {
    let stage = written(&["a", "b", "c"], &[ONE]).await;
    unlock_in_its_window(&stage, ONE).await;
    let mut prompts = prompts(&stage).await;
    let mut program = Program::start(&stage);
    program.begin("all a b c").await;
    allow(&stage).await;
    assert_eq!(program.answer().await, "Some token-a, Some token-b, Some token-c");
    assert_eq!(program.ask("all a b c").await, "Some token-a, Some token-b, Some token-c");
    assert_eq!(program.ask("set b token-2").await, "Done");
    assert_eq!(program.ask("get b").await, "Some token-2");
    assert_eq!(passed(&mut prompts, &stage).await, 1);
}

#[tokio::test]
async fn who_says_no_says_it_once_for_three_spaces() {
    let stage = written(&["a", "b", "c"], &[ONE]).await;
    let mut prompts = prompts(&stage).await;
    let mut program = Program::start(&stage);
    program.begin("all a b c").await;
    refuse(&stage, UNLOCK).await;
    assert_eq!(program.answer().await, "Locked, Locked, Locked");
    assert_eq!(passed(&mut prompts, &stage).await, 1);
}

#[tokio::test]
async fn a_key_in_the_other_database_is_looked_for_behind_its_lock() {
    let stage = written(&["a"], &[ONE, TWO]).await;
    // Another tab is in front and open, so that nothing is found and no dialog comes by itself.
    unlock_in_its_window(&stage, TWO).await;
    let mut program = Program::start(&stage);
    program.begin("get a").await;
    refuse(&stage, UNLOCK).await;
    assert_eq!(program.answer().await, "Locked");
    program.begin("get a").await;
    unlock(&stage).await;
    allow(&stage).await;
    assert_eq!(program.answer().await, "Some token-a");
    // What was never written would go to the one in front.
    assert_eq!(program.ask("get never").await, "None");
}

#[tokio::test]
async fn where_nothing_is_exposed_it_is_not_set_up_and_no_dialog_comes() {
    let stage = stage_with(Keyring::KeePassXc(&[HIDDEN])).await;
    unlock_in_its_window(&stage, HIDDEN).await;
    let mut prompts = prompts(&stage).await;
    let mut program = Program::start(&stage);
    assert_eq!(program.ask("get never").await, "NotSetUp");
    assert_eq!(program.ask("set a token-a").await, "NotSetUp");
    assert_eq!(stage.windows_named(UNLOCK), Vec::<String>::new());
    assert_eq!(passed(&mut prompts, &stage).await, 0);
    // It offers a database then, which a person may not want.
    program.begin("create").await;
    refuse(&stage, "Create a new KeePassXC database").await;
    assert_eq!(program.answer().await, "NotSetUp");
}

/// Only an open database shows that nothing of it is exposed.
#[tokio::test]
async fn a_database_that_turns_out_to_expose_nothing_is_not_set_up() {
    let stage = written(&["a"], &[HIDDEN]).await;
    let mut program = Program::start(&stage);
    for question in ["get never", "get a"] {
        program.begin(question).await;
        if question == "get never" {
            unlock(&stage).await;
        }
        assert_eq!(program.answer().await, "NotSetUp", "{question}");
    }
}

/// The library hears of no dialog that ends with its daemon. The thread that waits for it is left
/// behind; if none is, the library has learnt it, and that can go.
#[tokio::test]
async fn a_daemon_that_ends_while_it_asks_for_access_is_absent_at_once() {
    let mut stage = written(&["a"], &[ONE]).await;
    unlock_in_its_window(&stage, ONE).await;
    let mut program = Program::start(&stage);
    program.begin("get a").await;
    stage.window_named(ACCESS).await.unwrap();
    stage.end_keyring();
    assert_eq!(program.answer().await, "Absent");
    assert_eq!(program.ask("left").await, "1");
    stage.start_keyring(Keyring::KeePassXc(&[ONE])).await.unwrap();
    program.begin("get a").await;
    unlock(&stage).await;
    allow(&stage).await;
    assert_eq!(program.answer().await, "Some token-a");
}

/// How many prompts passed. A call of the stage's own is the last that is looked at, so that nothing
/// has to be waited for.
async fn passed(prompts: &mut Watch, stage: &Stage) -> usize {
    let bus = zbus::connection::Builder::address(stage.bus_address()).unwrap();
    let bus = bus.build().await.unwrap();
    let interface = Some("org.freedesktop.Secret.Prompt");
    let call = bus.call_method(Some("org.freedesktop.DBus"), "/the/end", interface, "Prompt", &"");
    assert!(call.await.is_err(), "the bus has no prompt");
    let mut passed = 0;
    while prompts.next().await.unwrap().path().as_deref() != Some("/the/end") {
        passed += 1;
    }
    passed
}
