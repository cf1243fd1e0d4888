//! A record of the connection's traffic: always on, bounded, and shown in the Connection Inspector.
//!
//! The driver writes it. Without a subscriber, a frame costs one entry of a ring buffer (kind,
//! length, time) and its text is not copied. Texts are kept while there is a [`TraceSubscriber`],
//! and masked by the reader, never by the task that owns the socket. Nothing is written to disk.
//! The `Authorization` header is never recorded: it is part of the upgrade and not of a frame.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use homing_protocol::frame::Welcome;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::clock::Clock;
use crate::view::ConnectionFailure;

mod mask;
mod traffic;

pub use traffic::{Entry, Outage, RoundTrip, Second, Side, TraceEvent, Traffic};

/// Entries of the ring buffer: an hour of a quiet connection, and the whole of a reconnect.
pub const ENTRIES: usize = 1000;
/// Bytes of kept texts: sixteen of the largest frames.
const TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Round trips that are kept: at one per [`SAMPLE_EVERY`], twenty minutes.
const ROUND_TRIPS: usize = 240;
/// Seconds with traffic that are kept: five busy minutes.
const SECONDS: usize = 300;
/// Outages that are kept: some days of a laptop.
const OUTAGES: usize = 50;
/// Ends of connections that are kept for the Doctor: enough to recognise a pattern.
const ENDS: usize = 8;
/// The maximum length of an unknown frame's kind.
const KIND: usize = 32;
/// The interval of round-trip samples while there is a subscriber: often enough for a chart, and
/// far below the server's limit of 120 such frames a minute.
pub const SAMPLE_EVERY: Duration = Duration::from_secs(5);
/// How long changes are collected, so that a burst of frames is one redraw.
const TOGETHER: Duration = Duration::from_millis(200);

/// The record of one engine's connections.
pub struct Trace {
    clock: Arc<dyn Clock>,
    held: Mutex<TraceState>,
    /// The number of subscribers.
    subscribers: watch::Sender<usize>,
    /// Notifies subscribers of new entries.
    changes: watch::Sender<()>,
}

/// How one connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionEnd {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The WebSocket close code; 1006 when it was cut.
    pub code: u16,
    /// Which side closed it.
    pub by: Side,
    /// How long nothing had been sent or received before.
    pub idle: Duration,
}

/// What the server said about itself in its last `welcome`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// Program and version.
    pub server: String,
    /// The protocol version.
    pub version: u16,
    /// How far its clock is ahead of this device's, in milliseconds. It includes the latency.
    pub ahead_ms: i64,
}

#[derive(Default)]
struct TraceState {
    /// The number of the last entry.
    number: u64,
    entries: VecDeque<StoredEntry>,
    text_bytes: usize,
    /// The number of round trips ever measured.
    measured: u64,
    round_trips: VecDeque<RoundTrip>,
    seconds: VecDeque<Second>,
    outages: VecDeque<Outage>,
    /// Counts the changes of `outages`.
    outages_changed: u64,
    /// When the current outage began.
    outage_since: Option<Instant>,
    /// Oldest first.
    ends: VecDeque<ConnectionEnd>,
    /// When the last frame was sent or received.
    last_frame: Option<Instant>,
    online_since: Option<i64>,
    server_info: Option<ServerInfo>,
}

/// A stored entry.
struct StoredEntry {
    number: u64,
    connection: u64,
    at: i64,
    what: StoredEvent,
}

enum StoredEvent {
    Frame { direction: Direction, kind: Cow<'static, str>, length: u32, text: Option<Arc<str>> },
    Other(TraceEvent),
}

#[derive(Clone, Copy)]
enum Direction {
    Out,
    In,
}

impl Trace {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let (subscribers, changes) = (watch::Sender::new(0), watch::Sender::new(()));
        Self { clock, held: Mutex::default(), subscribers, changes }
    }

    /// Starts keeping the texts of frames and sampling round trips.
    #[must_use]
    pub fn subscribe(self: &Arc<Self>) -> TraceSubscriber {
        self.subscribers.send_modify(|subscribers| *subscribers += 1);
        TraceSubscriber {
            changes: self.changes.subscribe(),
            trace: self.clone(),
            position: SubscriberPosition::default(),
        }
    }

    /// A frame's text, formatted, with secrets masked. `None` if it was not kept, because there was
    /// no subscriber, or is overwritten.
    #[must_use]
    pub fn text(&self, number: u64) -> Option<String> {
        let held = self.held();
        let line = held.entries.iter().rev().find(|line| line.number == number)?;
        let text = match &line.what {
            StoredEvent::Frame { text: Some(text), .. } => text.clone(),
            _ => return None,
        };
        drop(held);
        Some(mask::whole(&text))
    }

    /// Everything as JSON, one object per line, with texts and names masked, for a person who asks
    /// for help.
    #[must_use]
    pub fn export(&self) -> String {
        let mut position = SubscriberPosition::default();
        let traffic = self.since(&mut position);
        let line = |value: serde_json::Result<String>| {
            value.expect("entries hold only text and numbers") + "\n"
        };
        let outages = traffic.outages.unwrap_or_default();
        let mut text: String = outages.iter().map(|one| line(serde_json::to_string(one))).collect();
        text.extend(traffic.round_trips.iter().map(|one| line(serde_json::to_string(one))));
        text.extend(traffic.entries.iter().map(|one| line(serde_json::to_string(one))));
        text
    }

    /// What the server said about itself; `None` without a connection.
    #[must_use]
    pub fn server_info(&self) -> Option<ServerInfo> {
        let held = self.held();
        held.online_since.and(held.server_info.clone())
    }

    /// How the last connections ended, oldest first.
    #[must_use]
    pub fn ends(&self) -> Vec<ConnectionEnd> {
        self.held().ends.iter().copied().collect()
    }

    /// The number of subscribers, for the driver, which samples while there are any.
    pub(crate) fn subscribers(&self) -> watch::Receiver<usize> {
        self.subscribers.subscribe()
    }

    pub(crate) fn opened(&self, connection: u64, attempt: u32) {
        self.other(connection, TraceEvent::Opened { attempt });
    }

    pub(crate) fn welcomed(&self, welcome: &Welcome) {
        let now = self.clock.now_ms();
        let mut held = self.held();
        held.online_since = Some(now);
        held.server_info = Some(ServerInfo {
            server: welcome.server.clone(),
            version: welcome.version,
            ahead_ms: welcome.time.saturating_sub(now),
        });
        if let Some(outage_since) = held.outage_since.take()
            && let Some(outage) = held.outages.back_mut()
        {
            outage.lasted_ms =
                Some(u64::try_from(outage_since.elapsed().as_millis()).unwrap_or(u64::MAX));
            held.outages_changed += 1;
        }
        drop(held);
        self.notify();
    }

    pub(crate) fn closed(&self, connection: u64, code: u16, by: Side) {
        let at = self.clock.now_ms();
        let mut held = self.held();
        let idle = held.last_frame.map_or(Duration::ZERO, |last_frame| last_frame.elapsed());
        push(&mut held.ends, ENDS, ConnectionEnd { at, code, by, idle });
        // A connection that ends before `welcome` is another failed attempt of the same outage.
        if held.online_since.take().is_some() || held.outage_since.is_none() {
            held.begin_outage(at, Some(code), by);
        } else if let Some(outage) = held.outages.back_mut() {
            outage.tries = outage.tries.saturating_add(1);
            outage.why = ConnectionFailure::Closed { code };
            held.outages_changed += 1;
        }
        drop(held);
        self.other(connection, TraceEvent::Closed { code, by });
    }

    pub(crate) fn failed(&self, connection: u64, why: ConnectionFailure) {
        let at = self.clock.now_ms();
        let mut held = self.held();
        if held.outage_since.is_none() {
            held.begin_outage(at, None, Side::There);
        }
        if let Some(outage) = held.outages.back_mut() {
            outage.tries = outage.tries.saturating_add(1);
            outage.why = why.clone();
            held.outages_changed += 1;
        }
        drop(held);
        self.other(connection, TraceEvent::Failed { why });
    }

    pub(crate) fn round_trip(&self, ms: u32) {
        let at = self.clock.now_ms();
        let mut held = self.held();
        held.measured += 1;
        push(&mut held.round_trips, ROUND_TRIPS, RoundTrip { at, ms });
        drop(held);
        self.notify();
    }

    pub(crate) fn sent(&self, connection: u64, kind: &'static str, text: &str) {
        self.frame(connection, Direction::Out, Cow::Borrowed(kind), text);
    }

    pub(crate) fn received(&self, connection: u64, kind: &'static str, text: &str) {
        self.frame(connection, Direction::In, Cow::Borrowed(kind), text);
    }

    /// Records a frame of an unknown kind.
    pub(crate) fn received_unknown(&self, connection: u64, kind: &str, text: &str) {
        let kind: String = kind.chars().take(KIND).collect();
        self.frame(connection, Direction::In, Cow::Owned(kind), text);
    }

    fn frame(&self, connection: u64, direction: Direction, kind: Cow<'static, str>, text: &str) {
        let at = self.clock.now_ms();
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let subscribed = *self.subscribers.borrow() > 0;
        let mut held = self.held();
        held.count(at.div_euclid(1000), direction, length);
        held.last_frame = Some(Instant::now());
        let text = subscribed.then(|| Arc::from(text));
        held.add(connection, at, StoredEvent::Frame { direction, kind, length, text });
        drop(held);
        self.notify();
    }

    fn other(&self, connection: u64, what: TraceEvent) {
        let at = self.clock.now_ms();
        self.held().add(connection, at, StoredEvent::Other(what));
        self.notify();
    }

    fn notify(&self) {
        if *self.subscribers.borrow() > 0 {
            self.changes.send_replace(());
        }
    }

    /// What is new since `position`, which is advanced.
    fn since(&self, position: &mut SubscriberPosition) -> Traffic {
        // Texts are shared, so the lock is not held while they are masked.
        let held = self.held();
        let fresh: Vec<_> = held
            .entries
            .iter()
            .skip_while(|line| line.number <= position.number)
            .map(|line| (line.number, line.connection, line.at, line.what.share()))
            .collect();
        let trips = held.measured - position.measured;
        let known = held.round_trips.len();
        let trips = usize::try_from(trips).unwrap_or(known).min(known);
        let traffic = Traffic {
            entries: Vec::new(),
            round_trips: held.round_trips.iter().skip(known - trips).copied().collect(),
            seconds: held.seconds.iter().filter(|one| one.at >= position.second).copied().collect(),
            outages: (position.outages != Some(held.outages_changed))
                .then(|| held.outages.iter().cloned().collect()),
            online_since: held.online_since,
        };
        *position = SubscriberPosition {
            number: held.number,
            measured: held.measured,
            second: held.seconds.back().map_or(0, |second| second.at),
            outages: Some(held.outages_changed),
        };
        drop(held);
        let entries = fresh
            .into_iter()
            .map(|(number, connection, at, what)| Entry {
                number,
                connection,
                at,
                what: what.shown(),
            })
            .collect();
        Traffic { entries, ..traffic }
    }

    fn held(&self) -> MutexGuard<'_, TraceState> {
        // A thread that panicked with the lock left complete values.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trace")
            .field("watchers", &*self.subscribers.borrow())
            .finish_non_exhaustive()
    }
}

impl TraceState {
    fn add(&mut self, connection: u64, at: i64, what: StoredEvent) {
        self.number += 1;
        self.text_bytes += what.text_bytes();
        self.entries.push_back(StoredEntry { number: self.number, connection, at, what });
        while self.entries.len() > ENTRIES {
            let gone = self.entries.pop_front().map_or(0, |line| line.what.text_bytes());
            self.text_bytes -= gone;
        }
        if self.text_bytes > TEXT_BYTES {
            self.forget_texts(TEXT_BYTES);
        }
    }

    /// Drops the oldest texts until at most this many bytes are kept.
    fn forget_texts(&mut self, most: usize) {
        for line in &mut self.entries {
            if self.text_bytes <= most {
                return;
            }
            if let StoredEvent::Frame { text, .. } = &mut line.what {
                self.text_bytes -= text.take().map_or(0, |text| text.len());
            }
        }
    }

    fn count(&mut self, second: i64, direction: Direction, length: u32) {
        // After the clock was set back, counting continues in the last second.
        if self.seconds.back().is_none_or(|last| last.at < second) {
            push(&mut self.seconds, SECONDS, Second { at: second, ..Second::default() });
        }
        if let Some(now) = self.seconds.back_mut() {
            let (frames, bytes) = match direction {
                Direction::Out => (&mut now.frames_out, &mut now.bytes_out),
                Direction::In => (&mut now.frames_in, &mut now.bytes_in),
            };
            *frames = frames.saturating_add(1);
            *bytes = bytes.saturating_add(length);
        }
    }

    fn begin_outage(&mut self, at: i64, code: Option<u16>, by: Side) {
        self.outage_since = Some(Instant::now());
        self.outages_changed += 1;
        let outage =
            Outage { at, code, by, tries: 0, why: ConnectionFailure::None, lasted_ms: None };
        push(&mut self.outages, OUTAGES, outage);
    }
}

impl StoredEvent {
    fn text_bytes(&self) -> usize {
        match self {
            Self::Frame { text: Some(text), .. } => text.len(),
            _ => 0,
        }
    }

    fn share(&self) -> Self {
        match self {
            Self::Frame { direction, kind, length, text } => Self::Frame {
                direction: *direction,
                kind: kind.clone(),
                length: *length,
                text: text.clone(),
            },
            Self::Other(what) => Self::Other(what.clone()),
        }
    }

    fn shown(self) -> TraceEvent {
        match self {
            Self::Frame { direction, kind, length, text } => {
                let (kind, preview) = (kind.into_owned(), text.map(|text| mask::line(&text)));
                match direction {
                    Direction::Out => TraceEvent::Sent { kind, length, preview },
                    Direction::In => TraceEvent::Received { kind, length, preview },
                }
            }
            Self::Other(what) => what,
        }
    }
}

fn push<T>(ring: &mut VecDeque<T>, most: usize, one: T) {
    if ring.len() >= most {
        ring.pop_front();
    }
    ring.push_back(one);
}

/// How far a subscriber has read.
#[derive(Debug, Default)]
struct SubscriberPosition {
    number: u64,
    measured: u64,
    second: i64,
    outages: Option<u64>,
}

/// A subscriber. When the last one is dropped, the texts of frames are dropped.
#[derive(Debug)]
pub struct TraceSubscriber {
    trace: Arc<Trace>,
    changes: watch::Receiver<()>,
    position: SubscriberPosition,
}

impl TraceSubscriber {
    /// What is new since the last call; the first time, everything.
    pub fn take(&mut self) -> Traffic {
        self.changes.mark_unchanged();
        self.trace.since(&mut self.position)
    }

    /// Waits for new entries, and a moment for those that follow.
    pub async fn changes(&mut self) -> Traffic {
        // The sender is part of the trace, which this keeps alive.
        _ = self.changes.changed().await;
        sleep(TOGETHER).await;
        self.take()
    }
}

impl Drop for TraceSubscriber {
    fn drop(&mut self) {
        self.trace.subscribers.send_modify(|subscribers| *subscribers -= 1);
        if *self.trace.subscribers.borrow() == 0 {
            self.trace.held().forget_texts(0);
        }
    }
}

#[cfg(test)]
mod tests;
