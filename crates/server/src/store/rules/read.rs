//! Reads: lists, digests and heads. Pages of a log are in [`page`](super::page).

use homing_protocol::http::MemberReceipt;
use homing_protocol::limits::{PAGE_ROOMS, PING_HEADS, UPAGE_EVENTS};
use homing_protocol::{DeviceId, Pos, Role, RoomId, RoomInfo, RoomKind, Seq, Useq, UserId};

use super::access::{may_find, must_be_member, no_such_room, role};
use super::own::{RECEIPT_MEMBERS, delivered_by_viewer};
use super::page::{EVENT_BYTES, PAGE_BYTES};
use super::space;
use crate::store::rows::{Listed, MemberRoomRow, PageBudget};
use crate::store::transaction::ReadTransaction;
use crate::store::{Heads, OwnPage, RoomsPage, Snapshot, StoreError};

/// The highest number of unread messages that is told. Nobody reads a larger one, and counting
/// takes longer.
const UNREAD: u32 = 1_000;

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
    for row in tx.changed_rooms(person, since, UNREAD).await? {
        let people = match row.kind {
            RoomKind::Direct => tx.members(row.room).await?,
            RoomKind::Public | RoomKind::Private => Vec::new(),
        };
        let delivered = delivered(tx, &row, person).await?;
        let restores = tx.restores(row.room).await?;
        rooms.push(RoomInfo { restores, ..info(row, people, delivered) });
    }
    let people = tx.changed_people(since).await?;
    let useq = tx.own_head(person).await?;
    Ok(Snapshot { pos: space.pos, useq, rooms, people, space_name: space.name })
}

fn info(row: MemberRoomRow, people: Vec<UserId>, delivered: Seq) -> RoomInfo {
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
        unread: row.unread,
        mentions: row.mentions,
        delivered,
        pos: row.pos,
        restores: Vec::new(),
    }
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
