//! What is given back to a restored server: it goes first in its room, and changes in it wait for their
//! message.

use std::collections::BTreeSet;

use homing_protocol::{Cid, Content, ErrorCode, MessageRef, RoomId};
use tokio::time::Instant;

use super::super::item::{OutboxItem, OutboxState};
use super::SendQueue;
use crate::timeouts::{DEFERRED_MOST, RETRY_AFTER};
use crate::view::WedgeReason;

/// How many deferred items are tried again at a connection. Each costs a round trip before what its room
/// sends next; when a message is pulled, those that wait for it are sent at once.
const RETRIES: usize = 8;

impl SendQueue {
    /// Nothing is sent until it is known what to give back.
    pub(crate) fn hold(&mut self) {
        self.held = true;
    }

    pub(crate) const fn is_held(&self) -> bool {
        self.held
    }

    /// Queues what is given back, by room in the order of the log, before what is queued there already;
    /// and sends again. Returns all items with a new place.
    pub(crate) fn give_back(&mut self, items: Vec<OutboxItem>) -> Vec<OutboxItem> {
        self.held = false;
        let rooms: BTreeSet<RoomId> = items.iter().map(|item| item.room).collect();
        let later: Vec<Cid> = self
            .items
            .values()
            .filter(|item| rooms.contains(&item.room) && item.given_back.is_none())
            .map(|item| item.cid)
            .collect();
        let mut moved = Vec::with_capacity(items.len() + later.len());
        for item in items {
            if self.get(item.cid).is_none() {
                moved.push(self.put_last(item));
            }
        }
        for cid in later {
            if let Some(item) = self.take(cid) {
                moved.push(self.put_last(item));
            }
        }
        moved
    }

    fn put_last(&mut self, mut item: OutboxItem) -> OutboxItem {
        item.place = self.next_place;
        self.next_place += 1;
        self.put(item.clone());
        item
    }

    /// A message is there: the changes that wait for it can be sent.
    pub(crate) fn arrived(&mut self, message: MessageRef) -> Vec<OutboxItem> {
        let deferred = self.changes(message).filter(|item| item.state == OutboxState::Deferred);
        let cids: Vec<Cid> = deferred.map(|item| item.cid).collect();
        cids.into_iter().filter_map(|cid| self.set_state(cid, OutboxState::Offered)).collect()
    }

    /// Sends some of what waits for a message again: it may have come while this device did not look. The
    /// next connection goes on with the next ones. What has waited too long is refused for good, except
    /// for redactions: a message that comes back late must not stay.
    pub(crate) fn retry_deferred(&mut self, now_ms: i64) -> Vec<OutboxItem> {
        let is_recent = |item: &OutboxItem| {
            item.given_back.is_some_and(|since| since.saturating_add(DEFERRED_MOST) > now_ms)
        };
        let (mut retried, mut wedged) = (Vec::new(), Vec::new());
        for item in self.items.values().filter(|item| item.state == OutboxState::Deferred) {
            match item.kind.as_str() {
                _ if is_recent(item) => retried.push((item.place, item.cid)),
                Content::REDACT => {}
                _ => wedged.push(item.cid),
            }
        }
        // Those after the last one that was tried, then from the first.
        retried.sort_unstable_by_key(|(place, _)| (*place <= self.retried, *place));
        retried.truncate(RETRIES);
        self.retried = retried.last().map_or(0, |(place, _)| *place);
        let reason = OutboxState::Wedged(WedgeReason::NoSuchMessage);
        let retried = retried.into_iter().map(|(_, cid)| (cid, OutboxState::Offered));
        let changed: Vec<_> = retried.chain(wedged.into_iter().map(|cid| (cid, reason))).collect();
        changed.into_iter().filter_map(|(cid, state)| self.set_state(cid, state)).collect()
    }

    /// Pauses a room: what it sends would be refused as it was just now.
    pub(crate) fn pause(&mut self, room: RoomId, now: Instant) {
        self.paused.insert(room, now + RETRY_AFTER);
    }

    /// Removes an item that is void, whatever became of it.
    pub(crate) fn withdraw(&mut self, cid: Cid) -> Option<OutboxItem> {
        self.committed(cid)
    }

    fn set_state(&mut self, cid: Cid, state: OutboxState) -> Option<OutboxItem> {
        let mut item = self.take(cid)?;
        item.state = state;
        self.put(item.clone());
        Some(item)
    }
}

/// Whether a refused item waits for its message instead of being refused for good. Its sender may give
/// the message back later, and who is brought into the room again may change it then.
pub(super) fn waits(item: &OutboxItem, code: &ErrorCode) -> bool {
    let is_missing =
        matches!(code, ErrorCode::NoSuchMessage | ErrorCode::NotMember | ErrorCode::NoSuchRoom);
    is_missing && item.given_back.is_some() && item.target().is_some()
}
