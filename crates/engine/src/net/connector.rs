//! From an address to a byte stream: the interface through which an engine reaches the network.
//!
//! A test implements it with an in-memory pipe, a simulator with a whole network.

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
    /// The server's host name was not found: a typing error, or no network.
    #[error("can't find {host}")]
    NameNotFound {
        /// The host name in the address.
        host: String,
    },
    /// No response at the address.
    #[error("can't connect: {0}")]
    Unreachable(#[source] std::io::Error),
    /// No response in time.
    #[error("no response in time")]
    TimedOut,
    /// The certificate does not match the join link.
    #[error("the certificate doesn't match the join link")]
    CertificateChanged {
        /// The fingerprint in the join link.
        expected: Fingerprint,
        /// The fingerprint of the server's certificate.
        found: Fingerprint,
    },
    /// The operating system does not trust the certificate.
    #[error("the certificate isn't trusted: {0}")]
    CertificateUntrusted(String),
    /// Another TLS error: the port does not use TLS, or there is no common version.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The proxy did not let the connection through.
    #[error("{trouble}")]
    Proxy {
        /// What is wrong with the proxy.
        trouble: ProxyError,
        /// The proxy's or the system's own text; may be empty.
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
            // A server that does not speak TLS is not ours.
            ConnectError::Tls(_) => {
                Self::UnexpectedResponse { response: UnexpectedResponse::NotHttp, status: 0 }
            }
            ConnectError::Proxy { trouble, .. } => Self::Proxy { trouble: *trouble },
        }
    }
}

/// A step of connecting, for observers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectProgress {
    /// It is decided whether to use a proxy, and which one.
    Routed {
        /// The chosen route.
        route: Route,
    },
    /// The proxy accepted the TCP connection.
    ProxyConnected {
        /// The proxy's address.
        address: SocketAddr,
    },
    /// The proxy has connected to the server.
    TunnelOpened,
    /// The host name was resolved.
    Resolved {
        /// Never empty.
        addresses: Vec<SocketAddr>,
    },
    /// An address could not be reached.
    AddressFailed {
        /// That address.
        address: SocketAddr,
        /// The operating system's error.
        error: String,
    },
    /// TCP is connected.
    Connected {
        /// The server's address.
        address: SocketAddr,
    },
    /// The server presented its certificates, which may be rejected afterwards.
    CertificatePresented {
        /// The server's own certificate first.
        chain: Vec<CertificateDer<'static>>,
    },
    /// TLS is established.
    TlsEstablished {
        /// The TLS version.
        version: String,
        /// The cipher suite.
        suite: String,
    },
}

/// Receives the progress of connecting. It must not block.
pub trait ConnectObserver: Fn(ConnectProgress) + Send + Sync {}

impl<F: Fn(ConnectProgress) + Send + Sync> ConnectObserver for F {}

/// Makes byte streams.
pub trait Connector: Send + Sync + 'static {
    /// Connects to `address`. It has no timeout of its own; dropping the future cancels it.
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>>;

    /// The same, with an observer. A connector without a network has nothing to report.
    fn connect_observed<'a>(
        &'a self,
        address: &'a Address,
        _observer: &'a dyn ConnectObserver,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        self.connect(address)
    }
}
