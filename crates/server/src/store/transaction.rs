//! The queries that the rules need from a database. They decide nothing.
//!
//! An engine implements [`ReadTransaction`] and [`WriteTransaction`] over its own transactions and
//! calls the functions of [`rules`](super::rules) with them. A method reads or writes the rows that
//! it names. Who may do so, what is refused and who is told is decided in the rules, once for all
//! engines.
//!
//! An engine guarantees: a transaction reads one moment and its own writes; write transactions are
//! serialised; a failed request leaves neither a row nor a [`Change`]; changes are published in
//! order, after the commit is durable.

use std::sync::Arc;

use homing_protocol::event::Event;
use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::people::Restore;
use homing_protocol::{
    Body, Cid, DeviceId, Epoch, MessageRef, Person, Pos, RoomId, RoomKind, Seq, Useq, UserId,
};
use uuid::Uuid;

use super::rows::{
    Accounts, AttemptRow, DeviceInsert, DeviceRow, Direction, EventInsert, EventRow, Events,
    FoldRow, InviteRow, LinkRow, Listed, Marks, MemberInsert, MemberRoomRow, MembershipRow,
    NameRow, Page, PageBudget, PersonInsert, PersonRow, PersonUpdate, ProgressRow, ReactionKey,
    ReactionRow, RoomInsert, RoomKeys, RoomRow, SpaceRow,
};
use super::{
    Change, Credentials, MemberSummary, NewInvite, Principal, RoomSummary, Span, StoreError,
};
use crate::auth::confusable::Skeletons;
use crate::auth::secret::Hash;
use crate::clock::{Clock, Random, new_id};

/// A running query. An engine in this process may return a ready one.
pub(crate) trait Query<T>: Future<Output = Result<T, StoreError>> + Send {}

impl<T, F: Future<Output = Result<T, StoreError>> + Send> Query<T> for F {}

/// Reads of one moment.
pub(crate) trait ReadTransaction {
    /// The space; none: it was never created.
    fn space(&mut self) -> impl Query<Option<SpaceRow>>;
    /// Whether there is an owner among these accounts.
    fn has_owner(&mut self, among: Accounts) -> impl Query<bool>;

    /// An account.
    fn person(&mut self, person: UserId) -> impl Query<Option<PersonRow>>;
    /// All accounts with the number of their devices, in order of joining.
    fn people(&mut self) -> impl Query<Vec<MemberSummary>>;
    /// The accounts that changed after a position, in order of their change.
    fn changed_people(&mut self, since: Pos) -> impl Query<Vec<Person>>;
    /// What is needed to check a password.
    fn credentials(&mut self, name_key: &str) -> impl Query<Option<Credentials>>;
    /// The password of an account, hashed.
    fn password(&mut self, person: UserId) -> impl Query<Option<String>>;

    /// The owner of a device.
    fn device(&mut self, device: DeviceId) -> impl Query<Option<DeviceRow>>;
    /// A person's devices, newest first.
    fn devices(&mut self, person: UserId) -> impl Query<Vec<Device>>;
    /// The principal of a token.
    fn principal(&mut self, token: Hash) -> impl Query<Option<Principal>>;

    /// An invitation.
    fn invite(&mut self, code: Hash) -> impl Query<Option<InviteRow>>;
    /// All invitations, newest first.
    fn invites(&mut self) -> impl Query<Vec<InviteRow>>;
    /// A device link.
    fn link(&mut self, code: Hash) -> impl Query<Option<LinkRow>>;

    /// A room.
    fn room(&mut self, room: RoomId) -> impl Query<Option<RoomRow>>;
    /// All rooms, oldest first.
    fn rooms(&mut self) -> impl Query<Vec<RoomSummary>>;
    /// The public rooms after a key, in order of their keys, each with its key.
    fn public_rooms(
        &mut self,
        viewer: UserId,
        listed: Listed,
        after: &str,
        limit: u32,
    ) -> impl Query<Vec<(String, PublicRoom)>>;
    /// A person's rooms that changed after a position, in order of their change. Unread messages
    /// are counted up to `most_unread`.
    fn changed_rooms(
        &mut self,
        person: UserId,
        since: Pos,
        most_unread: u32,
    ) -> impl Query<Vec<MemberRoomRow>>;
    /// The newest restores of the database, as they are told of this room, oldest first.
    fn restores(&mut self, room: RoomId) -> impl Query<Vec<Restore>>;
    /// Whether a restore may have lost what was committed at this time.
    fn may_have_lost(&mut self, ts: i64) -> impl Query<bool>;
    /// Heads of a person's rooms, last changed first.
    fn heads(&mut self, person: UserId, limit: usize) -> impl Query<Vec<(RoomId, Seq)>>;

    /// Whether a person is in a room.
    fn is_member(&mut self, room: RoomId, person: UserId) -> impl Query<bool>;
    /// A room's members in order of joining.
    fn members(&mut self, room: RoomId) -> impl Query<Vec<UserId>>;
    /// What each of a room's members holds, in order of joining.
    fn receipts(&mut self, room: RoomId) -> impl Query<Vec<MemberReceipt>>;

    /// A part of a room's log, from one of its ends.
    fn events(
        &mut self,
        room: RoomId,
        span: Span,
        direction: Direction,
        which: Events,
        budget: PageBudget,
    ) -> impl Query<Page<Event>>;
    /// One event.
    fn event(&mut self, room: RoomId, seq: Seq) -> impl Query<Option<Event>>;
    /// The event of a sender with this cid.
    fn event_by_cid(&mut self, sender: UserId, cid: Cid) -> impl Query<Option<EventRow>>;
    /// The edits of a message after a seq, oldest first.
    fn edits(
        &mut self,
        room: RoomId,
        target: Seq,
        after: Seq,
        budget: PageBudget,
    ) -> impl Query<Page<Event>>;
    /// The events of a part of a log that change a message, from one of its ends, each with the
    /// message.
    fn targets(
        &mut self,
        room: RoomId,
        span: Span,
        direction: Direction,
        limit: u32,
    ) -> impl Query<Vec<(Seq, Seq)>>;
    /// What is left of a message; none: it was never changed.
    fn fold(&mut self, room: RoomId, message: Seq) -> impl Query<Option<FoldRow>>;
    /// What is left of the messages of a part of a log that were ever changed.
    fn folds(&mut self, room: RoomId, span: Span) -> impl Query<Vec<FoldRow>>;
    /// The reactions to a message, in order of the first of each emoji.
    fn reactions(
        &mut self,
        room: RoomId,
        message: Seq,
        viewer: Option<UserId>,
    ) -> impl Query<Vec<ReactionRow>>;
    /// Whose reactions have this emoji, the first ones in their order.
    fn reaction_people(
        &mut self,
        room: RoomId,
        message: Seq,
        emoji: &str,
        limit: usize,
    ) -> impl Query<Vec<UserId>>;

    /// Head of a person's own stream.
    fn own_head(&mut self, person: UserId) -> impl Query<Useq>;
    /// A part of a person's own stream.
    fn own(&mut self, person: UserId, after: Useq, budget: PageBudget) -> impl Query<Page<Uevent>>;
}

/// Writes, all or nothing.
pub(crate) trait WriteTransaction: ReadTransaction {
    /// The wall clock.
    fn clock(&self) -> &dyn Clock;
    /// The source of ids and epochs.
    fn random(&self) -> &dyn Random;
    /// Adds a change, published once the commit is durable.
    fn publish(&mut self, change: Change);

    /// Milliseconds since 1970.
    fn now(&self) -> i64 {
        self.clock().now_ms()
    }

    /// An id for a new row.
    fn new_id(&self) -> Uuid {
        new_id(self.clock(), self.random())
    }

    /// Allocates the next position.
    fn next_pos(&mut self) -> impl Query<Pos>;
    /// Inserts the space, unless there is one.
    fn insert_space(&mut self, space: &SpaceRow, created: i64) -> impl Query<()>;
    fn set_epoch(&mut self, epoch: Epoch) -> impl Query<()>;
    /// Stores that this database is a copy that is restored now, before its epoch is replaced.
    fn insert_restore(&mut self, now: i64) -> impl Query<()>;
    fn set_space_name(&mut self, name: &str) -> impl Query<()>;

    /// Names with the same key or an equal skeleton.
    fn similar_names(&mut self, key: &str, skeletons: &Skeletons) -> impl Query<Vec<NameRow>>;
    fn insert_person(&mut self, person: &PersonInsert<'_>) -> impl Query<()>;
    /// Answers whether there is such an account.
    fn update_person(&mut self, id: UserId, columns: &PersonUpdate<'_>) -> impl Query<bool>;
    fn clear_password(&mut self, person: UserId) -> impl Query<()>;

    /// The device created by an earlier attempt with this key.
    fn attempt(&mut self, key: Cid) -> impl Query<Option<AttemptRow>>;
    fn count_devices(&mut self, person: UserId) -> impl Query<u32>;
    fn insert_device(&mut self, device: &DeviceInsert<'_>) -> impl Query<()>;
    fn set_token(&mut self, device: DeviceId, token: Hash) -> impl Query<()>;
    fn set_last_seen(&mut self, device: DeviceId, at: i64) -> impl Query<()>;
    /// Answers whether the person has such a device.
    fn rename_device(&mut self, person: UserId, device: DeviceId, name: &str) -> impl Query<bool>;
    /// Answers whether the person had such a device. Its link goes with it.
    fn delete_device(&mut self, person: UserId, device: DeviceId) -> impl Query<bool>;
    /// All devices of a person, and their links.
    fn delete_devices(&mut self, person: UserId) -> impl Query<()>;

    fn insert_invite(&mut self, invite: &NewInvite, created: i64) -> impl Query<()>;
    /// All invitations of a maker.
    fn count_invites(&mut self, by: UserId) -> impl Query<u32>;
    /// Counts a use, where uses are limited.
    fn use_invite(&mut self, code: Hash) -> impl Query<()>;
    fn delete_invite(&mut self, code: Hash) -> impl Query<()>;
    fn delete_invites_of(&mut self, by: UserId) -> impl Query<()>;
    /// Deletes used-up and expired invitations.
    fn delete_ended_invites(&mut self, now: i64) -> impl Query<()>;

    /// Inserts the link of a device, or replaces it.
    fn put_link(&mut self, device: DeviceId, code: Hash, expires: i64) -> impl Query<()>;
    fn delete_link(&mut self, device: DeviceId) -> impl Query<()>;
    /// Deletes the links of all devices of a person.
    fn delete_links_of(&mut self, person: UserId) -> impl Query<()>;

    /// The rooms that everybody joins.
    fn entrances(&mut self) -> impl Query<Vec<RoomId>>;
    /// The room that its maker made with this key.
    fn room_by_attempt(&mut self, maker: UserId, key: Cid) -> impl Query<Option<RoomId>>;
    /// The direct room of these people.
    fn room_by_people(&mut self, people_key: [u8; 32]) -> impl Query<Option<RoomId>>;
    /// The public room of this name.
    fn room_by_name(&mut self, public_key: &str) -> impl Query<Option<RoomId>>;
    fn insert_room(&mut self, room: &RoomInsert<'_>) -> impl Query<()>;
    fn describe_room(
        &mut self,
        room: RoomId,
        name: &str,
        topic: &str,
        public_key: Option<&str>,
    ) -> impl Query<()>;
    fn set_room_keys(&mut self, room: RoomId, keys: RoomKeys<'_>) -> impl Query<()>;
    fn set_room_pos(&mut self, room: RoomId, pos: Pos) -> impl Query<()>;
    /// Adds to the number of a room's members.
    fn add_member_count(&mut self, room: RoomId, by: i64, pos: Pos) -> impl Query<()>;
    /// Allocates the next seq of a log; the event counts as `messages` messages.
    fn advance_head(&mut self, room: RoomId, messages: u8, pos: Pos) -> impl Query<Seq>;
    fn delete_room(&mut self, room: RoomId) -> impl Query<()>;

    /// A room's members in any order, for the fan-out.
    fn audience(&mut self, room: RoomId) -> impl Query<Arc<[UserId]>>;
    /// The columns that decide whether a member may write; none: not a member.
    fn membership(&mut self, room: RoomId, person: UserId) -> impl Query<Option<MembershipRow>>;
    /// A member's markers; none: not a member.
    fn progress(&mut self, room: RoomId, person: UserId) -> impl Query<Option<ProgressRow>>;
    /// The rooms that a person is in.
    fn rooms_of(&mut self, person: UserId) -> impl Query<Vec<(RoomId, RoomKind)>>;
    fn insert_member(&mut self, member: MemberInsert) -> impl Query<()>;
    fn set_marks(&mut self, room: RoomId, person: UserId, marks: Marks) -> impl Query<()>;
    fn set_read(&mut self, room: RoomId, person: UserId, read: Seq, pos: Pos) -> impl Query<()>;
    fn set_delivered(&mut self, room: RoomId, person: UserId, seq: Seq) -> impl Query<()>;
    fn delete_member(&mut self, room: RoomId, person: UserId) -> impl Query<()>;
    /// Deletes all memberships of a room.
    fn delete_members(&mut self, room: RoomId) -> impl Query<()>;

    /// Inserts a mention, unless it is there.
    fn insert_mention(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()>;
    fn delete_mention(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()>;
    /// Deletes a person's mentions in a room up to a seq.
    fn delete_mentions_until(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()>;
    /// Deletes a person's mentions in a room.
    fn delete_mentions_of(&mut self, person: UserId, room: RoomId) -> impl Query<()>;
    /// Deletes all mentions in a room.
    fn delete_mentions(&mut self, room: RoomId) -> impl Query<()>;

    fn insert_event(&mut self, row: &EventInsert<'_>) -> impl Query<()>;
    /// Replaces a body. Nothing of the old one stays in any file.
    fn erase_event(&mut self, room: RoomId, seq: Seq, body: &Body) -> impl Query<()>;
    /// Replaces the bodies of all edits of a message, as [`erase_event`](Self::erase_event).
    fn erase_edits(&mut self, room: RoomId, message: Seq, body: &Body) -> impl Query<()>;
    /// The message no longer counts as unread.
    fn uncount_message(&mut self, room: RoomId, seq: Seq) -> impl Query<()>;
    /// Deletes up to `limit` events of a room. Returns how many.
    fn delete_events(&mut self, room: RoomId, limit: u32) -> impl Query<usize>;

    /// Inserts or replaces what is left of a message.
    fn put_fold(&mut self, room: RoomId, fold: FoldRow) -> impl Query<()>;
    /// Inserts a reaction, unless it is there.
    fn insert_reaction(&mut self, key: ReactionKey<'_>, seq: Seq) -> impl Query<()>;
    fn delete_reaction(&mut self, key: ReactionKey<'_>) -> impl Query<()>;
    /// Deletes all reactions to a message.
    fn delete_reactions(&mut self, room: RoomId, message: Seq) -> impl Query<()>;
    /// Notes that a reply holds an excerpt of a message.
    fn insert_quote(&mut self, room: RoomId, of: MessageRef, reply: Seq) -> impl Query<()>;
    fn delete_quote(&mut self, room: RoomId, of: MessageRef, reply: Seq) -> impl Query<()>;
    /// Deletes the notes about a message. Returns the replies.
    fn take_quotes(&mut self, room: RoomId, of: MessageRef) -> impl Query<Vec<Seq>>;
    /// Deletes up to `limit` rows each of a room's folds, reactions and notes about excerpts.
    /// Returns how many.
    fn delete_folds(&mut self, room: RoomId, limit: u32) -> impl Query<usize>;

    /// Allocates the next useq of a person's own stream.
    fn next_useq(&mut self, person: UserId) -> impl Query<Useq>;
    /// Inserts or replaces a value.
    fn put_own(&mut self, person: UserId, change: &Uevent) -> impl Query<()>;
    fn delete_own(&mut self, person: UserId, key: &UserKey) -> impl Query<()>;
    /// Whether this setting has a value.
    fn has_setting(&mut self, person: UserId, key: &UserKey) -> impl Query<bool>;
    /// Settings that have a value.
    fn count_settings(&mut self, person: UserId) -> impl Query<u64>;
    /// Deletes settings without a value, except for the `keep` last removed ones.
    fn delete_removed_settings(&mut self, person: UserId, keep: u64) -> impl Query<()>;
}
