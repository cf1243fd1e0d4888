//! When bytes last came over a connection, and when they last went, whoever reads and writes them.
//!
//! A large message on a slow line is life long before it is whole. So the connection counts where its
//! bytes pass, below TLS, HTTP and WebSocket, and the conversation above looks at the figures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The life signs of one connection, shared by the stream and whoever judges it.
#[derive(Debug, Clone)]
pub(crate) struct Traffic(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    began: Instant,
    /// Bytes read so far.
    read: AtomicU64,
    /// Milliseconds from the beginning to the last byte written.
    written: AtomicU64,
}

impl Traffic {
    /// Of a connection that begins now.
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

    /// When the last byte was written; the beginning if none was.
    pub(crate) fn last_write(&self) -> Instant {
        self.0.began + Duration::from_millis(self.0.written.load(Ordering::Relaxed))
    }
}
