//! What passed over the connection: kept always, bounded, and shown to who looks.
//!
//! The link writes it down, the Connection Inspector reads it. While nobody looks, a frame costs one
//! line of a ring (kind, length, time) and no copy of its text; texts are kept from when the first
//! [`TraceSubscriber`] begins until the last one ends, and previews are masked by who reads, never by the
//! task that owns the socket. Nothing here is stored, and the `Authorization` header never comes
//! here: it is part of the upgrade, not of a frame.

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

/// Lines of the ring: an hour of a quiet connection, and the whole of a reconnect.
pub const ENTRIES: usize = 1000;
/// Bytes of the frames whose text is kept: sixteen of the largest.
const TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Round trips kept: at one in [`SAMPLE_EVERY`] twenty minutes.
const ROUND_TRIPS: usize = 240;
/// Seconds with traffic that are kept: five busy minutes.
const SECONDS: usize = 300;
/// Times without a connection that are kept: some days of a laptop.
const OUTAGES: usize = 50;
/// Ends of connections that are kept for the Doctor: enough to see that they are alike.
const ENDS: usize = 8;
/// Characters of a kind that this build does not know.
const KIND: usize = 32;
/// A round trip is measured so often while somebody looks: often enough for a curve, and far under
/// the 120 frames of this sort a minute that a server takes.
pub const SAMPLE_EVERY: Duration = Duration::from_secs(5);
/// News are gathered for so long, so that a burst of frames is one redraw.
const TOGETHER: Duration = Duration::from_millis(200);

/// What passed over the connections of one engine.
pub struct Trace {
    clock: Arc<dyn Clock>,
    held: Mutex<TraceState>,
    /// How many look.
    subscribers: watch::Sender<usize>,
    /// Touched when something was written down while somebody looks.
    changes: watch::Sender<()>,
}

/// How one connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionEnd {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The WebSocket close code; 1006 when it was cut.
    pub code: u16,
    /// Who ended it.
    pub by: Side,
    /// For how long nothing had passed, either way.
    pub idle: Duration,
}

/// What the server said of itself in its last `welcome`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// Program and version.
    pub server: String,
    /// The version of the wire.
    pub version: u16,
    /// How far its clock is ahead of this device's, in milliseconds, give or take the way here.
    pub ahead_ms: i64,
}

#[derive(Default)]
struct TraceState {
    /// The number of the last entry.
    number: u64,
    entries: VecDeque<StoredEntry>,
    text_bytes: usize,
    /// How many were ever measured.
    measured: u64,
    round_trips: VecDeque<RoundTrip>,
    seconds: VecDeque<Second>,
    outages: VecDeque<Outage>,
    /// How often they changed.
    outages_changed: u64,
    /// When the last outage began, while it lasts.
    outage_since: Option<Instant>,
    /// Oldest first.
    ends: VecDeque<ConnectionEnd>,
    /// When a frame last passed, either way.
    last_frame: Option<Instant>,
    online_since: Option<i64>,
    server_info: Option<ServerInfo>,
}

/// An entry as it is kept.
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

    /// Begins to look: texts of frames are kept from now on, and round trips are measured.
    #[must_use]
    pub fn subscribe(self: &Arc<Self>) -> TraceSubscriber {
        self.subscribers.send_modify(|subscribers| *subscribers += 1);
        TraceSubscriber {
            changes: self.changes.subscribe(),
            trace: self.clone(),
            position: SubscriberPosition::default(),
        }
    }

    /// A frame's text, laid out for reading, with secrets masked. None: it was not kept, because
    /// nobody looked when it passed, or it is long gone.
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

    /// Everything as JSON, one object a line, with everything private masked: to be sent to
    /// somebody who helps.
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

    /// What the server said of itself when this connection was greeted; none without one.
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

    /// How many look, for the task that measures while somebody does.
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
        // A connection that ends before `welcome` is one more try of the outage that lasts.
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

    /// A frame of a kind that this build does not know.
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

    /// What came since, and from now on is seen.
    fn since(&self, position: &mut SubscriberPosition) -> Traffic {
        // Texts are shared, so the lock is held for a walk, not for masking.
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
        // Whoever panicked while holding it left whole values.
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

    /// Lets texts go, the oldest first, until no more than so many bytes are kept.
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
        // A clock that was set back counts on in the second that it had reached.
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

/// How much a watcher has seen.
#[derive(Debug, Default)]
struct SubscriberPosition {
    number: u64,
    measured: u64,
    second: i64,
    outages: Option<u64>,
}

/// Somebody who looks. When the last one is dropped, the texts of frames are forgotten.
#[derive(Debug)]
pub struct TraceSubscriber {
    trace: Arc<Trace>,
    changes: watch::Receiver<()>,
    position: SubscriberPosition,
}

impl TraceSubscriber {
    /// What came since this was last asked for; the first time, all that is kept.
    pub fn take(&mut self) -> Traffic {
        self.changes.mark_unchanged();
        self.trace.since(&mut self.position)
    }

    /// Waits until something came, and a moment for what follows it.
    pub async fn changes(&mut self) -> Traffic {
        // The sender lives in the trace, which this holds.
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
