//! The local store: rooms, people, events, the outbox, and how far each is synchronised.
//!
//! A [`Store`] commits a list of [`Change`]s, all or none, and is durable before it answers; and it
//! answers a few queries. A change is data with the whole new value of what it names, so applying
//! it twice is harmless. The store has no rules of the protocol.
//!
//! The implementations are in this folder. Every one of them passes `tests/it/store.rs`.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use homing_protocol::frame::UserKey;
use homing_protocol::{
    Cid, Epoch, Event, MessageRef, Person, Pos, RoomId, RoomInfo, Seq, SpaceId, Useq, UserId,
};
use serde_json::Value;

use crate::session::record::SpaceRecord;
use crate::view::Hole;

pub use crate::outbox::item::{OutboxItem, OutboxState};
pub use crate::sync::draft::DraftState;
pub use crate::sync::fold::{FoldUpdate, MessageState, OwnReaction};
pub use lost::LostEvent;

mod erase;
pub(crate) mod lost;
pub mod memory;
pub mod sqlite;

/// The synchronised position of this device over all rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncPoint {
    /// The epoch of the server's database to which all cursors belong; `None` before the first
    /// `welcome`.
    pub epoch: Option<Epoch>,
    /// The position of the last digest.
    pub pos: Option<Pos>,
    /// The cursor in the member's own stream.
    pub useq: Useq,
}

/// A room as this device knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// The server's last description.
    pub info: RoomInfo,
    /// The newest known event.
    pub head: Seq,
    /// Every `seq` up to here is stored or lies in a hole.
    pub cursor: Seq,
    /// The newest stored message.
    pub last: Option<LastMessage>,
}

/// The newest message of a room, for its preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMessage {
    /// Its position in the room's log.
    pub seq: Seq,
    /// Its sender.
    pub sender: UserId,
    /// The beginning of its text.
    pub text: String,
    /// Its time, in milliseconds since 1970.
    pub ts: i64,
    /// It was taken back, so its text is empty.
    pub gone: bool,
}

/// Whether an event counts as unread. It is stored with the event: the numbers must not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum UnreadKind {
    /// It does not count: it is the viewer's own, or not a message.
    None = 0,
    /// A message of somebody else.
    Message = 1,
    /// A message that mentions the viewer.
    Mention = 2,
}

impl UnreadKind {
    /// How a message counts once this has become of it. What does not count never will.
    fn after(self, state: &MessageState, mentions_me: bool) -> Self {
        match self {
            Self::None => Self::None,
            _ if state.fold.gone.is_some() => Self::None,
            _ if state.fold.edit.is_none() => self,
            _ if mentions_me => Self::Mention,
            _ => Self::Message,
        }
    }
}

/// A value of the member's own stream.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnRow {
    /// Which value it is.
    pub key: UserKey,
    /// Null if there is none.
    pub value: Value,
    /// Written on this device and not echoed by the server.
    pub pending: bool,
    /// Only for a draft: what is known besides its text.
    pub fork: Option<DraftState>,
}

/// One change, with the whole new value and not a difference.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The space or the person was renamed.
    Record(SpaceRecord),
    /// The synchronised position has moved.
    SyncPoint(SyncPoint),
    /// A room came or changed.
    Room(RoomRow),
    /// A room and its log are deleted. What is queued for it stays.
    RoomGone(RoomId),
    /// A person came or changed.
    Person(Person),
    /// An event is stored. If there is one with the same room and `seq`, that one stays.
    Event(Arc<Event>, UnreadKind),
    /// What changed a message. Where the message is not stored, nothing happens. Of two folds the
    /// newer one holds; a message that was taken back is erased, with what quotes it.
    Fold {
        /// The room of the message.
        room: RoomId,
        /// The fold.
        update: FoldUpdate,
        /// The newest text mentions the viewer.
        mentions_me: bool,
    },
    /// All holes of a room below its cursor, in order.
    Holes(RoomId, Vec<Hole>),
    /// A queued message came or changed; its `cid` identifies it.
    Outbox(OutboxItem),
    /// A message is not queued any more.
    OutboxGone(Cid),
    /// A value of the own stream. It is deleted if it is null, not pending, and has no draft state.
    Own(OwnRow),
    /// An own change of a message, which has no row among the events: for [`Store::lost`].
    OwnChange(Arc<Event>),
    /// The server was restored from a backup: puts the own events aside for [`Store::lost`], and deletes rooms, events, holes, people and the echoed
    /// values of the own stream. The outbox stays, and so do pending values, except read markers,
    /// whose numbers are void.
    Reset {
        /// Who the viewer is.
        me: UserId,
        /// The epoch that has ended.
        epoch: Option<Epoch>,
    },
    /// What was put aside is queued, or the server has it.
    GivenBack,
}

/// Everything but the events, as read at start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// The synchronised position.
    pub sync: SyncPoint,
    /// Ordered by room.
    pub rooms: Vec<RoomRow>,
    /// Ordered by room and `seq`.
    pub holes: Vec<(RoomId, Hole)>,
    /// Ordered by person.
    pub people: Vec<Person>,
    /// Ordered by key.
    pub own: Vec<OwnRow>,
    /// In the order of writing.
    pub outbox: Vec<OutboxItem>,
    /// Something is put aside, see [`Store::lost`].
    pub has_lost: bool,
}

/// Why a store failed. A commit that failed has changed nothing.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file was written by a newer version of this program.
    #[error(
        "the database was written by a newer Homing (version {found}; this one supports up to \
         {known}). Nothing was changed. Install the newer version again"
    )]
    Newer {
        /// The version in the file.
        found: i64,
        /// The newest version that this build reads.
        known: i64,
    },
    /// The file is damaged. It is not touched, so that queued messages can be recovered from it.
    #[error("the database is damaged ({0}) and was left as it is")]
    Corrupt(String),
    /// The file belongs to another space.
    #[error("the database belongs to space {found}")]
    OtherSpace {
        /// The space in the file.
        found: SpaceId,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Another process has locked the file.
    #[error("another program is using the database")]
    Busy,
    /// The disk has an I/O error.
    #[error("disk error in the database's folder ({0})")]
    Failing(String),
    /// The file can't be opened, read or written.
    #[error("can't use the database: {0}")]
    Io(String),
    /// The store was closed.
    #[error("the database is closed")]
    Closed,
}

/// Stores what a device knows about one space.
pub trait Store: Send + Sync + 'static {
    /// Applies all changes in order, in one transaction, and returns once they are durable.
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

    /// The events at these places, as far as they are stored.
    fn at(&self, room: RoomId, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<Event>, StoreError>>;

    /// The place of a message, if it is stored.
    fn find(
        &self,
        room: RoomId,
        message: MessageRef,
    ) -> BoxFuture<'_, Result<Option<Seq>, StoreError>>;

    /// The states of the messages from `from` to `to` that were changed.
    fn states(
        &self,
        room: RoomId,
        from: Seq,
        to: Seq,
    ) -> BoxFuture<'_, Result<Vec<MessageState>, StoreError>>;

    /// The own events that a reset put aside, by room and in the order of the log.
    fn lost(&self) -> BoxFuture<'_, Result<Vec<LostEvent>, StoreError>>;

    /// The number of events after `seq` that are at least [`UnreadKind::Message`], and of those
    /// that are [`UnreadKind::Mention`].
    fn unread(&self, room: RoomId, seq: Seq) -> BoxFuture<'_, Result<(u32, u32), StoreError>>;

    /// Waits for running commits, and closes. Later calls fail.
    fn close(&self) -> BoxFuture<'_, ()>;
}
