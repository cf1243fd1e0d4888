//! Storage of device tokens: the operating system's keyring, or a file behind a passphrase.
//!
//! [`Keyring`] makes each call on a thread of its own and returns the secret or a reason that the
//! person can act on. Writing and deleting end within [`PATIENCE`]. Reading lasts as long as the
//! keyring's dialog is open, because a repeated request would bring back a dialog that the person
//! has closed. The crate deletes nothing by itself. It never reports "none" for a secret that was
//! written before: that is [`Changed`](homing_engine::session::SecretError::Changed), because a
//! locked keyring and a new one both look empty. To tell them apart it keeps a list of names,
//! without secrets, beside the profile ([`marks`]).
//!
//! The backends are the system's: Secret Service over D-Bus on Linux, the keychain on macOS, the
//! credential manager on Windows. None is a mock. What to do without a keyring is the person's
//! decision; [`SealedFile`] serves those who choose a passphrase.

#![deny(missing_docs)]

pub mod file;
mod keyring;
pub mod marks;
pub mod sealed;
mod vault;

pub use keyring::{Keyring, PATIENCE};
pub use sealed::{Cost, SealedFile};
pub use vault::backend;
