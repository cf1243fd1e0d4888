//! Telling the server what this device holds: the second tick of whoever wrote it. Pure.
//!
//! Cumulative, so losing one costs nothing: every [`ACK_EVERY`], or sooner after [`ACK_EVENTS`].

use std::collections::BTreeMap;

use homing_protocol::frame::Ack;
use homing_protocol::{RoomId, Seq, Useq};
use tokio::time::Instant;

use crate::timeouts::{ACK_EVENTS, ACK_EVERY, ACK_LEAST};

/// What is held and not yet told.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    rooms: BTreeMap<RoomId, Seq>,
    useq: Option<Useq>,
    /// Told on this connection. Lost with it, for all one knows.
    told: BTreeMap<RoomId, Seq>,
    events: u32,
    /// When it was told last, or the connection began; none without one.
    last: Option<Instant>,
}

impl Receipts {
    pub(crate) fn online(&mut self, now: Instant) {
        self.last = Some(now);
    }

    pub(crate) fn offline(&mut self) {
        self.last = None;
        for (room, seq) in std::mem::take(&mut self.told) {
            let newest = self.rooms.entry(room).or_default();
            *newest = seq.max(*newest);
        }
    }

    /// This device holds so many more events of the room, up to `cursor`.
    pub(crate) fn held(&mut self, room: RoomId, cursor: Seq, events: usize) {
        self.rooms.insert(room, cursor);
        self.events = self.events.saturating_add(u32::try_from(events).unwrap_or(u32::MAX));
    }

    /// This device holds its member's own stream up to here.
    pub(crate) fn held_own(&mut self, useq: Useq) {
        self.useq = Some(useq);
    }

    /// There is nothing to tell of this room any more.
    pub(crate) fn forget(&mut self, room: RoomId) {
        self.rooms.remove(&room);
        self.told.remove(&room);
    }

    /// What is to be told now.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Ack> {
        if self.deadline().is_none_or(|due| now < due) {
            return None;
        }
        self.last = Some(now);
        self.events = 0;
        let rooms = std::mem::take(&mut self.rooms);
        self.told.extend(rooms.iter().map(|(room, seq)| (*room, *seq)));
        Some(Ack { rooms, useq: self.useq.take() })
    }

    /// When [`poll`](Self::poll) has something to say.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let last = self.last?;
        if self.rooms.is_empty() && self.useq.is_none() {
            return None;
        }
        Some(last + if self.events >= ACK_EVENTS { ACK_LEAST } else { ACK_EVERY })
    }
}
