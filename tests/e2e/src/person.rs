//! Somebody with a device: an engine, its store on disk, and a record of what was seen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use homing_engine::clock::{Seed, SystemClock};
use homing_engine::net::dialer::Dialer;
use homing_engine::session::{self, Secret, SecretError, SecretStore};
use homing_engine::store::Store;
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::timeouts::Timeouts;
use homing_engine::view::{ConnectionState, TimelinePosition};
use homing_engine::{Config, Deps, Engine, Handle, SpaceRecord, TimelineWindow};
use homing_protocol::{Cid, JoinLink, RoomId, Seq};
use homing_testkit::history::{DeviceHistory, LogEntry};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::fuse::Fuse;
use crate::record;

/// How long what must come may take (I8).
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A connection for impatient tests: the same rules, a hundred times faster.
#[must_use]
pub fn hasty() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(2),
        greet: Duration::from_secs(2),
        grace: Duration::from_secs(1),
        probe_every: Duration::from_secs(3),
        probe_answer: Duration::from_millis(500),
        send_answer: Duration::from_millis(500),
        probe_least: Duration::from_millis(200),
        backoff_first: Duration::from_millis(20),
        backoff_most: Duration::from_millis(100),
        backoff_forget: Duration::from_secs(1),
        attempts_window: Duration::from_millis(100),
    }
}

/// A keyring in memory.
#[derive(Debug, Default)]
pub struct Keyring(Mutex<BTreeMap<String, Secret>>);

impl Keyring {
    fn held(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SecretError>> + Send + 'a>>;

impl SecretStore for Keyring {
    fn get<'a>(&'a self, name: &'a str) -> Answer<'a, Option<Secret>> {
        let found = self.held().get(name).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> Answer<'a, ()> {
        self.held().insert(name.to_owned(), secret);
        Box::pin(std::future::ready(Ok(())))
    }

    fn delete<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        self.held().remove(name);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Somebody with a device. See the [module](self).
pub struct Person {
    /// Who and where.
    pub record: SpaceRecord,
    /// Their engine.
    pub handle: Handle,
    /// Their disk.
    pub disk: Arc<Fuse>,
    keyring: Arc<Keyring>,
    database: PathBuf,
    seed: u64,
    timeouts: Timeouts,
    seen: Arc<Mutex<DeviceHistory>>,
    /// The engine's own, so that it can end in the middle of anything.
    runtime: Option<Runtime>,
}

impl Person {
    /// Comes in by a join link, with a database in `folder`.
    ///
    /// # Panics
    /// When the server will not have them, or the folder can't be written.
    pub async fn join(link: &JoinLink, name: &str, folder: PathBuf, seed: u64) -> Self {
        Self::join_with(link, name, folder, seed, hasty()).await
    }

    /// The same, with other durations of the connection.
    ///
    /// # Panics
    /// As [`join`](Self::join).
    pub async fn join_with(
        link: &JoinLink,
        name: &str,
        folder: PathBuf,
        seed: u64,
        timeouts: Timeouts,
    ) -> Self {
        let key = attempt(seed);
        let (record, token) =
            session::join(link, name, None, "test", key, &Dialer::new(Vec::new()))
                .await
                .expect("the server takes the invitation");
        let keyring = Arc::new(Keyring::default());
        keyring.held().insert(record.secret_name(), token);
        let database = folder.join(format!("{name}.db"));
        let seen = Arc::default();
        Self::start(record, keyring, database, (seed, timeouts), seen).await
    }

    async fn start(
        record: SpaceRecord,
        keyring: Arc<Keyring>,
        database: PathBuf,
        (seed, timeouts): (u64, Timeouts),
        seen: Arc<Mutex<DeviceHistory>>,
    ) -> Self {
        let store = SqliteStore::open(&database).await.expect("a database on a healthy disk");
        let disk = Arc::new(Fuse::new(store));
        let deps = Deps {
            store: disk.clone(),
            connector: Arc::new(Dialer::new(Vec::new())),
            secrets: keyring.clone(),
            clock: Arc::new(SystemClock),
            seed: Seed::from_number(seed),
            config: Config { timeouts, ..Config::new("e2e 0") },
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("this machine has a thread to spare");
        let (to, heard) = (record.clone(), seen.clone());
        let start = async move {
            let handle = Engine::start(to, deps, CancellationToken::new()).await;
            let handle = handle.expect("the store can be read");
            listen(handle.clone(), heard).await;
            handle
        };
        let handle = runtime.spawn(start).await.expect("the engine starts");
        let runtime = Some(runtime);
        Self { record, handle, disk, keyring, database, seed, timeouts, seen, runtime }
    }

    /// Dies as a process does under kill -9, and starts again on what is on the disk. What was
    /// recorded goes on.
    #[must_use]
    pub async fn die_and_rise(mut self) -> Self {
        self.die();
        // What the disk was given before, it writes; nothing of it may come later than the rising.
        self.disk.close().await;
        let (record, keyring) = (self.record.clone(), self.keyring.clone());
        let (database, seen) = (self.database.clone(), self.seen.clone());
        Self::start(record, keyring, database, (self.seed + 1000, self.timeouts), seen).await
    }

    /// The engine's tasks end wherever they are; nothing is flushed on the way.
    fn die(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// The same device with nothing on its disk: what it comes to hold is the server's log.
    #[must_use]
    pub async fn forget_everything(mut self) -> Self {
        self.die();
        let (record, keyring) = (self.record.clone(), self.keyring.clone());
        let database = self.database.with_extension("new.db");
        let life = (self.seed + 2000, self.timeouts);
        Self::start(record, keyring, database, life, Arc::default()).await
    }

    /// Writes, and records that the message is on the disk.
    ///
    /// # Panics
    /// When it can't be queued.
    pub async fn write(&self, room: RoomId, text: String) -> Cid {
        let cid = self.handle.send(room, text).await.expect("a healthy disk");
        self.seen().written.push(cid);
        cid
    }

    /// Waits until nothing is queued and nothing is missing, for at most a minute (I8).
    ///
    /// # Panics
    /// When it takes longer.
    pub async fn settle(&self) {
        let begin = Instant::now();
        loop {
            let (_, overview) = self.handle.overview().await.expect("the engine runs");
            let up = matches!(overview.connection, ConnectionState::UpToDate { .. });
            if up && overview.outbox.waiting == 0 {
                return;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "I8: {} is not done after a minute: {:?}, {:?}",
                self.record.user_name,
                overview.connection,
                overview.outbox,
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until this device holds all of the room up to `head`, for at most a minute.
    ///
    /// # Panics
    /// When it takes longer.
    pub async fn reach(&self, room: RoomId, head: Seq) {
        let begin = Instant::now();
        loop {
            let log = self.log(room).await;
            let whole = u64::try_from(log.len()).is_ok_and(|length| length == head.0);
            if whole && log.last().map(|entry| entry.seq) == Some(head) {
                return;
            }
            let held = log.len();
            assert!(begin.elapsed() < PATIENCE, "I8: {held} of {head} are here");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The room that everybody is in, once it is known.
    ///
    /// # Panics
    /// When the engine has stopped.
    pub async fn entrance(&self) -> RoomId {
        loop {
            let (_, overview) = self.handle.overview().await.expect("the engine runs");
            if let Some(room) = overview.rooms.first() {
                return room.id;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// The whole log of a room, as it is on this device.
    ///
    /// # Panics
    /// When a hole does not fill itself.
    pub async fn log(&self, room: RoomId) -> Vec<LogEntry> {
        let mut log: Vec<LogEntry> = Vec::new();
        loop {
            let after = log.last().map_or(Seq(0), |entry| entry.seq);
            let window = TimelineWindow::After(after);
            let page = self.handle.timeline(room, window, 500).await.expect("a known room");
            let before = log.len();
            log.extend(page.items.into_iter().filter_map(|item| match item.place {
                TimelinePosition::Log(seq) => {
                    Some(LogEntry { seq, id: None, cid: item.key.parse().ok() })
                }
                TimelinePosition::Outbox(_) => None,
            }));
            if log.len() == before {
                return log;
            }
        }
    }

    /// What this device did and saw, with what it holds now.
    ///
    /// # Panics
    /// When the engine has stopped.
    pub async fn account(&self, room: RoomId) -> DeviceHistory {
        let log = self.log(room).await;
        let outbox = self.handle.outbox().await.expect("the engine runs");
        let mut device = self.saw();
        device.log = log;
        device.outbox = outbox.into_iter().map(|queued| queued.cid).collect();
        device
    }

    /// What this device did and saw so far.
    #[must_use]
    pub fn saw(&self) -> DeviceHistory {
        self.seen().clone()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, DeviceHistory> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn attempt(seed: u64) -> Cid {
    let (high, low) = (0x0190_0000_0000_7000_u128 << 64, 0x8000_0000_0000_0000_u128);
    format!("{:032x}", high | low | u128::from(seed)).parse().expect("32 hexadecimal digits")
}

impl Drop for Person {
    fn drop(&mut self) {
        self.die();
    }
}

/// Records what the engine tells, for as long as its runtime lasts.
#[expect(clippy::disallowed_methods, reason = "ends with the runtime of its person")]
async fn listen(handle: Handle, seen: Arc<Mutex<DeviceHistory>>) {
    let (_, _, mut batches) = handle.subscribe().await.expect("the engine runs");
    tokio::spawn(async move {
        while let Ok(Some(batch)) = batches.recv().await {
            record::note(&batch, None, &mut seen.lock().unwrap_or_else(PoisonError::into_inner));
        }
    });
}
