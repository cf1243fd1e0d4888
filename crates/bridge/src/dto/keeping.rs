//! Where tokens are stored: the keyring, a file behind a passphrase, or memory.

use std::fmt;

use homing_engine::session::{SealState, Secret};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// State of the operating system's keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Keyring {
    /// Not asked yet.
    Untried,
    Working,
    Locked,
    /// This system has no keyring.
    Absent,
    /// It runs but has no collection yet; one can be created.
    NotSetUp,
    /// Access was denied.
    Denied,
    /// It returned another secret than the one written to it.
    Changed,
    /// It has not answered in time.
    TimedOut,
    Failed {
        /// The keyring's own message.
        text: String,
    },
}

/// State of the file that stores tokens behind a passphrase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Sealed {
    /// There is no such file.
    #[default]
    Unused,
    /// The passphrase was not entered yet.
    Closed,
    /// Its tokens can be used, and new ones are stored there.
    Open,
    /// It can't be read with any passphrase.
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

/// A passphrase from the interface. It is never sent back.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(transparent)]
#[ts(as = "String")]
pub struct Passphrase(String);

impl Passphrase {
    /// The typed text, overwritten in memory when dropped.
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
    pub passphrase: Passphrase,
}

/// Chooses another passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ChangePassphrase {
    pub old: Passphrase,
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
