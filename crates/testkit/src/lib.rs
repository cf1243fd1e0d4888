//! Shared test tools: a network that fails on command, a scripted server, a checker of delivery,
//! and events, rooms and people with stable ids.
//!
//! A dev-dependency only. Everything here panics with a message instead of returning an error,
//! because the test has failed then anyway.

#![deny(missing_docs)]

pub mod builders;
pub mod history;
pub mod peer;
pub mod proxy;

pub use peer::Peer;
pub use proxy::Proxy;
