//! Every duration of the engine, with its reason.
//!
//! The values that describe a connection stand in [`Timeouts`], because a test of a hundred server
//! crashes has less patience than a person on a train; the defaults are what `docs/protocol.md`
//! asks for.

use std::time::Duration;

/// The durations of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first packet to the WebSocket upgrade: name, TCP, TLS, HTTP. Linux gives up on a
    /// silent TCP connect after two minutes; nobody waits that long for a chat.
    pub connect: Duration,
    /// From `hello` to `welcome`. The server allows as long for the `hello` itself.
    pub greet: Duration,
    /// Without one byte for so long, the server is dead: its heartbeat comes every 25 s ± 10 % and
    /// is answered within seconds.
    pub silence: Duration,
    /// How long a probe may stay unanswered.
    pub probe_answer: Duration,
    /// How long a sent message may stay unanswered before the connection is probed.
    pub send_answer: Duration,
    /// The least wait before a probe while the person looks on. Longer is twice the last round
    /// trip.
    pub probe_least: Duration,
    /// The first ceiling of the random wait before reconnecting; it doubles with each failure.
    pub backoff_first: Duration,
    /// The last ceiling of it.
    pub backoff_most: Duration,
    /// Online for so long, failures are forgotten. Shorter would hammer a server that accepts and
    /// then dies.
    pub backoff_forget: Duration,
    /// The window in which at most [`ATTEMPTS`] connections are tried, whoever asks: waking a
    /// laptop raises wake, network and focus at once.
    pub attempts_window: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            greet: Duration::from_secs(10),
            silence: Duration::from_secs(35),
            probe_answer: Duration::from_secs(5),
            send_answer: Duration::from_secs(5),
            probe_least: Duration::from_secs(2),
            backoff_first: Duration::from_millis(500),
            backoff_most: Duration::from_secs(30),
            backoff_forget: Duration::from_secs(30),
            attempts_window: Duration::from_secs(5),
        }
    }
}

/// Tries within [`Timeouts::attempts_window`].
pub const ATTEMPTS: usize = 5;

/// A try that is older than this when the network changes is begun anew; a younger one was begun by
/// the same change.
pub const STALE_DIAL: Duration = Duration::from_secs(1);

/// The keyring may be asking the person for a password; it gets a while, and then a Retry.
pub const KEYRING: Duration = Duration::from_secs(30);
/// One HTTP call, from connecting to the last byte of its answer.
pub const CALL: Duration = Duration::from_secs(20);
/// A room just made or joined is announced over the socket; usually within one round trip.
pub const ROOM_ANNOUNCED: Duration = Duration::from_secs(10);
/// How long a timeline waits for older events from the server before it shows what is here.
pub const OLDER: Duration = Duration::from_secs(3);
/// Pushed events that leave a gap are collected for so long before it is pulled: a burst that
/// overtook itself asks once.
pub const COALESCE: Duration = Duration::from_millis(50);
/// Receipts go out at most this often …
pub const ACK_EVERY: Duration = Duration::from_secs(5);
/// … or, after so many events, …
pub const ACK_EVENTS: u32 = 50;
/// … this often: catching up brings hundreds of events a second, and the server takes 120 frames of
/// this sort a minute.
pub const ACK_LEAST: Duration = Duration::from_secs(1);
/// A draft is sent to the server after the typing paused for so long, not on every key.
pub const DRAFT_SETTLES: Duration = Duration::from_secs(1);
/// The wait after a temporary error that names none.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);
/// A page that was refused for the moment is asked for again after so long.
pub const PULL_RETRY: Duration = Duration::from_secs(1);
/// The local store failed: read everything anew after so long.
pub const STORE_RETRY: Duration = Duration::from_secs(1);
/// From asking to stop to having stopped, `bye` included.
pub const SHUTDOWN: Duration = Duration::from_secs(2);
