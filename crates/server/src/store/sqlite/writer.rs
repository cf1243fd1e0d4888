//! The writer: one writing connection with group commit.
//!
//! ```text
//! callers ──► queue ──► BEGIN · job · job · job … · COMMIT (sync) ──► replies, then changes
//! ```
//!
//! While a group is synced to the disk, the next one gathers in the queue: under load each sync
//! covers many writes, and without load nobody waits. Groups are in
//! [`group_commit`](super::group_commit). Here are the handle and the thread that runs the groups,
//! or the task on a simulated disk.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::Disk;
use super::group_commit::{GroupCommit, WriterStatus};
use super::transaction::{WriteTx, run_ready};
use crate::clock::Clock;
use crate::metrics::Commits;
use crate::store::{Change, StoreError};

/// Queued jobs. Further callers wait to enqueue; sessions are bounded by their own limits.
const QUEUE: usize = 1024;

/// Sends the result to a job's caller, given whether its group was committed.
pub(super) type Reply = Box<dyn FnOnce(Result<(), String>) + Send>;
/// A job, given the transaction or why there is none.
pub(super) type Job = Box<dyn FnOnce(Result<&mut WriteTx<'_>, String>) -> JobOutcome + Send>;

/// The outcome of a job before its group is committed.
pub(super) struct JobOutcome {
    /// Keep its changes.
    pub(super) keep: bool,
    /// It hit an error that fails the whole group.
    pub(super) broken: Option<String>,
    pub(super) reply: Reply,
}

/// A request to the writer.
pub(super) enum Request {
    /// Write.
    Job(Job),
    /// Check for writes of other processes, and whether writing works again.
    Check(oneshot::Sender<()>),
    /// End.
    Close(oneshot::Sender<()>),
}

/// The handle of the writer.
pub(super) struct Writer {
    requests: mpsc::Sender<Request>,
    status: Arc<WriterStatus>,
    clock: Arc<dyn Clock>,
    runner: Runner,
}

/// What runs the groups.
enum Runner {
    Thread(Mutex<Option<std::thread::JoinHandle<()>>>),
    Task(TaskTracker),
}

impl Writer {
    pub(super) fn start(
        groups: GroupCommit,
        changes: mpsc::Sender<Change>,
        disk: Option<Arc<dyn Disk>>,
    ) -> Result<Self, StoreError> {
        let (requests, inbox) = mpsc::channel(QUEUE);
        let (status, clock) = (groups.status.clone(), groups.clock.clone());
        let runner = match disk {
            None => {
                let thread = std::thread::Builder::new()
                    .name("homing-writer".into())
                    .spawn(move || run_thread(groups, inbox, &changes));
                let no_thread =
                    |error| StoreError::ReadOnly(format!("no thread for writing: {error}"));
                Runner::Thread(Mutex::new(Some(thread.map_err(no_thread)?)))
            }
            Some(disk) => {
                let tasks = TaskTracker::new();
                tasks.spawn(run_task(disk, groups, inbox, changes));
                tasks.close();
                Runner::Task(tasks)
            }
        };
        Ok(Self { requests, status, clock, runner })
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(super) fn commits(&self) -> Commits {
        Commits {
            groups: self.status.groups.load(Ordering::Relaxed),
            jobs: self.status.jobs.load(Ordering::Relaxed),
            writable: !self.status.broken.load(Ordering::Relaxed),
        }
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&mut WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let requests = self.requests.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let job: Job = Box::new(move |tx| {
                let result = tx.map_err(StoreError::ReadOnly).and_then(|tx| run_ready(job(tx)));
                let broken = match &result {
                    Err(StoreError::ReadOnly(why)) => Some(why.clone()),
                    _ => None,
                };
                JobOutcome {
                    keep: result.is_ok(),
                    broken,
                    reply: Box::new(move |committed| {
                        let result = match committed {
                            Ok(()) => result,
                            Err(why) => Err(StoreError::ReadOnly(why)),
                        };
                        // If the caller is gone, the write is still in the log.
                        let _gone = answer.send(result);
                    }),
                }
            });
            requests.send(Request::Job(job)).await.map_err(|_| StoreError::Closed)?;
            answered.await.map_err(|_| StoreError::Closed)?
        }
    }

    pub(super) fn check(&self) -> impl Future<Output = Result<(), StoreError>> + Send + 'static {
        let requests = self.requests.clone();
        async move {
            let (done, finished) = oneshot::channel();
            requests.send(Request::Check(done)).await.map_err(|_| StoreError::Closed)?;
            finished.await.map_err(|_| StoreError::Closed)
        }
    }

    pub(super) fn close(&self) -> impl Future<Output = ()> + Send + 'static {
        let requests = self.requests.clone();
        let (thread, tasks) = match &self.runner {
            Runner::Thread(thread) => {
                (thread.lock().unwrap_or_else(PoisonError::into_inner).take(), None)
            }
            Runner::Task(tasks) => (None, Some(tasks.clone())),
        };
        async move {
            let (done, finished) = oneshot::channel();
            if requests.send(Request::Close(done)).await.is_ok() {
                let _closed = finished.await;
            }
            if let Some(thread) = thread {
                // The thread has replied, so this returns at once.
                let _ended = tokio::task::spawn_blocking(move || thread.join()).await;
            }
            if let Some(tasks) = tasks {
                tasks.wait().await;
            }
        }
    }
}

/// Runs groups on a thread, until it is closed or all handles are dropped.
fn run_thread(
    mut groups: GroupCommit,
    mut inbox: mpsc::Receiver<Request>,
    changes: &mpsc::Sender<Change>,
) {
    while let Some(request) = inbox.blocking_recv() {
        let mut outcome = groups.handle(request, &mut inbox);
        outcome.reply();
        for change in outcome.changes {
            // Commands may have no receiver.
            let _unheard = changes.blocking_send(change);
        }
        groups.empty_log();
        outcome.checked.into_iter().for_each(answer);
        if let Some(done) = outcome.closing {
            drop(inbox);
            groups.finish();
            return answer(done);
        }
    }
}

/// As [`run_thread`], as a task on a simulated disk.
async fn run_task(
    disk: Arc<dyn Disk>,
    mut groups: GroupCommit,
    mut inbox: mpsc::Receiver<Request>,
    changes: mpsc::Sender<Change>,
) {
    while let Some(request) = inbox.recv().await {
        disk.wait().await;
        let mut outcome = groups.handle(request, &mut inbox);
        disk.wait().await;
        outcome.reply();
        for change in outcome.changes {
            let _unheard = changes.send(change).await;
        }
        groups.empty_log();
        outcome.checked.into_iter().for_each(answer);
        if let Some(done) = outcome.closing {
            drop(inbox);
            groups.finish();
            return answer(done);
        }
    }
}

fn answer(waiting: oneshot::Sender<()>) {
    let _gone = waiting.send(());
}
