//! Parameters and results of the store.

use homing_protocol::event::Event;
use homing_protocol::fold::Fold;
use homing_protocol::frame::Uevent;
use homing_protocol::http::PublicRoom;
use homing_protocol::{
    Cid, DeviceId, Epoch, InviteId, Person, Pos, Role, RoomId, RoomInfo, RoomKind, Seq, SpaceId,
    Useq, UserId,
};

use super::RoomName;
use crate::auth::name::Name;
use crate::auth::secret::Hash;

/// The space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    pub id: SpaceId,
    pub name: String,
    pub epoch: Epoch,
    /// It has an owner.
    pub founded: bool,
}

/// A valid invitation, as shown before joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePreview {
    /// The role of the new member.
    pub role: Role,
    /// Who invites; none: the server itself.
    pub invited_by: Option<String>,
}

/// An invitation to store.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// Hash of the code.
    pub code: Hash,
    /// What the new members will be.
    pub role: Role,
    /// Who invites; none: the server itself.
    pub by: Option<UserId>,
    /// Maximum uses.
    pub uses: Option<u32>,
    /// When it ends, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// Valid only while the space has no owner.
    pub founding: bool,
}

/// An open invitation. Its code is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInvite {
    pub id: InviteId,
    /// What the new members will be.
    pub role: Role,
    /// Who made it; none: the server itself.
    pub by: Option<UserId>,
    /// Remaining uses; none: unlimited.
    pub uses_left: Option<u32>,
    /// When it ends, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// A device to add.
#[derive(Debug, Clone)]
pub struct NewDevice {
    pub name: String,
    /// Hash of the token.
    pub token: Hash,
    /// Maximum number of devices of the person, including this one.
    pub most: u32,
}

/// A request to join.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// Hash of the invitation's code.
    pub code: Hash,
    /// The requested name.
    pub name: Name,
    /// Hashed.
    pub password: Option<String>,
    /// Their first device.
    pub device: NewDevice,
    /// Idempotency key of the attempt.
    pub key: Cid,
}

/// A valid device link, as shown before signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPreview {
    /// As whom the new device will be signed in.
    pub person: UserId,
    pub name: String,
    /// Name of the device that made the link.
    pub device_name: String,
}

/// A request to sign in by a device link.
#[derive(Debug, Clone)]
pub struct LinkSignIn {
    /// Hash of the link's code.
    pub code: Hash,
    /// The new device.
    pub device: NewDevice,
    /// Idempotency key of the attempt.
    pub key: Cid,
}

/// The account and device after joining or signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    pub person: UserId,
    pub name: String,
    pub device: DeviceId,
}

/// What is needed to check a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub person: UserId,
    pub name: String,
    /// Argon2id in PHC form; none: no password set.
    pub password: Option<String>,
    /// The account is disabled.
    pub gone: bool,
}

/// The person and device that a token authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub person: UserId,
    pub device: DeviceId,
    pub role: Role,
    /// The account is disabled.
    pub gone: bool,
}

/// Changes of an account; none: unchanged.
#[derive(Debug, Clone, Default)]
pub struct AccountUpdate {
    /// A new nickname.
    pub name: Option<Name>,
    /// A new password, hashed.
    pub password: Option<String>,
    /// A new role.
    pub role: Option<Role>,
    /// Disabled or not.
    pub gone: Option<bool>,
    /// Signs out all devices but this one.
    pub only_device: Option<DeviceId>,
}

/// A person as shown to the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSummary {
    /// The public part.
    pub person: Person,
    /// Signed-in devices.
    pub devices: u32,
    /// When one of them was last connected, in milliseconds since 1970.
    pub last_seen: Option<i64>,
    /// Can sign in with a password.
    pub has_password: bool,
}

/// A room to create.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Idempotency key of the attempt.
    pub key: Cid,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// None for a direct room.
    pub name: RoomName,
    /// What it is for.
    pub topic: String,
    /// Initial members besides the maker.
    pub people: Vec<UserId>,
}

/// A room as shown to the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    pub id: RoomId,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// Empty for a direct room.
    pub name: String,
    pub members: u32,
    pub messages: u64,
    /// Name of its maker.
    pub made_by: String,
}

/// The result of creating a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomMade {
    pub room: RoomId,
    /// It was created by this call.
    pub is_new: bool,
}

/// A part of the list of public rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomsPage {
    /// Ordered by name.
    pub rooms: Vec<PublicRoom>,
    /// Set if more follow: the key of the last name.
    pub next: Option<String>,
}

/// A range of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogRange {
    /// The events that follow, oldest first. The number is the most of them that are shown.
    After(Seq, u32),
    /// The newest of the events that precede, oldest first.
    Before(Seq, u32),
}

/// In which form a client takes a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogForm {
    /// Every event: quiet ones and messages that are gone as stubs, others in their newest text.
    #[default]
    Whole,
    /// Loud events, and the folds of what was changed.
    Folded,
}

/// A part of a room's log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPage {
    /// The first and last seq that it covers; none: it is empty.
    pub span: Option<Span>,
    /// Oldest first.
    pub items: Vec<Event>,
    /// The state of what was changed, in order of the messages.
    pub folds: Vec<Fold>,
    /// The newest seq.
    pub head: Seq,
    /// The oldest seq kept.
    pub min: Seq,
    /// More follow in the direction asked for.
    pub more: bool,
    /// The requested range is before `min`.
    pub too_old: bool,
}

/// A part of a log, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Seq,
    pub to: Seq,
}

/// A part of a person's own stream.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnPage {
    /// In order.
    pub items: Vec<Uevent>,
    /// The cursor after this page.
    pub upto: Useq,
    /// The newest useq.
    pub head: Useq,
}

/// The changes for a person since a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The position of the snapshot.
    pub pos: Pos,
    /// Head of their own stream.
    pub useq: Useq,
    /// Their rooms that changed, longest unchanged first.
    pub rooms: Vec<RoomInfo>,
    /// The people that changed, longest unchanged first.
    pub people: Vec<Person>,
    pub space_name: String,
}

/// The newest positions of a person, for a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// None: the device was signed out. Some: whether the account is disabled.
    pub gone: Option<bool>,
    /// Head of the person's own stream.
    pub useq: Useq,
    /// Heads of their rooms that changed last, newest first.
    pub rooms: Vec<(RoomId, Seq)>,
}
