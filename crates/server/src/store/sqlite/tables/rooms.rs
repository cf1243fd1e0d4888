//! The table `rooms`.

use homing_protocol::http::PublicRoom;
use homing_protocol::{Cid, Pos, RoomId, RoomKind, Seq, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use super::super::row::{Count, Id, RoomKindRow};
use crate::store::RoomSummary;
use crate::store::rows::{Listed, RoomInsert, RoomKeys, RoomRow};

pub(crate) fn get(sql: &Connection, room: RoomId) -> Result<Option<RoomRow>> {
    sql.prepare_cached("SELECT kind, made_by, head, min FROM rooms WHERE id = ?1")?
        .query_row([Id(room.0)], |row| {
            Ok(RoomRow {
                kind: row.get::<_, RoomKindRow>(0)?.0,
                made_by: UserId(row.get::<_, Id>(1)?.0),
                head: Seq(row.get::<_, Count>(2)?.0),
                min: Seq(row.get::<_, Count>(3)?.0),
            })
        })
        .optional()
}

pub(crate) fn all(sql: &Connection) -> Result<Vec<RoomSummary>> {
    sql.prepare_cached(
        "SELECT r.id, r.kind, r.name, r.members, r.messages, p.name FROM rooms r
         JOIN people p ON p.id = r.made_by ORDER BY r.created, r.id",
    )?
    .query_map([], |row| {
        Ok(RoomSummary {
            id: RoomId(row.get::<_, Id>(0)?.0),
            kind: row.get::<_, RoomKindRow>(1)?.0,
            name: row.get(2)?,
            members: row.get(3)?,
            messages: row.get::<_, Count>(4)?.0,
            made_by: row.get(5)?,
        })
    })?
    .collect()
}

pub(crate) fn public(
    sql: &Connection,
    viewer: UserId,
    listed: Listed,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, PublicRoom)>> {
    sql.prepare_cached(
        "SELECT r.public_key, r.id, r.name, r.topic, r.members, m.person IS NOT NULL AS joined
         FROM rooms r LEFT JOIN members m ON m.room = r.id AND m.person = ?1
         WHERE r.public_key > ?3 AND r.kind = ?5 AND (?2 OR m.person IS NOT NULL)
         ORDER BY r.public_key LIMIT ?4",
    )?
    .query_map(
        params![Id(viewer.0), listed == Listed::All, after, limit, RoomKindRow(RoomKind::Public)],
        |row| {
            let room = PublicRoom {
                room: RoomId(row.get::<_, Id>(1)?.0),
                name: row.get(2)?,
                topic: row.get(3)?,
                members: row.get(4)?,
                joined: row.get(5)?,
            };
            Ok((row.get(0)?, room))
        },
    )?
    .collect()
}

pub(crate) fn entrances(sql: &Connection) -> Result<Vec<RoomId>> {
    sql.prepare_cached("SELECT id FROM rooms WHERE entrance = 1")?
        .query_map([], |row| Ok(RoomId(row.get::<_, Id>(0)?.0)))?
        .collect()
}

pub(crate) fn by_attempt(sql: &Connection, maker: UserId, key: Cid) -> Result<Option<RoomId>> {
    sql.prepare_cached("SELECT id FROM rooms WHERE made_by = ?1 AND made_key = ?2")?
        .query_row([Id(maker.0), Id(key.0)], |row| Ok(RoomId(row.get::<_, Id>(0)?.0)))
        .optional()
}

pub(crate) fn by_people(sql: &Connection, key: [u8; 32]) -> Result<Option<RoomId>> {
    sql.prepare_cached("SELECT id FROM rooms WHERE people_key = ?1")?
        .query_row([key], |row| Ok(RoomId(row.get::<_, Id>(0)?.0)))
        .optional()
}

pub(crate) fn by_name(sql: &Connection, key: &str) -> Result<Option<RoomId>> {
    sql.prepare_cached("SELECT id FROM rooms WHERE public_key = ?1")?
        .query_row([key], |row| Ok(RoomId(row.get::<_, Id>(0)?.0)))
        .optional()
}

pub(crate) fn insert(sql: &Connection, room: &RoomInsert<'_>) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO rooms (id, kind, name, topic, public_key, people_key, made_by, made_key,
                            entrance, pos, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        Id(room.id.0),
        RoomKindRow(room.keys.kind),
        room.name,
        room.topic,
        room.keys.public,
        room.keys.people,
        Id(room.made_by.0),
        Id(room.made_key.0),
        room.keys.entrance,
        Count(room.pos.0),
        room.created,
    ])?;
    Ok(())
}

pub(crate) fn describe(
    sql: &Connection,
    room: RoomId,
    name: &str,
    topic: &str,
    public_key: Option<&str>,
) -> Result<()> {
    sql.prepare_cached("UPDATE rooms SET name = ?2, topic = ?3, public_key = ?4 WHERE id = ?1")?
        .execute(params![Id(room.0), name, topic, public_key])?;
    Ok(())
}

pub(crate) fn set_keys(sql: &Connection, room: RoomId, keys: RoomKeys<'_>) -> Result<()> {
    sql.prepare_cached(
        "UPDATE rooms SET kind = ?2, public_key = ?3, people_key = ?4, entrance = ?5
         WHERE id = ?1",
    )?
    .execute(params![
        Id(room.0),
        RoomKindRow(keys.kind),
        keys.public,
        keys.people,
        keys.entrance
    ])?;
    Ok(())
}

pub(crate) fn set_pos(sql: &Connection, room: RoomId, pos: Pos) -> Result<()> {
    sql.prepare_cached("UPDATE rooms SET pos = ?2 WHERE id = ?1")?
        .execute(params![Id(room.0), Count(pos.0)])?;
    Ok(())
}

pub(crate) fn add_member_count(sql: &Connection, room: RoomId, by: i64, pos: Pos) -> Result<()> {
    sql.prepare_cached("UPDATE rooms SET members = members + ?2, pos = ?3 WHERE id = ?1")?
        .execute(params![Id(room.0), by, Count(pos.0)])?;
    Ok(())
}

pub(crate) fn advance_head(sql: &Connection, room: RoomId, messages: u8, pos: Pos) -> Result<Seq> {
    sql.prepare_cached(
        "UPDATE rooms SET head = head + 1, messages = messages + ?2, pos = ?3
         WHERE id = ?1 RETURNING head",
    )?
    .query_row(params![Id(room.0), messages, Count(pos.0)], |row| {
        Ok(Seq(row.get::<_, Count>(0)?.0))
    })
}

pub(crate) fn delete(sql: &Connection, room: RoomId) -> Result<()> {
    sql.prepare_cached("DELETE FROM rooms WHERE id = ?1")?.execute([Id(room.0)])?;
    Ok(())
}
