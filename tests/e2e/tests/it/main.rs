//! Real engines against the real server.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod crashes;
mod devices;
mod erasing;
mod following;
mod kills;
mod leaving;
mod networks;
#[cfg(target_os = "linux")]
mod nginx;
mod pages;
#[cfg(target_os = "linux")]
mod proxies;
#[cfg(target_os = "linux")]
mod refusals;
mod restores;
mod trust;
