//! The table `events`.

use homing_protocol::event::Event;
use homing_protocol::{Body, Cid, Content, EventId, Origin, RoomId, Seq, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, Rows, params};
use serde_json::Value;

use super::super::row::{Count, Id};
use crate::store::Span;
use crate::store::rows::{Direction, EventInsert, EventRow, Events, Page, PageBudget};

/// Each query names its index, because another one would be as good by what SQLite knows of them,
/// and would pass over every quiet event.
pub(crate) fn page(
    sql: &Connection,
    room: RoomId,
    span: Span,
    direction: Direction,
    which: Events,
    budget: PageBudget,
) -> Result<Page<Event>> {
    let query = match (which, direction) {
        (Events::All, Direction::OldestFirst) => {
            "SELECT * FROM events WHERE room = ?1 AND seq BETWEEN ?2 AND ?3
             ORDER BY seq LIMIT ?4"
        }
        (Events::All, Direction::NewestFirst) => {
            "SELECT * FROM events WHERE room = ?1 AND seq BETWEEN ?2 AND ?3
             ORDER BY seq DESC LIMIT ?4"
        }
        (Events::Loud, Direction::OldestFirst) => {
            "SELECT * FROM events INDEXED BY events_loud
             WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 AND quiet = 0 ORDER BY seq LIMIT ?4"
        }
        (Events::Loud, Direction::NewestFirst) => {
            "SELECT * FROM events INDEXED BY events_loud
             WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 AND quiet = 0 ORDER BY seq DESC LIMIT ?4"
        }
    };
    let mut statement = sql.prepare_cached(query)?;
    let found = statement.query(params![
        Id(room.0),
        Count(span.from.0),
        Count(span.to.0),
        budget.asked()
    ])?;
    admitted(found, room, budget)
}

pub(crate) fn get(sql: &Connection, room: RoomId, seq: Seq) -> Result<Option<Event>> {
    sql.prepare_cached("SELECT * FROM events WHERE room = ?1 AND seq = ?2")?
        .query_row(params![Id(room.0), Count(seq.0)], |row| event_of(room, row, row.get("body")?))
        .optional()
}

pub(crate) fn edits(
    sql: &Connection,
    room: RoomId,
    target: Seq,
    after: Seq,
    budget: PageBudget,
) -> Result<Page<Event>> {
    let mut statement = sql.prepare_cached(
        "SELECT * FROM events INDEXED BY events_edits
         WHERE room = ?1 AND target = ?2 AND seq > ?3 AND kind = 'edit' ORDER BY seq LIMIT ?4",
    )?;
    let found =
        statement.query(params![Id(room.0), Count(target.0), Count(after.0), budget.asked()])?;
    admitted(found, room, budget)
}

/// The events that name a target, each with it.
pub(crate) fn targets(
    sql: &Connection,
    room: RoomId,
    span: Span,
    direction: Direction,
    limit: u32,
) -> Result<Vec<(Seq, Seq)>> {
    let query = match direction {
        Direction::OldestFirst => {
            "SELECT seq, target FROM events INDEXED BY events_with_target
             WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 AND target IS NOT NULL
             ORDER BY seq LIMIT ?4"
        }
        Direction::NewestFirst => {
            "SELECT seq, target FROM events INDEXED BY events_with_target
             WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 AND target IS NOT NULL
             ORDER BY seq DESC LIMIT ?4"
        }
    };
    sql.prepare_cached(query)?
        .query_map(params![Id(room.0), Count(span.from.0), Count(span.to.0), limit], |row| {
            Ok((Seq(row.get::<_, Count>(0)?.0), Seq(row.get::<_, Count>(1)?.0)))
        })?
        .collect()
}

/// The rows that fit the budget.
fn admitted(mut found: Rows<'_>, room: RoomId, mut budget: PageBudget) -> Result<Page<Event>> {
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
        quiet: row.get("quiet")?,
        origin: row.get::<_, Option<i64>>("origin")?.map(|ts| Origin { ts }),
    })
}

/// A body that is damaged reads as null, so that it hides no other event.
fn body_of(text: String) -> Body {
    Body::from_json(text).unwrap_or_else(|_| Value::Null.into())
}

pub(crate) fn by_cid(sql: &Connection, sender: UserId, cid: Cid) -> Result<Option<EventRow>> {
    sql.prepare_cached(
        "SELECT room, seq, id, ts, kind, body, target, erased, origin FROM events
         WHERE sender = ?1 AND cid = ?2",
    )?
    .query_row([Id(sender.0), Id(cid.0)], |row| {
        Ok(EventRow {
            room: RoomId(row.get::<_, Id>(0)?.0),
            seq: Seq(row.get::<_, Count>(1)?.0),
            id: EventId(row.get::<_, Id>(2)?.0),
            ts: row.get(3)?,
            kind: row.get(4)?,
            body: body_of(row.get(5)?),
            target: row.get::<_, Option<Count>>(6)?.map(|seq| Seq(seq.0)),
            erased: row.get(7)?,
            origin: row.get::<_, Option<i64>>(8)?.map(|ts| Origin { ts }),
        })
    })
    .optional()
}

pub(crate) fn insert(sql: &Connection, row: &EventInsert<'_>) -> Result<()> {
    let event = row.event;
    sql.prepare_cached(
        "INSERT INTO events (room, seq, id, sender, cid, kind, body, ts, messages,
                             quiet, target, counted, erased, origin)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?12, ?13)",
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
        event.quiet,
        row.target.map(|seq| Count(seq.0)),
        event.kind == Content::MESSAGE,
        row.erased,
        event.origin.map(|origin| origin.ts),
    ])?;
    Ok(())
}

pub(crate) fn erase(sql: &Connection, room: RoomId, seq: Seq, body: &Body) -> Result<()> {
    sql.prepare_cached("UPDATE events SET body = ?3, erased = 1 WHERE room = ?1 AND seq = ?2")?
        .execute(params![Id(room.0), Count(seq.0), body.as_json()])?;
    Ok(())
}

pub(crate) fn erase_edits(sql: &Connection, room: RoomId, target: Seq, body: &Body) -> Result<()> {
    sql.prepare_cached(
        "UPDATE events INDEXED BY events_edits SET body = ?3, erased = 1
         WHERE room = ?1 AND target = ?2 AND kind = 'edit'",
    )?
    .execute(params![Id(room.0), Count(target.0), body.as_json()])?;
    Ok(())
}

pub(crate) fn uncount(sql: &Connection, room: RoomId, seq: Seq) -> Result<()> {
    sql.prepare_cached("UPDATE events SET counted = 0 WHERE room = ?1 AND seq = ?2")?
        .execute(params![Id(room.0), Count(seq.0)])?;
    Ok(())
}

pub(crate) fn delete_some(sql: &Connection, room: RoomId, limit: u32) -> Result<usize> {
    sql.prepare_cached(
        "DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE room = ?1 LIMIT ?2)",
    )?
    .execute(params![Id(room.0), limit])
}
