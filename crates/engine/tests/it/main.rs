//! The engine from outside: against a scripted peer on a paused clock, and its stores.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod bed;
mod links;
mod messages;
mod mishaps;
mod profiles;
mod store;
