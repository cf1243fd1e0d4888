//! Running a group of jobs in one transaction.
//!
//! Each job runs in a savepoint of its own, so that one refusal does not touch its neighbours. If
//! the commit fails, every job of the group answers the failure and none of them happened; the next
//! group tries again, so a disk that has room again needs no restart. What came of it is handed
//! back as [`Decided`]: whom to tell, and when, is the writer's business.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use homing_protocol::{Pos, RoomId, UserId};
use rusqlite::{Connection, DropBehavior, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

use super::place::Place;
use super::row::{Count, Id};
use super::writer::{Job, Order, Ran, Settle};
use crate::clock::{Clock, Random, new_id};
use crate::store::{Change, StoreError};

/// Jobs of one group: bounds what one failure of the disk can refuse at once.
const GROUP_JOBS: usize = 256;
/// Time for one group to gather, so that the first of it does not wait for a stream of others.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// Bytes that must fit again before writing counts as working: the body of the largest message.
const PROBE_BYTES: i64 = homing_protocol::limits::BODY_BYTES as i64;
/// Rooms whose member lists are kept at hand. All are forgotten when it is exceeded.
const ROOMS_AT_HAND: usize = 4096;

/// How writing goes, for whoever asks from outside.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) broken: AtomicBool,
    pub(super) groups: AtomicU64,
    pub(super) jobs: AtomicU64,
}

/// What the one who writes owns.
pub(super) struct Desk {
    sql: Connection,
    /// None on a simulated disk.
    place: Option<Place>,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    members: HashMap<RoomId, Arc<[UserId]>>,
    /// `PRAGMA data_version` as last seen: it moves when another process commits.
    seen: Option<i64>,
}

/// What came of an order. Nobody has been told yet.
#[derive(Default)]
pub(super) struct Decided {
    fate: Option<Result<(), String>>,
    ran: Vec<Settle>,
    /// The consequences, in order.
    pub(super) changes: Vec<Change>,
    /// Who looked, and hears of it after the changes.
    pub(super) looked: Vec<oneshot::Sender<()>>,
    /// Who asked to close, and hears of it last.
    pub(super) closing: Option<oneshot::Sender<()>>,
}

impl Decided {
    /// Tells the callers what came of their jobs.
    pub(super) fn settle(&mut self) {
        if let Some(fate) = self.fate.take() {
            for settle in self.ran.drain(..) {
                settle(fate.clone());
            }
        }
    }
}

impl Desk {
    pub(super) fn new(
        sql: Connection,
        place: Option<Place>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let (shared, members) = (Arc::default(), HashMap::new());
        Self { sql, place, shared, clock, random, members, seen: None }
    }

    /// Does what is asked for, and more of the same that waits behind it.
    pub(super) fn take(&mut self, order: Order, inbox: &mut mpsc::Receiver<Order>) -> Decided {
        match order {
            Order::Job(first) => self.group(first, inbox),
            Order::Look(done) => {
                self.probe();
                Decided { changes: self.look(), looked: vec![done], ..Decided::default() }
            }
            Order::Close(done) => Decided { closing: Some(done), ..Decided::default() },
        }
    }

    /// Leaves one tidy file behind where possible; the write-ahead log is complete without it.
    pub(super) fn finish(&mut self) {
        let _moved = self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    /// Runs a group in one transaction.
    fn group(&mut self, first: Job, inbox: &mut mpsc::Receiver<Order>) -> Decided {
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
                        .as_mut()
                        .map_or(Ok(()), Place::check)
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
        Decided { fate: Some(fate), ran, changes, looked: looking, closing }
    }

    /// After a failure, whether writing works again. Otherwise only a write would tell, and who
    /// waits until the server is ready lets nobody write.
    fn probe(&mut self) {
        if !self.shared.broken.load(Ordering::Relaxed) {
            return;
        }
        let there = self.place.as_mut().map_or(Ok(()), Place::check).is_ok();
        let written = there && self.write_and_forget().is_ok();
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
}

/// Whether another process committed since the last look.
fn moved(sql: &Connection, seen: &mut Option<i64>) -> bool {
    let asked = sql.prepare_cached("PRAGMA data_version");
    let version = asked.and_then(|mut version| version.query_row([], |row| row.get(0))).ok();
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
