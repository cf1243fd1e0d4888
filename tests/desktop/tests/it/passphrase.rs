//! A passphrase in the place of the keyring, in the real window.

#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

use std::path::PathBuf;

use homing_desktop_tests::traces::files_with;
use homing_desktop_tests::{Person, Space};
use homing_stage::{Keyring, Plan, Stage, eventually};

use crate::{ROOMY, picture};

const PASSPHRASE: &str = "seven lost umbrellas";

async fn type_passphrase(person: &Person, typed: &str, button: &str) {
    person.page().fill("Passphrase", typed).await.unwrap();
    person.page().press("button", button).await.unwrap();
}

/// Neither of them stands anywhere: on the disk, in what was printed, or in the window.
async fn is_nowhere(person: &Person, secret: &str) {
    let files = files_with(person.app().home(), secret.as_bytes()).unwrap();
    assert_eq!(files, Vec::<PathBuf>::new());
    assert!(!person.app().printed().contains(secret));
    let everywhere = "return document.documentElement.outerHTML + JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join();";
    let seen = person.page().run(everywhere, vec![]).await.unwrap();
    assert!(!seen.as_str().unwrap().contains(secret));
}

#[tokio::test]
async fn without_a_keyring_a_passphrase_opens_the_app_day_after_day() {
    let stage = Stage::with(Plan { keyring: Keyring::Absent, ..Plan::default() }).await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.place(&stage, ROOMY).await.unwrap();
    let page = person.page();
    page.fill("Join link", &space.owner_link().unwrap().to_string()).await.unwrap();
    page.fill("Your name", "Mei Lin").await.unwrap();
    page.press("button", "Join").await.unwrap();
    page.shows("No keyring is running").await.unwrap();
    person.page().picture(&picture("passphrase-entry")).await.unwrap();
    page.press("button", "Use a passphrase").await.unwrap();
    page.fill("Repeat", PASSPHRASE).await.unwrap();
    type_passphrase(&person, PASSPHRASE, "Use passphrase").await;
    // The attempt goes on by itself.
    person.wait_for_link("up_to_date").await.unwrap();
    person.write("Kept behind a passphrase.").await.unwrap();
    let kept = ["Kept behind a passphrase.".to_owned()];
    person.wait_for_states(&kept, &["sent", "delivered"]).await.unwrap();
    is_nowhere(&person, PASSPHRASE).await;

    let plan = person.quit(&stage).await.unwrap();
    let person = Person::open_again(&stage, "Mei Lin", plan).await.unwrap();
    person.place(&stage, ROOMY).await.unwrap();
    let page = person.page();
    // What was said is there before any passphrase.
    page.shows("Kept behind a passphrase.").await.unwrap();
    page.shows("Enter your passphrase").await.unwrap();
    person.write("Typed before it was entered.").await.unwrap();
    let typed = ["Typed before it was entered.".to_owned()];
    person.wait_for_states(&typed, &["queued"]).await.unwrap();
    type_passphrase(&person, "seven lost umbrella", "Unlock").await;
    page.shows("Wrong passphrase.").await.unwrap();
    person.page().picture(&picture("passphrase-wrong")).await.unwrap();
    type_passphrase(&person, PASSPHRASE, "Unlock").await;
    person.wait_for_link("up_to_date").await.unwrap();
    person.wait_for_states(&typed, &["sent", "delivered"]).await.unwrap();
    is_nowhere(&person, PASSPHRASE).await;
}

#[tokio::test]
async fn the_token_moves_behind_a_passphrase_and_back_and_is_plain_nowhere() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.place(&stage, ROOMY).await.unwrap();
    person.join(&space.owner_link().unwrap()).await.unwrap();
    let [token] = stage.secrets().await.unwrap().try_into().expect("one device has one token");
    let page = person.page();
    page.press("button", "Settings").await.unwrap();
    page.press("tab", "Security").await.unwrap();
    page.press("button", "Use a passphrase").await.unwrap();
    page.fill("Repeat", PASSPHRASE).await.unwrap();
    type_passphrase(&person, PASSPHRASE, "Use passphrase").await;
    // The dialog goes when everything has moved.
    eventually("the dialog has gone", async || {
        Ok((page.count("passphrase").await? == 0).then_some(()))
    })
    .await
    .unwrap();
    page.shows("in an encrypted file").await.unwrap();
    assert!(stage.secrets().await.unwrap().is_empty(), "the token is in the keyring still");
    // What the search finds in the name it must be able to find in the token.
    let home = person.app().home().to_owned();
    assert!(!files_with(&home, b"homing-tokens").unwrap().is_empty(), "there is no file");
    is_nowhere(&person, &token).await;
    is_nowhere(&person, PASSPHRASE).await;

    page.press("button", "Use keyring again").await.unwrap();
    page.shows("Working.").await.unwrap();
    assert_eq!(stage.secrets().await.unwrap(), [token.as_str()]);
    assert_eq!(files_with(&home, b"homing-tokens").unwrap(), Vec::<PathBuf>::new());
    is_nowhere(&person, &token).await;
    let plan = person.quit(&stage).await.unwrap();
    let person = Person::open_again(&stage, "Mei Lin", plan).await.unwrap();
    person.wait_for_link("up_to_date").await.unwrap();
}
