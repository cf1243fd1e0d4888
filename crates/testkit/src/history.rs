//! Checks the delivery guarantees over a recorded history.
//!
//! - I1 acknowledged: in the log exactly once, at the acknowledged seq.
//! - I2 not acknowledged: in the log at most once, and still in its sender's outbox if not there.
//! - I3 every device has the same log, without a hole.
//! - I4 first in, first out, for each sender.
//! - I5 no device announces or shows an event twice.
//! - I6 a read marker never moves back.
//! - I7 nobody receives an event of a room after the one by which they left it.
//! - I9 what was shown as sent is in the log (I1, seen from the screen).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use homing_protocol::{Cid, EventId, Seq};

/// The fields of a log entry that the guarantees are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntry {
    /// Its seq.
    pub seq: Seq,
    /// The server's id; unknown where only the screen was recorded.
    pub id: Option<EventId>,
    /// The sender's cid.
    pub cid: Option<Cid>,
}

/// What one device did and saw.
#[derive(Debug, Clone, Default)]
pub struct DeviceHistory {
    /// Its messages in the order written, once `send` had returned.
    pub written: Vec<Cid>,
    /// Those of them whose place among the others is not promised after a restore: changes wait for their
    /// message, and another device of the person may give a part back first.
    pub late: BTreeSet<Cid>,
    /// Its messages shown as sent, and their seqs.
    pub shown_sent: BTreeMap<Cid, Seq>,
    /// The events it announced as new, in order.
    pub announced: Vec<EventId>,
    /// Every seq at which it showed a row, and the row's keys.
    pub shown: BTreeMap<Seq, BTreeSet<String>>,
    /// Every seq whose event it received, by any path.
    pub received: BTreeSet<Seq>,
    /// The read markers it showed, in order.
    pub read: Vec<Seq>,
    /// The seq of the event by which its member left the room, if so.
    pub left: Option<Seq>,
    /// Its outbox at the end.
    pub outbox: BTreeSet<Cid>,
    /// Its log at the end.
    pub log: Vec<LogEntry>,
}

/// The record of all devices and of the server.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// By name.
    pub devices: BTreeMap<String, DeviceHistory>,
    /// As fetched by a device that had nothing before.
    pub server: Vec<LogEntry>,
    /// The seqs of events that only change others: they are in no device's log.
    pub quiet: BTreeSet<Seq>,
}

/// A broken guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number in the list of this module.
    pub promise: &'static str,
    /// What happened.
    pub how: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.how)
    }
}

impl History {
    /// All broken guarantees.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Violations(Vec::new());
        let places = self.places();
        let loud: Vec<LogEntry> =
            self.server.iter().filter(|entry| !self.quiet.contains(&entry.seq)).copied().collect();
        for (seq, entry) in (1..).map(Seq).zip(&self.server) {
            if entry.seq != seq {
                found.add("I3", format!("the server's log has {} where {seq} belongs", entry.seq));
                break;
            }
        }
        for (name, device) in &self.devices {
            for (cid, seq) in &device.shown_sent {
                if places.get(cid).is_none_or(|seqs| seqs.as_slice() != [*seq]) {
                    let at = places.get(cid);
                    found.add("I1", format!("{name} was told {cid} is at {seq}; it is at {at:?}"));
                }
            }
            for cid in &device.written {
                match places.get(cid).map_or(0, Vec::len) {
                    1 => {}
                    0 if device.outbox.contains(cid) => {}
                    0 => found.add("I2", format!("{name} wrote {cid}, which is nowhere")),
                    more => found.add("I2", format!("{name}'s {cid} is in the log {more} times")),
                }
            }
            if !device.read.is_sorted() {
                found.add("I6", format!("{name}'s read marker went back: {:?}", device.read));
            }
            if let Some(left) = device.left {
                let late: Vec<_> = device.received.iter().filter(|seq| **seq > left).collect();
                if !late.is_empty() {
                    found.add("I7", format!("{name} left at {left} and received {late:?}"));
                }
                if !device.log.is_empty() {
                    found.add("I7", format!("{name} left at {left} and still holds the log"));
                }
            } else if device.log != loud {
                let (here, there) = (device.log.len(), loud.len());
                found.add("I3", format!("{name} holds another log ({here} of {there} entries)"));
            }
            let in_order = device.written.iter().filter(|cid| !device.late.contains(cid));
            let order: Vec<Seq> =
                in_order.filter_map(|cid| places.get(cid)?.first().copied()).collect();
            if !order.is_sorted() {
                found.add("I4", format!("{name}'s messages are out of order"));
            }
            let mut announced = BTreeSet::new();
            for id in &device.announced {
                if !announced.insert(id) {
                    found.add("I5", format!("{name} announced {id} twice"));
                }
            }
            for (seq, keys) in device.shown.iter().filter(|(_, keys)| keys.len() > 1) {
                found.add("I5", format!("{name} showed {keys:?} at {seq}"));
            }
        }
        found.0
    }

    fn places(&self) -> BTreeMap<Cid, Vec<Seq>> {
        let mut places: BTreeMap<Cid, Vec<Seq>> = BTreeMap::new();
        for entry in &self.server {
            if let Some(cid) = entry.cid {
                places.entry(cid).or_default().push(entry.seq);
            }
        }
        places
    }
}

struct Violations(Vec<Violation>);

impl Violations {
    fn add(&mut self, promise: &'static str, how: String) {
        self.0.push(Violation { promise, how });
    }
}
