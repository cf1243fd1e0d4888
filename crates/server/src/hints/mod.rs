//! Notifications between the nodes of one space.
//!
//! A hint says that there is something new in the store. It has no content and may be lost, late or
//! duplicated: each node finds out by itself, at the latest at a connection's next heartbeat. A
//! single node needs no hints; [`local`] connects nodes inside one process.

#[cfg(test)]
mod contract;
pub mod local;

use homing_protocol::{RoomId, Seq, UserId};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Hints that may wait for one node. A node that falls behind resynchronises once.
pub const BACKLOG: usize = 1024;

/// Identifies a node, so that it can ignore its own hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(pub Uuid);

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// A room's log grew.
    Room { room: RoomId, head: Seq },
    /// A person's own stream grew.
    Own { person: UserId },
    /// Rooms, people or the right to be connected changed.
    Space,
}

/// Carries hints between nodes.
pub trait Hints: Send + Sync + 'static {
    /// Sends a hint to all nodes. Never waits and never fails; the hint may be lost.
    fn publish(&self, from: NodeId, hint: Hint);
    /// Receives the hints of all nodes from now on, including this one's.
    fn subscribe(&self) -> broadcast::Receiver<(NodeId, Hint)>;
}
