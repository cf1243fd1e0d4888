//! Bad frames, broken limits, and being told so.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt as _;
use homing_protocol::frame::{Hello, Ref};
use homing_protocol::{ClientFrame, CloseCode, ErrorCode, ServerFrame};
use homing_server::rate_limit::Rate;
use homing_server::{Environment, Listener, Server, SystemClock};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::client::{hello, message};
use crate::space::{Space, config, raw_call};

fn code_of(said: &[ServerFrame]) -> Option<ErrorCode> {
    said.iter().find_map(|frame| match frame {
        ServerFrame::Err(failure) => Some(failure.code.clone()),
        _ => None,
    })
}

#[tokio::test]
async fn what_is_another_protocol_ends_the_connection_with_a_reason() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    for (sent, code) in [
        (Message::text("not json"), ErrorCode::Invalid),
        (Message::binary(vec![1, 2, 3]), ErrorCode::Invalid),
        (Message::text("x".repeat(300 * 1024)), ErrorCode::TooLarge),
        (Message::text(ClientFrame::Hello(hello(None, None, None)).encode()), ErrorCode::Invalid),
    ] {
        let mut client = ada.online().await;
        client.socket.send(sent).await.unwrap();
        let (said, close) = client.until_closed().await;
        assert_eq!(close, CloseCode::PROTOCOL_VIOLATION.0);
        assert_eq!(code_of(&said), Some(code));
        assert!(
            said.iter().any(|frame| matches!(frame, ServerFrame::Bye(bye) if bye.code == close))
        );
    }
}

#[tokio::test]
async fn before_hello_nothing_else_is_heard() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut client = ada.connect().await;
    client.say_text(r#"{"t":"eph","kind":"activity","active":true}"#.into()).await;
    assert_eq!(client.until_closed().await.1, CloseCode::PROTOCOL_VIOLATION.0);
}

#[tokio::test]
async fn no_version_in_common() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut client = ada.connect().await;
    let old = Hello { versions: vec![0, 7], ..hello(None, None, None) };
    client.say(ClientFrame::Hello(old)).await;
    let (said, close) = client.until_closed().await;
    assert_eq!(close, CloseCode::VERSION_UNSUPPORTED.0);
    assert_eq!(code_of(&said), Some(ErrorCode::Invalid));
}

#[tokio::test]
async fn a_frame_of_a_later_version_is_survived() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    client.say_text(r#"{"t":"poll","of":3}"#.into()).await;
    assert_eq!(client.err().await.code, ErrorCode::UnknownFrame);
    client.say_text(r#"{"t":"mark","room":"no id","seq":1}"#.into()).await;
    assert_eq!(client.err().await.code, ErrorCode::Invalid);
    let room = client.general();
    client.write(room, "and on we go").await;
}

#[tokio::test]
async fn sending_too_much_waits_as_long_as_it_is_told() {
    // Slow enough that a busy machine does not earn the next send before it asks for it.
    let space = Space::start_with(|config| {
        config.limits.sends_per_second = 1;
        config.limits.send_burst = 4;
    })
    .await;
    let ada = space.join("Ada").await;
    let mut client = ada.online().await;
    let room = client.general();
    let burst: Vec<_> = (0..4).map(|n| message(&n.to_string())).collect();
    client.send(room, burst).await;
    client.ok().await;
    let next = message("one too many");
    let mut waits = 0;
    loop {
        client.send(room, vec![next.clone()]).await;
        let answer = client
            .expect(|frame| match frame {
                ServerFrame::Err(failure) => Some(Err(failure)),
                ServerFrame::Ok(committed) => Some(Ok(committed)),
                _ => None,
            })
            .await;
        match answer {
            Ok(committed) => {
                assert!(!committed.items[0].dup);
                break;
            }
            Err(failure) => {
                assert_eq!((failure.code, failure.temporary), (ErrorCode::RateLimited, true));
                assert_eq!(failure.about, Some(Ref::Cids(vec![next.cid])));
                let wait = failure.retry_after_ms.unwrap();
                assert!((1..=1000).contains(&wait));
                waits += 1;
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
        }
    }
    assert!((1..=2).contains(&waits), "{waits}");
}

#[tokio::test]
async fn other_limits_answer_and_never_drop() {
    let space = Space::start_with(|config| {
        config.rates.pulls = Rate::per_minute(2);
        config.rates.others = Rate::per_minute(2);
    })
    .await;
    let mut client = space.join("Ada").await.online().await;
    let room = client.general();
    for _ in 0..2 {
        client.pull(room, Some(0), None, 1).await;
    }
    let rid = client.ask_pull(room, Some(0), None, 1).await;
    let failure = client.err().await;
    assert_eq!((failure.code, failure.about), (ErrorCode::RateLimited, Some(Ref::Rid(rid))));
    for _ in 0..3 {
        client.mark(room, 1).await;
    }
    // An answer to the server's ping counts as well, and comes when it likes.
    loop {
        let failure = client.err().await;
        assert_eq!(failure.code, ErrorCode::RateLimited);
        assert!(failure.retry_after_ms.is_some());
        if failure.about == Some(Ref::Room(room)) {
            break;
        }
    }
    assert!(space.figures().await["homing_rate_limited_total"] >= 2);
}

#[tokio::test]
async fn who_never_learns_is_sent_away() {
    let space = Space::start().await;
    let mut client = space.join("Ada").await.online().await;
    for _ in 0..50 {
        client.say_text(r#"{"t":"nonsense"}"#.into()).await;
    }
    let (said, close) = client.until_closed().await;
    assert_eq!(close, CloseCode::ABUSE.0);
    let told = said.iter().filter(|frame| matches!(frame, ServerFrame::Err(_))).count();
    assert_eq!(told, 50, "each was answered");
}

#[tokio::test]
async fn a_device_that_greets_too_often_waits() {
    let space = Space::start_with(|config| config.rates.hellos = Rate::per_minute(2)).await;
    let ada = space.join("Ada").await;
    for _ in 0..2 {
        ada.online().await;
    }
    let mut client = ada.connect().await;
    client.say(ClientFrame::Hello(hello(None, None, None))).await;
    let (said, close) = client.until_closed().await;
    assert_eq!(close, CloseCode::RATE_LIMITED.0);
    let told = said.iter().find_map(|frame| match frame {
        ServerFrame::Bye(bye) => bye.retry_after_ms,
        _ => None,
    });
    assert!(told.unwrap() <= 30_000);
}

#[tokio::test]
async fn there_is_room_for_so_many_connections() {
    let space = Space::start_with(|config| config.max_connections = 2).await;
    let ada = space.join("Ada").await;
    let first = ada.online().await;
    let second = ada.connect().await;
    let third = crate::client::Client::connect(&ada.address, &ada.signed_in.token).await;
    assert!(third.is_err());
    drop(second);
    drop(first);
    // The server notices the end of a connection a moment later.
    let mut tries = 0;
    while crate::client::Client::connect(&ada.address, &ada.signed_in.token).await.is_err() {
        tries += 1;
        assert!(tries < 1000, "places are given back");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn silence_is_cut_short() {
    let space = Space::start_with(|config| {
        config.timers.hello_timeout = Duration::from_millis(50);
        config.timers.header_timeout = Duration::from_millis(50);
    })
    .await;
    let ada = space.join("Ada").await;
    let mut client = ada.connect().await;
    assert_eq!(client.until_closed().await.1, CloseCode::HELLO_TIMEOUT.0);
    // A slow loris: half a request, and then nothing.
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = TcpStream::connect(space.address()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[tokio::test]
async fn a_dead_peer_is_noticed() {
    let space = Space::start_with(|config| {
        config.timers.heartbeat = Duration::from_millis(40);
        config.timers.pong_timeout = Duration::from_millis(60);
    })
    .await;
    let mut client = space.join("Ada").await.online().await;
    client.mute = true;
    let room = client.general();
    let ping = client
        .expect(|frame| match frame {
            ServerFrame::Ping(ping) => Some(ping),
            _ => None,
        })
        .await;
    assert!(ping.heads.contains_key(&room));
    let (_, close) = client.until_closed().await;
    assert_eq!(close, CloseCode::NO_PONG.0);
}

/// A system that has no file descriptor left, so many times.
struct Exhausted(TcpListener, u32);

impl Listener for Exhausted {
    type Stream = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        match self.1.checked_sub(1) {
            Some(left) => {
                self.1 = left;
                Err(io::Error::other("too many open files"))
            }
            None => TcpListener::accept(&self.0).await,
        }
    }
}

#[tokio::test]
async fn who_can_accept_nobody_for_a_while_accepts_again() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let ground = Environment { listener: Exhausted(listener, 3), addr, tls: None, disk: None };
    let config = config(folder.path().to_owned());
    let stop = CancellationToken::new();
    let server = Server::start_in(config, Arc::new(SystemClock), ground, stop).await.unwrap();
    let (status, ..) = raw_call(&addr.to_string(), "GET", "/healthz", &[], String::new()).await;
    assert_eq!(status, 200);
    server.shutdown().await;
}
