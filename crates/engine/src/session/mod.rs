//! The account of this device in a space, and the HTTP API beside the socket.

pub mod api;
pub mod device_link;
pub mod join;
pub mod profile;
pub mod record;
pub mod recovery;
pub mod trust;

mod http;

pub use crate::secret::{
    SealError, SealState, SealedStore, Secret, SecretError, SecretStore, with_keyring_timeout,
};
pub use device_link::{DeviceLinkOffer, inspect_device_link, link_device};
pub use join::{JoinError, inspect, join, sign_in};
pub use record::SpaceRecord;
pub use recovery::Recovery;
pub use trust::{CertificateTrust, check_certificate};
