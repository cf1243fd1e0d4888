//! Commands of the program as a whole, and the reasons of its notifications.

use homing_engine::policy::{PolicyBounds, PolicyError};
use homing_engine::view::Status;
use homing_protocol::{RoomId, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The result of checking a connection policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PolicyVerdict {
    /// The invalid figures with their bounds. Empty if the policy is valid.
    pub misfits: Vec<PolicyError>,
    /// The bounds and the default of each figure.
    pub rules: Vec<PolicyBounds>,
}

/// What the person sees. A message counts as seen if it is in view in a focused window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
pub struct ViewerFocus {
    /// The window has the focus.
    pub focused: bool,
    /// The person used the machine recently.
    pub active: bool,
    /// The visible room.
    pub room: Option<VisibleRoom>,
}

/// The visible room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct VisibleRoom {
    pub space: SpaceId,
    pub room: RoomId,
    /// Its newest rows are visible.
    pub at_end: bool,
}

/// Sets the person's status in every space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SetStatus {
    pub status: Status,
}

/// One decision about a notification, for "why was I not notified?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NotifyDecision {
    pub space: SpaceId,
    /// The message's room.
    pub room: RoomId,
    /// In milliseconds since 1970.
    #[ts(type = "number")]
    pub ts: i64,
    /// Whether a notification was shown.
    pub shown: bool,
    pub why: Why,
}

/// Why a notification was shown, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A message in a room that notifies of everything.
    Message,
    /// It mentions the person.
    Mention,
    /// It is a direct message.
    Direct,
    /// It was missed while offline and is part of the shared notification.
    CaughtUp,
    /// It was visible in a focused window.
    Seen,
    /// It was read on another device.
    ReadElsewhere,
    /// The person has left the room.
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
    /// The person's status is "do not disturb".
    DoNotDisturb,
    /// Notifications are paused.
    Paused,
    /// It arrived in the quiet hours.
    QuietHours,
}
