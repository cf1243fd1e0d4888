//! send, ok, duplicates, order.

use std::collections::BTreeMap;

use homing_protocol::frame::{Ref, SendItem, Set, UserKey};
use homing_protocol::{ClientFrame, ErrorCode, Seq, ServerFrame};
use serde_json::{Value, json};

use crate::client::message;
use crate::space::{Space, new_cid};

#[tokio::test]
async fn a_message_is_acknowledged_and_reaches_everybody_once() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let room = a.general();
    a.send(room, vec![message("one"), message("two")]).await;
    let ok = a.ok().await;
    assert_eq!(ok.items.len(), 2);
    assert_eq!(ok.items[1].seq, ok.items[0].seq.next());
    assert!(ok.items.iter().all(|item| !item.dup));
    for (item, text) in ok.items.iter().zip(["one", "two"]) {
        let event = b.event_of("message").await;
        assert_eq!(event.body.value()["text"], text);
        assert_eq!((event.seq, event.id, event.ts), (item.seq, item.id, item.ts));
        assert_eq!(event.cid, Some(item.cid));
        assert_eq!(event.sender, ada.signed_in.user);
    }
    // Where it was sent, the `ok` stands for it.
    for client in [&mut a, &mut b] {
        assert!(!client.settle().await.iter().any(|f| matches!(f, ServerFrame::Event(_))));
    }
}

#[tokio::test]
async fn the_same_cid_again_is_answered_with_the_first_seq_for_ever() {
    let mut space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut client = ada.online().await;
    let room = client.general();
    let item = message("once");
    client.send(room, vec![item.clone()]).await;
    let first = client.ok().await.items[0].clone();
    client.write(room, "between").await;
    drop(client);
    // "For ever" includes a restart.
    space.stop().await;
    space.go().await;
    let ada = crate::space::Person { address: space.address(), ..ada };
    let mut client = ada.online().await;
    client.send(room, vec![message("new"), item.clone(), item]).await;
    let items = client.ok().await.items;
    assert!(!items[0].dup);
    for again in &items[1..] {
        assert!(again.dup);
        assert_eq!((again.seq, again.id, again.ts), (first.seq, first.id, first.ts));
    }
    let page = client.pull(room, Some(0), None, 200).await;
    let texts: Vec<_> = page
        .events
        .iter()
        .filter_map(|e| e.body.value()["text"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(texts, ["once", "between", "new"]);
}

/// The answer may have been lost on its way; what happened since does not make it untrue.
#[tokio::test]
async fn who_left_is_still_told_what_was_committed_before() {
    let space = Space::start().await;
    let bob = {
        space.join("Ada").await;
        space.join("Bob").await
    };
    let mut client = bob.online().await;
    let room = client.general();
    let (sent, new) = (message("and goodbye"), message("one more"));
    client.send(room, vec![sent.clone()]).await;
    let first = client.ok().await.items.remove(0);
    bob.post(&format!("/v1/rooms/{room}/leave"), json!(null)).await;
    client.send(room, vec![sent.clone()]).await;
    let again = client.ok().await.items.remove(0);
    assert_eq!((again.seq, again.id, again.dup), (first.seq, first.id, true));
    client.send(room, vec![sent, new.clone()]).await;
    assert_eq!(client.err().await.code, ErrorCode::NotMember);
    client.send(room, vec![new]).await;
    assert_eq!(client.err().await.code, ErrorCode::NotMember);
}

#[tokio::test]
async fn a_cid_for_something_else_is_refused_and_takes_its_batch_along() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    let item = message("first");
    client.send(room, vec![item.clone()]).await;
    client.ok().await;
    for other in [
        SendItem { body: json!({"text": "other"}).into(), ..item.clone() },
        SendItem { kind: "example.poll".into(), ..item.clone() },
    ] {
        let innocent = message("innocent");
        client.send(room, vec![innocent, other.clone()]).await;
        let failure = client.err().await;
        assert_eq!(failure.code, ErrorCode::CidReused);
        assert!(!failure.temporary);
        assert_eq!(failure.about, Some(Ref::Cids(vec![other.cid])));
    }
    let page = client.pull(room, Some(0), None, 200).await;
    assert!(!page.events.iter().any(|e| e.body.value()["text"] == "innocent"));
}

#[tokio::test]
async fn what_can_not_be_sent_says_why() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    let item = |kind: &str, body: Value| SendItem {
        cid: new_cid(),
        kind: kind.into(),
        body: body.into(),
        ts: 0,
        origin: None,
    };
    for (kind, body, code) in [
        ("message", json!({"text": "  \n "}), ErrorCode::Invalid),
        ("message", json!({"words": "hi"}), ErrorCode::Invalid),
        ("message", json!({"text": "x".repeat(70_000)}), ErrorCode::TooLarge),
        ("message", json!({"text": "one\0two"}), ErrorCode::Invalid),
        ("message", json!({"text": "\0"}), ErrorCode::Invalid),
        ("example.poll", json!({"question\0": "lunch?"}), ErrorCode::Invalid),
        ("example\0.poll", json!({}), ErrorCode::Invalid),
        ("membership", json!({"user": ada_id(&client), "change": "left"}), ErrorCode::Forbidden),
        ("created", json!({"kind": "public", "name": "x"}), ErrorCode::Forbidden),
        ("stub", json!({}), ErrorCode::Forbidden),
        ("Bad.Kind", json!({}), ErrorCode::Invalid),
        ("redaction", json!({}), ErrorCode::Invalid),
        ("described", json!({"name": " x "}), ErrorCode::NameInvalid),
    ] {
        let item = item(kind, body);
        client.send(room, vec![item.clone()]).await;
        let failure = client.err().await;
        assert_eq!(failure.code, code, "{kind}: {}", failure.text);
        assert_eq!(failure.about, Some(Ref::Cids(vec![item.cid])));
        assert!(!failure.temporary);
    }
    let draft = UserKey::Draft(room);
    let set = Set { key: draft.clone(), value: json!("one\0two") };
    client.say(ClientFrame::Set(set)).await;
    let failure = client.err().await;
    assert_eq!((failure.code, failure.about), (ErrorCode::Invalid, Some(Ref::Key(draft))));
    // Kinds of others are kept whole.
    let poll = json!({"question": "lunch?", "of": [1, 2.5, null]});
    client.send(room, vec![item("example.poll", poll.clone())]).await;
    let seq = client.ok().await.items[0].seq;
    let page = client.pull(room, Some(seq.0 - 1), None, 1).await;
    assert_eq!((page.events[0].kind.as_str(), page.events[0].body.value()), ("example.poll", poll));
}

fn ada_id(client: &crate::client::Client) -> homing_protocol::UserId {
    client.welcome.as_ref().unwrap().me
}

#[tokio::test]
async fn many_senders_make_one_gapless_order_that_all_agree_on() {
    let space = Space::start_with(|config| {
        config.limits.send_burst = 1000;
    })
    .await;
    let mut clients = Vec::new();
    for name in ["Ada", "Bob", "Cleo", "Dan"] {
        clients.push(space.join(name).await.online().await);
    }
    let room = clients[0].general();
    let start = clients[3].pull(room, Some(0), None, 200).await.head;
    let tasks: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(who, mut client)| async move {
            let mut log = BTreeMap::new();
            for batch in 0..10 {
                let texts = (0..5).map(|n| format!("{who} {}", batch * 5 + n)).collect::<Vec<_>>();
                client.send(room, texts.iter().map(|text| message(text)).collect()).await;
                let places = client.ok().await.items.into_iter().map(|item| item.seq);
                log.extend(places.zip(texts));
            }
            (client, log)
        })
        .collect();
    let mut logs = Vec::new();
    for (mut client, mut log) in futures_util::future::join_all(tasks).await {
        while log.len() < 200 {
            let event = client.event().await;
            if event.seq > start {
                let text = event.body.value()["text"].as_str().unwrap().to_owned();
                assert_eq!(
                    log.insert(event.seq, text),
                    None,
                    "where it was sent, the `ok` was enough"
                );
            }
        }
        logs.push(log);
    }
    for log in &logs {
        assert_eq!(*log, logs[0]);
        for (place, (seq, _)) in (1..).zip(log) {
            assert_eq!(*seq, Seq(start.0 + place));
        }
        for who in 0..4 {
            let prefix = format!("{who} ");
            let own: Vec<u32> =
                log.values().filter_map(|text| text.strip_prefix(&prefix)?.parse().ok()).collect();
            assert_eq!(own, (0..50).collect::<Vec<_>>(), "each sender's own order is kept");
        }
    }
}
