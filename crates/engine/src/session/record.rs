//! What a device remembers about a space it is in. No secret.

use homing_protocol::link::Address;
use homing_protocol::{DeviceId, SpaceId, UserId};
use serde::{Deserialize, Serialize};

use crate::view;

/// A space, and who this device is in it. Kept in the space's own database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRecord {
    /// The space.
    pub space: SpaceId,
    /// What it is called.
    pub name: String,
    /// Where its server is and how to know that it is the right one.
    pub address: Address,
    /// As whom this device is signed in.
    pub user: UserId,
    /// By which name.
    pub user_name: String,
    /// As which device.
    pub device: DeviceId,
}

impl SpaceRecord {
    /// Under which name the device's token is kept in a secret store.
    #[must_use]
    pub fn secret_name(&self) -> String {
        format!("homing:{}:{}", self.space, self.device)
    }

    /// As a viewer sees it.
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
