//! Each in their turn: whoever asks for much waits behind themselves and not in front of others.
//!
//! Work that takes long (hashing a password, bringing a hundred people into a room) is done one at
//! a time for each key: an address or a member. However much one of them asks for, somebody else
//! finds at most one piece of it in front of their own.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pieces of work that one key may have waiting: an office behind one address that signs in at the
/// same moment. More are told to come back.
const WAITING: usize = 64;
/// Lines that are kept before those that nobody stands in are looked for.
const QUEUES: usize = 1024;

/// See the module's head.
#[derive(Debug)]
pub(crate) struct FairQueue<K> {
    queues: Mutex<HashMap<K, Weak<Semaphore>>>,
}

/// Too many of the same key wait already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueueFull;

/// Somebody's turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl<K: Hash + Eq> FairQueue<K> {
    pub(crate) fn new() -> Self {
        Self { queues: Mutex::new(HashMap::new()) }
    }

    /// Waits for the turn of this key. Dropped while it waits, it leaves the line.
    ///
    /// # Errors
    /// [`QueueFull`], at once.
    pub(crate) async fn take(&self, key: K) -> Result<Turn, QueueFull> {
        let queue = self.queue(key);
        // Each that waits or works holds the line, and so do we.
        if Arc::strong_count(&queue) > WAITING + 1 {
            return Err(QueueFull);
        }
        let permit = queue.acquire_owned().await.map_err(|_| QueueFull)?;
        Ok(Turn { _permit: permit })
    }

    fn queue(&self, key: K) -> Arc<Semaphore> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        if queues.len() >= QUEUES {
            queues.retain(|_, queue| queue.strong_count() > 0);
        }
        let queue = Arc::new(Semaphore::new(1));
        queues.insert(key, Arc::downgrade(&queue));
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn one_at_a_time_for_each_and_nobody_waits_for_another() {
        let turns = FairQueue::new();
        let first = turns.take("a").await.unwrap();
        let mut second = Box::pin(turns.take("a"));
        assert!(second.as_mut().now_or_never().is_none(), "one at a time");
        assert!(turns.take("b").now_or_never().is_some(), "others do not wait");
        drop(first);
        let second = second.now_or_never().expect("the next one's turn").unwrap();
        drop(second);
        assert_eq!(turns.queues.lock().unwrap()["a"].strong_count(), 0);
    }

    #[tokio::test]
    async fn a_line_has_an_end() {
        let turns = FairQueue::new();
        let working = turns.take("a").await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(turns.take("a"))).collect();
        assert!(waiting.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        assert_eq!(turns.take("a").await.unwrap_err(), QueueFull);
        // Who goes away leaves room for another.
        waiting.pop();
        assert!(turns.take("a").now_or_never().is_none());
        drop(working);
    }

    #[tokio::test]
    async fn lines_that_nobody_stands_in_are_forgotten() {
        let turns = FairQueue::new();
        for key in 0..3 * QUEUES {
            turns.take(key).await.unwrap();
        }
        assert!(turns.queues.lock().unwrap().len() <= QUEUES);
    }
}
