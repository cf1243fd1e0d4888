//! The table `events`.

use homing_protocol::event::Event;
use homing_protocol::{Body, Cid, EventId, RoomId, Seq, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use serde_json::Value;

use super::super::row::{Count, Id};
use crate::store::LogRange;
use crate::store::rows::{EventRow, Page, PageBudget};

pub(crate) fn page(
    sql: &Connection,
    room: RoomId,
    range: LogRange,
    mut budget: PageBudget,
) -> Result<Page<Event>> {
    let (query, from) = match range {
        LogRange::After(seq, _) => {
            ("SELECT * FROM events WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3", seq)
        }
        LogRange::Before(seq, _) => {
            ("SELECT * FROM events WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3", seq)
        }
    };
    let mut statement = sql.prepare_cached(query)?;
    let mut found = statement.query(params![Id(room.0), Count(from.0), budget.asked()])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let body: String = row.get("body")?;
        if !budget.admits(body.len()) {
            return Ok(Page { rows, cut: true });
        }
        rows.push(event_of(room, row, body)?);
    }
    Ok(Page { rows, cut: false })
}

fn event_of(room: RoomId, row: &Row<'_>, body: String) -> Result<Event> {
    Ok(Event {
        room,
        seq: Seq(row.get::<_, Count>("seq")?.0),
        id: EventId(row.get::<_, Id>("id")?.0),
        cid: row.get::<_, Option<Id>>("cid")?.map(|cid| Cid(cid.0)),
        sender: UserId(row.get::<_, Id>("sender")?.0),
        kind: row.get("kind")?,
        body: body_of(body),
        ts: row.get("ts")?,
    })
}

/// A body that is damaged reads as null, so that it hides no other event.
fn body_of(text: String) -> Body {
    Body::from_json(text).unwrap_or_else(|_| Value::Null.into())
}

pub(crate) fn by_cid(sql: &Connection, sender: UserId, cid: Cid) -> Result<Option<EventRow>> {
    sql.prepare_cached(
        "SELECT room, seq, id, ts, kind, body FROM events WHERE sender = ?1 AND cid = ?2",
    )?
    .query_row([Id(sender.0), Id(cid.0)], |row| {
        Ok(EventRow {
            room: RoomId(row.get::<_, Id>(0)?.0),
            seq: Seq(row.get::<_, Count>(1)?.0),
            id: EventId(row.get::<_, Id>(2)?.0),
            ts: row.get(3)?,
            kind: row.get(4)?,
            body: body_of(row.get(5)?),
        })
    })
    .optional()
}

pub(crate) fn insert(sql: &Connection, event: &Event, messages: u64) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO events (room, seq, id, sender, cid, kind, body, ts, messages)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Id(event.room.0),
        Count(event.seq.0),
        Id(event.id.0),
        Id(event.sender.0),
        event.cid.map(|cid| Id(cid.0)),
        event.kind,
        event.body.as_json(),
        event.ts,
        Count(messages),
    ])?;
    Ok(())
}

pub(crate) fn count(
    sql: &Connection,
    room: RoomId,
    sender: UserId,
    kind: &str,
    after: Seq,
) -> Result<u64> {
    sql.prepare_cached(
        "SELECT count(*) FROM events
         WHERE room = ?1 AND seq > ?3 AND sender = ?2 AND kind = ?4",
    )?
    .query_row(params![Id(room.0), Id(sender.0), Count(after.0), kind], |row| {
        Ok(row.get::<_, Count>(0)?.0)
    })
}

pub(crate) fn delete_some(sql: &Connection, room: RoomId, limit: u32) -> Result<usize> {
    sql.prepare_cached(
        "DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE room = ?1 LIMIT ?2)",
    )?
    .execute(params![Id(room.0), limit])
}
