//! Hints between nodes of one process.

use tokio::sync::broadcast;

use super::{BACKLOG, Hint, Hints, NodeId};

/// Hints over a channel inside one process.
#[derive(Debug)]
pub struct LocalHints {
    bus: broadcast::Sender<(NodeId, Hint)>,
}

impl Default for LocalHints {
    fn default() -> Self {
        Self { bus: broadcast::Sender::new(BACKLOG) }
    }
}

impl Hints for LocalHints {
    fn publish(&self, from: NodeId, hint: Hint) {
        // Without a subscriber there is nothing to do.
        let _unheard = self.bus.send((from, hint));
    }

    fn subscribe(&self) -> broadcast::Receiver<(NodeId, Hint)> {
        self.bus.subscribe()
    }
}
