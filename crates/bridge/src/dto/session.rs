//! Coming into a space.

use homing_protocol::{Cid, Role, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A link to look into.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InspectLink {
    /// As pasted.
    pub link: String,
}

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

/// Comes into a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Join {
    /// The join link.
    pub link: String,
    /// The nickname wanted.
    pub name: String,
    /// To sign in with on further devices.
    pub password: Option<String>,
    /// Names this attempt; the same one for a retry, so that nobody joins twice.
    pub attempt: Cid,
    /// Keep the token in memory only: for a system without a keyring.
    pub session_only: bool,
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

/// Comes into a space by the code of a device link, typed where the link can't be had.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct LinkByCode {
    /// `host`, `host:port`, or any link of the space.
    pub address: String,
    /// The self-made certificate that the person decided to trust, where the address names none.
    pub fingerprint: Option<String>,
    /// As typed: case, blanks and hyphens do not matter.
    pub code: String,
    /// Names this attempt, as for joining.
    pub attempt: Cid,
    /// Keep the token in memory only.
    pub session_only: bool,
}

/// Comes into a space as the member that one already is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SignIn {
    /// `host`, `host:port`, or any link of the space.
    pub address: String,
    /// The self-made certificate that the person decided to trust, where the address names none.
    pub fingerprint: Option<String>,
    /// Nickname.
    pub name: String,
    /// Password.
    pub password: String,
    /// Keep the token in memory only.
    pub session_only: bool,
}

/// Starts a space on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct StartSpace {
    /// What to call it.
    pub space_name: String,
    /// The nickname of its owner.
    pub name: String,
    /// Names this attempt, as for joining.
    pub attempt: Cid,
    /// Keep the token in memory only.
    pub session_only: bool,
}

/// The space that was come into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JoinedSpace {
    /// Which.
    pub space: SpaceId,
}
