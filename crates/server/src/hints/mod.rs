//! What nodes of one space tell each other: hints, never the truth.
//!
//! A hint says that there is something new to read in the store; it carries no content and may be
//! lost, late or doubled. Each node finds out by itself, at the latest at a connection's next
//! heartbeat. One node alone needs no hints; [`local`] connects nodes inside one process.

#[cfg(test)]
mod contract;
pub mod local;

use homing_protocol::{RoomId, Seq, UserId};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Hints that may wait for one node. Who is slower than that looks at everything once.
pub const BACKLOG: usize = 1024;

/// One node, so that it can tell its own hints from others'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(pub Uuid);

/// Something new to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// In a room.
    Room {
        /// Which.
        room: RoomId,
        /// Up to here.
        head: Seq,
    },
    /// In a person's own stream.
    Own {
        /// Whose.
        person: UserId,
    },
    /// Descriptions of rooms or people, or who may be connected.
    Space,
}

/// The wall between the fan-out and whatever carries hints.
pub trait Hints: Send + Sync + 'static {
    /// Tells the other nodes. Never waits and never fails: a hint may be lost.
    fn publish(&self, from: NodeId, hint: Hint);
    /// What all nodes tell from now on, oneself included.
    fn subscribe(&self) -> broadcast::Receiver<(NodeId, Hint)>;
}
