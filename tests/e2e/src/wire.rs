//! A member without an engine: what the server really sends, which an engine would drop unseen.

use futures_util::{SinkExt, StreamExt};
use homing_engine::SpaceRecord;
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::Secret;
use homing_engine::session;
use homing_protocol::frame::{Client, Hello};
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::{
    ClientFrame, Epoch, JoinLink, Pos, RoomId, SUBPROTOCOL, Seq, ServerFrame, Useq, VERSION,
};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header;

use crate::person::{PATIENCE, attempt};

/// Where a device left off, to go on from there.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    /// The server's epoch.
    pub epoch: Epoch,
    /// Up to where it knows what changed.
    pub pos: Pos,
    /// Its cursor in the own stream.
    pub useq: Useq,
}

/// One connection. See the [module](self).
#[derive(Debug)]
pub struct Wire {
    socket: WebSocketStream<TcpStream>,
    /// Every frame that came, in order.
    pub came: Vec<ServerFrame>,
}

/// Comes in by a join link.
///
/// # Panics
/// When the server will not have them.
pub async fn join(link: &JoinLink, name: &str, seed: u64) -> (SpaceRecord, Secret) {
    session::join(link, name, None, "bare", attempt(seed), &Dialer::new(Vec::new()))
        .await
        .expect("the server takes the invitation")
}

impl Wire {
    /// Connects, without TLS, and says `hello`.
    ///
    /// # Panics
    /// When the server will not have it.
    pub async fn open(record: &SpaceRecord, token: &Secret, since: Option<Since>) -> Self {
        let authority = record.address.authority();
        let mut request =
            format!("ws://{authority}/v1/socket").into_client_request().expect("a plain address");
        let bearer = format!("Bearer {}", token.reveal()).parse().expect("a token is plain text");
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        let protocol = SUBPROTOCOL.parse().expect("a plain name");
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        let stream = TcpStream::connect(authority).await.expect("the server listens");
        let opened = tokio_tungstenite::client_async(request, stream).await;
        let (socket, _) = opened.expect("the server upgrades");
        let mut wire = Self { socket, came: Vec::new() };
        wire.send(ClientFrame::Hello(Hello {
            versions: vec![VERSION],
            client: Client { app: "bare 0".to_owned(), os: "test".to_owned() },
            capabilities: Vec::new(),
            epoch: since.map(|since| since.epoch),
            pos: since.map(|since| since.pos),
            useq: since.map(|since| since.useq),
            last_close: None,
            attempt: 0,
        }))
        .await;
        wire
    }

    /// Says something.
    ///
    /// # Panics
    /// When the connection is gone.
    pub async fn send(&mut self, frame: ClientFrame) {
        self.socket.send(Message::text(frame.encode())).await.expect("the server is there");
    }

    /// Listens until the frame that is waited for has come, and answers what is asked for of it.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn until<T>(&mut self, pick: impl Fn(&ServerFrame) -> Option<T>) -> T {
        let heard = async {
            loop {
                let message = self.socket.next().await.expect("it stays open").expect("and whole");
                let Message::Text(text) = message else { continue };
                let frame = ServerFrame::decode(&text, FRAME_BYTES).expect("a frame");
                let found = pick(&frame);
                self.came.push(frame);
                if let Some(found) = found {
                    return found;
                }
            }
        };
        timeout(PATIENCE, heard).await.expect("it comes within a minute")
    }

    /// Listens until the connection ends, and says nothing, not even that it is there.
    pub async fn end(mut self) {
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    /// Every place of the room that came, whichever way: an event, a page, or the mere mention of
    /// its head.
    pub fn told(&self, room: RoomId) -> impl Iterator<Item = Seq> {
        self.came.iter().flat_map(move |frame| places(frame, room))
    }
}

fn places(frame: &ServerFrame, room: RoomId) -> Vec<Seq> {
    match frame {
        ServerFrame::Event(pushed) if pushed.event.room == room => vec![pushed.event.seq],
        ServerFrame::Page(page) if page.room == room => {
            page.events.iter().map(|event| event.seq).chain([page.head]).collect()
        }
        ServerFrame::Gap(gap) if gap.room == room => vec![gap.head],
        ServerFrame::Ping(ping) => ping.heads.get(&room).copied().into_iter().collect(),
        ServerFrame::Receipt(receipt) if receipt.room == room => vec![receipt.delivered],
        ServerFrame::Digest(digest) => {
            let named = digest.rooms.iter().filter(|info| info.room == room);
            named.map(|info| info.head).collect()
        }
        _ => Vec::new(),
    }
}
