//! Invitations, the person's devices, and names.

use homing_protocol::http::Device;
use homing_protocol::{DeviceId, Role, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for a join link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InviteArgs {
    /// Into which space.
    pub space: SpaceId,
    /// What the new members will be.
    pub role: Role,
    /// How many may use it; none: any number.
    pub uses: Option<u32>,
    /// For how long, in seconds; none: for ever.
    #[ts(type = "number | null")]
    pub lifetime_s: Option<u64>,
}

/// A join link to pass on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Invitation {
    /// The link.
    pub link: String,
}

/// The person's devices in a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceList {
    /// Newest first.
    pub devices: Vec<Device>,
}

/// Names a device of the person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct DeviceArgs {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub device: DeviceId,
}

/// A link by which another device comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceLink {
    /// The link.
    pub link: String,
    /// For how long it is good from now, in milliseconds.
    #[ts(type = "number")]
    pub lifetime_ms: u64,
    /// The server in it, as one would type it: `host`, or `host:port`.
    pub server: String,
    /// The code in it, in groups of four characters.
    pub code: String,
    /// The certificate's fingerprint in it, to compare; none where the operating system judges it.
    pub fingerprint: Option<String>,
    /// The same to be read by a camera.
    pub qr: Option<Qr>,
}

/// A QR code, to be drawn as one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Qr {
    /// Modules along one side, without the quiet zone around them.
    pub width: usize,
    /// The dark ones, as the `d` of an SVG path in which a module is one unit wide.
    pub path: String,
}

/// Where a further device signs in with name and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignInAddress {
    /// The sign-in link: server and fingerprint, and nothing that lets anybody in.
    pub link: String,
    /// The fingerprint alone, to compare; none where the operating system judges the certificate.
    pub fingerprint: Option<String>,
}

/// Gives a device of the person another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenameDevice {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub device: DeviceId,
    /// What to call it.
    pub name: String,
}

/// Gives a space another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenameSpace {
    /// Which.
    pub space: SpaceId,
    /// What to call it.
    pub name: String,
}

/// Changes the person's own account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct EditMe {
    /// In which space.
    pub space: SpaceId,
    /// A new nickname.
    pub name: Option<String>,
    /// A new password.
    pub password: Option<String>,
    /// The password until now, which a new one needs if there is one.
    pub current_password: Option<String>,
    /// With a new password, signs out the person's other devices.
    pub sign_out_others: bool,
}
