//! Accepts connections. It is our own loop because the listener is passed in, the TLS handshake
//! needs a time limit, and an upgraded socket must count as a connection for as long as it lives.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::address_limit::{AddressLimit, AddressSlot};
use crate::app::App;
use crate::metrics::Metrics;
use crate::traffic::Traffic;

mod proxy_protocol;
mod read_timeout;

/// Bytes of a request head: a token and a few headers, no cookies.
const HEAD_BYTES: usize = 16 * 1024;
/// Unsent bytes that the system buffers for each connection: a dozen packets.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 16 * 1024;
/// Added to the slow-consumer limit: a session that knows the reason closes first.
const WRITE_TIMEOUT_GRACE: Duration = Duration::from_secs(5);
/// Pause after an error of `accept`, such as no free file descriptor. Otherwise the loop would
/// spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The source of connections.
pub trait Listener: Send + 'static {
    /// A byte stream in both directions.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// When it can't accept now. The next call may succeed.
    ///
    /// # Errors
    /// When there is none to be had at present. The next call may have one.
    fn accept(
        &mut self,
    ) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send + '_;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = Self::accept(self).await?;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection ended before it began");
        }
        limit_unsent(&stream);
        Ok((stream, peer))
    }
}

/// Limits the system's buffer of unsent data. By default it takes megabytes, and a `ping` behind
/// them would count as sent long before it leaves.
#[cfg_attr(
    not(target_os = "linux"),
    expect(unused_variables, reason = "only there the option can be set without unsafe code")
)]
fn limit_unsent(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES) {
        tracing::debug!(%error, "the system keeps as much as it likes");
    }
}

/// Accepts until `stop`. Open connections end by the app's own token.
pub(crate) async fn run(
    app: Arc<App>,
    mut listener: impl Listener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(app.config.max_connections));
    let addresses = AddressLimit::new(app.config.max_connections_per_address);
    let acceptor = tls.map(TlsAcceptor::from);
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "can't accept connections");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Refuse at once: the client's back-off handles a refusal better than silence.
        let trusted = [&app.config.trust_forwarded, &app.config.proxy_protocol];
        let slot = if trusted.iter().any(|proxies| proxies.contains(peer.ip())) {
            Some(AddressSlot::uncounted())
        } else {
            addresses.acquire(peer.ip())
        };
        let (Ok(permit), Some(slot)) = (permits.clone().try_acquire_owned(), slot) else {
            app.metrics.turned_away.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let traffic = Traffic::new();
        let write_timeout = app.config.timers.slow_consumer + WRITE_TIMEOUT_GRACE;
        let held = (permit, slot);
        let stream =
            TrackedStream::new(stream, held, app.metrics.clone(), traffic.clone(), write_timeout);
        let tasks = app.tasks.clone();
        let peer = Peer { addr: peer, traffic };
        let serving = serve(app.clone(), stream, peer, acceptor.clone(), router.clone());
        tasks.spawn(serving);
    }
}

/// The data of a connection that request handlers use.
struct Peer {
    addr: SocketAddr,
    traffic: Traffic,
}

async fn serve(
    app: Arc<App>,
    mut stream: TrackedStream<impl AsyncRead + AsyncWrite + Send + Unpin + 'static>,
    peer: Peer,
    acceptor: Option<TlsAcceptor>,
    router: Router,
) {
    let Some(addr) = client_address(&app, &mut stream, peer.addr).await else { return };
    let peer = Peer { addr, ..peer };
    match acceptor {
        None => serve_http(&app, stream, peer, router).await,
        Some(acceptor) => {
            let timeout = app.config.timers.tls_timeout;
            let handshake = tokio::select! {
                biased;
                handshake = tokio::time::timeout(timeout, acceptor.accept(stream)) => handshake,
                () = app.stop.cancelled() => return,
            };
            match handshake {
                Ok(Ok(stream)) => serve_http(&app, stream, peer, router).await,
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake timed out"),
            }
        }
    }
}

/// The client's address: from the PROXY header if the peer is configured to send one, else the
/// peer. None: the header was missing or incomplete.
async fn client_address(
    app: &App,
    stream: &mut (impl AsyncRead + Unpin),
    peer: SocketAddr,
) -> Option<SocketAddr> {
    if !app.config.proxy_protocol.contains(peer.ip()) {
        return Some(peer);
    }
    let timeout = app.config.timers.header_timeout;
    let read = tokio::select! {
        biased;
        read = tokio::time::timeout(timeout, proxy_protocol::read(stream)) => read,
        () = app.stop.cancelled() => return None,
    };
    match read {
        Ok(Ok(client)) => Some(client.unwrap_or(peer)),
        // A health check of a proxy that only opens the port.
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => None,
        Ok(Err(error)) => {
            // The address of a configured proxy is no personal data.
            let proxy = peer.ip();
            tracing::warn!(
                "a connection from {proxy} was refused: {error}. --proxy-protocol names this \
                 address; let the proxy there send the header, or do not name it"
            );
            None
        }
        Err(_) => {
            tracing::debug!("no PROXY header came in time");
            None
        }
    }
}

async fn serve_http(
    app: &App,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    router: Router,
) {
    let Peer { addr, traffic } = peer;
    let router = TowerToHyperService::new(router);
    let timers = app.config.timers;
    let limits =
        read_timeout::ReadTimeouts { head: timers.header_timeout, keep_alive: timers.keep_alive };
    let (stream, phase) = read_timeout::ReadTimeoutStream::new(stream, limits);
    let service = service_fn(move |mut request: Request<Incoming>| {
        phase.busy();
        request.extensions_mut().insert(ConnectInfo(addr));
        request.extensions_mut().insert(traffic.clone());
        let (answer, phase) = (router.call(request), phase.clone());
        async move {
            let answer = answer.await?;
            // An upgraded connection is no longer HTTP.
            if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                phase.idle();
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Replaced by the two limits of `read_timeout`.
        .header_read_timeout(None)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        biased;
        result = connection.as_mut() => result,
        () = app.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let timeout = app.config.timers.closing;
            match tokio::time::timeout(timeout, connection).await {
                Ok(result) => result,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "HTTP connection ended");
    }
}

/// A stream that counts as a connection until it is dropped, also after an upgrade. It fails when
/// the peer accepts no data for too long: such a peer would otherwise hold its slot and its
/// responses for ever, even without a token.
struct TrackedStream<S> {
    stream: S,
    /// How long a write may make no progress.
    write_timeout: Duration,
    /// Runs while a write makes no progress.
    write_timer: Option<Pin<Box<Sleep>>>,
    metrics: Arc<Metrics>,
    traffic: Traffic,
    _held: (OwnedSemaphorePermit, AddressSlot),
}

impl<S> TrackedStream<S> {
    fn new(
        stream: S,
        held: (OwnedSemaphorePermit, AddressSlot),
        metrics: Arc<Metrics>,
        traffic: Traffic,
        write_timeout: Duration,
    ) -> Self {
        metrics.connections.fetch_add(1, Ordering::Relaxed);
        Self { stream, write_timeout, write_timer: None, metrics, traffic, _held: held }
    }

    /// Fails a write that makes no progress within the limit.
    fn bounded(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_timer = None;
            return written;
        }
        let write_timeout = self.write_timeout;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep(write_timeout)));
        std::task::ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S> Drop for TrackedStream<S> {
    fn drop(&mut self) {
        self.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TrackedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.traffic.count_read(buffer.filled().len() - before);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TrackedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.traffic.mark_write();
        }
        self.bounded(cx, written)
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    const WRITE_TIMEOUT: Duration = Duration::from_secs(35);

    fn counted<S>(stream: S) -> (TrackedStream<S>, Arc<Metrics>) {
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        let held = (permit, AddressSlot::uncounted());
        let metrics = Arc::<Metrics>::default();
        (TrackedStream::new(stream, held, metrics.clone(), Traffic::new(), WRITE_TIMEOUT), metrics)
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_not_kept() {
        let (ours, _theirs) = duplex(64);
        let (mut stream, metrics) = counted(ours);
        let began = Instant::now();
        let ended = stream.write_all(&[0; 1000]).await.unwrap_err();
        assert_eq!((ended.kind(), began.elapsed()), (io::ErrorKind::TimedOut, WRITE_TIMEOUT));
        drop(stream);
        assert_eq!(metrics.connections.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_little_now_and_then_is() {
        let (ours, mut theirs) = duplex(64);
        let (mut stream, _) = counted(ours);
        let takes = async {
            for _ in 0..1000 / 8 {
                sleep(WRITE_TIMEOUT / 2).await;
                theirs.read_exact(&mut [0; 8]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(stream.write_all(&[0; 1000]), takes);
        written.unwrap();
    }
}
