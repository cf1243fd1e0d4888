//! Where a device's token is kept: the operating system's keyring, or a file behind a passphrase.
//!
//! [`Keyring`] asks on a thread of its own, and a call ends with the secret or with a reason that a
//! person can act on. Writing and removing end within [`PATIENCE`]; reading lasts for as long as the
//! keyring's dialog is open, because a question that is given up and asked again would bring back a
//! dialog that was closed in between. It never deletes what it was not told to delete, and it
//! never says "there is none" of a secret that was written before: that one is
//! [`Changed`](homing_engine::session::SecretError::Changed), because a locked keyring and a fresh
//! one both look empty. To know the difference it keeps a list of names, without any secret, beside
//! the profile ([`marks`]).
//!
//! The backends are the system's own: Secret Service over D-Bus on Linux, the keychain on macOS,
//! the credential manager on Windows. There is no mock among them. What to do without a keyring is the
//! person's decision and not this crate's; [`SealedFile`] is there for who decides for a passphrase.

#![deny(missing_docs)]

pub mod file;
mod keyring;
pub mod marks;
pub mod sealed;
mod vault;

pub use keyring::{Keyring, PATIENCE};
pub use sealed::{Cost, SealedFile};
pub use vault::backend;
