//! The table `space`.

use homing_protocol::{Epoch, Pos, SpaceId};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use super::super::row::{Count, Id};
use crate::store::rows::SpaceRow;

pub(crate) fn get(sql: &Connection) -> Result<Option<SpaceRow>> {
    sql.prepare_cached("SELECT id, name, epoch, pos FROM space")?
        .query_row([], |row| {
            Ok(SpaceRow {
                id: SpaceId(row.get::<_, Id>(0)?.0),
                name: row.get(1)?,
                epoch: Epoch(row.get::<_, i64>(2)?.cast_unsigned()),
                pos: Pos(row.get::<_, Count>(3)?.0),
            })
        })
        .optional()
}

pub(crate) fn insert(sql: &Connection, space: &SpaceRow, created: i64) -> Result<()> {
    sql.execute(
        "INSERT INTO space (one, id, name, epoch, pos, created) VALUES (1, ?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        params![Id(space.id.0), space.name, bits(space.epoch), Count(space.pos.0), created],
    )?;
    Ok(())
}

const fn bits(epoch: Epoch) -> i64 {
    epoch.0.cast_signed()
}

pub(crate) fn set_epoch(sql: &Connection, epoch: Epoch) -> Result<()> {
    sql.execute("UPDATE space SET epoch = ?1", [bits(epoch)])?;
    Ok(())
}

pub(crate) fn set_name(sql: &Connection, name: &str) -> Result<()> {
    sql.execute("UPDATE space SET name = ?1", [name])?;
    Ok(())
}

pub(crate) fn next_pos(sql: &Connection) -> Result<Pos> {
    sql.prepare_cached("UPDATE space SET pos = pos + 1 RETURNING pos")?
        .query_row([], |row| Ok(Pos(row.get::<_, Count>(0)?.0)))
}
