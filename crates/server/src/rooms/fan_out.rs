//! The one task that moves commits into queues, in their order, and hints in and out.

use std::sync::Arc;

use homing_protocol::{RoomId, Seq};
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::hub::Hub;
use crate::hints::{Hint, Hints, NodeId};
use crate::store::{Change, Store};

/// Changes that may wait between the writing thread and the fan-out. When it is full, writing
/// waits: better slow than wrong.
pub const CHANGE_BACKLOG: usize = 4096;

/// Everything the task needs.
pub struct FanOut {
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// For the members of a room that another node hints at.
    pub store: Arc<dyn Store>,
    /// To and from other nodes.
    pub hints: Arc<dyn Hints>,
    /// This node.
    pub node: NodeId,
    /// Between two tellings of presence.
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
                // Some were missed, and it does not matter which.
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
            // The next heartbeat tells the heads anyway.
            Err(error) => tracing::warn!(%error, "a hint could not be followed"),
        }
    }
}

fn hint_of(change: &Change) -> Option<Hint> {
    match change {
        Change::Event { event, .. } => Some(Hint::Room { room: event.room, head: event.seq }),
        Change::Own { person, .. } => Some(Hint::Own { person: *person }),
        Change::Digest { .. } | Change::Dismissed { .. } => Some(Hint::Space),
        // Receipts are found in the digest; what another process wrote, every node sees by itself.
        Change::Delivered { .. } | Change::ExternalWrite => None,
    }
}
