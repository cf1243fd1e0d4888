//! The signed announcement of a new version.

use std::collections::BTreeMap;

use minisign_verify::{PublicKey, Signature};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::package::Package;

/// The release channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Releases for everybody.
    #[default]
    Stable,
    /// Releases that are tested first. A newer stable version is announced here as well.
    Beta,
}

impl Channel {
    /// The channel's name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Beta => "beta",
        }
    }
}

/// Release notes, from the change log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    pub en: String,
    /// In Chinese; empty if not translated.
    #[serde(default)]
    pub zh: String,
}

/// A new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The channel: an announcement for beta is invalid for stable.
    pub channel: Channel,
    /// The version.
    pub version: Version,
    /// The release notes.
    pub notes: Notes,
    /// The web page for a manual download.
    pub page: String,
    /// The packages, by kind of machine as in [`crate::machine`].
    pub packages: BTreeMap<String, Package>,
}

impl Announced {
    /// Whether it is newer than the running version. The same and older versions are not, whoever
    /// signed them.
    #[must_use]
    pub fn is_newer_than(&self, running: &Version) -> bool {
        // Build metadata has no meaningful order.
        self.version.cmp_precedence(running).is_gt()
    }
}

/// Why an announcement is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum Forged {
    /// Not an announcement, or one for a newer version of this program.
    #[error("the announcement of the new version can't be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Not signed, signed by somebody else, or changed since.
    #[error("the announcement isn't signed by Homing's makers: {0}")]
    Signature(#[from] minisign_verify::Error),
    /// Signed for another channel.
    #[error("the announcement is for another channel")]
    OtherChannel,
}

/// The published file: the signed text with its signature. One file, so that a download can't mix
/// the text of one release with the signature of another.
#[derive(Serialize, Deserialize)]
struct Published {
    signed: String,
    signature: String,
}

/// The public key for announcements.
#[derive(Debug, Clone)]
pub struct Key(PublicKey);

impl Key {
    /// Parses a key as minisign prints it.
    ///
    /// # Errors
    /// When it is invalid.
    pub fn read(text: &str) -> Result<Self, minisign_verify::Error> {
        PublicKey::from_base64(text.trim()).map(Self)
    }

    /// Verifies and parses an announcement.
    ///
    /// # Errors
    /// When it is not trusted.
    pub fn open(&self, bytes: &[u8], channel: Channel) -> Result<Announced, Forged> {
        let published: Published = serde_json::from_slice(bytes)?;
        let signature = Signature::decode(&published.signature)?;
        // The text is not parsed before its signature is verified.
        self.0.verify(published.signed.as_bytes(), &signature, false)?;
        let announced: Announced = serde_json::from_str(&published.signed)?;
        if announced.channel == channel { Ok(announced) } else { Err(Forged::OtherChannel) }
    }
}

/// The file to publish; `sign` makes minisign's signature of a text.
///
/// # Errors
/// The error of `sign`.
pub fn announce<E>(
    announced: &Announced,
    sign: impl FnOnce(&str) -> Result<String, E>,
) -> Result<String, E> {
    let signed = json(announced);
    let signature = sign(&signed)?;
    Ok(json(&Published { signed, signature }))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("text, numbers and string keys are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(version: &str) -> Announced {
        Announced {
            channel: Channel::Stable,
            version: version.parse().unwrap(),
            notes: Notes::default(),
            page: String::new(),
            packages: BTreeMap::new(),
        }
    }

    #[test]
    fn only_newer_is_new() {
        for (running, other, newer) in [
            ("1.2.3", "1.2.4", true),
            ("1.2.3", "1.2.3", false),
            ("1.2.3", "1.2.2", false),
            ("1.9.0", "1.10.0", true),
            ("2.0.0-beta.2", "2.0.0-beta.10", true),
            ("2.0.0-beta.2", "2.0.0", true),
            ("2.0.0", "2.0.0-beta.3", false),
            ("2.0.0-beta.2", "1.9.9", false),
            ("1.0.0", "1.0.0+later", false),
        ] {
            let running: Version = running.parse().unwrap();
            assert_eq!(announced(other).is_newer_than(&running), newer, "{running} {other}");
        }
    }
}
