//! What is legal below the frames and rarely seen, and what is not.

use std::time::Duration;

use futures_util::SinkExt as _;
use homing_protocol::frame::{Presence, Send, ServerEph};
use homing_protocol::{ClientFrame, CloseCode, ErrorCode, ServerFrame};
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::client::{hello, message};
use crate::space::Space;

/// The mask of the bytes that are written by hand: it changes nothing.
const MASK: [u8; 4] = [0; 4];

fn part(bytes: &[u8], data: Data, is_last: bool) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(data), is_last))
}

#[tokio::test]
async fn a_frame_may_come_in_pieces_with_pings_between_them() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    let item = message("一只鸽子");
    let text = ClientFrame::Send(Send { room, items: vec![item.clone()] }).encode();
    // One byte a piece, so that characters are cut as well, and empty pieces at both ends.
    client.socket.send(part(b"", Data::Text, false)).await.unwrap();
    for (place, byte) in text.bytes().enumerate() {
        client.socket.send(part(&[byte], Data::Continue, false)).await.unwrap();
        if place == text.len() / 2 {
            client.socket.send(Message::Ping(Vec::new().into())).await.unwrap();
        }
    }
    client.socket.send(part(b"", Data::Continue, true)).await.unwrap();
    let seq = client.ok().await.items[0].seq;
    let page = client.pull(room, Some(seq.0 - 1), None, 1).await;
    assert_eq!(page.events[0].body, item.body);
}

#[tokio::test]
async fn what_can_not_be_read_ends_the_connection_with_its_reason() {
    let space = Space::start_with(|config| {
        config.rates.hellos = homing_server::rate_limit::Rate::per_second(1000, 1000);
    })
    .await;
    let ada = space.join("Ada").await;
    let masked = |head: &[u8], payload: &[u8]| [head, &MASK, payload].concat();
    for (what, bytes, code) in [
        ("no UTF-8", masked(&[0x81, 0x82], &[0xc3, 0x28]), ErrorCode::Invalid),
        ("half a character", masked(&[0x81, 0x81], &[0xe9]), ErrorCode::Invalid),
        ("no mask", vec![0x81, 0x02, b'{', b'}'], ErrorCode::Invalid),
        ("a bit of an extension", masked(&[0xc1, 0x82], b"{}"), ErrorCode::Invalid),
        ("an unknown opcode", masked(&[0x83, 0x82], b"{}"), ErrorCode::Invalid),
        ("the end of nothing", masked(&[0x80, 0x82], b"{}"), ErrorCode::Invalid),
        (
            "a beginning within another",
            [masked(&[0x01, 0x81], b"{"), masked(&[0x81, 0x81], b"}")].concat(),
            ErrorCode::Invalid,
        ),
        ("a ping in pieces", masked(&[0x09, 0x80], b""), ErrorCode::Invalid),
        ("a long ping", masked(&[0x89, 0xfe, 0x00, 0x80], &[0; 128]), ErrorCode::Invalid),
        ("binary in one piece", masked(&[0x82, 0x82], b"{}"), ErrorCode::Invalid),
        (
            "binary in two",
            [masked(&[0x02, 0x81], b"{"), masked(&[0x80, 0x81], b"}")].concat(),
            ErrorCode::Invalid,
        ),
        // Only announced: nothing of it is waited for, and no memory set aside.
        ("an exbibyte", masked(&[0x81, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0], b""), ErrorCode::TooLarge),
        (
            "pieces without an end",
            [masked(&[0x01, 0xfe, 0xff, 0xff], &[b' '; 0xffff])]
                .into_iter()
                .chain((0..9).map(|_| masked(&[0x00, 0xfe, 0xff, 0xff], &[b' '; 0xffff])))
                .collect::<Vec<_>>()
                .concat(),
            ErrorCode::TooLarge,
        ),
    ] {
        for greeted in [true, false] {
            let mut client = if greeted { ada.online().await } else { ada.connect().await };
            client.socket.get_mut().write_all(&bytes).await.unwrap();
            let (said, close) = client.until_closed().await;
            assert_eq!(close, CloseCode::PROTOCOL_VIOLATION.0, "{what}: {said:?}");
            let failures = said.iter().filter_map(|frame| match frame {
                ServerFrame::Err(failure) => Some(&failure.code),
                _ => None,
            });
            assert_eq!(failures.collect::<Vec<_>>(), [&code], "{what}: {said:?}");
        }
    }
    let mut client = ada.online().await;
    let room = client.general();
    client.write(room, "and the next one is served").await;
}

/// On a slow line a large message takes longer than a silence may last.
#[tokio::test]
async fn each_byte_of_a_message_is_a_sign_of_life() {
    let space = Space::start_with(|config| {
        config.timers.heartbeat = Duration::from_millis(25);
        config.timers.pong_timeout = Duration::from_secs(1);
    })
    .await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    let mut text = ClientFrame::Send(Send { room, items: vec![message("slow")] }).encode();
    text.push_str(&" ".repeat(200));
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    client.socket.get_mut().write_all(&[&[0x81, 0xfe], &length[..], &MASK].concat()).await.unwrap();
    // It hears nothing but the next bytes: no ping is answered.
    client.mute = true;
    let (slowly, rest) = text.as_bytes().split_at(80);
    for byte in slowly {
        client
            .expect(|frame| match frame {
                ServerFrame::Ping(_) => Some(()),
                _ => None,
            })
            .await;
        client.socket.get_mut().write_all(&[*byte]).await.unwrap();
    }
    client.socket.get_mut().write_all(rest).await.unwrap();
    assert_eq!(client.ok().await.items.len(), 1);
}

/// Whole in itself, and said to be half of something, in each way that there is.
fn halves(text: &str) -> [(&'static str, Vec<u8>); 3] {
    let length = u16::try_from(text.len()).unwrap();
    let announced = |first: u8, length: u16| {
        [&[first, 0xfe][..], &length.to_be_bytes(), &MASK, text.as_bytes()].concat()
    };
    [
        ("cut in its payload", announced(0x81, length * 2)),
        ("cut in its head", vec![0x81, 0xfe, 0x00]),
        ("one piece of two", announced(0x01, length)),
    ]
}

#[tokio::test]
async fn half_a_frame_is_nothing_and_leaves_nothing_behind() {
    let space = Space::start_with(|config| {
        config.timers.tick = Duration::from_millis(20);
    })
    .await;
    let (ada, mal) = (space.join("Ada").await, space.join("Mal").await);
    let mut a = ada.online().await;
    let room = a.general();
    let me = mal.signed_in.user;
    let presence_of_mal = |frame| match frame {
        ServerFrame::Eph(ServerEph::Presence { people, .. }) => people.get(&me).copied(),
        _ => None,
    };
    let head = a.pull(room, Some(0), None, 200).await.head;
    let text = ClientFrame::Send(Send { room, items: vec![message("half")] }).encode();
    for (what, bytes) in halves(&text) {
        for reset in [false, true] {
            let mut m = mal.online().await;
            while a.expect(presence_of_mal).await == Presence::Offline {}
            let stream = m.socket.get_mut();
            stream.write_all(&bytes).await.unwrap();
            if reset {
                stream.set_zero_linger().unwrap();
            }
            drop(m);
            while a.expect(presence_of_mal).await != Presence::Offline {}
            let page = a.pull(room, Some(head.0), None, 200).await;
            assert_eq!((page.events, page.head), (Vec::new(), head), "{what}, reset: {reset}");
        }
    }
}

#[tokio::test]
async fn half_a_frame_is_not_waited_for() {
    let space = Space::start_with(|config| {
        config.timers.heartbeat = Duration::from_millis(40);
        config.timers.pong_timeout = Duration::from_millis(60);
    })
    .await;
    let ada = space.join("Ada").await;
    for (what, bytes) in halves(r#"{"t":"pong","n":1}"#) {
        let mut client = ada.connect().await;
        client.mute = true;
        client.say(ClientFrame::Hello(hello(None, None, None))).await;
        client.socket.get_mut().write_all(&bytes).await.unwrap();
        assert_eq!(client.until_closed().await.1, CloseCode::NO_PONG.0, "{what}");
    }
}
