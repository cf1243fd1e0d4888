//! The table `people`.

use homing_protocol::{Person, Pos, Role, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use super::super::row::{Count, Id, RoleRow};
use crate::auth::confusable::Skeletons;
use crate::store::rows::{Accounts, NameRow, PersonInsert, PersonRow, PersonUpdate};
use crate::store::{Credentials, MemberSummary};

pub(crate) fn get(sql: &Connection, person: UserId) -> Result<Option<PersonRow>> {
    sql.prepare_cached("SELECT role, gone FROM people WHERE id = ?1")?
        .query_row([Id(person.0)], |row| {
            Ok(PersonRow { role: row.get::<_, RoleRow>(0)?.0, gone: row.get(1)? })
        })
        .optional()
}

pub(crate) fn has_owner(sql: &Connection, among: Accounts) -> Result<bool> {
    sql.prepare_cached("SELECT EXISTS (SELECT 1 FROM people WHERE role = ?1 AND (gone = 0 OR ?2))")?
        .query_row(params![RoleRow(Role::Owner), among == Accounts::All], |row| row.get(0))
}

pub(crate) fn all(sql: &Connection) -> Result<Vec<MemberSummary>> {
    sql.prepare_cached(
        "SELECT p.id, p.name, p.role, p.gone, p.password IS NOT NULL AS has_password,
                count(d.id) AS devices, max(d.last_seen) AS last_seen
         FROM people p LEFT JOIN devices d ON d.person = p.id
         GROUP BY p.id ORDER BY p.created, p.id",
    )?
    .query_map([], |row| {
        Ok(MemberSummary {
            person: person_of(row)?,
            devices: row.get("devices")?,
            last_seen: row.get("last_seen")?,
            has_password: row.get("has_password")?,
        })
    })?
    .collect()
}

pub(crate) fn changed(sql: &Connection, since: Pos) -> Result<Vec<Person>> {
    sql.prepare_cached("SELECT id, name, role, gone FROM people WHERE pos > ?1 ORDER BY pos")?
        .query_map([Count(since.0)], person_of)?
        .collect()
}

fn person_of(row: &Row<'_>) -> Result<Person> {
    Ok(Person {
        id: UserId(row.get::<_, Id>("id")?.0),
        name: row.get("name")?,
        role: row.get::<_, RoleRow>("role")?.0,
        gone: row.get("gone")?,
    })
}

pub(crate) fn credentials(sql: &Connection, key: &str) -> Result<Option<Credentials>> {
    sql.prepare_cached("SELECT id, name, password, gone FROM people WHERE name_key = ?1")?
        .query_row([key], |row| {
            Ok(Credentials {
                person: UserId(row.get::<_, Id>(0)?.0),
                name: row.get(1)?,
                password: row.get(2)?,
                gone: row.get(3)?,
            })
        })
        .optional()
}

pub(crate) fn password(sql: &Connection, person: UserId) -> Result<Option<String>> {
    let found = sql
        .prepare_cached("SELECT password FROM people WHERE id = ?1")?
        .query_row([Id(person.0)], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

pub(crate) fn similar_names(
    sql: &Connection,
    key: &str,
    skeletons: &Skeletons,
) -> Result<Vec<NameRow>> {
    sql.prepare_cached(
        "SELECT id, name, name_key FROM people
         WHERE name_key = ?1 OR look = ?2 OR look_folded = ?3",
    )?
    .query_map(params![key, skeletons.written, skeletons.folded], |row| {
        Ok(NameRow { person: UserId(row.get::<_, Id>(0)?.0), name: row.get(1)?, key: row.get(2)? })
    })?
    .collect()
}

pub(crate) fn insert(sql: &Connection, person: &PersonInsert<'_>) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO people (id, name, name_key, role, password, pos, created, look, look_folded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Id(person.id.0),
        person.name.shown,
        person.name.key,
        RoleRow(person.role),
        person.password,
        Count(person.pos.0),
        person.created,
        person.skeletons.written,
        person.skeletons.folded,
    ])?;
    Ok(())
}

pub(crate) fn update(sql: &Connection, id: UserId, columns: &PersonUpdate<'_>) -> Result<bool> {
    let (name, skeletons) = columns.name.unzip();
    let updated = sql
        .prepare_cached(
            "UPDATE people SET name = coalesce(?2, name), name_key = coalesce(?3, name_key),
                    password = coalesce(?4, password), role = coalesce(?5, role),
                    gone = coalesce(?6, gone), pos = ?7,
                    look = coalesce(?8, look), look_folded = coalesce(?9, look_folded)
             WHERE id = ?1",
        )?
        .execute(params![
            Id(id.0),
            name.map(|name| &name.shown),
            name.map(|name| &name.key),
            columns.password,
            columns.role.map(RoleRow),
            columns.gone,
            Count(columns.pos.0),
            skeletons.map(|skeletons| &skeletons.written),
            skeletons.map(|skeletons| &skeletons.folded),
        ])?;
    Ok(updated > 0)
}

pub(crate) fn clear_password(sql: &Connection, person: UserId) -> Result<()> {
    sql.prepare_cached("UPDATE people SET password = NULL WHERE id = ?1")?
        .execute([Id(person.0)])?;
    Ok(())
}
