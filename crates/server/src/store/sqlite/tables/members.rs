//! The table `members`.

use homing_protocol::http::MemberReceipt;
use homing_protocol::{Pos, RoomId, RoomKind, Seq, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use super::super::row::{Count, Id, RoleRow, RoomKindRow};
use crate::store::rows::{Marks, MemberInsert, MemberRoomRow, MembershipRow, ProgressRow};

pub(crate) fn is_in(sql: &Connection, room: RoomId, person: UserId) -> Result<bool> {
    sql.prepare_cached("SELECT EXISTS (SELECT 1 FROM members WHERE room = ?1 AND person = ?2)")?
        .query_row([Id(room.0), Id(person.0)], |row| row.get(0))
}

pub(crate) fn of_room(sql: &Connection, room: RoomId) -> Result<Vec<UserId>> {
    sql.prepare_cached("SELECT person FROM members WHERE room = ?1 ORDER BY joined, person")?
        .query_map([Id(room.0)], |row| Ok(UserId(row.get::<_, Id>(0)?.0)))?
        .collect()
}

/// In the order of the primary key, without sorting.
pub(crate) fn audience(sql: &Connection, room: RoomId) -> Result<Vec<UserId>> {
    sql.prepare_cached("SELECT person FROM members WHERE room = ?1")?
        .query_map([Id(room.0)], |row| Ok(UserId(row.get::<_, Id>(0)?.0)))?
        .collect()
}

pub(crate) fn receipts(sql: &Connection, room: RoomId) -> Result<Vec<MemberReceipt>> {
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

pub(crate) fn changed_rooms(
    sql: &Connection,
    person: UserId,
    since: Pos,
    most_unread: u32,
) -> Result<Vec<MemberRoomRow>> {
    sql.prepare_cached(
        "SELECT r.id, r.kind, r.name, r.topic, r.members, r.head, r.min, m.read,
                max(r.pos, m.pos) AS changed,
                (SELECT count(*) FROM
                     (SELECT 1 FROM events e INDEXED BY events_counted
                      WHERE e.room = r.id AND e.seq > m.read AND e.sender <> m.person
                          AND e.counted = 1 LIMIT ?3)) AS unread,
                (SELECT count(*) FROM mentions n WHERE n.person = m.person
                     AND n.room = r.id AND n.seq > m.read) AS mentions
         FROM members m JOIN rooms r ON r.id = m.room
         WHERE m.person = ?1 AND (r.pos > ?2 OR m.pos > ?2) ORDER BY changed",
    )?
    .query_map(params![Id(person.0), Count(since.0), most_unread], |row| {
        Ok(MemberRoomRow {
            room: RoomId(row.get::<_, Id>("id")?.0),
            kind: row.get::<_, RoomKindRow>("kind")?.0,
            name: row.get("name")?,
            topic: row.get("topic")?,
            members: row.get("members")?,
            head: Seq(row.get::<_, Count>("head")?.0),
            min: Seq(row.get::<_, Count>("min")?.0),
            read: Seq(row.get::<_, Count>("read")?.0),
            pos: Pos(row.get::<_, Count>("changed")?.0),
            unread: row.get("unread")?,
            mentions: row.get("mentions")?,
        })
    })?
    .collect()
}

pub(crate) fn heads(sql: &Connection, person: UserId, limit: usize) -> Result<Vec<(RoomId, Seq)>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.prepare_cached(
        "SELECT r.id, r.head FROM members m JOIN rooms r ON r.id = m.room
         WHERE m.person = ?1 ORDER BY r.pos DESC LIMIT ?2",
    )?
    .query_map(params![Id(person.0), limit], |row| {
        Ok((RoomId(row.get::<_, Id>(0)?.0), Seq(row.get::<_, Count>(1)?.0)))
    })?
    .collect()
}

pub(crate) fn membership(
    sql: &Connection,
    room: RoomId,
    person: UserId,
) -> Result<Option<MembershipRow>> {
    sql.prepare_cached(
        "SELECT r.kind, p.role, p.gone FROM members m
         JOIN rooms r ON r.id = m.room JOIN people p ON p.id = m.person
         WHERE m.room = ?1 AND m.person = ?2",
    )?
    .query_row([Id(room.0), Id(person.0)], |row| {
        Ok(MembershipRow {
            kind: row.get::<_, RoomKindRow>(0)?.0,
            role: row.get::<_, RoleRow>(1)?.0,
            gone: row.get(2)?,
        })
    })
    .optional()
}

pub(crate) fn progress(
    sql: &Connection,
    room: RoomId,
    person: UserId,
) -> Result<Option<ProgressRow>> {
    sql.prepare_cached(
        "SELECT m.read, m.delivered, r.head FROM members m JOIN rooms r ON r.id = m.room
         WHERE m.room = ?1 AND m.person = ?2",
    )?
    .query_row([Id(room.0), Id(person.0)], |row| {
        let marks = Marks {
            read: Seq(row.get::<_, Count>(0)?.0),
            delivered: Seq(row.get::<_, Count>(1)?.0),
        };
        Ok(ProgressRow { marks, head: Seq(row.get::<_, Count>(2)?.0) })
    })
    .optional()
}

pub(crate) fn rooms_of(sql: &Connection, person: UserId) -> Result<Vec<(RoomId, RoomKind)>> {
    sql.prepare_cached(
        "SELECT r.id, r.kind FROM members m JOIN rooms r ON r.id = m.room WHERE m.person = ?1",
    )?
    .query_map([Id(person.0)], |row| {
        Ok((RoomId(row.get::<_, Id>(0)?.0), row.get::<_, RoomKindRow>(1)?.0))
    })?
    .collect()
}

pub(crate) fn insert(sql: &Connection, member: MemberInsert) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO members (room, person, joined, read, delivered, pos)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        Id(member.room.0),
        Id(member.person.0),
        Count(member.joined.0),
        Count(member.marks.read.0),
        Count(member.marks.delivered.0),
        Count(member.pos.0),
    ])?;
    Ok(())
}

pub(crate) fn set_marks(
    sql: &Connection,
    room: RoomId,
    person: UserId,
    marks: Marks,
) -> Result<()> {
    sql.prepare_cached(
        "UPDATE members SET read = ?3, delivered = ?4 WHERE room = ?1 AND person = ?2",
    )?
    .execute(params![
        Id(room.0),
        Id(person.0),
        Count(marks.read.0),
        Count(marks.delivered.0)
    ])?;
    Ok(())
}

pub(crate) fn set_read(
    sql: &Connection,
    room: RoomId,
    person: UserId,
    read: Seq,
    pos: Pos,
) -> Result<()> {
    sql.prepare_cached("UPDATE members SET read = ?3, pos = ?4 WHERE room = ?1 AND person = ?2")?
        .execute(params![Id(room.0), Id(person.0), Count(read.0), Count(pos.0)])?;
    Ok(())
}

pub(crate) fn set_delivered(
    sql: &Connection,
    room: RoomId,
    person: UserId,
    seq: Seq,
) -> Result<()> {
    sql.prepare_cached("UPDATE members SET delivered = ?3 WHERE room = ?1 AND person = ?2")?
        .execute(params![Id(room.0), Id(person.0), Count(seq.0)])?;
    Ok(())
}

pub(crate) fn delete(sql: &Connection, room: RoomId, person: UserId) -> Result<()> {
    sql.prepare_cached("DELETE FROM members WHERE room = ?1 AND person = ?2")?
        .execute([Id(room.0), Id(person.0)])?;
    Ok(())
}

pub(crate) fn delete_of_room(sql: &Connection, room: RoomId) -> Result<()> {
    sql.prepare_cached("DELETE FROM members WHERE room = ?1")?.execute([Id(room.0)])?;
    Ok(())
}
