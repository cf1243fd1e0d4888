//! Read timeouts: while a request's head arrives, and between two requests.
//!
//! hyper has one limit for both, but they must differ. A head arrives at once, so ten seconds are
//! ample and stop clients that send it byte by byte. Between requests the client or proxy should
//! close first: if a proxy sends a request while we close, it can't know whether it was processed
//! and answers 502 for calls that are not safe to repeat. So we wait longer than proxies do.
//!
//! A part of the next head that arrived with the previous request counts as silence between
//! requests until more of it arrives.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// The two limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadTimeouts {
    /// For a head, from its first byte; for the first head, from the start of the connection.
    pub(super) head: Duration,
    /// For the first byte of a further request.
    pub(super) keep_alive: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// A head is arriving; the deadline.
    Head(Instant),
    /// A request is being processed, or the connection is a WebSocket. No limit applies here.
    Busy,
    /// Between two requests; the deadline.
    Idle(Instant),
}

/// The phase of a connection, set by the code that serves its requests.
#[derive(Debug, Clone)]
pub(super) struct PhaseHandle {
    state: Arc<Mutex<PhaseState>>,
    limits: ReadTimeouts,
}

#[derive(Debug)]
struct PhaseState {
    phase: Phase,
    /// A reader that found nothing while no limit applied. hyper does not read again by itself
    /// after a response, so setting a limit must wake it; otherwise the timer would not be polled.
    reader: Option<Waker>,
}

impl PhaseHandle {
    fn state(&self) -> MutexGuard<'_, PhaseState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        if phase != Phase::Busy
            && let Some(reader) = state.reader.take()
        {
            reader.wake();
        }
    }

    fn phase(&self) -> Phase {
        self.state().phase
    }

    /// A head has arrived.
    pub(super) fn busy(&self) {
        self.set(Phase::Busy);
    }

    /// The response is sent; another request may follow.
    pub(super) fn idle(&self) {
        self.set(Phase::Idle(Instant::now() + self.limits.keep_alive));
    }
}

/// A stream whose reads fail with `TimedOut` after too long a silence.
pub(super) struct ReadTimeoutStream<S> {
    stream: S,
    phase: PhaseHandle,
    timer: Pin<Box<Sleep>>,
}

impl<S> ReadTimeoutStream<S> {
    /// Starts with the limit for the first head.
    pub(super) fn new(stream: S, limits: ReadTimeouts) -> (Self, PhaseHandle) {
        let until = Instant::now() + limits.head;
        let state = PhaseState { phase: Phase::Head(until), reader: None };
        let phase = PhaseHandle { state: Arc::new(Mutex::new(state)), limits };
        let timer = Box::pin(tokio::time::sleep_until(until));
        (Self { stream, phase: phase.clone(), timer }, phase)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadTimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) {
            if let Phase::Idle(_) = this.phase.phase() {
                this.phase.set(Phase::Head(Instant::now() + this.phase.limits.head));
            }
            return Poll::Ready(read);
        }
        let until = match this.phase.phase() {
            Phase::Busy => {
                this.phase.state().reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Phase::Head(until) | Phase::Idle(until) => until,
        };
        if this.timer.deadline() != until {
            this.timer.as_mut().reset(until);
        }
        match this.timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ReadTimeoutStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    const LIMITS: ReadTimeouts =
        ReadTimeouts { head: Duration::from_secs(10), keep_alive: Duration::from_secs(180) };

    /// The other end, the connection, and after how long the connection is given up.
    struct TestLine {
        client: DuplexStream,
        server: ReadTimeoutStream<DuplexStream>,
        phase: PhaseHandle,
    }

    fn line() -> TestLine {
        let (client, server) = duplex(1024);
        let (server, phase) = ReadTimeoutStream::new(server, LIMITS);
        TestLine { client, server, phase }
    }

    impl TestLine {
        async fn a_byte(&mut self) {
            self.client.write_all(b"G").await.unwrap();
            self.server.read_u8().await.unwrap();
        }

        async fn given_up_after(&mut self) -> Duration {
            let begin = Instant::now();
            let error = self.server.read_u8().await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            begin.elapsed()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_head_has_ten_seconds_however_it_trickles() {
        assert_eq!(line().given_up_after().await, LIMITS.head);
        let mut slow = line();
        tokio::time::advance(Duration::from_secs(6)).await;
        slow.a_byte().await;
        assert_eq!(slow.given_up_after().await, Duration::from_secs(4));
    }

    #[tokio::test(start_paused = true)]
    async fn between_requests_it_waits_longer_than_proxies_do() {
        let mut line = line();
        line.a_byte().await;
        line.phase.busy();
        line.phase.idle();
        tokio::time::advance(Duration::from_secs(125)).await;
        line.a_byte().await;
        assert_eq!(line.given_up_after().await, LIMITS.head, "a head again");
        line.phase.busy();
        line.phase.idle();
        assert_eq!(line.given_up_after().await, LIMITS.keep_alive);
    }

    #[tokio::test(start_paused = true)]
    async fn who_read_while_it_was_being_answered_is_woken_for_the_limit() {
        let mut line = line();
        line.a_byte().await;
        line.phase.busy();
        let phase = line.phase.clone();
        let (given_up, ()) = tokio::join!(line.given_up_after(), async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            phase.idle();
        });
        assert_eq!(given_up, Duration::from_secs(5) + LIMITS.keep_alive);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_being_answered_and_a_socket_have_limits_of_their_own() {
        let mut line = line();
        line.a_byte().await;
        line.phase.busy();
        let waited = tokio::time::timeout(Duration::from_secs(3600), line.server.read_u8()).await;
        assert!(waited.is_err(), "{waited:?}");
    }
}
