//! Rooms and who is in them.

use homing_engine::view::NotifyLevel;
use homing_protocol::{Cid, RoomId, RoomKind, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RoomArgs {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
}

/// Makes a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct CreateRoom {
    /// In which space.
    pub space: SpaceId,
    /// Public or private.
    pub kind: RoomKind,
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub topic: String,
    /// Who else is in it from the start.
    pub members: Vec<UserId>,
    /// Names this attempt; the same one for a retry.
    pub attempt: Cid,
}

/// Some people in a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct OpenDirect {
    /// In which space.
    pub space: SpaceId,
    /// With whom.
    pub users: Vec<UserId>,
}

/// People to bring into a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct AddMembers {
    /// In which space.
    pub space: SpaceId,
    /// Into which room.
    pub room: RoomId,
    /// Whom.
    pub users: Vec<UserId>,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MemberArgs {
    /// In which space.
    pub space: SpaceId,
    /// In which room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
}

/// A room that is now there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RoomOpened {
    /// Which.
    pub room: RoomId,
}

/// Mutes a room, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MuteRoom {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
    /// From now on.
    pub muted: bool,
    /// Until then, in milliseconds since 1970; none: until it is taken back.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

/// Says what a room notifies of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct NotifyRoom {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
    /// From now on; none: as everywhere.
    pub level: Option<NotifyLevel>,
}

/// Keeps unsent text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SaveDraft {
    /// In which space.
    pub space: SpaceId,
    /// Of which room.
    pub room: RoomId,
    /// The text; empty removes it.
    pub text: String,
    /// What stood before the person's eyes as the draft, or as the other one that was offered and
    /// that they took or left; empty if nothing. What can't have been seen is kept and offered.
    pub seen: String,
}
