//! Messages, and those that are not on the server yet.

use homing_protocol::{Cid, Content, MessageRef, RoomId, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Writes to a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Write {
    pub space: SpaceId,
    pub room: RoomId,
    /// A message, or a change of one.
    pub content: Content,
}

/// A message, by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageArgs {
    pub space: SpaceId,
    pub room: RoomId,
    pub of: MessageRef,
}

/// A link to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MessageLinkText {
    pub link: String,
}

/// Arguments: an own message that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct QueuedArgs {
    pub space: SpaceId,
    pub cid: Cid,
}

/// What is in the outbox now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EnqueuedMessage {
    /// Its id, which is the key of a message's row.
    pub cid: Cid,
}
