//! The table `reactions`.

use homing_protocol::{RoomId, Seq, UserId};
use rusqlite::{Connection, Result, params};

use super::super::row::{Count, Id};
use crate::store::rows::{ReactionKey, ReactionRow};

/// In order of the first of each emoji.
pub(crate) fn of(
    sql: &Connection,
    room: RoomId,
    target: Seq,
    viewer: Option<UserId>,
) -> Result<Vec<ReactionRow>> {
    sql.prepare_cached(
        "SELECT emoji, count(*), coalesce(max(person = ?3), 0), min(seq) AS first FROM reactions
         WHERE room = ?1 AND target = ?2 GROUP BY emoji ORDER BY first",
    )?
    .query_map(params![Id(room.0), Count(target.0), viewer.map(|person| Id(person.0))], |row| {
        Ok(ReactionRow { emoji: row.get(0)?, count: row.get(1)?, mine: row.get(2)? })
    })?
    .collect()
}

/// In order of their reactions.
pub(crate) fn people(
    sql: &Connection,
    room: RoomId,
    target: Seq,
    emoji: &str,
    limit: usize,
) -> Result<Vec<UserId>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.prepare_cached(
        "SELECT person FROM reactions INDEXED BY reactions_by_seq
         WHERE room = ?1 AND target = ?2 AND emoji = ?3 ORDER BY seq LIMIT ?4",
    )?
    .query_map(params![Id(room.0), Count(target.0), emoji, limit], |row| {
        Ok(UserId(row.get::<_, Id>(0)?.0))
    })?
    .collect()
}

pub(crate) fn insert(sql: &Connection, key: ReactionKey<'_>, seq: Seq) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO reactions (room, target, emoji, person, seq) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        Id(key.room.0),
        Count(key.target.0),
        key.emoji,
        Id(key.person.0),
        Count(seq.0)
    ])?;
    Ok(())
}

pub(crate) fn delete(sql: &Connection, key: ReactionKey<'_>) -> Result<()> {
    sql.prepare_cached(
        "DELETE FROM reactions WHERE room = ?1 AND target = ?2 AND emoji = ?3 AND person = ?4",
    )?
    .execute(params![Id(key.room.0), Count(key.target.0), key.emoji, Id(key.person.0)])?;
    Ok(())
}

pub(crate) fn delete_of(sql: &Connection, room: RoomId, target: Seq) -> Result<()> {
    sql.prepare_cached("DELETE FROM reactions WHERE room = ?1 AND target = ?2")?
        .execute(params![Id(room.0), Count(target.0)])?;
    Ok(())
}

pub(crate) fn delete_some(sql: &Connection, room: RoomId, limit: u32) -> Result<usize> {
    sql.prepare_cached(
        "DELETE FROM reactions WHERE (room, target, emoji, person) IN
         (SELECT room, target, emoji, person FROM reactions WHERE room = ?1 LIMIT ?2)",
    )?
    .execute(params![Id(room.0), limit])
}
