//! Reads parts of a room's log, and waits briefly for what is missing.

use std::collections::BTreeMap;

use homing_protocol::{RoomId, Seq};
use tokio::time::Instant;

use super::SpaceTask;
use super::overlay::{queued_row, row};
use crate::command::Reply;
use crate::error::Error;
use crate::timeouts::TIMELINE_WAIT;
use crate::view::{Hole, Item, Timeline, TimelineWindow};

/// Requests that may wait for the server. Beyond that, requests are answered with what is stored.
const WAITING: usize = 16;
/// The maximum number of rows of one request.
const ROWS: u32 = 500;

/// A request that is answered when the server has sent what is missing, or at `until`.
#[derive(Debug)]
pub(super) struct PendingTimeline {
    room: RoomId,
    window: TimelineWindow,
    limit: u32,
    reply: Reply<Result<Timeline, Error>>,
    pub(super) until: Instant,
}

impl SpaceTask {
    /// Accepts a request. It is answered at the end of a turn, with what is durable by then.
    pub(super) fn timeline(
        &mut self,
        room: RoomId,
        window: TimelineWindow,
        limit: u32,
        reply: Reply<Result<Timeline, Error>>,
    ) {
        let limit = limit.clamp(1, ROWS);
        let mut until = Instant::now();
        if self.online.is_some() && self.pending_timelines.len() < WAITING {
            let read = self.read_up_to(room);
            let head = self.rooms.get(&room).map_or(Seq(0), |known| known.row.head);
            match window {
                TimelineWindow::Latest => self.backfill.want(room, head.next(), limit),
                TimelineWindow::Unread => {
                    let around = Seq(read.0.saturating_add(limit.into())).min(head.next());
                    self.backfill.want(room, around, limit + limit / 3)
                }
                TimelineWindow::Before(seq) => self.backfill.want(room, seq, limit),
                TimelineWindow::After(seq) => {
                    let around = Seq(seq.0.saturating_add(limit.into())).next();
                    self.backfill.want(room, around, limit)
                }
                // What is not here can't be found by its name.
                TimelineWindow::Around(_) => false,
            };
            if self.backfill.is_waiting(room) {
                until += TIMELINE_WAIT;
            }
        }
        self.pending_timelines.push(PendingTimeline { room, window, limit, reply, until });
    }

    /// Answers requests for the outbox, and the timelines that need not wait any longer.
    pub(super) async fn serve(&mut self) {
        for reply in std::mem::take(&mut self.outbox_replies) {
            let items = self.send_queue.items();
            _ = reply
                .send(items.map(|item| item.to_queued(self.send_queue.is_sending(item))).collect());
        }
        let now = Instant::now();
        let online = self.online.is_some();
        let backfill = &self.backfill;
        let ready: Vec<PendingTimeline> = self
            .pending_timelines
            .extract_if(.., |one| !online || now >= one.until || !backfill.is_waiting(one.room))
            .collect();
        for PendingTimeline { room, window, limit, reply, .. } in ready {
            // If the store fails, the caller gets its error.
            _ = reply.send(self.window(room, window, limit).await);
        }
    }

    async fn window(
        &self,
        room: RoomId,
        window: TimelineWindow,
        limit: u32,
    ) -> Result<Timeline, Error> {
        let known = self.rooms.get(&room).ok_or(Error::NoSuchRoom)?;
        let (head, cursor) = (known.row.head, known.row.cursor);
        let store = &self.deps.store;
        let read = self.read_up_to(room);
        let window = if window == TimelineWindow::Unread && read >= cursor {
            TimelineWindow::Latest
        } else {
            window
        };
        let around = match window {
            TimelineWindow::Around(message) => store.find(room, message).await?,
            _ => None,
        };
        let (events, from) = match window {
            TimelineWindow::Around(_) => {
                let seq = around.ok_or(Error::NoSuchMessage)?;
                let mut events = store.before(room, seq.next(), limit.div_ceil(2)).await?;
                events.extend(store.after(room, seq, limit / 2).await?);
                (events, seq)
            }
            TimelineWindow::Latest => {
                (store.before(room, Seq(u64::MAX), limit).await?, head.next())
            }
            TimelineWindow::Before(seq) => (store.before(room, seq, limit).await?, seq),
            TimelineWindow::After(seq) => (store.after(room, seq, limit).await?, seq.next()),
            TimelineWindow::Unread => {
                let mut events = store.before(room, read.next(), limit / 3).await?;
                let rest = limit.saturating_sub(u32::try_from(events.len()).unwrap_or(limit));
                events.extend(store.after(room, read, rest).await?);
                (events, read.next())
            }
        };
        let first = events.first().map_or(from, |event| event.seq);
        let last = events.last().map(|event| event.seq);
        let holes = self.backfill.cursor(room).map(|cursor| cursor.missing(Seq(1), head));
        let holes = holes.unwrap_or_default();
        let more_after = match window {
            TimelineWindow::Latest => false,
            TimelineWindow::Before(seq) => seq <= head,
            TimelineWindow::After(_) | TimelineWindow::Unread | TimelineWindow::Around(_) => {
                last.is_some_and(|last| last < cursor)
            }
        };
        let gone = |hole: &Hole| hole.expired && hole.from <= Seq(1) && hole.to.next() >= first;
        let more_before = first > Seq(1) && !holes.iter().any(gone);
        let me = self.deps.record.user;
        let states = match last {
            Some(last) => self.states(room, first, last).await?,
            None => BTreeMap::new(),
        };
        let queue = &self.send_queue;
        let mut items: Vec<Item> =
            events.iter().map(|event| row(event, states.get(&event.seq), queue, me)).collect();
        if !more_after {
            let queued = queue.items().filter(|item| item.room == room && item.target().is_none());
            items.extend(queued.map(|item| queued_row(item, queue, me)));
        }
        // A part without rows is all hole.
        let shown = events.first().map_or(Seq(1), |event| event.seq);
        let holes = holes
            .into_iter()
            .filter(|hole| hole.to >= shown)
            .map(|hole| Hole { from: hole.from.max(shown), ..hole })
            .collect();
        Ok(Timeline { items, holes, more_before, more_after })
    }
}
