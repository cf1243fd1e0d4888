//! Whether a server can be signed in to without a link of it, before anything secret is sent.
//!
//! A person who has only a server's name and a password has no fingerprint to know it by. Whom the
//! operating system vouches for needs none. A self-made certificate can be compared by the person
//! with the fingerprint on a device that is signed in, and is pinned from then on. Every other one
//! that the system refuses is refused here too: expired, for another name, of an unknown authority.
//! A fingerprint would only teach people to wave those through, and each has a better remedy.
//!
//! Only TLS is spoken, without a request: what is found is the certificate and nothing else.

use std::sync::{Mutex, PoisonError};

use homing_certificate::Certificate;
use homing_protocol::link::{Address, Fingerprint};
use tokio::time::timeout;

use super::join::JoinError;
use crate::error::CallError;
use crate::net::connector::{ConnectError, ConnectProgress, Connector};
use crate::net::tls::fingerprint;
use crate::timeouts;

/// What a server's certificate asks of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateTrust {
    /// Nothing: the operating system vouches for it, it is the pinned one, or there is none.
    Trusted,
    /// To compare the fingerprint of a certificate of the server's own making.
    NeedsConfirmation(Fingerprint),
}

/// Asks a server for its certificate.
///
/// # Errors
/// [`JoinError`]: it can't be reached, or its certificate can't be trusted in this way.
pub async fn check_certificate(
    address: &Address,
    connector: &dyn Connector,
) -> Result<CertificateTrust, JoinError> {
    let shown = Mutex::new(None);
    let observer = |progress| {
        if let ConnectProgress::CertificatePresented { chain } = progress
            && let [own] = &*chain
            && Certificate::read(own).self_issued
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
