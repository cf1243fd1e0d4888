//! New versions, from the announcement to the place: the bridge over the engine's real network,
//! against a local server of updates with a key pair of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is not as expected fails the test"
)]

mod person;
mod shop;

use std::time::Duration;

use homing_bridge::dto::UpdateWay;
use homing_bridge::ports::AfterInstall;
use homing_updates::Channel;
use serde_json::json;

use person::Person;
use shop::Shop;

/// What runs in these tests is 0.1.0.
const NEW: &[u8] = b"version 0.2.0, whole and unchanged";

#[tokio::test]
async fn a_new_version_is_found_fetched_and_installed() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    let person = Person::start(&shop, UpdateWay::InPlace).await;
    person.ask("look_for_update", json!({})).await;
    let update = person.until_stage("available").await;
    assert_eq!(update["news"]["version"], "0.2.0");
    assert_eq!(update["news"]["notes"], "About 0.2.0.");
    assert_eq!(update["news"]["size"], NEW.len());
    assert!(update["looked"].as_i64().unwrap() > 0);
    // Nothing is fetched that nobody asked for.
    assert_eq!(shop.asked(), ["/stable.json from 0"]);

    person.ask("fetch_update", json!({})).await;
    person.until_stage("ready").await;
    assert_eq!(person.installed(), None);
    person.ask("install_update", json!({ "when": "now" })).await;
    person.restarted().await;
    assert_eq!(person.installed().unwrap(), (NEW.to_vec(), AfterInstall::Start));
}

#[tokio::test]
async fn what_is_to_be_installed_on_quitting_is_installed_last() {
    for (last, installed) in [("on_quit", Some((NEW.to_vec(), AfterInstall::End))), ("later", None)]
    {
        let shop = Shop::open().await;
        let person = who_installs_on_quitting(&shop).await;
        person.ask("install_update", json!({ "when": last })).await;
        person.until(|update| update["on_quit"] == (last == "on_quit")).await;
        assert_eq!(person.installed(), None);
        person.quit().await;
        assert_eq!(person.installed(), installed, "{last}");
    }
}

/// Somebody who fetched [`NEW`] and wants it installed on quitting.
async fn who_installs_on_quitting(shop: &Shop) -> Person {
    shop.announce(Channel::Stable, "0.2.0", NEW);
    let person = Person::ready(shop).await;
    person.ask("install_update", json!({ "when": "on_quit" })).await;
    person.until(|update| update["on_quit"] == true).await;
    person
}

#[tokio::test]
async fn what_changed_on_the_disk_is_not_installed_on_quitting_either() {
    let shop = Shop::open().await;
    let person = who_installs_on_quitting(&shop).await;
    person.tamper();
    person.quit().await;
    assert_eq!(person.installed(), None);
}

#[tokio::test]
async fn what_was_fetched_of_a_version_that_is_made_anew_is_not_installed() {
    let shop = Shop::open().await;
    let person = who_installs_on_quitting(&shop).await;
    shop.announce(Channel::Stable, "0.2.0", b"version 0.2.0, repaired");
    person.ask("look_for_update", json!({})).await;
    let update = person.until_stage("available").await;
    assert_eq!(update["on_quit"], false);
    person.quit().await;
    assert_eq!(person.installed(), None);
}

#[tokio::test]
async fn an_older_version_is_no_update_whoever_signed_it() {
    for version in ["0.1.0", "0.0.9", "0.1.0-beta.1"] {
        let shop = Shop::open().await;
        shop.announce(Channel::Stable, version, NEW);
        let person = Person::start(&shop, UpdateWay::InPlace).await;
        person.ask("look_for_update", json!({})).await;
        let update = person.until_stage("current").await;
        assert!(update["news"].is_null(), "{update}");
        person.ask("fetch_update", json!({})).await;
        person.ask("look_for_update", json!({})).await;
        person.until_stage("looking").await;
        person.until_stage("current").await;
        assert_eq!(shop.asked(), ["/stable.json from 0", "/stable.json from 0"], "{version}");
    }
}

#[tokio::test]
async fn what_somebody_else_signed_is_neither_shown_nor_fetched() {
    let shop = Shop::open().await;
    shop.forge(Channel::Stable, "9.9.9", b"something evil");
    let person = Person::start(&shop, UpdateWay::InPlace).await;
    person.ask("look_for_update", json!({})).await;
    let update = person.until_stage("failed").await;
    assert_eq!(update["trouble"], "forged");
    assert!(update["news"].is_null(), "{update}");
    person.ask("fetch_update", json!({})).await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    person.ask("look_for_update", json!({})).await;
    person.until_stage("available").await;
    assert!(shop.asked().iter().all(|path| path.starts_with("/stable.json")), "{:?}", shop.asked());
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_broke() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    shop.cut_after(11);
    let person = Person::ready(&shop).await;
    let asked = shop.asked();
    assert_eq!(asked[1..], ["/0.2.0.package from 0", "/0.2.0.package from 11"]);
    person.ask("install_update", json!({ "when": "now" })).await;
    person.restarted().await;
    assert_eq!(person.installed().unwrap(), (NEW.to_vec(), AfterInstall::Start));
}

#[tokio::test]
async fn what_changed_on_the_disk_is_not_installed() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    let person = Person::ready(&shop).await;
    person.tamper();
    person.ask("install_update", json!({ "when": "now" })).await;
    let update = person.until_stage("failed").await;
    assert_eq!(update["trouble"], "broken");
    assert_eq!(person.installed(), None);
    person.ask("fetch_update", json!({})).await;
    person.until_stage("ready").await;
}

#[tokio::test]
async fn the_other_channel_has_its_own_versions() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    shop.announce(Channel::Beta, "0.3.0-beta.1", b"newer still");
    let person = Person::ready(&shop).await;
    person.choose(json!({ "update_channel": "beta" })).await;
    let update = person.until_stage("available").await;
    assert_eq!(update["news"]["version"], "0.3.0-beta.1");
    person.choose(json!({ "update_channel": "stable" })).await;
    let update = person.until(|update| update["news"]["version"] == "0.2.0").await;
    assert_eq!(update["stage"], "available");
}

#[tokio::test]
async fn without_a_network_it_says_so_and_works_later() {
    let mut shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    let person = Person::start(&shop, UpdateWay::InPlace).await;
    shop.close().await;
    person.ask("look_for_update", json!({})).await;
    let update = person.until_stage("failed").await;
    assert_eq!(update["trouble"], "offline");
}

#[tokio::test]
async fn a_package_manager_s_copy_is_told_and_not_changed() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    let person = Person::start(&shop, UpdateWay::Deb).await;
    person.ask("look_for_update", json!({})).await;
    person.until_stage("available").await;
    person.ask("fetch_update", json!({})).await;
    person.ask("look_for_update", json!({})).await;
    person.until_stage("looking").await;
    person.until_stage("available").await;
    assert_eq!(shop.asked(), ["/stable.json from 0", "/stable.json from 0"]);
}

#[tokio::test]
async fn it_looks_by_itself_after_a_minute_and_once_a_day() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.1.0", NEW);
    let person = Person::start(&shop, UpdateWay::InPlace).await;
    person.until_stage("idle").await;
    later(Duration::from_secs(61)).await;
    person.until_stage("current").await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    later(Duration::from_secs(24 * 60 * 60 + 1)).await;
    person.until_stage("available").await;
    assert_eq!(shop.asked(), ["/stable.json from 0", "/stable.json from 0"]);
}

#[tokio::test]
async fn a_look_that_nobody_asked_for_and_that_fails_touches_nothing() {
    for news in [false, true] {
        let mut shop = Shop::open().await;
        let person = if news {
            shop.announce(Channel::Stable, "0.2.0", NEW);
            let person = Person::ready(&shop).await;
            person.tamper();
            person.ask("install_update", json!({ "when": "now" })).await;
            shop.close().await;
            person
        } else {
            let person = Person::start(&shop, UpdateWay::InPlace).await;
            shop.close().await;
            person.ask("look_for_update", json!({})).await;
            person
        };
        let failed = person.until_stage("failed").await;
        later(Duration::from_secs(24 * 60 * 60 + 1)).await;
        // It begins, and ends.
        for _ in 0..2 {
            assert_eq!(person.next().await, failed, "with news: {news}");
        }
    }
}

#[tokio::test]
async fn what_a_person_asks_takes_the_place_of_a_look_that_nobody_asked_for() {
    for (asked, stage, last) in [
        ("fetch_update", "ready", "/0.2.0.package from 0"),
        ("look_for_update", "looking", "/stable.json from 0"),
    ] {
        let shop = Shop::open().await;
        shop.announce(Channel::Stable, "0.2.0", NEW);
        let person = Person::start(&shop, UpdateWay::InPlace).await;
        person.ask("look_for_update", json!({})).await;
        person.until_stage("available").await;
        shop.let_wait();
        later(Duration::from_secs(24 * 60 * 60 + 1)).await;
        shop.until_asked(2).await;
        person.ask(asked, json!({})).await;
        person.until_stage(stage).await;
        shop.until_asked(3).await;
        assert_eq!(shop.asked().last().unwrap(), last);
    }
}

#[tokio::test]
async fn who_does_not_want_that_is_left_alone() {
    let shop = Shop::open().await;
    shop.announce(Channel::Stable, "0.2.0", NEW);
    let person = Person::start(&shop, UpdateWay::InPlace).await;
    person.choose(json!({ "update_check": false })).await;
    later(Duration::from_secs(61)).await;
    person.ask("look_for_update", json!({})).await;
    person.until_stage("available").await;
    assert_eq!(shop.asked(), ["/stable.json from 0"]);
}

#[tokio::test]
async fn a_copy_that_was_built_by_hand_asks_nobody() {
    let person = Person::by_hand().await;
    let update = person.until(|_| true).await;
    assert_eq!((&update["way"], &update["stage"]), (&json!("by_hand"), &json!("idle")));
    person.ask("look_for_update", json!({})).await;
    assert_eq!(person.until(|_| true).await, update);
}

/// The clock goes on, all at once; then the network works in real time again.
async fn later(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}
