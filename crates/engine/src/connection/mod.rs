//! The connection to a space's server: one at a time, owned by one task, replaced whenever it ends.
//!
//! `backoff` and `heartbeat` decide and are pure. `socket` turns a byte stream into frames.
//! `driver` owns the socket and is the state machine. This module carries frames and does not
//! interpret them.
//!
//! The space's task controls it in two ways: by a [`DesiredState`], which is only ever replaced and
//! so can't fill up, and by a bounded channel of frames. It reports [`ConnectionEvent`]s. Every
//! frame, in both directions, carries the number of its connection, so a late one from an older
//! connection is dropped.

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
/// allow at once: 32 sends, 4 pulls, 32 own values, and a few receipts and keep-alives.
const FRAMES: usize = 128;
/// Events that the space's task has not taken yet. When it falls behind, for example on a slow
/// disk, the socket is not read and the server's own queue fills. That is the flow control.
const EVENTS: usize = 64;

/// The number of a connection of this engine: 1, 2, 3 …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConnectionId(u64);

/// Returns the token. It is asked again for every connection.
pub(crate) trait TokenSource: Send + Sync + 'static {
    /// The token, or why the keyring does not return it.
    fn token(&self) -> BoxFuture<'_, Result<Secret, SecretError>>;
}

/// What the space's task wants of the connection. It is only ever replaced, so it needs no queue.
/// "Now" is expressed by counters that increase.
#[derive(Debug, Clone, Default)]
pub(crate) struct DesiredState {
    /// Stay offline until this changes.
    pub(crate) offline: bool,
    /// The person is at the machine: probe sooner.
    pub(crate) foreground: bool,
    /// How often the person asked to connect now.
    pub(crate) tries: u64,
    /// How often the network changed or the machine woke up.
    pub(crate) system_events: u64,
    /// How often the route to the server changed.
    pub(crate) route_changes: u64,
    /// The system is sure that there is no network.
    pub(crate) no_network: bool,
    /// The policy, if the person changed it while the engine runs.
    pub(crate) policy: Option<ConnectionPolicy>,
    /// A token just read from the keyring.
    pub(crate) token: Option<Secret>,
    /// Abandon this connection.
    pub(crate) abandon: Option<(ConnectionId, AbandonReason)>,
}

/// Why the space's task abandons a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AbandonReason {
    /// The server violated the protocol.
    ProtocolViolation,
    /// This device can't keep up: an event could not be stored, or the driver takes no more frames.
    LocalFailure,
    /// It is another server than the one to which this device belongs.
    WrongServer,
}

/// The state while there is no connection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DownState {
    /// Waiting before the next attempt.
    Waiting { until: Instant, attempt: u32, why: ConnectionFailure },
    /// An attempt is under way.
    Connecting { attempt: u32 },
    /// The person asked to stay offline.
    Stopped,
    /// Stopped until the person acts.
    Refused { why: ConnectionFailure },
}

/// What the driver reports to the space's task.
#[derive(Debug)]
pub(crate) enum ConnectionEvent {
    /// There is no connection. Everything in flight on an earlier one is void.
    Down(DownState),
    /// A socket is open and waits for `hello`.
    Opened { connection: ConnectionId, attempt: u32, last_close: Option<u16> },
    /// The server sent `welcome`.
    Welcomed { connection: ConnectionId, welcome: Box<Welcome> },
    /// The server sent a frame.
    FrameReceived { connection: ConnectionId, frame: ServerFrame },
    /// A large message is in transfer on a slow connection, so outstanding responses take longer.
    TransferProgress,
    /// A round trip was measured.
    RoundTrip { millis: u32 },
}

/// The space's end of the channels.
#[derive(Debug)]
pub(crate) struct ConnectionHandle {
    pub(crate) desired: watch::Sender<DesiredState>,
    frames: mpsc::Sender<(ConnectionId, ClientFrame)>,
    pub(crate) events: mpsc::Receiver<ConnectionEvent>,
}

/// The driver's end of the channels.
#[derive(Debug)]
pub(crate) struct DriverChannels {
    desired: watch::Receiver<DesiredState>,
    frames: mpsc::Receiver<(ConnectionId, ClientFrame)>,
    events: mpsc::Sender<ConnectionEvent>,
    /// Records the traffic.
    trace: Arc<Trace>,
}

/// Creates both ends.
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
    /// Hands a frame to the connection. It never waits: a connection that takes no more frames is
    /// stuck, and is abandoned unless the frame may be lost.
    pub(crate) fn send(&self, connection: ConnectionId, frame: ClientFrame) {
        let lossy = matches!(frame, ClientFrame::Eph(_) | ClientFrame::Ack(_));
        if let Err(mpsc::error::TrySendError::Full(_)) = self.frames.try_send((connection, frame))
            && !lossy
        {
            tracing::warn!("the connection takes no more frames");
            self.abandon(connection, AbandonReason::LocalFailure);
        }
    }

    /// Abandons a connection; the driver makes another.
    pub(crate) fn abandon(&self, connection: ConnectionId, reason: AbandonReason) {
        self.desired.send_modify(|desired| desired.abandon = Some((connection, reason)));
    }
}
