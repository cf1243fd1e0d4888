//! The queries.

use homing_protocol::frame::UserKey;
use homing_protocol::{
    Body, Cid, Event, EventId, MessageRef, Origin, Pos, RoomId, Seq, Useq, UserId,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::super::{LastMessage, Loaded, MessageState, OwnRow, RoomRow, StoreError, SyncPoint};
use super::open::damaged;
use super::write;
use crate::outbox::item::{OutboxItem, OutboxState};
use crate::session::record::SpaceRecord;
use crate::view::Hole;

pub(super) fn record(db: &Connection) -> Result<Option<SpaceRecord>, StoreError> {
    meta(db, "record")?.map(|text| parse("record", &text)).transpose()
}

pub(super) fn load(db: &Connection) -> Result<Loaded, StoreError> {
    Ok(Loaded {
        sync: sync_point(db)?,
        rooms: rows(
            db,
            "SELECT info, head, cursor, last_seq, last_sender, last_text, last_ts, last_gone
             FROM rooms ORDER BY room",
            room,
        )?,
        holes: rows(
            db,
            "SELECT room, first, last, expired FROM holes ORDER BY room, first",
            |row| {
                let (from, to) = (seq(row, 1)?, seq(row, 2)?);
                Ok((RoomId(row.get(0)?), Hole { from, to, expired: row.get(3)? }))
            },
        )?,
        people: rows(db, "SELECT info FROM people ORDER BY person", |row| {
            parse("a person", &row.get::<_, String>(0)?)
        })?,
        own: rows(db, "SELECT key, value, pending, fork FROM own ORDER BY key", own_row)?,
        outbox: rows(
            db,
            "SELECT place, room, cid, kind, body, ts, state, sum, given_back FROM outbox
             ORDER BY place",
            outbox_item,
        )?,
        has_lost: db.query_row("SELECT EXISTS (SELECT 1 FROM lost)", [], |row| row.get(0))?,
    })
}

pub(super) fn before(
    db: &Connection,
    room: RoomId,
    seq: Seq,
    limit: u32,
) -> Result<Vec<Event>, StoreError> {
    let sql = "SELECT room, seq, event, cid, sender, kind, body, ts, origin FROM events
               WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
    let mut events = events(db, sql, room, seq, limit)?;
    events.reverse();
    Ok(events)
}

pub(super) fn after(
    db: &Connection,
    room: RoomId,
    seq: Seq,
    limit: u32,
) -> Result<Vec<Event>, StoreError> {
    let sql = "SELECT room, seq, event, cid, sender, kind, body, ts, origin FROM events
               WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    events(db, sql, room, seq, limit)
}

pub(super) fn unread(db: &Connection, room: RoomId, seq: Seq) -> Result<(u32, u32), StoreError> {
    let counted = db
        .prepare_cached(
            "SELECT COUNT(*), COALESCE(SUM(notice > 1), 0) FROM events
             WHERE room = ?1 AND seq > ?2 AND notice > 0",
        )?
        .query_row(params![room.0, bound(seq)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counted)
}

fn events(
    db: &Connection,
    sql: &str,
    room: RoomId,
    seq: Seq,
    limit: u32,
) -> Result<Vec<Event>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut found = statement.query(params![room.0, bound(seq), limit])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        events.push(event(row)?);
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    let cid: Vec<u8> = row.get(3)?;
    let cid = match cid.as_slice() {
        [] => None,
        bytes => Some(Cid(Uuid::from_slice(bytes).map_err(|_| damaged("a cid"))?)),
    };
    Ok(Event {
        room: RoomId(row.get(0)?),
        seq: seq(row, 1)?,
        id: EventId(row.get(2)?),
        cid,
        sender: UserId(row.get(4)?),
        kind: row.get(5)?,
        body: body("a body", row.get(6)?)?,
        ts: row.get(7)?,
        // Quiet events are not stored.
        quiet: false,
        origin: time_or_none(row.get(8)?).map(|ts| Origin { ts }),
    })
}

pub(super) fn at(db: &Connection, room: RoomId, seqs: &[Seq]) -> Result<Vec<Event>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT room, seq, event, cid, sender, kind, body, ts, origin FROM events
         WHERE room = ?1 AND seq = ?2",
    )?;
    let mut events = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let mut found = statement.query(params![room.0, bound(*seq)])?;
        while let Some(row) = found.next()? {
            events.push(event(row)?);
        }
    }
    Ok(events)
}

pub(super) fn find(
    db: &Connection,
    room: RoomId,
    message: MessageRef,
) -> Result<Option<Seq>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT seq, sender FROM events WHERE room = ?1 AND cid = ?2 AND cid <> x''",
    )?;
    let mut found = statement.query(params![room.0, message.cid.0])?;
    while let Some(row) = found.next()? {
        if UserId(row.get(1)?) == message.user {
            return Ok(Some(seq(row, 0)?));
        }
    }
    Ok(None)
}

pub(super) fn states(
    db: &Connection,
    room: RoomId,
    from: Seq,
    to: Seq,
) -> Result<Vec<MessageState>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT state FROM states WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
    )?;
    let mut found = statement.query(params![room.0, bound(from), bound(to)])?;
    let mut states = Vec::new();
    while let Some(row) = found.next()? {
        states.push(parse("a state", &row.get::<_, String>(0)?)?);
    }
    Ok(states)
}

fn room(row: &Row<'_>) -> Result<RoomRow, StoreError> {
    let last = match seq(row, 3)? {
        Seq(0) => None,
        last => Some(LastMessage {
            seq: last,
            sender: UserId(row.get(4)?),
            text: row.get(5)?,
            ts: row.get(6)?,
            gone: row.get(7)?,
        }),
    };
    Ok(RoomRow {
        info: parse("a room", &row.get::<_, String>(0)?)?,
        head: seq(row, 1)?,
        cursor: seq(row, 2)?,
        last,
    })
}

pub(super) fn own_row(row: &Row<'_>) -> Result<OwnRow, StoreError> {
    Ok(OwnRow {
        key: UserKey::from(row.get::<_, String>(0)?.as_str()),
        value: parse("an own value", &row.get::<_, String>(1)?)?,
        pending: row.get(2)?,
        fork: row.get::<_, Option<String>>(3)?.map(|fork| parse("a fork", &fork)).transpose()?,
    })
}

pub(super) fn outbox_item(row: &Row<'_>) -> Result<OutboxItem, StoreError> {
    let item = OutboxItem {
        place: seq(row, 0)?.0,
        room: RoomId(row.get(1)?),
        cid: Cid(row.get(2)?),
        kind: row.get(3)?,
        body: body("a queued body", row.get(4)?)?,
        ts: row.get(5)?,
        state: OutboxState::from_number(row.get(6)?).ok_or_else(|| damaged("a queued state"))?,
        given_back: time_or_none(row.get(8)?),
    };
    // Older versions stored no checksum.
    let sum: Option<i64> = row.get(7)?;
    if sum.is_some_and(|sum| sum != write::sum(&item)) {
        return Err(damaged("a queued message isn't what was written"));
    }
    Ok(item)
}

/// A time that is 0 where there is none.
fn time_or_none(ts: i64) -> Option<i64> {
    Some(ts).filter(|ts| *ts != 0)
}

fn sync_point(db: &Connection) -> Result<SyncPoint, StoreError> {
    let number = |key: &str| -> Result<Option<u64>, StoreError> {
        meta(db, key)?.map(|text| text.parse().map_err(|_| damaged(key))).transpose()
    };
    let epoch = meta(db, "epoch")?.map(|text| text.parse().map_err(|_| damaged("epoch")));
    Ok(SyncPoint {
        epoch: epoch.transpose()?,
        pos: number("pos")?.map(Pos),
        useq: Useq(number("useq")?.unwrap_or(0)),
    })
}

fn meta(db: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let found = db
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(found)
}

fn rows<T>(
    db: &Connection,
    sql: &str,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare(sql)?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

fn seq(row: &Row<'_>, column: usize) -> Result<Seq, StoreError> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map(Seq).map_err(|_| damaged("a seq"))
}

pub(super) fn bound(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

fn body(what: &str, text: String) -> Result<Body, StoreError> {
    Body::from_json(text).map_err(|error| damaged(&format!("{what}: {error}")))
}

pub(super) fn parse<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| damaged(&format!("{what}: {error}")))
}
