//! The channel from the bridge to the window. Only the newest one is used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use homing_bridge::event::Push;
use homing_bridge::pump::{PushOutcome, Subscriber};
use tauri::ipc::Channel;

/// Numbers the channels, so that an older one notices a newer one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channels(Arc<AtomicU64>);

impl Channels {
    /// A subscriber that sends to `channel`. Earlier ones end: a window that subscribes again was
    /// reloaded or built again, and nobody reads the old channel.
    pub(crate) fn newest(&self, channel: Channel<Push>) -> ToWindow {
        ToWindow {
            mine: self.0.fetch_add(1, Ordering::AcqRel) + 1,
            newest: self.0.clone(),
            channel,
        }
    }

    /// Ends the channel of a window that is gone.
    pub(crate) fn end(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// The subscriber that sends to the window.
pub(crate) struct ToWindow {
    channel: Channel<Push>,
    mine: u64,
    newest: Arc<AtomicU64>,
}

impl Subscriber for ToWindow {
    fn push(&mut self, push: &Push) -> PushOutcome {
        if self.newest.load(Ordering::Acquire) != self.mine {
            return PushOutcome::Gone;
        }
        // Sending fails only when the webview is gone.
        match self.channel.send(push.clone()) {
            Ok(()) => PushOutcome::Taken,
            Err(error) => {
                tracing::info!(%error, "the window went away");
                PushOutcome::Gone
            }
        }
    }
}
