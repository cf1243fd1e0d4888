//! From an address to a byte stream: the one seam through which an engine reaches the world.
//!
//! A test puts an in-memory pipe behind it, a simulator a whole network.

use std::net::SocketAddr;

use futures_util::future::BoxFuture;
use homing_protocol::link::{Address, Fingerprint};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};

use super::route::Route;
use super::unexpected_response::UnexpectedResponse;
use crate::view::ConnectionFailure;

pub use super::tunnel::ProxyError;

/// A connected stream, encrypted if the address asks for it.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// Why there is no stream.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The server's name can't be found: a typing error, or no network.
    #[error("can't find {host}")]
    NameNotFound {
        /// The name.
        host: String,
    },
    /// Nobody answers there.
    #[error("can't connect: {0}")]
    Unreachable(#[source] std::io::Error),
    /// No answer in time.
    #[error("no response in time")]
    TimedOut,
    /// The certificate is not the one that the join link names.
    #[error("the certificate doesn't match the join link")]
    CertificateChanged {
        /// The one that the link names.
        expected: Fingerprint,
        /// The one that is there.
        found: Fingerprint,
    },
    /// The operating system does not trust the certificate.
    #[error("the certificate isn't trusted: {0}")]
    CertificateUntrusted(String),
    /// TLS failed otherwise: no TLS there, or no version in common.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The proxy on the way did not let it through.
    #[error("{trouble}")]
    Proxy {
        /// What is wrong with it.
        trouble: ProxyError,
        /// In its own words, or those of the system; may be empty.
        words: String,
    },
}

impl From<&ConnectError> for ConnectionFailure {
    fn from(error: &ConnectError) -> Self {
        match error {
            ConnectError::NameNotFound { .. } => Self::NameNotFound,
            ConnectError::Unreachable(_) => Self::Unreachable,
            ConnectError::TimedOut => Self::TimedOut,
            ConnectError::CertificateChanged { expected, found } => Self::CertificateChanged {
                expected: expected.to_string(),
                found: found.to_string(),
            },
            ConnectError::CertificateUntrusted(_) => Self::CertificateUntrusted,
            // What answers in something else than TLS is something else than our server.
            ConnectError::Tls(_) => {
                Self::UnexpectedResponse { response: UnexpectedResponse::NotHttp, status: 0 }
            }
            ConnectError::Proxy { trouble, .. } => Self::Proxy { trouble: *trouble },
        }
    }
}

/// What happens on the way to a stream, for who wants to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectProgress {
    /// It is decided whether a proxy is taken, and which.
    Routed {
        /// The way.
        route: Route,
    },
    /// The proxy answers at its address.
    ProxyConnected {
        /// Where.
        address: SocketAddr,
    },
    /// The proxy has opened the way to the server.
    TunnelOpened,
    /// The name was looked up.
    Resolved {
        /// What it leads to; never empty.
        addresses: Vec<SocketAddr>,
    },
    /// Nobody could be reached at one of them.
    AddressFailed {
        /// Which.
        address: SocketAddr,
        /// Why, in the operating system's words.
        error: String,
    },
    /// Somebody answers there.
    Connected {
        /// Where.
        address: SocketAddr,
    },
    /// The server showed its certificates, which may not have been accepted.
    CertificatePresented {
        /// Its own first.
        chain: Vec<CertificateDer<'static>>,
    },
    /// The stream is encrypted.
    TlsEstablished {
        /// Version of TLS.
        version: String,
        /// Cipher suite.
        suite: String,
    },
}

/// Hears of progress events. Must not block.
pub trait ConnectObserver: Fn(ConnectProgress) + Send + Sync {}

impl<F: Fn(ConnectProgress) + Send + Sync> ConnectObserver for F {}

/// Makes byte streams.
pub trait Connector: Send + Sync + 'static {
    /// A new stream to `address`. Has no time limit of its own; dropping the future gives up.
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>>;

    /// The same, telling what happens on the way. A connector without a network on the way has
    /// nothing to tell.
    fn connect_observed<'a>(
        &'a self,
        address: &'a Address,
        _observer: &'a dyn ConnectObserver,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        self.connect(address)
    }
}
