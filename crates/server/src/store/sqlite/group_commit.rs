//! Group commit: runs several jobs in one transaction.
//!
//! Each job runs in its own savepoint, so that a refused job does not affect the others. If the
//! commit fails, all jobs of the group fail and none took effect. The next group tries again, so a
//! disk that has space again needs no restart. The result is an [`Outcome`]; the writer sends the
//! replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, DropBehavior, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::BUSY_TIMEOUT;
use super::file_identity::FileIdentity;
use super::member_cache::MemberCache;
use super::transaction::{WriteContext, WriteTx};
use super::writer::{Job, JobOutcome, Reply, Request};
use crate::clock::{Clock, Random};
use crate::store::Change;

/// Jobs per group. Bounds what one disk error can fail.
const GROUP_JOBS: usize = 256;
/// Time to gather a group, so that its first job does not wait too long.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// Least time between two attempts to empty the write-ahead log: each takes a sync or two.
const EMPTYING: Duration = Duration::from_secs(1);
/// Bytes that must fit before writing counts as working again: the largest body.
const PROBE_BYTES: i64 = homing_protocol::limits::BODY_BYTES as i64;

/// The state of the writer, readable by other threads.
#[derive(Default)]
pub(super) struct WriterStatus {
    pub(super) broken: AtomicBool,
    pub(super) groups: AtomicU64,
    pub(super) jobs: AtomicU64,
}

/// The writing connection and its state.
pub(super) struct GroupCommit {
    sql: Connection,
    /// None on a simulated disk.
    file: Option<FileIdentity>,
    pub(super) status: Arc<WriterStatus>,
    pub(super) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    member_cache: MemberCache,
    /// Something was erased that may still stand in the write-ahead log.
    erased: bool,
    /// When it was last tried to empty the log.
    emptied: Option<Instant>,
    /// `PRAGMA data_version` as last seen. It changes when another process commits.
    data_version: Option<i64>,
}

/// The result of a request, before any reply is sent.
#[derive(Default)]
pub(super) struct Outcome {
    committed: Option<Result<(), String>>,
    replies: Vec<Reply>,
    /// The changes, in order.
    pub(super) changes: Vec<Change>,
    /// Callers of a check, answered after the changes.
    pub(super) checked: Vec<oneshot::Sender<()>>,
    /// The caller of close, answered last.
    pub(super) closing: Option<oneshot::Sender<()>>,
}

impl Outcome {
    /// Sends the replies of the jobs.
    pub(super) fn reply(&mut self) {
        if let Some(committed) = self.committed.take() {
            for reply in self.replies.drain(..) {
                reply(committed.clone());
            }
        }
    }
}

impl GroupCommit {
    pub(super) fn new(
        sql: Connection,
        file: Option<FileIdentity>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let (status, member_cache) = (Arc::default(), MemberCache::default());
        Self {
            sql,
            file,
            status,
            clock,
            random,
            member_cache,
            erased: false,
            emptied: None,
            data_version: None,
        }
    }

    /// Handles a request, and groups it with the jobs that wait behind it.
    pub(super) fn handle(
        &mut self,
        request: Request,
        inbox: &mut mpsc::Receiver<Request>,
    ) -> Outcome {
        match request {
            Request::Job(first) => self.group(first, inbox),
            Request::Check(done) => {
                self.probe();
                // Checks are rare enough.
                self.emptied = None;
                Outcome { changes: self.check(), checked: vec![done], ..Outcome::default() }
            }
            Request::Close(done) => Outcome { closing: Some(done), ..Outcome::default() },
        }
    }

    /// Moves the write-ahead log into the database file where possible. The log is complete without
    /// it.
    pub(super) fn finish(&mut self) {
        let _moved = self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    /// Called when a request is answered: removes from the write-ahead log what was erased. If a
    /// reader needs the log, or it was just done, a later call does it, the one at the next
    /// [check](Request::Check) at the latest.
    pub(super) fn empty_log(&mut self) {
        let now = Instant::now();
        if !self.erased || self.emptied.is_some_and(|at| now < at + EMPTYING) {
            return;
        }
        self.emptied = Some(now);
        let emptied = self.try_empty_log();
        if let Err(error) = &emptied {
            tracing::warn!(%error, "what was erased is still in the write-ahead log");
        }
        self.erased = !emptied.unwrap_or(false);
    }

    /// Answers whether no reader was in the way.
    fn try_empty_log(&self) -> rusqlite::Result<bool> {
        // Nobody who writes waits for a reader.
        self.sql.busy_timeout(Duration::ZERO)?;
        let emptied = self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            row.get::<_, bool>(0).map(|is_busy| !is_busy)
        });
        self.sql.busy_timeout(BUSY_TIMEOUT)?;
        emptied
    }

    /// Runs a group in one transaction.
    fn group(&mut self, first: Job, inbox: &mut mpsc::Receiver<Request>) -> Outcome {
        let began = Instant::now();
        let mut changes = Vec::new();
        let mut closing = None;
        let mut checked = Vec::new();
        let mut replies = Vec::new();
        let committed = match self.sql.transaction_with_behavior(TransactionBehavior::Immediate) {
            Err(error) => {
                let why = error.to_string();
                replies.push(first(Err(why.clone())).reply);
                Err(why)
            }
            Ok(mut tx) => {
                // Checked inside the transaction, so that no other process can write in between.
                if has_external_write(&tx, &mut self.data_version) {
                    self.member_cache.clear();
                    changes.push(Change::ExternalWrite);
                }
                let mut broken = None;
                let mut next = Some(first);
                while let Some(job) = next.take() {
                    let run = run_one(
                        &mut tx,
                        job,
                        WriteContext {
                            changes: &mut changes,
                            member_cache: &mut self.member_cache,
                            erased: &mut self.erased,
                            clock: &*self.clock,
                            random: &*self.random,
                        },
                    );
                    broken = run.broken;
                    replies.push(run.reply);
                    let is_full = replies.len() >= GROUP_JOBS || began.elapsed() > GROUP_TIME;
                    if broken.is_some() || is_full {
                        break;
                    }
                    while next.is_none() && closing.is_none() {
                        match inbox.try_recv() {
                            Ok(Request::Job(job)) => next = Some(job),
                            Ok(Request::Check(done)) => checked.push(done),
                            Ok(Request::Close(done)) => closing = Some(done),
                            Err(_) => break,
                        }
                    }
                }
                match broken {
                    Some(why) => Err(why),
                    None => self
                        .file
                        .as_mut()
                        .map_or(Ok(()), FileIdentity::check)
                        .and_then(|()| tx.commit().map_err(|error| error.to_string())),
                }
            }
        };
        self.status.groups.fetch_add(1, Ordering::Relaxed);
        self.status.jobs.fetch_add(replies.len() as u64, Ordering::Relaxed);
        self.status.broken.store(committed.is_err(), Ordering::Relaxed);
        if let Err(why) = &committed {
            tracing::warn!(%why, "the database can't be written; reading goes on");
            self.member_cache.clear();
            changes.retain(|change| *change == Change::ExternalWrite);
        }
        Outcome { committed: Some(committed), replies, changes, checked, closing }
    }

    /// After a failed write, tests whether writing works again, because a readiness check may keep
    /// clients from trying.
    fn probe(&mut self) {
        if !self.status.broken.load(Ordering::Relaxed) {
            return;
        }
        let there = self.file.as_mut().map_or(Ok(()), FileIdentity::check).is_ok();
        let written = there && self.probe_write().is_ok();
        if written {
            tracing::info!("the database can be written again");
        }
        self.status.broken.store(!written, Ordering::Relaxed);
    }

    /// Needs as much space as the largest message, and frees it again.
    fn probe_write(&mut self) -> rusqlite::Result<()> {
        let behavior = TransactionBehavior::Immediate;
        let tx = self.sql.transaction_with_behavior(behavior)?;
        tx.execute_batch("CREATE TABLE probe (room)")?;
        tx.execute("INSERT INTO probe VALUES (zeroblob(?1))", [PROBE_BYTES])?;
        tx.execute_batch("DROP TABLE probe")?;
        tx.commit()
    }

    fn check(&mut self) -> Vec<Change> {
        if has_external_write(&self.sql, &mut self.data_version) {
            self.member_cache.clear();
            vec![Change::ExternalWrite]
        } else {
            Vec::new()
        }
    }
}

/// Whether another process has committed since the last call.
fn has_external_write(sql: &Connection, known: &mut Option<i64>) -> bool {
    let asked = sql.prepare_cached("PRAGMA data_version");
    let version = asked.and_then(|mut version| version.query_row([], |row| row.get(0))).ok();
    let moved = known.is_some() && *known != version;
    *known = version;
    moved
}

fn run_one(tx: &mut rusqlite::Transaction<'_>, job: Job, context: WriteContext<'_>) -> JobOutcome {
    let WriteContext { changes, member_cache, erased, clock, random } = context;
    let before = changes.len();
    let mut savepoint = match tx.savepoint() {
        Ok(savepoint) => savepoint,
        Err(error) => return job(Err(error.to_string())),
    };
    savepoint.set_drop_behavior(DropBehavior::Rollback);
    member_cache.begin();
    let writing = WriteContext {
        changes: &mut *changes,
        member_cache: &mut *member_cache,
        erased,
        clock,
        random,
    };
    let mut run = job(Ok(&mut WriteTx::new(&savepoint, writing)));
    if run.keep {
        if let Err(error) = savepoint.commit() {
            run.broken = Some(error.to_string());
        }
    } else {
        drop(savepoint);
        changes.truncate(before);
        member_cache.roll_back();
    }
    run
}
