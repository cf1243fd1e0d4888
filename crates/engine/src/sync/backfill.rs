//! What to pull next, over all rooms. Pure.
//!
//! In this order: what the viewer waits for, the room on the screen, rooms with unread messages,
//! the other rooms, and last the holes. At most [`PULLS`] are under way at once, one per room, and
//! never more per second than the server allows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::frame::{Page, Pull};
use homing_protocol::limits::PAGE_EVENTS;
use homing_protocol::{Event, RequestId, RoomId, Seq};
use tokio::time::Instant;

use super::cursor::{Cursor, OfferOutcome, PageMismatch};
use crate::timeouts::{ANSWER, COALESCE, PULL_RETRY};
use crate::token_bucket::TokenBucket;
use crate::view::Hole;

/// Pulls under way at once: enough to fill the line, few enough that the room on the screen is
/// soon next.
const PULLS: usize = 4;
/// A room further behind than this is fetched newest first, and the rest later.
const BEHIND: u64 = 1000;
/// Events held back over all rooms, at most: a burst in many rooms at once. What does not fit is
/// pulled. Each room has a bound of its own, but nothing bounds the rooms.
const HELD: usize = 1024;
/// How many of the newest: a screen, and one to scroll.
const NEWEST: u32 = 50;

/// All rooms of the viewer.
#[derive(Debug, Default)]
pub(crate) struct Backfill {
    rooms: BTreeMap<RoomId, RoomBackfill>,
    pulls: BTreeMap<RequestId, PendingPull>,
    next_rid: u64,
    visible_room: Option<RoomId>,
    /// Events held back, over all rooms.
    held: usize,
    bucket: Option<TokenBucket>,
    /// The server asked for patience.
    paused: Option<Instant>,
}

#[derive(Debug)]
struct RoomBackfill {
    cursor: Cursor,
    head: Seq,
    unread: bool,
    pulling: bool,
    /// Not before: a burst is waited for, or a refusal.
    not_before: Option<Instant>,
    /// The next pull takes the newest, not what follows.
    newest: bool,
    /// The viewer waits for what precedes this.
    wanted: Option<Seq>,
    /// The server gives nothing of its past on this connection: refused for good.
    closed: bool,
}

#[derive(Debug, Clone, Copy)]
struct PendingPull {
    /// None for what is not wanted any more: its answer is still to come.
    asked: Option<RoomPull>,
    /// It is answered by then, or will not be.
    until: Instant,
}

#[derive(Debug, Clone, Copy)]
struct RoomPull {
    room: RoomId,
    what: PullKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PullKind {
    /// What follows this.
    After(Seq),
    /// The newest before this.
    Newest(Seq),
    /// What precedes this, in a hole.
    Fill(Seq),
}

/// What a page brought.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PageOutcome {
    /// New at the end of the room.
    pub(crate) applied: Vec<Arc<Event>>,
    /// Filled into holes.
    pub(crate) filled: Vec<Arc<Event>>,
    /// The holes are others than before.
    pub(crate) holes_changed: bool,
}

impl Backfill {
    /// A room that this device knows, or comes to know.
    pub(crate) fn insert(&mut self, room: RoomId, cursor: Seq, head: Seq, holes: Vec<Hole>) {
        self.void(room);
        let cursor = Cursor::new(cursor, holes);
        let room_state = RoomBackfill {
            cursor,
            head,
            unread: false,
            pulling: false,
            not_before: None,
            newest: false,
            wanted: None,
            closed: false,
        };
        let old = self.rooms.insert(room, room_state);
        self.held -= old.map_or(0, |old| old.cursor.held_back());
    }

    /// A room left this device. Answers to what was asked about it will be ignored.
    pub(crate) fn remove(&mut self, room: RoomId) {
        self.void(room);
        let old = self.rooms.remove(&room);
        self.held -= old.map_or(0, |old| old.cursor.held_back());
    }

    /// What was asked about the room is about another state of it: who was sent out and let in
    /// again within one round trip must not apply the old answer to the new room.
    fn void(&mut self, room: RoomId) {
        for PendingPull { asked, .. } in self.pulls.values_mut() {
            if asked.is_some_and(|asked| asked.room == room) {
                *asked = None;
            }
        }
    }

    pub(crate) fn knows(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    pub(crate) fn cursor(&self, room: RoomId) -> Option<&Cursor> {
        self.rooms.get(&room).map(|room| &room.cursor)
    }

    /// The newest event that there is, as far as the server has told.
    pub(crate) fn head(&self, room: RoomId) -> Option<Seq> {
        self.rooms.get(&room).map(|room| room.head)
    }

    /// A connection is there.
    pub(crate) fn online(&mut self, pulls_per_second: u32, now: Instant) {
        self.bucket = Some(TokenBucket::new(pulls_per_second, pulls_per_second, now));
    }

    /// The connection is gone, and with it what was asked.
    pub(crate) fn offline(&mut self) {
        self.bucket = None;
        self.paused = None;
        self.pulls.clear();
        for room in self.rooms.values_mut() {
            room.pulling = false;
            room.not_before = None;
            room.closed = false;
        }
    }

    /// The room on the screen.
    pub(crate) fn set_visible_room(&mut self, room: Option<RoomId>) {
        self.visible_room = room;
    }

    /// The room has unread messages, or none.
    pub(crate) fn mark_unread(&mut self, room: RoomId, unread: bool) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.unread = unread;
        }
    }

    /// The viewer waits for what precedes `before`. Answers whether it is missing and can come.
    pub(crate) fn want(&mut self, room: RoomId, before: Seq, depth: u32) -> bool {
        let Some(room) = self.rooms.get_mut(&room) else {
            return false;
        };
        let from = Seq(before.0.saturating_sub(u64::from(depth)));
        let hole = room
            .cursor
            .holes()
            .iter()
            .rev()
            .find(|hole| !hole.expired && hole.from < before && hole.to >= from);
        if let Some(hole) = hole {
            room.wanted = Some(before.min(hole.to.next()));
        }
        hole.is_some()
    }

    /// How many rooms are not at their head, and how many messages are to be fetched for it.
    pub(crate) fn behind(&self) -> (u32, u32) {
        let behind = self.rooms.values().filter(|room| room.behind());
        behind.fold((0, 0), |(rooms, messages): (u32, u32), room| {
            let lacks = u32::try_from(room.lacks()).unwrap_or(u32::MAX);
            (rooms.saturating_add(1), messages.saturating_add(lacks))
        })
    }

    /// The server told of this head, in a digest.
    pub(crate) fn head_known(&mut self, room: RoomId, head: Seq) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.head = room.head.max(head);
        }
    }

    /// The server told of this head in passing (a `gap`, a `ping`): what is missing may be on its
    /// way, so it is waited for a moment.
    pub(crate) fn head_hinted(&mut self, room: RoomId, head: Seq, now: Instant) {
        if let Some(room) = self.rooms.get_mut(&room)
            && head > room.head
        {
            room.head = head;
            room.not_before.get_or_insert(now + COALESCE);
        }
    }

    /// An event came by itself.
    pub(crate) fn offer(&mut self, event: Arc<Event>, now: Instant) -> OfferOutcome {
        let Some(room) = self.rooms.get_mut(&event.room) else {
            return OfferOutcome::Known;
        };
        room.head = room.head.max(event.seq);
        let space = self.held < HELD;
        self.held -= room.cursor.held_back();
        let offered = room.cursor.offer(event, space);
        self.held += room.cursor.held_back();
        match &offered {
            OfferOutcome::Early if !room.pulling => {
                room.not_before.get_or_insert(now + COALESCE);
            }
            OfferOutcome::Applied(_) if !room.behind() => room.not_before = None,
            _ => {}
        }
        offered
    }

    /// The pulls that may leave now.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<Pull> {
        let mut pulls = Vec::new();
        if self.paused.is_some_and(|until| now < until) {
            return pulls;
        }
        self.paused = None;
        while self.pulls.len() < PULLS {
            let Some(bucket) = &mut self.bucket else { break };
            if bucket.available(now) == 0 {
                break;
            }
            let visible_room = self.visible_room;
            let next = self
                .rooms
                .iter()
                .filter(|(_, room)| room.may_pull(now))
                .filter_map(|(id, room)| {
                    let (rank, what) = room.need(visible_room == Some(*id))?;
                    Some((rank, *id, what))
                })
                .min_by_key(|(rank, id, _)| (*rank, *id));
            let Some((_, id, what)) = next else { break };
            let Some(room) = self.rooms.get_mut(&id) else {
                break;
            };
            bucket.take(1);
            room.pulling = true;
            room.not_before = None;
            self.next_rid += 1;
            let rid = RequestId(self.next_rid);
            let asked = Some(RoomPull { room: id, what });
            self.pulls.insert(rid, PendingPull { asked, until: now + ANSWER });
            pulls.push(what.pull(rid, id));
        }
        pulls
    }

    /// Something large is on its way over a slow line: what is owed may be behind it.
    pub(crate) fn transfer_progress(&mut self, now: Instant) {
        self.pulls.values_mut().for_each(|pull| pull.until = pull.until.max(now + ANSWER));
    }

    /// When the first pull under way has been unanswered for too long.
    pub(crate) fn answer_deadline(&self) -> Option<Instant> {
        self.pulls.values().map(|pull| pull.until).min()
    }

    /// When [`poll`](Self::poll) may have more to say, if nothing else happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let bucket = self.bucket.as_ref()?;
        if self.pulls.len() >= PULLS {
            return None;
        }
        let visible_room = self.visible_room;
        let first = self
            .rooms
            .iter()
            .filter(|(id, room)| !room.pulling && room.need(visible_room == Some(**id)).is_some())
            .map(|(_, room)| room.not_before)
            .min()?;
        // However long it has been due, it waits for the pace.
        Some(first.max(self.paused).map_or(bucket.next(), |due| due.max(bucket.next())))
    }

    /// A page came.
    pub(crate) fn page(
        &mut self,
        page: Page,
    ) -> Result<Option<(RoomId, PageOutcome)>, PageMismatch> {
        let Some(PendingPull { asked, .. }) = self.pulls.remove(&page.rid) else {
            return Err(PageMismatch);
        };
        // Left in the meantime: what comes is not for this device any more.
        let Some(asked) = asked else {
            return Ok(None);
        };
        if page.room != asked.room || !asked.what.is_answered_by(&page) {
            return Err(PageMismatch);
        }
        let Some(room) = self.rooms.get_mut(&asked.room) else {
            return Ok(None);
        };
        room.pulling = false;
        self.held -= room.cursor.held_back();
        let served = room.serve(asked.what, page);
        self.held += room.cursor.held_back();
        served.map(|served| Some((asked.room, served)))
    }

    /// A pull was refused; nothing happens unless it was one of these.
    pub(crate) fn refused(
        &mut self,
        rid: RequestId,
        temporary: bool,
        retry_after: Option<Duration>,
        now: Instant,
    ) {
        let Some(PendingPull { asked, .. }) = self.pulls.remove(&rid) else { return };
        let until = now + retry_after.unwrap_or(PULL_RETRY);
        if temporary {
            self.paused = self.paused.max(Some(until));
        }
        if let Some(asked) = asked
            && let Some(room) = self.rooms.get_mut(&asked.room)
        {
            room.pulling = false;
            room.wanted = None;
            room.not_before = Some(until);
            if !temporary {
                // No member any more, most likely; the own stream will say so. Until then the room
                // is as complete as it can be here.
                room.head = room.cursor.at();
                room.closed = true;
            }
        }
    }

    /// What the viewer waits for in this room may still come.
    pub(crate) fn is_waiting(&self, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|room| {
            room.wanted.is_some() || (room.behind() && room.cursor.at() == Seq(0))
        })
    }
}

impl RoomBackfill {
    fn behind(&self) -> bool {
        self.head > self.cursor.at()
    }

    /// So far behind that the newest come first, and the rest becomes a hole.
    fn is_far(&self) -> bool {
        let at = self.cursor.at();
        // A device that holds nothing yet shows the newest first as well.
        let most = if at == Seq(0) { u64::from(NEWEST) } else { BEHIND };
        self.newest || self.head.0 - at.0 > most
    }

    /// Messages that bring this room, which is behind, to its head.
    fn lacks(&self) -> u64 {
        let lacks = self.head.0 - self.cursor.at().0;
        if self.is_far() { lacks.min(NEWEST.into()) } else { lacks }
    }

    fn may_pull(&self, now: Instant) -> bool {
        !self.pulling && self.not_before.is_none_or(|until| now >= until)
    }

    /// What this room needs next and how urgently: the lower, the sooner.
    fn need(&self, visible_room: bool) -> Option<(u8, PullKind)> {
        if let Some(before) = self.wanted {
            return Some((0, PullKind::Fill(before)));
        }
        if self.behind() {
            let rank = match (visible_room, self.unread) {
                (true, _) => 1,
                (false, true) => 2,
                (false, false) => 3,
            };
            let what = if self.is_far() {
                PullKind::Newest(self.head.next())
            } else {
                PullKind::After(self.cursor.at())
            };
            return Some((rank, what));
        }
        if self.closed {
            return None;
        }
        let hole = self.cursor.holes().iter().rev().find(|hole| !hole.expired)?;
        Some((if visible_room { 4 } else { 5 }, PullKind::Fill(hole.to.next())))
    }

    fn serve(&mut self, what: PullKind, page: Page) -> Result<PageOutcome, PageMismatch> {
        let holes_before = self.cursor.holes().to_vec();
        let mut served = PageOutcome::default();
        match what {
            PullKind::After(_) if page.too_old => self.newest = true,
            PullKind::After(after) => {
                let empty = page.events.is_empty();
                // "Nothing follows" is an answer only when it is true.
                if empty && page.head > self.cursor.at() {
                    return Err(PageMismatch);
                }
                served.applied = self.cursor.follow(after, page.events)?;
                if empty {
                    self.head = self.cursor.at();
                }
            }
            PullKind::Newest(before) => {
                let last = Seq(before.0 - 1).min(page.head);
                if page.events.is_empty() {
                    // All of it has expired.
                    if !page.too_old && page.min <= last {
                        return Err(PageMismatch);
                    }
                    served.applied = self.cursor.skip_expired(before);
                } else {
                    served.applied = self.cursor.jump(last, page.events)?;
                }
                self.newest = false;
                self.head = self.cursor.at().max(page.head);
            }
            PullKind::Fill(before) => {
                if self.wanted == Some(before) {
                    self.wanted = None;
                }
                if page.events.is_empty() {
                    if !page.too_old && page.min < before {
                        return Err(PageMismatch);
                    }
                    self.cursor.expire(before);
                } else {
                    served.filled = self.cursor.fill(Seq(before.0 - 1), page.events)?;
                }
            }
        }
        self.cursor.expire(page.min);
        self.head = self.head.max(page.head).max(self.cursor.early_head().unwrap_or_default());
        served.holes_changed = self.cursor.holes() != holes_before;
        Ok(served)
    }
}

impl PullKind {
    fn pull(self, rid: RequestId, room: RoomId) -> Pull {
        let (after, before) = match self {
            Self::After(seq) => (Some(seq), None),
            Self::Newest(seq) | Self::Fill(seq) => (None, Some(seq)),
        };
        Pull { rid, room, after, before, limit: self.limit() }
    }

    fn limit(self) -> u32 {
        match self {
            Self::After(_) | Self::Fill(_) => PAGE_EVENTS,
            Self::Newest(_) => NEWEST,
        }
    }

    /// Whether a page can be the truth at all, whatever the room holds: what it says of the room
    /// must agree with what it brings and with the question.
    fn is_answered_by(self, page: &Page) -> bool {
        let Page { room, events, head, min, too_old, .. } = page;
        let in_room = |event: &Event| {
            event.room == *room && (Seq(1)..=*head).contains(&event.seq) && event.seq >= *min
        };
        let gone = match self {
            Self::After(seq) => seq.next() < *min,
            Self::Newest(seq) | Self::Fill(seq) => seq <= *min,
        };
        events.len() <= self.limit() as usize
            && events.iter().all(in_room)
            && *min <= head.next()
            && (!too_old || gone && events.is_empty())
    }
}

#[cfg(test)]
mod adversarial;
#[cfg(test)]
mod tests;
