//! Where a device's token is kept: a keyring of the operating system, seen from the engine.
//!
//! Locked, absent, denied and changed are four different things with four different remedies, and
//! none of them is a reason to delete anything or to sign the person out.

use std::fmt;

use futures_util::future::BoxFuture;
use http::HeaderValue;

/// A secret. Its `Debug` and `Display` never show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: for the `Authorization` header and the keyring only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The `Authorization` header that carries it; `None` if it could not stand in one, which no
    /// token of ours does.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
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
    #[error("there is no keyring")]
    Absent,
    /// The person or the system refused access.
    #[error("access to the keyring was denied")]
    Denied,
    /// A secret was written before and is not there now: another keyring, or a locked one that
    /// hides it.
    #[error("the keyring no longer has the secret that was written to it")]
    Changed,
    /// It did not answer in time.
    #[error("the keyring did not answer in time")]
    TimedOut,
    /// Anything else, in the keyring's own words.
    #[error("the keyring failed: {0}")]
    Failed(String),
}

/// Keeps secrets by name. Every device of a person has a name of its own.
pub trait SecretStore: Send + Sync + 'static {
    /// The secret, or `None` if none was ever written under this name.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>>;

    /// Writes a secret, replacing an older one.
    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>>;

    /// Removes a secret. Removing what is not there is fine.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>>;
}
