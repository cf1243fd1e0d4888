//! Rows of a room's timeline.

use homing_protocol::{RoomId, Seq, SpaceId};
use serde::Deserialize;
use ts_rs::TS;

/// Which part of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TimelinePart {
    /// The newest rows.
    Latest,
    /// Around the first unread one.
    Unread,
    /// What precedes this place in the log.
    Before {
        /// Its seq.
        seq: Seq,
    },
    /// What follows this place in the log.
    After {
        /// Its seq.
        seq: Seq,
    },
}

/// Asks for rows of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct TimelineArgs {
    /// In which space.
    pub space: SpaceId,
    /// Of which room.
    pub room: RoomId,
    /// Which part.
    pub part: TimelinePart,
    /// At most so many rows.
    pub limit: u32,
}

/// Moves the read marker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MarkRead {
    /// In which space.
    pub space: SpaceId,
    /// Of which room.
    pub room: RoomId,
    /// Up to here.
    pub seq: Seq,
}
