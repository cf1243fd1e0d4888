//! What keeps notifications quiet, and why there was one or none.

use homing_protocol::{RoomId, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use homing_engine::view::{NotifyLevel, Status};

/// Hours in which the person is not to be disturbed, by the clock where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct QuietHours {
    /// They are kept.
    pub on: bool,
    /// They begin, in minutes after midnight.
    pub from: u16,
    /// They end, in minutes after midnight: on the next day if that is not after `from`.
    pub to: u16,
    /// The days on which they begin, from Monday on.
    pub days: [bool; 7],
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { on: false, from: 22 * 60, to: 7 * 60, days: [true; 7] }
    }
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

/// Says something of oneself, in every space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SetStatus {
    /// What.
    pub status: Status,
}

/// One decision about a notification, for "why was I not notified?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NotifyDecision {
    /// In which space.
    pub space: SpaceId,
    /// About a message in which room.
    pub room: RoomId,
    /// When, in milliseconds since 1970.
    #[ts(type = "number")]
    pub ts: i64,
    /// A notification was shown.
    pub shown: bool,
    /// Why.
    pub why: Why,
}

/// Why a notification was shown, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A message in a room that notifies of everything.
    Message,
    /// It names the person.
    Mention,
    /// It is a direct message.
    Direct,
    /// It was missed while offline, and is counted in one notification for all of them.
    CaughtUp,
    /// The person was looking at it.
    Seen,
    /// It was read on another device.
    ReadElsewhere,
    /// The person is not in the room any more.
    Left,
    /// The room is muted.
    Muted,
    /// This room notifies of mentions only.
    RoomNotMentioned,
    /// This room notifies of nothing.
    RoomTurnedOff,
    /// Notifications are for mentions only.
    NotMentioned,
    /// Notifications are off.
    TurnedOff,
    /// The person asked not to be disturbed.
    DoNotDisturb,
    /// Notifications are paused.
    Paused,
    /// It came in the hours of quiet.
    QuietHours,
}
