//! The tables `restores` and `restored_rooms`.

use homing_protocol::limits::RESTORES;
use homing_protocol::people::Restore;
use homing_protocol::{Epoch, RoomId, Seq};
use rusqlite::{Connection, Result, params};

use super::super::row::{Count, Id};

/// The newest restores of a room, oldest first.
pub(crate) fn of(sql: &Connection, room: RoomId) -> Result<Vec<Restore>> {
    let mut restores: Vec<Restore> = sql
        .prepare_cached(
            "SELECT r.epoch, k.head FROM restored_rooms k JOIN restores r ON r.number = k.restore
             WHERE k.room = ?1 ORDER BY k.restore DESC LIMIT ?2",
        )?
        .query_map(params![Id(room.0), RESTORES], |row| {
            let epoch = Epoch(row.get::<_, i64>(0)?.cast_unsigned());
            Ok(Restore { epoch, head: Seq(row.get::<_, Count>(1)?.0) })
        })?
        .collect::<Result<_>>()?;
    restores.reverse();
    Ok(restores)
}

/// Whether a restore may have lost what was committed at this time.
pub(crate) fn may_have_lost(sql: &Connection, ts: i64) -> Result<bool> {
    sql.prepare_cached("SELECT EXISTS (SELECT 1 FROM restores WHERE ?1 BETWEEN since AND until)")?
        .query_row([ts], |row| row.get(0))
}

/// Stores that this database is a copy that is restored now. The clock of the server that was lost may
/// have been ahead.
pub(crate) fn insert(sql: &Connection, now: i64) -> Result<()> {
    sql.execute(
        "INSERT INTO restores (epoch, since, until)
         SELECT epoch, min(coalesce((SELECT max(ts) FROM events), created), ?1), ?1 FROM space",
        [now],
    )?;
    sql.execute(
        "INSERT INTO restored_rooms (room, restore, head) SELECT id, ?1, head FROM rooms",
        [sql.last_insert_rowid()],
    )?;
    Ok(())
}
