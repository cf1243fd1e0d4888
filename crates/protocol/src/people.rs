//! People and rooms of a space.

use serde::{Deserialize, Serialize};

use crate::ids::{Epoch, Pos, RoomId, Seq, UserId};

/// The role of a member. Ordered: each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees only the rooms they were added to.
    Guest,
    /// Joins public rooms, creates rooms, writes to anyone.
    Member,
    /// Invites and removes people, manages every public room.
    Admin,
    /// Admin, and can make admins. There is always at least one.
    Owner,
}

/// A member as everybody in the space sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Their name, unique in the space regardless of case.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Disabled or removed: shown as such and can't be messaged.
    #[serde(default)]
    pub gone: bool,
}

/// Who can see and join a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Every member of the space may find and join it.
    Public,
    /// Only added members know of it.
    Private,
    /// Between two to nine people. It has no name and can't be left.
    Direct,
}

/// A room as a `digest` describes it to one of its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Which.
    pub room: RoomId,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// Empty for a direct room, which is called after its people.
    pub name: String,
    /// What it is for; may be empty.
    #[serde(default)]
    pub topic: String,
    /// How many members it has.
    pub members: u32,
    /// The members of a direct room, the viewer included. Empty for other kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<UserId>,
    /// The newest event's seq; 0 in an empty room.
    pub head: Seq,
    /// The oldest event that can still be pulled.
    pub min: Seq,
    /// How far the viewer has read.
    pub read: Seq,
    /// Messages of others past `read`.
    pub unread: u32,
    /// Those of them that mention the viewer.
    pub mentions: u32,
    /// All members' devices hold all events up to here.
    #[serde(default)]
    pub delivered: Seq,
    /// When this description last changed.
    pub pos: Pos,
    /// What the server's database was restored from, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restores: Vec<Restore>,
}

/// How much of a room's log a restore kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restore {
    /// The epoch of the copy: it ended with the restore.
    pub epoch: Epoch,
    /// The room's newest event in the copy. What that epoch had above it is lost.
    pub head: Seq,
}
