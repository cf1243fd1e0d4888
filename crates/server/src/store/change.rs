//! What a commit changed and who may see it, in the order of the commits.

use std::sync::Arc;

use homing_protocol::event::Event;
use homing_protocol::frame::Uevent;
use homing_protocol::{CloseCode, DeviceId, Pos, RoomId, Seq, UserId};

/// One consequence of a commit.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A room's log grew.
    Event {
        /// By this.
        event: Event,
        /// Its members as of this commit.
        to: Arc<[UserId]>,
    },
    /// A person's own stream grew.
    Own {
        /// Whose.
        person: UserId,
        /// By this.
        change: Uevent,
    },
    /// Descriptions of rooms or people changed: these members' digests are due.
    Digest {
        /// Whose.
        to: Audience,
        /// As of here.
        pos: Pos,
    },
    /// All devices hold a room up to a seq that depends on who looks (one's own devices do not
    /// count for oneself).
    Delivered {
        /// Which room.
        room: RoomId,
        /// By viewer.
        to: Vec<(UserId, Seq)>,
    },
    /// A device or all devices of a person must go.
    Dismissed {
        /// Whose.
        person: UserId,
        /// Which; none: all.
        device: Option<DeviceId>,
        /// With this verdict.
        code: CloseCode,
    },
    /// Another process wrote something: everybody looks again.
    ExternalWrite,
}

/// Who is concerned.
#[derive(Debug, Clone, PartialEq)]
pub enum Audience {
    /// Everybody in the space.
    All,
    /// These.
    People(Arc<[UserId]>),
}
