//! A person's devices, and a device whose disk went bad.

#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

use std::path::Path;

use homing_desktop_tests::{Person, Space};
use homing_stage::{Stage, eventually};
use homing_testkit::Proxy;

use crate::{ROOMY, file_named, picture};

/// SQLite's first page, without which nothing in a database is found.
const FIRST_PAGE: usize = 4096;

/// Creates a device link on the person's device; returns it with `network` as its address.
async fn offer(person: &Person, space: &Space, network: &Proxy) -> String {
    person.page().press("button", "Link a device").await.unwrap();
    let field = person.page().test_id("device-link").await.unwrap();
    let link = eventually("the dialog shows a link", async || {
        let text = field.prop("value").await?.unwrap_or_default();
        Ok(text.starts_with("homing://link/").then_some(text))
    })
    .await
    .unwrap();
    let (there, through) = (space.address().port(), network.addr.port());
    link.replace(&format!(":{there}/"), &format!(":{through}/"))
}

/// Signs in with a device link.
async fn come_along(device: &Person, link: &str) {
    device.page().fill("Join link", link).await.unwrap();
    device.page().shows("no password needed").await.unwrap();
    device.page().press("button", "Sign in to Northlight as Mei Lin").await.unwrap();
    device.page().role("textbox", "Message to").await.unwrap();
    device.wait_for_link("up_to_date").await.unwrap();
}

#[tokio::test]
async fn a_device_is_linked_signed_out_elsewhere_and_linked_again_with_all_it_holds() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let network = Proxy::start(space.address());
    let desk = Person::open(&stage, "Mei Lin").await.unwrap();
    desk.place(&stage, ROOMY).await.unwrap();
    desk.join(&space.owner_link().unwrap()).await.unwrap();
    desk.write("Written at the desk.").await.unwrap();
    desk.page().press("button", "Settings").await.unwrap();
    desk.page().press("tab", "Devices").await.unwrap();
    let link = offer(&desk, &space, &network).await;
    desk.page().picture(&picture("device-link")).await.unwrap();

    let laptop = Person::open(&stage, "Laptop").await.unwrap();
    laptop.place(&stage, ROOMY).await.unwrap();
    come_along(&laptop, &link).await;
    // History follows the person.
    laptop.wait_for_texts(&["Written at the desk.".to_owned()]).await.unwrap();
    desk.page().test_id("device-linked").await.unwrap();
    desk.page().picture(&picture("device-linked")).await.unwrap();
    desk.page().test_id("link-done").await.unwrap().click().await.unwrap();

    network.offline().await;
    laptop.wait_for_link("waiting").await.unwrap();
    let held = ["Written on the road.".to_owned(), "And one more.".to_owned()];
    for text in &held {
        laptop.write(text).await.unwrap();
    }
    laptop.wait_for_states(&held, &["queued"]).await.unwrap();
    desk.page().press("button", "Sign out").await.unwrap();
    desk.page().picture(&picture("device-revoke")).await.unwrap();
    desk.page().test_id("revoke-sure").await.unwrap().click().await.unwrap();
    desk.page().shows("signed out").await.unwrap();
    network.online().await;
    laptop.page().test_id("signed-out").await.unwrap();
    laptop.page().shows("2 unsent messages are saved").await.unwrap();
    laptop.page().picture(&picture("signed-out")).await.unwrap();

    // The same person again: what the device held goes out, once.
    let link = offer(&desk, &space, &network).await;
    laptop.page().test_id("sign-in-again").await.unwrap().click().await.unwrap();
    come_along(&laptop, &link).await;
    laptop.wait_for_states(&held, &["sent", "delivered"]).await.unwrap();
    desk.page().test_id("device-linked").await.unwrap();
    let all = ["Written at the desk.", "Written on the road.", "And one more."];
    let all = all.map(str::to_owned);
    for device in [&laptop, &desk] {
        let seen = device.wait_for_texts(&all).await.unwrap();
        let texts: Vec<_> = seen.into_iter().map(|message| message.text).collect();
        assert_eq!(texts, all, "{}", device.name);
    }
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_told_and_what_it_held_arrives_once() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let network = Proxy::start(space.address());
    let mei = Person::open(&stage, "Mei Lin").await.unwrap();
    mei.join(&space.owner_link().unwrap()).await.unwrap();
    let jonas = Person::open(&stage, "Jonas").await.unwrap();
    jonas.join(&space.invite_through(&network).await.unwrap()).await.unwrap();
    mei.write("Sent before.").await.unwrap();
    jonas.wait_for_texts(&["Sent before.".to_owned()]).await.unwrap();
    network.offline().await;
    jonas.wait_for_link("waiting").await.unwrap();
    let held = ["One.", "Two.", "Three."].map(str::to_owned);
    for text in &held {
        jonas.write(text).await.unwrap();
    }
    jonas.wait_for_states(&held, &["queued"]).await.unwrap();
    let home = jonas.app().home().to_owned();
    let plan = jonas.quit(&stage).await.unwrap();
    damage(&home);

    let jonas = Person::open_again(&stage, "Jonas", plan).await.unwrap();
    jonas.place(&stage, ROOMY).await.unwrap();
    jonas.page().test_id("rescued").await.unwrap();
    jonas.page().shows("3 unsent messages were rescued").await.unwrap();
    jonas.page().picture(&picture("rescued")).await.unwrap();
    jonas.page().test_id("rescue-read").await.unwrap().click().await.unwrap();
    network.online().await;
    jonas.wait_for_link("up_to_date").await.unwrap();
    let all = [vec!["Sent before.".to_owned()], held.to_vec()].concat();
    for person in [&jonas, &mei] {
        let seen = person.wait_for_texts(&all).await.unwrap();
        let texts: Vec<_> = seen.into_iter().map(|message| message.text).collect();
        assert_eq!(texts, all, "{}", person.name);
    }
    assert_eq!(jonas.page().count("rescued").await.unwrap(), 0);
}

/// Spoils the beginning of the space's database, as a bad disk does.
fn damage(home: &Path) {
    let database = file_named(home, "space.db").unwrap();
    let mut bytes = std::fs::read(&database).unwrap();
    bytes.get_mut(..FIRST_PAGE).unwrap().fill(0xa5);
    std::fs::write(&database, bytes).unwrap();
}
