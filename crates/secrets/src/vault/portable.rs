//! The login keychain of macOS and the credential manager of Windows, behind `keyring-core`.

use std::sync::Arc;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use homing_engine::session::{Secret, SecretError};
use keyring_core::{CredentialStore, Entry, Error};
#[cfg(windows)]
use windows_native_keyring_store::Store;

use super::{System, Vault, ambiguous, not_a_token};

pub(super) fn backend() -> Result<String, SecretError> {
    Ok(open()?.vendor())
}

fn open() -> Result<Arc<CredentialStore>, SecretError> {
    match Store::new() {
        Ok(store) => Ok(store),
        Err(error) => {
            tracing::info!(%error, "the keyring cannot be opened");
            Err(SecretError::Absent)
        }
    }
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

/// Why a call failed, as far as a person acts on it. Both stores say of a locked keyring that they
/// have no access to it.
fn reason(error: &Error) -> SecretError {
    let known = match error {
        Error::NoStorageAccess(_) => SecretError::Locked,
        Error::PlatformFailure(inner) => SecretError::Failed(inner.to_string()),
        // The other variants may carry the secret or its bytes; only their kind is told.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => not_a_token(),
        Error::Ambiguous(_) => ambiguous(),
        Error::TooLong(_, limit) => {
            SecretError::Failed(format!("it takes no more than {limit} characters"))
        }
        other => SecretError::Failed(other.to_string()),
    };
    tracing::info!(error = %known, "the keyring refused");
    known
}
