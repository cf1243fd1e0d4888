//! A store in memory, for tests and for "this session only".

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use homing_protocol::frame::UserKey;
use homing_protocol::{Body, Cid, Content, Epoch, Event, MessageRef, RoomId, Seq, UserId};

use super::erase::{erased, quoted, without_excerpt};
use super::{
    Change, FoldUpdate, Loaded, LostEvent, MessageState, OwnRow, Store, StoreError, UnreadKind,
};
use crate::view::Hole;

/// Stores everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    rest: Loaded,
    holes: BTreeMap<RoomId, Vec<Hole>>,
    events: BTreeMap<RoomId, BTreeMap<Seq, (Event, UnreadKind)>>,
    states: BTreeMap<(RoomId, Seq), MessageState>,
    own: BTreeMap<UserKey, OwnRow>,
    changes: BTreeMap<Cid, Event>,
    lost: Vec<LostEvent>,
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // No code panics with the lock half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn apply(&mut self, change: Change) {
        match change {
            // The record is for listing the spaces of files, and there is no file.
            Change::Record(_) => {}
            Change::SyncPoint(point) => self.rest.sync = point,
            Change::Room(row) => put(&mut self.rest.rooms, row, |row| row.info.room),
            Change::RoomGone(room) => {
                self.rest.rooms.retain(|row| row.info.room != room);
                self.events.remove(&room);
                self.states.retain(|(of, _), _| *of != room);
                self.holes.remove(&room);
                self.changes.retain(|_, change| change.room != room);
            }
            Change::Person(person) => put(&mut self.rest.people, person, |person| person.id),
            Change::Event(event, notice) => {
                let unquoted = self.unquoted(&event);
                let log = self.events.entry(event.room).or_default();
                log.entry(event.seq).or_insert_with(|| {
                    let body = unquoted.unwrap_or_else(|| event.body.clone());
                    (Event { body, ..(*event).clone() }, notice)
                });
            }
            Change::Fold { room, update, mentions_me } => self.fold(room, update, mentions_me),
            Change::Holes(room, holes) => {
                self.holes.insert(room, holes);
            }
            Change::Outbox(item) => put(&mut self.rest.outbox, item, |item| item.cid),
            Change::OutboxGone(cid) => self.rest.outbox.retain(|item| item.cid != cid),
            Change::Own(row) if row.value.is_null() && !row.pending && row.fork.is_none() => {
                self.own.remove(&row.key);
            }
            Change::Own(row) => {
                self.own.insert(row.key.clone(), row);
            }
            Change::OwnChange(event) => {
                let target = event.content().target();
                let void = event.kind != Content::REDACT
                    && target.is_some_and(|target| self.is_gone(event.room, target));
                if let Some(cid) = event.cid.filter(|_| !void) {
                    self.changes.insert(cid, (*event).clone());
                }
            }
            Change::GivenBack => self.lost.clear(),
            Change::Reset { me, epoch } => {
                self.put_aside(me, epoch);
                self.rest.rooms.clear();
                self.rest.people.clear();
                self.events.clear();
                self.states.clear();
                self.holes.clear();
                self.own.retain(|key, row| row.pending && key.is_settable());
            }
        }
    }
}

impl Tables {
    /// Puts the own events aside that can be given back.
    fn put_aside(&mut self, me: UserId, epoch: Option<Epoch>) {
        let of = |event: &Event| LostEvent::of(event, me, epoch);
        let mut lost = Vec::new();
        for (event, _) in self.events.values().flat_map(BTreeMap::values) {
            let Some(own) = of(event) else { continue };
            let target = MessageRef { user: me, cid: own.cid };
            let is_redacted = |change: &Event| matches!(change.content(), Content::Redact(redact) if redact.of == target);
            if own.body != erased() {
                lost.push(own);
            } else if let Some(state) = self.states.get(&(own.room, own.seq))
                && state.fold.gone.is_some()
                && !self.changes.values().any(is_redacted)
            {
                lost.push(LostEvent::redaction(&own, me, state.fold.as_of));
            }
        }
        lost.extend(std::mem::take(&mut self.changes).values().filter_map(of));
        for event in lost {
            if !self.lost.iter().any(|known| known.cid == event.cid) {
                self.lost.push(event);
            }
        }
        self.lost.sort_by_key(|event| (event.room, event.epoch.map(|epoch| epoch.0), event.seq));
    }

    /// The body of a new event without the words of a message that is gone; `None` if it quotes none.
    fn unquoted(&self, event: &Event) -> Option<Body> {
        let quoted = quoted(event)?;
        without_excerpt(event, quoted).filter(|_| self.is_gone(event.room, quoted))
    }

    /// Whether a message is stored and gone.
    fn is_gone(&self, room: RoomId, message: MessageRef) -> bool {
        let is_it = |of: &Event| of.sender == message.user && of.cid == Some(message.cid);
        let mut log = self.events.get(&room).into_iter().flat_map(BTreeMap::values);
        let state =
            log.find(|(of, _)| is_it(of)).and_then(|(of, _)| self.states.get(&(room, of.seq)));
        state.is_some_and(|state| state.fold.gone.is_some())
    }

    fn fold(&mut self, room: RoomId, update: FoldUpdate, mentions_me: bool) {
        let Some(log) = self.events.get_mut(&room) else { return };
        let (seq, newest, named) = (update.fold.seq, update.fold.as_of, update.fold.of);
        let mut gone = update.fold.gone.is_some();
        let mut quoted = named;
        if let Some((event, notice)) = log.get_mut(&seq) {
            let state = MessageState::updated(self.states.remove(&(room, seq)), update);
            if state.fold.as_of == newest {
                *notice = notice.after(&state, mentions_me);
            }
            gone = state.fold.gone.is_some();
            if gone {
                event.body = erased();
                quoted = event.cid.map(|cid| MessageRef { user: event.sender, cid });
            }
            self.states.insert((room, seq), state);
        }
        if let Some(quoted) = quoted.filter(|_| gone) {
            self.changes.retain(|_, change| {
                change.kind == Content::REDACT || change.content().target() != Some(quoted)
            });
            for (quoting, _) in log.values_mut() {
                if let Some(body) = without_excerpt(quoting, quoted) {
                    quoting.body = body;
                }
            }
        }
    }
}

fn put<T, K: PartialEq>(rows: &mut Vec<T>, row: T, key: impl Fn(&T) -> K) {
    match rows.iter_mut().find(|old| key(old) == key(&row)) {
        Some(old) => *old = row,
        None => rows.push(row),
    }
}

fn answer<T: Send + 'static>(answer: T) -> BoxFuture<'static, Result<T, StoreError>> {
    Box::pin(std::future::ready(Ok(answer)))
}

impl Store for MemoryStore {
    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), StoreError>> {
        let mut tables = self.tables();
        for change in changes {
            tables.apply(change);
        }
        answer(())
    }

    fn load(&self) -> BoxFuture<'_, Result<Loaded, StoreError>> {
        let tables = self.tables();
        let mut loaded = tables.rest.clone();
        loaded.has_lost = !tables.lost.is_empty();
        loaded.rooms.sort_by_key(|row| row.info.room);
        loaded.people.sort_by_key(|person| person.id);
        loaded.outbox.sort_by_key(|item| item.place);
        loaded.own = tables.own.values().cloned().collect();
        let holes = tables.holes.iter();
        loaded.holes =
            holes.flat_map(|(room, holes)| holes.iter().map(|hole| (*room, *hole))).collect();
        answer(loaded)
    }

    fn before(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        let tables = self.tables();
        let log = tables.events.get(&room);
        let newest_first = log.into_iter().flat_map(|log| log.range(..seq).rev());
        let mut events: Vec<Event> =
            newest_first.take(limit as usize).map(|(_, (event, _))| event.clone()).collect();
        events.reverse();
        answer(events)
    }

    fn after(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        let tables = self.tables();
        let log = tables.events.get(&room);
        let oldest_first = log.into_iter().flat_map(|log| log.range(seq.next()..));
        answer(oldest_first.take(limit as usize).map(|(_, (event, _))| event.clone()).collect())
    }

    fn at(&self, room: RoomId, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        let tables = self.tables();
        let log = tables.events.get(&room);
        let found = |seq| log.and_then(|log| log.get(seq)).map(|(event, _)| event.clone());
        answer(seqs.iter().filter_map(found).collect())
    }

    fn find(
        &self,
        room: RoomId,
        message: MessageRef,
    ) -> BoxFuture<'_, Result<Option<Seq>, StoreError>> {
        let tables = self.tables();
        let is_it = |event: &Event| event.sender == message.user && event.cid == Some(message.cid);
        let log = tables.events.get(&room);
        let found = log.into_iter().flatten().find(|(_, (event, _))| is_it(event));
        answer(found.map(|(seq, _)| *seq))
    }

    fn states(
        &self,
        room: RoomId,
        from: Seq,
        to: Seq,
    ) -> BoxFuture<'_, Result<Vec<MessageState>, StoreError>> {
        let tables = self.tables();
        if from > to {
            return answer(Vec::new());
        }
        let found = tables.states.range((room, from)..=(room, to));
        answer(found.map(|(_, state)| state.clone()).collect())
    }

    fn lost(&self) -> BoxFuture<'_, Result<Vec<LostEvent>, StoreError>> {
        answer(self.tables().lost.clone())
    }

    fn unread(&self, room: RoomId, seq: Seq) -> BoxFuture<'_, Result<(u32, u32), StoreError>> {
        let tables = self.tables();
        let log = tables.events.get(&room);
        let (mut messages, mut mentions) = (0, 0);
        for (_, (_, notice)) in log.into_iter().flat_map(|log| log.range(seq.next()..)) {
            messages += u32::from(*notice >= UnreadKind::Message);
            mentions += u32::from(*notice >= UnreadKind::Mention);
        }
        answer((messages, mentions))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
