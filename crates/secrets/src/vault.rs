//! The blocking side: one call into the system's keyring, through the `keyring` library.
//!
//! Its `Entry::new` opens one store for the life of the process and remembers a failure, so that a
//! Retry through it would be a lie. So each system opens its store itself and hands the library
//! entries of it: on macOS and Windows a store costs nothing and is opened for every call; on Linux
//! it is a connection to the daemon, and is kept for as long as that lives.

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

/// What a secret is asked for by.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    /// Whether it was written before. Such a one is looked for everywhere, also where a lock has to
    /// be opened for that; any other only where it would be written.
    pub(crate) written: bool,
}

/// What a keyring does for one name, waiting for as long as it takes.
pub(crate) trait Vault: Send + Sync + 'static {
    /// The secret; `None` where none could be hidden by a lock.
    fn get(&self, name: Name<'_>) -> Result<Option<Secret>, SecretError>;
    fn set(&self, name: Name<'_>, secret: &Secret) -> Result<(), SecretError>;
    /// Removing what is not there is fine.
    fn delete(&self, name: Name<'_>) -> Result<(), SecretError>;
    /// Has the system make a keyring where it has none yet; fine where it has one.
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

/// Which keyring this build has: the maker's name for the compiled-in backend.
///
/// # Errors
/// [`SecretError::Absent`] where it cannot be opened.
pub fn backend() -> Result<String, SecretError> {
    os::backend()
}

/// An entry of a store, as the `keyring` library hands it out.
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

/// Why a call failed, as far as a person acts on it, for what means the same on every system.
/// `None` where the system's own error has to say.
fn common(error: &Error) -> Option<SecretError> {
    // The other variants may carry the secret or its bytes; only their kind is told.
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Some(not_a_token()),
        Error::Ambiguous(_) => Some(ambiguous()),
        Error::TooLong(_, limit) => {
            Some(SecretError::Failed(format!("the limit is {limit} characters")))
        }
        _ => None,
    }
}

/// What is there is not what this program writes.
fn not_a_token() -> SecretError {
    SecretError::Failed("what's stored there isn't a token".into())
}

fn ambiguous() -> SecretError {
    SecretError::Failed("there are two secrets of that name".into())
}
