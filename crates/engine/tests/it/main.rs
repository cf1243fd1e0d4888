//! The engine from outside: against a scripted peer on a paused clock, and its stores.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod bed;
mod disturbances;
mod doctor;
mod hostile;
mod links;
mod messages;
mod mishaps;
mod own;
mod profiles;
mod rescues;
mod store;
mod traces;
mod ways;
