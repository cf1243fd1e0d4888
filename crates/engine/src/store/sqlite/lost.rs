//! The tables `changes` and `lost`.

use homing_protocol::{Body, Cid, Content, Epoch, Event, MessageRef, RoomId, Seq, UserId};
use rusqlite::{Connection, Row, Transaction, params};

use super::super::erase::erased;
use super::super::lost::{LostEvent, comes_back};
use super::super::{MessageState, StoreError};
use super::open::damaged;
use super::write::number;
use super::{fold, read};

/// Stores an own change of a message. Of one that is gone only its redaction: the words of an edit that
/// was acknowledged late don't come back.
pub(super) fn put_change(db: &Transaction<'_>, event: &Event) -> Result<(), StoreError> {
    let (Some(cid), Some(target)) = (event.cid, event.content().target()) else { return Ok(()) };
    if event.kind != Content::REDACT && fold::is_gone(db, event.room, target)? {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO changes (cid, room, seq, kind, body, ts, target_user, target_cid)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (cid) DO UPDATE SET seq = excluded.seq",
    )?
    .execute(params![
        cid.0,
        event.room.0,
        number(event.seq.0),
        event.kind,
        event.body.as_json(),
        event.happened(),
        target.user.0,
        target.cid.0,
    ])?;
    Ok(())
}

/// A message is gone: what an own edit said of it, too.
pub(super) fn erase(db: &Transaction<'_>, room: RoomId, of: MessageRef) -> Result<(), StoreError> {
    db.prepare_cached(
        "DELETE FROM changes
         WHERE room = ?1 AND target_cid = ?2 AND target_user = ?3 AND kind <> ?4",
    )?
    .execute(params![room.0, of.cid.0, of.user.0, Content::REDACT])?;
    Ok(())
}

/// Puts the own events aside, before a reset deletes them. A message that is gone has no words to be
/// given back, and is taken back again.
pub(super) fn keep(
    db: &Transaction<'_>,
    me: UserId,
    epoch: Option<Epoch>,
) -> Result<(), StoreError> {
    let erased = erased();
    let mut statement = db.prepare(
        "SELECT e.room, e.seq, e.cid, e.kind, e.body, iif(e.origin = 0, e.ts, e.origin), s.state
         FROM events e LEFT JOIN states s ON s.room = e.room AND s.seq = e.seq
         WHERE e.sender = ?1 AND e.cid <> x'' ORDER BY e.room, e.seq",
    )?;
    let mut found = statement.query([me.0])?;
    while let Some(row) = found.next()? {
        let event = event(row, epoch)?;
        if event.body == erased {
            if let Some(state) = row.get::<_, Option<String>>(6)? {
                let state: MessageState = read::parse("a state", &state)?;
                let redaction = LostEvent::redaction(&event, me, state.fold.as_of);
                if state.fold.gone.is_some() && !is_redacted(db, &event, me)? {
                    put(db, &redaction)?;
                }
            }
        } else if comes_back(&event.kind) {
            put(db, &event)?;
        }
    }
    let mut statement = db.prepare("SELECT room, seq, cid, kind, body, ts FROM changes")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        put(db, &event(row, epoch)?)?;
    }
    db.execute("DELETE FROM changes", [])?;
    Ok(())
}

/// Whether an own redaction of an own message is known.
fn is_redacted(db: &Transaction<'_>, message: &LostEvent, me: UserId) -> Result<bool, StoreError> {
    let known = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM changes
             WHERE room = ?1 AND target_cid = ?2 AND target_user = ?3 AND kind = ?4)",
        )?
        .query_row(params![message.room.0, message.cid.0, me.0, Content::REDACT], |row| {
            row.get(0)
        })?;
    Ok(known)
}

fn put(db: &Transaction<'_>, event: &LostEvent) -> Result<(), StoreError> {
    // What was put aside at an earlier reset is older, and keeps its epoch.
    db.prepare_cached(
        "INSERT INTO lost (cid, room, seq, kind, body, ts, epoch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (cid) DO NOTHING",
    )?
    .execute(params![
        event.cid.0,
        event.room.0,
        number(event.seq.0),
        event.kind,
        event.body.as_json(),
        event.ts,
        event.epoch.map(|epoch| epoch.to_string()).unwrap_or_default(),
    ])?;
    Ok(())
}

/// What was put aside, by room and place.
pub(super) fn all(db: &Connection) -> Result<Vec<LostEvent>, StoreError> {
    let mut statement = db.prepare(
        "SELECT room, seq, cid, kind, body, ts, epoch FROM lost ORDER BY room, epoch, seq",
    )?;
    let mut found = statement.query([])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        let epoch = match row.get::<_, String>(6)? {
            none if none.is_empty() => None,
            text => Some(text.parse().map_err(|_| damaged("an epoch"))?),
        };
        events.push(event(row, epoch)?);
    }
    Ok(events)
}

fn event(row: &Row<'_>, epoch: Option<Epoch>) -> Result<LostEvent, StoreError> {
    let seq = u64::try_from(row.get::<_, i64>(1)?).map_err(|_| damaged("a seq"))?;
    Ok(LostEvent {
        epoch,
        room: RoomId(row.get(0)?),
        seq: Seq(seq),
        cid: Cid(row.get(2)?),
        kind: row.get(3)?,
        body: Body::from_json(row.get(4)?).map_err(|_| damaged("a body"))?,
        ts: row.get(5)?,
    })
}
