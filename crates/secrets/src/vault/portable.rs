//! The login keychain of macOS and the credential manager of Windows.

use std::sync::Arc;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use homing_engine::session::{Secret, SecretError};
use keyring::{Entry, Error};
use keyring_core::CredentialStore;
#[cfg(windows)]
use windows_native_keyring_store::Store;

use super::{Name, System, Vault, common, entry, read, remove, write};

/// Nothing is held between calls.
#[derive(Default)]
pub(super) struct Held {}

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
    fn ask<T>(
        &self,
        name: Name<'_>,
        question: impl FnOnce(&Entry) -> Result<T, Error>,
    ) -> Result<T, SecretError> {
        let store = open()?;
        entry(&*store, &self.service, name.text)
            .and_then(|entry| question(&entry))
            .map_err(|error| reason(&error))
    }
}

impl Vault for System {
    fn get(&self, name: Name<'_>) -> Result<Option<Secret>, SecretError> {
        self.ask(name, read)
    }

    fn set(&self, name: Name<'_>, secret: &Secret) -> Result<(), SecretError> {
        self.ask(name, |entry| write(entry, secret))
    }

    fn delete(&self, name: Name<'_>) -> Result<(), SecretError> {
        self.ask(name, remove)
    }

    /// These systems make one with the account.
    fn set_up(&self) -> Result<(), SecretError> {
        open().map(drop)
    }
}

/// Why a call failed, as far as a person acts on it. Both stores say of a locked keyring that they
/// have no access to it.
fn reason(error: &Error) -> SecretError {
    let known = common(error).unwrap_or_else(|| match error {
        Error::NoStorageAccess(_) => SecretError::Locked,
        Error::PlatformFailure(inner) => SecretError::Failed(inner.to_string()),
        other => SecretError::Failed(other.to_string()),
    });
    tracing::info!(error = %known, "the keyring refused");
    known
}
