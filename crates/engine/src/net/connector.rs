//! From an address to a byte stream: the one seam through which an engine reaches the world.
//!
//! A test puts an in-memory pipe behind it, a simulator a whole network.

use futures_util::future::BoxFuture;
use homing_protocol::link::Address;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::view::LinkFailure;

/// A connected stream, encrypted if the address asks for it.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// Why there is no stream.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The server's name can't be found: a typing error, or no network.
    #[error("the name {host} can't be found")]
    NameNotFound {
        /// The name.
        host: String,
    },
    /// Nobody answers there.
    #[error("nobody answers there: {0}")]
    Unreachable(#[source] std::io::Error),
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The certificate is not the one that the join link names.
    #[error("the certificate is not the one of the join link")]
    CertificateChanged,
    /// The operating system does not trust the certificate.
    #[error("the certificate is not trusted: {0}")]
    CertificateUntrusted(String),
    /// TLS failed otherwise: no TLS there, or no version in common.
    #[error("no secure connection: {0}")]
    Tls(String),
}

impl From<&ConnectError> for LinkFailure {
    fn from(error: &ConnectError) -> Self {
        match error {
            ConnectError::NameNotFound { .. } => Self::NameNotFound,
            ConnectError::Unreachable(_) => Self::Unreachable,
            ConnectError::TimedOut => Self::TimedOut,
            ConnectError::CertificateChanged => Self::CertificateChanged,
            ConnectError::CertificateUntrusted(_) => Self::CertificateUntrusted,
            // What answers in something else than TLS is something else than our server.
            ConnectError::Tls(_) => Self::NotHoming { status: 0 },
        }
    }
}

/// Makes byte streams.
pub trait Connector: Send + Sync + 'static {
    /// A new stream to `address`. Has no time limit of its own; dropping the future gives up.
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>>;
}
