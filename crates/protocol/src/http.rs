//! The JSON of the HTTP calls beside the socket. Paths are relative to the server's address; every
//! call but the first five carries `Authorization: Bearer <token>`.
//!
//! | call | asks | answers |
//! | --- | --- | --- |
//! | `GET /v1/invites/<code>` | | [`InviteInfo`] |
//! | `POST /v1/join` | [`Join`] | [`SignedIn`] |
//! | `POST /v1/sign-in` | [`SignIn`] | [`SignedIn`] |
//! | `GET /v1/link/<code>` | | [`LinkInfo`] |
//! | `POST /v1/link/<code>` | [`LinkDevice`] | [`SignedIn`] |
//! | `GET /v1/socket` | upgrade, subprotocol `homing.v1` | the socket |
//! | `POST /v1/invites` | [`NewInvite`] | [`Invite`] |
//! | `GET /v1/invites` | | [`Invites`] |
//! | `DELETE /v1/invites/<id>` | | nothing |
//! | `PATCH /v1/me` | [`EditMe`] | nothing |
//! | `PATCH /v1/space` | [`RenameSpace`] | nothing |
//! | `GET /v1/devices` | | [`Devices`] |
//! | `POST /v1/devices/link` | | [`LinkCode`] |
//! | `DELETE /v1/devices/link` | | nothing |
//! | `PATCH /v1/devices/<device>` | [`RenameDevice`] | nothing |
//! | `DELETE /v1/devices/<device>` | | nothing |
//! | `GET /v1/rooms` | | [`Rooms`]: the public ones, joined or not; `?after=<next>` for more |
//! | `POST /v1/rooms` | [`NewRoom`] | [`RoomMade`] |
//! | `POST /v1/rooms/<room>/join` | | nothing |
//! | `POST /v1/rooms/<room>/leave` | | nothing |
//! | `GET /v1/rooms/<room>/members` | | [`Members`] |
//! | `POST /v1/rooms/<room>/members` | [`AddMembers`] | nothing |
//! | `DELETE /v1/rooms/<room>/members/<user>` | | nothing |
//! | `GET /v1/rooms/<room>/receipts` | | [`Receipts`] |
//! | `GET /v1/rooms/<room>/messages/<user>/<cid>/revisions` | | [`Revisions`]; `?after=<next>` for more |
//!
//! A call that fails answers a status of 400 or above and a [`Problem`].

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::fold::Revision;
use crate::ids::{Cid, DeviceId, InviteId, RoomId, Seq, SpaceId, UserId};
use crate::people::{Role, RoomKind};

/// `WWW-Authenticate` beside [`ErrorCode::TokenMissing`].
pub const CHALLENGE: &str = r#"Bearer realm="homing""#;
/// `WWW-Authenticate` beside [`ErrorCode::Unauthorized`]: the token is not valid.
pub const CHALLENGE_WRONG: &str = r#"Bearer realm="homing", error="invalid_token""#;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which.
    pub code: ErrorCode,
    /// In English, for logs and developers.
    pub text: String,
    /// Not before so many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// A valid invitation, as shown before joining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteInfo {
    /// The space.
    pub space: SpaceId,
    /// What it is called.
    pub space_name: String,
    /// Who invites; none for the link that a server prints at its first start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<String>,
    /// What the new member will be.
    pub role: Role,
}

/// A request to join with an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The invitation.
    pub code: String,
    /// The nickname wanted, at most 64 characters.
    pub name: String,
    /// Lets the person sign in on further devices; optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What to call this device in the list of devices.
    pub device_name: String,
    /// Idempotency key: a retry with the same key returns the same member, so a lost response costs
    /// nothing.
    pub key: Cid,
}

/// A request to sign in on a further device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Nickname.
    pub name: String,
    /// Password.
    pub password: String,
    /// What to call this device in the list of devices.
    pub device_name: String,
}

/// The identity of a new device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The secret of this device. The server keeps only its hash.
    pub token: String,
    /// As whom.
    pub user: UserId,
    /// By which name.
    pub name: String,
    /// As which device.
    pub device: DeviceId,
    /// Where.
    pub space: SpaceId,
    /// What that is called.
    pub space_name: String,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("user", &self.user)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// A valid device link, as shown before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkInfo {
    /// The space.
    pub space: SpaceId,
    /// What it is called.
    pub space_name: String,
    /// As whom the new device will be signed in.
    pub user: UserId,
    /// By which name.
    pub name: String,
    /// What the device that made the link is called.
    pub linked_by: String,
}

/// Signs a device in with a device link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkDevice {
    /// What to call this device in the list of devices.
    pub device_name: String,
    /// Idempotency key: a retry with the same key returns the same device, so a lost response costs
    /// nothing.
    pub key: Cid,
}

/// The code of a device link. Signs one device in, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCode {
    /// As it stands in the link.
    pub code: String,
    /// For how long it is good, in milliseconds from now.
    pub lifetime_ms: u64,
}

impl std::fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkCode").field("lifetime_ms", &self.lifetime_ms).finish_non_exhaustive()
    }
}

/// Asks for an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvite {
    /// What the new members will be; at most the asker's own role.
    pub role: Role,
    /// How many may use it; none: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// For how long, in seconds; none: until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime_s: Option<u64>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// As it stands in a join link.
    pub code: String,
    /// The whole link, with the address that the server knows itself by.
    pub link: String,
    /// When it ends, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

/// An invitation that can be used. Its code is known only to whom it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvite {
    /// Names it to withdraw it.
    pub id: InviteId,
    /// What the new members will be.
    pub role: Role,
    /// Who made it; none: the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// How many more may use it; none: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_left: Option<u32>,
    /// When it ends, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// The invitations of a space that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invites {
    /// Newest first.
    pub invites: Vec<OpenInvite>,
}

/// Changes of one's own account; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditMe {
    /// A new nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The password until now, if there is one: a new one needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_password: Option<String>,
    /// With a new password: signs out all devices but the one that asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sign_out_others: bool,
}

/// One device of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
    /// When it signed in, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub created: i64,
    /// When it was last connected, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub last_seen: i64,
    /// It is the one that asks.
    pub current: bool,
}

/// A device in the member's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeviceName {
    /// Which.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
}

/// The member's devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// Newest first.
    pub devices: Vec<Device>,
}

/// Gives one of the member's devices another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameDevice {
    /// What to call it in the list of devices, at most 64 characters.
    pub name: String,
}

/// Gives the space another name, for its owners and admins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameSpace {
    /// What to call it, at most 80 characters.
    pub name: String,
}

/// A public room in the list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PublicRoom {
    /// Which.
    pub room: RoomId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub topic: String,
    /// How many are in it.
    pub members: u32,
    /// The asker is one of them.
    pub joined: bool,
}

/// The public rooms of a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// By name.
    pub rooms: Vec<PublicRoom>,
    /// More follow: what to ask for as `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Creates a room, or finds the direct room of these people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRoom {
    /// Idempotency key: the same key creates one room.
    pub key: Cid,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// Unique among public rooms; empty for direct ones.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub topic: String,
    /// Who else is in it from the start. The asker always is.
    #[serde(default)]
    pub members: Vec<UserId>,
}

/// The room made, or found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMade {
    /// Which.
    pub room: RoomId,
}

/// Adds people to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddMembers {
    /// Whom.
    pub users: Vec<UserId>,
}

/// The members of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// In order of joining.
    pub users: Vec<UserId>,
}

/// What each member's devices hold of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// In order of joining.
    pub receipts: Vec<MemberReceipt>,
}

/// What one member's devices hold of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MemberReceipt {
    /// Whom.
    pub user: UserId,
    /// A device of theirs holds all events up to this one.
    pub delivered: Seq,
}

/// The texts that a message had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    /// Oldest first; the first page begins with the text as it was sent.
    pub revisions: Vec<Revision>,
    /// More follow: what to ask for as `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Seq>,
}
