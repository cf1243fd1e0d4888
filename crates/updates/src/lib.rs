//! Updates: from an address and a key to a verified new version of this program.
//!
//! Each channel has one small file, its *announcement*, which is signed as a whole: version,
//! release notes, and size and SHA-256 of every package. So everything shown, downloaded or
//! installed comes from the holder of the key; a mirror or a proxy can only withhold it. Only a
//! newer version is accepted, so an old announcement does no harm.
//!
//! Downloads use the engine's connections, so the person's settings for proxies and certificates
//! apply. Tauri's updater has an HTTP client of its own that ignores them, which is why it is not
//! used.
//!
//! When to check, what to show and how to install a package is decided elsewhere.

mod announcement;
mod fetch;
mod package;

pub use announcement::{Announced, Channel, Forged, Key, Notes, announce};
pub use fetch::{FetchError, Web};
pub use package::{Package, PackageError, fetch_package};

pub use semver::Version;

/// Fetches and verifies the announcement of a channel.
///
/// # Errors
/// When it can't be fetched, or is not signed with the key for this channel.
pub async fn look(web: Web<'_>, source: &Source, channel: Channel) -> Result<Announced, LookError> {
    let bytes = web.text(&source.address(channel)).await?;
    Ok(source.key.open(&bytes, channel)?)
}

/// Where announcements are, and who signs them.
#[derive(Debug, Clone)]
pub struct Source {
    /// The address, in which `{channel}` stands for the channel's name.
    pub address: String,
    /// The public key.
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
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is not trusted.
    #[error(transparent)]
    Forged(#[from] Forged),
}

/// The name of this kind of machine in an announcement, such as `linux-x86_64`.
#[must_use]
pub fn machine() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}
