//! Handles the server's frames.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::frame::{
    Client, ClientEph, Committed, CommittedItem, Digest, Failure, Gap, Hello, Ping, PushedEvent,
    Receipt, Ref, ServerEph, Upage, UserKey, Welcome,
};
use homing_protocol::{
    Body, ClientFrame, Content, Event, FOLD, Fold, Message, RoomId, RoomInfo, Seq, ServerFrame,
    Useq, VERSION,
};
use tokio::time::Instant;

use super::effects::Effects;
use super::views::{RoomState, unread_kind};
use super::{OnlineState, SpaceTask};
use crate::connection::AbandonReason;
use crate::diff::{Diff, Incoming};
use crate::outbox::item::{OutboxItem, OutboxState};
use crate::store::{Change, FoldUpdate, OwnRow, RoomRow, SyncPoint, UnreadKind};
use crate::sync::{OfferOutcome, PageOutcome, Receipts, own_stream};
use crate::timeouts::{RETRY_MOST, ROOM_DESCRIBED};
use crate::view::Item;

/// The maximum of a server's text in the log, because a server may repeat such frames.
const LOGGED: usize = 200;

impl SpaceTask {
    pub(super) fn hello(&self, attempt: u32, last_close: Option<u16>) -> ClientFrame {
        ClientFrame::Hello(Hello {
            versions: vec![VERSION],
            client: Client {
                app: self.deps.config.app.clone(),
                os: std::env::consts::OS.to_owned(),
            },
            capabilities: vec![FOLD.to_owned()],
            epoch: self.sync.epoch,
            pos: self.sync.pos,
            useq: self.sync.epoch.map(|_| self.own.at()),
            last_close,
            attempt,
        })
    }

    pub(super) fn welcome(&mut self, welcome: Welcome, effects: &mut Effects) {
        let record = &self.deps.record;
        if (welcome.space, welcome.me, welcome.device) != (record.space, record.user, record.device)
        {
            tracing::warn!("the server knows this token as another member's or space's");
            return self.abandon(AbandonReason::WrongServer, effects);
        }
        let now = Instant::now();
        // A server that has less than it acknowledged before was restored from a backup, whatever
        // it claims.
        let lost = Some(welcome.pos) < self.sync.pos || welcome.useq < self.own.at();
        if welcome.reset || lost || self.sync.epoch.is_some_and(|epoch| epoch != welcome.epoch) {
            self.reset(effects);
        }
        if self.sync.epoch != Some(welcome.epoch) {
            self.sync.epoch = Some(welcome.epoch);
            effects.changes.push(Change::SyncPoint(self.sync));
        }
        self.renamed(welcome.space_name, effects);
        self.send_queue.online(welcome.limits, now);
        self.retry_deferred(effects);
        self.backfill.online(welcome.limits.pulls_per_second, now);
        self.own.online(welcome.useq, now);
        self.receipts.online(now);
        self.online = Some(OnlineState {
            limits: welcome.limits,
            since: welcome.time,
            digested: false,
            named: self.sync.pos.is_none().then(BTreeSet::new),
            undescribed: BTreeMap::new(),
        });
        for room in self.own.joined().collect::<Vec<_>>() {
            self.joined(room, now);
        }
        self.presence_reporter.online(now);
    }

    /// The space has another name.
    fn renamed(&mut self, name: String, effects: &mut Effects) {
        if self.deps.record.name == name {
            return;
        }
        self.deps.record.name = name;
        effects.changes.push(Change::Record(self.deps.record.clone()));
        effects.diffs.push(Diff::Space { space: self.deps.record.view() });
    }

    /// The server was restored from a backup, so what is stored belongs to another history. Only
    /// the outbox is kept, and the own events, to give them back.
    fn reset(&mut self, effects: &mut Effects) {
        tracing::warn!("the server was restored; everything but the outbox is fetched anew");
        let (me, epoch) = (self.deps.record.user, self.sync.epoch);
        effects.changes.push(Change::Reset { me, epoch });
        self.send_queue.hold();
        self.sync = SyncPoint::default();
        effects.changes.push(Change::SyncPoint(self.sync));
        effects.changes.extend(self.own.reset().into_iter().map(Change::Own));
        // They were deleted from the store too, so the digest must count as news.
        self.people.clear();
        self.receipts = Receipts::default();
        for (room, known) in &mut self.rooms {
            // The rooms stay visible until the server has listed its rooms.
            known.row.info.head = Seq(0);
            known.row.info.read = Seq(0);
            known.row.info.delivered = Seq(0);
            known.row.head = Seq(0);
            known.row.cursor = Seq(0);
            known.row.last = None;
            self.backfill.insert(*room, Seq(0), Seq(0), Vec::new());
            effects.rooms.insert(*room);
            effects.diffs.push(Diff::TimelineReset { room: *room });
        }
    }

    pub(super) fn frame(&mut self, frame: ServerFrame, effects: &mut Effects) {
        let now = Instant::now();
        match frame {
            ServerFrame::Digest(digest) => self.digest(digest, effects),
            ServerFrame::Ok(committed) => self.committed(committed, now, effects),
            ServerFrame::Event(pushed) => self.pushed(pushed, now, effects),
            ServerFrame::Page(page) => match self.backfill.page(page) {
                Ok(Some((room, served))) => self.served(room, served, effects),
                Ok(None) => {}
                Err(misfit) => self.protocol_violation(&misfit, effects),
            },
            ServerFrame::Upage(page) => self.upage(page, effects),
            ServerFrame::Uevent(event) => {
                let rows = self.own.event(event);
                self.own_changed(rows, effects);
            }
            ServerFrame::Gap(Gap { room, head }) => self.hinted(room, head, now, effects),
            ServerFrame::Ping(Ping { heads, .. }) => {
                for (room, head) in heads {
                    self.hinted(room, head, now, effects);
                }
            }
            ServerFrame::Receipt(Receipt { room, delivered }) => {
                if let Some(known) = self.rooms.get_mut(&room) {
                    let held = &mut known.row.info.delivered;
                    *held = delivered.max(*held);
                    effects.rooms.insert(room);
                }
            }
            ServerFrame::Err(failure) => self.refused(failure, now, effects),
            ServerFrame::Eph(ServerEph::Typing { room, user }) => {
                if self.rooms.contains_key(&room) {
                    effects.diffs.push(Diff::Typing { room, user });
                }
            }
            ServerFrame::Eph(ServerEph::Presence { people, all }) => {
                if all {
                    self.presence.clear();
                }
                self.presence.extend(people.iter().map(|(user, presence)| (*user, *presence)));
                let people = people.into_iter().collect();
                effects.diffs.push(Diff::Presence { people, all });
            }
            // Whether everything is here is computed and not taken from the server. The driver
            // handles the other frames.
            ServerFrame::CaughtUp
            | ServerFrame::Welcome(_)
            | ServerFrame::Pong(_)
            | ServerFrame::Bye(_) => {}
        }
    }

    /// The server violated the protocol: nothing more is accepted from this connection.
    pub(super) fn protocol_violation(
        &mut self,
        why: &dyn std::fmt::Display,
        effects: &mut Effects,
    ) {
        tracing::warn!("the server broke the protocol: {why}");
        self.abandon(AbandonReason::ProtocolViolation, effects);
    }

    fn digest(&mut self, digest: Digest, effects: &mut Effects) {
        for person in digest.people {
            if self.people.get(&person.id) != Some(&person) {
                effects.changes.push(Change::Person(person.clone()));
                effects.diffs.push(Diff::Person { person: person.clone() });
                self.people.insert(person.id, person);
            }
        }
        for info in digest.rooms {
            self.described(info, effects);
        }
        if let Some(name) = digest.space_name {
            self.renamed(name, effects);
        }
        if digest.more {
            return;
        }
        self.sync.pos = Some(digest.pos);
        effects.changes.push(Change::SyncPoint(self.sync));
        let Some(online) = &mut self.online else {
            return;
        };
        online.digested = true;
        if let Some(named) = online.named.take() {
            let known = self.rooms.keys().copied().chain(self.own.joined());
            let left: BTreeSet<RoomId> = known.filter(|room| !named.contains(room)).collect();
            for room in left {
                self.left(room, effects);
            }
        }
    }

    fn described(&mut self, info: RoomInfo, effects: &mut Effects) {
        let (room, head) = (info.room, info.head);
        if let Some(online) = &mut self.online {
            online.undescribed.remove(&room);
            online.named.iter_mut().for_each(|named| _ = named.insert(room));
        }
        effects.changes.extend(self.own.digest_read(room, info.read).map(Change::Own));
        match self.rooms.get_mut(&room) {
            Some(known) => {
                known.row.head = known.row.head.max(head);
                known.row.info = info;
            }
            None => {
                let row = RoomRow { info, head, cursor: Seq(0), last: None };
                self.rooms.insert(room, RoomState::new(row));
                self.backfill.insert(room, Seq(0), head, Vec::new());
            }
        }
        self.backfill.head_known(room, head);
        effects.rooms.insert(room);
    }

    fn hinted(&mut self, room: RoomId, head: Seq, now: Instant, effects: &mut Effects) {
        self.backfill.head_hinted(room, head, now);
        if let Some(known) = self.rooms.get_mut(&room)
            && head > known.row.head
        {
            known.row.head = head;
            effects.rooms.insert(room);
        }
    }

    fn pushed(&mut self, pushed: PushedEvent, now: Instant, effects: &mut Effects) {
        let PushedEvent { event, fold, .. } = pushed;
        self.arrived_with(event, fold.map(|fold| *fold), now, effects);
    }

    /// An event is known, and what it made of another one.
    fn arrived_with(
        &mut self,
        event: Event,
        fold: Option<Fold>,
        now: Instant,
        effects: &mut Effects,
    ) {
        let room = event.room;
        let update = fold.map(|fold| FoldUpdate::with(&event, fold, self.deps.record.user));
        self.arrived(Arc::new(event), now, effects);
        if let Some(update) = update {
            self.folded(room, update, effects);
        }
    }

    /// An event is known, from whatever source.
    fn arrived(&mut self, event: Arc<Event>, now: Instant, effects: &mut Effects) {
        let room = event.room;
        if !self.backfill.knows(room) {
            // The room has not been described yet, or was left. Its digest contains the head.
            return;
        }
        match self.backfill.offer(event.clone(), now) {
            OfferOutcome::Applied(events) => self.applied(room, events, &[], effects),
            OfferOutcome::Clash => {
                return self.protocol_violation(&"two events at one place", effects);
            }
            OfferOutcome::Known | OfferOutcome::Early => {
                // It is this device's own message, so it is on the server, whatever is missing
                // before it. It is stored at its place, in the transaction that deletes it from the
                // outbox.
                if self.is_queued(&event) {
                    // But not if another event is stored there: the message would be deleted from
                    // the outbox and be nowhere.
                    // A quiet event has no place of its own there.
                    let cursor = self.backfill.cursor(room);
                    if !event.quiet && cursor.is_some_and(|cursor| cursor.holds(event.seq)) {
                        return self
                            .protocol_violation(&"a message at the place of another", effects);
                    }
                    self.store_event(&event, effects);
                }
            }
        }
        if let Some(known) = self.rooms.get_mut(&room) {
            known.row.head = known.row.head.max(event.seq);
            effects.rooms.insert(room);
        }
    }

    fn is_queued(&self, event: &Event) -> bool {
        event.sender == self.deps.record.user
            && event.cid.is_some_and(|cid| self.send_queue.get(cid).is_some())
    }

    /// Events that now follow the room's cursor, and what became of them since.
    fn applied(
        &mut self,
        room: RoomId,
        events: Vec<Arc<Event>>,
        folds: &[Fold],
        effects: &mut Effects,
    ) {
        let count = events.len();
        for event in events {
            let notice = self.store_event(&event, effects);
            let fold = folds.iter().find(|fold| fold.seq == event.seq);
            if notice > UnreadKind::None
                && let Some(event) = newest(event, fold)
            {
                let mentions_me = notice == UnreadKind::Mention;
                // What was given back is no news.
                let live = event.origin.is_none()
                    && self.online.as_ref().is_some_and(|online| event.ts >= online.since);
                effects.incoming.push(Incoming { event, live, mentions_me });
            }
        }
        let cursor = self.backfill.cursor(room).map_or(Seq(0), |cursor| cursor.at());
        if let Some(known) = self.rooms.get_mut(&room) {
            known.row.cursor = cursor;
            known.row.head = known.row.head.max(cursor);
        }
        effects.rooms.insert(room);
        if count > 0 {
            self.receipts.held(room, cursor, count);
        }
    }

    /// Stores and publishes an event. If it was queued here, it is deleted from the outbox.
    fn store_event(&mut self, event: &Arc<Event>, effects: &mut Effects) -> UnreadKind {
        let me = self.deps.record.user;
        let notice = unread_kind(event, me);
        if event.sender == me
            && let Some(item) = event.cid.and_then(|cid| self.send_queue.committed(cid))
        {
            effects.changes.push(Change::OutboxGone(item.cid));
            effects.outbox = true;
            effects.messages.extend(item.target().map(|target| (event.room, target)));
        }
        if event.quiet {
            if event.sender == me {
                effects.changes.push(Change::OwnChange(event.clone()));
            }
            return UnreadKind::None;
        }
        if let Some(known) = self.rooms.get_mut(&event.room) {
            known.previews(event);
        }
        effects.changes.push(Change::Event(event.clone(), notice));
        if event.sender == me || self.is_changed(event) || is_reply(event) {
            // It may be stored already, with what became of it, or without the words that it quotes.
            effects.places.insert((event.room, event.seq));
        } else {
            effects.item(event.room, Item::of(event, me));
        }
        self.early_folds_of(event.room, event.seq, effects);
        self.message_arrived(event, effects);
        if event.sender == me
            && let Content::Message(message) = event.content()
            && let Some(row) = self.own.message_committed(event.room, &message.text)
        {
            effects.changes.push(Change::Own(row));
            effects.rooms.insert(event.room);
        }
        notice
    }

    fn committed(&mut self, committed: Committed, now: Instant, effects: &mut Effects) {
        for CommittedItem { cid, seq, id, ts, fold, origin, .. } in committed.items {
            // The item is gone if the event came first. Otherwise nothing else will announce this
            // event.
            let Some(item) = self.send_queue.get(cid) else {
                self.hinted(committed.room, seq, now, effects);
                if let Some(fold) = fold {
                    self.folded(committed.room, FoldUpdate { fold, own: None }, effects);
                }
                continue;
            };
            if item.room != committed.room || item.state == OutboxState::Queued {
                return self.protocol_violation(&"an `ok` for what was never sent", effects);
            }
            let event = Event {
                room: committed.room,
                seq,
                id,
                cid: Some(cid),
                sender: self.deps.record.user,
                kind: item.kind.clone(),
                body: item.body.clone(),
                ts,
                quiet: Content::is_quiet(&item.kind),
                origin,
            };
            if self.backfill.knows(committed.room) {
                self.arrived_with(event, fold, now, effects);
            } else if self.send_queue.committed(cid).is_some() {
                // The room was left between sending and this answer.
                effects.changes.push(Change::OutboxGone(cid));
                effects.outbox = true;
            }
        }
    }

    fn served(&mut self, room: RoomId, served: PageOutcome, effects: &mut Effects) {
        for event in &served.filled {
            self.store_event(event, effects);
        }
        self.applied(room, served.applied, &served.folds, effects);
        self.page_folds(room, served.folds, effects);
        // A page contains the exact head, which corrects hints.
        if let (Some(head), Some(known)) = (self.backfill.head(room), self.rooms.get_mut(&room)) {
            known.row.head = head;
        }
        if served.holes_changed
            && let Some(cursor) = self.backfill.cursor(room)
        {
            effects.changes.push(Change::Holes(room, cursor.holes().to_vec()));
        }
    }

    fn upage(&mut self, page: Upage, effects: &mut Effects) {
        match self.own.page(page) {
            Ok(rows) => self.own_changed(rows, effects),
            Err(misfit) => self.protocol_violation(&misfit, effects),
        }
    }

    fn own_changed(&mut self, rows: Vec<OwnRow>, effects: &mut Effects) {
        for row in rows {
            match &row.key {
                UserKey::Read(room)
                | UserKey::Draft(room)
                | UserKey::Mute(room)
                | UserKey::Unread(room) => {
                    effects.rooms.insert(*room);
                }
                UserKey::Room(room) if row.value.is_null() => self.left(*room, effects),
                UserKey::Room(room) => self.joined(*room, Instant::now()),
                UserKey::Devices => {
                    // A list in the format of a later version can still be requested over HTTP.
                    let devices = serde_json::from_value(row.value.clone()).unwrap_or_default();
                    effects.diffs.push(Diff::Devices { devices });
                }
                // The status is published at the end of the turn.
                UserKey::Setting(name) => effects.rooms.extend(own_stream::notify_room(name)),
                UserKey::Other(_) => {}
            }
            effects.changes.push(Change::Own(row));
        }
        let useq: Useq = self.own.at();
        if self.sync.useq != useq {
            self.sync.useq = useq;
            effects.changes.push(Change::SyncPoint(self.sync));
            self.receipts.held_own(useq);
        }
    }

    /// The own stream says that the viewer is in this room. A digest will describe it, or has
    /// already. But if the room was left and joined again in between, that digest does not come
    /// again.
    fn joined(&mut self, room: RoomId, now: Instant) {
        if let (false, Some(online)) = (self.rooms.contains_key(&room), &mut self.online) {
            online.undescribed.entry(room).or_insert(now + ROOM_DESCRIBED);
        }
    }

    /// Rooms were not described in time, so the list of rooms is incomplete. It is requested again
    /// from the start.
    pub(super) fn undescribed(&mut self, now: Instant, effects: &mut Effects) {
        let due = |online: &OnlineState| online.undescribed.values().any(|until| now >= *until);
        if self.online.as_ref().is_some_and(due) {
            tracing::info!("a room was not described; all of them are asked for anew");
            self.sync.pos = None;
            effects.changes.push(Change::SyncPoint(self.sync));
            self.abandon(AbandonReason::LocalFailure, effects);
        }
    }

    /// The viewer has left the room, so its log is deleted from this device.
    fn left(&mut self, room: RoomId, effects: &mut Effects) {
        self.backfill.remove(room);
        self.receipts.forget(room);
        if let Some(online) = &mut self.online {
            online.undescribed.remove(&room);
        }
        // Frames about this room that are still waiting are not sent.
        let is_typing = |frame: &ClientFrame| matches!(frame, ClientFrame::Eph(ClientEph::Typing { room: at }) if *at == room);
        effects.frames.retain(|frame| !is_typing(frame));
        effects.changes.extend(self.own.forget(room).into_iter().map(Change::Own));
        effects.rooms.remove(&room);
        if self.rooms.remove(&room).is_some() {
            effects.changes.push(Change::RoomGone(room));
            effects.diffs.push(Diff::RoomGone { room });
        }
    }

    fn refused(&mut self, failure: Failure, now: Instant, effects: &mut Effects) {
        let Failure { about, code, temporary, retry_after_ms, text } = failure;
        let retry_after = retry_after_ms.map(|wait| Duration::from_millis(wait).min(RETRY_MOST));
        let said: String = text.chars().take(LOGGED).collect();
        tracing::info!(?code, temporary, "the server refused: {said}");
        match about {
            Some(Ref::Cids(cids)) => {
                let items = self.send_queue.refused(&cids, &code, temporary, retry_after, now);
                let deferred = items.iter().filter(|item| item.state == OutboxState::Deferred);
                self.refused_changes.extend(deferred.map(|item| item.cid));
                self.waits_again(items, effects);
            }
            Some(Ref::Rid(rid)) => {
                // The request belongs to one of the two; their numbers differ.
                self.own.refused_pull(rid, retry_after, now);
                self.backfill.refused(rid, temporary, retry_after, now);
            }
            Some(Ref::Room(room)) => {
                let key = UserKey::Read(room);
                let given_up = self.own.refused(&key, temporary, retry_after, now);
                self.own_changed(given_up.into_iter().collect(), effects);
            }
            Some(Ref::Key(key)) => {
                let given_up = self.own.refused(&key, temporary, retry_after, now);
                self.own_changed(given_up.into_iter().collect(), effects);
            }
            // The frame could not be parsed, or is of a kind of a later version. It may have been a
            // batch in flight.
            None => self.send_queue.unattributed_error(temporary, now),
        }
    }

    /// These items were in flight and are queued again.
    pub(super) fn waits_again(&mut self, items: Vec<OutboxItem>, effects: &mut Effects) {
        for item in items {
            self.show_queued(&item, effects);
            effects.changes.push(Change::Outbox(item));
            effects.outbox = true;
        }
    }
}

fn is_reply(event: &Event) -> bool {
    matches!(event.content(), Content::Message(Message { reply: Some(_), .. }))
}

/// A message in its newest text; `None` if it was taken back.
fn newest(event: Arc<Event>, fold: Option<&Fold>) -> Option<Arc<Event>> {
    let Some(fold) = fold else { return Some(event) };
    if fold.gone.is_some() {
        return None;
    }
    let (Some(edit), Content::Message(message)) = (&fold.edit, event.content()) else {
        return Some(event);
    };
    let (text, mentions) = (edit.text.clone(), edit.mentions.clone());
    let body = Body::new(&Message { text, mentions, reply: message.reply });
    Some(Arc::new(Event { body, ..(*event).clone() }))
}
