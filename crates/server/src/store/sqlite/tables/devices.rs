//! The table `devices`.

use homing_protocol::http::Device;
use homing_protocol::{Cid, DeviceId, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use super::super::row::{Id, RoleRow};
use crate::auth::secret::Hash;
use crate::store::Principal;
use crate::store::rows::{AttemptRow, DeviceInsert, DeviceRow};

pub(crate) fn get(sql: &Connection, device: DeviceId) -> Result<Option<DeviceRow>> {
    sql.prepare_cached(
        "SELECT p.id, p.gone FROM devices d JOIN people p ON p.id = d.person WHERE d.id = ?1",
    )?
    .query_row([Id(device.0)], |row| {
        Ok(DeviceRow { person: UserId(row.get::<_, Id>(0)?.0), gone: row.get(1)? })
    })
    .optional()
}

pub(crate) fn of(sql: &Connection, person: UserId) -> Result<Vec<Device>> {
    sql.prepare_cached(
        "SELECT id, name, created, last_seen FROM devices WHERE person = ?1
         ORDER BY created DESC, id DESC",
    )?
    .query_map([Id(person.0)], |row| {
        Ok(Device {
            id: DeviceId(row.get::<_, Id>(0)?.0),
            name: row.get(1)?,
            created: row.get(2)?,
            last_seen: row.get(3)?,
            current: false,
        })
    })?
    .collect()
}

pub(crate) fn principal(sql: &Connection, token: Hash) -> Result<Option<Principal>> {
    sql.prepare_cached(
        "SELECT p.id, d.id, p.role, p.gone FROM devices d JOIN people p ON p.id = d.person
         WHERE d.token = ?1",
    )?
    .query_row([token.0], |row| {
        Ok(Principal {
            person: UserId(row.get::<_, Id>(0)?.0),
            device: DeviceId(row.get::<_, Id>(1)?.0),
            role: row.get::<_, RoleRow>(2)?.0,
            gone: row.get(3)?,
        })
    })
    .optional()
}

pub(crate) fn attempt(sql: &Connection, key: Cid) -> Result<Option<AttemptRow>> {
    sql.prepare_cached(
        "SELECT d.id, d.join_code, p.id, p.name, p.gone
         FROM devices d JOIN people p ON p.id = d.person WHERE d.join_key = ?1",
    )?
    .query_row([Id(key.0)], |row| {
        Ok(AttemptRow {
            device: DeviceId(row.get::<_, Id>(0)?.0),
            code: Hash(row.get(1)?),
            person: UserId(row.get::<_, Id>(2)?.0),
            name: row.get(3)?,
            gone: row.get(4)?,
        })
    })
    .optional()
}

pub(crate) fn count(sql: &Connection, person: UserId) -> Result<u32> {
    sql.prepare_cached("SELECT count(*) FROM devices WHERE person = ?1")?
        .query_row([Id(person.0)], |row| row.get(0))
}

pub(crate) fn insert(sql: &Connection, device: &DeviceInsert<'_>) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO devices (id, person, name, token, join_key, join_code, created, last_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    )?
    .execute(params![
        Id(device.id.0),
        Id(device.person.0),
        device.name,
        device.token.0,
        device.attempt.map(|(key, _)| Id(key.0)),
        device.attempt.map(|(_, code)| code.0),
        device.created,
    ])?;
    Ok(())
}

pub(crate) fn set_token(sql: &Connection, device: DeviceId, token: Hash) -> Result<()> {
    sql.prepare_cached("UPDATE devices SET token = ?2 WHERE id = ?1")?
        .execute(params![Id(device.0), token.0])?;
    Ok(())
}

pub(crate) fn set_last_seen(sql: &Connection, device: DeviceId, at: i64) -> Result<()> {
    sql.prepare_cached("UPDATE devices SET last_seen = ?2 WHERE id = ?1")?
        .execute(params![Id(device.0), at])?;
    Ok(())
}

pub(crate) fn rename(
    sql: &Connection,
    person: UserId,
    device: DeviceId,
    name: &str,
) -> Result<bool> {
    let renamed = sql
        .prepare_cached("UPDATE devices SET name = ?3 WHERE id = ?1 AND person = ?2")?
        .execute(params![Id(device.0), Id(person.0), name])?;
    Ok(renamed > 0)
}

/// The device's link is deleted with it, see the schema.
pub(crate) fn delete(sql: &Connection, person: UserId, device: DeviceId) -> Result<bool> {
    let deleted = sql
        .prepare_cached("DELETE FROM devices WHERE id = ?1 AND person = ?2")?
        .execute([Id(device.0), Id(person.0)])?;
    Ok(deleted > 0)
}

pub(crate) fn delete_of(sql: &Connection, person: UserId) -> Result<()> {
    sql.prepare_cached("DELETE FROM devices WHERE person = ?1")?.execute([Id(person.0)])?;
    Ok(())
}
