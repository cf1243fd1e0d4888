//! What goes into the store and what comes out of it.

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
    /// Which.
    pub id: SpaceId,
    /// What it is called.
    pub name: String,
    /// Which life of its database this is.
    pub epoch: Epoch,
    /// Somebody has become its owner.
    pub founded: bool,
}

/// A valid invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePreview {
    /// What the new member will be.
    pub role: Role,
    /// Who invites; none: the server itself.
    pub invited_by: Option<String>,
}

/// An invitation to store.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// Of its code.
    pub code: Hash,
    /// What the new members will be.
    pub role: Role,
    /// Who invites; none: the server itself.
    pub by: Option<UserId>,
    /// How many may use it.
    pub uses: Option<u32>,
    /// When it ends, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// Valid only while the space has no owner.
    pub founding: bool,
}

/// An invitation that can be used. Its code is known only to whom it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInvite {
    /// Which.
    pub id: InviteId,
    /// What the new members will be.
    pub role: Role,
    /// Who made it; none: the server itself.
    pub by: Option<UserId>,
    /// How many more may use it; none: any number.
    pub uses_left: Option<u32>,
    /// When it ends, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// A device to add.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// What it is called.
    pub name: String,
    /// Of its token.
    pub token: Hash,
    /// Devices that the person may have, this one included.
    pub most: u32,
}

/// Somebody who comes in.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// Of the invitation's code.
    pub code: Hash,
    /// The nickname wanted.
    pub name: Name,
    /// Hashed.
    pub password: Option<String>,
    /// Their first device.
    pub device: NewDevice,
    /// Names the attempt.
    pub key: Cid,
}

/// What a good device link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPreview {
    /// As whom the new device will be signed in.
    pub person: UserId,
    /// By which name.
    pub name: String,
    /// What the device that made the link is called.
    pub device_name: String,
}

/// A device that comes in by a link.
#[derive(Debug, Clone)]
pub struct LinkSignIn {
    /// Of the link's code.
    pub code: Hash,
    /// The new device.
    pub device: NewDevice,
    /// Names the attempt.
    pub key: Cid,
}

/// Somebody who came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// As whom.
    pub person: UserId,
    /// By which name.
    pub name: String,
    /// As which device.
    pub device: DeviceId,
}

/// For checking a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose.
    pub person: UserId,
    /// By which name.
    pub name: String,
    /// Argon2id in PHC form; none: no password was ever set.
    pub password: Option<String>,
    /// The account is disabled.
    pub gone: bool,
}

/// For whom a token speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// As whom.
    pub person: UserId,
    /// As which device.
    pub device: DeviceId,
    /// What they may do.
    pub role: Role,
    /// The account is disabled.
    pub gone: bool,
}

/// Changes of an account; none stays.
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

/// A person as the host sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSummary {
    /// As everybody sees them.
    pub person: Person,
    /// Signed-in devices.
    pub devices: u32,
    /// When one of them was last here, in milliseconds since 1970.
    pub last_seen: Option<i64>,
    /// Can sign in with a password.
    pub has_password: bool,
}

/// A room to make.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Names the attempt.
    pub key: Cid,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// None for a direct room.
    pub name: RoomName,
    /// What it is for.
    pub topic: String,
    /// Who else is in it from the start.
    pub people: Vec<UserId>,
}

/// A room as the host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// Which.
    pub id: RoomId,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// What it is called; empty for a direct room.
    pub name: String,
    /// How many are in it.
    pub members: u32,
    /// How many messages were written in it.
    pub messages: u64,
    /// Who made it.
    pub made_by: String,
}

/// A room that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomMade {
    /// Which.
    pub room: RoomId,
    /// It was not there before.
    pub is_new: bool,
}

/// A part of the list of public rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomsPage {
    /// By name.
    pub rooms: Vec<PublicRoom>,
    /// More follow: the key of the last one's name.
    pub next: Option<String>,
}

/// Which part of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogRange {
    /// The events that follow, oldest first.
    After(Seq, u32),
    /// The newest of the events that precede, oldest first.
    Before(Seq, u32),
}

/// A part of a room's log: contiguous, or empty.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPage<T> {
    /// Oldest first.
    pub items: Vec<T>,
    /// The newest seq.
    pub head: Seq,
    /// The oldest seq kept.
    pub min: Seq,
    /// More follow in the direction asked for.
    pub more: bool,
    /// What was asked for lies before `min`.
    pub too_old: bool,
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

/// What changed for a person since a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// As of here.
    pub pos: Pos,
    /// Head of their own stream.
    pub useq: Useq,
    /// Their rooms that changed, longest unchanged first.
    pub rooms: Vec<RoomInfo>,
    /// The people that changed, longest unchanged first.
    pub people: Vec<Person>,
    /// What the space is called.
    pub space_name: String,
}

/// The few numbers of a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// None: the device was signed out. Some: whether the account is disabled.
    pub gone: Option<bool>,
    /// Head of the person's own stream.
    pub useq: Useq,
    /// Heads of their rooms that changed last, newest first.
    pub rooms: Vec<(RoomId, Seq)>,
}
