//! Devices that are linked, renamed and signed out, and spaces whose database is damaged.

use homing_bridge::Code;
use homing_protocol::link::{Address, LinkError};
use homing_protocol::{Cid, DeviceLink, JoinLink, SignInLink};
use serde_json::{Value, json};

use crate::fixture::{Person, World};

fn linking(link: &str) -> Value {
    json!({ "link": link, "attempt": Cid(uuid::Uuid::now_v7()), "session_only": false })
}

async fn offered(person: &Person) -> String {
    let made = person.call("offer_link", json!({ "space": person.space() })).await.unwrap();
    assert_eq!(made["lifetime_ms"], 300_000);
    assert!(made["qr"]["width"].as_u64().unwrap() > 20);
    made["link"].as_str().unwrap().to_owned()
}

/// The same link through another person's network.
fn through(link: &str, person: &Person) -> String {
    let mut link: DeviceLink = link.parse().unwrap();
    link.address.port = person.proxy.addr.port();
    link.to_string()
}

async fn out(person: &Person) -> Value {
    person.until("signed out", |space| space["link"]["why"]["cause"] == "signed_out").await
}

#[tokio::test]
async fn a_device_comes_in_by_link_and_again_after_it_was_signed_out() {
    let world = World::start().await;
    let laptop = world.person("Aki").await;
    let room = laptop.room("general").await;
    let phone = world.stranger("phone").await;
    let link = through(&offered(&laptop).await, &phone);
    let seen = phone.call("inspect_link", json!({ "link": link })).await.unwrap();
    assert_eq!(seen["comes_as"]["kind"], "oneself");
    assert_eq!(seen["comes_as"]["name"], "Aki");
    phone.call("link_device", linking(&link)).await.unwrap();
    phone.until("online", |space| space["link"]["state"] == "up_to_date").await;
    let again = phone.call("link_device", linking(&link)).await.unwrap_err();
    assert_eq!(again.code, Code::LinkInvalid);

    // Offline it writes, and is signed out meanwhile.
    phone.proxy.offline().await;
    phone.until("offline", |space| space["link"]["state"] == "waiting").await;
    phone.send(&room, "kept").await;
    let devices = laptop.call("devices", json!({ "space": laptop.space() })).await.unwrap();
    let other = devices["devices"].as_array().unwrap().iter().find(|one| one["current"] == false);
    let args = json!({ "space": laptop.space(), "device": other.unwrap()["id"] });
    laptop.call("revoke_device", args).await.unwrap();
    phone.proxy.online().await;
    phone.call("try_now", json!({ "space": phone.space() })).await.unwrap();
    assert_eq!(out(&phone).await["outbox"]["waiting"], 1);
    let queued = phone.call("outbox", json!({ "space": phone.space() })).await.unwrap();
    assert_eq!(queued[0]["content"]["body"]["text"], "kept");

    // Somebody else's link is refused before it is used up.
    let mei = world.person("Mei").await;
    let hers = offered(&mei).await;
    let refused = phone.call("inspect_link", json!({ "link": hers })).await.unwrap_err();
    assert_eq!(refused.code, Code::AnotherMember);
    out(&phone).await;

    let link = through(&offered(&laptop).await, &phone);
    phone.call("inspect_link", json!({ "link": link })).await.unwrap();
    phone.call("link_device", linking(&link)).await.unwrap();
    let sent =
        |space: &Value| space["outbox"]["waiting"] == 0 && space["link"]["state"] == "up_to_date";
    phone.until("sent", sent).await;
    assert_eq!(laptop.until_texts(&room, 1).await, ["kept"]);
    let args = json!({ "link": link });
    assert_eq!(phone.call("inspect_link", args).await.unwrap_err().code, Code::LinkInvalid);
}

#[tokio::test]
async fn a_device_comes_in_by_a_code_that_is_typed() {
    let world = World::start().await;
    let laptop = world.person("Aki").await;
    let phone = world.stranger("phone").await;
    let made = laptop.call("offer_link", json!({ "space": laptop.space() })).await.unwrap();
    let link: DeviceLink = through(made["link"].as_str().unwrap(), &phone).parse().unwrap();
    assert_eq!(made["code"], link.code.as_str());
    assert_eq!(made["fingerprint"], link.address.fingerprint.unwrap().to_string());
    let attempt = Cid(uuid::Uuid::now_v7());
    let typing = |code: &str, fingerprint: Option<&str>| {
        json!({
            "address": link.address.authority(),
            "fingerprint": fingerprint,
            "code": code,
            "attempt": attempt,
            "session_only": false,
        })
    };
    let trusted = made["fingerprint"].as_str();
    let code = async |args: Value| phone.call("link_by_code", args).await.unwrap_err().code;
    assert_eq!(code(typing(&link.code, None)).await, Code::CertificateUntrusted);
    assert_eq!(code(typing("ABCD-EFGH-JKLM-NPQR", trusted)).await, Code::CodeInvalid);
    assert_eq!(code(typing("../ -", trusted)).await, Code::CodeInvalid);

    let typed = link.code.to_lowercase().replace('-', " ");
    phone.call("link_by_code", typing(&typed, trusted)).await.unwrap();
    phone.until("online", |space| space["link"]["state"] == "up_to_date").await;
    assert_eq!(code(typing(&link.code, trusted)).await, Code::AlreadyJoined);
}

#[tokio::test]
async fn a_device_is_renamed_here_and_the_other_one_is_told() {
    let world = World::start().await;
    let laptop = world.person("Aki").await;
    let phone = world.stranger("phone").await;
    let link = through(&offered(&laptop).await, &phone);
    phone.call("link_device", linking(&link)).await.unwrap();
    phone.until("online", |space| space["link"]["state"] == "up_to_date").await;
    let devices = async |person: &Person| {
        let answer = person.call("devices", json!({ "space": person.space() })).await.unwrap();
        answer["devices"].as_array().unwrap().clone()
    };
    let its_own = |one: &&Value| one["current"] == true;
    let id = devices(&laptop).await.iter().find(its_own).unwrap()["id"].clone();
    let naming = |name: &str| json!({ "space": laptop.space(), "device": id, "name": name });

    let refused = laptop.call("rename_device", naming(" ")).await.unwrap_err();
    assert_eq!(refused.code, Code::NameInvalid);
    let mei = world.person("Mei").await;
    let hers = json!({ "space": mei.space(), "device": id, "name": "Hers" });
    assert_eq!(mei.call("rename_device", hers).await.unwrap_err().code, Code::NotFound);
    laptop.call("rename_device", naming("Reading corner")).await.unwrap();
    phone.until_pushed("Reading corner").await;
    let seen = devices(&phone).await;
    let renamed = seen.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(renamed["name"], "Reading corner");
    assert_eq!(seen.iter().filter(|one| one["name"] == "Reading corner").count(), 1);
}

#[tokio::test]
async fn the_owner_renames_the_space_and_everybody_hears_of_it() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    let mut mei = world.person("Mei").await;
    let naming = |person: &Person, name: &str| json!({ "space": person.space(), "name": name });
    let refused = mei.call("rename_space", naming(&mei, "Mine")).await.unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
    let refused = aki.call("rename_space", naming(&aki, " ")).await.unwrap_err();
    assert_eq!(refused.code, Code::NameInvalid);
    aki.call("rename_space", naming(&aki, "Harbour")).await.unwrap();
    for person in [&mut aki, &mut mei] {
        person.until("the new name", |space| space["space"]["name"] == "Harbour").await;
    }
}

#[tokio::test]
async fn a_damaged_space_is_told_until_it_was_read_and_goes_on() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    let room = aki.room("general").await;
    aki.proxy.offline().await;
    aki.until("offline", |space| space["link"]["state"] == "waiting").await;
    for text in ["one", "two", "three"] {
        aki.send(&room, text).await;
    }
    aki.restart_after(|database| {
        let mut bytes = std::fs::read(database).unwrap();
        bytes[..4096].fill(0xa5);
        std::fs::write(database, bytes).unwrap();
    })
    .await;
    let view = aki.until_view("what became of it", |view| view["rescued"][0].is_object()).await;
    assert_eq!(
        (&view["rescued"][0]["queued"], &view["rescued"][0]["unreadable"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(view["spaces"][0]["outbox"]["waiting"], 3);
    aki.call("rescue_read", json!({ "space": aki.space() })).await.unwrap();
    aki.until_view("nothing to read", |view| view["rescued"] == json!([])).await;
    aki.restart_after(|_| ()).await;
    aki.until_view("and not again", |view| view["rescued"] == json!([])).await;
    aki.proxy.online().await;
    aki.call("try_now", json!({ "space": aki.space() })).await.unwrap();
    assert_eq!(aki.until_texts(&room, 3).await, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_space_that_is_damaged_while_it_runs_comes_back_by_itself() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    let room = aki.room("general").await;
    aki.proxy.offline().await;
    aki.until("offline", |space| space["link"]["state"] == "waiting").await;
    aki.send(&room, "queued").await;
    let other = rusqlite::Connection::open(aki.database()).unwrap();
    other
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = 'CREATE NONSENSE' WHERE name = 'outbox';
             PRAGMA schema_version = 12345;",
        )
        .unwrap();
    drop(other);
    let args = json!({ "space": aki.space(), "room": room, "content": { "kind": "message", "body": { "text": "refused" } } });
    assert_eq!(aki.call("write", args).await.unwrap_err().code, Code::Storage);
    aki.until_view("it was set aside", |view| view["rescued"][0].is_object()).await;
    aki.proxy.online().await;
    aki.until("online again", |space| space["link"]["state"] == "up_to_date").await;
}

#[tokio::test]
async fn a_newer_database_stops_its_space_and_not_the_program() {
    let world = World::start().await;
    let mut aki = world.person("Aki").await;
    aki.restart_after(|database| {
        // The version stands at this place of the header.
        let mut bytes = std::fs::read(database).unwrap();
        bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
        std::fs::write(database, bytes).unwrap();
    })
    .await;
    let view = aki.until_view("the words", |view| view["unreadable"][0].is_object()).await;
    assert_eq!(view["unreadable"][0]["why"], "newer");
}

#[tokio::test]
async fn a_self_made_certificate_is_pinned_once_the_person_has_compared_it() {
    let world = World::start().await;
    let aki = world.person("Aki").await;
    let args = json!({
        "space": aki.space(), "name": null, "password": "correct horse", "current_password": null,
        "sign_out_others": false,
    });
    aki.call("edit_me", args).await.unwrap();
    let there = aki.call("sign_in_address", json!({ "space": aki.space() })).await.unwrap();
    let link = there["link"].as_str().unwrap();
    assert_eq!(link.parse::<JoinLink>(), Err(LinkError::NotALink), "it lets nobody in");
    let link: SignInLink = link.parse().unwrap();
    assert_eq!(link.address.authority(), aki.proxy.addr.to_string());
    let shown = link.address.fingerprint.unwrap().to_string();
    assert_eq!(there["fingerprint"], shown);

    let phone = world.stranger("phone").await;
    let server = phone.proxy.addr.to_string();
    let asked = phone.call("server_trust", json!({ "server": server })).await.unwrap();
    assert_eq!(asked, json!({ "server": server, "fingerprint": shown }));
    let sign_in = |address: &str, fingerprint: Value| {
        json!({
            "address": address, "fingerprint": fingerprint, "name": "Aki",
            "password": "correct horse", "session_only": false,
        })
    };
    for (fingerprint, code) in [
        (Value::Null, Code::CertificateUntrusted),
        (json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), Code::CertificateChanged),
        (json!("short"), Code::DamagedLink),
    ] {
        let refused = phone.call("sign_in", sign_in(&server, fingerprint)).await.unwrap_err();
        assert_eq!(refused.code, code);
    }
    phone.call("sign_in", sign_in(&server, json!(shown))).await.unwrap();
    phone.until("online", |space| space["link"]["state"] == "up_to_date").await;
    let pinned = phone.call("sign_in_address", json!({ "space": phone.space() })).await.unwrap();
    assert_eq!(pinned["fingerprint"], shown);
    // The server of a space is known by what was pinned, and a link brings its own: nothing to ask.
    let known = phone.call("server_trust", json!({ "server": server })).await.unwrap();
    assert_eq!(known["fingerprint"], Value::Null);
    let tablet = world.stranger("tablet").await;
    let address = Address { port: tablet.proxy.addr.port(), ..link.address };
    let link = SignInLink { address }.to_string();
    let asked = tablet.call("server_trust", json!({ "server": link })).await.unwrap();
    assert_eq!(asked["fingerprint"], Value::Null);
    let inspected = tablet.call("inspect_link", json!({ "link": link })).await.unwrap_err();
    assert_eq!(inspected.code, Code::SignInLink);
    tablet.call("sign_in", sign_in(&link, Value::Null)).await.unwrap();
    tablet.until("online", |space| space["link"]["state"] == "up_to_date").await;
}
