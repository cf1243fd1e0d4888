//! What a message said before, and links to it.

use homing_bridge::Code;
use homing_bridge::dto::Open;
use serde_json::{Value, json};

use crate::fixture::{Person, World};

/// Aki, who wrote a message in this room and edited it once, and the arguments that name it.
async fn edited(world: &World) -> (Person, Value) {
    let aki = world.person("Aki").await;
    let room = aki.room("general").await;
    aki.send(&room, "first").await;
    aki.until_texts(&room, 1).await;
    let log =
        json!({ "space": aki.space(), "room": room, "part": { "from": "latest" }, "limit": 9 });
    let timeline = aki.call("timeline", log).await.unwrap();
    let items = timeline["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["content"]["kind"] == "message").unwrap();
    let of = json!({ "user": item["sender"], "cid": item["key"] });
    let edit = json!({ "kind": "edit", "body": { "of": of, "text": "second" } });
    let write = json!({ "space": aki.space(), "room": room, "content": edit });
    aki.call("write", write).await.unwrap();
    aki.until("the edit is sent", |space| space["outbox"]["waiting"] == 0).await;
    let message = json!({ "space": aki.space(), "room": room, "of": of });
    (aki, message)
}

#[tokio::test]
async fn what_a_message_said_is_told_until_it_is_deleted() {
    let world = World::start().await;
    let (aki, message) = edited(&world).await;
    let told = aki.call("revisions", message.clone()).await.unwrap();
    let texts: Vec<_> = told.as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, ["first", "second"]);

    let redact = json!({ "kind": "redact", "body": { "of": message["of"] } });
    let write = json!({ "space": message["space"], "room": message["room"], "content": redact });
    aki.call("write", write).await.unwrap();
    aki.until("the redaction is sent", |space| space["outbox"]["waiting"] == 0).await;
    let refused = aki.call("revisions", message.clone()).await.unwrap_err();
    assert_eq!(refused.code, Code::NoSuchMessage);

    aki.proxy.offline().await;
    aki.until("offline", |space| space["link"]["state"] != "up_to_date").await;
    assert_eq!(aki.call("revisions", message).await.unwrap_err().code, Code::Offline);
}

#[tokio::test]
async fn a_link_names_a_message_and_opens_it_from_the_system() {
    let world = World::start().await;
    let (aki, message) = edited(&world).await;
    let made = aki.call("message_link", message.clone()).await.unwrap();
    let link = made["link"].as_str().unwrap();
    let read = aki.call("read_message_link", json!({ "link": link })).await.unwrap();
    assert_eq!(read, message);
    for (text, code) in [("homing://message/1/2", Code::DamagedLink), ("hello", Code::NotALink)] {
        let refused = aki.call("read_message_link", json!({ "link": text })).await.unwrap_err();
        assert_eq!(refused.code, code, "{text}");
    }

    for (link, what) in [(link, "message"), ("homing://join/chat.example/AB-CD", "link")] {
        aki.app().open(Open::Link { link: link.to_owned() }).await;
        let view = aki.until_view(what, |view| view["open"]["what"] == what).await;
        if what == "message" {
            assert_eq!(view["open"]["message"], message);
        }
    }
}
