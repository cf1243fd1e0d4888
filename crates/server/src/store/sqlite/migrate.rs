//! Schema migrations. They only add. Each runs once, in a transaction with its number.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::rekey;
use crate::store::StoreError;

/// The migrations, numbered from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_first.sql"),
    include_str!("../../../migrations/0002_links.sql"),
    include_str!("../../../migrations/0003_looks.sql"),
    include_str!("../../../migrations/0004_folds.sql"),
    include_str!("../../../migrations/0005_restores.sql"),
];

/// The migration after which the keys of names are computed again.
const NAMES: u32 = 3;

/// The newest schema of this build.
#[expect(clippy::cast_possible_truncation, reason = "a handful of migrations")]
pub const KNOWN_SCHEMA: u32 = MIGRATIONS.len() as u32;

/// Identifies our files (`PRAGMA application_id`): "Homg".
const APPLICATION: i32 = 0x486f_6d67;

/// Files up to this size are checked at every start; larger ones by `homing-server doctor`.
const CHECKED_BYTES: i64 = 64 * 1024 * 1024;

/// The schema of the file. Refuses a foreign file and a newer version.
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

/// Refuses what [`identify`] refuses, and a damaged file. Changes nothing.
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

/// Migrates the schema to this build's.
pub(super) fn migrate(sql: &mut Connection) -> Result<(), StoreError> {
    let from = version(sql)?;
    for (number, script) in (1u32..).zip(MIGRATIONS) {
        if number > from {
            let tx = sql.transaction()?;
            tx.execute_batch(script)?;
            if number == NAMES {
                rekey::rekey_names(&tx)?;
            }
            tx.pragma_update(None, "user_version", number)?;
            tx.pragma_update(None, "application_id", APPLICATION)?;
            tx.commit()?;
        }
    }
    Ok(())
}

/// Refuses a file that lacks a part of its schema version. Otherwise it would fail much later.
pub(crate) fn check_tables(sql: &Connection) -> Result<(), StoreError> {
    let mut model = Connection::open_in_memory()?;
    migrate(&mut model)?;
    let found = parts(sql)?;
    match parts(&model)?.into_iter().find(|part| !found.contains(part)) {
        None => Ok(()),
        Some(missing) => Err(StoreError::Corrupt(format!("its {missing} is missing"))),
    }
}

/// Tables with their columns, and indexes.
fn parts(sql: &Connection) -> Result<BTreeSet<String>, StoreError> {
    let mut statement = sql.prepare(
        "SELECT 'table ' || t.name || ', column ' || c.name
         FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
         UNION SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index'",
    )?;
    let parts = statement.query_map([], |row| row.get(0))?;
    Ok(parts.collect::<rusqlite::Result<_>>()?)
}

fn version(sql: &Connection) -> Result<u32, StoreError> {
    Ok(sql.pragma_query_value(None, "user_version", |r| r.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(id: u8) -> [u8; 16] {
        [id; 16]
    }

    /// A space of a version that had another rule for names, in which two of each clash by the rule of now.
    fn old() -> Connection {
        let sql = Connection::open_in_memory().unwrap();
        for script in MIGRATIONS.iter().take(2) {
            sql.execute_batch(script).unwrap();
        }
        sql.pragma_update(None, "user_version", 2).unwrap();
        for (id, name, key) in [
            (1, "Ada", "ada"),
            (2, "Ad\u{200d}a", "ad\u{200d}a"),
            (3, "\u{410}da", "\u{430}da"),
            (4, "Straße", "straße"),
        ] {
            sql.execute(
                "INSERT INTO people (id, name, name_key, role, pos, created)
                 VALUES (?1, ?2, ?3, 1, 0, ?4)",
                (blob(id), name, key, id),
            )
            .unwrap();
        }
        for (id, name, key) in
            [(1, "a\u{fe0f}", Some("a\u{fe0f}")), (2, "A", Some("a")), (3, "a", None)]
        {
            sql.execute(
                "INSERT INTO rooms (id, kind, name, public_key, made_by, made_key, pos, created)
                 SELECT ?1, 0, ?2, ?3, min(id), ?1, 0, ?4 FROM people",
                (blob(id), name, key, id),
            )
            .unwrap();
        }
        sql
    }

    #[test]
    fn messages_of_before_are_counted_and_nothing_of_them_was_changed() {
        let mut sql = old();
        sql.execute_batch(
            "INSERT INTO events (room, seq, id, sender, cid, kind, body, ts, messages)
             SELECT r.id, n.value, randomblob(16), r.made_by, randomblob(16),
                    iif(n.value = 1, 'created', 'message'), '{}', 0, n.value
             FROM (SELECT * FROM rooms LIMIT 1) r, json_each('[1, 2, 3]') n",
        )
        .unwrap();
        migrate(&mut sql).unwrap();
        let counted = "SELECT group_concat(seq || ' ' || counted || quiet || erased) FROM events
                       WHERE target IS NULL ORDER BY seq";
        let counted: String = sql.query_row(counted, [], |row| row.get(0)).unwrap();
        assert_eq!(counted, "1 000,2 100,3 100");
    }

    #[test]
    fn keys_are_made_anew_and_no_clash_stops_it() {
        let mut sql = old();
        migrate(&mut sql).unwrap();
        check_tables(&sql).unwrap();
        let read = |query: &str| -> Vec<Option<String>> {
            let mut statement = sql.prepare(query).unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let keys = read("SELECT name_key FROM people ORDER BY created");
        let [ada, hidden, other, strasse] = keys.as_slice() else { panic!("{keys:?}") };
        assert_eq!(ada.as_deref(), Some("ada"));
        assert!(hidden.as_ref().unwrap().starts_with("ada\u{1}"), "{hidden:?}");
        assert_eq!((other.as_deref(), strasse.as_deref()), (Some("\u{430}da"), Some("strasse")));
        let looks = read("SELECT look_folded FROM people ORDER BY created");
        assert_eq!(looks[0], looks[2], "who looks like Ada is found");
        let rooms = read("SELECT public_key FROM rooms ORDER BY created");
        assert_eq!(rooms[0].as_deref(), Some("a"));
        assert!(rooms[1].as_ref().unwrap().starts_with("a\u{1}"), "{rooms:?}");
        assert_eq!(rooms[2], None);
        // Names stay as they are shown.
        assert_eq!(
            read("SELECT name FROM people ORDER BY created")[1].as_deref(),
            Some("Ad\u{200d}a")
        );
    }
}
