//! The inputs and outputs of a session.

use std::time::Duration;

use homing_protocol::frame::{CommittedItem, Send as NewEvents, ServerBye, Uevent, UserKey};
use homing_protocol::{
    Cid, CloseCode, DeviceId, Epoch, Limits, Pos, RequestId, RoomId, Seq, ServerFrame, SessionId,
    SpaceId, Useq, UserId,
};
use serde_json::Value;

use crate::config::{Rates, Timers};
use crate::store::{Heads, LogForm, LogPage, LogRange, OwnPage, Snapshot, StoreError};

/// The parameters of a session.
#[derive(Debug, Clone)]
pub struct SessionInfo {
    pub person: UserId,
    pub device: DeviceId,
    pub session: SessionId,
    pub space: SpaceId,
    pub epoch: Epoch,
    pub limits: Limits,
    pub rates: Rates,
    pub timers: Timers,
}

/// A request to the rest of the server, answered by one [`Response`].
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Attach to the hub for events in this form, then read what changed.
    Hello { since: Pos, form: LogForm },
    /// Append events.
    Send(NewEvents),
    /// Read a part of a log.
    Pull { rid: RequestId, room: RoomId, range: LogRange, form: LogForm },
    /// Read the own stream, for the client.
    Upull { rid: RequestId, after: Useq, limit: u32 },
    /// Move a read marker.
    Mark(RoomId, Seq),
    /// Set a value.
    Set(UserKey, Value),
    /// Store what the device holds.
    Ack(Vec<(RoomId, Seq)>),
    /// Read what changed since the last digest.
    Digest { since: Pos },
    /// Read the own stream after the last own event written.
    Own { after: Useq },
    /// Read the heads for a heartbeat.
    Heads,
    /// Push a typing notice to the room.
    Typing(RoomId),
}

/// The response to a [`Request`].
#[derive(Debug)]
pub enum Response {
    /// To [`Request::Hello`], with the server's time.
    Hello(Result<Snapshot, StoreError>, i64),
    /// To [`Request::Hello`]: the device sent `hello` too often.
    HelloLimited(Duration),
    /// To [`Request::Hello`]: the device was signed out or the account disabled since the upgrade.
    Dismissed {
        /// The account is disabled.
        disabled: bool,
    },
    Sent(RoomId, Vec<Cid>, Result<Vec<CommittedItem>, StoreError>),
    Pulled(RequestId, RoomId, Result<LogPage, StoreError>),
    Upulled(RequestId, Result<OwnPage, StoreError>),
    Marked(RoomId, Result<Option<Uevent>, StoreError>),
    ValueSet(UserKey, Result<Uevent, StoreError>),
    /// To [`Request::Ack`] and [`Request::Typing`], which send nothing to the client.
    Silent,
    Digested(Pos, Result<Snapshot, StoreError>),
    OwnRead(Result<OwnPage, StoreError>),
    Heads(Result<Heads, StoreError>),
}

/// How the connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub code: CloseCode,
    pub reason: String,
    /// Sent before the close frame, unless the client closed.
    pub bye: Option<ServerBye>,
}

/// What `connection` must do, in this order.
#[derive(Debug, PartialEq)]
pub enum Effect {
    Send(ServerFrame),
    /// Start a request and return its response.
    Request(Request),
    /// Start writing queued pushes and the presence of all.
    GoLive,
    /// Drop everything of this room that waits in the queue.
    Forget(RoomId),
    /// The person is active or not.
    Active(bool),
    /// Write what is queued, then close.
    Close(Closing),
}
