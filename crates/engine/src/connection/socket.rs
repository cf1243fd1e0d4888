//! A byte stream as a socket of frames: WebSocket with JSON in it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Sink, Stream};
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::link::Address;
use homing_protocol::{ClientFrame, CloseCode, Decode, ServerFrame};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Bytes, Message};

use crate::net::connector::{ConnectError, Connector, Transport};
use crate::net::unexpected_response::UnexpectedResponse;
use crate::net::upgrade::{UpgradeError, Upgraded, upgrade};
use crate::secret::Secret;
use crate::trace::Trace;
use crate::view::ConnectionFailure;

/// The read buffer. The library's default of 128 KiB is meant for servers of large files.
const READ_BUFFER: usize = 16 * 1024;
/// The write buffer; the library's default is unlimited. It holds two of the largest frames: one
/// being written and one behind it.
const WRITE_BUFFER: usize = 2 * FRAME_BYTES;

/// A message that takes longer than this to read is answered by a keep-alive, and again after each
/// such time while its bytes still come. It is well below the server's timeout of ten seconds, and
/// well below its limit of 120 frames a minute.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(2);

/// Frames that may wait for the socket while it is still read. Each `ping` that is read adds a
/// `pong`, so a server that pings and never reads is not read either, until its silence ends the
/// connection.
const UNWRITTEN: usize = 256;

/// Why there is no socket, as the person sees it, and whether to retry.
#[derive(Debug, PartialEq)]
pub(crate) struct RetryDecision {
    pub(crate) why: ConnectionFailure,
    /// Retrying may help without the person.
    pub(crate) may_retry: bool,
    /// The earliest time for a retry, from now.
    pub(crate) retry_after: Option<Duration>,
}

/// Whether to retry after a failed upgrade. Only the server's own answer, or an unexpected
/// certificate, ends the retries; any other cause may be gone tomorrow.
pub(crate) fn retry_decision(refused: &UpgradeError) -> RetryDecision {
    let retry_decision = |why, may_retry| RetryDecision { why, may_retry, retry_after: None };
    match refused {
        // A retry would give an attacker another chance.
        UpgradeError::Connect(error @ ConnectError::CertificateChanged { .. }) => {
            retry_decision(error.into(), false)
        }
        UpgradeError::Connect(error) => retry_decision(error.into(), true),
        UpgradeError::Unauthorized { .. } => retry_decision(ConnectionFailure::SignedOut, false),
        UpgradeError::BodyReplaced { status } => {
            let (response, status) = (UnexpectedResponse::Blocked, status.as_u16());
            retry_decision(ConnectionFailure::UnexpectedResponse { response, status }, true)
        }
        UpgradeError::UnexpectedResponse { response, status, retry_after, .. } => {
            let why =
                ConnectionFailure::UnexpectedResponse { response: *response, status: *status };
            RetryDecision { why, may_retry: true, retry_after: *retry_after }
        }
    }
}

/// What the other side sent that violates the protocol.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProtocolViolation {
    #[error(transparent)]
    Frame(#[from] Decode),
    #[error("received something that isn't a WebSocket message, or is too large: {0}")]
    Message(tungstenite::Error),
}

/// Why a socket ended.
#[derive(Debug)]
pub(crate) enum Disconnect {
    /// With a close frame.
    Closed(CloseCode),
    /// Without one.
    Lost,
    /// The other side violated the protocol.
    Violation(ProtocolViolation),
}

impl Disconnect {
    pub(crate) fn code(&self) -> CloseCode {
        match self {
            Self::Closed(code) => *code,
            Self::Lost => CloseCode::ABNORMAL,
            Self::Violation(_) => CloseCode::PROTOCOL_VIOLATION,
        }
    }
}

/// What was received.
#[derive(Debug)]
pub(crate) enum Received {
    Frame(ServerFrame),
    /// A frame of a later protocol version, which may be ignored.
    Unknown(String),
    /// A large message is in transfer: one side has sent a keep-alive in the middle of it.
    TransferProgress,
}

/// One WebSocket connection that speaks `homing.v1`.
pub(crate) struct Socket {
    inner: WebSocketStream<MeteredStream>,
    limit: usize,
    frame_trace: Option<FrameTrace>,
    /// When the last message was complete.
    message_done: Instant,
    /// When the next message began, or was last answered by a keep-alive.
    message_begun: Option<Instant>,
    /// A keep-alive must be sent.
    keepalive_due: bool,
}

/// Records frames in a trace, under the number of their connection.
pub(crate) struct FrameTrace {
    pub(crate) trace: Arc<Trace>,
    pub(crate) connection: u64,
}

impl Socket {
    /// Connects and upgrades.
    pub(crate) async fn open(
        connector: &dyn Connector,
        address: &Address,
        token: &Secret,
    ) -> Result<Self, UpgradeError> {
        let stream = connector.connect(address).await?;
        Self::upgrade(stream, address, token).await
    }

    /// Upgrades a connected stream.
    pub(crate) async fn upgrade(
        stream: Box<dyn Transport>,
        address: &Address,
        token: &Secret,
    ) -> Result<Self, UpgradeError> {
        let last_read = Instant::now();
        let stream =
            MeteredStream { inner: stream, last_read, write_blocked: false, drained: None };
        let Upgraded { stream, read } = upgrade(stream, address, token).await?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(FRAME_BYTES))
            .max_frame_size(Some(FRAME_BYTES));
        let inner =
            WebSocketStream::from_partially_read(stream, read.to_vec(), Role::Client, Some(config))
                .await;
        let (limit, message_done, message_begun) = (FRAME_BYTES, Instant::now(), None);
        Ok(Self {
            inner,
            limit,
            frame_trace: None,
            message_done,
            message_begun,
            keepalive_due: false,
        })
    }

    /// Records every frame from now on.
    pub(crate) fn trace(&mut self, frame_trace: FrameTrace) {
        self.frame_trace = Some(frame_trace);
    }

    /// When the last byte was received.
    pub(crate) fn last_byte(&self) -> Instant {
        self.inner.get_ref().last_read
    }

    /// When bytes were last written that had waited in the send buffer.
    pub(crate) fn drained(&self) -> Option<Instant> {
        self.inner.get_ref().drained
    }

    /// Writes what waits in `out` and returns the next thing received. It may be dropped and called
    /// again at any time: a frame leaves `out` only when the socket has taken all of it.
    pub(crate) async fn next(
        &mut self,
        out: &mut VecDeque<ClientFrame>,
    ) -> Result<Received, Disconnect> {
        poll_fn(|cx| {
            let written = self.poll_write(cx, out);
            if written.is_pending() && out.len() >= UNWRITTEN {
                return Poll::Pending;
            }
            match self.poll_read(cx) {
                // Reading comes first: what the other side sent before it closed must still be
                // received.
                Poll::Pending if matches!(written, Poll::Ready(Err(_))) => {
                    Poll::Ready(Err(Disconnect::Lost))
                }
                Poll::Pending if self.owes_keepalive() => {
                    self.keepalive_due = true;
                    Poll::Ready(Ok(Received::TransferProgress))
                }
                read => read,
            }
        })
        .await
    }

    /// Writes all of `out` and closes.
    pub(crate) async fn close(mut self, mut out: VecDeque<ClientFrame>, code: CloseCode) {
        if poll_fn(|cx| self.poll_write(cx, &mut out)).await.is_ok() {
            let reason = code.meaning().into();
            _ = self.inner.close(Some(CloseFrame { code: code.0.into(), reason })).await;
        }
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut VecDeque<ClientFrame>,
    ) -> Poll<Result<(), tungstenite::Error>> {
        let mut inner = Pin::new(&mut self.inner);
        if self.keepalive_due {
            std::task::ready!(inner.as_mut().poll_ready(cx))?;
            inner.as_mut().start_send(Message::Pong(Bytes::new()))?;
            self.keepalive_due = false;
        }
        while let Some(frame) = out.front() {
            std::task::ready!(inner.as_mut().poll_ready(cx))?;
            let text = frame.encode();
            if let Some(FrameTrace { trace, connection }) = &self.frame_trace {
                trace.sent(*connection, frame.kind(), &text);
            }
            inner.as_mut().start_send(Message::text(text))?;
            out.pop_front();
        }
        inner.poll_flush(cx)
    }

    /// Whether bytes have been coming for long without completing a message. True once for each
    /// interval.
    fn owes_keepalive(&mut self) -> bool {
        let last = self.last_byte();
        if last <= self.message_done {
            return false;
        }
        let message_begun = *self.message_begun.get_or_insert(last);
        let owes = last >= message_begun + KEEPALIVE_EVERY;
        if owes {
            self.message_begun = Some(last);
        }
        owes
    }

    fn control(&self, kind: &'static str) {
        if let Some(FrameTrace { trace, connection }) = &self.frame_trace {
            trace.received(*connection, kind, "");
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Disconnect>> {
        loop {
            let message = match std::task::ready!(Pin::new(&mut self.inner).poll_next(cx)) {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Poll::Ready(Err(ended(error))),
                None => return Poll::Ready(Err(Disconnect::Lost)),
            };
            (self.message_done, self.message_begun) = (self.last_byte(), None);
            match message {
                Message::Text(text) => {
                    let decoded = ServerFrame::decode(&text, self.limit);
                    if let Some(frame_trace) = &self.frame_trace {
                        frame_trace.received(&decoded, &text);
                    }
                    return Poll::Ready(match decoded {
                        Ok(frame) => Ok(Received::Frame(frame)),
                        Err(Decode::UnknownKind(kind)) => Ok(Received::Unknown(kind)),
                        Err(error) => Err(Disconnect::Violation(error.into())),
                    });
                }
                Message::Close(frame) => {
                    let code = frame.map_or(CloseCode(1005), |frame| CloseCode(frame.code.into()));
                    return Poll::Ready(Err(Disconnect::Closed(code)));
                }
                // The library answers pings, which only prove that the other side is alive. Their
                // bytes are counted below.
                Message::Ping(_) => self.control("ws_ping"),
                // It was not requested: the server is in the middle of reading a message.
                Message::Pong(_) => {
                    self.control("ws_pong");
                    return Poll::Ready(Ok(Received::TransferProgress));
                }
                // Version 1 has no binary frames; those of a later version are ignored.
                Message::Binary(_) | Message::Frame(_) => {}
            }
        }
    }
}

impl FrameTrace {
    fn received(&self, decoded: &Result<ServerFrame, Decode>, text: &str) {
        match decoded {
            Ok(frame) => self.trace.received(self.connection, frame.kind(), text),
            Err(Decode::UnknownKind(kind)) => {
                self.trace.received_unknown(self.connection, kind, text);
            }
            Err(_) => self.trace.received(self.connection, "?", text),
        }
    }
}

fn ended(error: tungstenite::Error) -> Disconnect {
    match error {
        // Networks cut connections without a closing handshake.
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            Disconnect::Lost
        }
        tungstenite::Error::Protocol(_)
        | tungstenite::Error::Capacity(_)
        | tungstenite::Error::Utf8(_) => Disconnect::Violation(ProtocolViolation::Message(error)),
        _ => Disconnect::Lost,
    }
}

/// A stream that records when bytes were read and written. A large frame on a slow connection
/// proves life long before it is complete, in both directions.
struct MeteredStream {
    inner: Box<dyn Transport>,
    /// When the last byte was read.
    last_read: Instant,
    /// The stream did not take all bytes, and some have been waiting since.
    write_blocked: bool,
    /// When it last took some of these.
    drained: Option<Instant>,
}

impl MeteredStream {
    /// Only bytes that had to wait count. Bytes that are taken at once prove nothing: the kernel
    /// takes them on a dead connection too.
    fn note_drained(&mut self) {
        if self.write_blocked {
            self.drained = Some(Instant::now());
        }
    }
}

impl AsyncRead for MeteredStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.last_read = Instant::now();
        }
        read
    }
}

impl AsyncWrite for MeteredStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, buf);
        match &written {
            Poll::Ready(Ok(_)) => self.note_drained(),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.write_blocked = true,
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        // TLS has a buffer of its own.
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        if flushed.is_ready() {
            self.note_drained();
        }
        self.write_blocked = flushed.is_pending();
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
