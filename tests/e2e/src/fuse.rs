//! A disk under an engine that stops the world at a chosen commit.
//!
//! A crash is a moment: before a transaction, or after it and before anybody heard of it. From the
//! moment the fuse blows the engine gets no answer from its disk any more, so nothing that follows
//! from the commit happens; whoever waits for [`Fuse::blown`] then ends the process. Until a fuse
//! is set, it is the store it stands before.

use std::future::pending;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use homing_engine::store::sqlite::SqliteStore;
use homing_engine::store::{Change, Loaded, LostEvent, MessageState, Store, StoreError};
use homing_protocol::{Event, MessageRef, RoomId, Seq};
use tokio_util::sync::CancellationToken;

/// On which side of a commit the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Nothing of it is on the disk.
    Before,
    /// All of it is, and nobody was told.
    After,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Fuse {
    store: SqliteStore,
    /// How many commits are answered before the one at which it blows, and where.
    set: Mutex<Option<(u32, Side)>>,
    blown: CancellationToken,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

impl Fuse {
    pub(crate) fn new(store: SqliteStore) -> Self {
        Self { store, set: Mutex::new(None), blown: CancellationToken::new() }
    }

    /// Blows at the commit after so many.
    pub fn set(&self, commits: u32, side: Side) {
        *self.left() = Some((commits, side));
    }

    /// Returns once it has blown: the process is to die now.
    pub async fn blown(&self) {
        self.blown.cancelled().await;
    }

    fn left(&self) -> MutexGuard<'_, Option<(u32, Side)>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a commit. Answers the side on which the process dies at this one.
    fn count(&self) -> Option<Side> {
        let mut left = self.left();
        match &mut *left {
            Some((0, side)) => Some(*side),
            Some((commits, _)) => {
                *commits -= 1;
                None
            }
            None => None,
        }
    }

    async fn blow<T>(&self) -> T {
        self.blown.cancel();
        pending().await
    }
}

impl Store for Fuse {
    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        Box::pin(async move {
            match self.count() {
                None => self.store.commit(changes).await,
                Some(Side::Before) => self.blow().await,
                Some(Side::After) => {
                    self.store.commit(changes).await?;
                    self.blow().await
                }
            }
        })
    }

    fn lost(&self) -> Answer<'_, Vec<LostEvent>> {
        self.store.lost()
    }

    fn load(&self) -> Answer<'_, Loaded> {
        self.store.load()
    }

    fn before(&self, room: RoomId, seq: Seq, limit: u32) -> Answer<'_, Vec<Event>> {
        self.store.before(room, seq, limit)
    }

    fn after(&self, room: RoomId, seq: Seq, limit: u32) -> Answer<'_, Vec<Event>> {
        self.store.after(room, seq, limit)
    }

    fn at(&self, room: RoomId, seqs: Vec<Seq>) -> Answer<'_, Vec<Event>> {
        self.store.at(room, seqs)
    }

    fn find(&self, room: RoomId, message: MessageRef) -> Answer<'_, Option<Seq>> {
        self.store.find(room, message)
    }

    fn states(&self, room: RoomId, from: Seq, to: Seq) -> Answer<'_, Vec<MessageState>> {
        self.store.states(room, from, to)
    }

    fn unread(&self, room: RoomId, seq: Seq) -> Answer<'_, (u32, u32)> {
        self.store.unread(room, seq)
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.store.close()
    }
}
