//! Who this device is in a space, where its token is kept, and the calls beside the socket.

pub mod api;
pub mod join;
pub mod profile;
pub mod record;
pub mod secret;

mod http;

pub use join::{JoinError, inspect, join, sign_in};
pub use record::SpaceRecord;
pub use secret::{Secret, SecretError, SecretStore};
