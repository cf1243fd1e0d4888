//! Messages that are not on the server yet.

use homing_protocol::{Cid, RoomId, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Sends a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SendMessage {
    pub space: SpaceId,
    pub room: RoomId,
    pub text: String,
    /// The users it mentions.
    pub mentions: Vec<UserId>,
}

/// Arguments: an own message that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct QueuedArgs {
    pub space: SpaceId,
    pub cid: Cid,
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EnqueuedMessage {
    /// Its id, which is the key of its row.
    pub cid: Cid,
}

/// Replaces a queued message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct EditQueued {
    pub space: SpaceId,
    pub cid: Cid,
    /// The new text.
    pub text: String,
    /// The users it mentions now.
    pub mentions: Vec<UserId>,
}
