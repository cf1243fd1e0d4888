//! Devices brought along and signed out, and spaces that were damaged.

use std::path::PathBuf;

use homing_engine::session::Rescue;
use homing_engine::store::StoreError;
use homing_protocol::{Cid, DeviceId, Role, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LinkPreview {
    /// What the space is called.
    pub space_name: String,
    /// As whom one comes in.
    pub comes_as: ComesAs,
    /// `host:port` of the server.
    pub address: String,
    /// The certificate is the one that the link names.
    pub pinned: bool,
}

/// As whom a link lets one in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ComesAs {
    /// As somebody new, by an invitation.
    Member {
        /// Who invites.
        invited_by: Option<String>,
        /// What the new member will be.
        role: Role,
    },
    /// As oneself, by a link that another device of one's own shows.
    Oneself {
        /// By which name.
        name: String,
        /// What the device that shows the link is called.
        linked_by: String,
    },
}

/// Comes into a space by the link that another device of one's own shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct LinkDevice {
    /// The device link.
    pub link: String,
    /// Names this attempt, as for joining.
    pub attempt: Cid,
    /// Keep the token in memory only.
    pub session_only: bool,
}

/// Gives a device of the person another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenameDevice {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub device: DeviceId,
    /// What to call it.
    pub name: String,
}

/// A link by which another device comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceLink {
    /// The link.
    pub link: String,
    /// For how long it is good from now, in milliseconds.
    #[ts(type = "number")]
    pub lifetime_ms: u64,
    /// The same to be read by a camera.
    pub qr: Option<Qr>,
}

/// Where a further device signs in with name and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignInAddress {
    /// The sign-in link: server and fingerprint, and nothing that lets anybody in.
    pub link: String,
    /// The fingerprint alone, to compare; none where the operating system judges the certificate.
    pub fingerprint: Option<String>,
}

/// A QR code, to be drawn as one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Qr {
    /// Modules along one side, without the quiet zone around them.
    pub width: usize,
    /// The dark ones, as the `d` of an SVG path in which a module is one unit wide.
    pub path: String,
}

/// A space whose database can't be opened. It is left as it is, with everything queued in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Unreadable {
    /// Which.
    pub space: SpaceId,
    /// Why.
    pub why: UnreadableWhy,
    /// The same in English, for "details".
    pub text: String,
}

/// Why a space can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnreadableWhy {
    /// A newer version of this program wrote it.
    Newer,
    /// The disk is full.
    Full,
    /// Another program uses it.
    Busy,
    /// It is damaged, and nothing says who this device is.
    Damaged,
    /// Anything else.
    Failed,
}

impl UnreadableWhy {
    pub(crate) const fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Newer { .. } => Self::Newer,
            StoreError::Full => Self::Full,
            StoreError::Busy => Self::Busy,
            StoreError::Corrupt(_) | StoreError::Failing(_) => Self::Damaged,
            _ => Self::Failed,
        }
    }
}

/// What became of a damaged space, until the person has read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Rescued {
    /// Which.
    pub space: SpaceId,
    /// What it is called.
    pub name: String,
    /// Messages that were not sent yet and still will be.
    pub queued: usize,
    /// Drafts, read markers and mutes that were not at the server yet.
    pub unsaved: usize,
    /// Messages that were not sent yet and can't be read.
    pub unreadable: usize,
    /// There may have been more than is known of.
    pub unsure: bool,
    /// Where the damaged files are.
    pub aside: PathBuf,
}

impl From<Rescue> for Rescued {
    fn from(rescue: Rescue) -> Self {
        let Rescue { space, name, queued, unsaved, unreadable, whole, aside, .. } = rescue;
        Self { space, name, queued, unsaved, unreadable, unsure: !whole, aside }
    }
}
