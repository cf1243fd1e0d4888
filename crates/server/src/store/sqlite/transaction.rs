//! The [transactions](crate::store::transaction) of SQLite. Every query is answered at once, on the
//! thread that asks, so a future of these methods is ready when it is made and a rule over them runs
//! to its end when it is polled: [`at_once`].

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::Arc;

use futures_util::FutureExt as _;
use homing_protocol::event::Event;
use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::{Cid, DeviceId, Epoch, Person, Pos, RoomId, RoomKind, Seq, Useq, UserId};
use rusqlite::Connection;

use super::row::classify;
use super::tables::{
    devices, events, invites, links, members, mentions, own, people, rooms, space,
};
use crate::auth::look::Look;
use crate::auth::secret::Hash;
use crate::clock::{Clock, Random};
use crate::store::rows::{
    Accounts, AttemptRow, DeviceInsert, DeviceRow, EventRow, InviteRow, LinkRow, Listed, Marks,
    MemberInsert, MemberRoomRow, MembershipRow, NameRow, NewPerson, Page, PageBudget, PersonRow,
    PersonUpdate, ProgressRow, RoomInsert, RoomKeys, RoomRow, SpaceRow,
};
use crate::store::transaction::{Query, ReadTransaction, WriteTransaction};
use crate::store::{Change, Credentials, Member, NewInvite, Range, RoomKept, Standing, StoreError};

/// Rooms whose members are kept in memory. All are forgotten when it is exceeded.
const CACHED_ROOMS: usize = 4096;

/// Runs a rule over one of these transactions.
pub(super) fn at_once<T>(rule: impl Future<Output = T>) -> T {
    rule.now_or_never().expect("SQLite answers at once, and a rule waits for nothing else")
}

fn done<T>(result: rusqlite::Result<T>) -> Ready<Result<T, StoreError>> {
    ready(result.map_err(classify))
}

/// A transaction on a connection, see [`ReadTx`] and [`WriteTx`].
pub(super) struct Tx<'a, Mode> {
    sql: &'a Connection,
    mode: Mode,
}

/// Inside a read transaction.
pub(super) type ReadTx<'a> = Tx<'a, ()>;

/// Inside the savepoint of one request.
pub(super) type WriteTx<'a> = Tx<'a, Writing<'a>>;

/// What a transaction that writes has beside its connection.
pub(super) struct Writing<'a> {
    pub(super) changes: &'a mut Vec<Change>,
    pub(super) audiences: &'a mut Audiences,
    pub(super) clock: &'a dyn Clock,
    pub(super) random: &'a dyn Random,
}

impl<'a, Mode> Tx<'a, Mode> {
    pub(super) fn new(sql: &'a Connection, mode: Mode) -> Self {
        Self { sql, mode }
    }
}

/// The members of rooms as the transaction that is open sees them, so that an event does not cost a
/// query for who receives it.
#[derive(Default)]
pub(super) struct Audiences {
    known: HashMap<RoomId, Arc<[UserId]>>,
    changed: bool,
}

impl Audiences {
    fn of(&mut self, sql: &Connection, room: RoomId) -> rusqlite::Result<Arc<[UserId]>> {
        if let Some(known) = self.known.get(&room) {
            return Ok(known.clone());
        }
        let members: Arc<[UserId]> = members::audience(sql, room)?.into();
        if self.known.len() >= CACHED_ROOMS {
            self.known.clear();
        }
        self.known.insert(room, members.clone());
        Ok(members)
    }

    /// Must follow every change of a room's members.
    fn changed(&mut self, room: RoomId) {
        self.known.remove(&room);
        self.changed = true;
    }

    /// A savepoint begins.
    pub(super) fn begin(&mut self) {
        self.changed = false;
    }

    /// What was written since the savepoint began is undone.
    pub(super) fn roll_back(&mut self) {
        if self.changed {
            self.clear();
        }
    }

    /// Nothing that is known holds any more.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}

impl<Mode> ReadTransaction for Tx<'_, Mode> {
    fn space(&mut self) -> impl Query<Option<SpaceRow>> {
        done(space::get(self.sql))
    }

    fn has_owner(&mut self, among: Accounts) -> impl Query<bool> {
        done(people::has_owner(self.sql, among))
    }

    fn person(&mut self, person: UserId) -> impl Query<Option<PersonRow>> {
        done(people::get(self.sql, person))
    }

    fn people(&mut self) -> impl Query<Vec<Member>> {
        done(people::all(self.sql))
    }

    fn changed_people(&mut self, since: Pos) -> impl Query<Vec<Person>> {
        done(people::changed(self.sql, since))
    }

    fn credentials(&mut self, name_key: &str) -> impl Query<Option<Credentials>> {
        done(people::credentials(self.sql, name_key))
    }

    fn password(&mut self, person: UserId) -> impl Query<Option<String>> {
        done(people::password(self.sql, person))
    }

    fn device(&mut self, device: DeviceId) -> impl Query<Option<DeviceRow>> {
        done(devices::get(self.sql, device))
    }

    fn devices(&mut self, person: UserId) -> impl Query<Vec<Device>> {
        done(devices::of(self.sql, person))
    }

    fn standing(&mut self, token: Hash) -> impl Query<Option<Standing>> {
        done(devices::standing(self.sql, token))
    }

    fn invite(&mut self, code: Hash) -> impl Query<Option<InviteRow>> {
        done(invites::get(self.sql, code))
    }

    fn invites(&mut self) -> impl Query<Vec<InviteRow>> {
        done(invites::all(self.sql))
    }

    fn link(&mut self, code: Hash) -> impl Query<Option<LinkRow>> {
        done(links::get(self.sql, code))
    }

    fn room(&mut self, room: RoomId) -> impl Query<Option<RoomRow>> {
        done(rooms::get(self.sql, room))
    }

    fn rooms(&mut self) -> impl Query<Vec<RoomKept>> {
        done(rooms::all(self.sql))
    }

    fn public_rooms(
        &mut self,
        viewer: UserId,
        listed: Listed,
        after: &str,
        limit: u32,
    ) -> impl Query<Vec<(String, PublicRoom)>> {
        done(rooms::public(self.sql, viewer, listed, after, limit))
    }

    fn changed_rooms(&mut self, person: UserId, since: Pos) -> impl Query<Vec<MemberRoomRow>> {
        done(members::changed_rooms(self.sql, person, since))
    }

    fn heads(&mut self, person: UserId, limit: usize) -> impl Query<Vec<(RoomId, Seq)>> {
        done(members::heads(self.sql, person, limit))
    }

    fn is_member(&mut self, room: RoomId, person: UserId) -> impl Query<bool> {
        done(members::is_in(self.sql, room, person))
    }

    fn members(&mut self, room: RoomId) -> impl Query<Vec<UserId>> {
        done(members::of_room(self.sql, room))
    }

    fn receipts(&mut self, room: RoomId) -> impl Query<Vec<MemberReceipt>> {
        done(members::receipts(self.sql, room))
    }

    fn events(
        &mut self,
        room: RoomId,
        range: Range,
        budget: PageBudget,
    ) -> impl Query<Page<Event>> {
        done(events::page(self.sql, room, range, budget))
    }

    fn own_head(&mut self, person: UserId) -> impl Query<Useq> {
        done(own::head(self.sql, person))
    }

    fn own(&mut self, person: UserId, after: Useq, budget: PageBudget) -> impl Query<Page<Uevent>> {
        done(own::page(self.sql, person, after, budget))
    }
}

impl WriteTransaction for WriteTx<'_> {
    fn clock(&self) -> &dyn Clock {
        self.mode.clock
    }

    fn random(&self) -> &dyn Random {
        self.mode.random
    }

    fn publish(&mut self, change: Change) {
        self.mode.changes.push(change);
    }

    fn next_pos(&mut self) -> impl Query<Pos> {
        done(space::next_pos(self.sql))
    }

    fn insert_space(&mut self, space: &SpaceRow, created: i64) -> impl Query<()> {
        done(space::insert(self.sql, space, created))
    }

    fn set_epoch(&mut self, epoch: Epoch) -> impl Query<()> {
        done(space::set_epoch(self.sql, epoch))
    }

    fn set_space_name(&mut self, name: &str) -> impl Query<()> {
        done(space::set_name(self.sql, name))
    }

    fn names_like(&mut self, key: &str, look: &Look) -> impl Query<Vec<NameRow>> {
        done(people::names_like(self.sql, key, look))
    }

    fn insert_person(&mut self, person: &NewPerson<'_>) -> impl Query<()> {
        done(people::insert(self.sql, person))
    }

    fn update_person(&mut self, id: UserId, columns: &PersonUpdate<'_>) -> impl Query<bool> {
        done(people::update(self.sql, id, columns))
    }

    fn clear_password(&mut self, person: UserId) -> impl Query<()> {
        done(people::clear_password(self.sql, person))
    }

    fn attempt(&mut self, key: Cid) -> impl Query<Option<AttemptRow>> {
        done(devices::attempt(self.sql, key))
    }

    fn count_devices(&mut self, person: UserId) -> impl Query<u32> {
        done(devices::count(self.sql, person))
    }

    fn insert_device(&mut self, device: &DeviceInsert<'_>) -> impl Query<()> {
        done(devices::insert(self.sql, device))
    }

    fn set_token(&mut self, device: DeviceId, token: Hash) -> impl Query<()> {
        done(devices::set_token(self.sql, device, token))
    }

    fn set_last_seen(&mut self, device: DeviceId, at: i64) -> impl Query<()> {
        done(devices::set_last_seen(self.sql, device, at))
    }

    fn rename_device(&mut self, person: UserId, device: DeviceId, name: &str) -> impl Query<bool> {
        done(devices::rename(self.sql, person, device, name))
    }

    fn delete_device(&mut self, person: UserId, device: DeviceId) -> impl Query<bool> {
        done(devices::delete(self.sql, person, device))
    }

    fn delete_devices(&mut self, person: UserId) -> impl Query<()> {
        done(devices::delete_of(self.sql, person))
    }

    fn insert_invite(&mut self, invite: &NewInvite, created: i64) -> impl Query<()> {
        done(invites::insert(self.sql, invite, created))
    }

    fn count_invites(&mut self, by: UserId) -> impl Query<u32> {
        done(invites::count(self.sql, by))
    }

    fn use_invite(&mut self, code: Hash) -> impl Query<()> {
        done(invites::count_use(self.sql, code))
    }

    fn delete_invite(&mut self, code: Hash) -> impl Query<()> {
        done(invites::delete(self.sql, code))
    }

    fn delete_invites_of(&mut self, by: UserId) -> impl Query<()> {
        done(invites::delete_of(self.sql, by))
    }

    fn delete_ended_invites(&mut self, now: i64) -> impl Query<()> {
        done(invites::delete_ended(self.sql, now))
    }

    fn put_link(&mut self, device: DeviceId, code: Hash, expires: i64) -> impl Query<()> {
        done(links::put(self.sql, device, code, expires))
    }

    fn delete_link(&mut self, device: DeviceId) -> impl Query<()> {
        done(links::delete(self.sql, device))
    }

    fn delete_links_of(&mut self, person: UserId) -> impl Query<()> {
        done(links::delete_of(self.sql, person))
    }

    fn entrances(&mut self) -> impl Query<Vec<RoomId>> {
        done(rooms::entrances(self.sql))
    }

    fn room_by_attempt(&mut self, maker: UserId, key: Cid) -> impl Query<Option<RoomId>> {
        done(rooms::by_attempt(self.sql, maker, key))
    }

    fn room_by_people(&mut self, people_key: [u8; 32]) -> impl Query<Option<RoomId>> {
        done(rooms::by_people(self.sql, people_key))
    }

    fn room_by_name(&mut self, public_key: &str) -> impl Query<Option<RoomId>> {
        done(rooms::by_name(self.sql, public_key))
    }

    fn insert_room(&mut self, room: &RoomInsert<'_>) -> impl Query<()> {
        done(rooms::insert(self.sql, room))
    }

    fn describe_room(
        &mut self,
        room: RoomId,
        name: &str,
        topic: &str,
        public_key: Option<&str>,
    ) -> impl Query<()> {
        done(rooms::describe(self.sql, room, name, topic, public_key))
    }

    fn set_room_keys(&mut self, room: RoomId, keys: RoomKeys<'_>) -> impl Query<()> {
        done(rooms::set_keys(self.sql, room, keys))
    }

    fn set_room_pos(&mut self, room: RoomId, pos: Pos) -> impl Query<()> {
        done(rooms::set_pos(self.sql, room, pos))
    }

    fn add_member_count(&mut self, room: RoomId, by: i64, pos: Pos) -> impl Query<()> {
        done(rooms::add_member_count(self.sql, room, by, pos))
    }

    fn advance_head(&mut self, room: RoomId, messages: u8, pos: Pos) -> impl Query<(Seq, u64)> {
        done(rooms::advance_head(self.sql, room, messages, pos))
    }

    fn delete_room(&mut self, room: RoomId) -> impl Query<()> {
        done(rooms::delete(self.sql, room))
    }

    fn audience(&mut self, room: RoomId) -> impl Query<Arc<[UserId]>> {
        done(self.mode.audiences.of(self.sql, room))
    }

    fn membership(&mut self, room: RoomId, person: UserId) -> impl Query<Option<MembershipRow>> {
        done(members::membership(self.sql, room, person))
    }

    fn progress(&mut self, room: RoomId, person: UserId) -> impl Query<Option<ProgressRow>> {
        done(members::progress(self.sql, room, person))
    }

    fn rooms_of(&mut self, person: UserId) -> impl Query<Vec<(RoomId, RoomKind)>> {
        done(members::rooms_of(self.sql, person))
    }

    fn insert_member(&mut self, member: MemberInsert) -> impl Query<()> {
        self.mode.audiences.changed(member.room);
        done(members::insert(self.sql, member))
    }

    fn set_marks(&mut self, room: RoomId, person: UserId, marks: Marks) -> impl Query<()> {
        done(members::set_marks(self.sql, room, person, marks))
    }

    fn set_read(
        &mut self,
        room: RoomId,
        person: UserId,
        read: Seq,
        own_after: u64,
        pos: Pos,
    ) -> impl Query<()> {
        done(members::set_read(self.sql, room, person, read, own_after, pos))
    }

    fn set_delivered(&mut self, room: RoomId, person: UserId, seq: Seq) -> impl Query<()> {
        done(members::set_delivered(self.sql, room, person, seq))
    }

    fn count_own_message(&mut self, room: RoomId, person: UserId) -> impl Query<()> {
        done(members::count_own_message(self.sql, room, person))
    }

    fn delete_member(&mut self, room: RoomId, person: UserId) -> impl Query<()> {
        self.mode.audiences.changed(room);
        done(members::delete(self.sql, room, person))
    }

    fn delete_members(&mut self, room: RoomId) -> impl Query<()> {
        self.mode.audiences.changed(room);
        done(members::delete_of_room(self.sql, room))
    }

    fn insert_mention(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()> {
        done(mentions::insert(self.sql, person, room, seq))
    }

    fn delete_mentions_until(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()> {
        done(mentions::delete_until(self.sql, person, room, seq))
    }

    fn delete_mentions_of(&mut self, person: UserId, room: RoomId) -> impl Query<()> {
        done(mentions::delete_of(self.sql, person, room))
    }

    fn delete_mentions(&mut self, room: RoomId) -> impl Query<()> {
        done(mentions::delete_of_room(self.sql, room))
    }

    fn event_by_cid(&mut self, sender: UserId, cid: Cid) -> impl Query<Option<EventRow>> {
        done(events::by_cid(self.sql, sender, cid))
    }

    fn insert_event(&mut self, event: &Event, messages: u64) -> impl Query<()> {
        done(events::insert(self.sql, event, messages))
    }

    fn count_events(
        &mut self,
        room: RoomId,
        sender: UserId,
        kind: &str,
        after: Seq,
    ) -> impl Query<u64> {
        done(events::count(self.sql, room, sender, kind, after))
    }

    fn delete_events(&mut self, room: RoomId, limit: u32) -> impl Query<usize> {
        done(events::delete_some(self.sql, room, limit))
    }

    fn next_useq(&mut self, person: UserId) -> impl Query<Useq> {
        done(own::next_useq(self.sql, person))
    }

    fn put_own(&mut self, person: UserId, change: &Uevent) -> impl Query<()> {
        done(own::put(self.sql, person, change))
    }

    fn delete_own(&mut self, person: UserId, key: &UserKey) -> impl Query<()> {
        done(own::delete(self.sql, person, key))
    }

    fn has_setting(&mut self, person: UserId, key: &UserKey) -> impl Query<bool> {
        done(own::has(self.sql, person, key))
    }

    fn count_settings(&mut self, person: UserId) -> impl Query<u64> {
        done(own::count_settings(self.sql, person))
    }

    fn delete_removed_settings(&mut self, person: UserId, keep: u64) -> impl Query<()> {
        done(own::delete_removed_settings(self.sql, person, keep))
    }
}
