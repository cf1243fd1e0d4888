//! One space, wired: the only place where connection, outbox, sync and session meet.
//!
//! One task takes an input (a command, an event of the connection, a deadline), asks the pure parts
//! what follows, and collects that in [`Effects`]: changes to store, frames to send, diffs to
//! publish, replies. Then the changes are committed in one local transaction, and only after that
//! anything leaves this task. So nothing is ever shown, answered or sent that a crash could undo.
//! Inputs that are waiting share a turn, so a burst of events costs one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_protocol::{Cid, ClientFrame, Limits, Person, RoomId, Seq, UserId};
use rand::rngs::StdRng;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::command::{Command, Reply};
use crate::config::Config;
use crate::connection::{
    AbandonReason, ConnectionEvent, ConnectionHandle, ConnectionId, DownState,
};
use crate::diff::{Batch, Diff, Subscription};
use crate::error::Error;
use crate::outbox::SendQueue;
use crate::session::SpaceRecord;
use crate::store::{Change, Loaded, Store, StoreError, SyncPoint};
use crate::sync::{Backfill, OwnStream, Receipts};
use crate::timeouts::STORE_RETRY;
use crate::view::{ConnectionState, Overview, Queued, RetryPrompt, Status};

mod commands;
mod effects;
mod folds;
mod frames;
mod give_back;
mod mute_expiry;
mod overlay;
mod presence;
mod retry_prompt;
mod timeline;
mod views;
mod writing;

use effects::Effects;
use folds::EarlyFolds;
use presence::PresenceReporter;
use retry_prompt::RetryPrompter;
use timeline::PendingTimeline;
use views::RoomState;

/// Batches that a slow subscriber may be behind before it has to start again. A screen shows a few
/// dozen a second.
pub(crate) const BATCHES: usize = 256;
/// Events, and commands, that share one turn. The limit keeps the first of them from waiting too
/// long.
const TURN_INPUTS: usize = 64;

/// The dependencies of a space's task.
pub(crate) struct SpaceDeps {
    pub(crate) record: SpaceRecord,
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: StdRng,
    pub(crate) connection: ConnectionHandle,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) stop: CancellationToken,
    /// Receives the store's error if that ends the task.
    pub(crate) store_failure: watch::Sender<Option<StoreError>>,
}

/// The task of one space.
pub(crate) struct SpaceTask {
    deps: SpaceDeps,
    batches: broadcast::Sender<Arc<Batch>>,
    batch_number: u64,

    // State that can be read from the store again.
    sync: SyncPoint,
    rooms: BTreeMap<RoomId, RoomState>,
    people: BTreeMap<UserId, Person>,
    send_queue: SendQueue,
    backfill: Backfill,
    own: OwnStream,

    // State that a restart loses.
    early_folds: EarlyFolds,
    receipts: Receipts,
    presence: BTreeMap<UserId, homing_protocol::frame::Presence>,
    /// The connection's last state while there was no connection.
    down_state: DownState,
    /// The same state, as it is shown.
    down_view: ConnectionState,
    retry_prompter: RetryPrompter,
    online: Option<OnlineState>,
    /// The connection from which frames are accepted, since it was opened.
    connection: Option<ConnectionId>,
    connection_state: ConnectionState,
    rtt_ms: Option<u32>,
    visible_room: Option<RoomId>,
    active: Option<bool>,
    presence_reporter: PresenceReporter,
    /// The last published status.
    status: Status,
    /// The wall-clock time of the last check for expired mutes.
    mutes_checked: i64,
    last_typing: Option<(RoomId, Instant)>,
    awaited_rooms: Vec<(RoomId, Reply<()>)>,
    pending_timelines: Vec<PendingTimeline>,
    /// Requests for the outbox, answered at the end of the turn. Bounded by the commands of a turn.
    outbox_replies: Vec<Reply<Vec<Queued>>>,
    /// Changes that were put aside in this turn because their message is not there.
    refused_changes: Vec<Cid>,
    /// The store's error, if it can't be used any more.
    store_failure: Option<StoreError>,
}

/// A connection after `welcome`.
struct OnlineState {
    limits: Limits,
    /// The server's clock at `welcome`. What it committed later has just happened, whether it came
    /// by a push, a hint or a digest.
    since: i64,
    /// All digests of the answer to `hello` have arrived.
    digested: bool,
    /// The rooms listed so far, if the digests list all rooms. Any other room was left.
    named: Option<std::collections::BTreeSet<RoomId>>,
    /// Rooms that the own stream contains and no digest has described, and the deadline for that.
    undescribed: BTreeMap<RoomId, Instant>,
}

enum TaskEvent {
    Stop,
    Command(Command),
    Connection(ConnectionEvent),
    Deadline,
}

impl SpaceTask {
    /// Reads the store. It does not start anything.
    pub(crate) async fn new(deps: SpaceDeps) -> Result<Self, StoreError> {
        let retry_prompter = RetryPrompter::new(deps.config.ask_after);
        let connecting = ConnectionState::Connecting { attempt: 0, ask: RetryPrompt::NotYet };
        let mutes_checked = deps.clock.now_ms();
        let mut space = Self {
            deps,
            batches: broadcast::Sender::new(BATCHES),
            batch_number: 0,
            sync: SyncPoint::default(),
            rooms: BTreeMap::new(),
            people: BTreeMap::new(),
            send_queue: SendQueue::new(Vec::new()),
            backfill: Backfill::default(),
            own: OwnStream::default(),
            early_folds: EarlyFolds::default(),
            receipts: Receipts::default(),
            presence: BTreeMap::new(),
            down_state: DownState::Connecting { attempt: 0 },
            down_view: connecting.clone(),
            retry_prompter,
            online: None,
            connection: None,
            connection_state: connecting,
            rtt_ms: None,
            visible_room: None,
            active: None,
            presence_reporter: PresenceReporter::default(),
            status: Status::default(),
            mutes_checked,
            last_typing: None,
            awaited_rooms: Vec::new(),
            pending_timelines: Vec::new(),
            outbox_replies: Vec::new(),
            refused_changes: Vec::new(),
            store_failure: None,
        };
        space.load().await?;
        Ok(space)
    }

    /// Runs until it is stopped, or until the store has failed permanently.
    pub(crate) async fn run(mut self) {
        loop {
            let mut effects = Effects::default();
            let event = self.next().await;
            if matches!(event, TaskEvent::Stop) {
                break;
            }
            self.handle(event, &mut effects);
            // Bounded, so that a server that never stops sending can't keep commands waiting
            // forever.
            for _ in 0..TURN_INPUTS {
                let Ok(event) = self.deps.connection.events.try_recv() else { break };
                self.connection_event(event, &mut effects);
            }
            for _ in 0..TURN_INPUTS {
                let Ok(command) = self.deps.commands.try_recv() else { break };
                self.execute(command, &mut effects);
            }
            self.advance(&mut effects);
            let mut done = self.finish(effects).await;
            if done.is_ok() {
                done = self.give_back().await;
            }
            if let Err(error) = done
                && !self.recover(error).await
            {
                break;
            }
        }
        // Anybody who still has a handle gets an error from now on.
        self.deps.commands.close();
        self.deps.store.close().await;
        // Sent after the file was closed, because the receiver may move it.
        _ = self.deps.store_failure.send(self.store_failure);
    }

    async fn next(&mut self) -> TaskEvent {
        let deadline = self.deadline();
        let due = async {
            match deadline {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.deps.stop.cancelled() => TaskEvent::Stop,
            Some(event) = self.deps.connection.events.recv() => TaskEvent::Connection(event),
            Some(command) = self.deps.commands.recv() => TaskEvent::Command(command),
            () = due => TaskEvent::Deadline,
        }
    }

    fn handle(&mut self, event: TaskEvent, effects: &mut Effects) {
        match event {
            TaskEvent::Stop | TaskEvent::Deadline => {}
            TaskEvent::Command(command) => self.execute(command, effects),
            TaskEvent::Connection(event) => self.connection_event(event, effects),
        }
    }

    fn connection_event(&mut self, event: ConnectionEvent, effects: &mut Effects) {
        match event {
            ConnectionEvent::Down(down_state) => {
                self.disconnected(effects);
                self.retry_prompter.observe(&down_state);
                self.down_state = down_state;
                self.refresh_down_view();
            }
            ConnectionEvent::Opened { connection, attempt, last_close } => {
                self.connection = Some(connection);
                let hello = self.hello(attempt, last_close);
                // There are no changes that this frame would overtake.
                self.deps.connection.send(connection, hello);
            }
            ConnectionEvent::Welcomed { connection, welcome } => {
                if self.connection == Some(connection) {
                    self.welcome(*welcome, effects);
                }
            }
            ConnectionEvent::FrameReceived { connection, frame } => {
                if self.connection == Some(connection) {
                    self.frame(frame, effects);
                }
            }
            ConnectionEvent::TransferProgress => {
                let now = Instant::now();
                self.send_queue.transfer_progress(now);
                self.backfill.transfer_progress(now);
                self.own.transfer_progress(now);
            }
            ConnectionEvent::RoundTrip { millis } => self.rtt_ms = Some(millis),
        }
    }

    /// Collects everything that may be sent now.
    fn advance(&mut self, effects: &mut Effects) {
        let now = Instant::now();
        self.undescribed(now, effects);
        self.unmute(effects);
        match self.send_queue.overdue(now) {
            Ok(items) => self.waits_again(items, effects),
            Err(unanswered) => self.protocol_violation(&unanswered, effects),
        }
        let overdue_at = [self.backfill.answer_deadline(), self.own.answer_deadline()]
            .into_iter()
            .flatten()
            .min();
        if overdue_at.is_some_and(|until| now >= until) {
            self.protocol_violation(&"no response to a pull", effects);
        }
        for batch in self.send_queue.poll(now) {
            self.send(batch, effects);
        }
        effects.frames.extend(self.backfill.poll(now).into_iter().map(ClientFrame::Pull));
        effects.frames.extend(self.own.poll(now));
        effects.changes.extend(self.own.leaving_drafts().into_iter().map(Change::Own));
        effects.frames.extend(self.receipts.poll(now).map(ClientFrame::Ack));
        let local_presence = self.local_presence();
        effects.frames.extend(self.presence_reporter.poll(now, local_presence));
    }

    fn deadline(&self) -> Option<Instant> {
        let timelines = self.pending_timelines.iter().map(|pending| pending.until).min();
        let undescribed = self.online.iter().flat_map(|online| online.undescribed.values());
        let parts = [
            self.send_queue.deadline(),
            self.send_queue.answer_deadline(),
            self.backfill.deadline(),
            self.backfill.answer_deadline(),
            self.own.deadline(),
            self.own.answer_deadline(),
            self.receipts.deadline(),
            self.presence_reporter.deadline(),
            undescribed.min().copied(),
            self.next_unmute(),
            timelines,
        ];
        parts.into_iter().flatten().min()
    }

    /// Commits the changes, and then publishes, sends and replies.
    async fn finish(&mut self, mut effects: Effects) -> Result<(), StoreError> {
        for room in &effects.rooms {
            if let Some(known) = self.rooms.get(room) {
                effects.changes.push(Change::Room(known.row.clone()));
            }
        }
        let named = self.newly_named(&effects.changes).await?;
        effects.incoming.extend(named);
        if !effects.changes.is_empty()
            && let Err(error) = self.deps.store.commit(std::mem::take(&mut effects.changes)).await
        {
            effects.reply(&Err(error.clone()));
            return Err(error);
        }
        effects.reply(&Ok(()));
        self.redraw(&mut effects).await?;
        for room in std::mem::take(&mut effects.rooms) {
            if let Some(view) = self.recounted(room).await? {
                effects.diffs.push(Diff::Room { room: view });
            }
            effects.diffs.extend(self.missing(room));
        }
        if effects.outbox {
            effects.diffs.push(Diff::Outbox { outbox: self.send_queue.count() });
        }
        let link = self.connection_state();
        if link != self.connection_state {
            self.connection_state = link.clone();
            effects.diffs.push(Diff::Connection { connection: link });
        }
        let status = self.own.status();
        if status != self.status {
            self.status = status;
            effects.diffs.push(Diff::Status { status });
            self.presence_reporter.changed(Instant::now());
        }
        if !effects.diffs.is_empty() || !effects.incoming.is_empty() {
            self.batch_number += 1;
            let diffs = std::mem::take(&mut effects.diffs);
            let incoming = std::mem::take(&mut effects.incoming);
            // It fails without a subscriber, which is not an error.
            _ = self.batches.send(Arc::new(Batch { number: self.batch_number, diffs, incoming }));
        }
        if let Some(connection) = self.connection {
            for frame in effects.frames {
                self.deps.connection.send(connection, frame);
            }
        }
        self.awaited_rooms.retain(|(_, reply)| !reply.is_closed());
        let known = &self.rooms;
        for (_, reply) in self.awaited_rooms.extract_if(.., |(room, _)| known.contains_key(room)) {
            _ = reply.send(());
        }
        self.serve().await;
        Ok(())
    }

    /// The store failed, so the state in memory may be ahead of it: reads everything again. Returns
    /// whether to continue.
    async fn recover(&mut self, error: StoreError) -> bool {
        tracing::error!("the local database failed: {error}");
        self.abandon(AbandonReason::LocalFailure, &mut Effects::default());
        let mut error = error;
        loop {
            if matches!(error, StoreError::Closed | StoreError::Corrupt(_)) {
                self.store_failure = Some(error);
                return false;
            }
            match self.load().await {
                Ok(()) => break,
                Err(again) => error = again,
            }
            tokio::select! {
                biased;
                () = self.deps.stop.cancelled() => return false,
                () = sleep(STORE_RETRY) => {}
            }
        }
        // Skipping a number makes every subscriber take a new overview.
        self.batch_number += 2;
        let diffs = self.rooms.keys().map(|room| Diff::TimelineReset { room: *room }).collect();
        let batch = Batch { number: self.batch_number, diffs, incoming: Vec::new() };
        _ = self.batches.send(Arc::new(batch));
        self.serve().await;
        true
    }

    async fn load(&mut self) -> Result<(), StoreError> {
        let loaded = self.deps.store.load().await?;
        let Loaded { sync, rooms, holes, people, own, outbox, has_lost } = loaded;
        self.sync = sync;
        self.people = people.into_iter().map(|person| (person.id, person)).collect();
        self.send_queue = SendQueue::new(outbox);
        if has_lost {
            self.send_queue.hold();
        }
        self.own = OwnStream::new(sync.useq, own);
        self.status = self.own.status();
        self.backfill = Backfill::default();
        self.backfill.set_visible_room(self.visible_room);
        // It is not stored which receipts were sent, and one for an event that was not committed
        // must not be sent.
        self.receipts = Receipts::default();
        self.rooms.clear();
        for row in rooms {
            let room = row.info.room;
            let own = holes.iter().filter(|(of, _)| *of == room).map(|(_, hole)| *hole).collect();
            self.backfill.insert(room, row.cursor, row.head, own);
            if row.cursor > Seq(0) {
                self.receipts.held(room, row.cursor, 0);
            }
            self.rooms.insert(room, RoomState::new(row));
            self.recounted(room).await?;
        }
        Ok(())
    }

    /// Abandons the connection and ignores what still comes from it.
    fn abandon(&mut self, reason: AbandonReason, effects: &mut Effects) {
        if let Some(connection) = self.connection {
            self.deps.connection.abandon(connection, reason);
        }
        self.disconnected(effects);
    }

    /// Nothing in flight will be answered.
    fn disconnected(&mut self, effects: &mut Effects) {
        self.connection = None;
        effects.frames.clear();
        for item in self.send_queue.offline() {
            self.show_queued(&item, effects);
        }
        self.early_folds.clear();
        self.backfill.offline();
        self.own.offline();
        self.receipts.offline();
        self.presence_reporter.offline();
        self.rtt_ms = None;
        if self.online.take().is_some() {
            self.presence.clear();
            effects.diffs.push(Diff::Presence { people: Vec::new(), all: true });
        }
        self.down_state = DownState::Connecting { attempt: 0 };
        self.refresh_down_view();
    }

    fn subscribe(&self) -> (u64, Overview, Subscription) {
        (self.batch_number, self.overview(), Subscription(self.batches.subscribe()))
    }

    /// The room, or an error if the viewer is not in it.
    fn known(&mut self, room: RoomId) -> Result<&mut RoomState, Error> {
        self.rooms.get_mut(&room).ok_or(Error::NoSuchRoom)
    }
}
