//! The schema and its versions. Migrations only add; each runs once, in a transaction with its
//! number.

use rusqlite::Connection;

use crate::store::StoreError;

/// Numbered from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_first.sql"),
    include_str!("../../../migrations/0002_links.sql"),
];

/// The newest schema of this build.
#[expect(clippy::cast_possible_truncation, reason = "a handful of migrations")]
pub const KNOWN_SCHEMA: u32 = MIGRATIONS.len() as u32;

/// Marks the file as ours (`PRAGMA application_id`): "Homg".
const APPLICATION: i32 = 0x486f_6d67;

/// Up to this size a file is checked at every start; larger ones by `homing-server doctor`.
const CHECKED_BYTES: i64 = 64 * 1024 * 1024;

/// The schema of a file that is ours. Refuses one that is not, or of a newer version.
pub(crate) fn identify(sql: &Connection) -> Result<u32, StoreError> {
    let tables: u32 = sql.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    let application: i32 = sql.pragma_query_value(None, "application_id", |r| r.get(0))?;
    if tables > 0 && application != APPLICATION {
        return Err(StoreError::Corrupt("the file is a database of another program".into()));
    }
    let found = version(sql)?;
    if found > KNOWN_SCHEMA {
        return Err(StoreError::Newer { found, known: KNOWN_SCHEMA });
    }
    Ok(found)
}

/// Refuses what [`identify`] does, and a file that is damaged. Changes nothing.
pub(super) fn check(sql: &Connection) -> Result<(), StoreError> {
    identify(sql)?;
    let pages: i64 = sql.pragma_query_value(None, "page_count", |r| r.get(0))?;
    let page: i64 = sql.pragma_query_value(None, "page_size", |r| r.get(0))?;
    if pages * page <= CHECKED_BYTES {
        let verdict: String = sql.pragma_query_value(None, "quick_check", |r| r.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Corrupt(verdict));
        }
    }
    Ok(())
}

/// Brings the schema up to this build's.
pub(super) fn migrate(sql: &mut Connection) -> Result<(), StoreError> {
    let from = version(sql)?;
    for (number, script) in (1u32..).zip(MIGRATIONS) {
        if number > from {
            let tx = sql.transaction()?;
            tx.execute_batch(script)?;
            tx.pragma_update(None, "user_version", number)?;
            tx.pragma_update(None, "application_id", APPLICATION)?;
            tx.commit()?;
        }
    }
    Ok(())
}

fn version(sql: &Connection) -> Result<u32, StoreError> {
    Ok(sql.pragma_query_value(None, "user_version", |r| r.get(0))?)
}
