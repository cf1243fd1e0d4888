//! The [transactions](crate::store::transaction) of SQLite. Every query runs on the calling thread,
//! so its future is ready at once and a rule over it completes in one poll: [`run_ready`].

use std::future::{Ready, ready};
use std::sync::Arc;

use futures_util::FutureExt as _;
use homing_protocol::event::Event;
use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::people::Restore;
use homing_protocol::{
    Body, Cid, DeviceId, Epoch, MessageRef, Person, Pos, RoomId, RoomKind, Seq, Useq, UserId,
};
use rusqlite::Connection;

use super::member_cache::MemberCache;
use super::row::classify;
use super::tables::{
    devices, events, folds, invites, links, members, mentions, own, people, quotes, reactions,
    restores, rooms, space,
};
use crate::auth::confusable::Skeletons;
use crate::auth::secret::Hash;
use crate::clock::{Clock, Random};
use crate::store::rows::{
    Accounts, AttemptRow, DeviceInsert, DeviceRow, Direction, EventInsert, EventRow, Events,
    FoldRow, InviteRow, LinkRow, Listed, Marks, MemberInsert, MemberRoomRow, MembershipRow,
    NameRow, Page, PageBudget, PersonInsert, PersonRow, PersonUpdate, ProgressRow, ReactionKey,
    ReactionRow, RoomInsert, RoomKeys, RoomRow, SpaceRow,
};
use crate::store::transaction::{Query, ReadTransaction, WriteTransaction};
use crate::store::{
    Change, Credentials, MemberSummary, NewInvite, Principal, RoomSummary, Span, StoreError,
};

/// Runs a rule to completion in one poll.
pub(super) fn run_ready<T>(rule: impl Future<Output = T>) -> T {
    rule.now_or_never().expect("SQLite answers at once, and a rule waits for nothing else")
}

fn ready_result<T>(result: rusqlite::Result<T>) -> Ready<Result<T, StoreError>> {
    ready(result.map_err(classify))
}

/// A transaction on a connection, see [`ReadTx`] and [`WriteTx`].
pub(super) struct Tx<'a, Mode> {
    sql: &'a Connection,
    mode: Mode,
}

/// A read transaction.
pub(super) type ReadTx<'a> = Tx<'a, ()>;

/// A write transaction: the savepoint of one request.
pub(super) type WriteTx<'a> = Tx<'a, WriteContext<'a>>;

/// The context of a write transaction beside its connection.
pub(super) struct WriteContext<'a> {
    pub(super) changes: &'a mut Vec<Change>,
    pub(super) member_cache: &'a mut MemberCache,
    /// Set when something was erased, which then must leave the write-ahead log soon.
    pub(super) erased: &'a mut bool,
    pub(super) clock: &'a dyn Clock,
    pub(super) random: &'a dyn Random,
}

impl<'a, Mode> Tx<'a, Mode> {
    pub(super) fn new(sql: &'a Connection, mode: Mode) -> Self {
        Self { sql, mode }
    }
}

impl<Mode> ReadTransaction for Tx<'_, Mode> {
    fn space(&mut self) -> impl Query<Option<SpaceRow>> {
        ready_result(space::get(self.sql))
    }

    fn has_owner(&mut self, among: Accounts) -> impl Query<bool> {
        ready_result(people::has_owner(self.sql, among))
    }

    fn person(&mut self, person: UserId) -> impl Query<Option<PersonRow>> {
        ready_result(people::get(self.sql, person))
    }

    fn people(&mut self) -> impl Query<Vec<MemberSummary>> {
        ready_result(people::all(self.sql))
    }

    fn changed_people(&mut self, since: Pos) -> impl Query<Vec<Person>> {
        ready_result(people::changed(self.sql, since))
    }

    fn credentials(&mut self, name_key: &str) -> impl Query<Option<Credentials>> {
        ready_result(people::credentials(self.sql, name_key))
    }

    fn password(&mut self, person: UserId) -> impl Query<Option<String>> {
        ready_result(people::password(self.sql, person))
    }

    fn device(&mut self, device: DeviceId) -> impl Query<Option<DeviceRow>> {
        ready_result(devices::get(self.sql, device))
    }

    fn devices(&mut self, person: UserId) -> impl Query<Vec<Device>> {
        ready_result(devices::of(self.sql, person))
    }

    fn principal(&mut self, token: Hash) -> impl Query<Option<Principal>> {
        ready_result(devices::principal(self.sql, token))
    }

    fn invite(&mut self, code: Hash) -> impl Query<Option<InviteRow>> {
        ready_result(invites::get(self.sql, code))
    }

    fn invites(&mut self) -> impl Query<Vec<InviteRow>> {
        ready_result(invites::all(self.sql))
    }

    fn link(&mut self, code: Hash) -> impl Query<Option<LinkRow>> {
        ready_result(links::get(self.sql, code))
    }

    fn room(&mut self, room: RoomId) -> impl Query<Option<RoomRow>> {
        ready_result(rooms::get(self.sql, room))
    }

    fn rooms(&mut self) -> impl Query<Vec<RoomSummary>> {
        ready_result(rooms::all(self.sql))
    }

    fn public_rooms(
        &mut self,
        viewer: UserId,
        listed: Listed,
        after: &str,
        limit: u32,
    ) -> impl Query<Vec<(String, PublicRoom)>> {
        ready_result(rooms::public(self.sql, viewer, listed, after, limit))
    }

    fn changed_rooms(
        &mut self,
        person: UserId,
        since: Pos,
        most_unread: u32,
    ) -> impl Query<Vec<MemberRoomRow>> {
        ready_result(members::changed_rooms(self.sql, person, since, most_unread))
    }

    fn restores(&mut self, room: RoomId) -> impl Query<Vec<Restore>> {
        ready_result(restores::of(self.sql, room))
    }

    fn may_have_lost(&mut self, ts: i64) -> impl Query<bool> {
        ready_result(restores::may_have_lost(self.sql, ts))
    }

    fn heads(&mut self, person: UserId, limit: usize) -> impl Query<Vec<(RoomId, Seq)>> {
        ready_result(members::heads(self.sql, person, limit))
    }

    fn is_member(&mut self, room: RoomId, person: UserId) -> impl Query<bool> {
        ready_result(members::is_in(self.sql, room, person))
    }

    fn members(&mut self, room: RoomId) -> impl Query<Vec<UserId>> {
        ready_result(members::of_room(self.sql, room))
    }

    fn receipts(&mut self, room: RoomId) -> impl Query<Vec<MemberReceipt>> {
        ready_result(members::receipts(self.sql, room))
    }

    fn events(
        &mut self,
        room: RoomId,
        span: Span,
        direction: Direction,
        which: Events,
        budget: PageBudget,
    ) -> impl Query<Page<Event>> {
        ready_result(events::page(self.sql, room, span, direction, which, budget))
    }

    fn event(&mut self, room: RoomId, seq: Seq) -> impl Query<Option<Event>> {
        ready_result(events::get(self.sql, room, seq))
    }

    fn event_by_cid(&mut self, sender: UserId, cid: Cid) -> impl Query<Option<EventRow>> {
        ready_result(events::by_cid(self.sql, sender, cid))
    }

    fn edits(
        &mut self,
        room: RoomId,
        target: Seq,
        after: Seq,
        budget: PageBudget,
    ) -> impl Query<Page<Event>> {
        ready_result(events::edits(self.sql, room, target, after, budget))
    }

    fn targets(
        &mut self,
        room: RoomId,
        span: Span,
        direction: Direction,
        limit: u32,
    ) -> impl Query<Vec<(Seq, Seq)>> {
        ready_result(events::targets(self.sql, room, span, direction, limit))
    }

    fn fold(&mut self, room: RoomId, message: Seq) -> impl Query<Option<FoldRow>> {
        ready_result(folds::get(self.sql, room, message))
    }

    fn folds(&mut self, room: RoomId, span: Span) -> impl Query<Vec<FoldRow>> {
        ready_result(folds::within(self.sql, room, span))
    }

    fn reactions(
        &mut self,
        room: RoomId,
        message: Seq,
        viewer: Option<UserId>,
    ) -> impl Query<Vec<ReactionRow>> {
        ready_result(reactions::of(self.sql, room, message, viewer))
    }

    fn reaction_people(
        &mut self,
        room: RoomId,
        message: Seq,
        emoji: &str,
        limit: usize,
    ) -> impl Query<Vec<UserId>> {
        ready_result(reactions::people(self.sql, room, message, emoji, limit))
    }

    fn own_head(&mut self, person: UserId) -> impl Query<Useq> {
        ready_result(own::head(self.sql, person))
    }

    fn own(&mut self, person: UserId, after: Useq, budget: PageBudget) -> impl Query<Page<Uevent>> {
        ready_result(own::page(self.sql, person, after, budget))
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
        ready_result(space::next_pos(self.sql))
    }

    fn insert_space(&mut self, space: &SpaceRow, created: i64) -> impl Query<()> {
        ready_result(space::insert(self.sql, space, created))
    }

    fn insert_restore(&mut self, now: i64) -> impl Query<()> {
        ready_result(restores::insert(self.sql, now))
    }

    fn set_epoch(&mut self, epoch: Epoch) -> impl Query<()> {
        ready_result(space::set_epoch(self.sql, epoch))
    }

    fn set_space_name(&mut self, name: &str) -> impl Query<()> {
        ready_result(space::set_name(self.sql, name))
    }

    fn similar_names(&mut self, key: &str, skeletons: &Skeletons) -> impl Query<Vec<NameRow>> {
        ready_result(people::similar_names(self.sql, key, skeletons))
    }

    fn insert_person(&mut self, person: &PersonInsert<'_>) -> impl Query<()> {
        ready_result(people::insert(self.sql, person))
    }

    fn update_person(&mut self, id: UserId, columns: &PersonUpdate<'_>) -> impl Query<bool> {
        ready_result(people::update(self.sql, id, columns))
    }

    fn clear_password(&mut self, person: UserId) -> impl Query<()> {
        ready_result(people::clear_password(self.sql, person))
    }

    fn attempt(&mut self, key: Cid) -> impl Query<Option<AttemptRow>> {
        ready_result(devices::attempt(self.sql, key))
    }

    fn count_devices(&mut self, person: UserId) -> impl Query<u32> {
        ready_result(devices::count(self.sql, person))
    }

    fn insert_device(&mut self, device: &DeviceInsert<'_>) -> impl Query<()> {
        ready_result(devices::insert(self.sql, device))
    }

    fn set_token(&mut self, device: DeviceId, token: Hash) -> impl Query<()> {
        ready_result(devices::set_token(self.sql, device, token))
    }

    fn set_last_seen(&mut self, device: DeviceId, at: i64) -> impl Query<()> {
        ready_result(devices::set_last_seen(self.sql, device, at))
    }

    fn rename_device(&mut self, person: UserId, device: DeviceId, name: &str) -> impl Query<bool> {
        ready_result(devices::rename(self.sql, person, device, name))
    }

    fn delete_device(&mut self, person: UserId, device: DeviceId) -> impl Query<bool> {
        ready_result(devices::delete(self.sql, person, device))
    }

    fn delete_devices(&mut self, person: UserId) -> impl Query<()> {
        ready_result(devices::delete_of(self.sql, person))
    }

    fn insert_invite(&mut self, invite: &NewInvite, created: i64) -> impl Query<()> {
        ready_result(invites::insert(self.sql, invite, created))
    }

    fn count_invites(&mut self, by: UserId) -> impl Query<u32> {
        ready_result(invites::count(self.sql, by))
    }

    fn use_invite(&mut self, code: Hash) -> impl Query<()> {
        ready_result(invites::count_use(self.sql, code))
    }

    fn delete_invite(&mut self, code: Hash) -> impl Query<()> {
        ready_result(invites::delete(self.sql, code))
    }

    fn delete_invites_of(&mut self, by: UserId) -> impl Query<()> {
        ready_result(invites::delete_of(self.sql, by))
    }

    fn delete_ended_invites(&mut self, now: i64) -> impl Query<()> {
        ready_result(invites::delete_ended(self.sql, now))
    }

    fn put_link(&mut self, device: DeviceId, code: Hash, expires: i64) -> impl Query<()> {
        ready_result(links::put(self.sql, device, code, expires))
    }

    fn delete_link(&mut self, device: DeviceId) -> impl Query<()> {
        ready_result(links::delete(self.sql, device))
    }

    fn delete_links_of(&mut self, person: UserId) -> impl Query<()> {
        ready_result(links::delete_of(self.sql, person))
    }

    fn entrances(&mut self) -> impl Query<Vec<RoomId>> {
        ready_result(rooms::entrances(self.sql))
    }

    fn room_by_attempt(&mut self, maker: UserId, key: Cid) -> impl Query<Option<RoomId>> {
        ready_result(rooms::by_attempt(self.sql, maker, key))
    }

    fn room_by_people(&mut self, people_key: [u8; 32]) -> impl Query<Option<RoomId>> {
        ready_result(rooms::by_people(self.sql, people_key))
    }

    fn room_by_name(&mut self, public_key: &str) -> impl Query<Option<RoomId>> {
        ready_result(rooms::by_name(self.sql, public_key))
    }

    fn insert_room(&mut self, room: &RoomInsert<'_>) -> impl Query<()> {
        ready_result(rooms::insert(self.sql, room))
    }

    fn describe_room(
        &mut self,
        room: RoomId,
        name: &str,
        topic: &str,
        public_key: Option<&str>,
    ) -> impl Query<()> {
        ready_result(rooms::describe(self.sql, room, name, topic, public_key))
    }

    fn set_room_keys(&mut self, room: RoomId, keys: RoomKeys<'_>) -> impl Query<()> {
        ready_result(rooms::set_keys(self.sql, room, keys))
    }

    fn set_room_pos(&mut self, room: RoomId, pos: Pos) -> impl Query<()> {
        ready_result(rooms::set_pos(self.sql, room, pos))
    }

    fn add_member_count(&mut self, room: RoomId, by: i64, pos: Pos) -> impl Query<()> {
        ready_result(rooms::add_member_count(self.sql, room, by, pos))
    }

    fn advance_head(&mut self, room: RoomId, messages: u8, pos: Pos) -> impl Query<Seq> {
        ready_result(rooms::advance_head(self.sql, room, messages, pos))
    }

    fn delete_room(&mut self, room: RoomId) -> impl Query<()> {
        ready_result(rooms::delete(self.sql, room))
    }

    fn audience(&mut self, room: RoomId) -> impl Query<Arc<[UserId]>> {
        ready_result(self.mode.member_cache.of(self.sql, room))
    }

    fn membership(&mut self, room: RoomId, person: UserId) -> impl Query<Option<MembershipRow>> {
        ready_result(members::membership(self.sql, room, person))
    }

    fn progress(&mut self, room: RoomId, person: UserId) -> impl Query<Option<ProgressRow>> {
        ready_result(members::progress(self.sql, room, person))
    }

    fn rooms_of(&mut self, person: UserId) -> impl Query<Vec<(RoomId, RoomKind)>> {
        ready_result(members::rooms_of(self.sql, person))
    }

    fn insert_member(&mut self, member: MemberInsert) -> impl Query<()> {
        self.mode.member_cache.changed(member.room);
        ready_result(members::insert(self.sql, member))
    }

    fn set_marks(&mut self, room: RoomId, person: UserId, marks: Marks) -> impl Query<()> {
        ready_result(members::set_marks(self.sql, room, person, marks))
    }

    fn set_read(&mut self, room: RoomId, person: UserId, read: Seq, pos: Pos) -> impl Query<()> {
        ready_result(members::set_read(self.sql, room, person, read, pos))
    }

    fn set_delivered(&mut self, room: RoomId, person: UserId, seq: Seq) -> impl Query<()> {
        ready_result(members::set_delivered(self.sql, room, person, seq))
    }

    fn delete_member(&mut self, room: RoomId, person: UserId) -> impl Query<()> {
        self.mode.member_cache.changed(room);
        ready_result(members::delete(self.sql, room, person))
    }

    fn delete_members(&mut self, room: RoomId) -> impl Query<()> {
        self.mode.member_cache.changed(room);
        ready_result(members::delete_of_room(self.sql, room))
    }

    fn insert_mention(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()> {
        ready_result(mentions::insert(self.sql, person, room, seq))
    }

    fn delete_mention(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()> {
        ready_result(mentions::delete(self.sql, person, room, seq))
    }

    fn delete_mentions_until(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()> {
        ready_result(mentions::delete_until(self.sql, person, room, seq))
    }

    fn delete_mentions_of(&mut self, person: UserId, room: RoomId) -> impl Query<()> {
        ready_result(mentions::delete_of(self.sql, person, room))
    }

    fn delete_mentions(&mut self, room: RoomId) -> impl Query<()> {
        ready_result(mentions::delete_of_room(self.sql, room))
    }

    fn insert_event(&mut self, row: &EventInsert<'_>) -> impl Query<()> {
        ready_result(events::insert(self.sql, row))
    }

    fn erase_event(&mut self, room: RoomId, seq: Seq, body: &Body) -> impl Query<()> {
        *self.mode.erased = true;
        ready_result(events::erase(self.sql, room, seq, body))
    }

    fn erase_edits(&mut self, room: RoomId, message: Seq, body: &Body) -> impl Query<()> {
        *self.mode.erased = true;
        ready_result(events::erase_edits(self.sql, room, message, body))
    }

    fn uncount_message(&mut self, room: RoomId, seq: Seq) -> impl Query<()> {
        ready_result(events::uncount(self.sql, room, seq))
    }

    fn delete_events(&mut self, room: RoomId, limit: u32) -> impl Query<usize> {
        *self.mode.erased = true;
        ready_result(events::delete_some(self.sql, room, limit))
    }

    fn put_fold(&mut self, room: RoomId, fold: FoldRow) -> impl Query<()> {
        ready_result(folds::put(self.sql, room, fold))
    }

    fn insert_reaction(&mut self, key: ReactionKey<'_>, seq: Seq) -> impl Query<()> {
        ready_result(reactions::insert(self.sql, key, seq))
    }

    fn delete_reaction(&mut self, key: ReactionKey<'_>) -> impl Query<()> {
        ready_result(reactions::delete(self.sql, key))
    }

    fn delete_reactions(&mut self, room: RoomId, message: Seq) -> impl Query<()> {
        ready_result(reactions::delete_of(self.sql, room, message))
    }

    fn insert_quote(&mut self, room: RoomId, of: MessageRef, reply: Seq) -> impl Query<()> {
        ready_result(quotes::insert(self.sql, room, of, reply))
    }

    fn delete_quote(&mut self, room: RoomId, of: MessageRef, reply: Seq) -> impl Query<()> {
        ready_result(quotes::delete(self.sql, room, of, reply))
    }

    fn take_quotes(&mut self, room: RoomId, of: MessageRef) -> impl Query<Vec<Seq>> {
        ready_result(quotes::take(self.sql, room, of))
    }

    fn delete_folds(&mut self, room: RoomId, limit: u32) -> impl Query<usize> {
        let deleted = folds::delete_some(self.sql, room, limit).and_then(|folds| {
            let reactions = reactions::delete_some(self.sql, room, limit)?;
            Ok(folds + reactions + quotes::delete_some(self.sql, room, limit)?)
        });
        ready_result(deleted)
    }

    fn next_useq(&mut self, person: UserId) -> impl Query<Useq> {
        ready_result(own::next_useq(self.sql, person))
    }

    fn put_own(&mut self, person: UserId, change: &Uevent) -> impl Query<()> {
        ready_result(own::put(self.sql, person, change))
    }

    fn delete_own(&mut self, person: UserId, key: &UserKey) -> impl Query<()> {
        ready_result(own::delete(self.sql, person, key))
    }

    fn has_setting(&mut self, person: UserId, key: &UserKey) -> impl Query<bool> {
        ready_result(own::has(self.sql, person, key))
    }

    fn count_settings(&mut self, person: UserId) -> impl Query<u64> {
        ready_result(own::count_settings(self.sql, person))
    }

    fn delete_removed_settings(&mut self, person: UserId, keep: u64) -> impl Query<()> {
        ready_result(own::delete_removed_settings(self.sql, person, keep))
    }
}
