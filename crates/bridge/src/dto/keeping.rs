//! Where tokens are kept: the keyring, a file behind a passphrase, or memory.

use std::fmt;

use homing_engine::session::{SealState, Secret};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How it stands with the operating system's keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Keyring {
    /// Not asked yet.
    Untried,
    /// It does what it is asked.
    Working,
    /// It is there and locked.
    Locked,
    /// This system has none.
    Absent,
    /// It runs, and has no place for a key yet; one can be created.
    NotSetUp,
    /// Access was denied.
    Denied,
    /// It no longer has the secret that was written to it.
    Changed,
    /// It does not answer. It is still being asked, or was given up.
    TimedOut,
    /// Something else.
    Failed {
        /// In the keyring's own words.
        text: String,
    },
}

/// How it stands with the file that keeps tokens behind a passphrase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Sealed {
    /// There is none.
    #[default]
    Unused,
    /// The passphrase was not entered yet.
    Closed,
    /// Its tokens can be used, and new ones go there.
    Open,
    /// It can't be read, with whatever passphrase.
    Damaged,
    /// A newer version of this program wrote it.
    Newer,
}

impl From<SealState> for Sealed {
    fn from(seal: SealState) -> Self {
        match seal {
            SealState::Unused => Self::Unused,
            SealState::Closed => Self::Closed,
            SealState::Open => Self::Open,
            SealState::Damaged => Self::Damaged,
            SealState::Newer => Self::Newer,
        }
    }
}

/// A passphrase on its way in. There is none on the way out.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(transparent)]
#[ts(as = "String")]
pub struct Passphrase(String);

impl Passphrase {
    /// What was typed, to be overwritten when it goes.
    #[must_use]
    pub fn into_secret(self) -> Secret {
        Secret::new(self.0)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// Enters a passphrase, or chooses the first one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct PassphraseArgs {
    /// As typed.
    pub passphrase: Passphrase,
}

/// Chooses another passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ChangePassphrase {
    /// The one so far.
    pub old: Passphrase,
    /// The one from now on.
    pub new: Passphrase,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_never_printed() {
        let typed = r#"{ "old": "correct horse", "new": "battery staple" }"#;
        let args: ChangePassphrase = serde_json::from_str(typed).unwrap();
        let printed = format!("{args:?}");
        assert!(!printed.contains("horse") && !printed.contains("staple"), "{printed}");
        assert_eq!(args.old.into_secret().reveal(), "correct horse");
    }
}
