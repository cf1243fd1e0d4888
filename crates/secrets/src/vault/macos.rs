//! The login keychain.

use std::error::Error;
use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use homing_engine::session::SecretError;
use keyring_core::{CredentialStore, Result};

pub(super) fn open() -> Result<Arc<CredentialStore>> {
    Ok(Store::new()?)
}

/// The store has told already what it knows: no access means locked.
pub(super) fn reason(_: &(dyn Error + Send + Sync + 'static)) -> Option<SecretError> {
    None
}
