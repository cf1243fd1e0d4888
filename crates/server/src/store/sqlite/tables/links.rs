//! The table `links`.

use homing_protocol::{DeviceId, UserId};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use super::super::row::Id;
use crate::auth::secret::Hash;
use crate::store::rows::LinkRow;

pub(crate) fn get(sql: &Connection, code: Hash) -> Result<Option<LinkRow>> {
    sql.prepare_cached(
        "SELECT d.id, d.name, p.id, p.name, p.gone, l.expires FROM links l
         JOIN devices d ON d.id = l.device JOIN people p ON p.id = d.person WHERE l.code = ?1",
    )?
    .query_row([code.0], |row| {
        Ok(LinkRow {
            device: DeviceId(row.get::<_, Id>(0)?.0),
            device_name: row.get(1)?,
            person: UserId(row.get::<_, Id>(2)?.0),
            name: row.get(3)?,
            gone: row.get(4)?,
            expires: row.get(5)?,
        })
    })
    .optional()
}

pub(crate) fn put(sql: &Connection, device: DeviceId, code: Hash, expires: i64) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO links (device, code, expires) VALUES (?1, ?2, ?3)
         ON CONFLICT (device) DO UPDATE SET code = excluded.code, expires = excluded.expires",
    )?
    .execute(params![Id(device.0), code.0, expires])?;
    Ok(())
}

pub(crate) fn delete(sql: &Connection, device: DeviceId) -> Result<()> {
    sql.prepare_cached("DELETE FROM links WHERE device = ?1")?.execute([Id(device.0)])?;
    Ok(())
}

pub(crate) fn delete_of(sql: &Connection, person: UserId) -> Result<()> {
    sql.prepare_cached(
        "DELETE FROM links WHERE device IN (SELECT id FROM devices WHERE person = ?1)",
    )?
    .execute([Id(person.0)])?;
    Ok(())
}
