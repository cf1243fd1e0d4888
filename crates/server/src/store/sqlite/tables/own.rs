//! The table `own`, and the head of each person's own stream in `people`.

use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::{Useq, UserId};
use rusqlite::{Connection, Result, params};
use serde_json::Value;

use super::super::row::{Count, Id};
use crate::store::rows::{Page, PageBudget};

pub(crate) fn head(sql: &Connection, person: UserId) -> Result<Useq> {
    sql.prepare_cached("SELECT useq FROM people WHERE id = ?1")?
        .query_row([Id(person.0)], |row| Ok(Useq(row.get::<_, Count>(0)?.0)))
}

pub(crate) fn next_useq(sql: &Connection, person: UserId) -> Result<Useq> {
    sql.prepare_cached("UPDATE people SET useq = useq + 1 WHERE id = ?1 RETURNING useq")?
        .query_row([Id(person.0)], |row| Ok(Useq(row.get::<_, Count>(0)?.0)))
}

pub(crate) fn page(
    sql: &Connection,
    person: UserId,
    after: Useq,
    mut budget: PageBudget,
) -> Result<Page<Uevent>> {
    let mut statement = sql.prepare_cached(
        "SELECT useq, key, value FROM own WHERE person = ?1 AND useq > ?2 ORDER BY useq LIMIT ?3",
    )?;
    let mut found = statement.query(params![Id(person.0), Count(after.0), budget.asked()])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let (key, value): (String, String) = (row.get(1)?, row.get(2)?);
        if !budget.admits(value.len()) {
            return Ok(Page { rows, cut: true });
        }
        rows.push(Uevent {
            useq: Useq(row.get::<_, Count>(0)?.0),
            key: UserKey::from(key.as_str()),
            value: serde_json::from_str(&value).unwrap_or(Value::Null),
        });
    }
    Ok(Page { rows, cut: false })
}

pub(crate) fn put(sql: &Connection, person: UserId, change: &Uevent) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO own (person, key, useq, value) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (person, key) DO UPDATE SET useq = excluded.useq, value = excluded.value",
    )?
    .execute(params![
        Id(person.0),
        change.key.to_string(),
        Count(change.useq.0),
        change.value.to_string(),
    ])?;
    Ok(())
}

pub(crate) fn delete(sql: &Connection, person: UserId, key: &UserKey) -> Result<()> {
    sql.prepare_cached("DELETE FROM own WHERE person = ?1 AND key = ?2")?
        .execute(params![Id(person.0), key.to_string()])?;
    Ok(())
}

pub(crate) fn has(sql: &Connection, person: UserId, key: &UserKey) -> Result<bool> {
    sql.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM own WHERE person = ?1 AND key = ?2 AND value <> 'null')",
    )?
    .query_row(params![Id(person.0), key.to_string()], |row| row.get(0))
}

/// `;` follows `:`, so this range has all keys that begin with `setting:`.
pub(crate) fn count_settings(sql: &Connection, person: UserId) -> Result<u64> {
    sql.prepare_cached(
        "SELECT count(*) FROM own
         WHERE person = ?1 AND key >= 'setting:' AND key < 'setting;' AND value <> 'null'",
    )?
    .query_row([Id(person.0)], |row| Ok(row.get::<_, Count>(0)?.0))
}

pub(crate) fn delete_removed_settings(sql: &Connection, person: UserId, keep: u64) -> Result<()> {
    sql.prepare_cached(
        "DELETE FROM own WHERE person = ?1 AND key IN (
             SELECT key FROM own
             WHERE person = ?1 AND key >= 'setting:' AND key < 'setting;' AND value = 'null'
             ORDER BY useq DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![Id(person.0), Count(keep)])?;
    Ok(())
}
