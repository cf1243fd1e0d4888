use futures_util::future::BoxFuture;
use homing_protocol::frame::ClientEph;
use homing_testkit::builders::{room_id, welcome};
use homing_testkit::{Peer, builders};
use rand::SeedableRng;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

use super::*;
use crate::clock::SystemClock;
use crate::connection::{ConnectionHandle, channels};
use crate::net::connector::{ConnectError, Transport};
use crate::trace::Trace;

struct Network(mpsc::Sender<DuplexStream>);

impl Connector for Network {
    fn connect<'a>(
        &'a self,
        _address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(async move {
            let (ours, theirs) = tokio::io::duplex(1 << 20);
            self.0.send(theirs).await.expect("the test takes dials");
            Ok(Box::new(ours) as Box<dyn Transport>)
        })
    }
}

struct Token;

impl TokenSource for Token {
    fn token(&self) -> BoxFuture<'_, Result<Secret, SecretError>> {
        Box::pin(std::future::ready(Ok(Secret::new("the-token"))))
    }
}

/// The next connection, both ends of it.
async fn opened(
    connection: &mut ConnectionHandle,
    dials: &mut mpsc::Receiver<DuplexStream>,
) -> (ConnectionId, Peer<DuplexStream>) {
    let dial = async { Peer::accept(dials.recv().await.expect("it dials")).await };
    let open = async {
        loop {
            if let Some(ConnectionEvent::Opened { connection, .. }) = connection.events.recv().await
            {
                return connection;
            }
        }
    };
    tokio::join!(open, dial)
}

#[tokio::test(start_paused = true)]
async fn a_frame_for_an_older_connection_is_not_sent_on_the_next() {
    let (mut connection, channels) = channels(Arc::new(Trace::new(Arc::new(SystemClock))));
    let (dial, mut dials) = mpsc::channel(1);
    let address =
        Address { host: "chat.example".to_owned(), port: 1, tls: false, fingerprint: None };
    let stop = CancellationToken::new();
    let rng = StdRng::seed_from_u64(1);
    let (network, token) = (Arc::new(Network(dial)), Arc::new(Token));
    let driver =
        Driver::new(address, network, token, Timeouts::default(), rng, channels, stop.clone());
    let test = async {
        let (old, peer) = opened(&mut connection, &mut dials).await;
        drop(peer);
        let (new, mut peer) = opened(&mut connection, &mut dials).await;
        assert!(new > old);
        let typing = |room| ClientFrame::Eph(ClientEph::Typing { room: room_id(room) });
        connection.send(old, typing(1));
        connection.send(new, typing(2));
        assert_eq!(peer.next().await, Ok(typing(2)));
        peer.send(ServerFrame::Welcome(Box::new(welcome()))).await;
        // Whoever asks to give up a connection names it, because an older one may be gone already.
        connection.abandon(old, AbandonReason::LocalFailure);
        peer.send(builders::live(builders::message(1, 1, 2, "still here"))).await;
        loop {
            match connection.events.recv().await.expect("it runs") {
                ConnectionEvent::FrameReceived { connection, .. } => {
                    break assert_eq!(connection, new);
                }
                ConnectionEvent::Down(phase) => panic!("given up: {phase:?}"),
                _ => {}
            }
        }
        stop.cancel();
    };
    tokio::join!(driver.run(), test);
}
