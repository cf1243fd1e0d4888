//! Keyrings of other makers, and the one that was never set up: what the window says of each, that no
//! link is used up where no key could be kept, and that it goes on once one can. Their pictures lie
//! in the target folder's `tmp` afterwards.

#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

use homing_desktop_tests::{Person, Space};
use homing_stage::{Database, Keyring, Plan, Stage};

use crate::{ROOMY, picture};

const NAME: &str = "Mei Lin";
const ONE: Database = Database { name: "One", exposed: true };
const HIDDEN: Database = Database { name: "Hidden", exposed: false };

/// Somebody who wants to join by a link that works once.
struct Arrival {
    stage: Stage,
    _space: Space,
    person: Person,
}

impl Arrival {
    async fn with(keyring: Keyring) -> Self {
        let stage = Stage::with(Plan { keyring, ..Plan::default() }).await.unwrap();
        let space = Space::start(stage.folder(), "Northlight").await.unwrap();
        let person = Person::open(&stage, NAME).await.unwrap();
        person.place(&stage, ROOMY).await.unwrap();
        let link = space.owner_link().unwrap().to_string();
        person.page().fill("Join link", &link).await.unwrap();
        person.page().fill("Your name", NAME).await.unwrap();
        Self { stage, _space: space, person }
    }

    async fn join(&self) {
        self.person.page().press("button", "Join").await.unwrap();
    }

    /// There is no place for a key, and the window offers to create one.
    async fn is_offered_a_keyring(&self, name: &str) {
        self.person.page().shows("This computer has no keyring yet.").await.unwrap();
        self.person.page().shows("Create a keyring").await.unwrap();
        self.stage.picture(&picture(name)).unwrap();
    }

    async fn is_in(&self) {
        self.person.wait_for_link("up_to_date").await.unwrap();
    }
}

/// Unlocks a database in KeePassXC's own window.
async fn unlock_in_its_window(stage: &Stage) {
    let window = stage.window_named("Locked.*KeePassXC").await.unwrap();
    stage.enter(&window, Database::PASSWORD).unwrap();
    stage.no_window_named("Locked.*KeePassXC").await.unwrap();
}

#[tokio::test]
async fn without_a_login_keyring_one_is_created_and_the_link_still_works() {
    let arrival = Arrival::with(Keyring::Bare).await;
    let shows_dialogs = arrival.stage.show_dialogs().await.unwrap();
    arrival.join().await;
    arrival.is_offered_a_keyring("keyring-not-set-up").await;
    arrival.person.page().press("button", "Create a keyring").await.unwrap();
    let dialog = arrival.stage.window_of(shows_dialogs.id()).await.unwrap();
    arrival.stage.picture(&picture("keyring-created")).unwrap();
    arrival.stage.enter(&dialog, "secret\tsecret").unwrap();
    arrival.is_in().await;
}

#[tokio::test]
async fn keepassxc_that_exposes_nothing_uses_no_link_up() {
    let mut arrival = Arrival::with(Keyring::KeePassXc(&[HIDDEN])).await;
    unlock_in_its_window(&arrival.stage).await;
    arrival.join().await;
    arrival.is_offered_a_keyring("keepassxc-nothing-exposed").await;
    // The person opens a database that exposes a group.
    arrival.stage.quit_keyring().await.unwrap();
    arrival.stage.start_keyring(Keyring::KeePassXc(&[ONE])).await.unwrap();
    unlock_in_its_window(&arrival.stage).await;
    arrival.person.page().press("button", "Retry").await.unwrap();
    arrival.is_in().await;
}

#[tokio::test]
async fn keepassxc_whose_dialog_is_closed_is_locked_and_opens_with_a_retry() {
    let mut arrival = Arrival::with(Keyring::KeePassXc(&[ONE])).await;
    unlock_in_its_window(&arrival.stage).await;
    arrival.join().await;
    arrival.is_in().await;
    let plan = arrival.person.quit(&arrival.stage).await.unwrap();
    arrival.stage.quit_keyring().await.unwrap();
    arrival.stage.start_keyring(Keyring::KeePassXc(&[ONE])).await.unwrap();
    let person = Person::open_again(&arrival.stage, NAME, plan).await.unwrap();
    person.place(&arrival.stage, ROOMY).await.unwrap();
    let dialog = arrival.stage.window_named("Unlock Database").await.unwrap();
    arrival.stage.press(&dialog, "Escape").unwrap();
    person.page().shows("Your keyring is locked.").await.unwrap();
    arrival.stage.picture(&picture("keepassxc-locked")).unwrap();
    person.page().press("button", "Retry").await.unwrap();
    let dialog = arrival.stage.window_named("Unlock Database").await.unwrap();
    arrival.stage.enter(&dialog, Database::PASSWORD).unwrap();
    let dialog = arrival.stage.window_named("Access Request").await.unwrap();
    arrival.stage.picture(&picture("keepassxc-access")).unwrap();
    arrival.stage.press(&dialog, "Return").unwrap();
    person.wait_for_link("up_to_date").await.unwrap();
}

#[tokio::test]
async fn kwallet_without_a_wallet_offers_one_and_without_its_plugin_keeps_keys() {
    let mut arrival = Arrival::with(Keyring::KWallet).await;
    arrival.join().await;
    arrival.is_offered_a_keyring("kwallet-no-wallet").await;
    arrival.person.page().press("button", "Create a keyring").await.unwrap();
    let dialog = arrival.stage.keyring_window().await.unwrap();
    arrival.stage.picture(&picture("kwallet-new-wallet")).unwrap();
    arrival.stage.press(&dialog, "Escape").unwrap();
    arrival.person.page().shows("This computer has no keyring yet.").await.unwrap();
    // The next sign-in makes one.
    arrival.stage.start_keyring(Keyring::KWalletSignedIn).await.unwrap();
    arrival.person.page().press("button", "Retry").await.unwrap();
    arrival.is_in().await;
}
