//! Counts a connection's bytes below TLS, HTTP and WebSocket.
//!
//! A large message on a slow connection is a sign of life long before it is complete, so bytes and
//! not messages decide whether a connection is alive.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The counters of one connection, shared by its stream and the task that judges it.
#[derive(Debug, Clone)]
pub(crate) struct Traffic(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    began: Instant,
    /// Bytes read so far.
    read: AtomicU64,
    /// Milliseconds from the start to the last write.
    written: AtomicU64,
}

impl Traffic {
    /// Starts counting now.
    pub(crate) fn new() -> Self {
        let (read, written) = (AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Counters { began: Instant::now(), read, written }))
    }

    pub(crate) fn count_read(&self, bytes: usize) {
        self.0.read.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn mark_write(&self) {
        let since = self.0.began.elapsed().as_millis();
        self.0.written.store(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Bytes read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// The time of the last write, or the start.
    pub(crate) fn last_write(&self) -> Instant {
        self.0.began + Duration::from_millis(self.0.written.load(Ordering::Relaxed))
    }
}
