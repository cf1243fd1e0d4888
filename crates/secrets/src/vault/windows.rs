//! The credential manager.

use std::error::Error;
use std::sync::Arc;

use homing_engine::session::SecretError;
use keyring_core::{CredentialStore, Result};
use windows_native_keyring_store::Store;

pub(super) fn open() -> Result<Arc<CredentialStore>> {
    Ok(Store::new()?)
}

/// The store has told already what it knows: no access means locked.
pub(super) fn reason(_: &(dyn Error + Send + Sync + 'static)) -> Option<SecretError> {
    None
}
