//! Whether it is safe to sign in to a server without a link, checked before anything secret is
//! sent.
//!
//! A person who has only a server's name and a password has no fingerprint to verify it. If the
//! operating system trusts the certificate, none is needed. A self-signed certificate can be
//! confirmed by comparing its fingerprint with the one on a device that is signed in, and is pinned
//! from then on. Every other untrusted certificate is rejected: expired, for another name, of an
//! unknown authority. Asking people to confirm those would only teach them to confirm anything, and
//! each has a better remedy.
//!
//! This only makes a TLS connection and sends no request.

use std::sync::{Mutex, PoisonError};

use homing_certificate::Certificate;
use homing_protocol::link::{Address, Fingerprint};
use tokio::time::timeout;

use super::join::JoinError;
use crate::error::CallError;
use crate::net::connector::{ConnectError, ConnectProgress, Connector};
use crate::net::tls::fingerprint;
use crate::timeouts;

/// Whether a server's certificate is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateTrust {
    /// The operating system trusts it, it is pinned, or there is no TLS.
    Trusted,
    /// It is self-signed: the person has to compare this fingerprint.
    NeedsConfirmation(Fingerprint),
}

/// Connects to a server and checks its certificate.
///
/// # Errors
/// [`JoinError`], when the server can't be reached, or its certificate can't be trusted in this
/// way.
pub async fn check_certificate(
    address: &Address,
    connector: &dyn Connector,
) -> Result<CertificateTrust, JoinError> {
    let shown = Mutex::new(None);
    let observer = |progress| {
        if let ConnectProgress::CertificatePresented { chain } = progress
            && let [own] = &*chain
            && Certificate::read(own).is_self_issued
        {
            *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(fingerprint(own));
        }
    };
    let connected = timeout(timeouts::CALL, connector.connect_observed(address, &observer)).await;
    match connected.map_err(|_| CallError::TimedOut)? {
        Ok(_) => Ok(CertificateTrust::Trusted),
        Err(error) => {
            let found = shown.into_inner().unwrap_or_else(PoisonError::into_inner);
            match (&error, found) {
                (ConnectError::CertificateUntrusted(_), Some(found)) => {
                    Ok(CertificateTrust::NeedsConfirmation(found))
                }
                _ => Err(CallError::Connect(error).into()),
            }
        }
    }
}
