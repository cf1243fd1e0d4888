//! The world: machines, a network, people who write, and all that goes wrong.
//!
//! Time goes on in short steps. In each, every machine that is awake runs until the end of the step,
//! in an order that chance decides; what one sends reaches another in a later step. Between steps
//! the world acts: people do things, faults begin and end. All chance comes from the seed, so a seed
//! is a whole story, and the same one every time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use homing_protocol::{Cid, Content, MessageRef, RoomId, Seq, UserId};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::device::{Device, Parts};
use crate::disk::Drive;
use crate::fault::Fault;
use crate::machine::Machine;
use crate::network::{Flow, Network};
use crate::server::Host;
use crate::space::{self, DEVICES, Founded};
use crate::time::At;
use crate::trace::Trace;
use crate::truth::{self, Logged, Truth};
use crate::{Report, person, verdict};

/// How far machines may be apart in time: less than any latency, so nothing arrives before it was
/// sent.
const STEP: u64 = 20;
/// The same while nothing happens for hours.
const LONG_STEP: u64 = 2000;
/// How long people write and things go wrong.
const STORY: u64 = 70_000;
/// How long everything may take to settle afterwards (I8).
pub const SETTLE: u64 = 60_000;
/// Between two looks whether everything has settled.
const LOOK: u64 = 500;
/// Messages in the log before anybody connects, in a world with a long log: more than what a device
/// fetches at once.
const LONG_LOG: usize = 1300;

/// What is to happen.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Somebody does something on a device.
    Act(usize),
    /// Something goes wrong.
    Fail,
    /// A device's line is well again.
    Heal(usize),
    /// A device's program starts.
    Start(usize),
    /// A device wakes up.
    Wake(usize),
    /// The server starts. With a backup it is restored first.
    Serve {
        /// From the backup.
        restored: bool,
    },
    /// The server that was asked to stop is looked after.
    Stopping,
    /// The server's disk has room again.
    Room,
    /// The server's disk is copied.
    BackUp,
}

/// See the [module](self).
pub struct World {
    /// What time it is.
    pub now: At,
    pub(crate) rng: StdRng,
    /// What happened.
    pub trace: Trace,
    pub(crate) network: Arc<Network>,
    pub(crate) server: Host,
    /// Everybody's devices.
    pub devices: Vec<Device>,
    /// The rooms that everybody begins in.
    pub rooms: Vec<RoomId>,
    deeds: BTreeMap<(At, u64), Deed>,
    planned: u64,
    /// Nothing happens before.
    quiet_until: At,
    pub(crate) backup: Option<homing_disk::Image>,
    /// Every event that was ever in a log of this epoch.
    pub(crate) truth: Truth,
    /// Where each room's log begins by now.
    pub(crate) beginnings: BTreeMap<RoomId, Seq>,
    /// The messages that were there before anybody connected.
    pub(crate) before: BTreeSet<Cid>,
    /// Messages that were ever taken back: devices drop what is queued to change them.
    pub(crate) gone: BTreeSet<MessageRef>,
    /// How far everybody has read, as the server says.
    pub(crate) markers: BTreeMap<(RoomId, UserId), Seq>,
    /// Events that the restored backup does not have.
    pub(crate) forgotten: Vec<Cid>,
    /// The newest event of each room that every restored backup had.
    pub(crate) kept: BTreeMap<RoomId, Seq>,
    pub(crate) faults: BTreeMap<&'static str, u32>,
    pub(crate) problems: Vec<String>,
}

impl World {
    /// The world of a seed, as it begins.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let trace = Trace::default();
        let network = Network::new(rng.random());
        let drive = Arc::new(Drive::new(rng.random()));
        let random = Arc::new(space::Dice::new(rng.random()));
        let data = drive.disk.path("");
        let config = space::config(&data, random);
        let messages = if rng.random_ratio(1, 8) { LONG_LOG } else { rng.random_range(0..50) };
        let (founded, began) = found(&drive, &config, messages);
        let mut devices = Vec::new();
        for (line, (record, token)) in founded.devices.into_iter().enumerate() {
            let fast = rng.random_range(20..80);
            network.lay(line, (fast, rng.random_range(1..60)));
            let mut device = Device::new(Parts {
                name: DEVICES.get(line).copied().unwrap_or("device"),
                line,
                record,
                token,
                network: network.clone(),
                trace: trace.clone(),
                seed: rng.random(),
            });
            if rng.random_ratio(1, 4) {
                device.wrong_by = rng.random_range(-86_400_000..=86_400_000);
            }
            devices.push(device);
        }
        let server = Host::new(drive, config, network.clone(), trace.clone());
        let mut world = Self {
            now: began,
            rng,
            trace,
            network,
            server,
            devices,
            rooms: founded.rooms,
            deeds: BTreeMap::new(),
            planned: 0,
            quiet_until: 0,
            backup: None,
            truth: Truth::new(),
            beginnings: BTreeMap::new(),
            before: BTreeSet::new(),
            gone: BTreeSet::new(),
            markers: BTreeMap::new(),
            forgotten: Vec::new(),
            kept: BTreeMap::new(),
            faults: BTreeMap::new(),
            problems: Vec::new(),
        };
        world.note_truth();
        let before = world.truth.values().flatten().filter_map(|logged| logged.entry.cid);
        world.before = before.collect();
        world.begin();
        world
    }

    fn begin(&mut self) {
        self.plan(0, Deed::Serve { restored: false });
        for device in 0..self.devices.len() {
            let (starts, acts) =
                (self.rng.random_range(0..3000), self.rng.random_range(3000..5000));
            self.plan(starts, Deed::Start(device));
            self.plan(acts, Deed::Act(device));
        }
        let first = self.rng.random_range(3000..8000);
        self.plan(first, Deed::Fail);
        let copied = self.rng.random_range(5000..STORY / 2);
        self.plan(copied, Deed::BackUp);
    }

    /// Plays it to the end and says whether the promises were kept.
    #[must_use]
    pub fn play(mut self) -> Report {
        let end = self.now + STORY;
        while self.now < end.max(self.quiet_until) {
            self.go_on();
        }
        self.end()
    }

    /// Faults stop, everything settles, and the promises are looked at.
    pub(crate) fn end(mut self) -> Report {
        self.make_well();
        let deadline = self.now + SETTLE;
        let settled = loop {
            self.devices.iter().for_each(Device::look);
            self.go_on_for(LOOK);
            if self.devices.iter().all(verdict::is_settled) && self.logs_agree() {
                break true;
            }
            if self.now >= deadline {
                break false;
            }
        };
        verdict::judge(self, settled)
    }

    /// Whether every device shows what the server's logs say. Reading them takes a while.
    fn logs_agree(&mut self) -> bool {
        self.devices.iter().for_each(Device::read_logs);
        self.go_on_for(LOOK);
        self.note_truth();
        self.devices.iter().all(|device| verdict::holds_all(device, self))
            && verdict::differences(self).is_empty()
    }

    /// Nothing happens but that the server serves, and this.
    pub(crate) fn plan_only(&mut self, deeds: impl IntoIterator<Item = Deed>) {
        self.deeds.clear();
        self.plan(0, Deed::Serve { restored: false });
        for deed in deeds {
            self.plan(1000, deed);
        }
    }

    /// Lets time pass.
    pub(crate) fn go_on_for(&mut self, millis: u64) {
        let until = self.now + millis;
        while self.now < until {
            self.go_on();
        }
    }

    /// Plans something for later.
    pub(crate) fn plan(&mut self, after: u64, deed: Deed) {
        self.planned += 1;
        self.deeds.insert((self.now + after, self.planned), deed);
    }

    /// Nothing is done and nothing more goes wrong for so long.
    pub(crate) fn be_quiet(&mut self, millis: u64) {
        self.quiet_until = self.now + millis;
    }

    fn go_on(&mut self) {
        while let Some(entry) = self.deeds.first_entry()
            && entry.key().0 <= self.now
        {
            let deed = entry.remove();
            self.happen(deed);
        }
        let step = if self.now < self.quiet_until { LONG_STEP } else { STEP };
        let next = self.deeds.first_key_value().map_or(At::MAX, |((at, _), _)| *at);
        let until = next.min(self.now + step);
        let mut order: Vec<usize> = (0..=self.devices.len()).collect();
        order.shuffle(&mut self.rng);
        for index in order {
            match self.devices.get(index) {
                Some(device) => device.run_until(until),
                None => self.server.run_until(until),
            }
        }
        self.now = until;
    }

    fn happen(&mut self, deed: Deed) {
        match deed {
            Deed::Act(device) => {
                if self.now >= self.quiet_until {
                    person::act(self, device);
                }
                let pause = self.rng.random_range(100..1500);
                self.plan(self.quiet_until.saturating_sub(self.now) + pause, Deed::Act(device));
            }
            Deed::Fail => {
                if self.now >= self.quiet_until {
                    Fault::draw(self).begin(self);
                }
                let pause = self.rng.random_range(500..6000);
                self.plan(self.quiet_until.saturating_sub(self.now) + pause, Deed::Fail);
            }
            Deed::Heal(device) => self.heal(device),
            Deed::Start(device) => {
                let now = self.now;
                if let Some(device) = self.devices.get_mut(device)
                    && !device.is_on()
                {
                    device.start(now);
                }
            }
            Deed::Wake(device) => self.wake(device),
            Deed::Serve { restored } => self.serve(restored),
            Deed::Stopping => {
                if self.server.has_ended() {
                    self.server.kill(self.now);
                    let pause = self.rng.random_range(0..3000);
                    self.plan(pause, Deed::Serve { restored: false });
                } else if self.server.is_on() {
                    self.plan(LOOK, Deed::Stopping);
                }
            }
            Deed::Room => self.server.drive.disk.limit(None),
            Deed::BackUp => {
                self.trace.note(self.now, "world", "the server's disk is copied");
                self.backup = Some(self.server.drive.disk.image());
            }
        }
    }

    fn serve(&mut self, restored: bool) {
        if self.server.is_on() {
            return;
        }
        if restored && let Some(image) = self.backup.clone() {
            self.server.drive.disk.limit(None);
            self.note_truth();
            self.server.drive.disk.restore(image);
            let before = std::mem::take(&mut self.truth);
            self.note_truth();
            for (room, log) in before {
                let restored = self.truth.entry(room).or_default();
                let first = restored.first().map_or(Seq(0), |logged| logged.entry.seq);
                let last = restored.last().map_or(Seq(0), |logged| logged.entry.seq);
                let kept = self.kept.entry(room).or_insert(last);
                *kept = last.min(*kept);
                let lost = log.iter().filter(|logged| logged.entry.seq > last);
                self.forgotten.extend(lost.filter_map(|logged| logged.entry.cid));
                // What a retention rule had dropped before the copy was made.
                let dropped = log.into_iter().filter(|logged| logged.entry.seq < first);
                *restored = dropped.chain(restored.drain(..)).collect();
            }
            for device in &self.devices {
                device.seen().forget_left();
            }
            self.trace.note(self.now, "world", format_args!("{} forgotten", self.forgotten.len()));
        }
        self.server.start(self.now, restored);
    }

    /// Adds what the server's log has by now to what it ever had.
    pub(crate) fn note_truth(&mut self) {
        match truth::read(&self.server.drive) {
            Ok(found) => {
                for (room, log) in found {
                    let known = self.truth.entry(room).or_default();
                    for logged in log {
                        if let Content::Redact(redact) = &logged.content {
                            self.gone.insert(redact.of);
                        }
                        note_event(known, logged);
                    }
                }
            }
            Err(error) => self.problems.push(format!("the server's log can't be read: {error}")),
        }
        if let Ok(beginnings) = truth::beginnings(&self.server.drive) {
            self.beginnings = beginnings;
        }
        if let Ok(markers) = truth::markers(&self.server.drive) {
            self.markers = markers;
        }
    }

    fn heal(&mut self, line: usize) {
        self.network.online(line, true, self.now);
        self.network.flow(line, Flow::Open, Flow::Open, self.now);
        self.network.widen(line, self.now);
    }

    fn wake(&mut self, device: usize) {
        let (now, told, forgotten) = (self.now, self.rng.random(), self.rng.random());
        let Some(device) = self.devices.get_mut(device) else { return };
        let Some(since) = device.asleep else { return };
        self.trace.note(now, device.name, format_args!("wakes after {} s", (now - since) / 1000));
        if forgotten {
            self.network.forget(device.line);
        }
        device.slept(now - since);
        if told {
            device.act(|handle, _, _| async move { handle.woke().await });
        }
    }

    /// Faults stop: everything is on, awake, connected, and has room.
    fn make_well(&mut self) {
        self.trace.note(self.now, "world", "all is well again");
        self.deeds.clear();
        self.server.drive.disk.limit(None);
        if !self.server.is_on() || self.server.is_stopping() {
            self.server.kill(self.now);
            self.serve(false);
        }
        for index in 0..self.devices.len() {
            self.wake(index);
            self.heal(index);
            let now = self.now;
            if let Some(device) = self.devices.get_mut(index) {
                device.drive.disk.limit(None);
                if !device.is_on() {
                    device.start(now);
                }
            }
        }
    }
}

/// Adds an event to a log, or takes what is left of one that is there.
fn note_event(known: &mut Vec<Logged>, logged: Logged) {
    match known.binary_search_by_key(&logged.entry.seq, |known| known.entry.seq) {
        Err(at) if at == known.len() => known.push(logged),
        Ok(at) => {
            if let Some(known) = known.get_mut(at).filter(|known| known.entry == logged.entry) {
                known.content = logged.content;
            }
        }
        // What was not there before can't come later: the checker finds the devices without it.
        Err(_) => {}
    }
}

/// Makes the space on the server's disk, and answers how long that took.
fn found(drive: &Arc<Drive>, config: &homing_server::Config, messages: usize) -> (Founded, At) {
    let machine = Machine::start(0, 0);
    let (sender, mut founded) = tokio::sync::oneshot::channel();
    let (drive, config, clock) = (drive.clone(), config.clone(), machine.clock.clone());
    machine.spawn(async move {
        _ = sender.send(space::found(drive, clock, config, messages).await);
    });
    let mut now = 0;
    loop {
        now += LONG_STEP;
        machine.run_until(now);
        if let Ok(founded) = founded.try_recv() {
            return (founded, now);
        }
        assert!(now < 3_600_000, "the space is made within an hour");
    }
}
