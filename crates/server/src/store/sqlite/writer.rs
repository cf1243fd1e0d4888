//! The one who writes, and group commit.
//!
//! ```text
//! callers ──► queue ──► BEGIN · job · job · job … · COMMIT (sync) ──► answers, then changes
//! ```
//!
//! While one group is being synced to the disk, the next one gathers in the queue: under load each
//! sync pays for many writes, at rest nobody waits for company. What a group is stands in `desk`;
//! here is the handle, and the thread that works at the desk, or on a simulated disk the task.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::Disk;
use super::desk::{Desk, Shared, Writing};
use crate::clock::Clock;
use crate::metrics::Commits;
use crate::store::{Change, StoreError};

/// Jobs that may wait. More callers wait at the door; sessions are bounded by their own limits.
const QUEUE: usize = 1024;
pub(super) type Settle = Box<dyn FnOnce(Result<(), String>) + Send>;
/// Given the transaction, or why there is none.
pub(super) type Job = Box<dyn FnOnce(Result<&mut Writing<'_>, String>) -> Ran + Send>;

/// What came of running a job, before its group is committed.
pub(super) struct Ran {
    /// Keep what it did.
    pub(super) keep: bool,
    /// It met a failure that the whole group shares.
    pub(super) broken: Option<String>,
    /// Tells the caller, once the group's fate is known.
    pub(super) settle: Settle,
}

/// What the writer is asked for.
pub(super) enum Order {
    Job(Job),
    Look(oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

/// The handle.
pub(super) struct Writer {
    orders: mpsc::Sender<Order>,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    hands: Hands,
}

/// Who works at the desk.
enum Hands {
    Thread(Mutex<Option<std::thread::JoinHandle<()>>>),
    Task(TaskTracker),
}

impl Writer {
    pub(super) fn start(
        desk: Desk,
        changes: mpsc::Sender<Change>,
        disk: Option<Arc<dyn Disk>>,
    ) -> Result<Self, StoreError> {
        let (orders, inbox) = mpsc::channel(QUEUE);
        let (shared, clock) = (desk.shared.clone(), desk.clock.clone());
        let hands = match disk {
            None => {
                let thread = std::thread::Builder::new()
                    .name("homing-writer".into())
                    .spawn(move || work(desk, inbox, &changes));
                let no_thread =
                    |error| StoreError::ReadOnly(format!("no thread for writing: {error}"));
                Hands::Thread(Mutex::new(Some(thread.map_err(no_thread)?)))
            }
            Some(disk) => {
                let tasks = TaskTracker::new();
                tasks.spawn(work_on(disk, desk, inbox, changes));
                tasks.close();
                Hands::Task(tasks)
            }
        };
        Ok(Self { orders, shared, clock, hands })
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(super) fn commits(&self) -> Commits {
        Commits {
            groups: self.shared.groups.load(Ordering::Relaxed),
            jobs: self.shared.jobs.load(Ordering::Relaxed),
            writable: !self.shared.broken.load(Ordering::Relaxed),
        }
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let orders = self.orders.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let job: Job = Box::new(move |writing| {
                let result = writing.map_err(StoreError::ReadOnly).and_then(job);
                let broken = match &result {
                    Err(StoreError::ReadOnly(why)) => Some(why.clone()),
                    _ => None,
                };
                Ran {
                    keep: result.is_ok(),
                    broken,
                    settle: Box::new(move |fate| {
                        let told = match fate {
                            Ok(()) => result,
                            Err(why) => Err(StoreError::ReadOnly(why)),
                        };
                        // A caller who went away has lost nothing: the log has it.
                        let _gone = answer.send(told);
                    }),
                }
            });
            orders.send(Order::Job(job)).await.map_err(|_| StoreError::Closed)?;
            answered.await.map_err(|_| StoreError::Closed)?
        }
    }

    pub(super) fn look(&self) -> impl Future<Output = Result<(), StoreError>> + Send + 'static {
        let orders = self.orders.clone();
        async move {
            let (done, finished) = oneshot::channel();
            orders.send(Order::Look(done)).await.map_err(|_| StoreError::Closed)?;
            finished.await.map_err(|_| StoreError::Closed)
        }
    }

    pub(super) fn close(&self) -> impl Future<Output = ()> + Send + 'static {
        let orders = self.orders.clone();
        let (thread, tasks) = match &self.hands {
            Hands::Thread(thread) => {
                (thread.lock().unwrap_or_else(PoisonError::into_inner).take(), None)
            }
            Hands::Task(tasks) => (None, Some(tasks.clone())),
        };
        async move {
            let (done, finished) = oneshot::channel();
            if orders.send(Order::Close(done)).await.is_ok() {
                let _closed = finished.await;
            }
            if let Some(thread) = thread {
                // It has answered, so this returns at once.
                let _ended = tokio::task::spawn_blocking(move || thread.join()).await;
            }
            if let Some(tasks) = tasks {
                tasks.wait().await;
            }
        }
    }
}

/// Works at the desk on a thread, until somebody closes or everybody is gone.
fn work(mut desk: Desk, mut inbox: mpsc::Receiver<Order>, changes: &mpsc::Sender<Change>) {
    while let Some(order) = inbox.blocking_recv() {
        let mut decided = desk.take(order, &mut inbox);
        decided.settle();
        for change in decided.changes {
            // Nobody listens in the command line's short visits.
            let _unheard = changes.blocking_send(change);
        }
        decided.looked.into_iter().for_each(answer);
        if let Some(done) = decided.closing {
            drop(inbox);
            desk.finish();
            return answer(done);
        }
    }
}

/// The same, between two awaits.
async fn work_on(
    disk: Arc<dyn Disk>,
    mut desk: Desk,
    mut inbox: mpsc::Receiver<Order>,
    changes: mpsc::Sender<Change>,
) {
    while let Some(order) = inbox.recv().await {
        disk.wait().await;
        let mut decided = desk.take(order, &mut inbox);
        disk.wait().await;
        decided.settle();
        for change in decided.changes {
            let _unheard = changes.send(change).await;
        }
        decided.looked.into_iter().for_each(answer);
        if let Some(done) = decided.closing {
            drop(inbox);
            desk.finish();
            return answer(done);
        }
    }
}

fn answer(waiting: oneshot::Sender<()>) {
    let _gone = waiting.send(());
}
