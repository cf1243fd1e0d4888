//! What can become of a keyring between two starts, with the real daemon: locked, absent, answering
//! late, killed while it is asked, replaced by another, unlocked in another way. In each the window opens and says so in
//! words of its own, nothing is deleted, what is typed is kept, and once the keyring is back it all
//! goes on. Their pictures lie in the target folder's `tmp` afterwards.

#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

use std::fs;
use std::path::PathBuf;

use homing_desktop_tests::traces::files_with;
use homing_desktop_tests::{Person, Space};
use homing_stage::{Stage, eventually};

use crate::{ROOMY, file_named, picture};

const NAME: &str = "Mei Lin";
const BEFORE: &str = "Written while the keyring worked.";
const MEANWHILE: &str = "Written while it did not.";

/// A member who starts the app again after their keyring changed.
struct Trial {
    stage: Stage,
    _space: Space,
    person: Person,
    token: String,
    marks: (PathBuf, Vec<u8>),
}

impl Trial {
    /// `change` changes the keyring between two starts of the app.
    async fn after(change: impl AsyncFnOnce(&mut Stage)) -> Self {
        let mut stage = Stage::build().await.unwrap();
        let space = Space::start(stage.folder(), "Northlight").await.unwrap();
        let person = Person::open(&stage, NAME).await.unwrap();
        person.join(&space.owner_link().unwrap()).await.unwrap();
        person.write(BEFORE).await.unwrap();
        person.wait_for_states(&[BEFORE.into()], &["sent", "delivered"]).await.unwrap();
        let [token] = stage.secrets().await.unwrap().try_into().expect("one device has one token");
        let marks = file_named(person.app().home(), "keyring-names").expect("a list of names");
        let kept = fs::read(&marks).unwrap();
        let plan = person.quit(&stage).await.unwrap();
        change(&mut stage).await;
        let person = Person::open_again(&stage, NAME, plan).await.unwrap();
        person.place(&stage, ROOMY).await.unwrap();
        Self { stage, _space: space, person, token, marks: (marks, kept) }
    }

    /// The window opens with the earlier messages and shows the state of the keyring.
    async fn says(&self, why: &str, words: &[&str]) {
        let page = self.person.page();
        page.shows(BEFORE).await.unwrap();
        eventually(&format!("the window says that the keyring is {why}"), async || {
            let banner =
                "return document.querySelector('[data-testid=\"key-banner\"]')?.dataset.why ?? '';";
            Ok((page.run(banner, vec![]).await?.as_str() == Some(why)).then_some(()))
        })
        .await
        .unwrap();
        for words in words {
            page.shows(words).await.unwrap();
        }
    }

    /// A new message is kept, and no earlier one is lost.
    async fn loses_nothing(&self, name: &str) {
        self.person.write(MEANWHILE).await.unwrap();
        self.person.wait_for_states(&[MEANWHILE.into()], &["queued"]).await.unwrap();
        self.person.page().shows("1 message queued").await.unwrap();
        self.person.page().picture(&picture(name)).await.unwrap();
        let (marks, kept) = &self.marks;
        assert_eq!(&fs::read(marks).unwrap(), kept, "the list of names changed");
        let home = self.person.app().home();
        for text in [BEFORE, MEANWHILE] {
            let files = files_with(home, text.as_bytes()).unwrap();
            assert!(!files.is_empty(), "{text:?} is not on the disk any more");
        }
    }

    /// The keyring works again; at most a Retry is needed.
    async fn goes_on(&self) {
        // Finding and pressing is one script: between two the button may disappear.
        let press = r#"document.querySelector('[data-testid="retry-keyring"]')?.click();"#;
        self.person.page().run(press, vec![]).await.unwrap();
        self.went_on().await;
    }

    async fn went_on(&self) {
        self.person.wait_for_link("up_to_date").await.unwrap();
        let texts = [BEFORE.into(), MEANWHILE.into()];
        self.person.wait_for_states(&texts, &["sent", "delivered"]).await.unwrap();
        assert_eq!(self.stage.secrets().await.unwrap(), [self.token.as_str()]);
    }
}

#[tokio::test]
async fn locked() {
    let mut trial = Trial::after(async |stage| stage.lock_keyring().await.unwrap()).await;
    trial.says("locked", &["Your keyring is locked.", "Unlock it, then retry."]).await;
    trial.loses_nothing("keyring-locked").await;
    trial.stage.unlock_keyring().await.unwrap();
    trial.goes_on().await;
}

/// An unlocked daemon takes the place of the locked one, which then says nothing of the dialog.
#[tokio::test]
async fn unlocked_by_signing_in_while_its_dialog_is_open() {
    unlocked_while_its_dialog_is_open(async |stage| stage.unlock_keyring().await.unwrap()).await;
}

/// The daemon is the same, and its dialog stays.
#[tokio::test]
async fn unlocked_in_its_own_program_while_its_dialog_is_open() {
    unlocked_while_its_dialog_is_open(async |stage| {
        stage.unlock_keyring_in_place().await.unwrap();
    })
    .await;
}

async fn unlocked_while_its_dialog_is_open(unlock: impl AsyncFnOnce(&mut Stage)) {
    let mut dialog = None;
    let mut trial = Trial::after(async |stage| {
        stage.lock_keyring().await.unwrap();
        dialog = Some(stage.open_dialog().await.unwrap());
    })
    .await;
    let dialog = dialog.unwrap();
    dialog.was_asked(1).await.unwrap();
    trial.person.page().shows(BEFORE).await.unwrap();
    trial.person.write(MEANWHILE).await.unwrap();
    unlock(&mut trial.stage).await;
    // It recovers without an action.
    trial.went_on().await;
    assert_eq!(dialog.times_asked(), 1, "the dialog came again");
}

#[tokio::test]
async fn absent() {
    let mut trial = Trial::after(async |stage| stage.end_keyring()).await;
    trial.says("absent", &["No keyring is running", "Homing keeps checking"]).await;
    trial.loses_nothing("keyring-absent").await;
    trial.stage.unlock_keyring().await.unwrap();
    trial.goes_on().await;
}

#[tokio::test]
async fn answering_late() {
    let trial = Trial::after(async |stage| stage.stop_keyring().unwrap()).await;
    trial.says("timed_out", &["The keyring isn’t responding.", "as soon as it’s unlocked"]).await;
    trial.loses_nothing("keyring-late").await;
    trial.stage.let_keyring_go_on().unwrap();
    trial.goes_on().await;
}

#[tokio::test]
async fn killed_while_it_is_asked() {
    let mut trial = Trial::after(async |stage| stage.stop_keyring().unwrap()).await;
    trial.says("timed_out", &["The keyring isn’t responding."]).await;
    // SIGKILL: the question is never answered, and the next one finds nobody.
    trial.stage.end_keyring();
    trial.says("absent", &["No keyring is running"]).await;
    trial.loses_nothing("keyring-killed").await;
    trial.stage.unlock_keyring().await.unwrap();
    trial.goes_on().await;
}

#[tokio::test]
async fn replaced_by_another() {
    let mut trial = Trial::after(async |stage| stage.replace_keyring().await.unwrap()).await;
    trial.says("changed", &["no longer in the keyring", "Open the old keyring"]).await;
    trial.loses_nothing("keyring-replaced").await;
    assert!(trial.stage.secrets().await.unwrap().is_empty(), "nothing was written to the new one");
    trial.stage.restore_keyring().await.unwrap();
    trial.goes_on().await;
}
