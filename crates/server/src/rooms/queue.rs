//! The queue of frames for one device.
//!
//! Bounded by frames and bytes. On overflow, lossy frames are dropped, the events of each room
//! become one `gap` ("pull when you like"), and everything else is marked as due to be read again
//! from the store. So a slow device costs a bounded amount and misses nothing.

use std::collections::{BTreeMap, VecDeque};

use axum::extract::ws::Utf8Bytes;
use homing_protocol::frame::{Gap, Uevent, UserKey};
use homing_protocol::{Cid, CloseCode, RoomId, Seq, ServerFrame, Useq, UserId};

/// Maximum number of frames.
pub const MAX_FRAMES: usize = 1024;
/// Maximum number of bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// An item for a device's queue.
#[derive(Debug, Clone, PartialEq)]
pub enum Push {
    /// An event of a room, as text shared by all receivers.
    Event {
        event: EventHeader,
        text: Utf8Bytes,
    },
    /// A change of the person's own stream.
    Own {
        own: OwnHeader,
        text: Utf8Bytes,
    },
    /// The receipt of a room.
    Receipt {
        room: RoomId,
        text: Utf8Bytes,
    },
    /// Typing and presence, which may be lost.
    Eph {
        /// None: the whole space.
        room: Option<RoomId>,
        text: Utf8Bytes,
    },
    /// The room's log is longer than was pushed.
    Gap {
        room: RoomId,
        /// The newest seq.
        head: Seq,
    },
    /// Rooms or people changed: a digest is due.
    DigestDue,
    /// The own stream is longer than was pushed.
    OwnDue,
    /// Changes may have been missed: compare the heads.
    HeadsDue,
    Close {
        code: CloseCode,
    },
}

impl Push {
    fn room(&self) -> Option<RoomId> {
        match self {
            Self::Event { event, .. } => Some(event.room),
            Self::Receipt { room, .. } => Some(*room),
            Self::Eph { room, .. } => *room,
            _ => None,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Event { text, .. }
            | Self::Own { text, .. }
            | Self::Receipt { text, .. }
            | Self::Eph { text, .. } => text.len(),
            _ => 0,
        }
    }
}

/// The fields of a queued event that its connection uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventHeader {
    pub room: RoomId,
    pub seq: Seq,
    pub sender: UserId,
    pub cid: Option<Cid>,
}

/// The fields of a queued frame that its connection uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushHeader {
    Event(EventHeader),
    Own(OwnHeader),
    Other,
}

/// The fields of a queued own event that its connection uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnHeader {
    pub useq: Useq,
    /// The person has left this room. Frames of it that wait are dropped.
    pub left: Option<RoomId>,
}

impl OwnHeader {
    /// Reads the fields from the own event.
    #[must_use]
    pub fn of(change: &Uevent) -> Self {
        Self { useq: change.useq, left: left_room(change) }
    }
}

/// The room that the person has left by this own event.
pub(crate) fn left_room(change: &Uevent) -> Option<RoomId> {
    match &change.key {
        UserKey::Room(room) if change.value.is_null() => Some(*room),
        _ => None,
    }
}

/// Work that is due for a connection and is not a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Read a digest.
    pub digest: bool,
    /// Read the own stream.
    pub own: bool,
    /// Compare the heads.
    pub heads: bool,
    /// Close the connection.
    pub close: Option<CloseCode>,
}

impl Due {
    /// Whether anything is due.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

/// A device's queue.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Push>,
    bytes: usize,
    gaps: BTreeMap<RoomId, Seq>,
    due: Due,
}

impl Queue {
    /// Adds an item. True: the queue overflowed.
    pub fn push(&mut self, push: Push) -> bool {
        match push {
            Push::DigestDue => self.due.digest = true,
            Push::OwnDue => self.due.own = true,
            Push::HeadsDue => self.due.heads = true,
            // The first code wins: a disabled account must not become a replaced connection.
            Push::Close { code } => self.due.close = self.due.close.or(Some(code)),
            Push::Gap { room, head } => self.gap(room, head),
            // A room with a gap is pulled anyway, so its events are not needed.
            Push::Event { event: EventHeader { room, seq, .. }, .. }
                if self.gaps.contains_key(&room) =>
            {
                self.gap(room, seq);
            }
            other => {
                if let Push::Own { own: OwnHeader { left: Some(room), .. }, .. } = &other {
                    self.forget(*room);
                }
                self.bytes += other.bytes();
                self.waiting.push_back(other);
                return self.shrink();
            }
        }
        false
    }

    /// The next frame to write. Gaps go first: no event of such a room is queued, and an early pull
    /// is better.
    pub fn pop(&mut self) -> Option<(Utf8Bytes, PushHeader)> {
        if let Some((room, head)) = self.gaps.pop_first() {
            let gap = ServerFrame::Gap(Gap { room, head });
            return Some((gap.encode().into(), PushHeader::Other));
        }
        let push = self.waiting.pop_front()?;
        self.bytes -= push.bytes();
        match push {
            Push::Event { event, text } => Some((text, PushHeader::Event(event))),
            Push::Own { own, text } => Some((text, PushHeader::Own(own))),
            Push::Receipt { text, .. } | Push::Eph { text, .. } => Some((text, PushHeader::Other)),
            // The others are kept as due and are never queued.
            _ => None,
        }
    }

    /// Takes what is due.
    pub fn take_due(&mut self) -> Due {
        std::mem::take(&mut self.due)
    }

    /// Whether no frame waits and nothing is due.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.gaps.is_empty() && !self.due.is_any()
    }

    /// Whether a frame waits.
    #[must_use]
    pub fn has_frames(&self) -> bool {
        !self.waiting.is_empty() || !self.gaps.is_empty()
    }

    /// Whether anything is due.
    #[must_use]
    pub fn has_due(&self) -> bool {
        self.due.is_any()
    }

    fn gap(&mut self, room: RoomId, head: Seq) {
        let known = self.gaps.entry(room).or_insert(head);
        *known = (*known).max(head);
    }

    /// Drops everything queued for a room that the person has left.
    pub fn forget(&mut self, room: RoomId) {
        self.gaps.remove(&room);
        self.waiting.retain(|push| push.room() != Some(room));
        self.bytes = self.waiting.iter().map(Push::bytes).sum();
    }

    fn is_over(&self) -> bool {
        self.waiting.len() > MAX_FRAMES || self.bytes > MAX_BYTES
    }

    fn shrink(&mut self) -> bool {
        if !self.is_over() {
            return false;
        }
        self.waiting.retain(|push| !matches!(push, Push::Eph { .. }));
        self.bytes = self.waiting.iter().map(Push::bytes).sum();
        if !self.is_over() {
            return true;
        }
        self.bytes = 0;
        for push in std::mem::take(&mut self.waiting) {
            match push {
                Push::Event { event, .. } => self.gap(event.room, event.seq),
                Push::Own { .. } => self.due.own = true,
                // A receipt changes the room's position, so the digest includes it.
                Push::Receipt { .. } => self.due.digest = true,
                _ => {}
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn room(n: u8) -> RoomId {
        RoomId(Uuid::from_u128(n.into()))
    }

    fn event(n: u8, seq: u64, size: usize) -> Push {
        let text = format!("{n} {seq} {}", "x".repeat(size)).into();
        let sender = UserId(Uuid::nil());
        Push::Event { event: EventHeader { room: room(n), seq: Seq(seq), sender, cid: None }, text }
    }

    #[test]
    fn an_overflow_leaves_one_gap_a_room() {
        let mut queue = Queue::default();
        for seq in 1..=600 {
            queue.push(event(1, seq, 0));
            queue.push(event(2, seq, 0));
        }
        let mut gaps = Vec::new();
        while let Some((text, _)) = queue.pop() {
            if text.as_str().contains("\"gap\"") {
                gaps.push(text);
            }
        }
        assert_eq!(gaps.len(), 2);
        assert!(gaps[0].as_str().contains("600"));
    }

    #[test]
    fn bytes_count_too() {
        let mut queue = Queue::default();
        let overflowed = (1..20).any(|seq| queue.push(event(1, seq, 64 * 1024)));
        assert!(overflowed);
    }

    #[test]
    fn lossy_things_go_first() {
        let mut queue = Queue::default();
        queue.push(event(1, 1, 0));
        for _ in 0..MAX_FRAMES {
            queue.push(Push::Eph { room: None, text: "e".into() });
        }
        assert_eq!(queue.pop().unwrap().0.as_str(), "1 1 ");
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn what_was_lost_is_due() {
        let mut queue = Queue::default();
        queue.push(Push::Receipt { room: room(1), text: "r".into() });
        for useq in 0..=MAX_FRAMES as u64 {
            let text = "o".into();
            queue.push(Push::Own { own: OwnHeader { useq: Useq(useq), left: None }, text });
        }
        let due = queue.take_due();
        assert!(due.own && due.digest);
        assert!(!queue.take_due().is_any());
    }

    #[test]
    fn after_leaving_nothing_of_the_room_remains() {
        let mut queue = Queue::default();
        queue.push(event(1, 1, 10));
        queue.push(event(2, 1, 0));
        queue.push(Push::Gap { room: room(1), head: Seq(9) });
        queue.push(Push::Receipt { room: room(1), text: "r".into() });
        queue.push(Push::Eph { room: Some(room(1)), text: "typing".into() });
        let own = OwnHeader { useq: Useq(1), left: Some(room(1)) };
        queue.push(Push::Own { own, text: "out".into() });
        assert_eq!(queue.pop().unwrap().0.as_str(), "2 1 ");
        assert_eq!(queue.pop(), Some(("out".into(), PushHeader::Own(own))));
        assert!(queue.is_idle());
        assert_eq!(queue.bytes, 0);
    }

    proptest! {
        /// Whatever is pushed and popped: bounded, in order, and the last seq of each room is
        /// either popped or told by a gap.
        #[test]
        fn nothing_is_lost_without_a_gap(
            steps in prop::collection::vec((0u8..3, prop::bool::weighted(0.3), 0usize..90_000), 1..300)
        ) {
            let mut queue = Queue::default();
            let mut heads: BTreeMap<u8, u64> = BTreeMap::new();
            let mut told: BTreeMap<u8, u64> = BTreeMap::new();
            let mut hear = |text: Utf8Bytes| {
                if let Ok(ServerFrame::Gap(gap)) = ServerFrame::decode(&text, usize::MAX) {
                    let n = (0..3).find(|n| room(*n) == gap.room).unwrap();
                    let known = told.entry(n).or_default();
                    assert!(gap.head.0 > *known);
                    *known = gap.head.0;
                } else {
                    let mut words = text.split(' ');
                    let n: u8 = words.next().unwrap().parse().unwrap();
                    let seq: u64 = words.next().unwrap().parse().unwrap();
                    let known = told.entry(n).or_default();
                    assert_eq!(seq, *known + 1, "in order and without a hole");
                    *known = seq;
                }
            };
            for (n, pop, size) in steps {
                let head = heads.entry(n).or_default();
                *head += 1;
                queue.push(event(n, *head, size));
                prop_assert!(queue.waiting.len() <= MAX_FRAMES && queue.bytes <= MAX_BYTES);
                if pop && let Some((text, _)) = queue.pop() {
                    hear(text);
                }
            }
            while let Some((text, _)) = queue.pop() {
                hear(text);
            }
            prop_assert_eq!(heads, told);
        }
    }
}
