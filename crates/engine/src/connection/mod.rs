//! The connection to a space's server: one at a time, owned by one task, made again for ever.
//!
//! `backoff` and `heartbeat` decide and are pure; `socket` turns a byte stream into frames, `driver`
//! owns it and is the state machine. The link carries frames and does not read what they are about.
//!
//! The space's task steers it by a [`DesiredState`], which holds what is wanted now and can't fill up, and
//! by a bounded channel of frames. It answers with [`ConnectionEvent`]s. Every frame, either way, bears the
//! number of its connection: what comes late from an older one is dropped.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use homing_protocol::frame::Welcome;
use homing_protocol::{ClientFrame, ServerFrame};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::policy::ConnectionPolicy;
use crate::secret::{Secret, SecretError};
use crate::trace::Trace;
use crate::view::ConnectionFailure;

mod backoff;
pub(crate) mod driver;
mod heartbeat;
pub(crate) mod socket;

/// Frames from the space's task that the driver has not taken yet. More than the protocol's windows
/// allow at once: 32 sends, 4 pulls, 32 own values, and a few receipts and signs of life.
const FRAMES: usize = 128;
/// Reports that the space's task has not taken yet. When it falls behind (a slow disk), the socket
/// is not read and the server's own queue fills instead: that is what flow control is for.
const EVENTS: usize = 64;

/// Which connection of this engine: 1, 2, 3 …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConnectionId(u64);

/// Where the link gets the token from, anew for every connection.
pub(crate) trait TokenSource: Send + Sync + 'static {
    /// The token, or why the keyring does not give it.
    fn token(&self) -> BoxFuture<'_, Result<Secret, SecretError>>;
}

/// What is wanted of the link. Only ever replaced, so it needs no queue; the counters make "do it
/// now" a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct DesiredState {
    /// Stay offline until told otherwise.
    pub(crate) offline: bool,
    /// The person is looking on: probe sooner.
    pub(crate) foreground: bool,
    /// How often the person asked to try, or to go online.
    pub(crate) tries: u64,
    /// How often the network changed or the machine woke up.
    pub(crate) system_events: u64,
    /// How often the way to the server was chosen anew.
    pub(crate) route_changes: u64,
    /// The system is sure that there is no network.
    pub(crate) no_network: bool,
    /// What the person chose, if they did while this runs.
    pub(crate) policy: Option<ConnectionPolicy>,
    /// A token fresh from the keyring.
    pub(crate) token: Option<Secret>,
    /// Give this connection up.
    pub(crate) abandon: Option<(ConnectionId, AbandonReason)>,
}

/// Why the space's task gives a connection up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AbandonReason {
    /// The server broke the protocol.
    ProtocolViolation,
    /// This side can't keep up: what came could not be stored, or what is to go is not taken.
    LocalFailure,
    /// It is another server than the one this device belongs to.
    WrongServer,
}

/// Where the link is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DownState {
    /// Waiting before the next try.
    Waiting { until: Instant, attempt: u32, why: ConnectionFailure },
    /// Trying.
    Connecting { attempt: u32 },
    /// The person asked to stay offline.
    Stopped,
    /// Nothing helps until the person acts.
    Refused { why: ConnectionFailure },
}

/// What the link tells.
#[derive(Debug)]
pub(crate) enum ConnectionEvent {
    /// There is no connection, and what is being done about it. Whatever was under way on an
    /// earlier one is void.
    Down(DownState),
    /// A socket is open and waits for `hello`.
    Opened { connection: ConnectionId, attempt: u32, last_close: Option<u16> },
    /// The server said welcome.
    Welcomed { connection: ConnectionId, welcome: Box<Welcome> },
    /// A frame came.
    FrameReceived { connection: ConnectionId, frame: ServerFrame },
    /// The line is slow, and something large is on its way: what is owed takes longer.
    TransferProgress,
    /// How long a round trip took.
    RoundTrip { millis: u32 },
}

/// The space's side of the link.
#[derive(Debug)]
pub(crate) struct ConnectionHandle {
    pub(crate) desired: watch::Sender<DesiredState>,
    frames: mpsc::Sender<(ConnectionId, ClientFrame)>,
    pub(crate) events: mpsc::Receiver<ConnectionEvent>,
}

/// The driver's side of the link.
#[derive(Debug)]
pub(crate) struct DriverChannels {
    desired: watch::Receiver<DesiredState>,
    frames: mpsc::Receiver<(ConnectionId, ClientFrame)>,
    events: mpsc::Sender<ConnectionEvent>,
    /// Where what passes is written down.
    trace: Arc<Trace>,
}

/// Both sides.
pub(crate) fn channels(trace: Arc<Trace>) -> (ConnectionHandle, DriverChannels) {
    let (desired, desired_rx) = watch::channel(DesiredState::default());
    let (frames, to_send) = mpsc::channel(FRAMES);
    let (event, events) = mpsc::channel(EVENTS);
    (
        ConnectionHandle { desired, frames, events },
        DriverChannels { desired: desired_rx, frames: to_send, events: event, trace },
    )
}

impl ConnectionHandle {
    /// Hands a frame to the connection. Never waits: a connection that takes no more is as good as
    /// dead, and is given up unless the frame may be lost.
    pub(crate) fn send(&self, connection: ConnectionId, frame: ClientFrame) {
        let lossy = matches!(frame, ClientFrame::Eph(_) | ClientFrame::Ack(_));
        if let Err(mpsc::error::TrySendError::Full(_)) = self.frames.try_send((connection, frame))
            && !lossy
        {
            tracing::warn!("the connection takes no more frames");
            self.abandon(connection, AbandonReason::LocalFailure);
        }
    }

    /// Gives a connection up; the link makes another.
    pub(crate) fn abandon(&self, connection: ConnectionId, reason: AbandonReason) {
        self.desired.send_modify(|desired| desired.abandon = Some((connection, reason)));
    }
}
