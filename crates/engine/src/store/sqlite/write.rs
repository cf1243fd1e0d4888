//! The changes as SQL.

use homing_protocol::frame::UserKey;
use rusqlite::{Connection, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::super::{Change, OutboxItem, RoomRow, StoreError, SyncPoint};
use super::{fold, lost};

/// Applies all changes in one transaction.
pub(super) fn commit<'a>(
    connection: &mut Connection,
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    let mut erases = false;
    for change in changes {
        erases |= apply(&transaction, change)?;
    }
    transaction.commit()?;
    if erases {
        // The write-ahead log still has what was erased. A reader may hold it open; then the next
        // one that erases, or closing the file, cuts it.
        let cut = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
        if let Err(error) = cut {
            tracing::warn!("the write-ahead log was not cut after a redaction: {error}");
        }
    }
    Ok(())
}

/// Applies a change. Returns whether it erased a message.
fn apply(db: &Transaction<'_>, change: &Change) -> Result<bool, StoreError> {
    match change {
        Change::Fold { room, update, mentions_me } => {
            return fold::apply(db, *room, update, *mentions_me);
        }
        Change::Record(record) => set(db, "record", &json(record)?)?,
        Change::SyncPoint(point) => sync_point(db, point)?,
        Change::Room(row) => room(db, row)?,
        Change::RoomGone(room) => {
            for sql in [
                "DELETE FROM rooms WHERE room = ?1",
                "DELETE FROM events WHERE room = ?1",
                "DELETE FROM states WHERE room = ?1",
                "DELETE FROM holes WHERE room = ?1",
                "DELETE FROM changes WHERE room = ?1",
            ] {
                db.prepare_cached(sql)?.execute([room.0])?;
            }
        }
        Change::Person(person) => {
            db.prepare_cached(
                "INSERT INTO people (person, info) VALUES (?1, ?2)
                 ON CONFLICT (person) DO UPDATE SET info = excluded.info",
            )?
            .execute(params![person.id.0, json(person)?])?;
        }
        Change::Event(event, notice) => {
            let unquoted = fold::unquoted(db, event)?;
            let body = unquoted.as_ref().unwrap_or(&event.body);
            db.prepare_cached(
                "INSERT INTO events (room, seq, event, cid, sender, kind, body, ts, notice, origin)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (room, seq) DO NOTHING",
            )?
            .execute(params![
                event.room.0,
                number(event.seq.0),
                event.id.0,
                event.cid.map_or_else(Vec::new, |cid| cid.0.as_bytes().to_vec()),
                event.sender.0,
                event.kind,
                body.as_json(),
                event.ts,
                *notice as u8,
                event.origin.map_or(0, |origin| origin.ts),
            ])?;
        }
        Change::Holes(room, holes) => {
            db.prepare_cached("DELETE FROM holes WHERE room = ?1")?.execute([room.0])?;
            for hole in holes {
                db.prepare_cached(
                    "INSERT INTO holes (room, first, last, expired) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    room.0,
                    number(hole.from.0),
                    number(hole.to.0),
                    hole.expired,
                ])?;
            }
        }
        Change::Outbox(item) => {
            db.prepare_cached(
                "INSERT INTO outbox (place, room, cid, kind, body, ts, state, sum, given_back)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (cid) DO UPDATE SET
                     body = excluded.body, ts = excluded.ts, state = excluded.state,
                     sum = excluded.sum, given_back = excluded.given_back",
            )?
            .execute(params![
                number(item.place),
                item.room.0,
                item.cid.0,
                item.kind,
                item.body.as_json(),
                item.ts,
                item.state.number(),
                sum(item),
                item.given_back.unwrap_or(0),
            ])?;
        }
        Change::OutboxGone(cid) => {
            db.prepare_cached("DELETE FROM outbox WHERE cid = ?1")?.execute([cid.0])?;
        }
        Change::Own(row) if row.value.is_null() && !row.pending && row.fork.is_none() => {
            let key = row.key.to_string();
            db.prepare_cached("DELETE FROM own WHERE key = ?1")?.execute([key])?;
        }
        Change::Own(row) => {
            db.prepare_cached(
                "INSERT INTO own (key, value, pending, fork) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (key) DO UPDATE SET
                     value = excluded.value, pending = excluded.pending, fork = excluded.fork",
            )?
            .execute(params![
                row.key.to_string(),
                row.value.to_string(),
                row.pending,
                row.fork.as_ref().map(json).transpose()?,
            ])?;
        }
        Change::OwnChange(event) => lost::put_change(db, event)?,
        Change::GivenBack => _ = db.execute("DELETE FROM lost", [])?,
        Change::Reset { me, epoch } => {
            lost::keep(db, *me, *epoch)?;
            reset(db)?;
        }
    }
    Ok(false)
}

/// The checksum of a queued message, which detects damage.
pub(super) fn sum(item: &OutboxItem) -> i64 {
    let mut hash = Sha256::new();
    hash.update(item.room.0);
    hash.update(item.cid.0);
    for text in [item.kind.as_str(), item.body.as_json()] {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    }
    hash.update(item.ts.to_le_bytes());
    hash.update([item.state.number()]);
    // As older versions have it, where there is none.
    if let Some(since) = item.given_back {
        hash.update(since.to_le_bytes());
    }
    let bytes = hash.finalize();
    let (first, _) = bytes.split_first_chunk().expect("32 bytes are more than 8");
    i64::from_le_bytes(*first)
}

fn set(db: &Transaction<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([key, value])?;
    Ok(())
}

fn sync_point(db: &Transaction<'_>, point: &SyncPoint) -> Result<(), StoreError> {
    set(db, "useq", &point.useq.to_string())?;
    for (key, value) in [
        ("epoch", point.epoch.map(|epoch| epoch.to_string())),
        ("pos", point.pos.map(|pos| pos.to_string())),
    ] {
        match value {
            Some(value) => set(db, key, &value)?,
            None => {
                db.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
            }
        }
    }
    Ok(())
}

fn room(db: &Transaction<'_>, row: &RoomRow) -> Result<(), StoreError> {
    let last = row.last.as_ref();
    db.prepare_cached(
        "INSERT INTO rooms (room, info, head, cursor, last_seq, last_sender, last_text, last_ts,
                            last_gone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (room) DO UPDATE SET
             info = excluded.info, head = excluded.head, cursor = excluded.cursor,
             last_seq = excluded.last_seq, last_sender = excluded.last_sender,
             last_text = excluded.last_text, last_ts = excluded.last_ts,
             last_gone = excluded.last_gone",
    )?
    .execute(params![
        row.info.room.0,
        json(&row.info)?,
        number(row.head.0),
        number(row.cursor.0),
        number(last.map_or(0, |last| last.seq.0)),
        last.map_or_else(Vec::new, |last| last.sender.0.as_bytes().to_vec()),
        last.map_or("", |last| last.text.as_str()),
        last.map_or(0, |last| last.ts),
        last.is_some_and(|last| last.gone),
    ])?;
    Ok(())
}

fn reset(db: &Transaction<'_>) -> Result<(), StoreError> {
    db.execute_batch(
        "DELETE FROM rooms; DELETE FROM events; DELETE FROM states; DELETE FROM holes;
         DELETE FROM people;",
    )?;
    let keys: Vec<String> = db
        .prepare_cached("SELECT key FROM own WHERE pending = 1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    db.execute("DELETE FROM own WHERE pending = 0", [])?;
    for key in keys.iter().filter(|key| !UserKey::from(key.as_str()).is_settable()) {
        db.execute("DELETE FROM own WHERE key = ?1", [key])?;
    }
    Ok(())
}

/// SQLite's integers are signed. A `seq` above 2⁶³ would need a million events a second for 290,000
/// years.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Io(error.to_string()))
}
