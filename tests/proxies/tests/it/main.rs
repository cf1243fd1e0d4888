//! Homing behind and through real proxies, each with the example that we ship.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod visits;
