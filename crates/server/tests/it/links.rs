//! Bringing a further device along, renaming one and signing one out.

use homing_protocol::frame::UserKey;
use homing_protocol::http::{Devices, LinkCode, LinkDevice, LinkInfo, SignedIn};
use homing_protocol::limits::{LINK_LIFETIME_MS, NAME_CHARS};
use homing_protocol::{DeviceId, ErrorCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::space::{Person, Space, call, new_cid};

fn code(body: &Value) -> ErrorCode {
    serde_json::from_value(body["code"].clone()).unwrap()
}

async fn offer(person: &Person) -> String {
    let made: LinkCode =
        serde_json::from_value(person.post("/v1/devices/link", json!({})).await).unwrap();
    assert_eq!(made.lifetime_ms, LINK_LIFETIME_MS);
    made.code
}

fn phone() -> LinkDevice {
    LinkDevice { device_name: "Ada's phone".into(), key: new_cid() }
}

async fn come_in(space: &Space, code: &str, device: &LinkDevice) -> (u16, Value) {
    let path = format!("/v1/link/{code}");
    call(&space.address(), "POST", &path, None, Some(device)).await
}

#[tokio::test]
async fn a_device_brings_another_one_along_and_hears_of_it() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut laptop = ada.online().await;
    laptop.settle().await;
    let code = offer(&ada).await;
    // Typed by hand, in another case.
    let path = format!("/v1/link/{}", code.to_lowercase());
    let (status, info) = call(&space.address(), "GET", &path, None, None::<&()>).await;
    assert_eq!(status, 200, "{info}");
    let info: LinkInfo = serde_json::from_value(info).unwrap();
    assert_eq!((info.name.as_str(), info.linked_by.as_str()), ("Ada", "test"));
    let (status, body) = come_in(&space, &code, &phone()).await;
    assert_eq!(status, 200, "{body}");
    let signed_in: SignedIn = serde_json::from_value(body).unwrap();
    assert_eq!((signed_in.user, info.user), (ada.signed_in.user, ada.signed_in.user));
    let told = laptop.uevent().await;
    assert_eq!(told.key, UserKey::Devices);
    let names: Vec<_> = told.value.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Ada's phone", "test"]);
    // A token of its own, which works at once and ends when the other device says so.
    let phone = Person { signed_in, address: space.address() };
    let mut line = phone.online().await;
    let devices: Devices = phone.get("/v1/devices").await;
    assert_eq!(devices.devices.len(), 2);
    let path = format!("/v1/devices/{}", phone.signed_in.device);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(line.until_closed().await.1, 4502);
    assert_eq!(laptop.uevent().await.value.as_array().unwrap().len(), 1);
    assert_eq!(phone.call("GET", "/v1/devices", Value::Null).await.0, 401);
}

#[tokio::test]
async fn a_link_is_for_one_device_and_ends_when_it_is_withdrawn() {
    let space = Space::start_with(|config| config.max_devices = 2).await;
    let ada = space.join("Ada").await;
    let first = offer(&ada).await;
    assert_eq!(ada.call("DELETE", "/v1/devices/link", Value::Null).await.0, 204);
    let (status, body) = come_in(&space, &first, &phone()).await;
    assert_eq!((status, code(&body)), (404, ErrorCode::LinkInvalid));
    let second = offer(&ada).await;
    let device = phone();
    let (status, once) = come_in(&space, &second, &device).await;
    assert_eq!(status, 200, "{once}");
    // The answer was lost: the same attempt brings the same device.
    let (_, again) = come_in(&space, &second, &device).await;
    assert_eq!(again["device"], once["device"]);
    assert_ne!(again["token"], once["token"]);
    let (status, body) = come_in(&space, &second, &phone()).await;
    assert_eq!((status, code(&body)), (404, ErrorCode::LinkInvalid));
    let third = offer(&ada).await;
    let (status, body) = come_in(&space, &third, &phone()).await;
    assert_eq!((status, code(&body)), (409, ErrorCode::TooManyDevices));
    assert_eq!(
        call(&space.address(), "POST", "/v1/devices/link", None, Some(&json!({}))).await.0,
        401
    );
}

#[tokio::test]
async fn a_device_is_renamed_and_the_others_hear_of_it() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let bob = space.join("Bob").await;
    let (_, body) = come_in(&space, &offer(&ada).await, &phone()).await;
    let phone =
        Person { signed_in: serde_json::from_value(body).unwrap(), address: space.address() };
    let mut line = phone.online().await;
    line.settle().await;
    let rename = async |by: &Person, device: DeviceId, body: Value| {
        let (status, body) = by.call("PATCH", &format!("/v1/devices/{device}"), body).await;
        (status, (status >= 400).then(|| code(&body)))
    };
    let laptop = ada.signed_in.device;
    let not_found = (404, Some(ErrorCode::NotFound));
    assert_eq!(rename(&bob, laptop, json!({"name": "His"})).await, not_found);
    assert_eq!(rename(&ada, DeviceId(Uuid::nil()), json!({"name": "None"})).await, not_found);
    for name in ["", " ", "a\u{202e}b", &"x".repeat(NAME_CHARS + 1)] {
        let refused = rename(&ada, laptop, json!({"name": name})).await;
        assert_eq!(refused, (400, Some(ErrorCode::NameInvalid)), "{name:?}");
    }
    let malformed = rename(&ada, laptop, json!({})).await;
    assert_eq!(malformed, (400, Some(ErrorCode::Invalid)));
    let large = rename(&ada, laptop, json!({"name": "x".repeat(17 * 1024)})).await;
    assert_eq!(large, (413, Some(ErrorCode::TooLarge)));

    // One's own, as nicknames are written: without needless blanks.
    let tidied = rename(&ada, laptop, json!({"name": "  Work   laptop "})).await;
    assert_eq!(tidied, (204, None));
    let names = |value: &Value| -> Vec<String> {
        let all = value.as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    // The first that the other device hears: what was refused told nothing.
    let told = line.uevent().await;
    assert_eq!(told.key, UserKey::Devices);
    assert_eq!(names(&told.value), ["Ada's phone", "Work laptop"]);
    // From another one of one's own.
    let pocket = rename(&ada, phone.signed_in.device, json!({"name": "Pocket"})).await;
    assert_eq!(pocket, (204, None));
    assert_eq!(names(&line.uevent().await.value), ["Pocket", "Work laptop"]);
    let listed: Devices = phone.get("/v1/devices").await;
    let listed: Vec<_> = listed.devices.into_iter().map(|one| (one.name, one.current)).collect();
    assert_eq!(listed, [("Pocket".to_owned(), true), ("Work laptop".to_owned(), false)]);
}

#[tokio::test]
async fn guessing_at_links_is_as_slow_as_guessing_passwords() {
    let space = Space::start().await;
    let path = "/v1/link/WRNG-WRNG-WRNG-WRNG";
    for turn in 0..10 {
        let status = if turn % 2 == 0 {
            call(&space.address(), "GET", path, None, None::<&()>).await.0
        } else {
            come_in(&space, "WRNG-WRNG-WRNG-WRNG", &phone()).await.0
        };
        assert_eq!(status, 404);
    }
    let (status, body) = come_in(&space, "WRNG-WRNG-WRNG-WRNG", &phone()).await;
    assert_eq!((status, code(&body)), (429, ErrorCode::RateLimited));
    assert_eq!(space.figures().await["homing_rate_limited_total"], 1);
}
