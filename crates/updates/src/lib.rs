//! From an address and a key to a verified new version of this program.
//!
//! What is new is *announced* in one small file for each channel, and that file is signed as a
//! whole: version, words, and size and SHA-256 of every package. So nothing that is shown, fetched
//! or installed was said by anybody but whoever holds the key, and a mirror or a proxy can at most
//! withhold. Only a strictly newer version is taken, which is also why an old announcement does no
//! harm.
//!
//! The network is the engine's: whatever the person has set about proxies and certificates holds
//! here as well. Tauri's updater has a client of its own, past all that; this is why it is not used.
//!
//! What is not here: when to look, what to show, and how a package is put in place.

mod announcement;
mod fetch;
mod package;

pub use announcement::{Announced, Channel, Forged, Key, Notes, announce};
pub use fetch::{FetchError, Web};
pub use package::{Package, PackageError, fetch_package};

pub use semver::Version;

/// The announcement of a channel, checked.
///
/// # Errors
/// When it can't be fetched, or is not what the holder of the key has signed for this channel.
pub async fn look(web: Web<'_>, source: &Source, channel: Channel) -> Result<Announced, LookError> {
    let bytes = web.text(&source.address(channel)).await?;
    Ok(source.key.open(&bytes, channel)?)
}

/// Where announcements are, and who signs them.
#[derive(Debug, Clone)]
pub struct Source {
    /// The address, in which `{channel}` stands for the channel's name.
    pub address: String,
    /// Whose signature counts.
    pub key: Key,
}

impl Source {
    fn address(&self, channel: Channel) -> String {
        self.address.replace("{channel}", channel.name())
    }
}

/// Why there is no announcement.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// It did not come.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is not to be believed.
    #[error(transparent)]
    Forged(#[from] Forged),
}

/// The name of this kind of machine in an announcement, such as `linux-x86_64`.
#[must_use]
pub fn machine() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}
