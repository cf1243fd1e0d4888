//! Against KWallet, without the plugin with which it encrypts what goes over the bus.

use homing_stage::{Keyring, Stage};

use crate::program::Program;
use crate::{answer, ask, begin, stage_with};

#[tokio::test]
async fn a_fresh_account_has_no_wallet_and_is_offered_one() {
    let stage = stage_with(Keyring::KWallet).await;
    assert_eq!(ask(&stage, &["get", "device"]), "NotSetUp");
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "NotSetUp");
    let asking = begin(&stage, &["create"]);
    let dialog = stage.keyring_window().await.unwrap();
    stage.press(&dialog, "Escape").unwrap();
    assert_eq!(answer(asking), "NotSetUp");
    assert_eq!(ask(&stage, &["delete", "device"]), "Done");
}

#[tokio::test]
async fn without_its_plugin_keys_are_kept_all_the_same() {
    let stage = stage_with(Keyring::KWalletSignedIn).await;
    let mut program = Program::start(&stage);
    assert_eq!(program.ask("get device").await, "None");
    assert_eq!(program.ask("set device token-1").await, "Done");
    assert_eq!(ask(&stage, &["get", "device"]), "Some token-1");
    assert_eq!(program.ask("set device token-2").await, "Done");
    assert_eq!(program.ask("get device").await, "Some token-2");
    assert_eq!(program.ask("delete device").await, "Done");
    assert_eq!(program.ask("get device").await, "None");
    assert!(refuses_to_encrypt(&stage).await, "this one has the plugin");
}

/// It writes at once that there is an item, and its secret some seconds later.
#[tokio::test]
async fn one_that_ends_before_it_wrote_the_secret_has_lost_it() {
    let mut stage = stage_with(Keyring::KWalletSignedIn).await;
    assert_eq!(ask(&stage, &["set", "device", "token-1"]), "Done");
    stage.start_keyring(Keyring::KWalletSignedIn).await.unwrap();
    assert_eq!(ask(&stage, &["get", "device"]), "Changed");
    assert_eq!(ask(&stage, &["set", "device", "token-2"]), "Done");
    assert_eq!(ask(&stage, &["get", "device"]), "Some token-2");
}

async fn refuses_to_encrypt(stage: &Stage) -> bool {
    let bus = zbus::connection::Builder::address(stage.bus_address()).unwrap();
    let bus = bus.build().await.unwrap();
    let dh = secret_service::EncryptionType::Dh;
    secret_service::SecretService::connect_with_existing(dh, bus).await.is_err()
}
