//! What tests of several crates share: a network that fails on command, a server that follows a
//! script, a checker of what happened, and events, rooms and people with names that stay the same
//! from run to run.
//!
//! A dev-dependency only. Everything here panics with a sentence instead of returning an error,
//! because a test that meets one of those errors has failed anyway.

#![deny(missing_docs)]

pub mod builders;
pub mod history;
pub mod peer;
pub mod proxy;

pub use peer::Peer;
pub use proxy::Proxy;
