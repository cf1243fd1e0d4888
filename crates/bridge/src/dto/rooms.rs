//! Rooms and who is in them.

use homing_engine::view::NotifyLevel;
use homing_protocol::{Cid, RoomId, RoomKind, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments: a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RoomArgs {
    pub space: SpaceId,
    pub room: RoomId,
}

/// Creates a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct CreateRoom {
    pub space: SpaceId,
    /// Public or private.
    pub kind: RoomKind,
    /// Its new name.
    pub name: String,
    pub topic: String,
    /// The other members at the start.
    pub members: Vec<UserId>,
    /// Idempotency key: a retry uses the same one.
    pub attempt: Cid,
}

/// Opens a direct room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct OpenDirect {
    pub space: SpaceId,
    /// The other members.
    pub users: Vec<UserId>,
}

/// Adds members to a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct AddMembers {
    pub space: SpaceId,
    pub room: RoomId,
    pub users: Vec<UserId>,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MemberArgs {
    pub space: SpaceId,
    pub room: RoomId,
    pub user: UserId,
}

/// The room that was found or created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RoomOpened {
    pub room: RoomId,
}

/// Mutes or unmutes a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MuteRoom {
    pub space: SpaceId,
    pub room: RoomId,
    pub muted: bool,
    /// End of the mute in milliseconds since 1970; none means until unmuted.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

/// Sets the notification level of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct NotifyRoom {
    pub space: SpaceId,
    pub room: RoomId,
    /// None means the general level.
    pub level: Option<NotifyLevel>,
}

/// Saves a draft.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SaveDraft {
    pub space: SpaceId,
    pub room: RoomId,
    /// The text; empty removes it.
    pub text: String,
    /// The draft that the window showed, or the other device's draft that the person took or
    /// rejected; empty if none. A draft that can't have been seen is kept and offered.
    pub seen: String,
}
