//! Real engines against the real server.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod checker;
mod crashes;
mod kills;
mod leaving;
mod networks;
