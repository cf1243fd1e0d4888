//! A raw client: it knows frames, and nothing of what a client should do with them.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use homing_protocol::frame::{
    Client as Program, Committed, Digest, Hello, Mark, Page, Pong, Pull, PushedEvent, Send,
    SendItem, Set, Upage, Upull, UserKey, Welcome,
};
use homing_protocol::{
    ClientFrame, Epoch, Event, Pos, RequestId, RoomId, Seq, ServerFrame, Useq, VERSION,
};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::space::new_cid;

/// Nothing here takes a tenth of it; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes that the system keeps for a client that does not read.
const RECEIVE_BUFFER: u32 = 64 * 1024;

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
    /// Heard while waiting for something else.
    kept: VecDeque<ServerFrame>,
    pub(crate) welcome: Option<Box<Welcome>>,
    pub(crate) digests: Vec<Digest>,
    rid: u64,
    /// Answers no ping.
    pub(crate) mute: bool,
}

impl Client {
    pub(crate) async fn connect(address: &str, token: &str) -> Result<Self, Error> {
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("sec-websocket-protocol", "homing.v1".into()),
        ];
        Self::connect_with(address, &headers).await
    }

    pub(crate) async fn connect_with(
        address: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/v1/socket").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        // Small, so that who does not read is noticed by the server soon.
        let narrow = TcpSocket::new_v4()?;
        narrow.set_recv_buffer_size(RECEIVE_BUFFER)?;
        let stream = narrow.connect(address.parse().unwrap()).await?;
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self {
            socket,
            kept: VecDeque::new(),
            welcome: None,
            digests: Vec::new(),
            rid: 0,
            mute: false,
        })
    }

    pub(crate) async fn say(&mut self, frame: ClientFrame) {
        self.say_text(frame.encode()).await;
    }

    pub(crate) async fn say_text(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Says hello and hears the welcome and the whole digest.
    pub(crate) async fn hello(
        &mut self,
        epoch: Option<Epoch>,
        pos: Option<Pos>,
        useq: Option<Useq>,
    ) -> &Welcome {
        self.greet(hello(epoch, pos, useq)).await
    }

    /// As [`Client::hello`], with these fields.
    pub(crate) async fn greet(&mut self, hello: Hello) -> &Welcome {
        self.say(ClientFrame::Hello(hello)).await;
        let welcome = self
            .expect(|frame| match frame {
                ServerFrame::Welcome(welcome) => Some(welcome),
                _ => None,
            })
            .await;
        self.digests.clear();
        loop {
            let digest = self.digest().await;
            let more = digest.more;
            self.digests.push(digest);
            if !more {
                break;
            }
        }
        self.welcome = Some(welcome);
        let kept = std::mem::take(&mut self.kept);
        self.kept = kept.into_iter().filter(|frame| !self.is_known(frame)).collect();
        self.welcome.as_ref().unwrap()
    }

    /// Whether `welcome` and digest have told of it already. What was committed just before they
    /// were read may still be pushed: a client drops that, and so does this one.
    fn is_known(&self, frame: &ServerFrame) -> bool {
        let Some(welcome) = &self.welcome else { return false };
        let told = || self.digests.iter().flat_map(|digest| &digest.rooms);
        match frame {
            ServerFrame::Event(PushedEvent { event, .. }) => {
                told().any(|info| info.room == event.room && event.seq <= info.head)
            }
            ServerFrame::Uevent(change) => change.useq <= welcome.useq,
            _ => false,
        }
    }

    pub(crate) async fn digest(&mut self) -> Digest {
        self.expect(|frame| match frame {
            ServerFrame::Digest(digest) => Some(digest),
            _ => None,
        })
        .await
    }

    /// The next frame, kept ones first. Err: how it ended.
    pub(crate) async fn next(&mut self) -> Result<ServerFrame, Option<CloseFrame>> {
        if let Some(frame) = self.kept.pop_front() {
            return Ok(frame);
        }
        self.hear().await
    }

    async fn hear(&mut self) -> Result<ServerFrame, Option<CloseFrame>> {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            match heard.expect("the server says something in time") {
                Some(Ok(Message::Text(text))) => {
                    let frame = ServerFrame::decode(&text, 256 * 1024).unwrap();
                    if let (ServerFrame::Ping(ping), false) = (&frame, self.mute) {
                        let pong = ClientFrame::Pong(Pong { n: ping.n });
                        self.say(pong).await;
                    }
                    if !self.is_known(&frame) {
                        return Ok(frame);
                    }
                }
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Hears until `pick` takes a frame; the others are kept in order.
    pub(crate) async fn expect<T>(&mut self, pick: impl Fn(ServerFrame) -> Option<T>) -> T {
        for place in 0..self.kept.len() {
            if let Some(taken) = pick(self.kept[place].clone()) {
                self.kept.remove(place);
                return taken;
            }
        }
        loop {
            let frame = match self.hear().await {
                Ok(frame) => frame,
                Err(close) => panic!("closed with {close:?}, kept {:?}", self.kept),
            };
            if let Some(taken) = pick(frame.clone()) {
                return taken;
            }
            self.kept.push_back(frame);
        }
    }

    /// Hears until the end: what was said, and the close code.
    pub(crate) async fn until_closed(&mut self) -> (Vec<ServerFrame>, u16) {
        let mut said = Vec::new();
        loop {
            match self.next().await {
                Ok(frame) => said.push(frame),
                Err(close) => return (said, close.map_or(1006, |frame| frame.code.into())),
            }
        }
    }

    /// Everything that was said before a change of one's own that is made now. It takes the same
    /// way through commit and fan-out as all else, so what was committed before has come, or never
    /// will.
    pub(crate) async fn settle(&mut self) -> Vec<ServerFrame> {
        self.rid += 1;
        let mark = json!(self.rid);
        let key = UserKey::Setting("barrier".into());
        self.set(key.clone(), mark.clone()).await;
        let mut said = Vec::new();
        loop {
            match self.next().await {
                Ok(ServerFrame::Uevent(own)) if own.key == key && own.value == mark => return said,
                Ok(frame) => said.push(frame),
                Err(close) => panic!("closed with {close:?}"),
            }
        }
    }

    pub(crate) async fn event(&mut self) -> Event {
        self.expect(|frame| match frame {
            ServerFrame::Event(pushed) => Some(pushed.event),
            _ => None,
        })
        .await
    }

    /// The next event of a kind.
    pub(crate) async fn event_of(&mut self, kind: &str) -> Event {
        self.expect(|frame| match frame {
            ServerFrame::Event(pushed) if pushed.event.kind == kind => Some(pushed.event),
            _ => None,
        })
        .await
    }

    pub(crate) async fn ok(&mut self) -> Committed {
        self.expect(|frame| match frame {
            ServerFrame::Ok(committed) => Some(committed),
            _ => None,
        })
        .await
    }

    pub(crate) async fn err(&mut self) -> homing_protocol::frame::Failure {
        self.expect(|frame| match frame {
            ServerFrame::Err(failure) => Some(failure),
            _ => None,
        })
        .await
    }

    pub(crate) async fn send(&mut self, room: RoomId, items: Vec<SendItem>) {
        self.say(ClientFrame::Send(Send { room, items })).await;
    }

    /// Sends a message and waits for its ok.
    pub(crate) async fn write(&mut self, room: RoomId, text: &str) -> Seq {
        self.send(room, vec![message(text)]).await;
        self.ok().await.items[0].seq
    }

    pub(crate) async fn pull(
        &mut self,
        room: RoomId,
        after: Option<u64>,
        before: Option<u64>,
        limit: u32,
    ) -> Page {
        let rid = self.ask_pull(room, after, before, limit).await;
        self.expect(|frame| match frame {
            ServerFrame::Page(page) if page.rid == rid => Some(page),
            _ => None,
        })
        .await
    }

    pub(crate) async fn ask_pull(
        &mut self,
        room: RoomId,
        after: Option<u64>,
        before: Option<u64>,
        limit: u32,
    ) -> RequestId {
        self.rid += 1;
        let rid = RequestId(self.rid);
        self.say(ClientFrame::Pull(Pull {
            rid,
            room,
            after: after.map(Seq),
            before: before.map(Seq),
            limit,
        }))
        .await;
        rid
    }

    pub(crate) async fn upull(&mut self, useq: u64, limit: u32) -> Upage {
        self.rid += 1;
        let rid = RequestId(self.rid);
        self.say(ClientFrame::Upull(Upull { rid, useq: Useq(useq), limit })).await;
        self.expect(|frame| match frame {
            ServerFrame::Upage(page) if page.rid == rid => Some(page),
            _ => None,
        })
        .await
    }

    pub(crate) async fn mark(&mut self, room: RoomId, seq: u64) {
        let seq = Seq(seq);
        self.say(ClientFrame::Mark(Mark { room, seq })).await;
    }

    pub(crate) async fn set(&mut self, key: UserKey, value: Value) {
        self.say(ClientFrame::Set(Set { key, value })).await;
    }

    pub(crate) async fn uevent(&mut self) -> homing_protocol::frame::Uevent {
        self.expect(|frame| match frame {
            ServerFrame::Uevent(change) => Some(change),
            _ => None,
        })
        .await
    }

    /// The public room that everybody is put into.
    pub(crate) fn general(&self) -> RoomId {
        self.digests
            .iter()
            .flat_map(|digest| &digest.rooms)
            .find(|room| room.name == "general")
            .unwrap()
            .room
    }
}

pub(crate) fn hello(epoch: Option<Epoch>, pos: Option<Pos>, useq: Option<Useq>) -> Hello {
    Hello {
        versions: vec![VERSION],
        client: Program { app: "test 1".into(), os: "none".into() },
        capabilities: Vec::new(),
        epoch,
        pos,
        useq,
        last_close: None,
        attempt: 0,
    }
}

pub(crate) fn message(text: &str) -> SendItem {
    SendItem {
        cid: new_cid(),
        kind: "message".into(),
        body: json!({ "text": text }).into(),
        ts: 1,
        origin: None,
    }
}
