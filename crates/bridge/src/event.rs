//! Pushes to the interface: one snapshot, then numbered batches of changes.

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

/// One push to the interface.
///
/// A subscriber gets a `Snapshot` first. The number of each `Changes` follows the one before. A gap
/// means that a push was lost, and the subscriber requests a new snapshot (`resync`).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "push", rename_all = "snake_case")]
#[expect(missing_docs, reason = "a field holds the new value of what its name says")]
pub enum Push {
    /// The whole view, which replaces everything known before except timelines.
    Snapshot {
        /// The next changes have this number plus one.
        #[ts(type = "number")]
        number: u64,
        view: Box<AppView>,
    },
    Changes {
        /// The number of the push before plus one.
        #[ts(type = "number")]
        number: u64,
        /// In order.
        changes: Vec<Change>,
    },
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "change", rename_all = "snake_case")]
#[expect(missing_docs, reason = "a field holds the new value of what its name says")]
pub enum Change {
    /// A change in a space.
    In { space: SpaceId, diff: Box<Diff> },
    /// A space was joined.
    SpaceEntered { overview: Box<Overview> },
    /// A space was removed from this device.
    SpaceLeft { space: SpaceId },
    /// The reports about damaged spaces changed.
    Rescued { rescued: Vec<Rescued> },
    /// The spaces that can't be opened changed.
    Unreadable { unreadable: Vec<Unreadable> },
    /// The settings changed.
    Settings { settings: Settings },
    /// The keyring's state changed.
    Keyring { keyring: Keyring },
    /// The state of the file behind a passphrase changed.
    Sealed { sealed: Sealed },
    /// The desktop's state changed.
    Desktop { desktop: DesktopView },
    /// The hosted server started or stopped.
    Hosting { hosting: Option<Hosting> },
    /// The state of the updates changed.
    Update { update: Update },
    /// New Inspector entries since the last push.
    Traffic { space: SpaceId, traffic: Box<Traffic> },
    /// The Doctor has new findings.
    Examination {
        space: SpaceId,
        /// All findings so far.
        examination: Examination,
    },
    /// Something is to be opened in the window.
    Open { open: Open },
}
