//! The blocking calls into the system's keyring, through the `keyring` library.
//!
//! Its `Entry::new` opens one store for the life of the process and remembers a failure, so that a
//! retry would repeat the old error. Each system therefore opens its store itself and passes the
//! entries to the library. On macOS and Windows a store costs nothing and is opened for every call;
//! on Linux it is a connection to the daemon and is kept as long as that runs.

use homing_engine::session::{Secret, SecretError};
use keyring::{Entry, Error};
use keyring_core::CredentialStore;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(not(target_os = "linux"))]
use portable as os;

/// Identifies a secret.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    /// Whether it was written before. Such a secret is searched everywhere, even if a lock has to
    /// be opened for that; any other only where it would be written.
    pub(crate) written: bool,
}

/// The operations on one secret, which block as long as they take.
pub(crate) trait Vault: Send + Sync + 'static {
    /// The secret; `None` if there is none, which a lock could not hide.
    fn get(&self, name: Name<'_>) -> Result<Option<Secret>, SecretError>;
    fn set(&self, name: Name<'_>, secret: &Secret) -> Result<(), SecretError>;
    /// Deletes it. A missing secret is no error.
    fn delete(&self, name: Name<'_>) -> Result<(), SecretError>;
    /// Has the system create a keyring where it has none; no error where it has one.
    fn set_up(&self) -> Result<(), SecretError>;
}

/// The system's keyring, for the secrets of one service.
pub(crate) struct System {
    pub(crate) service: String,
    held: os::Held,
}

impl System {
    pub(crate) fn new(service: &str) -> Self {
        Self { service: service.to_owned(), held: os::Held::default() }
    }
}

/// Name of the compiled-in backend.
///
/// # Errors
/// [`SecretError::Absent`] if it cannot be opened.
pub fn backend() -> Result<String, SecretError> {
    os::backend()
}

/// An entry of a store, from the `keyring` library.
fn entry(store: &CredentialStore, service: &str, name: &str) -> Result<Entry, Error> {
    Ok(Entry { inner: store.build(service, name, None)? })
}

fn read(entry: &Entry) -> Result<Option<Secret>, Error> {
    match entry.get_password() {
        Ok(text) => Ok(Some(Secret::new(text))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(entry: &Entry, secret: &Secret) -> Result<(), Error> {
    entry.set_password(secret.reveal())
}

fn remove(entry: &Entry) -> Result<(), Error> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The error for the library's variants that mean the same on every system. `None` where the
/// system's own error is needed.
fn common(error: &Error) -> Option<SecretError> {
    // The other variants may contain the secret; only their kind is reported.
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Some(not_a_token()),
        Error::Ambiguous(_) => Some(ambiguous()),
        Error::TooLong(_, limit) => {
            Some(SecretError::Failed(format!("the limit is {limit} characters")))
        }
        _ => None,
    }
}

/// The stored value was not written by this program.
fn not_a_token() -> SecretError {
    SecretError::Failed("what's stored there isn't a token".into())
}

fn ambiguous() -> SecretError {
    SecretError::Failed("there are two secrets of that name".into())
}
