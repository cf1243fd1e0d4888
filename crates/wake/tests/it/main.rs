//! The watcher on a real bus and in a real network, both of its own.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

mod bus;
mod network;
mod portal;

use std::time::Duration;

/// Nothing in these tests takes long; this only ends one that waits for what never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The next disturbance.
async fn next<T>(heard: &mut tokio::sync::mpsc::Receiver<T>) -> T {
    let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
    next.expect("news in time").expect("somebody watches")
}
