//! The effects of a turn of the space's task, collected until they are durable.

use std::collections::BTreeSet;

use homing_protocol::{ClientFrame, MessageRef, RoomId, Seq};
use tokio::sync::oneshot;

use crate::diff::{Diff, Incoming};
use crate::error::Error;
use crate::store::{Change, StoreError};
use crate::view::Item;

type PendingReply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The effects of one turn.
#[derive(Default)]
pub(super) struct Effects {
    /// Committed first, in one transaction.
    pub(super) changes: Vec<Change>,
    /// Rooms whose row or view has changed.
    pub(super) rooms: BTreeSet<RoomId>,
    /// Messages whose rows are drawn from the store once the changes are durable.
    pub(super) messages: BTreeSet<(RoomId, MessageRef)>,
    /// The same, by their places.
    pub(super) places: BTreeSet<(RoomId, Seq)>,
    /// The number of queued messages has changed.
    pub(super) outbox: bool,
    /// Published once the changes are durable.
    pub(super) diffs: Vec<Diff>,
    pub(super) incoming: Vec<Incoming>,
    /// Sent once the changes are durable.
    pub(super) frames: Vec<ClientFrame>,
    replies: Vec<PendingReply>,
}

impl Effects {
    /// Replies once the changes are durable, or the commit has failed.
    pub(super) fn reply_when_durable<T: Send + 'static>(
        &mut self,
        reply: oneshot::Sender<Result<T, Error>>,
        value: T,
    ) {
        // The receiver may be gone; the command is executed all the same.
        self.replies
            .push(Box::new(|done| _ = reply.send(done.map(|()| value).map_err(Into::into))));
    }

    /// Adds a row that is new or has changed. Consecutive rows of one room share a diff.
    pub(super) fn item(&mut self, room: RoomId, item: Item) {
        if let Some(Diff::Items { room: last, items }) = self.diffs.last_mut()
            && *last == room
        {
            items.push(item);
        } else {
            self.diffs.push(Diff::Items { room, items: vec![item] });
        }
    }

    pub(super) fn reply(&mut self, done: &Result<(), StoreError>) {
        for reply in self.replies.drain(..) {
            reply(done.clone());
        }
    }
}
