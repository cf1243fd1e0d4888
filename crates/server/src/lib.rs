//! The server of a Homing space, run by `homing-server` and by the desktop app when it hosts.
//!
//! ```text
//!            http ──┐                       ┌── store (writes in one order)
//!  listen ──►       ├──► app ──────────────►│
//!             ws ───┘     ▲                 └── changes ──► fan-out ──► hub ──► each device's queue
//!                         └────────────────────────────────────────────────────────────┘
//! ```
//!
//! A message goes from the socket through [`ws::session`] into the [`store`] (durable), then as
//! `ok` to its sender and through [`rooms::fan_out`] into every device's queue and socket. Nothing
//! is kept for a closed connection: a client that reconnects asks what changed.
//!
//! Time, randomness, the listener and the folder are passed in. Every task is tracked and ends by a
//! token. Every queue is bounded.

mod address_limit;
mod app;
pub mod auth;
pub mod clock;
pub mod config;
pub mod doctor;
mod fair_queue;
mod files;
pub mod forwarded;
pub mod hints;
mod http;
pub mod listen;
pub mod metrics;
pub mod rate_limit;
pub mod rooms;
pub mod server;
pub mod store;
pub mod tls;
mod traffic;
pub mod ws;

pub use clock::{Clock, SystemClock};
pub use config::{Config, PublicAddress, Timers, TlsMode};
pub use forwarded::TrustedProxies;
pub use listen::Listener;
pub use server::{Environment, Running, Server, StartError};
