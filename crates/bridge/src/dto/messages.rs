//! Messages that are not on the server yet.

use homing_protocol::{Cid, RoomId, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Writes a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SendMessage {
    /// In which space.
    pub space: SpaceId,
    /// In which room.
    pub room: RoomId,
    /// What it says.
    pub text: String,
    /// Whom it names.
    pub mentions: Vec<UserId>,
}

/// Names a message of one's own that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct QueuedArgs {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub cid: Cid,
}

/// A message written to the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EnqueuedMessage {
    /// Its name, which is the key of its row.
    pub cid: Cid,
}

/// Writes a queued message anew.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct EditQueued {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub cid: Cid,
    /// What it says from now on.
    pub text: String,
    /// Whom it names from now on.
    pub mentions: Vec<UserId>,
}
