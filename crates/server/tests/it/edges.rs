//! Where code and document once said different things: forms, bounds and goodbyes.

use futures_util::{SinkExt as _, StreamExt as _};
use homing_protocol::frame::UserKey;
use homing_protocol::{ErrorCode, ServerFrame};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::space::{Space, new_cid};

/// Who leaves cleanly sees that it was heard, and not a connection that was cut (1006).
#[tokio::test]
async fn a_clean_goodbye_is_answered() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let code = CloseCode::Normal;
    let frame = CloseFrame { code, reason: "that is all".into() };
    client.socket.send(Message::Close(Some(frame))).await.unwrap();
    loop {
        match client.socket.next().await {
            Some(Ok(Message::Close(Some(answer)))) => break assert_eq!(answer.code, code),
            Some(Ok(_)) => {}
            cut => panic!("{cut:?}"),
        }
    }
    let end = client.socket.next().await;
    assert!(matches!(end, None | Some(Err(Error::ConnectionClosed))), "{end:?}");
}

#[tokio::test]
async fn a_limit_outside_is_the_nearest_inside() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    for (rid, limit) in
        ["-1", "0", "201", "4294967296", "18446744073709551616", "-1e300"].iter().enumerate()
    {
        for frame in [
            format!(r#"{{"t":"pull","rid":{rid},"room":"{room}","after":0,"limit":{limit}}}"#),
            format!(r#"{{"t":"upull","rid":{rid},"useq":0,"limit":{limit}}}"#),
        ] {
            client.say_text(frame.clone()).await;
            let answered = client
                .expect(|frame| match frame {
                    ServerFrame::Page(page) => Some(page.events.len()),
                    ServerFrame::Upage(page) => Some(page.events.len()),
                    ServerFrame::Err(failure) => panic!("{failure:?}"),
                    _ => None,
                })
                .await;
            assert!(answered > 0 || frame.contains("upull"), "{frame}");
        }
    }
    let half = format!(r#"{{"t":"pull","rid":1,"room":"{room}","after":0,"limit":1.5}}"#);
    client.say_text(half).await;
    assert_eq!(client.err().await.code, ErrorCode::Invalid);
}

#[tokio::test]
async fn an_array_is_no_frame_and_no_object_in_one() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut client = ada.online().await;
    let room = client.general();
    let cid = new_cid();
    for frame in [
        json!(["ping", 1]),
        json!(["bye", "enough"]),
        json!({"t": "send", "room": room, "items": [[cid, "message", {"text": "hello"}, 0]]}),
        json!([{"t": "ping", "n": 1}]),
    ] {
        client.say_text(frame.to_string()).await;
        assert_eq!(client.err().await.code, ErrorCode::Invalid, "{frame}");
    }
    let mut client = ada.connect().await;
    client
        .say_text(json!({"t": "hello", "versions": [1], "client": ["app", "os"]}).to_string())
        .await;
    assert_eq!(client.err().await.code, ErrorCode::Invalid);
}

#[tokio::test]
async fn an_id_has_one_form() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    let cid = new_cid().to_string();
    let send = |cid: &str| {
        json!({"t": "send", "room": room, "items": [
            {"cid": cid, "kind": "message", "body": {"text": "hello"}, "ts": 0}
        ]})
    };
    for other in [
        cid.to_uppercase(),
        cid.replace('-', ""),
        format!("{{{cid}}}"),
        format!("urn:uuid:{cid}"),
        format!(" {cid}"),
    ] {
        client.say_text(send(&other).to_string()).await;
        assert_eq!(client.err().await.code, ErrorCode::Invalid, "{other}");
    }
    client.say_text(send(&cid).to_string()).await;
    assert_eq!(client.ok().await.items[0].cid.to_string(), cid);
}

#[tokio::test]
async fn versions_of_any_size_are_read() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    for versions in ["[1,65536]", "[1,-1,18446744073709551616]"] {
        let mut client = ada.connect().await;
        let hello =
            format!(r#"{{"t":"hello","versions":{versions},"client":{{"app":"a","os":"b"}}}}"#);
        client.say_text(hello).await;
        let welcome = client
            .expect(|frame| match frame {
                ServerFrame::Welcome(welcome) => Some(welcome),
                ServerFrame::Err(failure) => panic!("{failure:?}"),
                _ => None,
            })
            .await;
        assert_eq!(welcome.version, 1);
    }
}

#[tokio::test]
async fn numbers_that_do_not_fit_into_64_bits_are_the_nearest_double() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let key = UserKey::Setting("n".into());
    for (sent, kept) in [
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("18446744073709551617", json!(18_446_744_073_709_551_616.0_f64)),
        ("0.1", json!(0.1)),
    ] {
        client.say_text(format!(r#"{{"t":"set","key":"{key}","value":{sent}}}"#)).await;
        assert_eq!(client.uevent().await.value, kept, "{sent}");
    }
}

#[tokio::test]
async fn what_the_store_finds_invalid_is_a_violation() {
    let space = Space::start_with(|config| config.rates.violations = 3).await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    for _ in 0..3 {
        // Beyond the end of the room.
        client.say_text(json!({"t": "mark", "room": room, "seq": 1_000_000}).to_string()).await;
        assert_eq!(client.err().await.code, ErrorCode::Invalid);
    }
    let end = loop {
        if let Err(end) = client.next().await {
            break end;
        }
    };
    assert_eq!(end.map(|end| u16::from(end.code)), Some(4505));
}

#[tokio::test]
async fn removed_settings_make_room() {
    let space = Space::start_with(|config| {
        config.rates.others = homing_server::rate_limit::Rate::per_second(10_000, 10_000);
    })
    .await;
    let mut client = space.join("Ada").await.online().await;
    let key = |n: u32| UserKey::Setting(n.to_string());
    for n in 0..1000 {
        client.set(key(n), json!(n)).await;
    }
    for _ in 0..1000 {
        client.uevent().await;
    }
    client.set(key(1000), json!(1)).await;
    assert_eq!(client.err().await.code, ErrorCode::TooLarge);
    client.set(key(7), Value::Null).await;
    assert_eq!(client.uevent().await.value, Value::Null);
    client.set(key(1000), json!(1)).await;
    assert_eq!(client.uevent().await.value, json!(1));
    // The removed one comes back as one more.
    client.set(key(7), json!(7)).await;
    assert_eq!(client.err().await.code, ErrorCode::TooLarge);
}
