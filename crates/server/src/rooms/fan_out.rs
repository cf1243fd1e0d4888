//! The task that distributes changes to the queues, in the order of commits, and exchanges hints
//! with other nodes.

use std::sync::Arc;

use homing_protocol::{RoomId, Seq};
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::hub::Hub;
use crate::hints::{Hint, Hints, NodeId};
use crate::store::{Change, Store};

/// Changes that may wait between the writer and the fan-out. When it is full the writer waits:
/// delivery must not skip a change.
pub const CHANGE_BACKLOG: usize = 4096;

/// The task and what it needs.
pub struct FanOut {
    pub hub: Arc<Hub>,
    /// For the members of a room that another node's hint names.
    pub store: Arc<dyn Store>,
    pub hints: Arc<dyn Hints>,
    pub node: NodeId,
    /// Between two announcements of presence.
    pub tick: Duration,
}

enum Event {
    Changed(Option<Change>),
    Hinted(Result<(NodeId, Hint), broadcast::error::RecvError>),
    Ticked,
    Stopped,
}

impl FanOut {
    /// Runs until the store is closed or `stop`.
    pub async fn run(self, mut changes: mpsc::Receiver<Change>, stop: CancellationToken) {
        let mut hinted = self.hints.subscribe();
        let mut ticks = interval_at(Instant::now() + self.tick, self.tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let event = tokio::select! {
                biased;
                () = stop.cancelled() => Event::Stopped,
                _ = ticks.tick() => Event::Ticked,
                change = changes.recv() => Event::Changed(change),
                hint = hinted.recv() => Event::Hinted(hint),
            };
            match event {
                Event::Changed(Some(change)) => {
                    if let Some(hint) = hint_of(&change) {
                        self.hints.publish(self.node, hint);
                    }
                    self.hub.deliver(change);
                }
                Event::Hinted(Ok((from, hint))) if from != self.node => {
                    self.handle_hint(hint).await
                }
                Event::Hinted(Ok(_)) => {}
                // Hints were missed. Which ones does not matter.
                Event::Hinted(Err(broadcast::error::RecvError::Lagged(_))) => {
                    self.hub.resync_all();
                }
                Event::Ticked => self.hub.announce_presence(),
                Event::Hinted(Err(broadcast::error::RecvError::Closed))
                | Event::Changed(None)
                | Event::Stopped => return,
            }
        }
    }

    async fn handle_hint(&self, hint: Hint) {
        match hint {
            Hint::Room { room, head } => self.handle_room_hint(room, head).await,
            Hint::Own { person } => self.hub.hint_own(person),
            Hint::Space => self.hub.resync_all(),
        }
    }

    async fn handle_room_hint(&self, room: RoomId, head: Seq) {
        match self.store.audience(room).await {
            Ok(members) => self.hub.hint_room(room, head, &members),
            // The next heartbeat sends the heads anyway.
            Err(error) => tracing::warn!(%error, "a hint could not be followed"),
        }
    }
}

fn hint_of(change: &Change) -> Option<Hint> {
    match change {
        Change::Event { event, .. } => Some(Hint::Room { room: event.room, head: event.seq }),
        Change::Own { person, .. } => Some(Hint::Own { person: *person }),
        Change::Digest { .. } | Change::Dismissed { .. } => Some(Hint::Space),
        // Receipts are in the digest, and every node detects external writes by itself.
        Change::Delivered { .. } | Change::ExternalWrite => None,
    }
}
