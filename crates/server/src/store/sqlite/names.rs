//! Which names are free, and the keys of those that were stored before a rule changed.

use homing_protocol::limits::{NAME_CHARS, ROOM_NAME_CHARS};
use homing_protocol::{ErrorCode, UserId};
use rusqlite::{Connection, params};

use super::desk::Writing;
use super::row::Id;
use crate::auth::look::{self, are_alike};
use crate::auth::name::{self, Name};
use crate::store::StoreError;

/// Refuses a name that somebody else has, or that could be taken for theirs.
pub(super) fn must_be_free(
    tx: &Writing<'_>,
    name: &Name,
    but: Option<UserId>,
) -> Result<(), StoreError> {
    let look = look::of(name);
    let others: Vec<(String, bool)> = tx
        .sql
        .prepare_cached(
            "SELECT name, name_key = ?1 FROM people
             WHERE (name_key = ?1 OR look = ?2 OR look_folded = ?3) AND id IS NOT ?4",
        )?
        .query_map(params![name.key, look.written, look.folded, but.map(|id| Id(id.0))], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    if others.iter().any(|(_, is_same)| *is_same) {
        return Err(taken("this name is already taken"));
    }
    if others.iter().any(|(other, _)| are_alike(&name.shown, other)) {
        return Err(taken("this name looks too much like another member's"));
    }
    Ok(())
}

fn taken(text: &str) -> StoreError {
    StoreError::refused(ErrorCode::NameTaken, text)
}

/// Makes the keys of all names anew. Where two are the same by the rule of now, the older one has it;
/// the other keeps its name and its devices, and can sign in with its password once it has another
/// name.
pub(super) fn renew_keys(sql: &Connection) -> Result<(), StoreError> {
    // Every key could be another one's of now, so all are away first.
    sql.execute("UPDATE people SET name_key = hex(id)", [])?;
    for (id, text) in named(sql, "SELECT id, name FROM people ORDER BY created, id")? {
        let read = name::read(&text, NAME_CHARS);
        let key = read.as_ref().map_or(text.as_str(), |name| &name.key);
        let look = read.as_ref().map(look::of);
        let key =
            free_key(sql, "SELECT EXISTS (SELECT 1 FROM people WHERE name_key = ?1)", key, id)?;
        sql.execute(
            "UPDATE people SET name_key = ?2, look = coalesce(?3, ''), look_folded = coalesce(?4, '')
             WHERE id = ?1",
            params![id, key, look.as_ref().map(|l| &l.written), look.as_ref().map(|l| &l.folded)],
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

/// The key, or, where it is taken, one that nobody can type.
fn free_key(sql: &Connection, is_taken: &str, key: &str, id: Id) -> Result<String, StoreError> {
    if !sql.prepare_cached(is_taken)?.query_row([key], |row| row.get(0))? {
        return Ok(key.to_owned());
    }
    tracing::warn!(id = %id.0, "by the rule of this version another one has the same name");
    Ok(format!("{key}\u{1}{}", id.0))
}
