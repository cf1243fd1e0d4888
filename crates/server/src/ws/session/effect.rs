//! What goes into a session and what comes out of it.

use std::time::Duration;

use homing_protocol::frame::{CommittedItem, Send as NewEvents, ServerBye, Uevent, UserKey};
use homing_protocol::{
    Cid, CloseCode, DeviceId, Epoch, Event, Limits, Pos, RequestId, RoomId, Seq, ServerFrame,
    SessionId, SpaceId, Useq, UserId,
};
use serde_json::Value;

use crate::config::{Rates, Timers};
use crate::store::{Heads, LogPage, LogRange, OwnPage, Snapshot, StoreError};

/// Who speaks, and what the server says of itself.
#[derive(Debug, Clone)]
pub struct SessionInfo {
    /// As whom the token speaks.
    pub person: UserId,
    /// As which device.
    pub device: DeviceId,
    /// This connection.
    pub session: SessionId,
    /// The space.
    pub space: SpaceId,
    /// Which life of its database this is.
    pub epoch: Epoch,
    /// How much of everything.
    pub limits: Limits,
    /// How often.
    pub rates: Rates,
    /// How long.
    pub timers: Timers,
}

/// Something to ask of the rest of the server. Each is answered by one [`Response`].
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Attach to the fan-out, then read what changed.
    Hello {
        /// Since here.
        since: Pos,
    },
    /// Append.
    Send(NewEvents),
    /// Read a log.
    Pull {
        /// Of the frame.
        rid: RequestId,
        /// Of which room.
        room: RoomId,
        /// Which part.
        range: LogRange,
    },
    /// Read the own stream, for the client.
    Upull {
        /// Of the frame.
        rid: RequestId,
        /// After here.
        after: Useq,
        /// At most so many.
        limit: u32,
    },
    /// Move a read marker.
    Mark(RoomId, Seq),
    /// Set a value.
    Set(UserKey, Value),
    /// Note what the device holds.
    Ack(Vec<(RoomId, Seq)>),
    /// Read what changed since the last digest.
    Digest {
        /// Since here.
        since: Pos,
    },
    /// Read what the own stream has after the last change written.
    Own {
        /// After here.
        after: Useq,
    },
    /// Look at the numbers of a heartbeat.
    Heads,
    /// Tell the others in a room that the person writes.
    Typing(RoomId),
}

/// What came of an [`Request`].
#[derive(Debug)]
pub enum Response {
    /// Of [`Request::Hello`]. The time is the server's clock.
    Hello(Result<Snapshot, StoreError>, i64),
    /// The device said `hello` too often. Also of [`Request::Hello`].
    HelloLimited(Duration),
    /// The device was signed out or the account disabled since the upgrade. Also of [`Request::Hello`].
    Dismissed {
        /// It was the account.
        disabled: bool,
    },
    /// Of [`Request::Send`].
    Sent(RoomId, Vec<Cid>, Result<Vec<CommittedItem>, StoreError>),
    /// Of [`Request::Pull`].
    Pulled(RequestId, RoomId, Result<LogPage<Event>, StoreError>),
    /// Of [`Request::Upull`].
    Upulled(RequestId, Result<OwnPage, StoreError>),
    /// Of [`Request::Mark`].
    Marked(RoomId, Result<Option<Uevent>, StoreError>),
    /// Of [`Request::Set`].
    ValueSet(UserKey, Result<Uevent, StoreError>),
    /// Of [`Request::Ack`] and [`Request::Typing`], which answer nothing to the client.
    Silent,
    /// Of [`Request::Digest`].
    Digested(Pos, Result<Snapshot, StoreError>),
    /// Of [`Request::Own`].
    OwnRead(Result<OwnPage, StoreError>),
    /// Of [`Request::Heads`].
    Heads(Result<Heads, StoreError>),
}

/// How the connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The verdict.
    pub code: CloseCode,
    /// In English.
    pub reason: String,
    /// Say `bye` first. Not where the client left by itself.
    pub bye: Option<ServerBye>,
}

/// What `conn` must do, in this order.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Write a frame.
    Send(ServerFrame),
    /// Ask, and bring the answer.
    Request(Request),
    /// From now on write what the fan-out queues, and who is there.
    GoLive,
    /// Nothing of this room that waits in the fan-out's queue may be written any more.
    Forget(RoomId),
    /// The person is at the machine, or not.
    Active(bool),
    /// Write what is waiting, close, and end.
    Close(Closing),
}
