//! The client without a window: connection, outbox, sync, store, session.
//!
//! One [`Engine`] serves one space. It promises three things. A message handed to [`Handle::send`]
//! is on this device's disk when the call returns. It reaches the server exactly once, however
//! often either side crashes. Every event of the viewer's rooms comes out of [`Handle::subscribe`]
//! once and in the room's order. The engine draws nothing, stores no secret and knows no operating
//! system.
//!
//! `connection`, `outbox`, `sync` and `session` do not know each other. Their decisions are pure
//! functions, wired in one place, the private `space` module: one task takes an input, asks the
//! pure parts what follows, commits that in one local transaction, and only then publishes it.

#![deny(missing_docs)]

pub mod clock;
pub mod config;
pub mod diff;
pub mod doctor;
pub mod engine;
pub mod error;
pub mod handle;
pub mod net;
pub mod policy;
pub mod secret;
pub mod session;
pub mod store;
pub mod system_event;
pub mod timeouts;
pub mod trace;
pub mod view;

mod command;
mod connection;
mod outbox;
mod space;
mod sync;
mod token_bucket;

pub use config::Config;
pub use diff::{Lagged, Subscription};
pub use engine::{Deps, Engine};
pub use error::Error;
pub use handle::Handle;
pub use policy::ConnectionPolicy;
pub use session::api::{NewPassword, NewRoomSpec};
pub use session::record::SpaceRecord;
pub use system_event::SystemEvent;
pub use view::TimelineWindow;
