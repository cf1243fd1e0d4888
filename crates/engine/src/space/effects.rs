//! What follows from an input, gathered until it is durable.

use std::collections::BTreeSet;

use homing_protocol::frame::Send;
use homing_protocol::{ClientFrame, RoomId, UserId};
use tokio::sync::oneshot;

use crate::diff::{Diff, Incoming};
use crate::error::Error;
use crate::outbox::send_queue::SendBatch;
use crate::store::{Change, StoreError};
use crate::view::Item;

type PendingReply = Box<dyn FnOnce(Result<(), StoreError>) + std::marker::Send>;

/// One step of a space.
#[derive(Default)]
pub(super) struct Effects {
    /// Committed first, together.
    pub(super) changes: Vec<Change>,
    /// Rooms whose row or view is another one.
    pub(super) rooms: BTreeSet<RoomId>,
    /// The count of what is queued is another one.
    pub(super) outbox: bool,
    /// Told once the changes are durable.
    pub(super) diffs: Vec<Diff>,
    pub(super) incoming: Vec<Incoming>,
    /// Sent once the changes are durable.
    pub(super) frames: Vec<ClientFrame>,
    replies: Vec<PendingReply>,
}

impl Effects {
    /// Answers once the changes are durable, or failed to be.
    pub(super) fn reply_when_durable<T: std::marker::Send + 'static>(
        &mut self,
        reply: oneshot::Sender<Result<T, Error>>,
        value: T,
    ) {
        // Nobody may be waiting any more; what was asked for is done all the same.
        self.replies
            .push(Box::new(|done| _ = reply.send(done.map(|()| value).map_err(Into::into))));
    }

    /// A row came or changed. Rows of one room that follow each other share a diff.
    pub(super) fn item(&mut self, room: RoomId, item: Item) {
        if let Some(Diff::Items { room: last, items }) = self.diffs.last_mut()
            && *last == room
        {
            items.push(item);
        } else {
            self.diffs.push(Diff::Items { room, items: vec![item] });
        }
    }

    /// A batch leaves: that it may have left is durable before it does.
    pub(super) fn send(&mut self, batch: SendBatch, me: UserId) {
        let room = batch.room;
        let mut items = Vec::with_capacity(batch.items.len());
        for item in batch.items {
            items.push(item.to_send());
            self.item(room, item.to_view(me, true));
            self.changes.push(Change::Outbox(item));
        }
        self.frames.push(ClientFrame::Send(Send { room, items }));
    }

    pub(super) fn reply(&mut self, done: &Result<(), StoreError>) {
        for reply in self.replies.drain(..) {
            reply(done.clone());
        }
    }
}
