//! The blocking side: one call into the system's keyring.
//!
//! The store is opened anew for every call. A store that once failed to open stays failed, so a
//! Retry through it would be a lie; and a device asks a few times a day.

use homing_engine::session::{Secret, SecretError};

#[cfg(target_os = "linux")]
#[path = "vault/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "vault/portable.rs"]
mod os;

/// What a keyring does for one name, waiting for as long as it takes.
pub(crate) trait Vault: Send + Sync + 'static {
    fn get(&self, name: &str) -> Result<Option<Secret>, SecretError>;
    fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretError>;
    /// Removing what is not there is fine.
    fn delete(&self, name: &str) -> Result<(), SecretError>;
}

/// The system's keyring, for the secrets of one service.
pub(crate) struct System {
    pub(crate) service: String,
}

/// Which keyring this build has: the maker's name for the compiled-in backend.
///
/// # Errors
/// [`SecretError::Absent`] where it cannot be opened.
pub fn backend() -> Result<String, SecretError> {
    os::backend()
}

/// What is there is not what this program writes.
fn not_a_token() -> SecretError {
    SecretError::Failed("what is stored there is not a token".into())
}

fn ambiguous() -> SecretError {
    SecretError::Failed("there are two secrets of that name".into())
}
