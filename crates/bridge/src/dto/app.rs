//! Commands of the program as a whole: how it is used, and why it notified or did not.

use homing_engine::policy::{PolicyBounds, PolicyError};
use homing_engine::view::Status;
use homing_protocol::{RoomId, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to be said of figures for the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PolicyVerdict {
    /// Those that can't be, with what is allowed. None: they can be kept.
    pub misfits: Vec<PolicyError>,
    /// What each may be, and what it is if nothing is chosen.
    pub rules: Vec<PolicyBounds>,
}

/// What the person has before their eyes. "Seen" is a focused window with the message in view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
pub struct ViewerFocus {
    /// The window has the focus.
    pub focused: bool,
    /// The person touched the machine lately.
    pub active: bool,
    /// The room on the screen.
    pub room: Option<VisibleRoom>,
}

/// The room on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct VisibleRoom {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
    /// Its newest rows are in view.
    pub at_end: bool,
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
