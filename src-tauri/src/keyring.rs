//! The keyring of this system, for the tokens of one profile.

use anyhow::Context as _;
use homing_secrets::Keyring;

use crate::place::Place;

/// Under which name the system lists our secrets. The same for every profile: a device's name is
/// unique by itself.
const SERVICE: &str = "chat.homing.desktop";

/// The file that remembers for which devices a token was written.
const MARKS: &str = "keyring-names";

/// The keyring. Nothing is asked of it yet.
pub(crate) fn open(place: &Place) -> anyhow::Result<Keyring> {
    Keyring::open(SERVICE, &place.data.join(MARKS))
        .context("the list of names in the keyring cannot be read")
}
