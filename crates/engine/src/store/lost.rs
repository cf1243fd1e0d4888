//! Own events that a restore of the server may have lost.

use homing_protocol::event::{Origin, Redact};
use homing_protocol::{Body, Cid, Content, Epoch, Event, EventId, MessageRef, RoomId, Seq, UserId};
use sha2::{Digest as _, Sha256};
use uuid::Builder;

/// An event of the viewer's own, as it stood in the log of an epoch that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct LostEvent {
    /// That epoch; `None` if the server never told one.
    pub epoch: Option<Epoch>,
    /// The room.
    pub room: RoomId,
    /// Its place in that log.
    pub seq: Seq,
    /// The sender's name for it.
    pub cid: Cid,
    /// Its kind.
    pub kind: String,
    /// What it says.
    pub body: Body,
    /// When it happened.
    pub ts: i64,
}

impl LostEvent {
    /// The event, if it is one of the viewer's own that can be given back.
    pub(crate) fn of(event: &Event, me: UserId, epoch: Option<Epoch>) -> Option<Self> {
        let cid = event.cid.filter(|_| event.sender == me && comes_back(&event.kind))?;
        let (room, seq, ts) = (event.room, event.seq, event.happened());
        Some(Self { epoch, room, seq, cid, kind: event.kind.clone(), body: event.body.clone(), ts })
    }

    /// The redaction of an own message that is gone, where this device does not know the event that took
    /// it back. All devices of the person give it the same name.
    pub(crate) fn redaction(message: &Self, me: UserId, as_of: Seq) -> Self {
        let of = MessageRef { user: me, cid: message.cid };
        let mut hash = Sha256::new();
        hash.update(b"redact");
        hash.update(message.cid.0);
        let bytes = hash.finalize();
        let (first, _) = bytes.split_first_chunk::<16>().expect("32 bytes are more than 16");
        Self {
            seq: as_of,
            cid: Cid(Builder::from_custom_bytes(*first).into_uuid()),
            kind: Content::REDACT.to_owned(),
            body: Body::new(&Redact { of }),
            ..message.clone()
        }
    }

    /// As the own change that it is, with a row of its own in the store.
    pub(crate) fn to_event(&self, me: UserId) -> Event {
        Event {
            room: self.room,
            seq: self.seq,
            id: EventId(self.cid.0),
            cid: Some(self.cid),
            sender: me,
            kind: self.kind.clone(),
            body: self.body.clone(),
            ts: self.ts,
            quiet: Content::is_quiet(&self.kind),
            origin: Some(Origin { ts: self.ts }),
        }
    }
}

/// Whether events of a kind are given back: what people write and change, kinds of other programs
/// included. What changed a room is not: the restored room is as the server has it.
pub(crate) fn comes_back(kind: &str) -> bool {
    kind == Content::MESSAGE
        || kind == Content::PIN
        || Content::is_quiet(kind)
        || kind.contains('.')
}
