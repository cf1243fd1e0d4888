//! Taking a room away, with all that was said in it.
//!
//! First everybody is out, in one step, so that it is gone from every screen. Then the log is deleted
//! in parts, between which others write. Interrupted, it can be asked for again and goes on.

use homing_protocol::frame::UserKey;
use homing_protocol::{ErrorCode, RoomId, UserId};
use rusqlite::{Connection, params};
use serde_json::Value;

use super::desk::Writing;
use super::row::{Count, Id, KindRow};
use super::{own, room};
use crate::store::{RoomKept, StoreError};

/// Events deleted at once: some ten milliseconds.
const PART: u32 = 1000;

/// Takes everybody out, without a word in a log that nobody reads any more.
pub(super) fn empty(tx: &mut Writing<'_>, room: RoomId) -> Result<(), StoreError> {
    if room::kind(tx.sql, room)?.is_none() {
        return Err(StoreError::refused(ErrorCode::NotFound, "no such room"));
    }
    let people: Vec<UserId> = tx.members(room)?.to_vec();
    let pos = tx.next_pos()?;
    tx.sql.prepare_cached("DELETE FROM members WHERE room = ?1")?.execute([Id(room.0)])?;
    tx.sql.prepare_cached("DELETE FROM mentions WHERE room = ?1")?.execute([Id(room.0)])?;
    // Private and without a name that is taken: nobody finds it, and its name is free at once.
    tx.sql
        .prepare_cached(
            "UPDATE rooms SET kind = 1, public_key = NULL, people_key = NULL, entrance = 0,
                    members = 0, pos = ?2
             WHERE id = ?1",
        )?
        .execute(params![Id(room.0), Count(pos.0)])?;
    tx.members_changed(room);
    for person in people {
        own::put(tx, person, UserKey::Room(room), Value::Null)?;
        room::forget_own(tx, room, person)?;
    }
    Ok(())
}

/// Deletes a part of the log, and with the last one the room. Answers whether that is done.
pub(super) fn delete_part(tx: &Writing<'_>, room: RoomId) -> Result<bool, StoreError> {
    let deleted = tx
        .sql
        .prepare_cached(
            "DELETE FROM events WHERE rowid IN
                 (SELECT rowid FROM events WHERE room = ?1 LIMIT ?2)",
        )?
        .execute(params![Id(room.0), PART])?;
    if deleted > 0 {
        return Ok(false);
    }
    tx.sql.prepare_cached("DELETE FROM rooms WHERE id = ?1")?.execute([Id(room.0)])?;
    Ok(true)
}

/// See [`Store::rooms`](crate::store::Store::rooms).
pub(super) fn rooms(sql: &Connection) -> Result<Vec<RoomKept>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT r.id, r.kind, r.name, r.members, r.messages, p.name FROM rooms r
             JOIN people p ON p.id = r.made_by ORDER BY r.created, r.id",
        )?
        .query_map([], |row| {
            Ok(RoomKept {
                id: RoomId(row.get::<_, Id>(0)?.0),
                kind: row.get::<_, KindRow>(1)?.0,
                name: row.get(2)?,
                members: row.get(3)?,
                messages: row.get::<_, Count>(4)?.0,
                made_by: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}
