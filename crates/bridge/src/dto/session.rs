//! Joining a space and signing in.

use homing_protocol::{Cid, Role, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A link to describe.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InspectLink {
    /// As pasted by the person.
    pub link: String,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LinkPreview {
    pub space_name: String,
    pub comes_as: ComesAs,
    /// `host:port` of the server.
    pub address: String,
    /// The certificate matches the link's fingerprint.
    pub pinned: bool,
}

/// As whom the link's user joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ComesAs {
    /// As a new member, by an invitation.
    Member {
        /// The inviting member.
        invited_by: Option<String>,
        /// The new member's role.
        role: Role,
    },
    /// As the same member, by a device link.
    Oneself {
        /// The member's name.
        name: String,
        /// Name of the device that shows the link.
        linked_by: String,
    },
}

/// Joins a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Join {
    pub link: String,
    /// The requested nickname.
    pub name: String,
    /// For signing in on further devices.
    pub password: Option<String>,
    /// Idempotency key: a retry uses the same one, so that nobody joins twice.
    pub attempt: Cid,
    /// Keep the token in memory only, for a system without a keyring.
    pub session_only: bool,
}

/// Joins a space by a device link, which another device of the person shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct LinkDevice {
    pub link: String,
    /// Idempotency key, as for joining.
    pub attempt: Cid,
    pub session_only: bool,
}

/// Joins a space by the code of a device link, typed where the link can't be copied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct LinkByCode {
    /// `host`, `host:port`, or any link of the space.
    pub address: String,
    /// Fingerprint of the self-signed certificate that the person decided to trust, if the address
    /// has none.
    pub fingerprint: Option<String>,
    /// As typed: case, blanks and hyphens do not matter.
    pub code: String,
    /// Idempotency key, as for joining.
    pub attempt: Cid,
    pub session_only: bool,
}

/// Signs in to a space as an existing member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SignIn {
    /// `host`, `host:port`, or any link of the space.
    pub address: String,
    /// Fingerprint of the self-signed certificate that the person decided to trust, if the address
    /// has none.
    pub fingerprint: Option<String>,
    pub name: String,
    pub password: String,
    pub session_only: bool,
}

/// Creates a space on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct StartSpace {
    /// Its new name.
    pub space_name: String,
    /// The owner's nickname.
    pub name: String,
    /// Idempotency key, as for joining.
    pub attempt: Cid,
    pub session_only: bool,
}

/// The space that was joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JoinedSpace {
    pub space: SpaceId,
}
