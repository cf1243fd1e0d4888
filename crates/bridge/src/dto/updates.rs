//! Updates, as the interface shows them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The release channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateChannel {
    /// Releases for everybody.
    #[default]
    Stable,
    /// Releases that are tested first.
    Beta,
}

/// Who installs a new version on this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWay {
    /// This program.
    InPlace,
    /// The Debian package manager.
    Deb,
    /// The rpm package manager.
    Rpm,
    /// Flatpak.
    Flatpak,
    /// The person who built it; nothing is announced for such a copy.
    #[default]
    ByHand,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateStage {
    /// Not checked yet.
    #[default]
    Idle,
    /// Checking.
    Looking,
    /// There is no newer version.
    Current,
    /// There is a newer version.
    Available,
    /// It is being downloaded.
    Fetching,
    /// It is downloaded, verified, and waits to be installed.
    Ready,
    /// It is being installed.
    Installing,
    /// The last step failed; what is known about the new version stays.
    Failed,
}

/// Why a step failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateTrouble {
    /// The update server can't be reached.
    Offline,
    /// The update server answers with an error.
    Server,
    /// The signature is not the one of Homing's makers.
    Forged,
    /// The download was interrupted or damaged.
    Broken,
    /// There is no package for this kind of machine.
    NoPackage,
    /// The disk is full or a folder can't be written.
    Disk,
    /// It could not be installed.
    Place,
}

/// A newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UpdateNews {
    pub version: String,
    /// Release notes in English.
    pub notes: String,
    /// Release notes in Chinese; empty if not translated.
    pub notes_zh: String,
    /// The web page for a manual download.
    pub page: String,
    /// Size of the download in bytes; none if there is no package for this kind of machine.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
}

/// State of the updates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Update {
    pub way: UpdateWay,
    pub stage: UpdateStage,
    /// The newer version, if one is known.
    pub news: Option<UpdateNews>,
    /// Downloaded bytes.
    #[ts(type = "number")]
    pub received: u64,
    /// Whether it will be installed when the program quits.
    pub on_quit: bool,
    /// The reason, in stage `failed`.
    pub trouble: Option<UpdateTrouble>,
    /// The same in English, for "details".
    pub text: String,
    /// Time of the last successful check, in milliseconds since 1970.
    #[ts(type = "number | null")]
    pub looked: Option<i64>,
}

/// When to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWhen {
    /// Now, followed by a restart.
    Now,
    /// When the program quits.
    OnQuit,
    /// Cancels `OnQuit`.
    Later,
}

/// Installs the downloaded version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
pub struct InstallUpdate {
    pub when: UpdateWhen,
}
