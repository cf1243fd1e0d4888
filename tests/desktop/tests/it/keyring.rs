//! The keyring in every state that a person can meet it in.

use homing_desktop_tests::traces::files_with;
use homing_desktop_tests::{Person, Space};
use homing_stage::{App, Keyring, Plan, Stage};

#[tokio::test]
async fn the_token_is_in_the_keyring_and_nowhere_else() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.join(&space.owner_link().unwrap()).await.unwrap();
    person.write("A message, so that the database is not empty.").await.unwrap();
    person.page().shows("so that the database is not empty").await.unwrap();
    let secrets = stage.secrets().await.unwrap();
    let [token] = secrets.as_slice() else {
        panic!("one device has one token, not {}", secrets.len());
    };
    assert!(token.len() >= 32, "a token that could be guessed");

    // What the search finds in the message it must be able to find in the token.
    let home = person.app().home();
    let text = files_with(home, b"so that the database is not empty").unwrap();
    assert!(!text.is_empty(), "the search finds nothing at all");
    assert_eq!(files_with(home, token.as_bytes()).unwrap(), Vec::<std::path::PathBuf>::new());
    assert!(!person.app().printed().contains(token));
    // The server keeps a hash of it.
    let server = stage.folder().join("server");
    assert_eq!(files_with(&server, token.as_bytes()).unwrap(), Vec::<std::path::PathBuf>::new());
    // The window never had it: neither its page nor its storage.
    let everywhere = "return document.documentElement.outerHTML + JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage});";
    let seen = person.page().run(everywhere, vec![]).await.unwrap();
    assert!(!seen.as_str().unwrap().contains(token.as_str()));
}

#[tokio::test]
async fn a_locked_keyring_is_said_and_a_retry_helps() {
    let mut stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.join(&space.owner_link().unwrap()).await.unwrap();
    person.write("Kept.").await.unwrap();
    person.wait_for_states(&["Kept.".into()], &["sent", "delivered"]).await.unwrap();
    let plan = person.plan().clone();
    let item = person.tray(&stage).await.unwrap();
    stage.choose_from_tray(&item, "Quit").await.unwrap();
    person.app().wait_for_end().await.unwrap();

    stage.lock_keyring().await.unwrap();
    let again = App::start(&stage, &plan).await.unwrap();
    again.page().shows("Kept.").await.unwrap();
    again.page().shows("Unlock it, then retry").await.unwrap();
    stage.unlock_keyring().await.unwrap();
    again.page().press("button", "Retry").await.unwrap();
    again.page().shows("Connected").await.unwrap();
}

#[tokio::test]
async fn without_a_keyring_the_person_decides() {
    let stage = Stage::with(Plan { keyring: Keyring::Absent, ..Plan::default() }).await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    let page = person.page();
    page.fill("Join link", &space.owner_link().unwrap().to_string()).await.unwrap();
    page.fill("Your name", "Mei Lin").await.unwrap();
    page.press("button", "Join").await.unwrap();
    page.shows("No keyring is running").await.unwrap();
    page.press("button", "Just for this session").await.unwrap();
    person.wait_for_link("up_to_date").await.unwrap();
}
