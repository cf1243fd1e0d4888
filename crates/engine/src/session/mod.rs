//! Who this device is in a space, and where its token is kept.

pub mod secret;

pub use secret::{Secret, SecretError, SecretStore};
