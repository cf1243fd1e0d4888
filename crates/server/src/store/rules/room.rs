//! Rooms and memberships.

use homing_protocol::event::{Change as MembershipChange, Created, Membership};
use homing_protocol::frame::UserKey;
use homing_protocol::{Body, Content, ErrorCode, Pos, Role, RoomId, RoomKind, Seq, UserId};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::access::{active_role, must_be_member, no_such_room, not_a_member, role};
use super::log::{self, NewEvent};
use super::own;
use crate::store::change::Audience;
use crate::store::rows::{Marks, MemberInsert, RoomInsert, RoomKeys};
use crate::store::transaction::WriteTransaction;
use crate::store::{Change, NewRoom, RoomMade, StoreError};

/// People in a direct room, the maker included.
const DIRECT_PEOPLE: std::ops::RangeInclusive<usize> = 2..=9;
/// Maximum number of people added by one call.
const ADDED_AT_ONCE: usize = 100;

/// See [`Store::make_room`](crate::store::Store::make_room).
pub(crate) async fn make(
    tx: &mut impl WriteTransaction,
    maker: UserId,
    room: &NewRoom,
) -> Result<RoomMade, StoreError> {
    if let Some(known) = tx.room_by_attempt(maker, room.key).await? {
        return Ok(RoomMade { room: known, is_new: false });
    }
    if active_role(tx, maker).await? < Role::Member {
        return Err(StoreError::refused(ErrorCode::Forbidden, "guests can't create rooms"));
    }
    let mut others = room.people.clone();
    others.retain(|person| *person != maker);
    others.sort_unstable();
    others.dedup();
    must_be_people(tx, &others).await?;
    let people_key = if room.kind == RoomKind::Direct {
        if !DIRECT_PEOPLE.contains(&(others.len() + 1)) {
            return Err(StoreError::refused(
                ErrorCode::Invalid,
                "a direct message is between two and nine people",
            ));
        }
        let key = people_key(maker, &others);
        if let Some(known) = tx.room_by_people(key).await? {
            return Ok(RoomMade { room: known, is_new: false });
        }
        Some(key)
    } else {
        None
    };
    let id = insert(tx, maker, room, people_key, false).await?;
    let pos = tx.next_pos().await?;
    add_people(tx, id, maker, room.kind, &others, pos).await?;
    Ok(RoomMade { room: id, is_new: true })
}

/// Inserts the room with its `created` event and its maker as first member.
pub(super) async fn insert(
    tx: &mut impl WriteTransaction,
    maker: UserId,
    room: &NewRoom,
    people_key: Option<[u8; 32]>,
    entrance: bool,
) -> Result<RoomId, StoreError> {
    let shown = room.name.as_ref().map_or("", |name| name.shown.as_str());
    let public_key = match (&room.name, room.kind) {
        (Some(name), RoomKind::Public) => Some(name.key.as_str()),
        _ => None,
    };
    if let Some(key) = public_key
        && tx.room_by_name(key).await?.is_some()
    {
        return Err(StoreError::refused(ErrorCode::NameTaken, log::NAME_TAKEN));
    }
    let id = RoomId(tx.new_id());
    let pos = tx.next_pos().await?;
    let row = RoomInsert {
        id,
        keys: RoomKeys { kind: room.kind, public: public_key, people: people_key, entrance },
        name: shown,
        topic: &room.topic,
        made_by: maker,
        made_key: room.key,
        pos,
        created: tx.now(),
    };
    tx.insert_room(&row).await?;
    let body = Body::new(&Created { kind: room.kind, name: shown.to_owned() });
    insert_member(tx, id, maker, Seq(0), pos).await?;
    let entry =
        NewEvent { sender: maker, cid: None, kind: Content::CREATED, body, pos, origin: None };
    let created = log::add(tx, id, entry).await?;
    mark_joined(tx, id, maker, created.seq).await?;
    Ok(id)
}

/// Adds people who are not members yet.
async fn add_people(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    by: UserId,
    kind: RoomKind,
    people: &[UserId],
    pos: Pos,
) -> Result<(), StoreError> {
    for person in people {
        if tx.is_member(room, *person).await? {
            continue;
        }
        let mut head = tx.room(room).await?.ok_or_else(no_such_room)?.head;
        insert_member(tx, room, *person, head, pos).await?;
        // The members of a direct room never change, so there are no events for them.
        if kind != RoomKind::Direct {
            let change =
                if *person == by { MembershipChange::Joined } else { MembershipChange::Added };
            head = log_membership(tx, room, by, *person, change, pos).await?;
        }
        mark_joined(tx, room, *person, head).await?;
    }
    publish_digest(tx, room, pos).await
}

async fn publish_digest(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    pos: Pos,
) -> Result<(), StoreError> {
    let to = Audience::People(tx.audience(room).await?);
    tx.publish(Change::Digest { to, pos });
    Ok(())
}

/// Inserts a membership in a room whose log goes up to `head`.
async fn insert_member(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    person: UserId,
    head: Seq,
    pos: Pos,
) -> Result<(), StoreError> {
    let marks = Marks { read: head, delivered: head };
    tx.insert_member(MemberInsert { room, person, joined: head.next(), marks, pos }).await?;
    tx.add_member_count(room, 1, pos).await
}

/// Sets a new member's markers to the head, because they need nothing from before, and records the
/// membership in their own stream.
async fn mark_joined(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    person: UserId,
    head: Seq,
) -> Result<(), StoreError> {
    tx.set_marks(room, person, Marks { read: head, delivered: head }).await?;
    own::put(tx, person, UserKey::Room(room), Value::Bool(true)).await?;
    Ok(())
}

async fn remove_membership(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    by: UserId,
    person: UserId,
    change: MembershipChange,
) -> Result<(), StoreError> {
    let pos = tx.next_pos().await?;
    tx.delete_member(room, person).await?;
    tx.delete_mentions_of(person, room).await?;
    tx.add_member_count(room, -1, pos).await?;
    // Publish the departure to the person first, so that they receive nothing of the room after it.
    own::put(tx, person, UserKey::Room(room), Value::Null).await?;
    own::forget_room(tx, room, person).await?;
    log_membership(tx, room, by, person, change, pos).await?;
    publish_digest(tx, room, pos).await
}

async fn log_membership(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    sender: UserId,
    user: UserId,
    change: MembershipChange,
    pos: Pos,
) -> Result<Seq, StoreError> {
    let body = Body::new(&Membership { user, change });
    let entry = NewEvent { sender, cid: None, kind: Content::MEMBERSHIP, body, pos, origin: None };
    Ok(log::add(tx, room, entry).await?.seq)
}

/// See [`Store::enter`](crate::store::Store::enter).
pub(crate) async fn enter(
    tx: &mut impl WriteTransaction,
    person: UserId,
    room: RoomId,
) -> Result<(), StoreError> {
    if tx.is_member(room, person).await? {
        return Ok(());
    }
    let role = active_role(tx, person).await?;
    let is_public = tx.room(room).await?.is_some_and(|room| room.kind == RoomKind::Public);
    if !is_public || role < Role::Member {
        return Err(no_such_room());
    }
    enter_entrance(tx, person, room).await
}

/// Adds a person to a public room without a check of their role.
pub(super) async fn enter_entrance(
    tx: &mut impl WriteTransaction,
    person: UserId,
    room: RoomId,
) -> Result<(), StoreError> {
    let pos = tx.next_pos().await?;
    add_people(tx, room, person, RoomKind::Public, &[person], pos).await
}

/// See [`Store::leave`](crate::store::Store::leave).
pub(crate) async fn leave(
    tx: &mut impl WriteTransaction,
    person: UserId,
    room: RoomId,
) -> Result<(), StoreError> {
    must_be_member(tx, room, person).await?;
    if tx.room(room).await?.is_some_and(|room| room.kind == RoomKind::Direct) {
        return Err(StoreError::refused(ErrorCode::Forbidden, "you can't leave a direct message"));
    }
    remove_membership(tx, room, person, person, MembershipChange::Left).await
}

/// Removes a person from all rooms except direct ones, whose members never change.
pub(super) async fn leave_all(
    tx: &mut impl WriteTransaction,
    person: UserId,
) -> Result<(), StoreError> {
    for (room, kind) in tx.rooms_of(person).await? {
        if kind != RoomKind::Direct {
            remove_membership(tx, room, person, person, MembershipChange::Left).await?;
        }
    }
    Ok(())
}

/// See [`Store::add_members`](crate::store::Store::add_members).
pub(crate) async fn add(
    tx: &mut impl WriteTransaction,
    by: UserId,
    room: RoomId,
    people: &[UserId],
) -> Result<(), StoreError> {
    must_be_member(tx, room, by).await?;
    let kind = tx.room(room).await?.ok_or_else(no_such_room)?.kind;
    if kind == RoomKind::Direct || active_role(tx, by).await? < Role::Member {
        return Err(StoreError::refused(ErrorCode::Forbidden, "you can't add people to this room"));
    }
    must_be_people(tx, people).await?;
    let pos = tx.next_pos().await?;
    add_people(tx, room, by, kind, people, pos).await
}

/// See [`Store::remove_member`](crate::store::Store::remove_member).
pub(crate) async fn remove(
    tx: &mut impl WriteTransaction,
    by: UserId,
    room: RoomId,
    person: UserId,
) -> Result<(), StoreError> {
    if by == person {
        return leave(tx, person, room).await;
    }
    let role = active_role(tx, by).await?;
    let row = tx.room(room).await?.ok_or_else(no_such_room)?;
    let inside = tx.is_member(room, by).await?;
    if !may_remove(row.kind, role, inside, row.made_by == by) {
        return Err(if inside {
            StoreError::refused(
                ErrorCode::Forbidden,
                "only an admin or the room's creator can remove people",
            )
        } else {
            not_a_member(tx, room, by).await?
        });
    }
    if !tx.is_member(room, person).await? {
        return Ok(());
    }
    remove_membership(tx, room, by, person, MembershipChange::Removed).await
}

/// Whether a person may remove others from a room.
fn may_remove(kind: RoomKind, role: Role, inside: bool, is_maker: bool) -> bool {
    match kind {
        RoomKind::Public => role >= Role::Admin || (inside && is_maker),
        RoomKind::Private => inside && (role >= Role::Admin || is_maker),
        RoomKind::Direct => false,
    }
}

/// Refuses too many people, and people who are not in the space.
async fn must_be_people(
    tx: &mut impl WriteTransaction,
    people: &[UserId],
) -> Result<(), StoreError> {
    if people.len() > ADDED_AT_ONCE {
        return Err(StoreError::refused(
            ErrorCode::TooLarge,
            format!("you can add up to {ADDED_AT_ONCE} people at once"),
        ));
    }
    for person in people {
        if role(tx, *person).await?.is_none() {
            return Err(StoreError::refused(
                ErrorCode::Invalid,
                "one of these people isn't in the space",
            ));
        }
    }
    Ok(())
}

fn people_key(maker: UserId, others: &[UserId]) -> [u8; 32] {
    let mut all: Vec<_> = others.iter().copied().chain([maker]).collect();
    all.sort_unstable();
    let mut hash = Sha256::new();
    for person in all {
        hash.update(person.0.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admins_and_the_creator_send_people_away_where_they_may_look() {
        for (kind, role, inside, is_maker, allowed) in [
            (RoomKind::Public, Role::Member, true, false, false),
            (RoomKind::Public, Role::Member, true, true, true),
            (RoomKind::Public, Role::Member, false, true, false),
            (RoomKind::Public, Role::Admin, false, false, true),
            (RoomKind::Private, Role::Member, true, false, false),
            (RoomKind::Private, Role::Member, true, true, true),
            (RoomKind::Private, Role::Owner, false, true, false),
            (RoomKind::Private, Role::Admin, true, false, true),
            (RoomKind::Direct, Role::Owner, true, true, false),
        ] {
            assert_eq!(
                may_remove(kind, role, inside, is_maker),
                allowed,
                "{kind:?} by {role:?}, inside: {inside}, maker: {is_maker}"
            );
        }
    }
}
