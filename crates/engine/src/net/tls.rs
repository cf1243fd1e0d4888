//! Which certificate of a server is accepted.
//!
//! A join link may contain the fingerprint of the certificate. Then exactly that certificate is
//! accepted, whatever its issuer and names, which makes a self-signed certificate as safe as one
//! that was bought. Without a fingerprint the operating system decides, with the additional
//! authorities that the person trusts for this server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_protocol::link::{Address, Fingerprint};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};

/// The certificate is not the pinned one.
#[derive(Debug, thiserror::Error)]
#[error("the certificate's fingerprint is {found}")]
pub(super) struct FingerprintMismatch {
    pub(super) found: Fingerprint,
}

/// The fingerprint of a certificate in DER.
pub(crate) fn fingerprint(der: &[u8]) -> Fingerprint {
    Fingerprint(Sha256::digest(der).into())
}

/// Accepts exactly one certificate.
#[derive(Debug)]
struct PinnedVerifier {
    fingerprint: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = fingerprint(end_entity);
        if found == self.fingerprint {
            Ok(ServerCertVerified::assertion())
        } else {
            let other = OtherError(Arc::new(FingerprintMismatch { found }));
            Err(rustls::CertificateError::Other(other).into())
        }
    }

    // The fingerprint identifies the key; these signatures prove that the server holds it.
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

/// Records which certificates a server presents, also when they are rejected. The Doctor uses it.
#[derive(Debug, Default)]
pub(super) struct ChainRecorder(Mutex<Option<Vec<CertificateDer<'static>>>>);

impl ChainRecorder {
    pub(super) fn take(&self) -> Option<Vec<CertificateDer<'static>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Verifies as the inner verifier does, and records the chain.
#[derive(Debug)]
struct RecordingVerifier {
    verifier: Arc<dyn ServerCertVerifier>,
    recorder: Arc<ChainRecorder>,
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.map(|one| one.clone().into_owned()).collect();
        *self.recorder.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chain);
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// The operating system's verifier for one server, and the configuration that uses it.
#[derive(Debug, Clone)]
struct PlatformTls {
    verifier: Arc<dyn ServerCertVerifier>,
    config: Arc<ClientConfig>,
}

/// The TLS configurations for all kinds of addresses. The operating system's authorities are loaded
/// once, when first needed, because that takes tens of milliseconds.
#[derive(Debug)]
pub(super) struct TlsConfigs {
    provider: Arc<CryptoProvider>,
    /// Certificates to trust in addition to the operating system's, for every server.
    extra: Vec<CertificateDer<'static>>,
    state: Mutex<TlsState>,
}

#[derive(Debug, Default)]
struct TlsState {
    /// Certificates to trust for one server, by `host:port`.
    authorities: BTreeMap<String, Vec<CertificateDer<'static>>>,
    /// For servers without an additional authority.
    platform: Option<PlatformTls>,
    /// For servers with one; bounded by the number of authorities.
    with_authority: BTreeMap<String, PlatformTls>,
}

impl TlsConfigs {
    pub(super) fn new(extra: Vec<CertificateDer<'static>>) -> Self {
        Self {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            extra,
            state: Mutex::default(),
        }
    }

    /// Trusts these authorities from now on, in place of the previous ones.
    pub(super) fn set(&self, authorities: BTreeMap<String, Vec<CertificateDer<'static>>>) {
        let mut state = self.state();
        state.authorities = authorities;
        state.with_authority.clear();
    }

    pub(super) fn config(&self, address: &Address) -> Result<Arc<ClientConfig>, Error> {
        match address.fingerprint {
            Some(fingerprint) => self.with(self.pinned(fingerprint)),
            None => Ok(self.platform(address)?.config),
        }
    }

    /// The same with a recorder, and without session resumption, because a resumed session presents
    /// no certificate.
    pub(super) fn recording_config(
        &self,
        address: &Address,
        recorder: Arc<ChainRecorder>,
    ) -> Result<Arc<ClientConfig>, Error> {
        let verifier = match address.fingerprint {
            Some(fingerprint) => self.pinned(fingerprint),
            None => self.platform(address)?.verifier,
        };
        self.with(Arc::new(RecordingVerifier { verifier, recorder }))
    }

    fn pinned(&self, fingerprint: Fingerprint) -> Arc<dyn ServerCertVerifier> {
        Arc::new(PinnedVerifier { fingerprint, provider: self.provider.clone() })
    }

    fn platform(&self, address: &Address) -> Result<PlatformTls, Error> {
        let mut state = self.state();
        let server = address.authority();
        let Some(authority) = state.authorities.get(&server) else {
            if let Some(platform) = &state.platform {
                return Ok(platform.clone());
            }
            let platform = self.verifier(&[])?;
            state.platform = Some(platform.clone());
            return Ok(platform);
        };
        if let Some(platform) = state.with_authority.get(&server) {
            return Ok(platform.clone());
        }
        let platform = self.verifier(authority)?;
        state.with_authority.insert(server, platform.clone());
        Ok(platform)
    }

    fn verifier(&self, authority: &[CertificateDer<'static>]) -> Result<PlatformTls, Error> {
        let verifier: Arc<dyn ServerCertVerifier> = Arc::new(Verifier::new_with_extra_roots(
            self.extra.iter().chain(authority).cloned(),
            self.provider.clone(),
        )?);
        Ok(PlatformTls { config: self.with(verifier.clone())?, verifier })
    }

    fn state(&self) -> MutexGuard<'_, TlsState> {
        // A poisoned lock holds complete values, because nothing is changed in place.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
