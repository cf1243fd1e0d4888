//! Where the tokens of one profile are: the system's keyring, or a file behind a passphrase.

use homing_secrets::{Cost, Keyring, SealedFile};

use crate::place::ProfilePaths;

/// Under which name the system lists our secrets. The same for every profile: a device's name is
/// unique by itself.
const SERVICE: &str = "chat.homing.desktop";

/// The file that remembers for which devices a token was written.
const MARKS: &str = "keyring-names";

/// The file that keeps tokens behind a passphrase.
const SEALED: &str = "tokens.sealed";

/// The keyring. Nothing is asked of it yet.
pub(crate) fn open(place: &ProfilePaths) -> Keyring {
    Keyring::open(SERVICE, &place.data.join(MARKS))
}

/// The file, which is there if the person decided for it.
pub(crate) fn sealed(place: &ProfilePaths) -> SealedFile {
    SealedFile::at(&place.data.join(SEALED), Cost::USUAL)
}
