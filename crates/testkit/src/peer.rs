//! A scripted server: it speaks `homing.v1` over any stream and does what the test says, step by
//! step.
//!
//! It keeps no state and answers nothing by itself, so a test can make it late, wrong, silent or
//! gone. Only pings of the WebSocket layer are answered, by the library. Every wait panics after
//! [`STEP_TIMEOUT`] with what was expected; on a paused clock that takes no time.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use homing_protocol::frame::{
    Ack, ClientBye, ClientEph, Digest, Hello, Mark, Ping, Pong, Pull, Send, Set, Upull, Welcome,
};
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::{ClientFrame, CloseCode, SUBPROTOCOL, ServerFrame};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// The time limit of a step. Longer than any timeout of the engine.
pub const STEP_TIMEOUT: Duration = Duration::from_secs(300);

/// How a client disconnected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disconnect {
    /// With a close frame with this code.
    Closed(CloseCode),
    /// Without a close frame.
    Cut,
}

/// The server's side of one connection. See the [module](self).
#[derive(Debug)]
pub struct Peer<S> {
    socket: WebSocketStream<S>,
    path: String,
    headers: HeaderMap,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Accepts the upgrade with the subprotocol `homing.v1`.
    ///
    /// # Panics
    /// When the client asks for no such upgrade.
    #[expect(clippy::result_large_err, reason = "the shape of tungstenite's callback")]
    pub async fn accept(stream: S) -> Self {
        let mut asked = None;
        let answer = |request: &Request, mut response: Response| {
            asked = Some((request.uri().path().to_owned(), request.headers().clone()));
            let named = HeaderValue::from_static(SUBPROTOCOL);
            response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, named);
            Ok(response)
        };
        let socket = with_timeout("an upgrade", accept_hdr_async(stream, answer))
            .await
            .expect("the client asks for a WebSocket");
        let (path, headers) = asked.expect("the upgrade was asked for");
        let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL);
        assert_eq!(
            offered.and_then(|value| value.to_str().ok()),
            Some(SUBPROTOCOL),
            "the client offers the subprotocol",
        );
        Self { socket, path, headers }
    }

    /// Refuses the upgrade with an HTTP status and an empty body, as a proxy does.
    #[expect(clippy::result_large_err, reason = "the shape of tungstenite's callback")]
    pub async fn refuse(stream: S, status: StatusCode) {
        let answer = |_: &Request, _: Response| -> Result<Response, ErrorResponse> {
            let mut response = ErrorResponse::new(None);
            *response.status_mut() = status;
            Err(response)
        };
        let refused = with_timeout("an upgrade", accept_hdr_async(stream, answer)).await;
        assert!(refused.is_err(), "an upgrade that is refused makes no socket");
    }

    /// Refuses the upgrade as a Homing server does: with a problem body.
    ///
    /// # Panics
    /// When nothing is asked for.
    pub async fn refuse_as_server(mut stream: S, status: StatusCode, code: &str) {
        let mut asked = Vec::new();
        with_timeout("an upgrade", async {
            while !asked.ends_with(b"\r\n\r\n") {
                let read = stream.read_buf(&mut asked).await.expect("a healthy line");
                assert!(read > 0, "an upgrade is asked for");
            }
        })
        .await;
        let body = format!(r#"{{"code":"{code}","text":"refused"}}"#);
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        // The client may have closed already.
        _ = stream.write_all(answer.as_bytes()).await;
    }

    /// The path of the upgrade.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The bearer token of the upgrade.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
    }

    /// The next frame of any kind, or how the client disconnected.
    ///
    /// # Errors
    /// [`Disconnect`] when no frame will come any more.
    ///
    /// # Panics
    /// On a frame that can't be read.
    pub async fn next(&mut self) -> Result<ClientFrame, Disconnect> {
        with_timeout("a frame", self.frame()).await
    }

    async fn frame(&mut self) -> Result<ClientFrame, Disconnect> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(ClientFrame::decode(&text, FRAME_BYTES)
                        .unwrap_or_else(|error| panic!("{error} in {text}")));
                }
                Some(Ok(Message::Close(frame))) => {
                    // Reading on sends the answer.
                    while let Some(Ok(_)) = self.socket.next().await {}
                    let code = frame.map_or(CloseCode(1005), |frame| CloseCode(frame.code.into()));
                    return Err(Disconnect::Closed(code));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => panic!("the client sent {other:?}, which is no text"),
                Some(Err(_)) | None => return Err(Disconnect::Cut),
            }
        }
    }

    /// The next frame, which must be of this kind: `let hello: Hello = peer.expect().await`.
    ///
    /// # Panics
    /// When it is another, or the client leaves.
    pub async fn expect<F: FromClient>(&mut self) -> F {
        match self.next().await {
            Ok(frame) => F::read(frame)
                .unwrap_or_else(|other| panic!("expected {}, the client sent {other:?}", F::KIND)),
            Err(gone) => panic!("expected {}, the client left: {gone:?}", F::KIND),
        }
    }

    /// The next frame of this kind. Others before it are dropped.
    ///
    /// # Panics
    /// When the client leaves first.
    pub async fn seek<F: FromClient>(&mut self) -> F {
        loop {
            match self.next().await.map(F::read) {
                Ok(Ok(frame)) => return frame,
                Ok(Err(_)) => {}
                Err(gone) => panic!("expected {}, the client left: {gone:?}", F::KIND),
            }
        }
    }

    /// Reads frames without answering until the client disconnects.
    pub async fn ignore(&mut self) -> Disconnect {
        loop {
            if let Err(gone) = self.next().await {
                return gone;
            }
        }
    }

    /// Sends a frame. If the client is gone, the next step reports it.
    pub async fn send(&mut self, frame: ServerFrame) {
        self.send_text(frame.encode()).await;
    }

    /// Sends a text that may not be a frame.
    pub async fn send_text(&mut self, text: impl Into<String>) {
        _ = self.socket.send(Message::text(text.into())).await;
    }

    /// Expects `hello` and answers with `welcome`, these digests and `caught_up`.
    pub async fn greet(&mut self, welcome: Welcome, digests: Vec<Digest>) -> Hello {
        let hello = self.expect().await;
        self.send(ServerFrame::Welcome(Box::new(welcome))).await;
        for digest in digests {
            self.send(ServerFrame::Digest(digest)).await;
        }
        self.send(ServerFrame::CaughtUp).await;
        hello
    }

    /// Closes with a code and waits for the client's answer.
    pub async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame { code: code.0.into(), reason: code.meaning().into() };
        _ = self.socket.close(Some(frame)).await;
        with_timeout("an answer to the close", async {
            while let Some(Ok(_)) = self.socket.next().await {}
        })
        .await;
    }

    /// Ends the connection without a close frame and returns the stream.
    #[must_use = "drop it to cut the connection"]
    pub fn into_inner(self) -> S {
        self.socket.into_inner()
    }
}

async fn with_timeout<T>(what: &str, step: impl Future<Output = T>) -> T {
    timeout(STEP_TIMEOUT, step)
        .await
        .unwrap_or_else(|_| panic!("waited {} s for {what}", STEP_TIMEOUT.as_secs()))
}

/// A kind of client frame, for [`Peer::expect`].
pub trait FromClient: Sized + Debug {
    /// As in `"t"`.
    const KIND: &'static str;

    /// The fields, or the frame itself when it is of another kind.
    ///
    /// # Errors
    /// The frame, when it is of another kind.
    fn read(frame: ClientFrame) -> Result<Self, Box<ClientFrame>>;
}

macro_rules! from_client {
    ($($kind:literal $variant:ident($fields:ty)),* $(,)?) => {$(
        impl FromClient for $fields {
            const KIND: &'static str = $kind;

            fn read(frame: ClientFrame) -> Result<Self, Box<ClientFrame>> {
                match frame {
                    ClientFrame::$variant(fields) => Ok(fields),
                    other => Err(Box::new(other)),
                }
            }
        }
    )*};
}

from_client! {
    "hello" Hello(Hello),
    "send" Send(Send),
    "pull" Pull(Pull),
    "upull" Upull(Upull),
    "mark" Mark(Mark),
    "set" Set(Set),
    "eph" Eph(ClientEph),
    "ack" Ack(Ack),
    "ping" Ping(Ping),
    "pong" Pong(Pong),
    "bye" Bye(ClientBye),
}
