//! What the engine tells its subscribers: numbered batches of diffs.
//!
//! A subscriber takes an [`Overview`](crate::view::Overview) with its number and then applies every
//! batch with a greater number. A missing number means that it fell behind; it then takes a new
//! overview. Applying a diff twice is harmless, because each one carries the whole new value of
//! what it names.

use std::sync::Arc;

use homing_protocol::frame::Presence;
use homing_protocol::http::DeviceName;
use homing_protocol::{Event, Person, RoomId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::view::{ConnectionState, Hole, Item, OutboxCount, Room, Space, Status};

/// One change of what a viewer sees.
#[expect(missing_docs, reason = "a field holds the new value of what its name says")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "diff", rename_all = "snake_case")]
pub enum Diff {
    /// The space was renamed, or its address changed.
    Space { space: Space },
    /// The viewer's own status.
    Status { status: Status },
    /// The state of the connection.
    #[serde(rename = "link")]
    Connection {
        #[serde(rename = "link")]
        connection: ConnectionState,
    },
    /// A room came or changed.
    Room { room: Room },
    /// The viewer is no longer in the room.
    RoomGone { room: RoomId },
    /// A person came or changed.
    Person { person: Person },
    /// Presence of people.
    Presence {
        people: Vec<(UserId, Presence)>,
        /// Anyone who is not listed is offline.
        all: bool,
    },
    /// Somebody is typing. It expires after 6 s.
    Typing { room: RoomId, user: UserId },
    /// Rows came or changed. A row replaces the one with the same key.
    Items { room: RoomId, items: Vec<Item> },
    /// Rows were removed: a queued message was discarded.
    ItemsGone { room: RoomId, keys: Vec<String> },
    /// The holes of a room's log.
    Holes {
        room: RoomId,
        /// Oldest first; empty when nothing is missing any more.
        holes: Vec<Hole>,
    },
    /// The rows shown of a room are void, because the server was restored. Load them again.
    TimelineReset { room: RoomId },
    /// Another device of the viewer signed in, or one was signed out.
    Devices {
        /// All devices, newest first.
        devices: Vec<DeviceName>,
    },
    /// How many messages are not sent yet.
    Outbox { outbox: OutboxCount },
}

/// The diffs of one local transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// 1, 2, 3 … since the engine's start.
    pub number: u64,
    /// In the order in which they apply.
    pub diffs: Vec<Diff>,
    /// New messages of other people, for notifications.
    pub incoming: Vec<Incoming>,
}

/// A message of somebody else that was just committed to this device's store.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The message's event.
    pub event: Arc<Event>,
    /// It was committed on the server while this device was connected. `false` for a message that
    /// was missed and is fetched now.
    pub live: bool,
    /// It mentions the viewer.
    pub mentions_me: bool,
}

/// The subscriber was too slow and missed batches. Call
/// [`Handle::subscribe`](crate::Handle::subscribe) again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the listener fell behind")]
pub struct Lagged;

/// The batches that follow an overview.
#[derive(Debug)]
pub struct Subscription(pub(crate) broadcast::Receiver<Arc<Batch>>);

impl Subscription {
    /// The next batch; `None` once the engine has stopped.
    ///
    /// # Errors
    /// [`Lagged`] when batches were missed. The following ones are useless without a new overview.
    pub async fn recv(&mut self) -> Result<Option<Arc<Batch>>, Lagged> {
        match self.0.recv().await {
            Ok(batch) => Ok(Some(batch)),
            Err(broadcast::error::RecvError::Closed) => Ok(None),
            Err(broadcast::error::RecvError::Lagged(_)) => Err(Lagged),
        }
    }
}
