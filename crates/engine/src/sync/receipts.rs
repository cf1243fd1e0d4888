//! Tells the server what this device has stored, which becomes the second tick of the sender. Pure.
//!
//! Receipts are cumulative, so losing one costs nothing. They are sent every [`ACK_EVERY`], or
//! sooner after [`ACK_EVENTS`].

use std::collections::BTreeMap;

use homing_protocol::frame::Ack;
use homing_protocol::{RoomId, Seq, Useq};
use tokio::time::Instant;

use crate::timeouts::{ACK_EVENTS, ACK_EVERY, ACK_LEAST};

/// Rooms per frame, at some 60 bytes each, which is far below the limit of a frame. The others
/// follow.
const ACK_ROOMS: usize = 1000;

/// What is stored and not acknowledged yet.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    rooms: BTreeMap<RoomId, Seq>,
    useq: Option<Useq>,
    /// Acknowledged on this connection. If the connection is lost, so may these be.
    told: BTreeMap<RoomId, Seq>,
    events: u32,
    /// When the last receipt was sent, or the connection came up; `None` without one.
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

    /// This device has stored this many more events of the room, up to `cursor`.
    pub(crate) fn held(&mut self, room: RoomId, cursor: Seq, events: usize) {
        self.rooms.insert(room, cursor);
        self.events = self.events.saturating_add(u32::try_from(events).unwrap_or(u32::MAX));
    }

    /// This device has stored the own stream up to here.
    pub(crate) fn held_own(&mut self, useq: Useq) {
        self.useq = Some(useq);
    }

    /// The room was left.
    pub(crate) fn forget(&mut self, room: RoomId) {
        self.rooms.remove(&room);
        self.told.remove(&room);
    }

    /// The receipt to send now.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Ack> {
        if self.deadline().is_none_or(|due| now < due) {
            return None;
        }
        self.last = Some(now);
        self.events = 0;
        let rest = self.rooms.keys().nth(ACK_ROOMS).copied();
        let rest = rest.map(|room| self.rooms.split_off(&room)).unwrap_or_default();
        let rooms = std::mem::replace(&mut self.rooms, rest);
        self.told.extend(rooms.iter().map(|(room, seq)| (*room, *seq)));
        Some(Ack { rooms, useq: self.useq.take() })
    }

    /// When [`poll`](Self::poll) has something to send.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let last = self.last?;
        if self.rooms.is_empty() && self.useq.is_none() {
            return None;
        }
        Some(last + if self.events >= ACK_EVENTS { ACK_LEAST } else { ACK_EVERY })
    }
}

#[cfg(test)]
mod tests {
    use homing_testkit::builders::room_id;

    use super::*;

    fn online() -> (Receipts, Instant) {
        let now = Instant::now();
        let mut receipts = Receipts::default();
        receipts.online(now);
        (receipts, now)
    }

    fn rooms(ack: Option<Ack>) -> Vec<(RoomId, u64)> {
        ack.into_iter().flat_map(|ack| ack.rooms).map(|(room, seq)| (room, seq.0)).collect()
    }

    #[test]
    fn what_is_held_is_told_every_five_seconds_or_sooner_when_there_is_much() {
        for (events, wait) in [(1, ACK_EVERY), (49, ACK_EVERY), (50, ACK_LEAST), (900, ACK_LEAST)] {
            let (mut receipts, start) = online();
            receipts.held(room_id(1), Seq(events), usize::try_from(events).unwrap());
            assert_eq!(receipts.deadline(), Some(start + wait), "{events} events");
            assert_eq!(receipts.poll(start + wait / 2), None);
            assert_eq!(rooms(receipts.poll(start + wait)), [(room_id(1), events)]);
            assert_eq!(receipts.deadline(), None, "told once");
            // The count starts again after each report.
            receipts.held(room_id(1), Seq(events + 1), 1);
            assert_eq!(receipts.deadline(), Some(start + wait + ACK_EVERY));
        }
    }

    #[test]
    fn what_was_told_to_a_connection_that_is_gone_is_told_again() {
        let (mut receipts, start) = online();
        receipts.held(room_id(1), Seq(3), 3);
        receipts.held(room_id(2), Seq(7), 1);
        assert_eq!(rooms(receipts.poll(start + ACK_EVERY)).len(), 2);
        receipts.held(room_id(1), Seq(4), 1);
        receipts.offline();
        assert_eq!((receipts.deadline(), receipts.poll(start + ACK_EVERY * 9)), (None, None));
        receipts.online(start);
        let told = rooms(receipts.poll(start + ACK_EVERY));
        assert_eq!(told, [(room_id(1), 4), (room_id(2), 7)], "the newest of each");
    }

    #[test]
    fn of_a_room_that_was_left_nothing_is_told() {
        let (mut receipts, start) = online();
        receipts.held(room_id(1), Seq(3), 3);
        receipts.poll(start + ACK_EVERY);
        receipts.held(room_id(2), Seq(3), 3);
        receipts.forget(room_id(1));
        receipts.forget(room_id(2));
        receipts.offline();
        receipts.online(start);
        assert_eq!(receipts.deadline(), None);
        receipts.held_own(Useq(5));
        let ack = receipts.poll(start + ACK_EVERY).unwrap();
        assert_eq!((ack.rooms.len(), ack.useq), (0, Some(Useq(5))));
    }

    #[test]
    fn of_many_rooms_so_many_at_once_and_the_rest_after() {
        let (mut receipts, start) = online();
        for n in 0..2500 {
            receipts.held(room_id(n), Seq(n), 1);
        }
        let mut now = start;
        let mut told = Vec::new();
        while let Some(due) = receipts.deadline() {
            now = due;
            let ack = receipts.poll(now).unwrap();
            let frame = homing_protocol::ClientFrame::Ack(ack.clone()).encode();
            assert!(frame.len() < homing_protocol::limits::FRAME_BYTES / 2, "{}", frame.len());
            told.extend(rooms(Some(ack)));
        }
        assert_eq!(told, (0..2500).map(|n| (room_id(n), n)).collect::<Vec<_>>());
        assert_eq!(now, start + ACK_LEAST + ACK_EVERY * 2);
    }
}
