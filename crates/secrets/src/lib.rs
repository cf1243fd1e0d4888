//! The operating system's keyring behind the engine's secret store.
//!
//! [`Keyring`] promises that a call ends: on a thread of its own, within a time, with the secret or
//! with a reason that a person can act on. It never deletes what it was not told to delete, and it
//! never says "there is none" of a secret that was written before: that one is
//! [`Changed`](homing_engine::session::SecretError::Changed), because a locked keyring and a fresh
//! one both look empty. To know the difference it keeps a list of names, without any secret, beside
//! the profile ([`marks`]).
//!
//! The backends are the system's own: Secret Service over D-Bus on Linux, the keychain on macOS,
//! the credential manager on Windows. There is no fallback and no mock among them; what to do
//! without a keyring is the person's decision and not this crate's.

#![deny(missing_docs)]

mod keyring;
pub mod marks;
mod vault;

pub use keyring::{Keyring, PATIENCE};
pub use vault::backend;
