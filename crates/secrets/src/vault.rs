//! The blocking side: one call into the system's keyring.
//!
//! The store is opened anew for every call. A store that once failed to open stays failed, so a
//! Retry through it would be a lie; and a device asks a few times a day.

use std::sync::Arc;

use homing_engine::session::{Secret, SecretError};
use keyring_core::{CredentialStore, Entry, Error};

#[cfg(target_os = "linux")]
#[path = "vault/linux.rs"]
mod os;
#[cfg(target_os = "macos")]
#[path = "vault/macos.rs"]
mod os;
#[cfg(windows)]
#[path = "vault/windows.rs"]
mod os;

/// What a keyring does for one name, waiting for as long as it takes.
pub(crate) trait Vault: Send + Sync + 'static {
    fn get(&self, name: &str) -> Result<Option<Secret>, SecretError>;
    fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretError>;
    /// Removing what is not there is fine.
    fn delete(&self, name: &str) -> Result<(), SecretError>;
}

/// Which keyring this build has: the maker's name for the compiled-in backend.
///
/// # Errors
/// [`SecretError::Absent`] where it cannot be opened.
pub fn backend() -> Result<String, SecretError> {
    Ok(open()?.vendor())
}

fn open() -> Result<Arc<CredentialStore>, SecretError> {
    os::open().map_err(|error| {
        tracing::info!(%error, "the keyring cannot be opened");
        SecretError::Absent
    })
}

/// The system's keyring, for the secrets of one service.
pub(crate) struct System {
    pub(crate) service: String,
}

impl System {
    fn entry(&self, name: &str) -> Result<Entry, SecretError> {
        open()?.build(&self.service, name, None).map_err(|error| reason(&error))
    }
}

impl Vault for System {
    fn get(&self, name: &str) -> Result<Option<Secret>, SecretError> {
        match self.entry(name)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretError> {
        self.entry(name)?.set_password(secret.reveal()).map_err(|error| reason(&error))
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(reason(&error)),
        }
    }
}

/// Why a call failed, as far as a person acts on it.
fn reason(error: &Error) -> SecretError {
    let known = match error {
        Error::NoStorageAccess(inner) => os::reason(&**inner).unwrap_or(SecretError::Locked),
        Error::PlatformFailure(inner) => match os::reason(&**inner) {
            Some(known) => known,
            None => SecretError::Failed(inner.to_string()),
        },
        // The other variants may carry the secret or its bytes; only their kind is told.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::Failed("what is stored there is not a token".into())
        }
        Error::Ambiguous(_) => SecretError::Failed("there are two secrets of that name".into()),
        Error::TooLong(_, limit) => {
            SecretError::Failed(format!("it takes no more than {limit} characters"))
        }
        other => SecretError::Failed(other.to_string()),
    };
    tracing::info!(error = %known, "the keyring refused");
    known
}
