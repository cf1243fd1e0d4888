//! Rooms and who is in them.

use homing_protocol::event::{Change as Moved, Created, Membership};
use homing_protocol::frame::UserKey;
use homing_protocol::{Content, ErrorCode, Pos, Role, RoomId, RoomKind, Seq, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::desk::Writing;
use super::log::{self, Entry};
use super::own;
use super::row::{Count, Id, KindRow, RoleRow};
use crate::store::change::Audience;
use crate::store::{Change, NewRoom, RoomMade, StoreError};

/// People in a direct room, the maker included.
const DIRECT_PEOPLE: std::ops::RangeInclusive<usize> = 2..=9;
/// People that one call can bring in.
const ADDED_AT_ONCE: usize = 100;

pub(super) fn is_inside(sql: &Connection, room: RoomId, person: UserId) -> rusqlite::Result<bool> {
    sql.prepare_cached("SELECT EXISTS (SELECT 1 FROM members WHERE room = ?1 AND person = ?2)")?
        .query_row([Id(room.0), Id(person.0)], |row| row.get(0))
}

/// Why somebody who is no member gets nothing of a room: that they are not in it, if they may know
/// of it, or that there is none.
pub(super) fn not_inside(
    sql: &Connection,
    room: RoomId,
    person: UserId,
) -> rusqlite::Result<StoreError> {
    let may_know = match kind(sql, room)? {
        Some(RoomKind::Public) => role(sql, person)?.is_some_and(|role| role > Role::Guest),
        _ => false,
    };
    Ok(if may_know {
        StoreError::refused(ErrorCode::NotMember, "you're not in this room")
    } else {
        no_such_room()
    })
}

pub(super) fn no_such_room() -> StoreError {
    StoreError::refused(ErrorCode::NoSuchRoom, "no such room")
}

pub(super) fn kind(sql: &Connection, room: RoomId) -> rusqlite::Result<Option<RoomKind>> {
    sql.prepare_cached("SELECT kind FROM rooms WHERE id = ?1")?
        .query_row([Id(room.0)], |row| Ok(row.get::<_, KindRow>(0)?.0))
        .optional()
}

/// None: unknown or disabled.
pub(super) fn role(sql: &Connection, person: UserId) -> rusqlite::Result<Option<Role>> {
    sql.prepare_cached("SELECT role FROM people WHERE id = ?1 AND gone = 0")?
        .query_row([Id(person.0)], |row| Ok(row.get::<_, RoleRow>(0)?.0))
        .optional()
}

fn role_of_actor(tx: &Writing<'_>, person: UserId) -> Result<Role, StoreError> {
    role(tx.sql, person)?
        .ok_or_else(|| StoreError::refused(ErrorCode::Forbidden, "this account is disabled"))
}

/// See [`Store::make_room`](crate::store::Store::make_room).
pub(super) fn make(
    tx: &mut Writing<'_>,
    maker: UserId,
    room: &NewRoom,
) -> Result<RoomMade, StoreError> {
    let found = |id: Id| RoomMade { room: RoomId(id.0), is_new: false };
    let known: Option<Id> = tx
        .sql
        .prepare_cached("SELECT id FROM rooms WHERE made_by = ?1 AND made_key = ?2")?
        .query_row([Id(maker.0), Id(room.key.0)], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(found(id));
    }
    if role_of_actor(tx, maker)? < Role::Member {
        return Err(StoreError::refused(ErrorCode::Forbidden, "guests can't create rooms"));
    }
    let mut others = room.people.clone();
    others.retain(|person| *person != maker);
    others.sort_unstable();
    others.dedup();
    if others.len() > ADDED_AT_ONCE {
        return Err(too_many_people());
    }
    for person in &others {
        must_exist(tx, *person)?;
    }
    let people_key = if room.kind == RoomKind::Direct {
        if !DIRECT_PEOPLE.contains(&(others.len() + 1)) {
            return Err(StoreError::refused(
                ErrorCode::Invalid,
                "a direct message is between two and nine people",
            ));
        }
        let key = people_key(maker, &others);
        let known: Option<Id> = tx
            .sql
            .prepare_cached("SELECT id FROM rooms WHERE people_key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        if let Some(id) = known {
            return Ok(found(id));
        }
        Some(key)
    } else {
        None
    };
    let id = insert(tx, maker, room, people_key, false)?;
    let pos = tx.next_pos()?;
    bring_in(tx, id, maker, room.kind, &others, pos)?;
    Ok(RoomMade { room: id, is_new: true })
}

/// The row, its `created` event, and the maker as first member.
pub(super) fn insert(
    tx: &mut Writing<'_>,
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
    let taken: bool = tx
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM rooms WHERE public_key = ?1)")?
        .query_row([public_key], |row| row.get(0))?;
    if taken {
        return Err(StoreError::refused(
            ErrorCode::NameTaken,
            "a public room with this name already exists",
        ));
    }
    let id = RoomId(tx.new_id());
    let pos = tx.next_pos()?;
    tx.sql
        .prepare_cached(
            "INSERT INTO rooms (id, kind, name, topic, public_key, people_key, made_by, made_key,
                                entrance, pos, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            Id(id.0),
            KindRow(room.kind),
            shown,
            room.topic,
            public_key,
            people_key,
            Id(maker.0),
            Id(room.key.0),
            entrance,
            Count(pos.0),
            tx.now(),
        ])?;
    let body = Created { kind: room.kind, name: shown.to_owned() };
    let body = serde_json::to_value(body).expect("a room's description is plain JSON");
    add_row(tx, id, maker, pos)?;
    log::add(tx, id, Entry { sender: maker, cid: None, kind: Content::CREATED, body, pos })?;
    settle(tx, id, maker)?;
    Ok(id)
}

/// Adds people who are not in it yet.
fn bring_in(
    tx: &mut Writing<'_>,
    room: RoomId,
    by: UserId,
    kind: RoomKind,
    people: &[UserId],
    pos: Pos,
) -> Result<(), StoreError> {
    for person in people {
        if is_inside(tx.sql, room, *person)? {
            continue;
        }
        add_row(tx, room, *person, pos)?;
        // A direct room has the same people from its first event to its last.
        if kind != RoomKind::Direct {
            let change = if *person == by { Moved::Joined } else { Moved::Added };
            log_move(tx, room, by, *person, change, pos)?;
        }
        settle(tx, room, *person)?;
    }
    let to = Audience::People(tx.members(room)?);
    tx.tell(Change::Digest { to, pos });
    Ok(())
}

fn add_row(tx: &mut Writing<'_>, room: RoomId, person: UserId, pos: Pos) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached(
            "INSERT INTO members (room, person, joined, read, delivered, pos)
             SELECT id, ?2, head + 1, head, head, ?3 FROM rooms WHERE id = ?1",
        )?
        .execute(params![Id(room.0), Id(person.0), Count(pos.0)])?;
    tx.sql
        .prepare_cached("UPDATE rooms SET members = members + 1, pos = ?2 WHERE id = ?1")?
        .execute(params![Id(room.0), Count(pos.0)])?;
    tx.members_changed(room);
    Ok(())
}

/// Who comes in has read, and needs to be sent, nothing of before; their own stream says that they
/// are in.
fn settle(tx: &mut Writing<'_>, room: RoomId, person: UserId) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached(
            "UPDATE members SET (read, delivered) = (SELECT head, head FROM rooms WHERE id = ?1)
             WHERE room = ?1 AND person = ?2",
        )?
        .execute([Id(room.0), Id(person.0)])?;
    own::put(tx, person, UserKey::Room(room), Value::Bool(true))?;
    Ok(())
}

fn take_out(
    tx: &mut Writing<'_>,
    room: RoomId,
    by: UserId,
    person: UserId,
    change: Moved,
) -> Result<(), StoreError> {
    let pos = tx.next_pos()?;
    tx.sql
        .prepare_cached("DELETE FROM members WHERE room = ?1 AND person = ?2")?
        .execute([Id(room.0), Id(person.0)])?;
    tx.sql
        .prepare_cached("DELETE FROM mentions WHERE room = ?1 AND person = ?2")?
        .execute([Id(room.0), Id(person.0)])?;
    tx.sql
        .prepare_cached("UPDATE rooms SET members = members - 1, pos = ?2 WHERE id = ?1")?
        .execute(params![Id(room.0), Count(pos.0)])?;
    tx.members_changed(room);
    // First they learn that they are out, then the others: the leaver sees nothing of it.
    own::put(tx, person, UserKey::Room(room), Value::Null)?;
    forget_own(tx, room, person)?;
    log_move(tx, room, by, person, change, pos)?;
    let to = Audience::People(tx.members(room)?);
    tx.tell(Change::Digest { to, pos });
    Ok(())
}

/// What a person kept of a room goes with it.
pub(super) fn forget_own(tx: &Writing<'_>, room: RoomId, person: UserId) -> Result<(), StoreError> {
    for key in [UserKey::Draft(room), UserKey::Mute(room), UserKey::Read(room)] {
        tx.sql
            .prepare_cached("DELETE FROM own WHERE person = ?1 AND key = ?2")?
            .execute(params![Id(person.0), key.to_string()])?;
    }
    Ok(())
}

fn log_move(
    tx: &mut Writing<'_>,
    room: RoomId,
    sender: UserId,
    user: UserId,
    change: Moved,
    pos: Pos,
) -> Result<Seq, StoreError> {
    let body = serde_json::to_value(Membership { user, change })
        .expect("a membership change is plain JSON");
    let entry = Entry { sender, cid: None, kind: Content::MEMBERSHIP, body, pos };
    log::add(tx, room, entry).map(|event| event.seq)
}

/// See [`Store::enter`](crate::store::Store::enter).
pub(super) fn enter(tx: &mut Writing<'_>, person: UserId, room: RoomId) -> Result<(), StoreError> {
    if is_inside(tx.sql, room, person)? {
        return Ok(());
    }
    let role = role_of_actor(tx, person)?;
    if kind(tx.sql, room)? != Some(RoomKind::Public) || role < Role::Member {
        return Err(no_such_room());
    }
    let pos = tx.next_pos()?;
    bring_in(tx, room, person, RoomKind::Public, &[person], pos)
}

/// Puts somebody who just came into the space where everybody is.
pub(super) fn enter_entrance(
    tx: &mut Writing<'_>,
    person: UserId,
    room: RoomId,
) -> Result<(), StoreError> {
    let pos = tx.next_pos()?;
    bring_in(tx, room, person, RoomKind::Public, &[person], pos)
}

/// See [`Store::leave`](crate::store::Store::leave).
pub(super) fn leave(tx: &mut Writing<'_>, person: UserId, room: RoomId) -> Result<(), StoreError> {
    if !is_inside(tx.sql, room, person)? {
        return Err(not_inside(tx.sql, room, person)?);
    }
    if kind(tx.sql, room)? == Some(RoomKind::Direct) {
        return Err(StoreError::refused(ErrorCode::Forbidden, "you can't leave a direct message"));
    }
    take_out(tx, room, person, person, Moved::Left)
}

/// Takes somebody out of every room but the direct ones, whose people never change.
pub(super) fn leave_all(tx: &mut Writing<'_>, person: UserId) -> Result<(), StoreError> {
    let rooms: Vec<Id> = tx
        .sql
        .prepare_cached(
            "SELECT m.room FROM members m JOIN rooms r ON r.id = m.room
             WHERE m.person = ?1 AND r.kind <> 2",
        )?
        .query_map([Id(person.0)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for room in rooms {
        take_out(tx, RoomId(room.0), person, person, Moved::Left)?;
    }
    Ok(())
}

/// See [`Store::add_members`](crate::store::Store::add_members).
pub(super) fn add(
    tx: &mut Writing<'_>,
    by: UserId,
    room: RoomId,
    people: &[UserId],
) -> Result<(), StoreError> {
    if !is_inside(tx.sql, room, by)? {
        return Err(not_inside(tx.sql, room, by)?);
    }
    let kind = kind(tx.sql, room)?.ok_or_else(no_such_room)?;
    if kind == RoomKind::Direct || role_of_actor(tx, by)? < Role::Member {
        return Err(StoreError::refused(ErrorCode::Forbidden, "you can't add people to this room"));
    }
    if people.len() > ADDED_AT_ONCE {
        return Err(too_many_people());
    }
    for person in people {
        must_exist(tx, *person)?;
    }
    let pos = tx.next_pos()?;
    bring_in(tx, room, by, kind, people, pos)
}

/// See [`Store::remove_member`](crate::store::Store::remove_member).
pub(super) fn remove(
    tx: &mut Writing<'_>,
    by: UserId,
    room: RoomId,
    person: UserId,
) -> Result<(), StoreError> {
    if by == person {
        return leave(tx, person, room);
    }
    let role = role_of_actor(tx, by)?;
    let found: Option<(KindRow, Id)> = tx
        .sql
        .prepare_cached("SELECT kind, made_by FROM rooms WHERE id = ?1")?
        .query_row([Id(room.0)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((kind, maker)) = found else {
        return Err(no_such_room());
    };
    let inside = is_inside(tx.sql, room, by)?;
    let allowed = match kind.0 {
        RoomKind::Public => role >= Role::Admin || (inside && maker.0 == by.0),
        RoomKind::Private => inside && (role >= Role::Admin || maker.0 == by.0),
        RoomKind::Direct => false,
    };
    if !allowed {
        return Err(if inside {
            StoreError::refused(
                ErrorCode::Forbidden,
                "only an admin or the room's creator can remove people",
            )
        } else {
            not_inside(tx.sql, room, by)?
        });
    }
    if !is_inside(tx.sql, room, person)? {
        return Ok(());
    }
    take_out(tx, room, by, person, Moved::Removed)
}

fn must_exist(tx: &Writing<'_>, person: UserId) -> Result<(), StoreError> {
    if role(tx.sql, person)?.is_none() {
        return Err(StoreError::refused(
            ErrorCode::Invalid,
            "one of these people isn't in the space",
        ));
    }
    Ok(())
}

fn too_many_people() -> StoreError {
    StoreError::refused(
        ErrorCode::TooLarge,
        format!("you can add up to {ADDED_AT_ONCE} people at once"),
    )
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
