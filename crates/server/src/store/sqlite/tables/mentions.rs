//! The table `mentions`.

use homing_protocol::{RoomId, Seq, UserId};
use rusqlite::{Connection, Result, params};

use super::super::row::{Count, Id};

pub(crate) fn insert(sql: &Connection, person: UserId, room: RoomId, seq: Seq) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO mentions (person, room, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute(params![Id(person.0), Id(room.0), Count(seq.0)])?;
    Ok(())
}

pub(crate) fn delete(sql: &Connection, person: UserId, room: RoomId, seq: Seq) -> Result<()> {
    sql.prepare_cached("DELETE FROM mentions WHERE person = ?1 AND room = ?2 AND seq = ?3")?
        .execute(params![Id(person.0), Id(room.0), Count(seq.0)])?;
    Ok(())
}

pub(crate) fn delete_until(sql: &Connection, person: UserId, room: RoomId, seq: Seq) -> Result<()> {
    sql.prepare_cached("DELETE FROM mentions WHERE person = ?1 AND room = ?2 AND seq <= ?3")?
        .execute(params![Id(person.0), Id(room.0), Count(seq.0)])?;
    Ok(())
}

pub(crate) fn delete_of(sql: &Connection, person: UserId, room: RoomId) -> Result<()> {
    sql.prepare_cached("DELETE FROM mentions WHERE person = ?1 AND room = ?2")?
        .execute([Id(person.0), Id(room.0)])?;
    Ok(())
}

pub(crate) fn delete_of_room(sql: &Connection, room: RoomId) -> Result<()> {
    sql.prepare_cached("DELETE FROM mentions WHERE room = ?1")?.execute([Id(room.0)])?;
    Ok(())
}
