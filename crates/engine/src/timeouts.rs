//! Every duration of the engine, with its reason.
//!
//! The values that describe a connection stand in [`Timeouts`], because a test of a hundred server
//! crashes has less patience than a person on a train; the defaults are what `docs/protocol.md`
//! asks for.

use std::time::Duration;

use crate::policy::{ConnectionPolicy, millis};

/// The durations of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first packet to the WebSocket upgrade: name, TCP, TLS, HTTP. Linux gives up on a
    /// silent TCP connect after two minutes; nobody waits that long for a chat.
    pub connect: Duration,
    /// From `hello` to `welcome`. The server allows as long for the `hello` itself.
    pub greet: Duration,
    /// How much later than it may come a server's heartbeat is still waited for. Beyond that the
    /// server is dead: with the usual heartbeat of 25 s ± 10 %, after 35 s without a byte.
    pub grace: Duration,
    /// After so long without a byte the server is asked whether it is there.
    pub probe_every: Duration,
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
        let policy = ConnectionPolicy::default();
        Self {
            connect: Duration::from_secs(15),
            greet: Duration::from_secs(10),
            grace: Duration::from_millis(7_500),
            probe_every: millis(policy.probe_every_ms),
            probe_answer: millis(policy.probe_answer_ms),
            send_answer: Duration::from_secs(5),
            probe_least: Duration::from_secs(2),
            backoff_first: millis(policy.retry_first_ms),
            backoff_most: millis(policy.retry_most_ms),
            backoff_forget: Duration::from_secs(30),
            attempts_window: Duration::from_secs(5),
        }
    }
}

impl Timeouts {
    /// The same with what a person chose.
    #[must_use]
    pub const fn with(self, policy: &ConnectionPolicy) -> Self {
        Self {
            probe_every: millis(policy.probe_every_ms),
            probe_answer: millis(policy.probe_answer_ms),
            backoff_first: millis(policy.retry_first_ms),
            backoff_most: millis(policy.retry_most_ms),
            ..self
        }
    }
}

/// Tries within [`Timeouts::attempts_window`].
pub const ATTEMPTS: usize = 5;

/// After the server closed the door on a flood (4505) it is knocked at again after so long, and after
/// twice as long each further time …
pub const BAN_FIRST: Duration = Duration::from_secs(60);
/// … up to this …
pub const BAN_MOST: Duration = Duration::from_secs(15 * 60);
/// … until a connection stood for so long.
pub const BAN_FORGET: Duration = Duration::from_secs(10 * 60);

/// How often a server pings of which nothing better is known.
pub const HEARTBEAT: Duration = Duration::from_secs(25);
/// A server that promises to ping more often is not held to it: a busy one is late.
pub const HEARTBEAT_LEAST: Duration = Duration::from_secs(1);
/// A server that promises to be silent for longer is asked by then.
pub const HEARTBEAT_MOST: Duration = Duration::from_secs(300);

/// A try that is older than this when the network changes is begun anew; a younger one was begun by
/// the same change.
pub const STALE_DIAL: Duration = Duration::from_secs(1);

/// A refusal's words have so long after its head. They come with it, as a rule.
pub const REFUSAL_BODY: Duration = Duration::from_secs(2);
/// Anything on the way may say `Retry-After`, so it is not taken for longer than this: a page for
/// maintenance that says a day must not keep a device offline for one.
pub const RETRY_AFTER_MOST: Duration = Duration::from_secs(120);

/// How long whoever watches waits for the keyring, which may be asking for its password in another
/// window. The link waits on.
pub const KEYRING: Duration = Duration::from_secs(30);
/// One HTTP call, from connecting to the last byte of its answer.
pub const CALL: Duration = Duration::from_secs(20);
/// One step of the Doctor: a name, a TCP connect, a TLS handshake, an upgrade. Each is usually done
/// within a second; what takes longer than this is as good as broken, and the person is watching.
pub const DOCTOR_STEP: Duration = Duration::from_secs(10);
/// A room just made or joined is announced over the socket; usually within one round trip.
pub const ROOM_ANNOUNCED: Duration = Duration::from_secs(10);
/// How long a timeline waits for older events from the server before it shows what is here.
pub const TIMELINE_WAIT: Duration = Duration::from_secs(3);
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
/// No server is believed that asks for more patience than this. Seconds written where milliseconds
/// belong must not silence a client for weeks.
pub const RETRY_MOST: Duration = Duration::from_secs(60 * 60);
/// An answer that is owed for longer, on a line that lives, will not come any more. The largest page
/// takes less on a line of 20 kbit a second.
pub const ANSWER: Duration = Duration::from_secs(120);
/// After an error that does not say what it is about, a message on its way has so long to be
/// answered before it is taken to be what was meant. An honest answer is a round trip and a sync of
/// a disk away.
pub const UNATTRIBUTED_ERROR: Duration = Duration::from_secs(10);
/// The own stream says that one is in a room; the digest that describes it follows within so long, a
/// tenth of a second as a rule.
pub const ROOM_DESCRIBED: Duration = Duration::from_secs(5);
/// A page that was refused for the moment is asked for again after so long.
pub const PULL_RETRY: Duration = Duration::from_secs(1);
/// The local store failed: read everything anew after so long.
pub const STORE_RETRY: Duration = Duration::from_secs(1);
/// From asking to stop to having stopped, `bye` included.
pub const SHUTDOWN: Duration = Duration::from_secs(2);
