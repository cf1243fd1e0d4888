//! Where a device's token is stored: the operating system's keyring as the engine sees it.
//!
//! A keyring may be locked, absent, not set up, denied or changed. Each has another remedy, and
//! none of them is a reason to delete anything or to sign the person out.

use std::fmt;

use futures_util::future::BoxFuture;
use http::HeaderValue;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::timeouts;

/// A secret. `Debug` never shows it, and its memory is overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The plain text, for the `Authorization` header and the keyring only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The `Authorization` header with this token. `None` if it contains a character that a header
    /// can't, which no token of ours does.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        let mut value =
            HeaderValue::from_str(&Zeroizing::new(format!("Bearer {}", self.reveal()))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why the keyring failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is locked; unlocking it and trying again helps.
    #[error("the keyring is locked")]
    Locked,
    /// This system has no keyring, or its daemon does not run.
    #[error("there's no keyring")]
    Absent,
    /// The keyring's daemon runs, but has no collection yet in which a secret could be stored;
    /// [`SecretStore::set_up`] creates one.
    #[error("no keyring is set up yet")]
    NotSetUp,
    /// The person or the system refused access.
    #[error("access to the keyring was denied")]
    Denied,
    /// A secret was written before and is not there now: it is another keyring, or a locked one
    /// that hides it.
    #[error("the keyring no longer has the secret that was written to it")]
    Changed,
    /// It did not answer in time.
    #[error("the keyring isn't responding")]
    TimedOut,
    /// It is protected by a passphrase that has not been entered yet; see [`SealedStore`].
    #[error("the passphrase hasn't been entered yet")]
    Sealed,
    /// Any other error, in the keyring's own words.
    #[error("keyring error: {0}")]
    Failed(String),
}

impl SecretError {
    /// Whether a person or a lock refused: asking again may show the keyring's dialog again.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Locked | Self::Denied)
    }

    /// Whether waiting may help: the keyring may start later than this program, or be slow.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Absent | Self::NotSetUp | Self::TimedOut)
    }
}

/// Stores secrets by name. Every device of a person uses a name of its own.
///
/// Reading may wait for a person, for as long as the keyring's dialog is open. A caller that can't
/// wait uses [`with_keyring_timeout`].
pub trait SecretStore: Send + Sync + 'static {
    /// The secret, or `None` if none was ever written under this name.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>>;

    /// Writes a secret, replacing an older one.
    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>>;

    /// Deletes a secret. Deleting one that does not exist succeeds.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>>;

    /// Creates a collection for secrets where the system has none yet ([`SecretError::NotSetUp`]).
    /// The system asks the person. Most stores have nothing to create.
    fn set_up(&self) -> BoxFuture<'_, Result<(), SecretError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The result, if it comes before a person would stop waiting.
///
/// # Errors
/// Those of `question`, and [`SecretError::TimedOut`] after [`KEYRING`](timeouts::KEYRING).
pub async fn with_keyring_timeout<T>(
    question: impl Future<Output = Result<T, SecretError>>,
) -> Result<T, SecretError> {
    timeout(timeouts::KEYRING, question).await.unwrap_or(Err(SecretError::TimedOut))
}

/// The state of a store that is protected by a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealState {
    /// No secret is stored in it.
    Unused,
    /// The passphrase has not been entered yet.
    Closed,
    /// The passphrase was entered; secrets can be read and written.
    Open,
    /// The file can't be read, whatever the passphrase. It is not touched.
    Damaged,
    /// A newer version of this program wrote it. It is not touched.
    Newer,
}

/// Why a passphrase was not accepted. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The passphrase is wrong.
    #[error("the passphrase is wrong")]
    Wrong,
    /// The new passphrase is too short.
    #[error("a passphrase needs at least {least} characters")]
    TooShort {
        /// The minimum number of characters.
        least: usize,
    },
    /// The store is not in a state in which this can be done.
    #[error("the file protected by a passphrase is {0:?}")]
    NotNow(SealState),
    /// The disk is full, or the file can't be read or written.
    #[error("can't use the file protected by the passphrase: {0}")]
    Io(String),
}

/// Secrets protected by a passphrase, for people without a keyring or who do not want to use it.
///
/// As a [`SecretStore`] it returns [`SecretError::Sealed`] until the passphrase has been entered.
pub trait SealedStore: SecretStore {
    /// Its state.
    fn seal(&self) -> SealState;

    /// The names of the stored secrets, also while it is closed.
    fn names(&self) -> Vec<String>;

    /// Starts a new file with this passphrase, unless the store is open. An existing file is
    /// renamed and never deleted.
    fn begin(&self, passphrase: Secret) -> BoxFuture<'_, Result<(), SealError>>;

    /// Opens it.
    fn enter(&self, passphrase: Secret) -> BoxFuture<'_, Result<(), SealError>>;

    /// Changes the passphrase.
    fn change(&self, old: Secret, new: Secret) -> BoxFuture<'_, Result<(), SealError>>;

    /// Stops using it: deletes an empty file, and renames any other.
    fn end(&self) -> BoxFuture<'_, Result<(), SealError>>;
}
