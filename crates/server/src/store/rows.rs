//! The rows that the rules read and write, as plain values.
//!
//! A row has the columns that a rule needs. Where the store returns a row unchanged, it has a type
//! of [`types`](super::types) or of the protocol.

use homing_protocol::event::Event;
use homing_protocol::{
    Body, Cid, DeviceId, Epoch, EventId, InviteId, Origin, Pos, Role, RoomId, RoomKind, Seq,
    SpaceId, UserId,
};

use crate::auth::confusable::Skeletons;
use crate::auth::name::Name;
use crate::auth::secret::Hash;

/// The one row of the space.
#[derive(Debug, Clone)]
pub(crate) struct SpaceRow {
    pub(crate) id: SpaceId,
    pub(crate) name: String,
    pub(crate) epoch: Epoch,
    /// The last position that was given out.
    pub(crate) pos: Pos,
}

/// Which accounts a query includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accounts {
    /// Including disabled ones.
    All,
    /// Without disabled ones.
    Active,
}

/// An account's role and state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PersonRow {
    pub(crate) role: Role,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// A person's name.
#[derive(Debug, Clone)]
pub(crate) struct NameRow {
    pub(crate) person: UserId,
    /// The name as shown.
    pub(crate) name: String,
    /// The key that must be unique.
    pub(crate) key: String,
}

/// An account to insert.
#[derive(Debug)]
pub(crate) struct PersonInsert<'a> {
    pub(crate) id: UserId,
    pub(crate) name: &'a Name,
    pub(crate) skeletons: &'a Skeletons,
    pub(crate) role: Role,
    /// Hashed.
    pub(crate) password: Option<&'a str>,
    pub(crate) pos: Pos,
    pub(crate) created: i64,
}

/// Columns of an account to update; none: unchanged.
#[derive(Debug)]
pub(crate) struct PersonUpdate<'a> {
    pub(crate) name: Option<(&'a Name, &'a Skeletons)>,
    /// Hashed.
    pub(crate) password: Option<&'a str>,
    pub(crate) role: Option<Role>,
    pub(crate) gone: Option<bool>,
    pub(crate) pos: Pos,
}

/// A device's owner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceRow {
    pub(crate) person: UserId,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// The device created by an earlier attempt to sign in.
#[derive(Debug, Clone)]
pub(crate) struct AttemptRow {
    pub(crate) device: DeviceId,
    /// The code that was used with the key.
    pub(crate) code: Hash,
    pub(crate) person: UserId,
    pub(crate) name: String,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// A device to insert.
#[derive(Debug)]
pub(crate) struct DeviceInsert<'a> {
    pub(crate) id: DeviceId,
    pub(crate) person: UserId,
    pub(crate) name: &'a str,
    pub(crate) token: Hash,
    /// The key of the attempt and its code; none: signed in by password.
    pub(crate) attempt: Option<(Cid, Hash)>,
    /// When it was created and last seen.
    pub(crate) created: i64,
}

/// An invitation with its maker.
#[derive(Debug, Clone)]
pub(crate) struct InviteRow {
    pub(crate) code: Hash,
    pub(crate) role: Role,
    /// None: made by the server.
    pub(crate) maker: Option<InviteMaker>,
    /// None: any number.
    pub(crate) uses_left: Option<u32>,
    /// None: never.
    pub(crate) expires: Option<i64>,
    pub(crate) founding: bool,
    pub(crate) created: i64,
}

impl InviteRow {
    /// The first bytes of the code's hash, which reveal nothing of the code.
    pub(crate) fn id(&self) -> InviteId {
        let [a, b, c, d, e, f, g, h, ..] = self.code.0;
        InviteId(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

/// The current state of an invitation's maker.
#[derive(Debug, Clone)]
pub(crate) struct InviteMaker {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// A device link with its person.
#[derive(Debug, Clone)]
pub(crate) struct LinkRow {
    /// The device that made it.
    pub(crate) device: DeviceId,
    pub(crate) device_name: String,
    pub(crate) person: UserId,
    pub(crate) name: String,
    /// The account is disabled.
    pub(crate) gone: bool,
    pub(crate) expires: i64,
}

/// A room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoomRow {
    pub(crate) kind: RoomKind,
    pub(crate) made_by: UserId,
    /// Seq of the newest event.
    pub(crate) head: Seq,
    /// Seq of the oldest event that is kept.
    pub(crate) min: Seq,
}

/// What a room is found by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoomKeys<'a> {
    pub(crate) kind: RoomKind,
    /// The key of a public room's name.
    pub(crate) public: Option<&'a str>,
    /// The hash of a direct room's people.
    pub(crate) people: Option<[u8; 32]>,
    /// Everyone who joins the space is added to it.
    pub(crate) entrance: bool,
}

/// A room to insert, without events and members.
#[derive(Debug)]
pub(crate) struct RoomInsert<'a> {
    pub(crate) id: RoomId,
    pub(crate) keys: RoomKeys<'a>,
    pub(crate) name: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) made_by: UserId,
    /// The key of the maker's attempt.
    pub(crate) made_key: Cid,
    pub(crate) pos: Pos,
    pub(crate) created: i64,
}

/// Which public rooms a viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// All of them.
    All,
    /// The ones they are a member of.
    Joined,
}

/// A membership to insert.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberInsert {
    pub(crate) room: RoomId,
    pub(crate) person: UserId,
    /// Seq of the event by which they join.
    pub(crate) joined: Seq,
    pub(crate) marks: Marks,
    pub(crate) pos: Pos,
}

/// A member's markers in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The read marker.
    pub(crate) read: Seq,
    /// The highest seq that one of their devices holds.
    pub(crate) delivered: Seq,
}

/// The columns that decide whether a member may write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MembershipRow {
    pub(crate) kind: RoomKind,
    pub(crate) role: Role,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// A member's markers and the head of the room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProgressRow {
    pub(crate) marks: Marks,
    pub(crate) head: Seq,
}

/// A room as one of its members sees it.
#[derive(Debug, Clone)]
pub(crate) struct MemberRoomRow {
    pub(crate) room: RoomId,
    pub(crate) kind: RoomKind,
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) members: u32,
    pub(crate) head: Seq,
    pub(crate) min: Seq,
    pub(crate) read: Seq,
    /// The later position of the room and the membership.
    pub(crate) pos: Pos,
    /// Messages of others past the read marker that are not gone, up to what was asked.
    pub(crate) unread: u32,
    /// Messages past the read marker that mention the member.
    pub(crate) mentions: u32,
}

/// A stored event, as its sender names it.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) room: RoomId,
    pub(crate) seq: Seq,
    pub(crate) id: EventId,
    pub(crate) ts: i64,
    pub(crate) kind: String,
    pub(crate) body: Body,
    /// The message that it changes.
    pub(crate) target: Option<Seq>,
    /// Its body is no longer as it was sent.
    pub(crate) erased: bool,
    /// It was given back after a restore.
    pub(crate) origin: Option<Origin>,
}

/// An event to insert.
#[derive(Debug)]
pub(crate) struct EventInsert<'a> {
    pub(crate) event: &'a Event,
    /// The message that it changes.
    pub(crate) target: Option<Seq>,
    /// Its body is not as it was sent.
    pub(crate) erased: bool,
}

/// Which events of a log a query includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Events {
    All,
    /// Without quiet ones.
    Loud,
}

/// From which end a part of a log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    OldestFirst,
    NewestFirst,
}

/// What the changes of a message left of it, but for its reactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FoldRow {
    /// The message.
    pub(crate) seq: Seq,
    /// Its newest edit.
    pub(crate) edit: Option<Seq>,
    pub(crate) pinned: bool,
    /// Who took it back.
    pub(crate) gone: Option<UserId>,
}

/// The reactions to a message with one emoji.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReactionRow {
    pub(crate) emoji: String,
    pub(crate) count: u32,
    /// One of them is the viewer's.
    pub(crate) mine: bool,
}

/// One of the reactions of a person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReactionKey<'a> {
    pub(crate) room: RoomId,
    /// The message.
    pub(crate) target: Seq,
    /// Without variation selectors.
    pub(crate) emoji: &'a str,
    pub(crate) person: UserId,
}

/// A page of rows, in order.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    /// The budget excluded a row: there are more.
    pub(crate) cut: bool,
}

/// The size limit of a page. An engine asks it about each row in turn and stops at the first
/// excluded one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageBudget {
    rows: u32,
    bytes: usize,
    row_bytes: usize,
    first: bool,
}

impl PageBudget {
    /// At most `rows` rows and `bytes` bytes, where a row costs `row_bytes` beside its text. The
    /// first row always fits.
    pub(crate) fn new(rows: u32, bytes: usize, row_bytes: usize) -> Self {
        Self { rows, bytes, row_bytes, first: true }
    }

    /// Rows to query: one more than fits, to see whether there are more.
    pub(crate) fn asked(&self) -> u32 {
        self.rows.saturating_add(1)
    }

    /// Whether a row with `text` bytes of text fits the page.
    pub(crate) fn admits(&mut self, text: usize) -> bool {
        let cost = text.saturating_add(self.row_bytes);
        let fits = self.rows > 0 && (self.first || cost <= self.bytes);
        if fits {
            self.first = false;
            self.rows -= 1;
            self.bytes = self.bytes.saturating_sub(cost);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_with_its_rows_or_its_bytes_and_is_never_empty() {
        for (rows, texts, admitted) in [
            (3, &[1, 1, 1, 1][..], 3),
            (9, &[40, 40, 40], 2),
            (9, &[90], 1),
            (9, &[91], 1),
            (9, &[500, 1], 1),
            (9, &[41, 40, 1], 1),
        ] {
            let mut budget = PageBudget::new(rows, 100, 10);
            let fitting = texts.iter().take_while(|text| budget.admits(**text)).count();
            assert_eq!(fitting, admitted, "{rows} rows of {texts:?}");
        }
    }
}
