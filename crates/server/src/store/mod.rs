//! The store: everything durable is behind [`Store`].
//!
//! A write answers after it is durable, never before. Writes take effect in one order. Their
//! [`Change`]s come out of the channel given at opening in that order, each with the people who may
//! see it as of the same transaction, so nobody receives an event of a room they have left. Rules
//! that must hold under concurrency (who may write where, which name is taken, which cid was used)
//! are decided inside the transaction.
//!
//! The rules are in [`rules`], as functions over the rows of a [`transaction`]. Another database
//! implements these traits and [`Store`], calls the rules and passes the suite in `contract`; it
//! decides nothing itself.

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
use homing_protocol::frame::{CommittedItem, Send as NewEvents, Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, Revisions};
use homing_protocol::{
    Cid, DeviceId, ErrorCode, InviteId, MessageRef, Pos, Role, RoomId, Seq, Useq, UserId,
};
use serde_json::Value;

pub use change::Change;
pub use types::{
    AccountUpdate, Credentials, Heads, InvitePreview, JoinRequest, Joined, LinkPreview, LinkSignIn,
    LogForm, LogPage, LogRange, MemberSummary, NewDevice, NewInvite, NewRoom, OwnPage, Principal,
    RoomMade, RoomSummary, RoomsPage, Snapshot, Space, Span, StoredInvite,
};

pub(crate) use rules::page::stub;

use crate::auth::name::Name;
use crate::auth::secret::Hash;
use crate::metrics::Commits;

/// The future of a call to the store.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A request that a rule refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// The code on the wire.
    pub code: ErrorCode,
    /// The message, in English.
    pub text: String,
    /// The refused items of a `send`; empty: all of them.
    pub cids: Vec<Cid>,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Writing fails because the disk is full or broken. Reading goes on.
    #[error("can't write to the database: {0}")]
    ReadOnly(String),
    /// The file is damaged or not a database.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The file was written by a newer version.
    #[error("the database has schema {found}, and this version supports up to {known}")]
    Newer {
        /// The schema of the file.
        found: u32,
        /// The newest schema of this build.
        known: u32,
    },
    /// A file can't be created, read or written.
    #[error("can't use {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    /// There is no database yet.
    #[error(
        "there's no space in this folder. Nothing was changed. Choose the right folder with \
         --data, or create a space with `homing-server serve`"
    )]
    Absent,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// Any other error of the database.
    #[error("database error: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// A refusal about the whole request.
    #[must_use]
    pub fn refused(code: ErrorCode, text: impl Into<String>) -> Self {
        Self::Refused(Refusal { code, text: text.into(), cids: Vec::new() })
    }

    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code.clone(),
            Self::ReadOnly(_) => ErrorCode::ReadOnly,
            _ => ErrorCode::Internal,
        }
    }
}

/// The durable state of a space.
pub trait Store: Send + Sync + 'static {
    /// The space itself.
    fn space(&self) -> StoreFuture<'_, Space>;
    /// Counters of commits.
    fn commits(&self) -> Commits;
    /// Detects writes of other processes and publishes them as [`Change::ExternalWrite`].
    fn check_external_writes(&self) -> StoreFuture<'_, ()>;

    /// A valid invitation; refused when it is not valid.
    fn invite(&self, code: Hash) -> StoreFuture<'_, InvitePreview>;
    /// Stores an invitation.
    fn add_invite(&self, invite: NewInvite) -> StoreFuture<'_, ()>;
    /// Open invitations, newest first, for an admin or (none) the host.
    fn invites(&self, viewer: Option<UserId>) -> StoreFuture<'_, Vec<StoredInvite>>;
    /// Revokes an invitation, for an admin of at least its role or (none) the host.
    fn withdraw_invite(&self, by: Option<UserId>, id: InviteId) -> StoreFuture<'_, ()>;
    /// Creates a member with their first device and adds them to the entrance room. The same key
    /// again returns the same member and gives the device its newest token.
    fn join(&self, joining: JoinRequest) -> StoreFuture<'_, Joined>;
    /// What is needed to check a password.
    fn credentials(&self, name_key: String) -> StoreFuture<'_, Option<Credentials>>;
    /// Adds a device.
    fn add_device(&self, person: UserId, device: NewDevice) -> StoreFuture<'_, DeviceId>;
    /// Stores a device's link code, in place of an earlier one.
    fn offer_link(&self, device: DeviceId, code: Hash, expires: i64) -> StoreFuture<'_, ()>;
    /// Removes a device's link code, if there is one.
    fn withdraw_link(&self, device: DeviceId) -> StoreFuture<'_, ()>;
    /// A valid device link; refused when it is not valid.
    fn find_link(&self, code: Hash) -> StoreFuture<'_, LinkPreview>;
    /// Adds a device by a link and uses the link up. The same key again returns the same device and
    /// gives it its newest token.
    fn link(&self, linking: LinkSignIn) -> StoreFuture<'_, Joined>;
    /// The principal of a token.
    fn principal(&self, token: Hash) -> StoreFuture<'_, Option<Principal>>;
    /// Updates when a device was last seen.
    fn touch(&self, device: DeviceId) -> StoreFuture<'_, ()>;
    /// A person's devices, newest first.
    fn devices(&self, person: UserId) -> StoreFuture<'_, Vec<Device>>;
    /// Renames a device of a person and tells all their devices. Refused for devices of others.
    fn rename_device(&self, person: UserId, device: DeviceId, name: String) -> StoreFuture<'_, ()>;
    /// Signs a device out.
    fn remove_device(&self, person: UserId, device: DeviceId) -> StoreFuture<'_, ()>;
    /// The hashed password of a person, if they have one.
    fn password(&self, person: UserId) -> StoreFuture<'_, Option<String>>;
    /// Updates an account; refuses to leave the space without an owner.
    fn change_person(&self, person: UserId, changed: AccountUpdate) -> StoreFuture<'_, ()>;
    /// Removes a person for good: devices, memberships, and the account is disabled. Their messages
    /// stay.
    fn remove_person(&self, person: UserId) -> StoreFuture<'_, ()>;
    /// All people, in order of joining.
    fn people(&self) -> StoreFuture<'_, Vec<MemberSummary>>;

    /// The public rooms that a person may see, by name, after the key of a name.
    fn public_rooms(&self, viewer: UserId, after: String) -> StoreFuture<'_, RoomsPage>;
    /// Creates a room, or finds the one made with the same key or for the same people.
    fn make_room(&self, maker: UserId, room: NewRoom) -> StoreFuture<'_, RoomMade>;
    /// All rooms, oldest first. For the host.
    fn rooms(&self) -> StoreFuture<'_, Vec<RoomSummary>>;
    /// Deletes a room with all its messages. For the host.
    fn remove_room(&self, room: RoomId) -> StoreFuture<'_, ()>;
    /// Joins a public room. Does nothing for a member.
    fn enter(&self, person: UserId, room: RoomId) -> StoreFuture<'_, ()>;
    /// Leaves a room.
    fn leave(&self, person: UserId, room: RoomId) -> StoreFuture<'_, ()>;
    /// Adds people to a room.
    fn add_members(&self, by: UserId, room: RoomId, people: Vec<UserId>) -> StoreFuture<'_, ()>;
    /// Removes somebody from a room.
    fn remove_member(&self, by: UserId, room: RoomId, person: UserId) -> StoreFuture<'_, ()>;
    /// A room's members in order of joining, if the viewer may know them.
    fn members(&self, viewer: UserId, room: RoomId) -> StoreFuture<'_, Vec<UserId>>;

    /// What each member of a room holds, in order of joining; for its members.
    fn receipts(&self, viewer: UserId, room: RoomId) -> StoreFuture<'_, Vec<MemberReceipt>>;

    /// A room's members, for the fan-out. Checks no permission.
    fn audience(&self, room: RoomId) -> StoreFuture<'_, Vec<UserId>>;

    /// Appends a batch, all or nothing, in order. An item sent before is answered with its first
    /// seq.
    fn append(&self, sender: UserId, batch: NewEvents) -> StoreFuture<'_, Vec<CommittedItem>>;
    /// A part of a room's log, for a member of it.
    fn pull(
        &self,
        viewer: UserId,
        room: RoomId,
        range: LogRange,
        form: LogForm,
    ) -> StoreFuture<'_, LogPage>;
    /// The texts that a message had after a seq, oldest first, for a member of its room.
    fn revisions(
        &self,
        viewer: UserId,
        room: RoomId,
        of: MessageRef,
        after: Seq,
    ) -> StoreFuture<'_, Revisions>;
    /// A part of a person's own stream.
    fn own(&self, person: UserId, after: Useq, limit: u32) -> StoreFuture<'_, OwnPage>;
    /// Moves a read marker forward, never back. Returns the own event, if it moved.
    fn mark(&self, person: UserId, room: RoomId, seq: Seq) -> StoreFuture<'_, Option<Uevent>>;
    /// Sets a value of a person's own stream.
    fn set(&self, person: UserId, key: UserKey, value: Value) -> StoreFuture<'_, Uevent>;
    /// Stores what one device of a person holds.
    fn ack(&self, person: UserId, rooms: Vec<(RoomId, Seq)>) -> StoreFuture<'_, ()>;
    /// What changed for a person since a position, as of one moment.
    fn snapshot(&self, person: UserId, since: Pos) -> StoreFuture<'_, Snapshot>;
    /// The newest positions of a person and the state of their device, to detect missed changes.
    fn heads(&self, person: UserId, device: DeviceId) -> StoreFuture<'_, Heads>;

    /// Backs up the database into a new file while it is in use. The file is complete or absent.
    fn back_up(&self, into: PathBuf) -> StoreFuture<'_, ()>;
    /// Starts a new epoch, so that clients drop what they know. For a restored backup.
    fn renew_epoch(&self) -> StoreFuture<'_, Space>;
    /// Renames the space.
    fn rename_space(&self, by: Option<UserId>, name: String) -> StoreFuture<'_, Space>;
    /// Closes the store after the pending writes. Further calls return [`StoreError::Closed`].
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// The number of a role in the database. Persisted: numbers never change their meaning.
pub(crate) const fn role_number(role: Role) -> u8 {
    match role {
        Role::Guest => 0,
        Role::Member => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

/// The name of a room; none for a direct room.
pub type RoomName = Option<Name>;
