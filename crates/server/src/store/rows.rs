//! The rows that the rules read and write, as plain values.
//!
//! A row has what a rule needs of it and no more. Where a row is what the store answers anyway, it
//! has the type of [`types`](super::types) or of the protocol.

use homing_protocol::{
    Cid, DeviceId, Epoch, EventId, InviteId, Pos, Role, RoomId, RoomKind, Seq, SpaceId, UserId,
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

/// Which accounts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accounts {
    /// Disabled ones too.
    All,
    /// Those that are not disabled.
    Active,
}

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PersonRow {
    pub(crate) role: Role,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// By which name somebody is known.
#[derive(Debug, Clone)]
pub(crate) struct NameRow {
    pub(crate) person: UserId,
    /// As it is shown.
    pub(crate) name: String,
    /// By which it is compared.
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

/// Columns of an account to update; none stays.
#[derive(Debug)]
pub(crate) struct PersonUpdate<'a> {
    pub(crate) name: Option<(&'a Name, &'a Skeletons)>,
    /// Hashed.
    pub(crate) password: Option<&'a str>,
    pub(crate) role: Option<Role>,
    pub(crate) gone: Option<bool>,
    pub(crate) pos: Pos,
}

/// Whose a device is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceRow {
    pub(crate) person: UserId,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// The device that an attempt to come in has made.
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
    /// The key of the attempt and the code that was used with it; none: by password.
    pub(crate) attempt: Option<(Cid, Hash)>,
    /// When it was made and last seen.
    pub(crate) created: i64,
}

/// An invitation, and who vouches for it.
#[derive(Debug, Clone)]
pub(crate) struct InviteRow {
    pub(crate) code: Hash,
    pub(crate) role: Role,
    /// None: the server itself made it.
    pub(crate) maker: Option<InviteMaker>,
    /// None: any number.
    pub(crate) uses_left: Option<u32>,
    /// None: never.
    pub(crate) expires: Option<i64>,
    pub(crate) founding: bool,
    pub(crate) created: i64,
}

impl InviteRow {
    /// An invitation is named by the beginning of its code's hash, which tells nothing of the code.
    pub(crate) fn id(&self) -> InviteId {
        let [a, b, c, d, e, f, g, h, ..] = self.code.0;
        InviteId(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

/// Who made an invitation, as they are now.
#[derive(Debug, Clone)]
pub(crate) struct InviteMaker {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// A device link, and whose it is.
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

/// By what a room is found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoomKeys<'a> {
    pub(crate) kind: RoomKind,
    /// The key of a public room's name.
    pub(crate) public: Option<&'a str>,
    /// The hash of a direct room's people.
    pub(crate) people: Option<[u8; 32]>,
    /// Whoever joins the space is put into it.
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
    /// The maker's name for the attempt.
    pub(crate) made_key: Cid,
    pub(crate) pos: Pos,
    pub(crate) created: i64,
}

/// Which public rooms somebody is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// All of them.
    All,
    /// Those that they are in.
    Joined,
}

/// A membership to insert.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberInsert {
    pub(crate) room: RoomId,
    pub(crate) person: UserId,
    /// Seq of the event that brings them in.
    pub(crate) joined: Seq,
    pub(crate) marks: Marks,
    pub(crate) pos: Pos,
}

/// How far a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The read marker.
    pub(crate) read: Seq,
    /// What one of their devices holds.
    pub(crate) delivered: Seq,
}

/// What decides whether a member may write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MembershipRow {
    pub(crate) kind: RoomKind,
    pub(crate) role: Role,
    /// The account is disabled.
    pub(crate) gone: bool,
}

/// How far a member is, and how far the room goes.
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
    /// The later one of the room's and the membership's.
    pub(crate) pos: Pos,
    /// Messages of the room so far.
    pub(crate) messages: u64,
    /// Messages up to the read marker.
    pub(crate) messages_read: u64,
    /// The member's own messages past the read marker.
    pub(crate) own_after: u64,
    /// Messages past the read marker that mention the member.
    pub(crate) mentions: u32,
}

/// An event that was stored, as it was stored.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) room: RoomId,
    pub(crate) seq: Seq,
    pub(crate) id: EventId,
    pub(crate) ts: i64,
    pub(crate) kind: String,
    /// JSON.
    pub(crate) body: String,
}

/// Rows in order.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    /// The budget refused a row: there are more.
    pub(crate) cut: bool,
}

/// How many rows make a page. An engine asks it about each row in turn and stops at the first that
/// it refuses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageBudget {
    rows: u32,
    bytes: usize,
    row_bytes: usize,
    first: bool,
}

impl PageBudget {
    /// At most so many rows, and so many bytes where a row costs `row_bytes` beside its text. The first
    /// row always fits, however long it is.
    pub(crate) fn new(rows: u32, bytes: usize, row_bytes: usize) -> Self {
        Self { rows, bytes, row_bytes, first: true }
    }

    /// Rows that it is worth to ask for: one more than the page can have tells that it was cut.
    pub(crate) fn asked(&self) -> u32 {
        self.rows.saturating_add(1)
    }

    /// Whether a row with so many bytes of text belongs to the page.
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
