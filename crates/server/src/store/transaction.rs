//! What the rules ask of a database: rows, and nothing that is decided.
//!
//! An engine implements [`ReadTransaction`] and [`WriteTransaction`] over its own transactions and
//! calls the functions of [`rules`](super::rules) with them. A method reads or writes the rows that it
//! names, whoever asks and whatever follows from it. Who may, what is refused and who is told stands
//! in the rules, once for all engines.
//!
//! An engine promises: what one transaction reads is of one moment and of its own writes; writing
//! transactions take effect one after the other; of a request that failed nothing stays, neither a
//! row nor a [`Change`]; the changes go out in order, after the commit is durable.

use std::sync::Arc;

use homing_protocol::event::Event;
use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::{Cid, DeviceId, Epoch, Person, Pos, RoomId, RoomKind, Seq, Useq, UserId};
use uuid::Uuid;

use super::rows::{
    Accounts, AttemptRow, DeviceInsert, DeviceRow, EventRow, InviteRow, LinkRow, Listed, Marks,
    MemberInsert, MemberRoomRow, MembershipRow, NameRow, Page, PageBudget, PersonInsert, PersonRow,
    PersonUpdate, ProgressRow, RoomInsert, RoomKeys, RoomRow, SpaceRow,
};
use super::{
    Change, Credentials, LogRange, MemberSummary, NewInvite, Principal, RoomSummary, StoreError,
};
use crate::auth::confusable::Skeletons;
use crate::auth::secret::Hash;
use crate::clock::{Clock, Random, new_id};

/// A query that is under way. An engine in this process may give one that is ready.
pub(crate) trait Query<T>: Future<Output = Result<T, StoreError>> + Send {}

impl<T, F: Future<Output = Result<T, StoreError>> + Send> Query<T> for F {}

/// Reading, as of one moment.
pub(crate) trait ReadTransaction {
    /// The space; none: it was never made.
    fn space(&mut self) -> impl Query<Option<SpaceRow>>;
    /// Whether there is an owner among these accounts.
    fn has_owner(&mut self, among: Accounts) -> impl Query<bool>;

    /// An account.
    fn person(&mut self, person: UserId) -> impl Query<Option<PersonRow>>;
    /// All accounts with their devices counted, in order of joining.
    fn people(&mut self) -> impl Query<Vec<MemberSummary>>;
    /// The accounts that changed after a position, in order of their change.
    fn changed_people(&mut self, since: Pos) -> impl Query<Vec<Person>>;
    /// What is needed to check a password.
    fn credentials(&mut self, name_key: &str) -> impl Query<Option<Credentials>>;
    /// The password of an account, hashed.
    fn password(&mut self, person: UserId) -> impl Query<Option<String>>;

    /// Whose a device is.
    fn device(&mut self, device: DeviceId) -> impl Query<Option<DeviceRow>>;
    /// A person's devices, newest first.
    fn devices(&mut self, person: UserId) -> impl Query<Vec<Device>>;
    /// For whom a token speaks.
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
    /// A person's rooms that changed after a position, in order of their change.
    fn changed_rooms(&mut self, person: UserId, since: Pos) -> impl Query<Vec<MemberRoomRow>>;
    /// Heads of a person's rooms, the one that changed last first.
    fn heads(&mut self, person: UserId, limit: usize) -> impl Query<Vec<(RoomId, Seq)>>;

    /// Whether a person is in a room.
    fn is_member(&mut self, room: RoomId, person: UserId) -> impl Query<bool>;
    /// A room's members in order of joining.
    fn members(&mut self, room: RoomId) -> impl Query<Vec<UserId>>;
    /// What each of a room's members holds, in order of joining.
    fn receipts(&mut self, room: RoomId) -> impl Query<Vec<MemberReceipt>>;

    /// A part of a room's log, from where the range begins and in its direction.
    fn events(
        &mut self,
        room: RoomId,
        range: LogRange,
        budget: PageBudget,
    ) -> impl Query<Page<Event>>;

    /// Head of a person's own stream.
    fn own_head(&mut self, person: UserId) -> impl Query<Useq>;
    /// A part of a person's own stream.
    fn own(&mut self, person: UserId, after: Useq, budget: PageBudget) -> impl Query<Page<Uevent>>;
}

/// Writing, all or nothing.
pub(crate) trait WriteTransaction: ReadTransaction {
    /// What time it is.
    fn clock(&self) -> &dyn Clock;
    /// For ids.
    fn random(&self) -> &dyn Random;
    /// Adds a consequence, to be published once the commit is durable.
    fn publish(&mut self, change: Change);

    /// Milliseconds since 1970.
    fn now(&self) -> i64 {
        self.clock().now_ms()
    }

    /// An id for a new row.
    fn new_id(&self) -> Uuid {
        new_id(self.clock(), self.random())
    }

    /// Gives out the next position.
    fn next_pos(&mut self) -> impl Query<Pos>;
    /// Inserts the space, unless there is one.
    fn insert_space(&mut self, space: &SpaceRow, created: i64) -> impl Query<()>;
    fn set_epoch(&mut self, epoch: Epoch) -> impl Query<()>;
    fn set_space_name(&mut self, name: &str) -> impl Query<()>;

    /// The names that have the same key or a look in common.
    fn similar_names(&mut self, key: &str, skeletons: &Skeletons) -> impl Query<Vec<NameRow>>;
    fn insert_person(&mut self, person: &PersonInsert<'_>) -> impl Query<()>;
    /// Answers whether there is such an account.
    fn update_person(&mut self, id: UserId, columns: &PersonUpdate<'_>) -> impl Query<bool>;
    fn clear_password(&mut self, person: UserId) -> impl Query<()>;

    /// The device that an attempt of this key made.
    fn attempt(&mut self, key: Cid) -> impl Query<Option<AttemptRow>>;
    fn count_devices(&mut self, person: UserId) -> impl Query<u32>;
    fn insert_device(&mut self, device: &DeviceInsert<'_>) -> impl Query<()>;
    fn set_token(&mut self, device: DeviceId, token: Hash) -> impl Query<()>;
    fn set_last_seen(&mut self, device: DeviceId, at: i64) -> impl Query<()>;
    /// Answers whether the person has such a device.
    fn rename_device(&mut self, person: UserId, device: DeviceId, name: &str) -> impl Query<bool>;
    /// Answers whether the person had such a device. Its link goes with it.
    fn delete_device(&mut self, person: UserId, device: DeviceId) -> impl Query<bool>;
    /// All of a person's, and their links.
    fn delete_devices(&mut self, person: UserId) -> impl Query<()>;

    fn insert_invite(&mut self, invite: &NewInvite, created: i64) -> impl Query<()>;
    /// Invitations of a maker, whether they can be used or not.
    fn count_invites(&mut self, by: UserId) -> impl Query<u32>;
    /// One use less, where uses are counted.
    fn use_invite(&mut self, code: Hash) -> impl Query<()>;
    fn delete_invite(&mut self, code: Hash) -> impl Query<()>;
    fn delete_invites_of(&mut self, by: UserId) -> impl Query<()>;
    /// Those that have no use left or whose time is over.
    fn delete_ended_invites(&mut self, now: i64) -> impl Query<()>;

    /// Inserts the link of a device, or replaces it.
    fn put_link(&mut self, device: DeviceId, code: Hash, expires: i64) -> impl Query<()>;
    fn delete_link(&mut self, device: DeviceId) -> impl Query<()>;
    /// Those of all devices of a person.
    fn delete_links_of(&mut self, person: UserId) -> impl Query<()>;

    /// The rooms that everybody is put into.
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
    /// Makes room in a log for one more event, which counts as so many messages. Answers its seq and
    /// the number of messages so far.
    fn advance_head(&mut self, room: RoomId, messages: u8, pos: Pos) -> impl Query<(Seq, u64)>;
    fn delete_room(&mut self, room: RoomId) -> impl Query<()>;

    /// A room's members in any order, for the fan-out.
    fn audience(&mut self, room: RoomId) -> impl Query<Arc<[UserId]>>;
    /// What decides whether a member may write; none: they are not in the room.
    fn membership(&mut self, room: RoomId, person: UserId) -> impl Query<Option<MembershipRow>>;
    /// How far a member is; none: they are not in the room.
    fn progress(&mut self, room: RoomId, person: UserId) -> impl Query<Option<ProgressRow>>;
    /// The rooms that a person is in.
    fn rooms_of(&mut self, person: UserId) -> impl Query<Vec<(RoomId, RoomKind)>>;
    fn insert_member(&mut self, member: MemberInsert) -> impl Query<()>;
    fn set_marks(&mut self, room: RoomId, person: UserId, marks: Marks) -> impl Query<()>;
    /// The read marker, and how many of their own messages follow it.
    fn set_read(
        &mut self,
        room: RoomId,
        person: UserId,
        read: Seq,
        own_after: u64,
        pos: Pos,
    ) -> impl Query<()>;
    fn set_delivered(&mut self, room: RoomId, person: UserId, seq: Seq) -> impl Query<()>;
    /// One more of their own messages follows the read marker.
    fn count_own_message(&mut self, room: RoomId, person: UserId) -> impl Query<()>;
    fn delete_member(&mut self, room: RoomId, person: UserId) -> impl Query<()>;
    /// All of a room's.
    fn delete_members(&mut self, room: RoomId) -> impl Query<()>;

    /// Inserts a mention, unless it is there.
    fn insert_mention(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()>;
    /// A person's in a room up to a seq.
    fn delete_mentions_until(&mut self, person: UserId, room: RoomId, seq: Seq) -> impl Query<()>;
    /// All of a person's in a room.
    fn delete_mentions_of(&mut self, person: UserId, room: RoomId) -> impl Query<()>;
    /// All in a room.
    fn delete_mentions(&mut self, room: RoomId) -> impl Query<()>;

    /// The event that its sender named so.
    fn event_by_cid(&mut self, sender: UserId, cid: Cid) -> impl Query<Option<EventRow>>;
    /// Inserts an event behind so many messages of its room, itself counted.
    fn insert_event(&mut self, event: &Event, messages: u64) -> impl Query<()>;
    /// Events of a kind after a seq, by one sender.
    fn count_events(
        &mut self,
        room: RoomId,
        sender: UserId,
        kind: &str,
        after: Seq,
    ) -> impl Query<u64>;
    /// Deletes up to so many events of a room. Answers how many.
    fn delete_events(&mut self, room: RoomId, limit: u32) -> impl Query<usize>;

    /// Gives out the next place in a person's own stream.
    fn next_useq(&mut self, person: UserId) -> impl Query<Useq>;
    /// Inserts a value, or replaces the one before.
    fn put_own(&mut self, person: UserId, change: &Uevent) -> impl Query<()>;
    fn delete_own(&mut self, person: UserId, key: &UserKey) -> impl Query<()>;
    /// Whether this setting has a value.
    fn has_setting(&mut self, person: UserId, key: &UserKey) -> impl Query<bool>;
    /// Settings that have a value.
    fn count_settings(&mut self, person: UserId) -> impl Query<u64>;
    /// Settings without a value, but for so many that lost it last.
    fn delete_removed_settings(&mut self, person: UserId, keep: u64) -> impl Query<()>;
}
