//! Pulls, and how leaving a room affects running reads.
//!
//! A read is of one moment, and its response may come after the client was told that it is out of a
//! room. So reads that started before are outdated then and run again; the store checks the
//! permission again.

use std::collections::BTreeSet;

use homing_protocol::frame::{Page, Pull, Ref, Uevent};
use homing_protocol::{ErrorCode, RequestId, RoomId, ServerFrame};
use tokio::time::Instant;

use super::{Effect, Request, Session};
use crate::rooms::queue::left_room;
use crate::store::{LogForm, LogPage, LogRange, StoreError};

/// A running pull.
#[derive(Debug)]
pub(super) struct PendingPull {
    rid: RequestId,
    room: RoomId,
    range: LogRange,
    stale: bool,
}

impl PendingPull {
    fn ask(&self, form: LogForm) -> Effect {
        let (rid, room, range) = (self.rid, self.room, self.range);
        Effect::Request(Request::Pull { rid, room, range, form })
    }
}

/// The rooms that the person has left by these own events.
fn left_rooms(changes: &[Uevent]) -> BTreeSet<RoomId> {
    changes.iter().filter_map(left_room).collect()
}

impl Session {
    pub(super) fn pull(&mut self, pull: &Pull, now: Instant) -> Vec<Effect> {
        let about = Ref::Rid(pull.rid);
        if let Err(wait) = self.pulls.take(1, now) {
            return self.limited(Some(about), wait, now);
        }
        let range = match (pull.after, pull.before) {
            (Some(seq), None) => LogRange::After(seq, pull.limit),
            (None, Some(seq)) => LogRange::Before(seq, pull.limit),
            _ => {
                let text = "a pull has either after or before";
                return self.violate(Some(about), ErrorCode::Invalid, text, now);
            }
        };
        let pulling = PendingPull { rid: pull.rid, room: pull.room, range, stale: false };
        let ask = pulling.ask(self.form);
        self.pulling.push(pulling);
        vec![ask]
    }

    pub(super) fn pulled(
        &mut self,
        rid: RequestId,
        room: RoomId,
        result: Result<LogPage, StoreError>,
        now: Instant,
    ) -> Vec<Effect> {
        let place = self.pulling.iter().position(|p| p.rid == rid && p.room == room);
        if let Some(mut pulling) = place.map(|place| self.pulling.swap_remove(place))
            && std::mem::take(&mut pulling.stale)
        {
            let ask = pulling.ask(self.form);
            self.pulling.push(pulling);
            return vec![ask];
        }
        let mut effects = Vec::new();
        let served = match result {
            Ok(page) => {
                let served = !page.more;
                effects.push(Effect::Send(ServerFrame::Page(Page {
                    rid,
                    room,
                    from: page.span.map(|span| span.from),
                    to: page.span.map(|span| span.to),
                    events: page.items,
                    folds: page.folds,
                    head: page.head,
                    min: page.min,
                    more: page.more,
                    too_old: page.too_old,
                })));
                served
            }
            Err(error) => {
                effects.extend(self.refused(Ref::Rid(rid), &error, now));
                true
            }
        };
        if let Some(catching_up) = &mut self.catching_up {
            catching_up.quiet = now + self.info.timers.quiet;
            if served {
                catching_up.rooms.remove(&room);
            }
            if catching_up.rooms.is_empty() && self.pulling.is_empty() {
                self.catching_up = None;
                effects.push(Effect::Send(ServerFrame::CaughtUp));
            }
        }
        effects
    }

    /// Applies departures in these own events: nothing of those rooms may follow.
    pub(super) fn apply_departures(&mut self, changes: &[Uevent]) -> Vec<Effect> {
        let rooms = left_rooms(changes);
        for room in &rooms {
            self.leave_room(*room);
        }
        rooms.into_iter().map(Effect::Forget).collect()
    }

    pub(super) fn leave_room(&mut self, room: RoomId) {
        for pulling in self.pulling.iter_mut().filter(|pulling| pulling.room == room) {
            pulling.stale = true;
        }
        self.digest.stale = self.digest.asked;
        self.heads.stale = self.heads.asked;
    }
}
