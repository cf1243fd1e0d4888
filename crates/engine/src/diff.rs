//! What the engine tells its listeners: numbered batches of diffs.
//!
//! A listener takes an [`Overview`](crate::view::Overview) with its number and then applies every
//! batch with a greater one. A missing number means that it fell behind; it then takes the overview
//! anew. Applying a diff twice is harmless: each one carries the whole new value of what it names.

use std::sync::Arc;

use homing_protocol::frame::Presence;
use homing_protocol::http::DeviceName;
use homing_protocol::{Event, Person, RoomId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::view::{ConnectionState, Hole, Item, OutboxCount, Room, Space, Status};

/// One change of what a viewer sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "diff", rename_all = "snake_case")]
pub enum Diff {
    /// The space is called otherwise, or moved.
    Space {
        /// As it is now.
        space: Space,
    },
    /// What the viewer says of themselves.
    Status {
        /// As it is now.
        status: Status,
    },
    /// The connection.
    #[serde(rename = "link")]
    Connection {
        /// As it is now.
        #[serde(rename = "link")]
        connection: ConnectionState,
    },
    /// A room came or changed.
    Room {
        /// As it is now.
        room: Room,
    },
    /// The viewer is no longer in the room.
    RoomGone {
        /// Which.
        room: RoomId,
    },
    /// A person came or changed.
    Person {
        /// As they are now.
        person: Person,
    },
    /// Who is there. With `all`, whoever is not named is offline.
    Presence {
        /// By person.
        people: Vec<(UserId, Presence)>,
        /// This is everybody.
        all: bool,
    },
    /// Somebody writes. Forget it after 6 s.
    Typing {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// Rows came or changed. A row whose key is shown already replaces that row.
    Items {
        /// In which room.
        room: RoomId,
        /// The rows.
        items: Vec<Item>,
    },
    /// Rows are no longer there: a queued message was discarded.
    ItemsGone {
        /// In which room.
        room: RoomId,
        /// By key.
        keys: Vec<String>,
    },
    /// All that is missing of a room's log.
    Holes {
        /// In which room.
        room: RoomId,
        /// Oldest first; empty when nothing is missing any more.
        holes: Vec<Hole>,
    },
    /// What is shown of a room is void (the server was restored): load it again.
    TimelineReset {
        /// Which.
        room: RoomId,
    },
    /// A further device of the viewer signed in, or one was signed out.
    Devices {
        /// All that there are now, newest first.
        devices: Vec<DeviceName>,
    },
    /// What is not sent yet.
    Outbox {
        /// As it is now.
        outbox: OutboxCount,
    },
}

/// Diffs that belong together, because one local transaction made them.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// 1, 2, 3 … for each engine since its start.
    pub number: u64,
    /// In order.
    pub diffs: Vec<Diff>,
    /// Messages of others that have just happened, for notifications.
    pub incoming: Vec<Incoming>,
}

/// A message of somebody else, just committed to this device's store.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The event.
    pub event: Arc<Event>,
    /// It happened while connected. `false` for what was missed and is fetched now.
    pub live: bool,
    /// It names the viewer.
    pub mentions_me: bool,
}

/// The listener was too slow and missed batches: take [`Handle::watch`](crate::Handle::watch) anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the listener fell behind")]
pub struct Lagged;

/// The batches from a certain number on.
#[derive(Debug)]
pub struct Subscription(pub(crate) broadcast::Receiver<Arc<Batch>>);

impl Subscription {
    /// The next batch; `None` once the engine has stopped.
    ///
    /// # Errors
    /// [`Lagged`] when batches were missed. What follows is of no use without a new overview.
    pub async fn recv(&mut self) -> Result<Option<Arc<Batch>>, Lagged> {
        match self.0.recv().await {
            Ok(batch) => Ok(Some(batch)),
            Err(broadcast::error::RecvError::Closed) => Ok(None),
            Err(broadcast::error::RecvError::Lagged(_)) => Err(Lagged),
        }
    }
}
