//! Computes the stored keys of names again after the rule for them has changed.

use homing_protocol::limits::{NAME_CHARS, ROOM_NAME_CHARS};
use rusqlite::{Connection, params};

use super::row::Id;
use crate::auth::confusable;
use crate::auth::name;
use crate::store::StoreError;

/// Computes the keys of all names again. Where two become equal, the older name keeps the key. The
/// other keeps its name and devices, and can sign in with its password after a rename.
pub(super) fn rekey_names(sql: &Connection) -> Result<(), StoreError> {
    // Any old key may equal a new one, so all are replaced by placeholders first.
    sql.execute("UPDATE people SET name_key = hex(id)", [])?;
    for (id, text) in named(sql, "SELECT id, name FROM people ORDER BY created, id")? {
        let read = name::read(&text, NAME_CHARS);
        let key = read.as_ref().map_or(text.as_str(), |name| &name.key);
        let skeletons = read.as_ref().map(confusable::skeletons);
        let key =
            free_key(sql, "SELECT EXISTS (SELECT 1 FROM people WHERE name_key = ?1)", key, id)?;
        sql.execute(
            "UPDATE people SET name_key = ?2, look = coalesce(?3, ''), look_folded = coalesce(?4, '')
             WHERE id = ?1",
            params![id, key, skeletons.as_ref().map(|s| &s.written), skeletons.as_ref().map(|s| &s.folded)],
        )?;
    }
    sql.execute("UPDATE rooms SET public_key = hex(id) WHERE public_key IS NOT NULL", [])?;
    let public = "SELECT id, name FROM rooms WHERE public_key IS NOT NULL ORDER BY created, id";
    for (id, text) in named(sql, public)? {
        let key = name::read(&text, ROOM_NAME_CHARS).map_or(text, |name| name.key);
        let key =
            free_key(sql, "SELECT EXISTS (SELECT 1 FROM rooms WHERE public_key = ?1)", &key, id)?;
        sql.execute("UPDATE rooms SET public_key = ?2 WHERE id = ?1", params![id, key])?;
    }
    Ok(())
}

fn named(sql: &Connection, query: &str) -> Result<Vec<(Id, String)>, StoreError> {
    let mut statement = sql.prepare(query)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The key, or if it is taken, one that nobody can type.
fn free_key(sql: &Connection, is_taken: &str, key: &str, id: Id) -> Result<String, StoreError> {
    if !sql.prepare_cached(is_taken)?.query_row([key], |row| row.get(0))? {
        return Ok(key.to_owned());
    }
    tracing::warn!(id = %id.0, "by the rule of this version another one has the same name");
    Ok(format!("{key}\u{1}{}", id.0))
}
