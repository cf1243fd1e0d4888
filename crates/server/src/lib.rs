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

mod addresses;
mod app;
pub mod auth;
pub mod clock;
pub mod config;
pub mod doctor;
mod files;
pub mod forwarded;
pub mod hints;
mod http;
mod life;
pub mod limit;
pub mod listen;
pub mod metrics;
pub mod rooms;
pub mod server;
pub mod store;
pub mod tls;
mod turns;
pub mod ws;

pub use clock::{Clock, SystemClock};
pub use config::{Config, Public, Timers, TlsMode};
pub use forwarded::Trusted;
pub use listen::Listener;
pub use server::{Ground, Running, Server, StartError};
