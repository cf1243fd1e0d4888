//! What events make of other events: takes the server's folds, and draws the rows that they or the
//! queue have changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_protocol::frame::Send;
use homing_protocol::{
    Body, Cid, ClientFrame, Content, Event, Fold, Message, MessageRef, RoomId, Seq,
};

use super::SpaceTask;
use super::effects::Effects;
use super::overlay::{name_of, queued_row, row};
use super::views::names;
use crate::connection::AbandonReason;
use crate::diff::Incoming;
use crate::outbox::item::{OutboxItem, OutboxState};
use crate::outbox::send_queue::SendBatch;
use crate::store::{Change, FoldUpdate, MessageState, StoreError};

/// Early folds that are kept over all rooms. They come while a page of their room is on its way, or
/// with events that wait for one.
const EARLY: usize = 4096;

/// Folds of messages that this device does not hold, and that a page on its way may bring with an
/// older state. A page that is asked for later has all of them.
#[derive(Debug, Default)]
pub(super) struct EarlyFolds(BTreeMap<(RoomId, Seq), Vec<FoldUpdate>>);

impl EarlyFolds {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Keeps a fold. Returns whether there was room for it.
    fn keep(&mut self, room: RoomId, update: FoldUpdate) -> bool {
        let fits = self.0.len() < EARLY;
        if fits {
            self.0.entry((room, update.fold.seq)).or_default().push(update);
        }
        fits
    }

    /// Takes the folds of a message, in the order in which they came.
    fn take(&mut self, room: RoomId, seq: Seq) -> Vec<FoldUpdate> {
        self.0.remove(&(room, seq)).unwrap_or_default()
    }

    /// Drops the folds of a room's messages up to here: the next page has them.
    fn drop_until(&mut self, room: RoomId, seq: Seq) {
        self.0.retain(|(of, at), _| *of != room || *at > seq);
    }
}

impl SpaceTask {
    /// A fold came with an event or an answer.
    pub(super) fn folded(&mut self, room: RoomId, update: FoldUpdate, effects: &mut Effects) {
        let seq = update.fold.seq;
        let Some(cursor) = self.backfill.cursor(room) else { return };
        let comes = seq > cursor.at() || !cursor.holds(seq) && self.backfill.is_pulling(room);
        if comes && !self.early_folds.keep(room, update.clone()) {
            tracing::warn!("too many changes of messages that are not here yet");
            return self.abandon(AbandonReason::LocalFailure, effects);
        }
        // Also if it comes: an own message is stored before the cursor gets to its place.
        self.apply_fold(room, update, effects);
    }

    /// The folds of a page, after its events.
    pub(super) fn page_folds(&mut self, room: RoomId, folds: Vec<Fold>, effects: &mut Effects) {
        for fold in folds {
            self.apply_fold(room, FoldUpdate { fold, own: None }, effects);
        }
        if let Some(cursor) = self.backfill.cursor(room) {
            self.early_folds.drop_until(room, cursor.at());
        }
    }

    /// A message is stored: applies what has become of it already.
    pub(super) fn early_folds_of(&mut self, room: RoomId, seq: Seq, effects: &mut Effects) {
        for update in self.early_folds.take(room, seq) {
            self.apply_fold(room, update, effects);
        }
    }

    fn apply_fold(&mut self, room: RoomId, update: FoldUpdate, effects: &mut Effects) {
        let fold = &update.fold;
        if let Some(known) = self.rooms.get_mut(&room) {
            known.previews_fold(fold);
        }
        if let (Some(of), Some(_)) = (fold.of, fold.gone) {
            self.drop_changes(of, effects);
        }
        let me = self.deps.record.user;
        let mentions_me =
            fold.edit.as_ref().is_some_and(|edit| names(&edit.text, &edit.mentions, me));
        effects.rooms.insert(room);
        effects.places.insert((room, fold.seq));
        effects.changes.push(Change::Fold { room, update, mentions_me });
    }

    /// A message was taken back: what is queued to change it and never left this device is void, and so
    /// is what is given back of it.
    fn drop_changes(&mut self, message: MessageRef, effects: &mut Effects) {
        let queued = self.send_queue.changes(message);
        let void: Vec<Cid> = queued
            .filter(|item| item.state == OutboxState::Queued || item.given_back.is_some())
            .map(|item| item.cid)
            .collect();
        for cid in void {
            self.withdraw(cid, effects);
        }
    }

    /// Messages that mention the viewer since an edit just now, and did not before. Their rows are as
    /// they were before this turn.
    pub(super) async fn newly_named(
        &self,
        changes: &[Change],
    ) -> Result<Vec<Incoming>, StoreError> {
        let me = self.deps.record.user;
        let mut named = Vec::new();
        for change in changes {
            let Change::Fold { room, update, mentions_me: true } = change else { continue };
            let fold = &update.fold;
            let Some(edit) = fold.edit.as_ref().filter(|_| fold.gone.is_none()) else { continue };
            let live = self.online.as_ref().is_some_and(|online| edit.ts >= online.since);
            let Some(event) = self.deps.store.at(*room, vec![fold.seq]).await?.pop() else {
                continue;
            };
            let state = self.states(*room, fold.seq, fold.seq).await?.remove(&fold.seq);
            let known = state.map(|state| state.fold);
            let is_newer = known.as_ref().is_none_or(|known| known.as_of < fold.as_of);
            let Content::Message(message) = event.content() else { continue };
            let named_before = match known.and_then(|known| known.edit) {
                Some(edit) => names(&edit.text, &edit.mentions, me),
                None => names(&message.text, &message.mentions, me),
            };
            if live && is_newer && !named_before && event.sender != me {
                let (text, mentions) = (edit.text.clone(), edit.mentions.clone());
                let body = Body::new(&Message { text, mentions, reply: message.reply });
                let event = Arc::new(Event { body, ..event });
                named.push(Incoming { event, live, mentions_me: true });
            }
        }
        Ok(named)
    }

    /// Draws the rows that have changed, as they are stored now.
    pub(super) async fn redraw(&mut self, effects: &mut Effects) -> Result<(), StoreError> {
        let me = self.deps.record.user;
        let mut places: BTreeMap<RoomId, Vec<Seq>> = BTreeMap::new();
        for (room, message) in std::mem::take(&mut effects.messages) {
            if let Some(queued) = self.queued_message(message) {
                effects.item(room, queued_row(queued, &self.send_queue, me));
            } else if let Some(seq) = self.deps.store.find(room, message).await? {
                effects.places.insert((room, seq));
            }
        }
        for (room, seq) in std::mem::take(&mut effects.places) {
            if self.rooms.contains_key(&room) {
                places.entry(room).or_default().push(seq);
            }
        }
        for (room, seqs) in places {
            let (Some(first), Some(last)) = (seqs.first().copied(), seqs.last().copied()) else {
                continue;
            };
            let states = self.states(room, first, last).await?;
            for event in self.deps.store.at(room, seqs).await? {
                let item = row(&event, states.get(&event.seq), &self.send_queue, me);
                effects.item(room, item);
            }
        }
        Ok(())
    }

    /// The states of a part of a room's log.
    pub(super) async fn states(
        &self,
        room: RoomId,
        from: Seq,
        to: Seq,
    ) -> Result<BTreeMap<Seq, MessageState>, StoreError> {
        let states = self.deps.store.states(room, from, to).await?;
        Ok(states.into_iter().map(|state| (state.fold.seq, state)).collect())
    }

    /// The queued message of this name.
    pub(super) fn queued_message(&self, message: MessageRef) -> Option<&OutboxItem> {
        let is_mine = message.user == self.deps.record.user;
        self.send_queue.get(message.cid).filter(|item| is_mine && item.target().is_none())
    }

    /// Shows an item of the queue: as a row of its own, or in the row that it changes.
    pub(super) fn show_queued(&self, item: &OutboxItem, effects: &mut Effects) {
        match item.target() {
            Some(target) => _ = effects.messages.insert((item.room, target)),
            None => {
                let row = queued_row(item, &self.send_queue, self.deps.record.user);
                effects.item(item.room, row);
            }
        }
    }

    /// Whether something is queued that changes this event.
    pub(super) fn is_changed(&self, event: &Event) -> bool {
        name_of(event).is_some_and(|name| self.send_queue.changes(name).next().is_some())
    }

    /// Sends a batch. That its items were handed to a connection is durable before the frame is
    /// sent.
    pub(super) fn send(&mut self, batch: SendBatch, effects: &mut Effects) {
        let room = batch.room;
        let mut items = Vec::with_capacity(batch.items.len());
        for item in batch.items {
            items.push(item.to_send());
            self.show_queued(&item, effects);
            effects.changes.push(Change::Outbox(item));
        }
        effects.frames.push(ClientFrame::Send(Send { room, items }));
    }
}
