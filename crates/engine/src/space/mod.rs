//! One space, wired: the only place where link, outbox, sync and session meet.
//!
//! One task takes an input (a request of a handle, a report of the link, a deadline), asks the pure
//! parts what follows, and gathers that in a [`Step`]: changes to store, frames to send, diffs to
//! tell, answers to give. Then the changes are committed in one local transaction, and only after
//! that anything leaves this task. So nothing is ever shown, answered or sent that a crash could
//! take back. Inputs that wait together share a step: a burst of events costs one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_protocol::{ClientFrame, Limits, Person, RoomId, Seq, UserId};
use rand::rngs::StdRng;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::event::{Batch, Diff, Subscription};
use crate::input::{Input, Reply};
use crate::link::{ConnectionId, Fault, Phase, Report, Steering};
use crate::outbox::Worker;
use crate::session::SpaceRecord;
use crate::store::{Change, Loaded, Store, StoreError, SyncPoint};
use crate::sync::{Backfill, Own, Receipts};
use crate::timeouts::STORE_RETRY;
use crate::view::{Ask, Link, Overview, Queued, Status};

mod announcer;
mod asking;
mod frames;
mod model;
mod mutes;
mod requests;
mod step;
mod timeline;

use announcer::Announcer;
use asking::Asking;
use model::KnownRoom;
use step::Step;
use timeline::Waiting;

/// Batches that a slow listener may be behind before it has to start anew. A screen takes a few
/// dozen a second.
pub(crate) const BATCHES: usize = 256;
/// Reports that may share one step, and requests, so that the first of them is not kept waiting for
/// the last.
const STEP_INPUTS: usize = 64;

/// What a space's task stands on.
pub(crate) struct Ground {
    pub(crate) record: SpaceRecord,
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: StdRng,
    pub(crate) steering: Steering,
    pub(crate) inputs: mpsc::Receiver<Input>,
    pub(crate) stop: CancellationToken,
    /// Told what is wrong with the store, if that ends the task.
    pub(crate) fate: watch::Sender<Option<StoreError>>,
}

/// The task of one space.
pub(crate) struct Space {
    ground: Ground,
    batches: broadcast::Sender<Arc<Batch>>,
    number: u64,

    // What can be read from the store again.
    sync: SyncPoint,
    rooms: BTreeMap<RoomId, KnownRoom>,
    people: BTreeMap<UserId, Person>,
    worker: Worker,
    backfill: Backfill,
    own: Own,

    // What a restart forgets.
    receipts: Receipts,
    presence: BTreeMap<UserId, homing_protocol::frame::Presence>,
    /// Where the link was last, without a connection.
    phase: Phase,
    /// The same as it is to be shown.
    down: Link,
    asking: Asking,
    online: Option<Online>,
    /// The connection that frames are taken from, from its opening on.
    connection: Option<ConnectionId>,
    link: Link,
    rtt_ms: Option<u32>,
    looking: Option<RoomId>,
    active: Option<bool>,
    announcer: Announcer,
    /// What was last told of the person's own status.
    status: Status,
    /// The time by which the ends of mutes were told.
    unmuted: i64,
    typed: Option<(RoomId, Instant)>,
    announced: Vec<(RoomId, Reply<()>)>,
    waiting: Vec<Waiting>,
    /// Who asked for the outbox, and hears of it when it is durable. As many as fit in a step.
    asked: Vec<Reply<Vec<Queued>>>,
    /// What is wrong with the store, if it can't go on with it.
    damage: Option<StoreError>,
}

/// A connection that has been welcomed.
struct Online {
    limits: Limits,
    /// The server's clock at `welcome`. What it committed later has just happened, whichever way
    /// it came here: a digest, a hint and a push race each other.
    since: i64,
    /// Every digest of the answer to `hello` is here.
    digested: bool,
    /// The digests name all rooms: those that were named. What is not among them is left.
    named: Option<std::collections::BTreeSet<RoomId>>,
    /// Rooms that the own stream says the viewer is in and that no digest has described, and until
    /// when one must.
    undescribed: BTreeMap<RoomId, Instant>,
}

enum Event {
    Stop,
    Input(Input),
    Report(Report),
    Deadline,
}

impl Space {
    /// Reads the store. Nothing runs yet.
    pub(crate) async fn new(ground: Ground) -> Result<Self, StoreError> {
        let asking = Asking::new(ground.config.ask_after);
        let link = Link::Connecting { attempt: 0, ask: Ask::NotYet };
        let unmuted = ground.clock.now_ms();
        let mut space = Self {
            ground,
            batches: broadcast::Sender::new(BATCHES),
            number: 0,
            sync: SyncPoint::default(),
            rooms: BTreeMap::new(),
            people: BTreeMap::new(),
            worker: Worker::new(Vec::new()),
            backfill: Backfill::default(),
            own: Own::default(),
            receipts: Receipts::default(),
            presence: BTreeMap::new(),
            phase: Phase::Connecting { attempt: 0 },
            down: link.clone(),
            asking,
            online: None,
            connection: None,
            link,
            rtt_ms: None,
            looking: None,
            active: None,
            announcer: Announcer::default(),
            status: Status::default(),
            unmuted,
            typed: None,
            announced: Vec::new(),
            waiting: Vec::new(),
            asked: Vec::new(),
            damage: None,
        };
        space.load().await?;
        Ok(space)
    }

    /// Runs until told to stop, or until the store is gone for good.
    pub(crate) async fn run(mut self) {
        loop {
            let mut step = Step::default();
            let event = self.next().await;
            if matches!(event, Event::Stop) {
                break;
            }
            self.take(event, &mut step);
            // So many of each, or a server that never stops would keep the person waiting for ever.
            for _ in 0..STEP_INPUTS {
                let Ok(report) = self.ground.steering.reports.try_recv() else { break };
                self.report(report, &mut step);
            }
            for _ in 0..STEP_INPUTS {
                let Ok(input) = self.ground.inputs.try_recv() else { break };
                self.request(input, &mut step);
            }
            self.advance(&mut step);
            if let Err(error) = self.finish(step).await
                && !self.recover(error).await
            {
                break;
            }
        }
        // Whoever still holds a handle hears that it is over.
        self.ground.inputs.close();
        self.ground.store.close().await;
        // Told once the file is closed: whoever waits for this may move it.
        _ = self.ground.fate.send(self.damage);
    }

    async fn next(&mut self) -> Event {
        let deadline = self.deadline();
        let due = async {
            match deadline {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.ground.stop.cancelled() => Event::Stop,
            Some(report) = self.ground.steering.reports.recv() => Event::Report(report),
            Some(input) = self.ground.inputs.recv() => Event::Input(input),
            () = due => Event::Deadline,
        }
    }

    fn take(&mut self, event: Event, step: &mut Step) {
        match event {
            Event::Stop | Event::Deadline => {}
            Event::Input(input) => self.request(input, step),
            Event::Report(report) => self.report(report, step),
        }
    }

    fn report(&mut self, report: Report, step: &mut Step) {
        match report {
            Report::Down(phase) => {
                self.disconnected(step);
                self.asking.seen(&phase);
                self.phase = phase;
                self.redraw();
            }
            Report::Open { connection, attempt, last_close } => {
                self.connection = Some(connection);
                let hello = self.hello(attempt, last_close);
                // Nothing has been changed that it could be ahead of.
                self.ground.steering.send(connection, hello);
            }
            Report::Welcome { connection, welcome } => {
                if self.connection == Some(connection) {
                    self.welcome(*welcome, step);
                }
            }
            Report::Frame { connection, frame } => {
                if self.connection == Some(connection) {
                    self.frame(frame, step);
                }
            }
            Report::Travelling => {
                let now = Instant::now();
                self.worker.travelling(now);
                self.backfill.travelling(now);
                self.own.travelling(now);
            }
            Report::RoundTrip { millis } => self.rtt_ms = Some(millis),
        }
    }

    /// What may leave now, of everything that waits.
    fn advance(&mut self, step: &mut Step) {
        let now = Instant::now();
        self.undescribed(now, step);
        self.unmute(step);
        match self.worker.overdue(now) {
            Ok(items) => self.waits_again(items, step),
            Err(unanswered) => self.broken(&unanswered, step),
        }
        let owed = [self.backfill.owed(), self.own.owed()].into_iter().flatten().min();
        if owed.is_some_and(|until| now >= until) {
            self.broken(&"no response to a pull", step);
        }
        for batch in self.worker.poll(now) {
            step.offered(batch, self.ground.record.user);
        }
        step.frames.extend(self.backfill.poll(now).into_iter().map(ClientFrame::Pull));
        step.frames.extend(self.own.poll(now));
        step.changes.extend(self.own.handed().into_iter().map(Change::Own));
        step.frames.extend(self.receipts.poll(now).map(ClientFrame::Ack));
        let whereabouts = self.whereabouts();
        step.frames.extend(self.announcer.poll(now, whereabouts));
    }

    fn deadline(&self) -> Option<Instant> {
        let waiting = self.waiting.iter().map(|waiting| waiting.until).min();
        let undescribed = self.online.iter().flat_map(|online| online.undescribed.values());
        let parts = [
            self.worker.deadline(),
            self.worker.owed(),
            self.backfill.deadline(),
            self.backfill.owed(),
            self.own.deadline(),
            self.own.owed(),
            self.receipts.deadline(),
            self.announcer.deadline(),
            undescribed.min().copied(),
            self.next_unmute(),
            waiting,
        ];
        parts.into_iter().flatten().min()
    }

    /// Commits a step, and then lets it be known.
    async fn finish(&mut self, mut step: Step) -> Result<(), StoreError> {
        for room in &step.rooms {
            if let Some(known) = self.rooms.get(room) {
                step.changes.push(Change::Room(known.row.clone()));
            }
        }
        if !step.changes.is_empty()
            && let Err(error) = self.ground.store.commit(std::mem::take(&mut step.changes)).await
        {
            step.answer(&Err(error.clone()));
            return Err(error);
        }
        step.answer(&Ok(()));
        for room in std::mem::take(&mut step.rooms) {
            if let Some(view) = self.recounted(room).await? {
                step.diffs.push(Diff::Room { room: view });
            }
            step.diffs.extend(self.missing(room));
        }
        if step.outbox {
            step.diffs.push(Diff::Outbox { outbox: self.worker.count() });
        }
        let link = self.link();
        if link != self.link {
            self.link = link.clone();
            step.diffs.push(Diff::Link { link });
        }
        let status = self.own.status();
        if status != self.status {
            self.status = status;
            step.diffs.push(Diff::Status { status });
            self.announcer.changed(Instant::now());
        }
        if !step.diffs.is_empty() || !step.incoming.is_empty() {
            self.number += 1;
            let diffs = std::mem::take(&mut step.diffs);
            let incoming = std::mem::take(&mut step.incoming);
            // Without a listener there is nobody to tell; the store has it all.
            _ = self.batches.send(Arc::new(Batch { number: self.number, diffs, incoming }));
        }
        if let Some(connection) = self.connection {
            for frame in step.frames {
                self.ground.steering.send(connection, frame);
            }
        }
        self.announced.retain(|(_, reply)| !reply.is_closed());
        let known = &self.rooms;
        for (_, reply) in self.announced.extract_if(.., |(room, _)| known.contains_key(room)) {
            _ = reply.send(());
        }
        self.serve().await;
        Ok(())
    }

    /// The store failed: what is in memory may be ahead of it, so all of it is read anew. Answers
    /// whether to go on.
    async fn recover(&mut self, error: StoreError) -> bool {
        tracing::error!("the local database failed: {error}");
        self.abandon(Fault::Ours, &mut Step::default());
        let mut error = error;
        loop {
            if matches!(error, StoreError::Closed | StoreError::Corrupt(_)) {
                self.damage = Some(error);
                return false;
            }
            match self.load().await {
                Ok(()) => break,
                Err(again) => error = again,
            }
            tokio::select! {
                biased;
                () = self.ground.stop.cancelled() => return false,
                () = sleep(STORE_RETRY) => {}
            }
        }
        // A number is left out: every listener takes the overview anew.
        self.number += 2;
        let diffs = self.rooms.keys().map(|room| Diff::TimelineReset { room: *room }).collect();
        let batch = Batch { number: self.number, diffs, incoming: Vec::new() };
        _ = self.batches.send(Arc::new(batch));
        self.serve().await;
        true
    }

    async fn load(&mut self) -> Result<(), StoreError> {
        let Loaded { sync, rooms, holes, people, own, outbox } = self.ground.store.load().await?;
        self.sync = sync;
        self.people = people.into_iter().map(|person| (person.id, person)).collect();
        self.worker = Worker::new(outbox);
        self.own = Own::new(sync.useq, own);
        self.status = self.own.status();
        self.backfill = Backfill::default();
        self.backfill.look(self.looking);
        // Told anew: whether the last receipts had left is not stored, and what was not committed
        // must not be among them.
        self.receipts = Receipts::default();
        self.rooms.clear();
        for row in rooms {
            let room = row.info.room;
            let own = holes.iter().filter(|(of, _)| *of == room).map(|(_, hole)| *hole).collect();
            self.backfill.insert(room, row.cursor, row.head, own);
            if row.cursor > Seq(0) {
                self.receipts.held(room, row.cursor, 0);
            }
            self.rooms.insert(room, KnownRoom::new(row));
            self.recounted(room).await?;
        }
        Ok(())
    }

    /// Gives the connection up; what still comes from it is dropped.
    fn abandon(&mut self, fault: Fault, step: &mut Step) {
        if let Some(connection) = self.connection {
            self.ground.steering.abandon(connection, fault);
        }
        self.disconnected(step);
    }

    /// Nothing that was under way will be answered any more.
    fn disconnected(&mut self, step: &mut Step) {
        self.connection = None;
        step.frames.clear();
        for item in self.worker.offline() {
            step.item(item.room, item.to_view(self.ground.record.user, false));
        }
        self.backfill.offline();
        self.own.offline();
        self.receipts.offline();
        self.announcer.offline();
        self.rtt_ms = None;
        if self.online.take().is_some() {
            self.presence.clear();
            step.diffs.push(Diff::Presence { people: Vec::new(), all: true });
        }
        self.phase = Phase::Connecting { attempt: 0 };
        self.redraw();
    }

    fn watch(&self) -> (u64, Overview, Subscription) {
        (self.number, self.overview(), Subscription(self.batches.subscribe()))
    }

    /// The room, or the error that there is none.
    fn known(&mut self, room: RoomId) -> Result<&mut KnownRoom, Error> {
        self.rooms.get_mut(&room).ok_or(Error::NoSuchRoom)
    }
}
