//! Reads: pages, digests and heads.

use homing_protocol::event::Event;
use homing_protocol::http::MemberReceipt;
use homing_protocol::limits::{FRAME_BYTES, PAGE_EVENTS, PAGE_ROOMS, PING_HEADS, UPAGE_EVENTS};
use homing_protocol::{DeviceId, Pos, Role, RoomId, RoomInfo, RoomKind, Seq, Useq, UserId};

use super::access::{may_find, must_be_member, no_such_room, role};
use super::own::{RECEIPT_MEMBERS, delivered_by_viewer};
use super::space;
use crate::store::rows::{Listed, MemberRoomRow, PageBudget};
use crate::store::transaction::ReadTransaction;
use crate::store::{Heads, LogPage, LogRange, OwnPage, RoomsPage, Snapshot, StoreError};

/// Bytes of events in one page, so that the page fits a frame with its other fields. One event
/// always fits: a body is at most a quarter of a frame.
const PAGE_BYTES: usize = FRAME_BYTES - 16 * 1024;
/// Bytes of an event besides its body.
const EVENT_BYTES: usize = 400;

/// See [`Store::public_rooms`](crate::store::Store::public_rooms).
pub(crate) async fn public_rooms(
    tx: &mut impl ReadTransaction,
    viewer: UserId,
    after: &str,
) -> Result<RoomsPage, StoreError> {
    let is_more_than_guest = role(tx, viewer).await?.is_some_and(|role| role > Role::Guest);
    let listed = if is_more_than_guest { Listed::All } else { Listed::Joined };
    let mut found = tx.public_rooms(viewer, listed, after, PAGE_ROOMS + 1).await?;
    let page = PAGE_ROOMS as usize;
    let more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| more).map(|(key, _)| key.clone());
    Ok(RoomsPage { rooms: found.into_iter().map(|(_, room)| room).collect(), next })
}

/// See [`Store::members`](crate::store::Store::members).
pub(crate) async fn members(
    tx: &mut impl ReadTransaction,
    viewer: UserId,
    room: RoomId,
) -> Result<Vec<UserId>, StoreError> {
    if !tx.is_member(room, viewer).await? && !may_find(tx, room, viewer).await? {
        return Err(no_such_room());
    }
    tx.members(room).await
}

/// See [`Store::receipts`](crate::store::Store::receipts).
pub(crate) async fn receipts(
    tx: &mut impl ReadTransaction,
    viewer: UserId,
    room: RoomId,
) -> Result<Vec<MemberReceipt>, StoreError> {
    must_be_member(tx, room, viewer).await?;
    tx.receipts(room).await
}

/// See [`Store::pull`](crate::store::Store::pull).
pub(crate) async fn pull(
    tx: &mut impl ReadTransaction,
    viewer: UserId,
    room: RoomId,
    range: LogRange,
) -> Result<LogPage<Event>, StoreError> {
    must_be_member(tx, room, viewer).await?;
    let row = tx.room(room).await?.ok_or_else(no_such_room)?;
    let (head, min) = (row.head, row.min);
    let (LogRange::After(_, limit) | LogRange::Before(_, limit)) = range;
    let budget = PageBudget::new(limit.clamp(1, PAGE_EVENTS), PAGE_BYTES, EVENT_BYTES);
    let mut items = tx.events(room, range, budget).await?.rows;
    let (more, too_old) = match range {
        LogRange::After(seq, _) => {
            let last = items.last().map_or(seq, |event| event.seq);
            (last < head, seq.0 + 1 < min.0)
        }
        LogRange::Before(seq, _) => {
            items.reverse();
            let first = items.first().map_or(seq, |event| event.seq);
            (first > min, seq <= min && min.0 > 1)
        }
    };
    if too_old {
        items.clear();
    }
    Ok(LogPage { more: more && !items.is_empty(), items, head, min, too_old })
}

/// See [`Store::own`](crate::store::Store::own).
pub(crate) async fn own(
    tx: &mut impl ReadTransaction,
    person: UserId,
    after: Useq,
    limit: u32,
) -> Result<OwnPage, StoreError> {
    let head = tx.own_head(person).await?;
    let budget = PageBudget::new(limit.clamp(1, UPAGE_EVENTS), PAGE_BYTES, EVENT_BYTES);
    let page = tx.own(person, after, budget).await?;
    // The last value of a stream may have been deleted, so a complete page goes up to the head.
    let upto = match page.rows.last() {
        Some(last) if page.cut => last.useq,
        _ => head,
    };
    Ok(OwnPage { items: page.rows, upto, head })
}

/// See [`Store::snapshot`](crate::store::Store::snapshot).
pub(crate) async fn snapshot(
    tx: &mut impl ReadTransaction,
    person: UserId,
    since: Pos,
) -> Result<Snapshot, StoreError> {
    let space = space::row(tx).await?;
    let mut rooms = Vec::new();
    for row in tx.changed_rooms(person, since).await? {
        let people = match row.kind {
            RoomKind::Direct => tx.members(row.room).await?,
            RoomKind::Public | RoomKind::Private => Vec::new(),
        };
        let delivered = delivered(tx, &row, person).await?;
        rooms.push(info(row, people, delivered));
    }
    let people = tx.changed_people(since).await?;
    let useq = tx.own_head(person).await?;
    Ok(Snapshot { pos: space.pos, useq, rooms, people, space_name: space.name })
}

fn info(row: MemberRoomRow, people: Vec<UserId>, delivered: Seq) -> RoomInfo {
    let unread = unread(&row);
    RoomInfo {
        room: row.room,
        kind: row.kind,
        name: row.name,
        topic: row.topic,
        members: row.members,
        people,
        head: row.head,
        min: row.min,
        read: row.read,
        unread,
        mentions: row.mentions,
        delivered,
        pos: row.pos,
    }
}

/// Messages after the read marker by other people.
fn unread(row: &MemberRoomRow) -> u32 {
    let unread = row.messages.saturating_sub(row.messages_read).saturating_sub(row.own_after);
    u32::try_from(unread).unwrap_or(u32::MAX)
}

/// What all other members hold, where receipts are sent.
async fn delivered(
    tx: &mut impl ReadTransaction,
    row: &MemberRoomRow,
    viewer: UserId,
) -> Result<Seq, StoreError> {
    if row.members as usize > RECEIPT_MEMBERS {
        return Ok(Seq(0));
    }
    Ok(delivered_by_viewer(&tx.receipts(row.room).await?)
        .into_iter()
        .find(|(who, _)| *who == viewer)
        .map_or(Seq(0), |(_, seq)| seq))
}

/// See [`Store::heads`](crate::store::Store::heads).
pub(crate) async fn heads(
    tx: &mut impl ReadTransaction,
    person: UserId,
    device: DeviceId,
) -> Result<Heads, StoreError> {
    let device = tx.device(device).await?.filter(|device| device.person == person);
    let gone = device.map(|device| device.gone);
    let rooms = tx.heads(person, PING_HEADS).await?;
    let useq = tx.own_head(person).await?;
    Ok(Heads { gone, useq, rooms })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn unread_is_what_others_wrote_past_the_marker() {
        for (messages, messages_read, own_after, expected) in [
            (0, 0, 0, 0),
            (7, 0, 0, 7),
            (7, 4, 1, 2),
            (7, 7, 0, 0),
            // The counts of a damaged database: none, and not four billion.
            (7, 7, 2, 0),
            (u64::MAX, 0, 0, u32::MAX),
        ] {
            let row = MemberRoomRow {
                room: RoomId(Uuid::nil()),
                kind: RoomKind::Public,
                name: String::new(),
                topic: String::new(),
                members: 1,
                head: Seq(9),
                min: Seq(1),
                read: Seq(4),
                pos: Pos(1),
                messages,
                messages_read,
                own_after,
                mentions: 0,
            };
            assert_eq!(unread(&row), expected, "{messages} {messages_read} {own_after}");
        }
    }
}
