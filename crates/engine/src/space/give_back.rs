//! Gives back what a restore of the server has lost of the viewer's own events.
//!
//! At a reset the store puts all of them aside. The descriptions of the rooms say what the restored
//! copy had; the rest goes back into the queue, before anything else of its room is sent, under the
//! same client ids. Those are known for ever, so it does no harm that several devices do so, or that
//! the server has an event after all.
//!
//! A change whose message is not there waits for it: its sender gives it back, or nobody does.

use std::collections::BTreeSet;

use homing_protocol::{Cid, Content, Epoch, Event, MessageRef, RoomId, RoomInfo, Seq};
use tokio::time::Instant;

use super::SpaceTask;
use super::effects::Effects;
use crate::diff::Diff;
use crate::outbox::item::{OutboxItem, OutboxState};
use crate::store::lost::LostEvent;
use crate::store::{Change, StoreError};

impl SpaceTask {
    /// Goes on with it after a turn.
    pub(super) async fn give_back(&mut self) -> Result<(), StoreError> {
        if self.send_queue.is_held() && self.online.as_ref().is_some_and(|online| online.digested) {
            let lost = self.lost().await?;
            let mut effects = Effects::default();
            self.queue_lost(lost, &mut effects);
            self.advance(&mut effects);
            self.finish(effects).await?;
        }
        if !self.refused_changes.is_empty() {
            let mut effects = Effects::default();
            self.settle_refused(&mut effects).await?;
            self.advance(&mut effects);
            self.finish(effects).await?;
        }
        Ok(())
    }

    /// What was put aside, without what is stored here again already: another device gave it back, and
    /// its page or push came before the rooms were described. Nothing would take it out of the queue.
    async fn lost(&self) -> Result<Vec<LostEvent>, StoreError> {
        let user = self.deps.record.user;
        let mut lost = Vec::new();
        for event in self.deps.store.lost().await? {
            let name = MessageRef { user, cid: event.cid };
            let has_row = !Content::is_quiet(&event.kind);
            if !has_row || self.deps.store.find(event.room, name).await?.is_none() {
                lost.push(event);
            }
        }
        Ok(lost)
    }

    /// The rooms are described: queues what the restore did not keep.
    fn queue_lost(&mut self, lost: Vec<LostEvent>, effects: &mut Effects) {
        let (me, now) = (self.deps.record.user, self.deps.clock.now_ms());
        let mut queued: Vec<OutboxItem> = Vec::new();
        for event in lost {
            let info = self.rooms.get(&event.room).map(|known| &known.row.info);
            let kept = info.map_or(Seq(0), |info| kept(info, event.epoch));
            if event.seq > kept {
                queued.push(OutboxItem {
                    place: 0,
                    room: event.room,
                    cid: event.cid,
                    kind: event.kind,
                    body: event.body,
                    ts: event.ts,
                    // The server may have it: another device gave it back.
                    state: OutboxState::Offered,
                    given_back: Some(now),
                });
            } else if Content::is_quiet(&event.kind) {
                // Pages don't bring it again, and the next restore may be of an older copy.
                effects.changes.push(Change::OwnChange(event.to_event(me).into()));
            }
        }
        effects.changes.push(Change::GivenBack);
        if !queued.is_empty() {
            tracing::info!("{} events are given back to the restored server", queued.len());
            effects.outbox = true;
        }
        let rooms: BTreeSet<RoomId> = queued.iter().map(|item| item.room).collect();
        for item in self.send_queue.give_back(queued) {
            // Its place may have changed, and that is how it is found.
            effects.changes.push(Change::OutboxGone(item.cid));
            effects.changes.push(Change::Outbox(item));
        }
        for room in rooms.into_iter().filter(|room| self.rooms.contains_key(room)) {
            effects.diffs.push(Diff::TimelineReset { room });
        }
    }

    /// The connection is up: asks again for what was not there.
    pub(super) fn retry_deferred(&mut self, effects: &mut Effects) {
        let items = self.send_queue.retry_deferred(self.deps.clock.now_ms());
        self.waits_again(items, effects);
    }

    /// A message is stored. Changes of it that waited for it can be sent.
    pub(super) fn message_arrived(&mut self, event: &Event, effects: &mut Effects) {
        if let (Some(cid), Content::MESSAGE) = (event.cid, event.kind.as_str()) {
            let items = self.send_queue.arrived(MessageRef { user: event.sender, cid });
            self.waits_again(items, effects);
        }
    }

    /// Changes were put aside because their message is not there. It may have come in the meantime; and
    /// if it is gone, there is nothing to change any more.
    async fn settle_refused(&mut self, effects: &mut Effects) -> Result<(), StoreError> {
        for cid in std::mem::take(&mut self.refused_changes) {
            let deferred =
                self.send_queue.get(cid).filter(|item| item.state == OutboxState::Deferred);
            let Some((room, target)) = deferred.and_then(|item| Some((item.room, item.target()?)))
            else {
                continue;
            };
            let Some(seq) = self.deps.store.find(room, target).await? else { continue };
            let states = self.deps.store.states(room, seq, seq).await?;
            if states.iter().any(|state| state.fold.gone.is_some()) {
                self.withdraw(cid, effects);
            } else {
                self.send_queue.pause(room, Instant::now());
                let items = self.send_queue.arrived(target);
                self.waits_again(items, effects);
            }
        }
        Ok(())
    }

    /// Takes a change out of the queue that is void.
    pub(super) fn withdraw(&mut self, cid: Cid, effects: &mut Effects) {
        if let Some(item) = self.send_queue.withdraw(cid) {
            effects.changes.push(Change::OutboxGone(item.cid));
            effects.messages.extend(item.target().map(|target| (item.room, target)));
            effects.outbox = true;
        }
    }
}

/// Up to which seq the server has what an epoch had. Of an epoch that the server does not know, it may
/// have anything but what it has dropped.
fn kept(info: &RoomInfo, epoch: Option<Epoch>) -> Seq {
    let ended = info.restores.iter().position(|restore| Some(restore.epoch) == epoch);
    let since = ended.and_then(|at| info.restores.get(at..)).unwrap_or_default();
    let kept = since.iter().map(|restore| restore.head).min();
    kept.unwrap_or(Seq(info.min.0.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use homing_protocol::people::Restore;
    use homing_testkit::builders::room;

    use super::*;

    #[test]
    fn what_is_kept_is_what_every_copy_since_had() {
        let restore = |epoch, head| Restore { epoch: Epoch(epoch), head: Seq(head) };
        let restores = vec![restore(1, 10), restore(2, 7), restore(3, 12)];
        let info = RoomInfo { restores, ..room(1, 20) };
        for (epoch, expected) in [(1, 7), (2, 7), (3, 12), (4, 0)] {
            assert_eq!(kept(&info, Some(Epoch(epoch))), Seq(expected), "{epoch}");
        }
        assert_eq!(kept(&info, None), Seq(0));
        let dropped = RoomInfo { min: Seq(5), ..info };
        assert_eq!(kept(&dropped, Some(Epoch(4))), Seq(4), "what was dropped does not come back");
        assert_eq!(kept(&dropped, Some(Epoch(1))), Seq(7));
    }
}
