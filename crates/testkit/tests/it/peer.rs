use futures_util::{SinkExt, StreamExt};
use homing_protocol::frame::{Ack, Client, Hello, Ping, Pong, Pull, Send, SendItem};
use homing_protocol::{ClientFrame, CloseCode, RequestId, SUBPROTOCOL, Seq, ServerFrame};
use homing_testkit::{Peer, builders, peer::Disconnect};
use serde_json::json;
use tokio::io::{DuplexStream, duplex};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

type Socket = WebSocketStream<DuplexStream>;

async fn connect(stream: DuplexStream) -> Result<Socket, Error> {
    let mut request = "ws://chat.example/v1/socket".into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("Authorization", HeaderValue::from_static("Bearer secret"));
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    client_async(request, stream).await.map(|(socket, _)| socket)
}

async fn pair() -> (Socket, Peer<DuplexStream>) {
    let (near, far) = duplex(64 * 1024);
    let (socket, peer) = tokio::join!(connect(near), Peer::accept(far));
    (socket.unwrap(), peer)
}

async fn say(socket: &mut Socket, frame: ClientFrame) {
    socket.send(Message::text(frame.encode())).await.unwrap();
}

async fn hear(socket: &mut Socket) -> ServerFrame {
    let text = socket.next().await.unwrap().unwrap().into_text().unwrap();
    ServerFrame::decode(&text, usize::MAX).unwrap()
}

fn hello() -> Hello {
    Hello {
        versions: vec![1],
        client: Client { app: "test 1".to_owned(), os: "linux".to_owned() },
        capabilities: Vec::new(),
        epoch: None,
        pos: None,
        useq: None,
        last_close: None,
        attempt: 0,
    }
}

#[tokio::test(start_paused = true)]
async fn it_follows_its_script() {
    let (mut socket, mut peer) = pair().await;
    assert_eq!((peer.path(), peer.token()), ("/v1/socket", Some("secret")));

    say(&mut socket, ClientFrame::Hello(hello())).await;
    let rooms = vec![builders::room(1, 3)];
    assert_eq!(peer.greet(builders::welcome(), vec![builders::digest(9, rooms)]).await, hello());
    assert!(matches!(hear(&mut socket).await, ServerFrame::Welcome(_)));
    assert!(
        matches!(hear(&mut socket).await, ServerFrame::Digest(digest) if digest.rooms.len() == 1)
    );
    assert_eq!(hear(&mut socket).await, ServerFrame::CaughtUp);

    say(&mut socket, ClientFrame::Ping(Ping { n: 4, heads: [].into() })).await;
    say(&mut socket, ClientFrame::Ack(Ack { rooms: [].into(), useq: None })).await;
    let item = SendItem {
        cid: builders::cid(1),
        kind: "message".into(),
        body: json!({}).into(),
        ts: 0,
        origin: None,
    };
    say(&mut socket, ClientFrame::Send(Send { room: builders::room_id(1), items: vec![item] }))
        .await;
    let ping: Ping = peer.expect().await;
    assert_eq!(ping.n, 4);
    let send: Send = peer.seek().await;
    peer.send(builders::committed(&send, 4)).await;
    let ServerFrame::Ok(ok) = hear(&mut socket).await else { panic!("an ok") };
    assert_eq!(ok.items[0].seq, Seq(4));
    assert_eq!(builders::sent(&send, 0, 4, 1).id, ok.items[0].id);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "expected hello, the client sent Pong")]
async fn another_frame_than_expected_is_named() {
    let (mut socket, mut peer) = pair().await;
    say(&mut socket, ClientFrame::Pong(Pong { n: 1 })).await;
    let _: Hello = peer.expect().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "waited 300 s for a frame")]
async fn a_client_that_says_nothing_is_not_waited_for_in_vain() {
    let (_socket, mut peer) = pair().await;
    let _: Hello = peer.expect().await;
}

#[tokio::test(start_paused = true)]
async fn the_two_ways_of_leaving_are_told_apart() {
    let (mut socket, mut peer) = pair().await;
    let (left, closed) = tokio::join!(peer.ignore(), socket.close(None));
    closed.unwrap();
    assert_eq!(left, Disconnect::Closed(CloseCode(1005)));

    let (socket, mut peer) = pair().await;
    drop(socket);
    assert_eq!(peer.next().await, Err(Disconnect::Cut));
}

#[tokio::test(start_paused = true)]
async fn a_close_carries_its_code() {
    let (mut socket, peer) = pair().await;
    let ((), message) = tokio::join!(peer.close(CloseCode::REPLACED), async {
        let message = socket.next().await;
        while socket.next().await.is_some() {}
        message
    });
    let Some(Ok(Message::Close(Some(frame)))) = message else { panic!("{message:?}") };
    assert_eq!(u16::from(frame.code), 4503);
}

#[tokio::test(start_paused = true)]
async fn a_refused_upgrade_says_why() {
    let (near, far) = duplex(4096);
    let (socket, ()) = tokio::join!(connect(near), Peer::refuse(far, StatusCode::UNAUTHORIZED));
    let Err(Error::Http(response)) = socket else { panic!("{socket:?}") };
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn pages_are_cut_as_a_server_cuts_them() {
    let log = builders::log(1, 10);
    for (after, before, limit, seqs, more) in [
        (Some(0), None, 3, 1..=3, true),
        (Some(7), None, 3, 8..=10, false),
        (None, Some(4), 2, 2..=3, true),
        (None, Some(4), 3, 1..=3, false),
    ] {
        let pull = Pull {
            rid: RequestId(1),
            room: builders::room_id(1),
            after: after.map(Seq),
            before: before.map(Seq),
            limit,
        };
        let ServerFrame::Page(page) = builders::page(&pull, &log) else { panic!("a page") };
        let got: Vec<_> = page.events.iter().map(|event| event.seq.0).collect();
        assert_eq!((got, page.more), (seqs.collect(), more), "{after:?} {before:?} {limit}");
    }
}

/// Events 3, 4, 9 and 10 are quiet: a page covers them, and holds and counts the others.
#[test]
fn pages_leave_out_quiet_events_and_cover_them() {
    let mut log = builders::log(1, 10);
    for event in &mut log {
        event.quiet = matches!(event.seq.0, 3 | 4 | 9 | 10);
    }
    for (after, before, limit, seqs, covered, more) in [
        (Some(0), None, 2, vec![1, 2], Some((1, 4)), true),
        (Some(3), None, 200, vec![5, 6, 7, 8], Some((4, 10)), false),
        (Some(8), None, 200, vec![], Some((9, 10)), false),
        (Some(10), None, 200, vec![], None, false),
        (None, Some(11), 1, vec![8], Some((8, 10)), true),
        (None, Some(6), 1, vec![5], Some((3, 5)), true),
    ] {
        let (rid, room) = (RequestId(1), builders::room_id(1));
        let pull = Pull { rid, room, after: after.map(Seq), before: before.map(Seq), limit };
        let ServerFrame::Page(page) = builders::page(&pull, &log) else { panic!("a page") };
        let got: Vec<_> = page.events.iter().map(|event| event.seq.0).collect();
        let range = page.from.zip(page.to).map(|(from, to)| (from.0, to.0));
        assert_eq!((got, range, page.more), (seqs, covered, more), "{after:?} {before:?} {limit}");
    }
}

#[test]
fn names_are_stable_and_apart() {
    let room = builders::room_id(1).to_string();
    assert_eq!(room, "01900000-0000-7001-8000-000000000001");
    assert_ne!(room, builders::user_id(1).to_string());
    assert_eq!(builders::cid(5).0.get_version_num(), 7);
}
