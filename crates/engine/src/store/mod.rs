//! What a device keeps: rooms, people, events, the outbox, and how far it is in each of them.
//!
//! A [`Store`] does two things. It commits a list of [`Change`]s, all of them or none, durably
//! before it answers; and it answers a few queries. A change is data and carries the whole new
//! value of what it names, so making it twice is harmless. What a change means is decided
//! elsewhere: there is no rule of the protocol in here.
//!
//! The stores are the files beside this one; every one of them passes `tests/it/store.rs`.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use homing_protocol::frame::UserKey;
use homing_protocol::{
    Cid, Epoch, Event, Person, Pos, RoomId, RoomInfo, Seq, SpaceId, Useq, UserId,
};
use serde_json::Value;

use crate::session::record::SpaceRecord;
use crate::view::Hole;

pub use crate::outbox::item::{OutboxItem, OutboxState};
pub use crate::sync::draft::DraftState;

pub mod memory;
pub mod sqlite;

/// How far this device is, in all rooms together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncPoint {
    /// Which life of the server's database all cursors are about; none before the first `welcome`.
    pub epoch: Option<Epoch>,
    /// Up to where it is known what changed.
    pub pos: Option<Pos>,
    /// The cursor in the member's own stream.
    pub useq: Useq,
}

/// A room as this device knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// As the server described it last.
    pub info: RoomInfo,
    /// The newest event known of, pushed or told.
    pub head: Seq,
    /// Every seq up to here is held or stands in a hole.
    pub cursor: Seq,
    /// The newest message held.
    pub last: Option<LastMessage>,
}

/// The newest message of a room, for its preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMessage {
    /// Where.
    pub seq: Seq,
    /// Whose.
    pub sender: UserId,
    /// Its beginning.
    pub text: String,
    /// When, in milliseconds since 1970.
    pub ts: i64,
}

/// What an event is to the viewer's count of unread messages. Stored with the event: the numbers
/// must not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum UnreadKind {
    /// Not counted: one's own, or no message.
    None = 0,
    /// A message of somebody else.
    Message = 1,
    /// One that names the viewer.
    Mention = 2,
}

/// A value of the member's own stream.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnRow {
    /// What it is about.
    pub key: UserKey,
    /// Null is "none".
    pub value: Value,
    /// Written here and not yet confirmed by the server.
    pub pending: bool,
    /// Of a draft: what is known of it beside its text.
    pub fork: Option<DraftState>,
}

/// One change. The whole new value, never a difference.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The space or the person was renamed.
    Record(SpaceRecord),
    /// How far this device is.
    SyncPoint(SyncPoint),
    /// A room came or changed.
    Room(RoomRow),
    /// A room and its log leave this device. What is queued for it stays.
    RoomGone(RoomId),
    /// A person came or changed.
    Person(Person),
    /// An event is held from now on. One with the same room and seq stays as it is.
    Event(Arc<Event>, UnreadKind),
    /// All holes of a room below its cursor, in order.
    Holes(RoomId, Vec<Hole>),
    /// A message is queued, or changed in the queue: by its name.
    Outbox(OutboxItem),
    /// A message is not queued any more.
    OutboxGone(Cid),
    /// A value of the own stream. One that is null and not pending is forgotten, unless something
    /// stands beside it.
    Own(OwnRow),
    /// The server was restored: rooms, events, holes, people and the confirmed part of the own
    /// stream go. The outbox stays, and so does what is pending but for read markers, whose
    /// numbers mean nothing any more.
    Reset,
}

/// Everything but the events, as read at start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// How far.
    pub sync: SyncPoint,
    /// By room.
    pub rooms: Vec<RoomRow>,
    /// By room and seq.
    pub holes: Vec<(RoomId, Hole)>,
    /// By person.
    pub people: Vec<Person>,
    /// By key.
    pub own: Vec<OwnRow>,
    /// In the order of writing.
    pub outbox: Vec<OutboxItem>,
}

/// Why a store failed. Nothing of the commit that failed has happened.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file was written by a newer version of this program.
    #[error(
        "the database was written by a newer Homing (version {found}; this one supports up to \
         {known}). Nothing was changed. Install the newer version again"
    )]
    Newer {
        /// What the file says.
        found: i64,
        /// The newest that this build reads.
        known: i64,
    },
    /// The file is damaged. It is left as it is, so that what is queued in it can be rescued.
    #[error("the database is damaged ({0}) and was left as it is")]
    Corrupt(String),
    /// The file belongs to another space.
    #[error("the database belongs to space {found}")]
    OtherSpace {
        /// Whose it is.
        found: SpaceId,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Another process holds the file.
    #[error("another program is using the database")]
    Busy,
    /// The disk fails where the file is.
    #[error("disk error in the database's folder ({0})")]
    Failing(String),
    /// The file can't be opened, read or written.
    #[error("can't use the database: {0}")]
    Io(String),
    /// The store was closed.
    #[error("the database is closed")]
    Closed,
}

/// Keeps what a device knows of one space.
pub trait Store: Send + Sync + 'static {
    /// Makes all changes, in order and in one transaction, and answers once they are durable.
    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Everything but the events.
    fn load(&self) -> BoxFuture<'_, Result<Loaded, StoreError>>;

    /// The newest events before `seq`, oldest first.
    fn before(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>>;

    /// The oldest events after `seq`, oldest first.
    fn after(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>>;

    /// How many events after `seq` are [`UnreadKind::Message`] or more, and how many of them are
    /// [`UnreadKind::Mention`].
    fn unread(&self, room: RoomId, seq: Seq) -> BoxFuture<'_, Result<(u32, u32), StoreError>>;

    /// Waits until nothing is being written, and closes. Calls after it fail.
    fn close(&self) -> BoxFuture<'_, ()>;
}
