//! The real network: name, TCP, TLS. Everything that reaches a server, socket and calls alike,
//! comes through here, so that what is decided about a network is decided once.

use std::io;

use futures_util::future::BoxFuture;
use homing_protocol::link::Address;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificate::Trust;
use super::connector::{ConnectError, Connector, Transport};

/// Dials over TCP and TLS.
#[derive(Debug)]
pub struct Dialer {
    trust: Trust,
}

impl Dialer {
    /// A dialer that trusts what the operating system trusts, and `extra` beside: a company's own
    /// certificate authority.
    #[must_use]
    pub fn new(extra: Vec<CertificateDer<'static>>) -> Self {
        Self { trust: Trust::new(extra) }
    }

    async fn dial(&self, address: &Address) -> Result<Box<dyn Transport>, ConnectError> {
        let tcp = tcp(address).await?;
        if !address.tls {
            return Ok(Box::new(tcp));
        }
        let config =
            self.trust.config(address).map_err(|error| ConnectError::Tls(error.to_string()))?;
        let name = ServerName::try_from(address.host.clone())
            .map_err(|_| ConnectError::NameNotFound { host: address.host.clone() })?;
        match TlsConnector::from(config).connect(name, tcp).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(tls_error(error, address)),
        }
    }
}

async fn tcp(address: &Address) -> Result<TcpStream, ConnectError> {
    let found = tokio::net::lookup_host((address.host.as_str(), address.port))
        .await
        .map_err(|_| ConnectError::NameNotFound { host: address.host.clone() })?;
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for one in found {
        match TcpStream::connect(one).await {
            Ok(stream) => {
                // A frame is written whole: waiting for more to fill a packet only adds delay.
                stream.set_nodelay(true).map_err(ConnectError::Unreachable)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(ConnectError::Unreachable(last))
}

fn tls_error(error: io::Error, address: &Address) -> ConnectError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) if address.fingerprint.is_some() => {
            ConnectError::CertificateChanged
        }
        Some(rustls::Error::InvalidCertificate(why)) => {
            ConnectError::CertificateUntrusted(why.to_string())
        }
        Some(other) => ConnectError::Tls(other.to_string()),
        None => ConnectError::Unreachable(error),
    }
}

impl Connector for Dialer {
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(self.dial(address))
    }
}
