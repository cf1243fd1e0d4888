//! What waits to be written to one device.
//!
//! Bounded by frames and bytes, and never wrong: when it overflows, lossy things are dropped, the
//! events of each room become one `gap` ("pull when you like"), and what else was lost is
//! remembered as due, to be read again from the store. So a slow device costs a bounded amount and
//! misses nothing.

use std::collections::{BTreeMap, VecDeque};

use axum::extract::ws::Utf8Bytes;
use homing_protocol::frame::{Gap, Uevent, UserKey};
use homing_protocol::{Cid, CloseCode, RoomId, Seq, ServerFrame, Useq, UserId};

/// Frames that may wait.
pub const MOST_FRAMES: usize = 1024;
/// Bytes that may wait.
pub const MOST_BYTES: usize = 1024 * 1024;

/// Something for a device.
#[derive(Debug, Clone, PartialEq)]
pub enum Push {
    /// An event of a room, as text that all its receivers share.
    Event {
        /// Which one.
        event: EventHeader,
        /// The frame.
        text: Utf8Bytes,
    },
    /// A change of the person's own stream.
    Own {
        /// What it is.
        own: OwnHeader,
        /// The frame.
        text: Utf8Bytes,
    },
    /// How far a room is delivered.
    Receipt {
        /// Which room.
        room: RoomId,
        /// The frame.
        text: Utf8Bytes,
    },
    /// Typing and presence: nobody minds its loss.
    Eph {
        /// Which room; none: the whole space.
        room: Option<RoomId>,
        /// The frame.
        text: Utf8Bytes,
    },
    /// There is more in this room than was pushed.
    Gap {
        /// Which room.
        room: RoomId,
        /// Its newest seq.
        head: Seq,
    },
    /// Descriptions of rooms or people changed.
    DigestDue,
    /// The own stream has more than was pushed.
    OwnDue,
    /// Something may have changed that this node was not told: look at the vitals.
    HeadsDue,
    /// The connection must end.
    Close {
        /// With this.
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

/// An event, as far as the connection must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventHeader {
    /// Which room.
    pub room: RoomId,
    /// Its place.
    pub seq: Seq,
    /// Who caused it.
    pub sender: UserId,
    /// Their name for it.
    pub cid: Option<Cid>,
}

/// What the connection must know of a frame before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushHeader {
    /// It is an event.
    Event(EventHeader),
    /// It is a change of the person's own stream.
    Own(OwnHeader),
    /// Nothing.
    Other,
}

/// A change of the person's own stream, as far as the connection must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnHeader {
    /// Its place.
    pub useq: Useq,
    /// It says that the person is out of this room. What waits of it is dropped.
    pub left: Option<RoomId>,
}

impl OwnHeader {
    /// What the connection must know of this change.
    #[must_use]
    pub fn of(change: &Uevent) -> Self {
        Self { useq: change.useq, left: left_room(change) }
    }
}

/// The room that this change says one is out of.
pub(crate) fn left_room(change: &Uevent) -> Option<RoomId> {
    match &change.key {
        UserKey::Room(room) if change.value.is_null() => Some(*room),
        _ => None,
    }
}

/// What the queue wants done that is no frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Read the digest since the last one.
    pub digest: bool,
    /// Read the own stream since the last change.
    pub own: bool,
    /// Look at the vitals.
    pub heads: bool,
    /// End the connection.
    pub close: Option<CloseCode>,
}

impl Due {
    /// There is something to do.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Push>,
    bytes: usize,
    gaps: BTreeMap<RoomId, Seq>,
    due: Due,
}

impl Queue {
    /// Adds. True: the queue overflowed.
    pub fn push(&mut self, push: Push) -> bool {
        match push {
            Push::DigestDue => self.due.digest = true,
            Push::OwnDue => self.due.own = true,
            Push::HeadsDue => self.due.heads = true,
            // The first verdict stands: who is disabled is not merely replaced.
            Push::Close { code } => self.due.close = self.due.close.or(Some(code)),
            Push::Gap { room, head } => self.gap(room, head),
            // A room with a gap is pulled anyway; its events would only be in the way.
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

    /// The next frame to write. Gaps go first: no event of such a room waits, and the sooner the
    /// device pulls the better.
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
            // The others are kept as what is due, never in line.
            _ => None,
        }
    }

    /// What is due, once.
    pub fn take_due(&mut self) -> Due {
        std::mem::take(&mut self.due)
    }

    /// Nothing to write and nothing due.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.gaps.is_empty() && !self.due.is_any()
    }

    /// There is something to write.
    #[must_use]
    pub fn has_frames(&self) -> bool {
        !self.waiting.is_empty() || !self.gaps.is_empty()
    }

    /// Something is due.
    #[must_use]
    pub fn has_due(&self) -> bool {
        self.due.is_any()
    }

    fn gap(&mut self, room: RoomId, head: Seq) {
        let known = self.gaps.entry(room).or_insert(head);
        *known = (*known).max(head);
    }

    /// The person is no longer in this room: nothing of it may be written any more.
    pub fn forget(&mut self, room: RoomId) {
        self.gaps.remove(&room);
        self.waiting.retain(|push| push.room() != Some(room));
        self.bytes = self.waiting.iter().map(Push::bytes).sum();
    }

    fn is_over(&self) -> bool {
        self.waiting.len() > MOST_FRAMES || self.bytes > MOST_BYTES
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
                // A receipt moves the room's position, so the digest has it.
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
        for _ in 0..MOST_FRAMES {
            queue.push(Push::Eph { room: None, text: "e".into() });
        }
        assert_eq!(queue.pop().unwrap().0.as_str(), "1 1 ");
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn what_was_lost_is_due() {
        let mut queue = Queue::default();
        queue.push(Push::Receipt { room: room(1), text: "r".into() });
        for useq in 0..=MOST_FRAMES as u64 {
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
                prop_assert!(queue.waiting.len() <= MOST_FRAMES && queue.bytes <= MOST_BYTES);
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
