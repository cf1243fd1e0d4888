//! What is read: accounts, pages, digests. Every function is called inside one read transaction.

use homing_protocol::event::Event;
use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::limits::{FRAME_BYTES, PAGE_EVENTS, PAGE_ROOMS, PING_HEADS, UPAGE_EVENTS};
use homing_protocol::{
    Cid, DeviceId, Epoch, EventId, Person, Pos, Role, RoomId, RoomInfo, RoomKind, Seq, SpaceId,
    Useq, UserId,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::own::delivered_by_viewer;
use super::room;
use super::row::{Count, Id, KindRow, RoleRow};
use crate::auth::secret::Hash;
use crate::store::{
    Credentials, Member, OwnPage, PageOf, Range, RoomsPage, Snapshot, Space, Standing, StoreError,
    Vitals,
};

/// Bytes of JSON that the events of one page may have, so that the page fits a frame with room for
/// its other fields. One event always fits: a body is at most a quarter of a frame.
const PAGE_BYTES: usize = FRAME_BYTES - 16 * 1024;
/// What an event costs beside its body.
const EVENT_BYTES: usize = 400;

pub(super) fn space(sql: &Connection) -> Result<Space, StoreError> {
    sql.query_row(
        "SELECT id, name, epoch, EXISTS (SELECT 1 FROM people WHERE role = 3) FROM space",
        [],
        |row| {
            Ok(Space {
                id: SpaceId(row.get::<_, Id>(0)?.0),
                name: row.get(1)?,
                epoch: Epoch(row.get::<_, i64>(2)?.cast_unsigned()),
                founded: row.get(3)?,
            })
        },
    )
    .optional()?
    .ok_or(StoreError::Absent)
}

pub(super) fn credentials(sql: &Connection, key: &str) -> Result<Option<Credentials>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT id, name, password, gone FROM people WHERE name_key = ?1")?
        .query_row([key], |row| {
            Ok(Credentials {
                person: UserId(row.get::<_, Id>(0)?.0),
                name: row.get(1)?,
                password: row.get(2)?,
                gone: row.get(3)?,
            })
        })
        .optional()?)
}

pub(super) fn password(sql: &Connection, person: UserId) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT password FROM people WHERE id = ?1")?
        .query_row([Id(person.0)], |row| row.get(0))
        .optional()?
        .flatten())
}

pub(super) fn standing(sql: &Connection, token: Hash) -> Result<Option<Standing>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT p.id, d.id, p.role, p.gone FROM devices d JOIN people p ON p.id = d.person
             WHERE d.token = ?1",
        )?
        .query_row([token.0], |row| {
            Ok(Standing {
                person: UserId(row.get::<_, Id>(0)?.0),
                device: DeviceId(row.get::<_, Id>(1)?.0),
                role: row.get::<_, RoleRow>(2)?.0,
                gone: row.get(3)?,
            })
        })
        .optional()?)
}

pub(super) fn devices(sql: &Connection, person: UserId) -> Result<Vec<Device>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, name, created, last_seen FROM devices WHERE person = ?1
             ORDER BY created DESC, id DESC",
        )?
        .query_map([Id(person.0)], |row| {
            Ok(Device {
                id: DeviceId(row.get::<_, Id>(0)?.0),
                name: row.get(1)?,
                created: row.get(2)?,
                last_seen: row.get(3)?,
                current: false,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

fn person_of(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: UserId(row.get::<_, Id>("id")?.0),
        name: row.get("name")?,
        role: row.get::<_, RoleRow>("role")?.0,
        gone: row.get("gone")?,
    })
}

pub(super) fn people(sql: &Connection) -> Result<Vec<Member>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT p.id, p.name, p.role, p.gone, p.password IS NOT NULL AS has_password,
                    count(d.id) AS devices, max(d.last_seen) AS last_seen
             FROM people p LEFT JOIN devices d ON d.person = p.id
             GROUP BY p.id ORDER BY p.created, p.id",
        )?
        .query_map([], |row| {
            Ok(Member {
                person: person_of(row)?,
                devices: row.get("devices")?,
                last_seen: row.get("last_seen")?,
                has_password: row.get("has_password")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// See [`Store::public_rooms`](crate::store::Store::public_rooms).
pub(super) fn public_rooms(
    sql: &Connection,
    viewer: UserId,
    after: &str,
) -> Result<RoomsPage, StoreError> {
    let all = room::role(sql, viewer)?.is_some_and(|role| role > Role::Guest);
    let mut found: Vec<(String, PublicRoom)> = sql
        .prepare_cached(
            "SELECT r.public_key, r.id, r.name, r.topic, r.members, m.person IS NOT NULL AS joined
             FROM rooms r LEFT JOIN members m ON m.room = r.id AND m.person = ?1
             WHERE r.public_key > ?3 AND r.kind = 0 AND (?2 OR m.person IS NOT NULL)
             ORDER BY r.public_key LIMIT ?4",
        )?
        .query_map(params![Id(viewer.0), all, after, PAGE_ROOMS + 1], |row| {
            let room = PublicRoom {
                room: RoomId(row.get::<_, Id>(1)?.0),
                name: row.get(2)?,
                topic: row.get(3)?,
                members: row.get(4)?,
                joined: row.get(5)?,
            };
            Ok((row.get(0)?, room))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let page = PAGE_ROOMS as usize;
    let more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| more).map(|(key, _)| key.clone());
    Ok(RoomsPage { rooms: found.into_iter().map(|(_, room)| room).collect(), next })
}

pub(super) fn members(
    sql: &Connection,
    viewer: UserId,
    of: RoomId,
) -> Result<Vec<UserId>, StoreError> {
    if !room::is_inside(sql, of, viewer)? {
        let visible = room::kind(sql, of)? == Some(RoomKind::Public)
            && room::role(sql, viewer)?.is_some_and(|role| role > Role::Guest);
        if !visible {
            return Err(room::no_such_room());
        }
    }
    Ok(people_of(sql, of)?)
}

pub(super) fn receipts(
    sql: &Connection,
    viewer: UserId,
    of: RoomId,
) -> Result<Vec<MemberReceipt>, StoreError> {
    if !room::is_inside(sql, of, viewer)? {
        return Err(room::not_inside(sql, of, viewer)?);
    }
    Ok(receipts_of(sql, of)?)
}

/// In order of joining.
pub(super) fn receipts_of(sql: &Connection, room: RoomId) -> rusqlite::Result<Vec<MemberReceipt>> {
    sql.prepare_cached(
        "SELECT person, delivered FROM members WHERE room = ?1 ORDER BY joined, person",
    )?
    .query_map([Id(room.0)], |row| {
        Ok(MemberReceipt {
            user: UserId(row.get::<_, Id>(0)?.0),
            delivered: Seq(row.get::<_, Count>(1)?.0),
        })
    })?
    .collect()
}

pub(super) fn people_of(sql: &Connection, room: RoomId) -> rusqlite::Result<Vec<UserId>> {
    sql.prepare_cached("SELECT person FROM members WHERE room = ?1 ORDER BY joined, person")?
        .query_map([Id(room.0)], |row| Ok(UserId(row.get::<_, Id>(0)?.0)))?
        .collect()
}

fn event_of(room: RoomId, row: &Row<'_>) -> rusqlite::Result<(Event, usize)> {
    let text: String = row.get("body")?;
    let size = text.len() + EVENT_BYTES;
    let event = Event {
        room,
        seq: Seq(row.get::<_, Count>("seq")?.0),
        id: EventId(row.get::<_, Id>("id")?.0),
        cid: row.get::<_, Option<Id>>("cid")?.map(|cid| Cid(cid.0)),
        sender: UserId(row.get::<_, Id>("sender")?.0),
        kind: row.get("kind")?,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        ts: row.get("ts")?,
    };
    Ok((event, size))
}

/// See [`Store::pull`](crate::store::Store::pull).
pub(super) fn pull(
    sql: &Connection,
    viewer: UserId,
    room: RoomId,
    range: Range,
) -> Result<PageOf<Event>, StoreError> {
    if !room::is_inside(sql, room, viewer)? {
        return Err(room::not_inside(sql, room, viewer)?);
    }
    let (head, min): (Count, Count) = sql
        .prepare_cached("SELECT head, min FROM rooms WHERE id = ?1")?
        .query_row([Id(room.0)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (query, from, limit) = match range {
        Range::After(seq, limit) => {
            ("SELECT * FROM events WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3", seq, limit)
        }
        Range::Before(seq, limit) => (
            "SELECT * FROM events WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
            seq,
            limit,
        ),
    };
    let mut statement = sql.prepare_cached(query)?;
    let mut rows =
        statement.query(params![Id(room.0), Count(from.0), limit.clamp(1, PAGE_EVENTS)])?;
    let mut items = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let (event, size) = event_of(room, row)?;
        bytes += size;
        if bytes > PAGE_BYTES && !items.is_empty() {
            break;
        }
        items.push(event);
    }
    let (more, too_old) = match range {
        Range::After(seq, _) => {
            let last = items.last().map_or(seq.0, |event: &Event| event.seq.0);
            (last < head.0, seq.0 + 1 < min.0)
        }
        Range::Before(seq, _) => {
            items.reverse();
            let first = items.first().map_or(seq.0, |event| event.seq.0);
            (first > min.0, seq.0 <= min.0 && min.0 > 1)
        }
    };
    if too_old {
        items.clear();
    }
    Ok(PageOf {
        more: more && !items.is_empty(),
        items,
        head: Seq(head.0),
        min: Seq(min.0),
        too_old,
    })
}

/// See [`Store::own`](crate::store::Store::own).
pub(super) fn own(
    sql: &Connection,
    person: UserId,
    after: Useq,
    limit: u32,
) -> Result<OwnPage, StoreError> {
    let head = own_head(sql, person)?;
    let limit = limit.clamp(1, UPAGE_EVENTS);
    let mut statement = sql.prepare_cached(
        "SELECT useq, key, value FROM own WHERE person = ?1 AND useq > ?2 ORDER BY useq LIMIT ?3",
    )?;
    // One more than asked for tells whether this is the end.
    let mut rows = statement.query(params![Id(person.0), Count(after.0), limit + 1])?;
    let mut items: Vec<Uevent> = Vec::new();
    let mut bytes = 0;
    let mut ended = true;
    while let Some(row) = rows.next()? {
        let (key, text): (String, String) = (row.get(1)?, row.get(2)?);
        bytes += text.len() + EVENT_BYTES;
        if items.len() >= limit as usize || (bytes > PAGE_BYTES && !items.is_empty()) {
            ended = false;
            break;
        }
        items.push(Uevent {
            useq: Useq(row.get::<_, Count>(0)?.0),
            key: UserKey::from(key.as_str()),
            value: serde_json::from_str(&text).unwrap_or(Value::Null),
        });
    }
    let upto = match items.last() {
        Some(last) if !ended => last.useq,
        _ => head,
    };
    Ok(OwnPage { items, upto, head })
}

fn own_head(sql: &Connection, person: UserId) -> rusqlite::Result<Useq> {
    sql.prepare_cached("SELECT useq FROM people WHERE id = ?1")?
        .query_row([Id(person.0)], |row| Ok(Useq(row.get::<_, Count>(0)?.0)))
}

/// See [`Store::snapshot`](crate::store::Store::snapshot).
pub(super) fn snapshot(
    sql: &Connection,
    person: UserId,
    since: Pos,
) -> Result<Snapshot, StoreError> {
    let pos: Count =
        sql.prepare_cached("SELECT pos FROM space")?.query_row([], |row| row.get(0))?;
    let mut rooms: Vec<RoomInfo> = sql
        .prepare_cached(
            "SELECT r.id, r.kind, r.name, r.topic, r.members, r.head, r.min, m.read,
                    max(r.pos, m.pos) AS changed,
                    max(r.messages - coalesce((SELECT e.messages FROM events e
                         WHERE e.room = r.id AND e.seq = m.read), 0) - m.own_after, 0) AS unread,
                    (SELECT count(*) FROM mentions n WHERE n.person = m.person
                         AND n.room = r.id AND n.seq > m.read) AS mentions
             FROM members m JOIN rooms r ON r.id = m.room
             WHERE m.person = ?1 AND (r.pos > ?2 OR m.pos > ?2) ORDER BY changed",
        )?
        .query_map(params![Id(person.0), Count(since.0)], |row| {
            Ok(RoomInfo {
                room: RoomId(row.get::<_, Id>("id")?.0),
                kind: row.get::<_, KindRow>("kind")?.0,
                name: row.get("name")?,
                topic: row.get("topic")?,
                members: row.get("members")?,
                people: Vec::new(),
                head: Seq(row.get::<_, Count>("head")?.0),
                min: Seq(row.get::<_, Count>("min")?.0),
                read: Seq(row.get::<_, Count>("read")?.0),
                unread: row.get("unread")?,
                mentions: row.get("mentions")?,
                delivered: Seq(0),
                pos: Pos(row.get::<_, Count>("changed")?.0),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    for room in &mut rooms {
        if room.kind == RoomKind::Direct {
            room.people = people_of(sql, room.room)?;
        }
        room.delivered = delivered(sql, room.room, room.members, person)?;
    }
    let people = sql
        .prepare_cached("SELECT id, name, role, gone FROM people WHERE pos > ?1 ORDER BY pos")?
        .query_map([Count(since.0)], person_of)?
        .collect::<rusqlite::Result<_>>()?;
    let space_name =
        sql.prepare_cached("SELECT name FROM space")?.query_row([], |row| row.get(0))?;
    Ok(Snapshot { pos: Pos(pos.0), useq: own_head(sql, person)?, rooms, people, space_name })
}

fn delivered(
    sql: &Connection,
    room: RoomId,
    members: u32,
    viewer: UserId,
) -> rusqlite::Result<Seq> {
    if members > super::own::RECEIPT_MEMBERS {
        return Ok(Seq(0));
    }
    Ok(delivered_by_viewer(&receipts_of(sql, room)?)
        .into_iter()
        .find(|(who, _)| *who == viewer)
        .map_or(Seq(0), |(_, seq)| seq))
}

/// See [`Store::vitals`](crate::store::Store::vitals).
pub(super) fn vitals(
    sql: &Connection,
    person: UserId,
    device: DeviceId,
) -> Result<Vitals, StoreError> {
    let gone = sql
        .prepare_cached(
            "SELECT p.gone FROM devices d JOIN people p ON p.id = d.person
             WHERE d.id = ?1 AND p.id = ?2",
        )?
        .query_row([Id(device.0), Id(person.0)], |row| row.get(0))
        .optional()?;
    let heads = sql
        .prepare_cached(
            "SELECT r.id, r.head FROM members m JOIN rooms r ON r.id = m.room
             WHERE m.person = ?1 ORDER BY r.pos DESC LIMIT ?2",
        )?
        .query_map(params![Id(person.0), PING_HEADS as i64], |row| {
            Ok((RoomId(row.get::<_, Id>(0)?.0), Seq(row.get::<_, Count>(1)?.0)))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Vitals { gone, useq: own_head(sql, person)?, heads })
}
