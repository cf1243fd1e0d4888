//! The table `quotes`.

use homing_protocol::{MessageRef, RoomId, Seq};
use rusqlite::{Connection, Result, params};

use super::super::row::{Count, Id};

pub(crate) fn insert(sql: &Connection, room: RoomId, of: MessageRef, by: Seq) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO quotes (room, sender, cid, seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![Id(room.0), Id(of.user.0), Id(of.cid.0), Count(by.0)])?;
    Ok(())
}

/// Returns the replies.
pub(crate) fn take(sql: &Connection, room: RoomId, of: MessageRef) -> Result<Vec<Seq>> {
    sql.prepare_cached(
        "DELETE FROM quotes WHERE room = ?1 AND sender = ?2 AND cid = ?3 RETURNING seq",
    )?
    .query_map([Id(room.0), Id(of.user.0), Id(of.cid.0)], |row| Ok(Seq(row.get::<_, Count>(0)?.0)))?
    .collect()
}

pub(crate) fn delete(sql: &Connection, room: RoomId, of: MessageRef, by: Seq) -> Result<()> {
    sql.prepare_cached(
        "DELETE FROM quotes WHERE room = ?1 AND sender = ?2 AND cid = ?3 AND seq = ?4",
    )?
    .execute(params![Id(room.0), Id(of.user.0), Id(of.cid.0), Count(by.0)])?;
    Ok(())
}

pub(crate) fn delete_some(sql: &Connection, room: RoomId, limit: u32) -> Result<usize> {
    sql.prepare_cached(
        "DELETE FROM quotes WHERE (room, sender, cid, seq) IN
         (SELECT room, sender, cid, seq FROM quotes WHERE room = ?1 LIMIT ?2)",
    )?
    .execute(params![Id(room.0), limit])
}
