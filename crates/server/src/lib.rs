//! The server of a Homing space: what `homing-server` runs, and the desktop app when it hosts.
//!
//! ```text
//!            http ──┐                       ┌── store (the truth; writes in one order)
//!  listen ──►       ├──► app ──────────────►│
//!             ws ───┘     ▲                 └── changes ──► pump ──► hub ──► each device's queue
//!                         └───────────────────────────────────────────────────────┘
//! ```
//!
//! A message's way: socket → [`ws::session`] → [`store`] (durable) → `ok`, and by [`rooms::pump`] to
//! every device's queue → their sockets. Nothing is kept for a connection that is gone: whoever
//! comes back asks what changed since.
//!
//! Time, randomness, the listener's address and the folder come from outside; every task is tracked
//! and ends by a token; every queue is bounded.

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
