//! The changes of a commit and who may see them, in commit order.

use std::sync::Arc;

use homing_protocol::event::Event;
use homing_protocol::fold::Fold;
use homing_protocol::frame::Uevent;
use homing_protocol::{CloseCode, DeviceId, Pos, RoomId, Seq, UserId};

/// A change made by a commit.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A room's log grew.
    Event {
        event: Event,
        /// What is left of the message that it changes.
        fold: Option<Box<Fold>>,
        /// The members as of this commit.
        to: Arc<[UserId]>,
    },
    /// A person's own stream grew.
    Own { person: UserId, change: Uevent },
    /// Rooms or people changed: the digests of these members are due.
    Digest {
        to: Audience,
        /// The position of the change.
        pos: Pos,
    },
    /// All devices hold a room up to this seq. It differs by viewer, because one's own devices
    /// don't count.
    Delivered {
        room: RoomId,
        /// The seq for each viewer.
        to: Vec<(UserId, Seq)>,
    },
    /// A device or all devices of a person must be disconnected.
    Dismissed {
        person: UserId,
        /// None: all.
        device: Option<DeviceId>,
        code: CloseCode,
    },
    /// Another process wrote to the database: every connection must resynchronise.
    ExternalWrite,
}

/// Who gets a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Audience {
    All,
    People(Arc<[UserId]>),
}
