//! A fair queue: a requester with much work waits behind its own work and not in front of others.
//!
//! Long work (hashing a password, adding a hundred people to a room) runs one at a time per key: an
//! address or a member. Another requester waits for at most one piece of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of one key that may wait: an office behind one address that signs in at the same
/// moment. Further ones are refused.
const WAITING: usize = 64;
/// Queues kept before empty ones are removed.
const QUEUES: usize = 1024;

/// A queue for each key.
#[derive(Debug)]
pub(crate) struct FairQueue<K> {
    queues: Mutex<HashMap<K, Weak<Semaphore>>>,
}

/// Too many requests of this key wait already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueueFull;

/// A turn, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl<K: Hash + Eq> FairQueue<K> {
    pub(crate) fn new() -> Self {
        Self { queues: Mutex::new(HashMap::new()) }
    }

    /// Waits for the turn of this key. Cancel-safe.
    ///
    /// # Errors
    /// [`QueueFull`], at once.
    pub(crate) async fn take(&self, key: K) -> Result<Turn, QueueFull> {
        let queue = self.queue(key);
        // Each waiting or running request holds the semaphore, and so does this function.
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
