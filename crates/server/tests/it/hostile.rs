//! Clients that mean harm or are badly broken.

use std::time::Duration;

use futures_util::SinkExt as _;
use homing_protocol::frame::{SendItem, UserKey};
use homing_protocol::http::{Join, SignIn};
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::{ClientFrame, CloseCode, ErrorCode, Role, ServerFrame};
use homing_server::TrustedProxies;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::client::hello;
use crate::space::{Space, call, new_cid, raw_call};

#[tokio::test]
async fn a_number_sent_again_is_the_same_number() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    // Written and read once more, the last digit of this one changes.
    let body = r#"{"text":"x","n":1180591620717411303424}"#;
    let frame = format!(
        r#"{{"t":"send","room":"{room}","items":[{{"cid":"{}","kind":"message","body":{body},"ts":1}}]}}"#,
        new_cid()
    );
    client.say_text(frame.clone()).await;
    let first = client.ok().await.items.remove(0);
    client.say_text(frame).await;
    let again = client.ok().await.items.remove(0);
    assert_eq!((again.seq, again.dup), (first.seq, true));
}

#[tokio::test]
async fn nothing_is_echoed_beyond_a_frame() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let long = "\u{1}".repeat(40_000);
    let mut greeting = hello(None, None, None);
    greeting.versions = vec![2; 100_000];
    for text in [
        ClientFrame::Hello(greeting).encode(),
        json!({"t": long}).to_string(),
        json!({"t": "hello", "versions": long}).to_string(),
    ] {
        assert!(text.len() < FRAME_BYTES);
        let mut client = ada.connect().await;
        client.say_text(text).await;
        let failure = client.err().await;
        assert!(failure.text.len() < 1000, "{} bytes", failure.text.len());
        drop(client);
    }
    let mut client = ada.online().await;
    client.set(UserKey::Setting("k".repeat(200_000)), json!(1)).await;
    let failure = client.err().await;
    assert_eq!((failure.code, failure.about), (ErrorCode::Invalid, None));
}

/// What is nested as deep as a frame may be no longer fits into the page that brings it back.
#[tokio::test]
async fn nothing_is_stored_that_no_client_could_read_back() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    let nested = |depth| (0..depth).fold(json!(1), |inside, _| json!([inside]));
    let key = UserKey::Setting("deep".into());
    client.set(key.clone(), nested(126)).await;
    assert_eq!(client.err().await.code, ErrorCode::Invalid);
    client.set(key, nested(64)).await;
    assert_eq!(client.uevent().await.value, nested(64));
    client.upull(0, 500).await;
    let item = |body: Value| SendItem {
        cid: new_cid(),
        kind: "example.poll".into(),
        body: body.into(),
        ts: 0,
        origin: None,
    };
    client.send(room, vec![item(nested(100))]).await;
    assert_eq!(client.err().await.code, ErrorCode::Invalid);
    client.send(room, vec![item(nested(64))]).await;
    let seq = client.ok().await.items[0].seq;
    let page = client.pull(room, Some(seq.0 - 1), None, 1).await;
    assert_eq!(page.events[0].body.value(), nested(64));
}

#[tokio::test]
async fn who_was_signed_out_before_hello_does_not_come_in() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut early = ada.connect().await;
    let path = format!("/v1/devices/{}", ada.signed_in.device);
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.0, 204);
    early.say(ClientFrame::Hello(hello(None, None, None))).await;
    let (said, code) = early.until_closed().await;
    assert_eq!(code, CloseCode::SIGNED_OUT.0);
    assert!(!said.iter().any(|frame| matches!(frame, ServerFrame::Welcome(_))), "{said:?}");
}

#[tokio::test]
async fn a_flood_of_pongs_is_a_flood() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut frames = ada.online().await;
    for n in 0..400 {
        // The server stops listening at some point, and may reset what it never read.
        if frames
            .socket
            .send(Message::text(json!({"t": "pong", "n": n}).to_string()))
            .await
            .is_err()
        {
            break;
        }
    }
    assert_eq!(frames.until_closed().await.1, CloseCode::ABUSE.0);
    let mut raw = ada.online().await;
    for _ in 0..400 {
        if raw.socket.send(Message::Ping(Vec::new().into())).await.is_err() {
            break;
        }
    }
    assert_eq!(raw.until_closed().await.1, CloseCode::ABUSE.0);
}

/// The status of `GET /v1/invites/X`, asked with these lines in its head.
async fn guess(address: &str, lines: &[&str]) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "GET /v1/invites/X HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n\r\n",
        lines.join("\r\n")
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_address_is_not_changed_by_saying_so() {
    let space =
        Space::start_with(|config| config.trust_forwarded = TrustedProxies::loopback()).await;
    let address = space.address();
    // Some proxies add a line of their own below the one that the client sent.
    for n in 0..10 {
        let forged = format!("X-Forwarded-For: 203.0.113.{n}");
        assert_eq!(guess(&address, &[&forged, "X-Forwarded-For: 198.51.100.7"]).await, 404);
    }
    let lines = ["X-Forwarded-For: 203.0.113.99", "X-Forwarded-For: 198.51.100.7"];
    assert_eq!(guess(&address, &lines).await, 429);
    // Everybody with IPv6 has 2⁶⁴ addresses to themselves.
    for n in 0..10 {
        let own = format!("X-Forwarded-For: 2001:db8:1:2:{n}::1");
        assert_eq!(guess(&address, &[&own]).await, 404);
    }
    assert_eq!(guess(&address, &["X-Forwarded-For: 2001:db8:1:2:ffff::1"]).await, 429);
    assert_eq!(guess(&address, &["X-Forwarded-For: 2001:db8:1:3::1"]).await, 404);
}

#[tokio::test]
async fn guessing_all_at_once_is_no_faster() {
    let space = Space::start().await;
    let address = space.address();
    let guesses = (0..40).map(|n| {
        let address = address.clone();
        async move {
            let sign_in = SignIn {
                name: "Ada".into(),
                password: format!("guess {n:04}"),
                device_name: "x".into(),
            };
            call(&address, "POST", "/v1/sign-in", None, Some(&sign_in)).await.0
        }
    });
    let answers = futures_util::future::join_all(guesses).await;
    let tried = answers.iter().filter(|status| **status == 401).count();
    // Ten, and what was being hashed when the tenth failed, and a token gained meanwhile.
    assert!(tried <= 14, "{tried} guesses");
    assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let space = Space::start_with(|config| {
        config.timers.header_timeout = Duration::from_millis(200);
    })
    .await;
    let mut stream = TcpStream::connect(space.address()).await.unwrap();
    let head = "POST /v1/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 9000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read).await.expect("it is cut").unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("didn't arrive"), "{answer}");
}

#[tokio::test]
async fn a_wrong_method_is_answered_as_a_problem() {
    let space = Space::start().await;
    for (method, path) in [("PUT", "/v1/join"), ("DELETE", "/healthz"), ("PATCH", "/v1/rooms")] {
        let (_, _, text) = raw_call(&space.address(), method, path, &[], String::new()).await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["code"], "not_found", "{method} {path}");
    }
}

#[tokio::test]
async fn of_many_who_want_the_same_one_gets_it() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let wanted = json!({"role": "member", "uses": 1});
    let single = ada.post("/v1/invites", wanted).await["code"].as_str().unwrap().to_owned();
    let any = ada.invite(Role::Member).await.code;
    let address = space.address();
    let ask = |code: String, name: String, key| {
        let address = address.clone();
        async move {
            let device_name = "x".into();
            let join = Join { code, name, password: None, device_name, key };
            call(&address, "POST", "/v1/join", None, Some(&join)).await
        }
    };
    let won = |answers: &[(u16, Value)]| answers.iter().filter(|(s, _)| *s == 200).count();
    let name = (0..9).map(|n| ask(any.clone(), ["ben", "BEN"][n % 2].into(), new_cid()));
    assert_eq!(won(&futures_util::future::join_all(name).await), 1);
    let key = new_cid();
    let same = (0..9).map(|n| ask(any.clone(), format!("Cleo {n}"), key));
    let same = futures_util::future::join_all(same).await;
    assert_eq!(won(&same), 9);
    assert!(same.iter().all(|(_, body)| body["user"] == same[0].1["user"]));
    let once = (0..9).map(|n| ask(single.clone(), format!("Dan {n}"), new_cid()));
    assert_eq!(won(&futures_util::future::join_all(once).await), 1);
}
