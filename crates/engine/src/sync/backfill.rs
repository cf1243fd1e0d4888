//! What to pull next, over all rooms. Pure.
//!
//! The order is: what the viewer waits for, the visible room, rooms with unread messages, other
//! rooms, and last the holes. At most [`PULLS`] are in flight at once, one per room, and never more
//! per second than the server allows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::frame::{Page, Pull};
use homing_protocol::limits::PAGE_EVENTS;
use homing_protocol::{Event, Fold, RequestId, RoomId, Seq};
use tokio::time::Instant;

use super::cursor::{Cursor, LogPart, OfferOutcome, PageMismatch};
use crate::timeouts::{ANSWER, COALESCE, PULL_RETRY};
use crate::token_bucket::TokenBucket;
use crate::view::Hole;

/// Pulls in flight at once: enough to fill the connection, and few enough that the visible room is
/// soon next.
const PULLS: usize = 4;
/// A room that is further behind than this gets its newest events first.
const BEHIND: u64 = 1000;
/// Early events that are kept over all rooms. It allows for a burst in many rooms; beyond it,
/// events are pulled. Each room has its own bound too, but the number of rooms is not bounded.
const HELD: usize = 1024;
/// How many of the newest events are pulled first: two screens.
const NEWEST: u32 = 50;

/// The pulls of all the viewer's rooms.
#[derive(Debug, Default)]
pub(crate) struct Backfill {
    rooms: BTreeMap<RoomId, RoomBackfill>,
    pulls: BTreeMap<RequestId, PendingPull>,
    next_rid: u64,
    visible_room: Option<RoomId>,
    /// Early events that are kept, over all rooms.
    held: usize,
    bucket: Option<TokenBucket>,
    /// The server's rate limit pauses all pulls until then.
    paused: Option<Instant>,
}

#[derive(Debug)]
struct RoomBackfill {
    cursor: Cursor,
    head: Seq,
    unread: bool,
    pulling: bool,
    /// The earliest time of the next pull, after a burst or an error.
    not_before: Option<Instant>,
    /// The next pull asks for the newest events, and not for those after the cursor.
    newest: bool,
    /// The viewer waits for the events before this one.
    wanted: Option<Seq>,
    /// The server refused this room's log permanently, for this connection.
    closed: bool,
}

#[derive(Debug, Clone, Copy)]
struct PendingPull {
    /// `None` if the answer is no longer wanted. It is still going to come.
    asked: Option<RoomPull>,
    /// The deadline for the answer.
    until: Instant,
}

#[derive(Debug, Clone, Copy)]
struct RoomPull {
    room: RoomId,
    what: PullKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PullKind {
    /// The events after this one.
    After(Seq),
    /// The newest events before this one.
    Newest(Seq),
    /// The events before this one, in a hole.
    Fill(Seq),
}

/// The result of a page.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PageOutcome {
    /// Events that now follow the cursor.
    pub(crate) applied: Vec<Arc<Event>>,
    /// Events that fill holes.
    pub(crate) filled: Vec<Arc<Event>>,
    /// The holes have changed.
    pub(crate) holes_changed: bool,
    /// The states of messages that the page tells.
    pub(crate) folds: Vec<Fold>,
}

impl Backfill {
    /// Adds or replaces a room.
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

    /// Removes a room. Answers to its pulls will be ignored.
    pub(crate) fn remove(&mut self, room: RoomId) {
        self.void(room);
        let old = self.rooms.remove(&room);
        self.held -= old.map_or(0, |old| old.cursor.held_back());
    }

    /// Ignores the answers to this room's pulls, because they are about an earlier state: a member
    /// who was removed and added again within one round trip must not apply an old answer.
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

    /// The newest event known from the server.
    pub(crate) fn head(&self, room: RoomId) -> Option<Seq> {
        self.rooms.get(&room).map(|room| room.head)
    }

    /// Whether an answer to a pull of this room is on its way.
    pub(crate) fn is_pulling(&self, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|room| room.pulling)
    }

    /// A connection is up.
    pub(crate) fn online(&mut self, pulls_per_second: u32, now: Instant) {
        self.bucket = Some(TokenBucket::new(pulls_per_second, pulls_per_second, now));
    }

    /// The connection is gone, and its pulls with it.
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

    /// Sets the room on the screen.
    pub(crate) fn set_visible_room(&mut self, room: Option<RoomId>) {
        self.visible_room = room;
    }

    /// Sets whether the room has unread messages.
    pub(crate) fn mark_unread(&mut self, room: RoomId, unread: bool) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.unread = unread;
        }
    }

    /// The viewer waits for the events before `before`. Returns whether some are missing and can be
    /// pulled.
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

    /// The number of rooms that are behind, and of messages to fetch for them.
    pub(crate) fn behind(&self) -> (u32, u32) {
        let behind = self.rooms.values().filter(|room| room.behind());
        behind.fold((0, 0), |(rooms, messages): (u32, u32), room| {
            let lacks = u32::try_from(room.lacks()).unwrap_or(u32::MAX);
            (rooms.saturating_add(1), messages.saturating_add(lacks))
        })
    }

    /// A digest contained this head.
    pub(crate) fn head_known(&mut self, room: RoomId, head: Seq) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.head = room.head.max(head);
        }
    }

    /// A `gap` or `ping` contained this head. What is missing may be on its way, so the pull is
    /// delayed for a moment.
    pub(crate) fn head_hinted(&mut self, room: RoomId, head: Seq, now: Instant) {
        if let Some(room) = self.rooms.get_mut(&room)
            && head > room.head
        {
            room.head = head;
            room.not_before.get_or_insert(now + COALESCE);
        }
    }

    /// An event was pushed.
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

    /// The pulls to send now.
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

    /// A large message is in transfer on a slow connection, and an answer may be behind it.
    pub(crate) fn transfer_progress(&mut self, now: Instant) {
        self.pulls.values_mut().for_each(|pull| pull.until = pull.until.max(now + ANSWER));
    }

    /// The first deadline for an answer.
    pub(crate) fn answer_deadline(&self) -> Option<Instant> {
        self.pulls.values().map(|pull| pull.until).min()
    }

    /// When to call [`poll`](Self::poll) again, if nothing else happens.
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
        // A pull that is due still waits for the rate limit.
        Some(first.max(self.paused).map_or(bucket.next(), |due| due.max(bucket.next())))
    }

    /// A page was received.
    pub(crate) fn page(
        &mut self,
        page: Page,
    ) -> Result<Option<(RoomId, PageOutcome)>, PageMismatch> {
        let Some(PendingPull { asked, .. }) = self.pulls.remove(&page.rid) else {
            return Err(PageMismatch);
        };
        // The room was left in the meantime, so the answer is ignored.
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

    /// A pull was refused. Nothing happens if it is not one of these.
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
                // Most likely the viewer is no longer a member, and the own stream will say so.
                // Until then the room is as complete as it can be.
                room.head = room.cursor.at();
                room.closed = true;
            }
        }
    }

    /// Whether what the viewer waits for in this room may still come.
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

    /// Whether the room is so far behind that the newest events come first and leave a hole.
    fn is_far(&self) -> bool {
        let at = self.cursor.at();
        // A device without any events shows the newest first as well.
        let most = if at == Seq(0) { u64::from(NEWEST) } else { BEHIND };
        self.newest || self.head.0 - at.0 > most
    }

    /// The number of events to pull until this room is at its head.
    fn lacks(&self) -> u64 {
        let lacks = self.head.0 - self.cursor.at().0;
        if self.is_far() { lacks.min(NEWEST.into()) } else { lacks }
    }

    fn may_pull(&self, now: Instant) -> bool {
        !self.pulling && self.not_before.is_none_or(|until| now >= until)
    }

    /// What to pull for this room, and its rank; the lowest goes first.
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
        let mut served = PageOutcome { folds: page.folds, ..PageOutcome::default() };
        let range = (page.from, page.to);
        match what {
            PullKind::After(_) if page.too_old => self.newest = true,
            PullKind::After(after) => match LogPart::of_page(range, page.events)? {
                Some(part) => served.applied = self.cursor.follow(after, part)?,
                // An empty page is valid only if nothing follows the cursor.
                None if page.head > self.cursor.at() => return Err(PageMismatch),
                None => self.head = self.cursor.at(),
            },
            PullKind::Newest(before) => {
                let last = Seq(before.0 - 1).min(page.head);
                match LogPart::of_page(range, page.events)? {
                    Some(part) => served.applied = self.cursor.jump(last, part)?,
                    // All events have expired.
                    None if page.too_old || page.min > last => {
                        served.applied = self.cursor.skip_expired(before);
                    }
                    None => return Err(PageMismatch),
                }
                self.newest = false;
                self.head = self.cursor.at().max(page.head);
            }
            PullKind::Fill(before) => {
                if self.wanted == Some(before) {
                    self.wanted = None;
                }
                match LogPart::of_page(range, page.events)? {
                    Some(part) => served.filled = self.cursor.fill(Seq(before.0 - 1), part)?,
                    None if page.too_old || page.min >= before => {
                        self.cursor.expire(before);
                    }
                    None => return Err(PageMismatch),
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

    /// Whether the page can be valid at all, whatever the state of the room: its fields must agree
    /// with its events and with the request.
    fn is_answered_by(self, page: &Page) -> bool {
        let Page { room, from, to, events, folds, head, min, too_old, .. } = page;
        let in_room = |event: &Event| {
            event.room == *room && (Seq(1)..=*head).contains(&event.seq) && event.seq >= *min
        };
        let gone = match self {
            Self::After(seq) => seq.next() < *min,
            Self::Newest(seq) | Self::Fill(seq) => seq <= *min,
        };
        events.len() <= self.limit() as usize
            && events.iter().all(in_room)
            && from.is_none_or(|from| from >= *min)
            && to.is_none_or(|to| to <= *head)
            && folds.iter().all(|fold| (Seq(1)..=*head).contains(&fold.seq))
            && *min <= head.next()
            && (!too_old || gone && events.is_empty() && from.is_none())
    }
}

#[cfg(test)]
mod adversarial;
#[cfg(test)]
mod tests;
