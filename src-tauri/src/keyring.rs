//! The token stores of a profile: the system's keyring, and a file behind a passphrase.

use homing_secrets::{Cost, Keyring, SealedFile};

use crate::paths::ProfilePaths;

/// The service name of our secrets in the keyring. It is the same for every profile, because a
/// device's name is unique by itself.
const SERVICE: &str = "chat.homing.desktop";

/// The file that records for which devices a token was written.
const MARKS: &str = "keyring-names";

/// The file that stores tokens behind a passphrase.
const SEALED: &str = "tokens.sealed";

/// The keyring. It is not accessed yet.
pub(crate) fn open(paths: &ProfilePaths) -> Keyring {
    Keyring::open(SERVICE, &paths.data.join(MARKS))
}

/// The file, which exists if the person chose it.
pub(crate) fn sealed(paths: &ProfilePaths) -> SealedFile {
    SealedFile::at(&paths.data.join(SEALED), Cost::USUAL)
}
