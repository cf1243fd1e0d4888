//! Sends of this connection: which rooms await an answer, and which events an answer covers.
//!
//! An `ok` has everything that the sender doesn't know of its event. So the event is not pushed to
//! the connection that gets the `ok`: on a slow network it would double the traffic of a send.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use homing_protocol::frame::{Committed, CommittedItem, Gap, Ref, Send as NewEvents};
use homing_protocol::limits::{BODY_BYTES, FRAME_BYTES, SEND_ITEMS};
use homing_protocol::{Cid, ErrorCode, RoomId, Seq, ServerFrame};
use tokio::time::Instant;

use super::failure::limited;
use super::{Effect, Request, Session};
use crate::rooms::queue::EventHeader;
use crate::store::StoreError;

/// Retry delay of a second `send` to a room while the first is unanswered: about one disk sync.
const IN_FLIGHT_RETRY: Duration = Duration::from_millis(100);

/// Bytes of the items of one `ok`, so that it fits a frame. One item always fits.
const OK_BYTES: usize = FRAME_BYTES - 16 * 1024;

/// Answered items remembered until their event arrives: those of a few sends. A later event is
/// pushed in addition, which is harmless.
const ANSWERED: usize = 8 * SEND_ITEMS;

/// The sends of one connection.
#[derive(Debug, Default)]
pub(super) struct InFlightSends {
    rooms: BTreeMap<RoomId, InFlight>,
    answered: VecDeque<Cid>,
}

/// An unanswered `send`.
#[derive(Debug)]
struct InFlight {
    cids: Vec<Cid>,
    /// The last of its events that was not pushed.
    withheld: Option<Seq>,
}

impl InFlightSends {
    /// The number of unanswered sends.
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

    /// Handles a committed send.
    pub(super) fn committed(&mut self, room: RoomId, items: &[CommittedItem]) {
        let came_by = self.rooms.remove(&room).and_then(|flight| flight.withheld);
        // Events committed before have arrived by now, if at all.
        let new = items.iter().filter(|item| !item.dup && came_by.is_none_or(|seq| item.seq > seq));
        self.answered.extend(new.map(|item| item.cid));
        let over = self.answered.len().saturating_sub(ANSWERED);
        self.answered.drain(..over);
    }

    /// Handles a refused send. Returns the seq of its last event that was not pushed, if any: that
    /// one had been committed by an earlier connection.
    pub(super) fn refused(&mut self, room: RoomId) -> Option<Seq> {
        self.rooms.remove(&room)?.withheld
    }

    /// Whether an `ok` covers this event, sent or coming.
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
    /// Whether this event need not be pushed because an `ok` covers it.
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
            .filter(|item| item.body.as_json().len() > limit)
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
            // The devices of a member share one allowance. Two that empty their outboxes at once
            // are refused now and then without breaking a rule.
            return match alone {
                Ok(()) => vec![limited(about, wait)],
                Err(_) => self.limited(about, wait, now),
            };
        }
        self.sending.begin(batch.room, cids);
        vec![Effect::Request(Request::Send(batch))]
    }

    /// Handles the store's response to a send.
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
                let parts = split(items).into_iter();
                parts
                    .map(|items| Effect::Send(ServerFrame::Ok(Committed { room, items })))
                    .collect()
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

/// The items by frame: with the folds of long messages they may not fit one.
fn split(items: Vec<CommittedItem>) -> Vec<Vec<CommittedItem>> {
    let mut parts = Vec::new();
    let (mut part, mut bytes) = (Vec::new(), 0);
    for item in items {
        let more = serde_json::to_vec(&item).map_or(0, |json| json.len()).saturating_add(1);
        if !part.is_empty() && bytes + more > OK_BYTES {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += more;
        part.push(item);
    }
    parts.push(part);
    parts
}
