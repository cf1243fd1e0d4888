//! Running a group of jobs in one transaction.
//!
//! Each job runs in a savepoint of its own, so that one refusal does not touch its neighbours. If
//! the commit fails, every job of the group answers the failure and none of them happened; the next
//! group tries again, so a disk that has room again needs no restart. What came of it is handed
//! back as an [`Outcome`]: whom to answer, and when, is the writer's business.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, DropBehavior, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::file_identity::FileIdentity;
use super::transaction::{MemberCache, WriteContext, WriteTx};
use super::writer::{Job, JobOutcome, Reply, Request};
use crate::clock::{Clock, Random};
use crate::store::Change;

/// Jobs of one group: bounds what one failure of the disk can refuse at once.
const GROUP_JOBS: usize = 256;
/// Time for one group to gather, so that the first of it does not wait for a stream of others.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// Bytes that must fit again before writing counts as working: the body of the largest message.
const PROBE_BYTES: i64 = homing_protocol::limits::BODY_BYTES as i64;

/// How writing goes, for whoever asks from outside.
#[derive(Default)]
pub(super) struct WriterStatus {
    pub(super) broken: AtomicBool,
    pub(super) groups: AtomicU64,
    pub(super) jobs: AtomicU64,
}

/// What the writer owns.
pub(super) struct GroupCommit {
    sql: Connection,
    /// None on a simulated disk.
    file: Option<FileIdentity>,
    pub(super) status: Arc<WriterStatus>,
    pub(super) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    member_cache: MemberCache,
    /// `PRAGMA data_version` as last seen: it moves when another process commits.
    data_version: Option<i64>,
}

/// What came of a request. Nobody was answered yet.
#[derive(Default)]
pub(super) struct Outcome {
    committed: Option<Result<(), String>>,
    replies: Vec<Reply>,
    /// The consequences, in order.
    pub(super) changes: Vec<Change>,
    /// Who asked for a check, and is answered after the changes.
    pub(super) checked: Vec<oneshot::Sender<()>>,
    /// Who asked to close, and is answered last.
    pub(super) closing: Option<oneshot::Sender<()>>,
}

impl Outcome {
    /// Answers the callers of the jobs.
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
        Self { sql, file, status, clock, random, member_cache, data_version: None }
    }

    /// Does what is asked for, and more of the same that waits behind it.
    pub(super) fn handle(
        &mut self,
        request: Request,
        inbox: &mut mpsc::Receiver<Request>,
    ) -> Outcome {
        match request {
            Request::Job(first) => self.group(first, inbox),
            Request::Check(done) => {
                self.probe();
                Outcome { changes: self.check(), checked: vec![done], ..Outcome::default() }
            }
            Request::Close(done) => Outcome { closing: Some(done), ..Outcome::default() },
        }
    }

    /// Leaves one tidy file behind where possible; the write-ahead log is complete without it.
    pub(super) fn finish(&mut self) {
        let _moved = self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
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
                // Inside the transaction, so that nobody can write between looking and writing.
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
                        &mut self.member_cache,
                        &mut changes,
                        (&*self.clock, &*self.random),
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

    /// After a failure, whether writing works again. Otherwise only a write would tell, and who
    /// waits until the server is ready lets nobody write.
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

    /// Needs as much new room as the largest message, and leaves it free.
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

/// Whether another process committed since the last time.
fn has_external_write(sql: &Connection, known: &mut Option<i64>) -> bool {
    let asked = sql.prepare_cached("PRAGMA data_version");
    let version = asked.and_then(|mut version| version.query_row([], |row| row.get(0))).ok();
    let moved = known.is_some() && *known != version;
    *known = version;
    moved
}

fn run_one(
    tx: &mut rusqlite::Transaction<'_>,
    job: Job,
    member_cache: &mut MemberCache,
    changes: &mut Vec<Change>,
    (clock, random): (&dyn Clock, &dyn Random),
) -> JobOutcome {
    let before = changes.len();
    let mut savepoint = match tx.savepoint() {
        Ok(savepoint) => savepoint,
        Err(error) => return job(Err(error.to_string())),
    };
    savepoint.set_drop_behavior(DropBehavior::Rollback);
    member_cache.begin();
    let writing = WriteContext { changes, member_cache, clock, random };
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
