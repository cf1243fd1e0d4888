//! What is new, signed as a whole.

use std::collections::BTreeMap;

use minisign_verify::{PublicKey, Signature};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::package::Package;

/// Which versions a person wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Those for everybody.
    #[default]
    Stable,
    /// Those that are tried first. A stable version that is newer is announced there as well.
    Beta,
}

impl Channel {
    /// As it stands in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Beta => "beta",
        }
    }
}

/// What changed, in the words of the change log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// In English.
    pub en: String,
    /// In Chinese; empty where nobody has translated it.
    #[serde(default)]
    pub zh: String,
}

/// A new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// In which channel: an announcement of beta is none of stable.
    pub channel: Channel,
    /// Which.
    pub version: Version,
    /// What changed.
    pub notes: Notes,
    /// Where a person can read and fetch everything by hand.
    pub page: String,
    /// What is installed, by kind of machine as [`crate::machine`] names it.
    pub packages: BTreeMap<String, Package>,
}

impl Announced {
    /// Whether it is newer than what runs. The same again and anything older is not, whoever
    /// signed it.
    #[must_use]
    pub fn is_newer_than(&self, running: &Version) -> bool {
        // Build metadata has no order that means anything.
        self.version.cmp_precedence(running).is_gt()
    }
}

/// An announcement is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum Forged {
    /// No announcement at all, or one that is too new for this program.
    #[error("the announcement of the new version can't be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Not signed, or by somebody else, or changed since.
    #[error("the announcement isn't signed by Homing's makers: {0}")]
    Signature(#[from] minisign_verify::Error),
    /// Signed, but for another channel.
    #[error("the announcement is for another channel")]
    OtherChannel,
}

/// The file as it is published: the signed text, and beside it the signature. In one file, so that
/// nobody can fetch one of them before and the other after a release.
#[derive(Serialize, Deserialize)]
struct Published {
    signed: String,
    signature: String,
}

/// The public half of the key that signs announcements.
#[derive(Debug, Clone)]
pub struct Key(PublicKey);

impl Key {
    /// A key in the form in which minisign prints it.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, minisign_verify::Error> {
        PublicKey::from_base64(text.trim()).map(Self)
    }

    /// What an announcement says, if it is to be believed.
    ///
    /// # Errors
    /// When it is not.
    pub fn open(&self, bytes: &[u8], channel: Channel) -> Result<Announced, Forged> {
        let published: Published = serde_json::from_slice(bytes)?;
        let signature = Signature::decode(&published.signature)?;
        // Nothing of the text is looked at before this line.
        self.0.verify(published.signed.as_bytes(), &signature, false)?;
        let announced: Announced = serde_json::from_str(&published.signed)?;
        if announced.channel == channel { Ok(announced) } else { Err(Forged::OtherChannel) }
    }
}

/// The file to publish: `sign` makes minisign's signature of a text.
///
/// # Errors
/// What `sign` says.
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
