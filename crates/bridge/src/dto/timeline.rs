//! Rows of a room's timeline.

use homing_protocol::{Cid, RoomId, Seq, SpaceId, UserId};
use serde::Deserialize;
use ts_rs::TS;

/// A part of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TimelinePart {
    /// The newest rows.
    Latest,
    /// The rows around the first unread one.
    Unread,
    /// The rows before a position in the log.
    Before { seq: Seq },
    /// The rows after a position in the log.
    After { seq: Seq },
    /// The rows around a message.
    Around { user: UserId, cid: Cid },
}

/// Requests rows of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct TimelineArgs {
    pub space: SpaceId,
    pub room: RoomId,
    pub part: TimelinePart,
    /// The largest number of rows.
    pub limit: u32,
}

/// Marks a room as unread.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MarkUnread {
    pub space: SpaceId,
    pub room: RoomId,
    /// The first event that is unread.
    pub seq: Seq,
}

/// Moves the read marker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MarkRead {
    pub space: SpaceId,
    pub room: RoomId,
    /// The new position.
    pub seq: Seq,
}
