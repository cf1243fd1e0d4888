//! Somebody's device: an engine on a machine of its own, and what was seen on its screen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_e2e::person::Keyring;
use homing_e2e::record;
use homing_engine::clock::Seed;
use homing_engine::diff::{Batch, Diff};
use homing_engine::secret::{Secret, SecretStore};
use homing_engine::store::Store;
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::view::{ConnectionState, PendingChange, Preview, TimelinePosition};
use homing_engine::{Config, Deps, Engine, Handle, SpaceRecord, TimelineWindow};
use homing_protocol::{Cid, Content, Epoch, RoomId, Seq};
use homing_testkit::history;
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use crate::disk::Drive;
use crate::machine::Machine;
use crate::network::{Dialer, LineId, Network, Side};
use crate::recount::Shown;
use crate::space::OWNER;
use crate::time::{At, Clock};
use crate::trace::Trace;
use crate::writing::Writer;

/// Rows asked for at once when a log is read.
const ROWS: u32 = 500;

/// A row of a log, as the device shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place and its name.
    pub entry: history::LogEntry,
    /// What it shows, if it is a message.
    pub shown: Option<Shown>,
    /// The newest change that is still queued.
    pub change: Option<PendingChange>,
}

/// What a device's list of rooms says of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// How far the person has read.
    pub read: Seq,
    /// Unread messages, and those that mention them.
    pub unread: (u32, u32),
    /// The last message.
    pub last: Option<Preview>,
}

/// What was done and seen on a device. Survives its crashes, as the person before it does.
#[derive(Debug, Default)]
pub struct Seen {
    /// As the checker wants it, by room.
    pub rooms: BTreeMap<RoomId, history::DeviceHistory>,
    /// What was written, once the engine had answered.
    pub contents: BTreeMap<Cid, Content>,
    /// What may have been changed or discarded, as that was never answered.
    pub unsure: BTreeSet<Cid>,
    /// What was discarded before it was sent.
    pub taken_back: BTreeSet<Cid>,
    /// Each room's log, as last read from the device.
    pub logs: BTreeMap<RoomId, Vec<Row>>,
    /// The list of rooms, read after their logs.
    pub list: BTreeMap<RoomId, Listed>,
    /// The link as last read, and what still waited to be sent.
    pub status: Option<(ConnectionState, u32)>,
    /// Rooms that it is out of, and those that came back.
    pub out: BTreeSet<RoomId>,
    /// See `out`.
    pub came_back: BTreeSet<RoomId>,
    /// The life of the server's database that the device's own is about, as last read from it.
    pub epoch: Option<Epoch>,
    /// What must never happen and did.
    pub problems: Vec<String>,
}

impl Seen {
    /// The server is another one from now on: what was received of a room that is left has no place
    /// in its log. Of the others it is told by the device that starts them anew.
    pub fn forget_left(&mut self) {
        for room in &self.out {
            self.rooms.entry(*room).or_default().received.clear();
        }
    }

    /// It was discarded before it was sent.
    pub fn discarded(&mut self, room: RoomId, cid: Cid) {
        self.untracked(room, cid);
        self.taken_back.insert(cid);
    }

    /// Nothing more is known of it: it may go on under another name, or at another place.
    pub fn untracked(&mut self, room: RoomId, cid: Cid) {
        self.rooms.entry(room).or_default().written.retain(|written| *written != cid);
        self.contents.remove(&cid);
    }

    /// Another life of the server's database: places and markers mean something else.
    fn start_anew(device: &mut history::DeviceHistory) {
        device.shown.clear();
        device.received.clear();
        device.read.clear();
        // What is unread there is news once more; which of it had been told nobody knows.
        device.announced.clear();
    }

    /// The device's database is about this life of the server's. That it is another one was told to
    /// nobody if the device's power went between the two.
    fn read_epoch(&mut self, epoch: Option<Epoch>) {
        if self.epoch.is_some() && self.epoch != epoch {
            self.rooms.values_mut().for_each(Self::start_anew);
        }
        self.epoch = epoch;
    }
}

/// What a device stands on, and what comes along from life to life.
#[derive(Debug)]
pub struct Device {
    /// What it is called in the trace.
    pub name: &'static str,
    /// Its line to the server.
    pub line: LineId,
    /// Whose and which.
    pub record: SpaceRecord,
    /// Its disk.
    pub drive: Arc<Drive>,
    /// What its wall clock is wrong by, in milliseconds.
    pub wrong_by: i64,
    /// It is not run: nothing happens there, and it does not know.
    pub asleep: Option<At>,
    keyring: Arc<Keyring>,
    network: Arc<Network>,
    trace: Trace,
    keyboard: Arc<tokio::sync::Mutex<()>>,
    seed: u64,
    lives: u64,
    machine: Option<Machine>,
    handle: Arc<Mutex<Option<Handle>>>,
    seen: Arc<Mutex<Seen>>,
}

/// What a device needs to be made.
pub struct Parts {
    /// What it is called in the trace.
    pub name: &'static str,
    /// Its line to the server.
    pub line: LineId,
    /// Whose and which.
    pub record: SpaceRecord,
    /// Its token.
    pub token: String,
    /// The network.
    pub network: Arc<Network>,
    /// Where it is noted.
    pub trace: Trace,
    /// Of all its chance.
    pub seed: u64,
}

impl Device {
    /// A device that is switched off.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { name, line, record, token, network, trace, seed } = parts;
        let keyring = Arc::new(Keyring::default());
        // A keyring in memory takes it at once.
        drop(keyring.set(&record.secret_name(), Secret::new(token)));
        let drive = Arc::new(Drive::new(seed));
        Self {
            name,
            line,
            record,
            drive,
            wrong_by: 0,
            asleep: None,
            keyring,
            network,
            trace,
            keyboard: Arc::default(),
            seed,
            lives: 0,
            machine: None,
            handle: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// What was seen on it.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    /// Whether its program runs, or would if the device were awake.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.machine.is_some()
    }

    /// Starts the program.
    pub fn start(&mut self, now: At) {
        self.lives += 1;
        let machine = Machine::start(now, self.wrong_by);
        let life = Life {
            name: self.name,
            database: self.drive.disk.path("device.db"),
            drive: self.drive.clone(),
            record: self.record.clone(),
            keyring: self.keyring.clone(),
            dialer: Dialer {
                network: self.network.clone(),
                line: self.line,
                clock: machine.clock.clone(),
            },
            seed: Seed::from_number(self.seed.wrapping_mul(1000).wrapping_add(self.lives)),
            clock: machine.clock.clone(),
            trace: self.trace.clone(),
            handle: self.handle.clone(),
            seen: self.seen.clone(),
        };
        machine.spawn(life.live());
        self.machine = Some(machine);
    }

    /// Ends the program as kill -9 does: its connections are closed by the system.
    pub fn kill(&mut self, now: At) {
        self.drive.disk.unplug();
        self.network.leave(self.line, Side::Device, now);
        self.end();
    }

    /// Ends it as a loss of power does.
    pub fn lose_power(&mut self, rng: &mut StdRng) {
        self.network.forget(self.line);
        self.drive.disk.lose_power(rng);
        self.end();
    }

    fn end(&mut self) {
        *lock(&self.handle) = None;
        self.machine = None;
        self.asleep = None;
    }

    /// Lets it run until a time of the world, if it is on and awake.
    pub fn run_until(&self, at: At) {
        if self.asleep.is_none()
            && let Some(machine) = &self.machine
        {
            machine.run_until(at);
        }
    }

    /// It slept for so long.
    pub fn slept(&mut self, millis: u64) {
        self.asleep = None;
        if let Some(machine) = &self.machine {
            machine.clock.slept(millis);
        }
    }

    /// Sets its wall clock wrong.
    pub fn jump(&mut self, wrong_by: i64) {
        self.wrong_by = wrong_by;
        if let Some(machine) = &self.machine {
            machine.clock.set_wrong_by(wrong_by);
        }
    }

    /// Does something with the engine, if it runs and somebody can be at the device.
    pub fn act<F>(&self, what: impl FnOnce(Handle, Arc<Mutex<Seen>>, Journal) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if let Some(machine) = &self.machine
            && self.asleep.is_none()
            && let Some(handle) = lock(&self.handle).clone()
        {
            let journal = Journal {
                name: self.name,
                trace: self.trace.clone(),
                clock: machine.clock.clone(),
                keyboard: self.keyboard.clone(),
            };
            machine.spawn(what(handle, self.seen.clone(), journal));
        }
    }

    /// Writes there, if somebody can.
    pub fn write<F>(&self, what: impl FnOnce(Writer) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (me, owner) = (self.record.user, self.record.user_name == OWNER);
        self.act(|handle, seen, journal| what(Writer { me, owner, handle, seen, journal }));
    }

    /// Asks the engine how it stands; the answer is in what was seen, later.
    pub fn look(&self) {
        self.seen().status = None;
        self.act(|handle, seen, _| async move {
            if let Ok((_, overview)) = handle.overview().await {
                lock(&seen).status = Some((overview.connection, overview.outbox.waiting));
            }
        });
    }

    /// Reads the logs of all its rooms; they are in what was seen, later.
    pub fn read_logs(&self) {
        self.seen().logs.clear();
        self.act(|handle, seen, _| async move {
            let Ok((_, overview)) = handle.overview().await else { return };
            let mut logs = BTreeMap::new();
            for room in overview.rooms {
                match read_log(&handle, room.id).await {
                    Some(log) => _ = logs.insert(room.id, log),
                    None => return,
                }
            }
            let outbox = handle.outbox().await.unwrap_or_default();
            let Ok((_, overview)) = handle.overview().await else { return };
            let list = overview.rooms.into_iter().map(|room| {
                let unread = (room.unread, room.mentions);
                (room.id, Listed { read: room.read, unread, last: room.last })
            });
            let mut seen = lock(&seen);
            seen.list = list.collect();
            for queued in &outbox {
                seen.rooms.entry(queued.room).or_default().outbox.insert(queued.cid);
            }
            seen.logs = logs;
        });
    }
}

/// A poisoned lock is only one of a test that fails anyway.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes what a device does.
#[derive(Debug, Clone)]
pub struct Journal {
    name: &'static str,
    trace: Trace,
    clock: Arc<Clock>,
    /// A person types one message after the other, however slow the disk is.
    pub keyboard: Arc<tokio::sync::Mutex<()>>,
}

impl Journal {
    /// Notes that something happened there now.
    pub fn note(&self, what: impl std::fmt::Display) {
        self.trace.note(self.clock.world(), self.name, what);
    }
}

async fn read_log(handle: &Handle, room: RoomId) -> Option<Vec<Row>> {
    let mut log: Vec<Row> = Vec::new();
    loop {
        let after = log.last().map_or(Seq(0), |row| row.entry.seq);
        let page = handle.timeline(room, TimelineWindow::After(after), ROWS).await.ok()?;
        let before = log.len();
        for item in page.items {
            if let TimelinePosition::Log(seq) = item.place {
                let entry = history::LogEntry { seq, id: None, cid: item.key.parse().ok() };
                let change = item.change.clone();
                log.push(Row { entry, shown: Shown::of(item), change });
            }
        }
        if log.len() == before {
            return Some(log);
        }
    }
}

/// One run of the program.
struct Life {
    name: &'static str,
    database: PathBuf,
    drive: Arc<Drive>,
    record: SpaceRecord,
    keyring: Arc<Keyring>,
    dialer: Dialer,
    seed: Seed,
    clock: Arc<Clock>,
    trace: Trace,
    handle: Arc<Mutex<Option<Handle>>>,
    seen: Arc<Mutex<Seen>>,
}

impl Life {
    async fn live(self) {
        let Self { database, drive, record, keyring, dialer, seed, clock, .. } = self;
        let (trace, clock_there) = (self.trace, clock.clone());
        let keyboard = Arc::default();
        let journal = Journal { name: self.name, trace, clock: clock_there, keyboard };
        let store = match SqliteStore::open_on(drive, &database) {
            Ok(store) => store,
            Err(error) => {
                lock(&self.seen).problems.push(format!("{}: {error}", self.name));
                return;
            }
        };
        let store: Arc<dyn Store> = Arc::new(store);
        if let Ok(loaded) = store.load().await {
            lock(&self.seen).read_epoch(loaded.sync.epoch);
        }
        let deps = Deps {
            store: store.clone(),
            connector: Arc::new(dialer),
            secrets: keyring,
            clock,
            seed,
            config: Config::new("sim 0"),
        };
        let handle = match Engine::start(record, deps, CancellationToken::new()).await {
            Ok(handle) => handle,
            Err(error) => {
                lock(&self.seen).problems.push(format!("{}: {error}", self.name));
                return;
            }
        };
        journal.note("starts");
        *lock(&self.handle) = Some(handle.clone());
        while let Ok((_, _, mut batches)) = handle.subscribe().await {
            loop {
                match batches.recv().await {
                    Ok(Some(batch)) => {
                        note(&batch, &mut lock(&self.seen), &journal);
                        let anew = |diff: &Diff| matches!(diff, Diff::TimelineReset { .. });
                        if batch.diffs.iter().any(anew)
                            && let Ok(loaded) = store.load().await
                        {
                            lock(&self.seen).epoch = loaded.sync.epoch;
                        }
                    }
                    Ok(None) => return,
                    // It fell behind, and takes the overview anew.
                    Err(_) => break,
                }
            }
        }
    }
}

fn note(batch: &Batch, seen: &mut Seen, journal: &Journal) {
    let (mut rooms, mut gone) = (BTreeSet::new(), BTreeSet::new());
    rooms.extend(batch.incoming.iter().map(|incoming| incoming.event.room));
    for diff in &batch.diffs {
        match diff {
            Diff::Room { room } => {
                rooms.insert(room.id);
                if seen.out.remove(&room.id) {
                    journal.note(format_args!("is back in {}", room.id));
                    seen.came_back.insert(room.id);
                    seen.rooms.entry(room.id).or_default().received.clear();
                }
            }
            Diff::Items { room, items } => {
                rooms.insert(*room);
                for item in items {
                    let (key, delivery) = (&item.key, &item.delivery);
                    journal.note(format_args!("shows {key} at {:?} {delivery:?}", item.place));
                }
            }
            Diff::Connection { connection: link } => journal.note(format_args!("{link:?}")),
            Diff::TimelineReset { room } => {
                journal.note(format_args!("starts {room} anew"));
                Seen::start_anew(seen.rooms.entry(*room).or_default());
            }
            Diff::Holes { room, holes } => journal.note(format_args!("{room} lacks {holes:?}")),
            Diff::RoomGone { room } => {
                journal.note(format_args!("is out of {room}"));
                rooms.insert(*room);
                gone.insert(*room);
                seen.out.insert(*room);
            }
            _ => {}
        }
    }
    for room in rooms {
        let device = seen.rooms.entry(room).or_default();
        record::note(batch, Some(room), device);
        if gone.contains(&room) || seen.out.contains(&room) {
            // Should it come back, what is told of it then is news.
            device.shown.clear();
            device.read.clear();
            device.announced.clear();
        }
    }
}
