//! Who this device is in a space, and the calls beside the socket.

pub mod api;
pub mod join;
pub mod link;
pub mod profile;
pub mod record;
pub mod rescue;
pub mod trust;

mod http;

pub use crate::secret::{Seal, SealError, SealedStore, Secret, SecretError, SecretStore, in_time};
pub use join::{JoinError, inspect, join, sign_in};
pub use link::{Offer, inspect_link, link_device};
pub use record::SpaceRecord;
pub use rescue::Rescue;
pub use trust::{Trust, trust};
