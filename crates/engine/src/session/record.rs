//! What a device stores about its account in a space. It contains no secret.

use homing_protocol::link::Address;
use homing_protocol::{DeviceId, SpaceId, UserId};
use serde::{Deserialize, Serialize};

use crate::view;

/// A space, and the account of this device in it. Stored in the space's own database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRecord {
    /// The space.
    pub space: SpaceId,
    /// The space's name.
    pub name: String,
    /// The server's address, and the certificate's fingerprint if it is pinned.
    pub address: Address,
    /// The member as whom this device is signed in.
    pub user: UserId,
    /// The member's name.
    pub user_name: String,
    /// This device.
    pub device: DeviceId,
}

impl SpaceRecord {
    /// The name under which the device's token is stored in the keyring.
    #[must_use]
    pub fn secret_name(&self) -> String {
        format!("homing:{}:{}", self.space, self.device)
    }

    /// As the interface shows it.
    #[must_use]
    pub fn view(&self) -> view::Space {
        view::Space {
            id: self.space,
            name: self.name.clone(),
            address: self.address.authority(),
            me: self.user,
        }
    }
}
