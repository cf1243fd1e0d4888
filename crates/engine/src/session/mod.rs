//! Who this device is in a space, and the calls beside the socket.

pub mod api;
pub mod join;
pub mod profile;
pub mod record;

mod http;

pub use crate::secret::{Secret, SecretError, SecretStore};
pub use join::{JoinError, inspect, join, sign_in};
pub use record::SpaceRecord;
