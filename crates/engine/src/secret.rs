//! Where a device's token is kept: a keyring of the operating system, seen from the engine.
//!
//! Locked, absent, not set up, denied and changed are different things with different remedies, and
//! none of them is a reason to delete anything or to sign the person out.

use std::fmt;

use futures_util::future::BoxFuture;
use http::HeaderValue;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::timeouts;

/// A secret. Its `Debug` and `Display` never show it, and its memory is overwritten when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself: for the `Authorization` header and the keyring only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The `Authorization` header that carries it; `None` if it could not stand in one, which no
    /// token of ours does.
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

/// Why the keyring did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is there and locked; unlocking it and trying again helps.
    #[error("the keyring is locked")]
    Locked,
    /// This system has no keyring, or its daemon does not run.
    #[error("there's no keyring")]
    Absent,
    /// The keyring's daemon runs, and has no place yet in which a secret could be kept;
    /// [`SecretStore::set_up`] makes one.
    #[error("no keyring is set up yet")]
    NotSetUp,
    /// The person or the system refused access.
    #[error("access to the keyring was denied")]
    Denied,
    /// A secret was written before and is not there now: another keyring, or a locked one that
    /// hides it.
    #[error("the keyring no longer has the secret that was written to it")]
    Changed,
    /// It did not answer in time.
    #[error("the keyring isn't responding")]
    TimedOut,
    /// It is kept behind a passphrase that was not entered yet; see [`SealedStore`].
    #[error("the passphrase hasn't been entered yet")]
    Sealed,
    /// Anything else, in the keyring's own words.
    #[error("keyring error: {0}")]
    Failed(String),
}

impl SecretError {
    /// Whether a person said no, or a lock does: asking again may bring the keyring's dialog back.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Locked | Self::Denied)
    }

    /// Whether it may pass by itself: a keyring that starts later than this program, or is slow.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Absent | Self::NotSetUp | Self::TimedOut)
    }
}

/// Keeps secrets by name. Every device of a person has a name of its own.
///
/// An answer may be a person's: reading lasts for as long as the keyring's dialog is open. Whoever
/// has no time for that asks [`with_keyring_timeout`].
pub trait SecretStore: Send + Sync + 'static {
    /// The secret, or `None` if none was ever written under this name.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>>;

    /// Writes a secret, replacing an older one.
    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>>;

    /// Removes a secret. Removing what is not there is fine.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>>;

    /// Has a place for secrets made where the system has none yet
    /// ([`SecretError::NotSetUp`]); the system asks the person. Most stores need nothing to be made.
    fn set_up(&self) -> BoxFuture<'_, Result<(), SecretError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The answer, if it comes while a person who watches would wait for it.
///
/// # Errors
/// The question's own, and [`SecretError::TimedOut`] after [`KEYRING`](timeouts::KEYRING).
pub async fn with_keyring_timeout<T>(
    question: impl Future<Output = Result<T, SecretError>>,
) -> Result<T, SecretError> {
    timeout(timeouts::KEYRING, question).await.unwrap_or(Err(SecretError::TimedOut))
}

/// How it stands with secrets that are kept behind a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealState {
    /// Nothing is kept so.
    Unused,
    /// The passphrase was not entered yet.
    Closed,
    /// It was, and secrets can be read and written.
    Open,
    /// What is kept can't be read, and no passphrase helps. It is left as it is.
    Damaged,
    /// A newer version of this program wrote it. It is left as it is.
    Newer,
}

/// Why a passphrase did not do as asked. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is another passphrase.
    #[error("the passphrase is wrong")]
    Wrong,
    /// A new passphrase is too short.
    #[error("a passphrase needs at least {least} characters")]
    TooShort {
        /// So many characters at least.
        least: usize,
    },
    /// It is not that this would make sense now: nothing is kept so, or it is closed.
    #[error("the file protected by a passphrase is {0:?}")]
    NotNow(SealState),
    /// The disk is full, or the file can't be read or written.
    #[error("can't use the file protected by the passphrase: {0}")]
    Io(String),
}

/// Secrets behind a passphrase of the person, for who has no keyring or wants none.
///
/// As a [`SecretStore`] it answers [`SecretError::Sealed`] until the passphrase was entered.
pub trait SealedStore: SecretStore {
    /// How it stands.
    fn seal(&self) -> SealState;

    /// The names of the secrets in it; known also while it is closed.
    fn names(&self) -> Vec<String>;

    /// Begins anew with a passphrase, unless it is open. What was there is put aside, and never
    /// deleted.
    fn begin(&self, passphrase: Secret) -> BoxFuture<'_, Result<(), SealError>>;

    /// Opens what is closed.
    fn enter(&self, passphrase: Secret) -> BoxFuture<'_, Result<(), SealError>>;

    /// Takes another passphrase from now on.
    fn change(&self, old: Secret, new: Secret) -> BoxFuture<'_, Result<(), SealError>>;

    /// Ends keeping secrets so: removes an empty file, and puts any other aside.
    fn end(&self) -> BoxFuture<'_, Result<(), SealError>>;
}
