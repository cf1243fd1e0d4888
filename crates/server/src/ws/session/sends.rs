//! What this connection has sent: which rooms wait for an answer, and which events it knows by one.
//!
//! An `ok` says all that the sender of an event does not know of it. So the connection that has it,
//! or will have it, is not sent the event as well: over a slow line, what takes a minute to say would
//! take another minute to hear.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use homing_protocol::frame::{Committed, CommittedItem, Gap, Ref, Send as NewEvents};
use homing_protocol::limits::{BODY_BYTES, SEND_ITEMS};
use homing_protocol::{Cid, ErrorCode, RoomId, Seq, ServerFrame};
use tokio::time::Instant;

use super::failure::limited;
use super::{Effect, Request, Session};
use crate::rooms::queue::EventHeader;
use crate::store::StoreError;

/// A second `send` for a room whose first is unanswered: the answer is a sync of the disk away.
const IN_FLIGHT_RETRY: Duration = Duration::from_millis(100);

/// Answered items that are remembered until their event comes by, in all: those of a few sends. An
/// event that comes by later than that is said once more, which does no harm.
const ANSWERED: usize = 8 * SEND_ITEMS;

/// See the module's head.
#[derive(Debug, Default)]
pub(super) struct InFlightSends {
    rooms: BTreeMap<RoomId, InFlight>,
    answered: VecDeque<Cid>,
}

/// A `send` that is not answered yet.
#[derive(Debug)]
struct InFlight {
    cids: Vec<Cid>,
    /// The last event of it that came by and was not said.
    withheld: Option<Seq>,
}

impl InFlightSends {
    /// How many are unanswered.
    pub(super) fn len(&self) -> usize {
        self.rooms.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rooms.is_empty()
    }

    pub(super) fn contains(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    pub(super) fn begin(&mut self, room: RoomId, cids: Vec<Cid>) {
        self.rooms.insert(room, InFlight { cids, withheld: None });
    }

    /// It was committed.
    pub(super) fn committed(&mut self, room: RoomId, items: &[CommittedItem]) {
        let came_by = self.rooms.remove(&room).and_then(|flight| flight.withheld);
        // What had been committed before came by then, if at all.
        let new = items.iter().filter(|item| !item.dup && came_by.is_none_or(|seq| item.seq > seq));
        self.answered.extend(new.map(|item| item.cid));
        let over = self.answered.len().saturating_sub(ANSWERED);
        self.answered.drain(..over);
    }

    /// It was refused. Answers how far the room goes if an event of it was not said: it had been
    /// committed before, by a connection that is gone.
    pub(super) fn refused(&mut self, room: RoomId) -> Option<Seq> {
        self.rooms.remove(&room)?.withheld
    }

    /// Whether its `ok` tells of this event, or will.
    fn is_answered_by_ok(&mut self, room: RoomId, seq: Seq, cid: Cid) -> bool {
        if let Some(flight) = self.rooms.get_mut(&room).filter(|flight| flight.cids.contains(&cid))
        {
            flight.withheld = flight.withheld.max(Some(seq));
            return true;
        }
        let place = self.answered.iter().position(|answered| *answered == cid);
        place.is_some_and(|place| self.answered.remove(place).is_some())
    }
}

impl Session {
    /// Whether this event need not be said, as an `ok` has said it or will.
    pub fn is_answered_by_ok(&mut self, event: &EventHeader) -> bool {
        event.sender == self.info.person
            && event
                .cid
                .is_some_and(|cid| self.sending.is_answered_by_ok(event.room, event.seq, cid))
    }

    pub(super) fn send(
        &mut self,
        batch: NewEvents,
        now: Instant,
        may_send: impl FnOnce(u32) -> Result<(), Duration>,
    ) -> Vec<Effect> {
        let cids: Vec<Cid> = batch.items.iter().map(|item| item.cid).collect();
        let most = self.info.limits.items.min(SEND_ITEMS);
        if batch.items.is_empty() || batch.items.len() > most {
            let text = format!("a send has 1 to {most} items");
            return self.violate(Some(Ref::Cids(cids)), ErrorCode::Invalid, &text, now);
        }
        let limit = self.info.limits.body.min(BODY_BYTES);
        let too_large: Vec<Cid> = batch
            .items
            .iter()
            .filter(|item| item.body.to_string().len() > limit)
            .map(|item| item.cid)
            .collect();
        if !too_large.is_empty() {
            let text = format!("a body has at most {limit} bytes");
            return self.too_large(Ref::Cids(too_large), &text, now);
        }
        if self.sending.contains(batch.room) || self.sending.len() >= self.info.limits.in_flight {
            return self.limited(Some(Ref::Cids(cids)), IN_FLIGHT_RETRY, now);
        }
        let items = u32::try_from(batch.items.len()).unwrap_or(u32::MAX);
        let alone = self.sends.take(items, now);
        if let Err(wait) = may_send(items) {
            let about = Some(Ref::Cids(cids));
            // A member's devices share one allowance. Two that empty their outboxes at once are
            // refused now and then, whatever each of them does: no rule was broken.
            return match alone {
                Ok(()) => vec![limited(about, wait)],
                Err(_) => self.limited(about, wait, now),
            };
        }
        self.sending.begin(batch.room, cids);
        vec![Effect::Request(Request::Send(batch))]
    }

    /// The store has answered.
    pub(super) fn sent(
        &mut self,
        room: RoomId,
        cids: Vec<Cid>,
        result: Result<Vec<CommittedItem>, StoreError>,
        now: Instant,
    ) -> Vec<Effect> {
        let mut effects = match result {
            Ok(items) => {
                self.sending.committed(room, &items);
                vec![Effect::Send(ServerFrame::Ok(Committed { room, items }))]
            }
            Err(error) => {
                let named = match &error {
                    StoreError::Refused(refusal) => refusal.cids.clone(),
                    _ => Vec::new(),
                };
                let about = if named.is_empty() { cids } else { named };
                let withheld = self.sending.refused(room);
                let mut effects = self.refused(Ref::Cids(about), &error, now);
                effects.extend(
                    withheld.map(|head| Effect::Send(ServerFrame::Gap(Gap { room, head }))),
                );
                effects
            }
        };
        effects.extend(self.close_if_drained());
        effects
    }
}
