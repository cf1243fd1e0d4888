//! Accepting connections: a loop of our own, because the listener comes from outside, the TLS
//! handshake needs a time limit, and a socket must count as a connection for as long as it lives.

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
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::metrics::Metrics;

mod pace;
mod proxy_protocol;

/// Bytes of one request's head. Cookies do not come here; a token and a few headers do.
const HEAD_BYTES: usize = 16 * 1024;
/// After an error that is not about one connection, such as no free file descriptor: a pause, or
/// the loop would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where connections come from.
pub trait Listener: Send + 'static {
    /// A connection: bytes both ways.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// The next connection, and where it comes from. May be dropped and called again at any time.
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
        Ok((stream, peer))
    }
}

/// Accepts until `stop`, then stops reading requests and returns; open connections end by the
/// app's own token.
pub(crate) async fn run(
    app: Arc<App>,
    mut listener: impl Listener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(app.config.most_connections));
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
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // At once and not later: the client's backoff handles a refusal better than silence.
        let Ok(permit) = room.clone().try_acquire_owned() else {
            app.metrics.turned_away.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let stream = Counted::new(stream, permit, app.metrics.clone());
        let tasks = app.tasks.clone();
        let serving = serve(app.clone(), stream, peer, acceptor.clone(), router.clone());
        tasks.spawn(serving);
    }
}

async fn serve(
    app: Arc<App>,
    mut stream: Counted<impl AsyncRead + AsyncWrite + Send + Unpin + 'static>,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    router: Router,
) {
    let Some(peer) = speaker(&app, &mut stream, peer).await else { return };
    match acceptor {
        None => serve_http(&app, stream, peer, router).await,
        Some(acceptor) => {
            let patience = app.config.timers.tls_timeout;
            let shaken = tokio::select! {
                biased;
                shaken = tokio::time::timeout(patience, acceptor.accept(stream)) => shaken,
                () = app.stop.cancelled() => return,
            };
            match shaken {
                Ok(Ok(stream)) => serve_http(&app, stream, peer, router).await,
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake timed out"),
            }
        }
    }
}

/// The client's address, as the PROXY protocol tells it when a proxy that speaks it is connected.
/// None: it broke off, or did not speak it.
async fn speaker(
    app: &App,
    stream: &mut (impl AsyncRead + Unpin),
    peer: SocketAddr,
) -> Option<SocketAddr> {
    if !app.config.proxy_protocol.contains(peer.ip()) {
        return Some(peer);
    }
    let patience = app.config.timers.header_timeout;
    let read = tokio::select! {
        biased;
        read = tokio::time::timeout(patience, proxy_protocol::read(stream)) => read,
        () = app.stop.cancelled() => return None,
    };
    match read {
        Ok(Ok(client)) => Some(client.unwrap_or(peer)),
        // A proxy that looks whether the port is open says nothing at all.
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => None,
        Ok(Err(error)) => {
            // The proxy's address is the host's own and nobody's of the people here.
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
    peer: SocketAddr,
    router: Router,
) {
    let router = TowerToHyperService::new(router);
    let timers = app.config.timers;
    let limits = pace::Limits { head: timers.header_timeout, keep_alive: timers.keep_alive };
    let (stream, pace) = pace::Paced::new(stream, limits);
    let service = service_fn(move |mut request: Request<Incoming>| {
        pace.busy();
        request.extensions_mut().insert(ConnectInfo(peer));
        let (answer, pace) = (router.call(request), pace.clone());
        async move {
            let answer = answer.await?;
            // What was upgraded is no HTTP any more.
            if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                pace.idle();
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Two limits instead of one, see `pace`.
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
            let patience = app.config.timers.closing;
            match tokio::time::timeout(patience, connection).await {
                Ok(result) => result,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "HTTP connection ended");
    }
}

/// A connection that holds its place among the allowed ones until it is dropped, whoever owns it
/// then: the request, or the socket it was upgraded to.
struct Counted<S> {
    stream: S,
    metrics: Arc<Metrics>,
    _permit: OwnedSemaphorePermit,
}

impl<S> Counted<S> {
    fn new(stream: S, permit: OwnedSemaphorePermit, metrics: Arc<Metrics>) -> Self {
        metrics.connections.fetch_add(1, Ordering::Relaxed);
        Self { stream, metrics, _permit: permit }
    }
}

impl<S> Drop for Counted<S> {
    fn drop(&mut self) {
        self.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
