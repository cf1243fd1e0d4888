//! What happened, line by line, so that a seed that fails can be read.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::time::At;

/// Everything that was noted. Clones note into the same one.
#[derive(Debug, Clone, Default)]
pub struct Trace(Arc<Mutex<Vec<String>>>);

impl Trace {
    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something happened to somebody.
    pub fn note(&self, at: At, who: &str, what: impl std::fmt::Display) {
        let (seconds, millis) = (at / 1000, at % 1000);
        self.lines().push(format!("{seconds:>6}.{millis:03}  {who:<12} {what}"));
    }

    /// The last lines, oldest first.
    #[must_use]
    pub fn tail(&self, count: usize) -> Vec<String> {
        let lines = self.lines();
        lines.iter().skip(lines.len().saturating_sub(count)).cloned().collect()
    }

    /// The same for the same lines.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.lines().hash(&mut hasher);
        hasher.finish()
    }
}
