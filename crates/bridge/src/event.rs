//! What the interface is told: one snapshot, then numbered batches of changes.

use homing_engine::diff::Diff;
use homing_engine::trace::Traffic;
use homing_engine::view::Overview;
use homing_protocol::SpaceId;
use serde::Serialize;
use ts_rs::TS;

use crate::dto::{
    AppView, DesktopView, Examination, Hosting, Keyring, Open, Rescued, Sealed, Settings,
    Unreadable, Update,
};

/// One message to the interface.
///
/// A listener gets a `Snapshot` first. Each `Changes` has the number that follows the one before;
/// if it has not, something was lost and the listener asks for the snapshot again (`resync`).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "push", rename_all = "snake_case")]
pub enum Push {
    /// Everything; what was known before is void, apart from timelines.
    Snapshot {
        /// The number that the next changes follow.
        #[ts(type = "number")]
        number: u64,
        /// All of it.
        view: Box<AppView>,
    },
    /// What changed.
    Changes {
        /// One more than the push before.
        #[ts(type = "number")]
        number: u64,
        /// In order.
        changes: Vec<Change>,
    },
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// In a space.
    In {
        /// Which.
        space: SpaceId,
        /// What.
        diff: Box<Diff>,
    },
    /// A space came.
    SpaceEntered {
        /// All of it.
        overview: Box<Overview>,
    },
    /// A space is no longer on this device.
    SpaceLeft {
        /// Which.
        space: SpaceId,
    },
    /// A space that was damaged and built anew, or no longer: the person has read of it.
    Rescued {
        /// All that there are now.
        rescued: Vec<Rescued>,
    },
    /// A space can't be opened any more.
    Unreadable {
        /// All that there are now.
        unreadable: Vec<Unreadable>,
    },
    /// The person chose otherwise.
    Settings {
        /// As they are now.
        settings: Settings,
    },
    /// The keyring answered otherwise.
    Keyring {
        /// As it is now.
        keyring: Keyring,
    },
    /// The file behind a passphrase was begun, opened or ended.
    Sealed {
        /// As it is now.
        sealed: Sealed,
    },
    /// The desktop does otherwise.
    Desktop {
        /// As it is now.
        desktop: DesktopView,
    },
    /// The server inside this program started or stopped.
    Hosting {
        /// As it is now.
        hosting: Option<Hosting>,
    },
    /// It stands otherwise with new versions of this program.
    Update {
        /// As it is now.
        update: Update,
    },
    /// What passed over a connection since the last push, while the Inspector is open.
    Traffic {
        /// In which space.
        space: SpaceId,
        /// What is new.
        traffic: Box<Traffic>,
    },
    /// The Doctor went on.
    Examination {
        /// In which space.
        space: SpaceId,
        /// All that was found so far.
        examination: Examination,
    },
    /// Something is to be brought before the person's eyes.
    Open {
        /// What.
        open: Open,
    },
}
