//! The store of an installed app: one SQLite file, on its own thread.
//!
//! SQLite blocks, so it runs on a thread with a bounded queue of jobs. Commits that are waiting are
//! written as a group, in one transaction, and acknowledged together: on a disk that needs 10 ms
//! for a durable write, a hundred of them still need 10 ms. `synchronous=FULL`, because what was
//! acknowledged must survive a power failure.

mod disk;
mod fold;
mod lost;
mod open;
mod read;
pub(crate) mod salvage;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use futures_util::future::BoxFuture;
use homing_protocol::{Event, MessageRef, RoomId, Seq};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

pub use disk::Disk;

use super::{Change, Loaded, LostEvent, MessageState, Store, StoreError};
use crate::session::record::SpaceRecord;

/// Jobs that may wait for the thread. The engine has one commit and a few reads in flight.
const JOBS: usize = 64;

type CommitReply<T> = oneshot::Sender<Result<T, StoreError>>;
type ReadJob = Box<dyn FnOnce(&Connection) + Send>;

enum Job {
    Commit(Vec<Change>, CommitReply<()>),
    ReadJob(ReadJob),
    Close(oneshot::Sender<()>),
}

/// Stores everything in one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    jobs: mpsc::Sender<Job>,
}

impl SqliteStore {
    /// Opens or creates the file, migrates it and checks it.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::Corrupt`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Io`]
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let (opened, answer) = oneshot::channel();
        let (jobs, queue) = mpsc::channel(JOBS);
        thread::Builder::new()
            .name("homing-store".to_owned())
            .spawn(move || match open::open(&path, None) {
                Ok(connection) => {
                    if opened.send(Ok(())).is_ok() {
                        serve(connection, queue);
                    }
                }
                Err(error) => _ = opened.send(Err(error)),
            })
            .map_err(|error| StoreError::Io(error.to_string()))?;
        answer.await.map_err(|_| StoreError::Closed)??;
        Ok(Self { jobs })
    }

    /// Reads to which space a file belongs, without checking or changing it; `None` in an empty
    /// file.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn peek(path: &Path) -> Result<Option<SpaceRecord>, StoreError> {
        let path = path.to_owned();
        let peeked = tokio::task::spawn_blocking(move || open::peek(&path)).await;
        peeked.map_err(|_| StoreError::Closed)?
    }

    /// As [`open`](Self::open), on a simulated disk.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_on(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, StoreError> {
        let connection = open::open(path, Some(&*disk))?;
        let (jobs, queue) = mpsc::channel(JOBS);
        // The task ends with the last store, as the thread does.
        TaskTracker::new().spawn(serve_on(disk, connection, queue));
        Ok(Self { jobs })
    }

    /// Reads to which space the file belongs; `None` in a new file.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn record(&self) -> Result<Option<SpaceRecord>, StoreError> {
        self.read(read::record).await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::ReadJob(Box::new(move |connection| _ = reply.send(read(connection))));
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

/// Runs the jobs in order, until the last store is dropped or one is closed.
fn serve(mut connection: Connection, mut queue: mpsc::Receiver<Job>) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| queue.blocking_recv()) {
        match job {
            Job::ReadJob(read) => read(&connection),
            Job::Close(done) => return close(connection, done),
            Job::Commit(changes, answer) => {
                let group = gather((changes, answer), &mut queue, &mut next);
                tell(commit(&mut connection, group));
            }
        }
    }
}

/// The same as a task, for a simulated disk.
async fn serve_on(disk: Arc<dyn Disk>, mut connection: Connection, mut queue: mpsc::Receiver<Job>) {
    let mut next = None;
    loop {
        let job = match next.take() {
            Some(job) => job,
            None => match queue.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        disk.wait().await;
        match job {
            Job::ReadJob(read) => read(&connection),
            Job::Close(done) => return close(connection, done),
            Job::Commit(changes, answer) => {
                let group = gather((changes, answer), &mut queue, &mut next);
                let decided = commit(&mut connection, group);
                disk.wait().await;
                tell(decided);
            }
        }
    }
}

type Commit = (Vec<Change>, CommitReply<()>);

/// Collects the commits that are waiting; `next` is the first job after them.
fn gather(first: Commit, queue: &mut mpsc::Receiver<Job>, next: &mut Option<Job>) -> Vec<Commit> {
    let mut group = vec![first];
    while let Ok(job) = queue.try_recv() {
        match job {
            Job::Commit(changes, answer) => group.push((changes, answer)),
            other => {
                *next = Some(other);
                break;
            }
        }
    }
    group
}

/// Commits a group in one transaction. If that fails, each in its own, so that one bad commit does
/// not fail the others.
fn commit(
    connection: &mut Connection,
    group: Vec<Commit>,
) -> Vec<(CommitReply<()>, Result<(), StoreError>)> {
    let together = write::commit(connection, group.iter().flat_map(|(changes, _)| changes));
    let alone = group.len() == 1;
    let mut decided = Vec::with_capacity(group.len());
    for (changes, answer) in group {
        let done = match &together {
            Err(_) if !alone => write::commit(connection, changes.iter()),
            done => done.clone(),
        };
        decided.push((answer, done));
    }
    decided
}

fn tell(decided: Vec<(CommitReply<()>, Result<(), StoreError>)>) {
    for (answer, done) in decided {
        // The receiver may be gone; the data is written all the same.
        _ = answer.send(done);
    }
}

fn close(connection: Connection, done: oneshot::Sender<()>) {
    // Closing the last connection checkpoints the write-ahead log.
    _ = connection.close();
    _ = done.send(());
}

impl Store for SqliteStore {
    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            let job = Job::Commit(changes, reply);
            self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
            answer.await.map_err(|_| StoreError::Closed)?
        })
    }

    fn load(&self) -> BoxFuture<'_, Result<Loaded, StoreError>> {
        Box::pin(self.read(read::load))
    }

    fn before(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        Box::pin(self.read(move |connection| read::before(connection, room, seq, limit)))
    }

    fn after(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        Box::pin(self.read(move |connection| read::after(connection, room, seq, limit)))
    }

    fn at(&self, room: RoomId, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        Box::pin(self.read(move |connection| read::at(connection, room, &seqs)))
    }

    fn find(
        &self,
        room: RoomId,
        message: MessageRef,
    ) -> BoxFuture<'_, Result<Option<Seq>, StoreError>> {
        Box::pin(self.read(move |connection| read::find(connection, room, message)))
    }

    fn states(
        &self,
        room: RoomId,
        from: Seq,
        to: Seq,
    ) -> BoxFuture<'_, Result<Vec<MessageState>, StoreError>> {
        Box::pin(self.read(move |connection| read::states(connection, room, from, to)))
    }

    fn lost(&self) -> BoxFuture<'_, Result<Vec<LostEvent>, StoreError>> {
        Box::pin(self.read(lost::all))
    }

    fn unread(&self, room: RoomId, seq: Seq) -> BoxFuture<'_, Result<(u32, u32), StoreError>> {
        Box::pin(self.read(move |connection| read::unread(connection, room, seq)))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (done, closed) = oneshot::channel();
            if self.jobs.send(Job::Close(done)).await.is_ok() {
                _ = closed.await;
            }
        })
    }
}
