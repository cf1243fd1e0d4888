//! The truth: everything that must survive is behind [`Store`].
//!
//! A write answers after it is durable, never before. Writes take effect in one order, and their
//! [`Change`]s come out of the channel given at opening in that order, each with the people who may
//! see it as they were in the same transaction: so nobody receives an event of a room they have
//! left, whatever happens at the same time. Rules that must hold under concurrency (who may write
//! where, which name is taken, which cid was used) are decided inside the store, in the transaction.
//!
//! They stand once, in [`rules`], as functions over the rows of a [`transaction`]. Another database is
//! another implementation of these traits and of [`Store`], which calls the rules and passes the suite
//! in `contract`; it decides nothing itself.

pub mod change;
mod rows;
mod rules;
pub mod sqlite;
mod transaction;
pub mod types;

#[cfg(test)]
pub(crate) mod contract;

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use homing_protocol::event::Event;
use homing_protocol::frame::{CommittedItem, Send as NewEvents, Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt};
use homing_protocol::{Cid, DeviceId, ErrorCode, InviteId, Pos, Role, RoomId, Seq, Useq, UserId};
use serde_json::Value;

pub use change::Change;
pub use types::{
    AccountUpdate, Credentials, Heads, InvitePreview, JoinRequest, Joined, LinkPreview, LinkSignIn,
    LogPage, LogRange, MemberSummary, NewDevice, NewInvite, NewRoom, OwnPage, Principal, RoomMade,
    RoomSummary, RoomsPage, Snapshot, Space, StoredInvite,
};

use crate::auth::name::Name;
use crate::auth::secret::Hash;
use crate::metrics::Commits;

/// What a call gives, later.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A request that the rules do not allow. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// Which rule, as the wire names it.
    pub code: ErrorCode,
    /// In English.
    pub text: String,
    /// The items of a `send` that it is about; empty: all of them.
    pub cids: Vec<Cid>,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing can be written at present: the disk is full or fails. Reading goes on.
    #[error("can't write to the database: {0}")]
    ReadOnly(String),
    /// The file is damaged, or is no database.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A newer version of the program has written the file.
    #[error("the database has schema {found}, and this version supports up to {known}")]
    Newer {
        /// Its schema.
        found: u32,
        /// The newest one of this build.
        known: u32,
    },
    /// A file can't be made, read or written.
    #[error("can't use {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no database yet.
    #[error(
        "there's no space in this folder. Nothing was changed. Choose the right folder with \
         --data, or create a space with `homing-server serve`"
    )]
    Absent,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// Anything else the database says.
    #[error("database error: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// A refusal about the whole request.
    #[must_use]
    pub fn refused(code: ErrorCode, text: impl Into<String>) -> Self {
        Self::Refused(Refusal { code, text: text.into(), cids: Vec::new() })
    }

    /// As the wire names it.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code.clone(),
            Self::ReadOnly(_) => ErrorCode::ReadOnly,
            _ => ErrorCode::Internal,
        }
    }
}

/// See the module's head.
pub trait Store: Send + Sync + 'static {
    /// The space itself.
    fn space(&self) -> StoreFuture<'_, Space>;
    /// How writing goes.
    fn commits(&self) -> Commits;
    /// Looks for what another process wrote and publishes it as [`Change::ExternalWrite`].
    fn check_external_writes(&self) -> StoreFuture<'_, ()>;

    /// What an invitation leads to; refused when it is not valid.
    fn invite(&self, code: Hash) -> StoreFuture<'_, InvitePreview>;
    /// Stores an invitation.
    fn add_invite(&self, invite: NewInvite) -> StoreFuture<'_, ()>;
    /// The invitations that can be used, newest first, for an admin or (none) the host.
    fn invites(&self, viewer: Option<UserId>) -> StoreFuture<'_, Vec<StoredInvite>>;
    /// Ends an invitation, for an admin of at least its role or (none) the host.
    fn withdraw_invite(&self, by: Option<UserId>, id: InviteId) -> StoreFuture<'_, ()>;
    /// Makes a member and their first device, and puts them into the entrance room. The same key
    /// again answers the same member and gives the device its newest token.
    fn join(&self, joining: JoinRequest) -> StoreFuture<'_, Joined>;
    /// What is needed to check a password.
    fn credentials(&self, name_key: String) -> StoreFuture<'_, Option<Credentials>>;
    /// Adds a device.
    fn add_device(&self, person: UserId, device: NewDevice) -> StoreFuture<'_, DeviceId>;
    /// Stores the code by which a device signs in another one, in place of the one before.
    fn offer_link(&self, device: DeviceId, code: Hash, expires: i64) -> StoreFuture<'_, ()>;
    /// Forgets the code of a device. Having none is fine.
    fn withdraw_link(&self, device: DeviceId) -> StoreFuture<'_, ()>;
    /// What a device link leads to; refused when it is not good.
    fn find_link(&self, code: Hash) -> StoreFuture<'_, LinkPreview>;
    /// Adds a device by a link, which is used up. The same key again answers the same device and
    /// gives it its newest token.
    fn link(&self, linking: LinkSignIn) -> StoreFuture<'_, Joined>;
    /// For whom a token speaks.
    fn principal(&self, token: Hash) -> StoreFuture<'_, Option<Principal>>;
    /// Remembers that a device was here.
    fn touch(&self, device: DeviceId) -> StoreFuture<'_, ()>;
    /// A person's devices, newest first.
    fn devices(&self, person: UserId) -> StoreFuture<'_, Vec<Device>>;
    /// Gives a device of a person another name, and tells all of theirs. Refused for anybody else's.
    fn rename_device(&self, person: UserId, device: DeviceId, name: String) -> StoreFuture<'_, ()>;
    /// Signs a device out.
    fn remove_device(&self, person: UserId, device: DeviceId) -> StoreFuture<'_, ()>;
    /// The password of a person, hashed, if they have one.
    fn password(&self, person: UserId) -> StoreFuture<'_, Option<String>>;
    /// Changes an account; refuses to leave the space without an owner.
    fn change_person(&self, person: UserId, changed: AccountUpdate) -> StoreFuture<'_, ()>;
    /// Takes a person out for good: devices, memberships, account disabled. Their words stay.
    fn remove_person(&self, person: UserId) -> StoreFuture<'_, ()>;
    /// Everybody, in order of joining.
    fn people(&self) -> StoreFuture<'_, Vec<MemberSummary>>;

    /// The public rooms a person may see, by name: those that follow the key of a name.
    fn public_rooms(&self, viewer: UserId, after: String) -> StoreFuture<'_, RoomsPage>;
    /// Makes a room, or finds the one made with the same key or for the same people.
    fn make_room(&self, maker: UserId, room: NewRoom) -> StoreFuture<'_, RoomMade>;
    /// All rooms, oldest first. For the host.
    fn rooms(&self) -> StoreFuture<'_, Vec<RoomSummary>>;
    /// Takes a room away for good, with all that was said in it. For the host.
    fn remove_room(&self, room: RoomId) -> StoreFuture<'_, ()>;
    /// Enters a public room. Being in it already is fine.
    fn enter(&self, person: UserId, room: RoomId) -> StoreFuture<'_, ()>;
    /// Leaves a room.
    fn leave(&self, person: UserId, room: RoomId) -> StoreFuture<'_, ()>;
    /// Brings people in.
    fn add_members(&self, by: UserId, room: RoomId, people: Vec<UserId>) -> StoreFuture<'_, ()>;
    /// Sends somebody away.
    fn remove_member(&self, by: UserId, room: RoomId, person: UserId) -> StoreFuture<'_, ()>;
    /// A room's members in order of joining, for somebody who may know them.
    fn members(&self, viewer: UserId, room: RoomId) -> StoreFuture<'_, Vec<UserId>>;

    /// How far a room has got to each of its members, in order of joining; for its members.
    fn receipts(&self, viewer: UserId, room: RoomId) -> StoreFuture<'_, Vec<MemberReceipt>>;

    /// A room's members, for the fan-out. Asks nobody's permission.
    fn audience(&self, room: RoomId) -> StoreFuture<'_, Vec<UserId>>;

    /// Appends a batch, whole or not at all, in order. An item sent before is answered with its
    /// first seq.
    fn append(&self, sender: UserId, batch: NewEvents) -> StoreFuture<'_, Vec<CommittedItem>>;
    /// A part of a room's log, for a member of it.
    fn pull(
        &self,
        viewer: UserId,
        room: RoomId,
        range: LogRange,
    ) -> StoreFuture<'_, LogPage<Event>>;
    /// A part of a person's own stream.
    fn own(&self, person: UserId, after: Useq, limit: u32) -> StoreFuture<'_, OwnPage>;
    /// Moves a read marker forward, never back. Answers the change, if it moved.
    fn mark(&self, person: UserId, room: RoomId, seq: Seq) -> StoreFuture<'_, Option<Uevent>>;
    /// Sets a value of a person's own stream.
    fn set(&self, person: UserId, key: UserKey, value: Value) -> StoreFuture<'_, Uevent>;
    /// Notes what one device of a person holds.
    fn ack(&self, person: UserId, rooms: Vec<(RoomId, Seq)>) -> StoreFuture<'_, ()>;
    /// What changed for a person since a position, as of one moment.
    fn snapshot(&self, person: UserId, since: Pos) -> StoreFuture<'_, Snapshot>;
    /// The few numbers by which a connection finds out that something passed it by.
    fn heads(&self, person: UserId, device: DeviceId) -> StoreFuture<'_, Heads>;

    /// Copies the whole database into a new file while it is in use. The file is there whole, or not
    /// at all.
    fn back_up(&self, into: PathBuf) -> StoreFuture<'_, ()>;
    /// Starts a new epoch, so that no client trusts what it knew. For a restored copy.
    fn renew_epoch(&self) -> StoreFuture<'_, Space>;
    /// Gives the space another name. A server that runs keeps telling the one it started with.
    fn rename_space(&self, by: Option<UserId>, name: String) -> StoreFuture<'_, Space>;
    /// Ends the store after what it has begun. Further calls answer [`StoreError::Closed`].
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// What a role is in the database. Persisted: numbers never change their meaning.
pub(crate) const fn role_number(role: Role) -> u8 {
    match role {
        Role::Guest => 0,
        Role::Member => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

/// A room's name as its creator chose it, or none for a direct room.
pub type RoomName = Option<Name>;
