//! The one writing thread, and group commit.
//!
//! ```text
//! callers ──► queue ──► BEGIN · job · job · job … · COMMIT (sync) ──► answers, then changes
//! ```
//!
//! While one group is being synced to the disk, the next one gathers in the queue: under load each
//! sync pays for many writes, at rest nobody waits for company. Each job runs in a savepoint of its
//! own, so that one refusal does not touch its neighbours. If the commit fails, every job of the
//! group answers the failure and none of them happened; the next group tries again, so a disk that
//! has room again needs no restart.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use homing_protocol::{Pos, RoomId, UserId};
use rusqlite::{Connection, DropBehavior, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

use super::place::Place;
use super::row::{Count, Id};
use crate::clock::{Clock, Random, new_id};
use crate::metrics::Commits;
use crate::store::{Change, StoreError};

/// Jobs that may wait. More callers wait at the door; sessions are bounded by their own limits.
const QUEUE: usize = 1024;
/// Jobs of one group: bounds what one failure of the disk can refuse at once.
const GROUP_JOBS: usize = 256;
/// Time for one group to gather, so that the first of it does not wait for a stream of others.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// Bytes that must fit again before writing counts as working: the body of the largest message.
const PROBE_BYTES: i64 = homing_protocol::limits::BODY_BYTES as i64;
/// Rooms whose member lists are kept at hand. All are forgotten when it is exceeded.
const ROOMS_AT_HAND: usize = 4096;

type Settle = Box<dyn FnOnce(Result<(), String>) + Send>;
/// Given the transaction, or why there is none.
type Job = Box<dyn FnOnce(Result<&mut Writing<'_>, String>) -> Ran + Send>;

/// What came of running a job, before its group is committed.
struct Ran {
    /// Keep what it did.
    keep: bool,
    /// It met a failure that the whole group shares.
    broken: Option<String>,
    /// Tells the caller, once the group's fate is known.
    settle: Settle,
}

enum Order {
    Job(Job),
    Look(oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

/// The handle.
pub(super) struct Writer {
    orders: mpsc::Sender<Order>,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    broken: AtomicBool,
    groups: AtomicU64,
    jobs: AtomicU64,
}

impl Writer {
    pub(super) fn start(
        sql: Connection,
        place: Place,
        changes: mpsc::Sender<Change>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let (orders, inbox) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let mut desk = Desk {
            sql,
            place,
            changes,
            shared: shared.clone(),
            clock: clock.clone(),
            random,
            members: HashMap::new(),
            seen: None,
        };
        let thread = std::thread::Builder::new()
            .name("homing-writer".into())
            .spawn(move || desk.run(inbox))
            .map_err(|error| StoreError::ReadOnly(format!("no thread for writing: {error}")))?;
        Ok(Self { orders, shared, clock, thread: Mutex::new(Some(thread)) })
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
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let (done, finished) = oneshot::channel();
            if orders.send(Order::Close(done)).await.is_ok() {
                let _closed = finished.await;
            }
            if let Some(thread) = thread {
                // It has answered, so this returns at once.
                let _ended = tokio::task::spawn_blocking(move || thread.join()).await;
            }
        }
    }
}

/// What the thread owns.
struct Desk {
    sql: Connection,
    place: Place,
    changes: mpsc::Sender<Change>,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    members: HashMap<RoomId, Arc<[UserId]>>,
    /// `PRAGMA data_version` as last seen: it moves when another process commits.
    seen: Option<i64>,
}

impl Desk {
    fn run(&mut self, mut inbox: mpsc::Receiver<Order>) {
        while let Some(order) = inbox.blocking_recv() {
            match order {
                Order::Job(first) => {
                    if let Some(done) = self.group(first, &mut inbox) {
                        self.finish(done, inbox);
                        return;
                    }
                }
                Order::Look(done) => {
                    self.probe();
                    let elsewhere = self.look();
                    self.tell(elsewhere);
                    let _gone = done.send(());
                }
                Order::Close(done) => {
                    self.finish(done, inbox);
                    return;
                }
            }
        }
    }

    fn finish(&mut self, done: oneshot::Sender<()>, inbox: mpsc::Receiver<Order>) {
        drop(inbox);
        // Leaves one tidy file behind where possible; the WAL is complete without it.
        let _moved = self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let _gone = done.send(());
    }

    /// Runs a group. Some: a close came with it.
    fn group(
        &mut self,
        first: Job,
        inbox: &mut mpsc::Receiver<Order>,
    ) -> Option<oneshot::Sender<()>> {
        let began = Instant::now();
        let mut changes = Vec::new();
        let mut closing = None;
        let mut looking = Vec::new();
        let mut ran = Vec::new();
        let fate = match self.sql.transaction_with_behavior(TransactionBehavior::Immediate) {
            Err(error) => {
                let why = error.to_string();
                ran.push(first(Err(why.clone())).settle);
                Err(why)
            }
            Ok(mut tx) => {
                // Inside the transaction, so that nobody can write between looking and writing.
                if moved(&tx, &mut self.seen) {
                    self.members.clear();
                    changes.push(Change::Elsewhere);
                }
                let mut broken = None;
                let mut next = Some(first);
                while let Some(job) = next.take() {
                    let outcome = run_one(
                        &mut tx,
                        job,
                        &mut self.members,
                        &mut changes,
                        (&*self.clock, &*self.random),
                    );
                    broken = outcome.broken;
                    ran.push(outcome.settle);
                    if broken.is_some() || ran.len() >= GROUP_JOBS || began.elapsed() > GROUP_TIME {
                        break;
                    }
                    while next.is_none() && closing.is_none() {
                        match inbox.try_recv() {
                            Ok(Order::Job(job)) => next = Some(job),
                            Ok(Order::Look(done)) => looking.push(done),
                            Ok(Order::Close(done)) => closing = Some(done),
                            Err(_) => break,
                        }
                    }
                }
                match broken {
                    Some(why) => Err(why),
                    None => self
                        .place
                        .check()
                        .and_then(|()| tx.commit().map_err(|error| error.to_string())),
                }
            }
        };
        self.shared.groups.fetch_add(1, Ordering::Relaxed);
        self.shared.jobs.fetch_add(ran.len() as u64, Ordering::Relaxed);
        self.shared.broken.store(fate.is_err(), Ordering::Relaxed);
        if let Err(why) = &fate {
            tracing::warn!(%why, "the database can't be written; reading goes on");
            self.members.clear();
            changes.retain(|change| *change == Change::Elsewhere);
        }
        for settle in ran {
            settle(fate.clone());
        }
        self.tell(changes);
        for done in looking {
            let _gone = done.send(());
        }
        closing
    }

    /// After a failure, whether writing works again. Otherwise only a write would tell, and who
    /// waits until the server is ready lets nobody write.
    fn probe(&mut self) {
        if !self.shared.broken.load(Ordering::Relaxed) {
            return;
        }
        let written = self.place.check().is_ok() && self.write_and_forget().is_ok();
        if written {
            tracing::info!("the database can be written again");
        }
        self.shared.broken.store(!written, Ordering::Relaxed);
    }

    /// Needs as much new room as the largest message, and leaves it free.
    fn write_and_forget(&mut self) -> rusqlite::Result<()> {
        let behavior = TransactionBehavior::Immediate;
        let tx = self.sql.transaction_with_behavior(behavior)?;
        tx.execute_batch("CREATE TABLE probe (room)")?;
        tx.execute("INSERT INTO probe VALUES (zeroblob(?1))", [PROBE_BYTES])?;
        tx.execute_batch("DROP TABLE probe")?;
        tx.commit()
    }

    fn look(&mut self) -> Vec<Change> {
        if moved(&self.sql, &mut self.seen) {
            self.members.clear();
            vec![Change::Elsewhere]
        } else {
            Vec::new()
        }
    }

    fn tell(&self, changes: Vec<Change>) {
        for change in changes {
            // Nobody listens in the command line's short visits.
            let _unheard = self.changes.blocking_send(change);
        }
    }
}

/// Whether another process committed since the last look.
fn moved(sql: &Connection, seen: &mut Option<i64>) -> bool {
    let version = sql.pragma_query_value(None, "data_version", |row| row.get(0)).ok();
    let moved = seen.is_some() && *seen != version;
    *seen = version;
    moved
}

fn run_one(
    tx: &mut rusqlite::Transaction<'_>,
    job: Job,
    members: &mut HashMap<RoomId, Arc<[UserId]>>,
    changes: &mut Vec<Change>,
    (clock, random): (&dyn Clock, &dyn Random),
) -> Ran {
    let before = changes.len();
    let mut savepoint = match tx.savepoint() {
        Ok(savepoint) => savepoint,
        Err(error) => return job(Err(error.to_string())),
    };
    savepoint.set_drop_behavior(DropBehavior::Rollback);
    let mut writing =
        Writing { sql: &savepoint, changes, members, clock, random, members_changed: false };
    let mut outcome = job(Ok(&mut writing));
    let members_changed = writing.members_changed;
    if outcome.keep {
        if let Err(error) = savepoint.commit() {
            outcome.broken = Some(error.to_string());
        }
    } else {
        drop(savepoint);
        changes.truncate(before);
        if members_changed {
            members.clear();
        }
    }
    outcome
}

/// One job's view of the transaction.
pub(super) struct Writing<'a> {
    /// Inside the job's savepoint.
    pub(super) sql: &'a Connection,
    changes: &'a mut Vec<Change>,
    members: &'a mut HashMap<RoomId, Arc<[UserId]>>,
    clock: &'a dyn Clock,
    random: &'a dyn Random,
    members_changed: bool,
}

impl Writing<'_> {
    pub(super) fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(super) fn new_id(&self) -> Uuid {
        new_id(self.clock, self.random)
    }

    pub(super) fn random(&self) -> &dyn Random {
        self.random
    }

    /// Tells a consequence, once the commit is durable.
    pub(super) fn tell(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// The next position.
    pub(super) fn next_pos(&self) -> Result<Pos, StoreError> {
        let pos: Count = self
            .sql
            .prepare_cached("UPDATE space SET pos = pos + 1 RETURNING pos")?
            .query_row([], |row| row.get(0))?;
        Ok(Pos(pos.0))
    }

    /// A room's members as of now in this transaction.
    pub(super) fn members(&mut self, room: RoomId) -> Result<Arc<[UserId]>, StoreError> {
        if let Some(known) = self.members.get(&room) {
            return Ok(known.clone());
        }
        let list: Arc<[UserId]> = self
            .sql
            .prepare_cached("SELECT person FROM members WHERE room = ?1")?
            .query_map([Id(room.0)], |row| Ok(UserId(row.get::<_, Id>(0)?.0)))?
            .collect::<rusqlite::Result<_>>()?;
        if self.members.len() >= ROOMS_AT_HAND {
            self.members.clear();
        }
        self.members.insert(room, list.clone());
        Ok(list)
    }

    /// Must follow every change of a room's members.
    pub(super) fn members_changed(&mut self, room: RoomId) {
        self.members.remove(&room);
        self.members_changed = true;
    }
}
