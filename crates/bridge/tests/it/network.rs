//! The way to servers: what is kept where, and what is refused.

use homing_bridge::Code;
use homing_engine::session::SecretError;
use serde_json::{Value, json};

use crate::fixture::{Person, World};

const SECRET: &str = "s3cret-of-the-proxy";
/// As it was kept before it was bound to a proxy.
const UNBOUND: &str = "homing:proxy";

/// Under which name the password for a proxy is kept.
fn name(host: &str) -> String {
    format!("homing:proxy:ada@{host}:1080")
}

fn manual(host: &str) -> Value {
    json!({
        "proxy": "manual",
        "manual": {
            "kind": "socks5", "host": host, "port": 1080, "user": "ada",
            "password_kept": false, "bypass": "10.0.0.0/8",
        },
    })
}

fn set(network: &Value, password: &Value, session_only: bool) -> Value {
    json!({ "network": network, "password": password, "session_only": session_only })
}

#[tokio::test]
async fn a_proxys_password_goes_into_the_keyring_and_comes_back_nowhere() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    let (keep, forget) = (json!({ "password": "keep" }), json!({ "password": "forget" }));
    let typed = json!({ "password": "set", "text": SECRET });
    let kept = async |aki: &Person| {
        let view = aki.until_view("settings", |_| true).await;
        view["settings"]["network"]["manual"]["password_kept"].clone()
    };
    aki.call("set_network", set(&manual(" proxy.invalid "), &typed, false)).await.unwrap();
    assert!(aki.keyring.names().contains(&name("proxy.invalid")));
    let view = aki
        .until_view("kept", |view| view["settings"]["network"]["manual"]["password_kept"] == true)
        .await;
    assert_eq!(view["settings"]["network"]["manual"]["host"], "proxy.invalid");
    assert!(!aki.everything_pushed().contains(SECRET));
    assert_eq!(aki.files_with(SECRET), Vec::<std::path::PathBuf>::new());

    // The settings have a command of their own and can't change it.
    let mut settings = view["settings"].clone();
    settings["network"] = json!({ "proxy": "none" });
    settings["theme"] = json!("dark");
    aki.call("set_settings", settings).await.unwrap();
    let view = aki.until_view("dark", |view| view["settings"]["theme"] == "dark").await;
    assert_eq!(view["settings"]["network"]["proxy"], "manual");

    // It stays over a start, and while nothing about the proxy changes.
    aki.restart().await;
    aki.call("set_network", set(&manual("proxy.invalid"), &keep, false)).await.unwrap();
    assert_eq!(kept(&aki).await, true);
    assert!(aki.keyring.names().contains(&name("proxy.invalid")));
    // To another proxy it would be a gift.
    aki.call("set_network", set(&manual("other.invalid"), &keep, false)).await.unwrap();
    aki.until_view("forgotten", |view| {
        view["settings"]["network"]["manual"]["password_kept"] == false
    })
    .await;
    assert!(!aki.keyring.names().contains(&name("proxy.invalid")));
    aki.call("set_network", set(&manual("other.invalid"), &forget, false)).await.unwrap();
}

#[tokio::test]
async fn a_keyring_that_refuses_keeps_everything_as_it_was() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    let typed = json!({ "password": "set", "text": SECRET });
    aki.keyring.refuse(Some(SecretError::Locked));
    let args = set(&manual("proxy.invalid"), &typed, false);
    let failure = aki.call("set_network", args).await.unwrap_err();
    assert_eq!(failure.code, Code::Keyring);
    let view = aki.until_view("locked", |view| view["keyring"]["state"] == "locked").await;
    assert_eq!(view["settings"]["network"]["proxy"], "system");
    // For this session only.
    aki.call("set_network", set(&manual("proxy.invalid"), &typed, true)).await.unwrap();
    aki.until_view("kept", |view| view["settings"]["network"]["proxy"] == "manual").await;
    assert_eq!(aki.files_with(SECRET), Vec::<std::path::PathBuf>::new());
}

/// What is on the disk of a proxy's password, and in the view.
async fn kept(aki: &Person) -> (bool, Value) {
    let view = aki.until_view("settings", |_| true).await;
    let on_disk = !aki.files_with(r#""password_kept": true"#).is_empty();
    (on_disk, view["settings"]["network"]["manual"]["password_kept"].clone())
}

#[tokio::test]
async fn a_password_of_one_proxy_never_becomes_anothers() {
    let world = World::start().await;
    let mut aki = world.stranger("Aki").await;
    let typed = json!({ "password": "set", "text": SECRET });
    aki.call("set_network", set(&manual("a.invalid"), &typed, false)).await.unwrap();
    aki.keyring.refuse(Some(SecretError::Locked));
    aki.call("set_network", set(&manual("b.invalid"), &typed, true)).await.unwrap();
    // It is at hand until the program ends, and no longer.
    assert_eq!(kept(&aki).await, (false, json!(true)));
    aki.keyring.refuse(None);
    aki.restart().await;
    assert_eq!(kept(&aki).await, (false, json!(false)));
    // What the locked keyring did not forget is of no use for another.
    assert_eq!(aki.keyring.names(), [name("a.invalid")]);
}

#[tokio::test]
async fn a_password_for_the_session_replaces_the_one_that_is_kept() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    let typed = json!({ "password": "set", "text": SECRET });
    for (session_only, names, lasting) in [
        (false, vec![name("a.invalid")], true),
        (true, vec![], false),
        (false, vec![name("a.invalid")], true),
    ] {
        let args = set(&manual("a.invalid"), &typed, session_only);
        aki.call("set_network", args).await.unwrap();
        assert_eq!(aki.keyring.names(), names);
        assert_eq!(kept(&aki).await, (lasting, json!(true)));
    }
    // What else changes about the settings makes nothing of it lasting.
    aki.call("set_network", set(&manual("a.invalid"), &typed, true)).await.unwrap();
    aki.app().pause(true).await.unwrap();
    let keep = json!({ "password": "keep" });
    aki.call("set_network", set(&manual("a.invalid"), &keep, false)).await.unwrap();
    assert_eq!(kept(&aki).await, (false, json!(true)));
}

#[tokio::test]
async fn a_password_that_was_bound_to_no_proxy_is_forgotten() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    let (typed, forget) =
        (json!({ "password": "set", "text": SECRET }), json!({ "password": "forget" }));
    aki.call("set_network", set(&manual("a.invalid"), &typed, false)).await.unwrap();
    aki.keyring.put(UNBOUND, "older");
    aki.call("set_network", set(&manual("a.invalid"), &forget, false)).await.unwrap();
    assert_eq!(aki.keyring.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_proxy_that_can_not_be_is_refused_at_its_field() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    let keep = json!({ "password": "keep" });
    for (field, value, code) in [
        ("host", json!("http://proxy"), Code::ProxyHost),
        ("port", json!(0), Code::ProxyPort),
        ("user", json!("a:b"), Code::ProxyUser),
    ] {
        let mut network = manual("proxy.invalid");
        network["manual"][field] = value;
        let failure = aki.call("set_network", set(&network, &keep, false)).await.unwrap_err();
        assert_eq!(failure.code, code);
    }
}

#[tokio::test]
async fn a_way_is_tried_out_without_being_chosen() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    let args = json!({
        "network": manual("nobody.invalid"), "password": { "password": "set", "text": SECRET },
        "server": "chat.invalid",
    });
    let tried = aki.call("test_network", args).await.unwrap();
    let outcomes: Vec<_> =
        tried["findings"].as_array().unwrap().iter().map(|one| one["outcome"].clone()).collect();
    assert_eq!(outcomes[..3], ["history_unknown", "name_at_proxy", "proxy_not_found"]);
    assert!(!tried.to_string().contains(SECRET));
    let view = aki.until_view("settings", |_| true).await;
    assert_eq!(view["settings"]["network"]["proxy"], "system");
    assert_eq!(aki.keyring.names(), Vec::<String>::new());
}

#[tokio::test]
async fn an_authority_is_judged_before_it_is_kept() {
    let world = World::start().await;
    let aki = world.stranger("Aki").await;
    let args = |pem: &str| json!({ "server": "chat.example", "pem": pem });
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (pem, code) in
        [("chat.example", Code::AuthorityNotPem), (key, Code::AuthorityNoCertificate)]
    {
        let failure = aki.call("add_authority", args(pem)).await.unwrap_err();
        assert_eq!(failure.code, code);
    }
    assert_eq!(aki.call("authorities", json!({})).await.unwrap(), json!([]));
    let removed = aki.call("remove_authority", json!({ "server": "chat.example:4664" })).await;
    assert_eq!(removed.unwrap(), json!([]));
}

#[tokio::test]
async fn a_new_link_of_the_same_space_is_taken() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    let mei = world.person("Mei").await;
    let room = aki.room("general").await;
    let link = world.link(&mei).await;
    let args = |link: &str| json!({ "space": aki.space(), "link": link });
    let failure = aki.call("renew_link", args("nonsense")).await.unwrap_err();
    assert_eq!(failure.code, Code::NotALink);
    // Through the other one's network, which shows where the way leads now.
    aki.call("renew_link", args(&link)).await.unwrap();
    aki.until("up", |space| space["link"]["state"] == "up_to_date").await;
    mei.proxy.offline().await;
    aki.until("down", |space| space["link"]["state"] != "up_to_date").await;
    mei.proxy.online().await;
    aki.send(&room, "still here").await;
    aki.call("try_now", json!({ "space": aki.space() })).await.unwrap();
    aki.until("sent", |space| space["outbox"]["waiting"] == 0).await;
}
