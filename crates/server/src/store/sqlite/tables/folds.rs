//! The table `folds`.

use homing_protocol::{RoomId, Seq, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use super::super::row::{Count, Id};
use crate::store::Span;
use crate::store::rows::FoldRow;

fn fold_of(row: &Row<'_>) -> Result<FoldRow> {
    Ok(FoldRow {
        seq: Seq(row.get::<_, Count>(0)?.0),
        edit: row.get::<_, Option<Count>>(1)?.map(|seq| Seq(seq.0)),
        pinned: row.get(2)?,
        gone: row.get::<_, Option<Id>>(3)?.map(|person| UserId(person.0)),
    })
}

pub(crate) fn get(sql: &Connection, room: RoomId, seq: Seq) -> Result<Option<FoldRow>> {
    sql.prepare_cached("SELECT seq, edit, pinned, gone FROM folds WHERE room = ?1 AND seq = ?2")?
        .query_row(params![Id(room.0), Count(seq.0)], fold_of)
        .optional()
}

pub(crate) fn within(sql: &Connection, room: RoomId, span: Span) -> Result<Vec<FoldRow>> {
    sql.prepare_cached(
        "SELECT seq, edit, pinned, gone FROM folds
         WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
    )?
    .query_map(params![Id(room.0), Count(span.from.0), Count(span.to.0)], fold_of)?
    .collect()
}

pub(crate) fn put(sql: &Connection, room: RoomId, fold: FoldRow) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO folds (room, seq, edit, pinned, gone) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (room, seq) DO UPDATE
         SET edit = excluded.edit, pinned = excluded.pinned, gone = excluded.gone",
    )?
    .execute(params![
        Id(room.0),
        Count(fold.seq.0),
        fold.edit.map(|seq| Count(seq.0)),
        fold.pinned,
        fold.gone.map(|person| Id(person.0)),
    ])?;
    Ok(())
}

pub(crate) fn delete_some(sql: &Connection, room: RoomId, limit: u32) -> Result<usize> {
    sql.prepare_cached(
        "DELETE FROM folds WHERE (room, seq) IN
         (SELECT room, seq FROM folds WHERE room = ?1 LIMIT ?2)",
    )?
    .execute(params![Id(room.0), limit])
}
