//! One queued message.

use homing_protocol::frame::SendItem;
use homing_protocol::{Body, Cid, Content, MessageRef, Origin, RoomId, UserId};

use crate::view::{Delivery, Item, PendingChange, Queued, TimelinePosition, WedgeReason};

/// How far a queued message got, as stored in the database: the numbers must not change. Whether it
/// is in flight is not stored, because after a crash nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    /// Never handed to a connection. It can be changed and discarded.
    Queued,
    /// Handed to a connection at least once, with unknown outcome. It keeps its `cid` and body
    /// until the server answers.
    Offered,
    /// A change that was given back to a restored server, and whose message is not there. It waits until
    /// that is given back too.
    Deferred,
    /// Refused permanently; waits for the person.
    Wedged(WedgeReason),
}

impl OutboxState {
    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Queued => 10,
            Self::Offered => 20,
            Self::Deferred => 25,
            Self::Wedged(WedgeReason::NotMember) => 30,
            Self::Wedged(WedgeReason::Forbidden) => 31,
            Self::Wedged(WedgeReason::TooLarge) => 32,
            Self::Wedged(WedgeReason::CidReused) => 33,
            Self::Wedged(WedgeReason::Refused) => 34,
            Self::Wedged(WedgeReason::HoldsNul) => 35,
            Self::Wedged(WedgeReason::NoSuchMessage) => 36,
        }
    }

    /// The state of a number; `None` if no version of this program wrote that number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            10 => Self::Queued,
            20 => Self::Offered,
            25 => Self::Deferred,
            30 => Self::Wedged(WedgeReason::NotMember),
            31 => Self::Wedged(WedgeReason::Forbidden),
            32 => Self::Wedged(WedgeReason::TooLarge),
            33 => Self::Wedged(WedgeReason::CidReused),
            34 => Self::Wedged(WedgeReason::Refused),
            35 => Self::Wedged(WedgeReason::HoldsNul),
            36 => Self::Wedged(WedgeReason::NoSuchMessage),
            _ => return None,
        })
    }
}

/// A message that is not known to be on the server.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxItem {
    /// Its position in the order of writing, over all rooms.
    pub place: u64,
    /// Its room.
    pub room: RoomId,
    /// Its client id.
    pub cid: Cid,
    /// Its kind, as in [`Event::kind`](homing_protocol::Event::kind).
    pub kind: String,
    /// Its content, as in [`Event::body`](homing_protocol::Event::body).
    pub body: Body,
    /// When it was written, in milliseconds since 1970.
    pub ts: i64,
    /// How far it got.
    pub state: OutboxState,
    /// When this device put it here after a restore of the server, in milliseconds since 1970. It had
    /// been committed before, at `ts`.
    pub given_back: Option<i64>,
}

impl OutboxItem {
    /// What it says.
    pub(crate) fn content(&self) -> Content {
        Content::read(&self.kind, &self.body).unwrap_or(Content::Unknown)
    }

    /// The message that it changes, if it is a change.
    pub(crate) fn target(&self) -> Option<MessageRef> {
        // Most items are messages, whose bodies need not be read for that.
        if self.kind == Content::MESSAGE { None } else { self.content().target() }
    }

    /// As part of a `send` frame.
    pub(crate) fn to_send(&self) -> SendItem {
        let (kind, body) = (self.kind.clone(), self.body.clone());
        let origin = self.given_back.map(|_| Origin { ts: self.ts });
        SendItem { cid: self.cid, kind, body, ts: self.ts, origin }
    }

    /// As a row of its room's timeline.
    pub(crate) fn to_view(&self, me: UserId, sending: bool) -> Item {
        Item {
            key: self.cid.to_string(),
            place: TimelinePosition::Outbox(self.place),
            sender: me,
            ts: self.ts,
            content: self.content(),
            delivery: Some(self.delivery(sending)),
            edited: false,
            reactions: Vec::new(),
            pinned: false,
            gone: None,
            change: None,
        }
    }

    /// As the change of the row that it is about.
    pub(crate) fn to_change(&self, sending: bool) -> PendingChange {
        PendingChange { cid: self.cid, kind: self.kind.clone(), delivery: self.delivery(sending) }
    }

    /// As an entry of the whole outbox.
    pub(crate) fn to_queued(&self, sending: bool) -> Queued {
        let (content, delivery) = (self.content(), self.delivery(sending));
        Queued { room: self.room, cid: self.cid, content, ts: self.ts, delivery }
    }

    fn delivery(&self, sending: bool) -> Delivery {
        match self.state {
            OutboxState::Wedged(reason) => Delivery::Wedged { reason },
            _ if sending => Delivery::Sending,
            OutboxState::Queued | OutboxState::Offered | OutboxState::Deferred => Delivery::Queued,
        }
    }
}
