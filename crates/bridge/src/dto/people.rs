//! Invitations, the person's devices, and names.

use homing_protocol::http::Device;
use homing_protocol::{DeviceId, Role, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Requests a join link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InviteArgs {
    pub space: SpaceId,
    /// The new members' role.
    pub role: Role,
    /// How many may use it; none means any number.
    pub uses: Option<u32>,
    /// Lifetime in seconds; none means unlimited.
    #[ts(type = "number | null")]
    pub lifetime_s: Option<u64>,
}

/// A join link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Invitation {
    pub link: String,
}

/// The person's devices in a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceList {
    /// Newest first.
    pub devices: Vec<Device>,
}

/// Arguments: a device of the person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct DeviceArgs {
    pub space: SpaceId,
    pub device: DeviceId,
}

/// A link by which another device of the person joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceLink {
    pub link: String,
    /// Remaining lifetime in milliseconds.
    #[ts(type = "number")]
    pub lifetime_ms: u64,
    /// The server in the link, as one would type it: `host`, or `host:port`.
    pub server: String,
    /// The code in the link, in groups of four characters.
    pub code: String,
    /// The certificate's fingerprint in the link, to compare; none if the operating system
    /// validates the certificate.
    pub fingerprint: Option<String>,
    /// The link as a QR code.
    pub qr: Option<Qr>,
}

/// A QR code, to be drawn as one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Qr {
    /// Modules along one side, without the quiet zone around them.
    pub width: usize,
    /// The dark modules as the `d` of an SVG path; a module is one unit wide.
    pub path: String,
}

/// The address at which a further device signs in with name and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignInAddress {
    /// The sign-in link: server and fingerprint, without any credential.
    pub link: String,
    /// The fingerprint, to compare; none if the operating system validates the certificate.
    pub fingerprint: Option<String>,
}

/// Renames a device of the person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenameDevice {
    pub space: SpaceId,
    pub device: DeviceId,
    /// Its new name.
    pub name: String,
}

/// Renames a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenameSpace {
    pub space: SpaceId,
    /// Its new name.
    pub name: String,
}

/// Changes the person's account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct EditMe {
    pub space: SpaceId,
    /// A new nickname.
    pub name: Option<String>,
    /// A new password.
    pub password: Option<String>,
    /// The current password, required for a new one if there is one.
    pub current_password: Option<String>,
    /// Together with a new password: signs out the person's other devices.
    pub sign_out_others: bool,
}
