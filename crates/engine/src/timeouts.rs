//! Every duration of the engine, with its reason.
//!
//! The durations of a connection are fields of [`Timeouts`], because a test with a hundred server
//! crashes needs shorter ones than a person on a train. The defaults are those of
//! `docs/protocol.md`.

use std::time::Duration;

use crate::policy::{ConnectionPolicy, millis};

/// The durations of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first packet to the WebSocket upgrade: DNS, TCP, TLS, HTTP. Linux gives up a silent
    /// TCP connect after two minutes; nobody waits that long for a chat.
    pub connect: Duration,
    /// From `hello` to `welcome`. The server allows as long for `hello`.
    pub greet: Duration,
    /// How late a server's heartbeat may be before the server counts as dead. With the usual
    /// heartbeat of 25 s ± 10 % that is after 35 s without a byte.
    pub grace: Duration,
    /// The silence after which the server is probed.
    pub probe_every: Duration,
    /// How long a probe may stay unanswered.
    pub probe_answer: Duration,
    /// How long a sent message may stay unanswered before the connection is probed.
    pub send_answer: Duration,
    /// The shortest wait before a probe while the person is at the machine. It is longer when twice
    /// the last round trip is longer.
    pub probe_least: Duration,
    /// The first ceiling of the random wait before reconnecting; it doubles with each failure.
    pub backoff_first: Duration,
    /// The last ceiling of that wait.
    pub backoff_most: Duration,
    /// After this long online, failures are forgotten. Less would hammer a server that accepts
    /// connections and then crashes.
    pub backoff_forget: Duration,
    /// The window in which at most [`ATTEMPTS`] connections are attempted, whatever the cause: a
    /// laptop that wakes raises wake, network and focus events at once.
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
    /// These timeouts with the policy that a person chose.
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

/// Attempts allowed within [`Timeouts::attempts_window`].
pub const ATTEMPTS: usize = 5;

/// The wait after the server banned this client for flooding (4505). It doubles with each further
/// ban …
pub const BAN_FIRST: Duration = Duration::from_secs(60);
/// … up to this …
pub const BAN_MOST: Duration = Duration::from_secs(15 * 60);
/// … until a connection has lasted this long.
pub const BAN_FORGET: Duration = Duration::from_secs(10 * 60);

/// The server's heartbeat until `welcome` tells it.
pub const HEARTBEAT: Duration = Duration::from_secs(25);
/// The shortest heartbeat that a server is held to, because a busy server is late.
pub const HEARTBEAT_LEAST: Duration = Duration::from_secs(1);
/// The longest heartbeat that is believed. After that the server is probed.
pub const HEARTBEAT_MOST: Duration = Duration::from_secs(300);

/// An attempt that is older than this when the network changes is replaced. A younger one was
/// caused by the same change.
pub const STALE_DIAL: Duration = Duration::from_secs(1);

/// From the head of a rejected upgrade to the end of its body. Both usually arrive together.
pub const REFUSAL_BODY: Duration = Duration::from_secs(2);
/// The longest `Retry-After` that is obeyed. Any middlebox can send one: a maintenance page that
/// says a day must not keep a device offline for a day.
pub const RETRY_AFTER_MOST: Duration = Duration::from_secs(120);

/// How long a person waits for the keyring, which may be showing its password dialog. The
/// connection waits longer.
pub const KEYRING: Duration = Duration::from_secs(30);
/// One HTTP request, from connecting to the last byte of the response.
pub const CALL: Duration = Duration::from_secs(20);
/// One step of the Doctor: DNS, TCP, TLS or the upgrade. Each is usually done within a second. A
/// step that takes longer than this is as good as broken, and the person is watching.
pub const DOCTOR_STEP: Duration = Duration::from_secs(10);
/// From creating or joining a room to its announcement over the socket; usually one round trip.
pub const ROOM_ANNOUNCED: Duration = Duration::from_secs(10);
/// How long a timeline waits for older events from the server before it shows what is stored.
pub const TIMELINE_WAIT: Duration = Duration::from_secs(3);
/// How long pushed events that leave a gap are collected before the gap is pulled, so that a
/// reordered burst causes one pull.
pub const COALESCE: Duration = Duration::from_millis(50);
/// The interval between receipts …
pub const ACK_EVERY: Duration = Duration::from_secs(5);
/// … or, after this many events, …
pub const ACK_EVENTS: u32 = 50;
/// … this shorter one. Catching up brings hundreds of events a second, and the server accepts 120
/// frames of this kind a minute.
pub const ACK_LEAST: Duration = Duration::from_secs(1);
/// A draft is sent after this pause in typing, and not on every key.
pub const DRAFT_SETTLES: Duration = Duration::from_secs(1);
/// The wait after a temporary error that names none.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);
/// The longest wait that a server may ask for. A server that sends seconds where milliseconds
/// belong must not silence a client for weeks.
pub const RETRY_MOST: Duration = Duration::from_secs(60 * 60);
/// A response that takes longer than this on a live connection will not come. The largest page
/// takes less at 20 kbit/s.
pub const ANSWER: Duration = Duration::from_secs(120);
/// After an error that does not say which frame it is about, a batch in flight that stays
/// unanswered for this long is taken to be the cause. A regular answer takes a round trip and one
/// disk sync.
pub const UNATTRIBUTED_ERROR: Duration = Duration::from_secs(10);
/// From the own stream naming a new room to the digest that describes it; usually a tenth of a
/// second.
pub const ROOM_DESCRIBED: Duration = Duration::from_secs(5);
/// The wait before a page is requested again after a temporary error.
pub const PULL_RETRY: Duration = Duration::from_secs(1);
/// The wait before the local store is read again after it failed.
pub const STORE_RETRY: Duration = Duration::from_secs(1);
/// From the request to stop until the engine has stopped, `bye` included.
pub const SHUTDOWN: Duration = Duration::from_secs(2);

/// How long a change that was given back to a restored server waits for its message, in milliseconds:
/// longer than people are away with the only device that has it.
pub(crate) const DEFERRED_MOST: i64 = 30 * 24 * 3_600_000;
