//! New versions of this program, as the interface shows them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which versions the person wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateChannel {
    /// Those for everybody.
    #[default]
    Stable,
    /// Those that are tried first.
    Beta,
}

/// Who brings a new version onto this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWay {
    /// This program itself.
    InPlace,
    /// Whoever installed the Debian package.
    Deb,
    /// Whoever installed the rpm.
    Rpm,
    /// Flatpak.
    Flatpak,
    /// The person who built it: nobody announces anything for such a copy.
    #[default]
    ByHand,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateStage {
    /// Nobody has looked yet.
    #[default]
    Idle,
    /// Looking.
    Looking,
    /// There is nothing newer.
    Current,
    /// There is something newer.
    Available,
    /// It is being fetched.
    Fetching,
    /// It is here, checked, and waits to be installed.
    Ready,
    /// It is being installed.
    Installing,
    /// The last step did not work; what is known of the new version still is.
    Failed,
}

/// Why a step did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateTrouble {
    /// The server of updates can't be reached.
    Offline,
    /// It has nothing to give now.
    Server,
    /// What came was not signed by who makes Homing.
    Forged,
    /// The download broke off or was damaged.
    Broken,
    /// There is nothing to install on this kind of machine.
    NoPackage,
    /// The disk is full, or a folder can't be written.
    Disk,
    /// It could not be put in place.
    Place,
}

/// A version that is newer than this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UpdateNews {
    /// Which.
    pub version: String,
    /// What changed, in English.
    pub notes: String,
    /// The same in Chinese; empty if nobody has translated it.
    pub notes_zh: String,
    /// Where to read and fetch everything by hand.
    pub page: String,
    /// Bytes to fetch; none if there is nothing for this kind of machine.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
}

/// How it stands with new versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Update {
    /// Who installs it.
    pub way: UpdateWay,
    /// How far it is.
    pub stage: UpdateStage,
    /// The newer version, once one is known.
    pub news: Option<UpdateNews>,
    /// Bytes of it that are here.
    #[ts(type = "number")]
    pub received: u64,
    /// It will be installed when the program quits.
    pub on_quit: bool,
    /// What went wrong, in stage `failed`.
    pub trouble: Option<UpdateTrouble>,
    /// The same in English, for "details".
    pub text: String,
    /// When it was last known whether there is something newer, in milliseconds since 1970.
    #[ts(type = "number | null")]
    pub looked: Option<i64>,
}

/// When to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWhen {
    /// At once, and start again.
    Now,
    /// When the program quits.
    OnQuit,
    /// Not when the program quits, after all.
    Later,
}

/// Installs what is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
pub struct InstallUpdate {
    /// When.
    pub when: UpdateWhen,
}
