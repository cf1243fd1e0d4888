//! Which certificate a server may show.
//!
//! A join link may name the certificate by its fingerprint. Then that one is accepted, whoever
//! signed it and whatever name stands in it, and no other: this is what makes a self-made
//! certificate as safe as a bought one. Without a fingerprint the operating system decides.

use std::sync::{Arc, Mutex};

use homing_protocol::link::{Address, Fingerprint};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};

/// Accepts one certificate.
#[derive(Debug)]
struct Pinned {
    fingerprint: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if Sha256::digest(end_entity)[..] == self.fingerprint.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }

    // The fingerprint says which key; these say that the server holds it.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The TLS settings for each kind of address. The operating system's are read once, when first
/// needed: that takes tens of milliseconds.
#[derive(Debug)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    /// Certificates to trust beside the operating system's.
    extra: Vec<CertificateDer<'static>>,
    platform: Mutex<Option<Arc<ClientConfig>>>,
}

impl Trust {
    pub(super) fn new(extra: Vec<CertificateDer<'static>>) -> Self {
        Self {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            extra,
            platform: Mutex::new(None),
        }
    }

    pub(super) fn config(&self, address: &Address) -> Result<Arc<ClientConfig>, Error> {
        let Some(fingerprint) = address.fingerprint else {
            return self.platform();
        };
        let provider = self.provider.clone();
        self.with(Arc::new(Pinned { fingerprint, provider }))
    }

    fn platform(&self) -> Result<Arc<ClientConfig>, Error> {
        // A poisoned lock holds a whole value or none: nothing is changed in place.
        let mut held = self.platform.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(config) = &*held {
            return Ok(config.clone());
        }
        let verifier =
            Verifier::new_with_extra_roots(self.extra.iter().cloned(), self.provider.clone())?;
        let config = self.with(Arc::new(verifier))?;
        *held = Some(config.clone());
        Ok(config)
    }

    fn with(&self, verifier: Arc<dyn ServerCertVerifier>) -> Result<Arc<ClientConfig>, Error> {
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
