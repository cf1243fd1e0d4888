//! A TLS handshake that records the certificate instead of enforcing it.
//!
//! Any certificate passes, and the system's verdict is recorded, because what answers behind a
//! wrong certificate may explain it. Signatures are checked, so the server holds the certificate's
//! key. Only for the doctor, which sends no secret.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::findings::{ExchangeError, TlsSession};
use super::public_address::{STEP_TIMEOUT, Trust};
use crate::tls;
use homing_certificate::Certificate;

/// Does the handshake and returns what it showed.
pub(super) async fn tls_handshake(
    host: &str,
    trust: &Trust,
    stream: TcpStream,
) -> Result<(TlsSession, TlsStream<TcpStream>), ExchangeError> {
    let unfit = |error: &dyn std::error::Error| ExchangeError::Invalid(error.to_string());
    let name = ServerName::try_from(host.to_owned()).map_err(|error| unfit(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(RecordingVerifier::new(trust, provider.clone()));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unfit(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let handshake =
        timeout(STEP_TIMEOUT, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    let stream = handshake.map_err(|_| ExchangeError::TimedOut)?.map_err(|error| {
        match error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
            true => ExchangeError::Invalid(error.to_string()),
            false => ExchangeError::Closed(error.to_string()),
        }
    })?;
    let session = stream.get_ref().1;
    let version = session.protocol_version().and_then(|version| version.as_str());
    let chain = session.peer_certificates().unwrap_or_default();
    let first =
        chain.first().ok_or(ExchangeError::Invalid("the server sent no certificate".to_owned()))?;
    let session = TlsSession {
        version: version.unwrap_or("TLS").replace("TLSv1_", "TLS 1."),
        certificate: Certificate::read(first),
        fingerprint: tls::fingerprint(first),
        trusted: verifier.verdict(),
    };
    Ok((session, stream))
}

/// A verifier that accepts every certificate and records the system's verdict.
#[derive(Debug)]
struct RecordingVerifier {
    provider: Arc<CryptoProvider>,
    /// The system's verifier, where the system's trust matters.
    judge: Option<Result<Verifier, rustls::Error>>,
    verdict: Mutex<Result<(), String>>,
}

impl RecordingVerifier {
    fn new(trust: &Trust, provider: Arc<CryptoProvider>) -> Self {
        let judge = match trust {
            Trust::Off | Trust::Pinned(_) => None,
            Trust::System { extra, .. } => {
                Some(Verifier::new_with_extra_roots(extra.iter().cloned(), provider.clone()))
            }
        };
        Self { provider, judge, verdict: Mutex::new(Ok(())) }
    }

    fn verdict(&self) -> Result<(), String> {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let judged = match &self.judge {
            None => Ok(()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(judge)) => judge
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map(drop)
                .map_err(|error| error.to_string()),
        };
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = judged;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
