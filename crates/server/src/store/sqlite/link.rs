//! One-time codes by which a device signs in another one of its person.
//!
//! Looked up by their SHA-256 alone: how long that takes says nothing about a code that somebody
//! guesses at, because nobody chooses the hash of a guess.

use homing_protocol::{DeviceId, ErrorCode, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::account::{add_device, signed_in_before};
use super::desk::Writing;
use super::row::Id;
use crate::auth::secret::Hash;
use crate::store::{Joined, LinkSeen, Linking, StoreError};

fn link_invalid() -> StoreError {
    StoreError::refused(
        ErrorCode::LinkInvalid,
        "this device link is invalid, used or expired; create a new one on a device that's \
         signed in",
    )
}

/// See [`Store::offer_link`](crate::store::Store::offer_link).
pub(super) fn offer(
    tx: &Writing<'_>,
    device: DeviceId,
    code: Hash,
    expires: i64,
) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached(
            "INSERT INTO links (device, code, expires) VALUES (?1, ?2, ?3)
             ON CONFLICT (device) DO UPDATE SET code = excluded.code, expires = excluded.expires",
        )?
        .execute(params![Id(device.0), code.0, expires])?;
    Ok(())
}

/// See [`Store::withdraw_link`](crate::store::Store::withdraw_link).
pub(super) fn withdraw(tx: &Writing<'_>, device: DeviceId) -> Result<(), StoreError> {
    tx.sql.prepare_cached("DELETE FROM links WHERE device = ?1")?.execute([Id(device.0)])?;
    Ok(())
}

/// Ends those of all devices of a person.
pub(super) fn withdraw_all(tx: &Writing<'_>, person: UserId) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached(
            "DELETE FROM links WHERE device IN (SELECT id FROM devices WHERE person = ?1)",
        )?
        .execute([Id(person.0)])?;
    Ok(())
}

/// A good code: whose it is.
pub(super) fn valid(sql: &Connection, code: Hash, now: i64) -> Result<LinkSeen, StoreError> {
    sql.prepare_cached(
        "SELECT p.id, p.name, d.name FROM links l
         JOIN devices d ON d.id = l.device JOIN people p ON p.id = d.person
         WHERE l.code = ?1 AND l.expires > ?2 AND p.gone = 0",
    )?
    .query_row(params![code.0, now], |row| {
        Ok(LinkSeen {
            person: UserId(row.get::<_, Id>(0)?.0),
            name: row.get(1)?,
            device_name: row.get(2)?,
        })
    })
    .optional()?
    .ok_or_else(link_invalid)
}

/// See [`Store::link`](crate::store::Store::link).
pub(super) fn link(tx: &mut Writing<'_>, linking: &Linking) -> Result<Joined, StoreError> {
    let (key, code) = (linking.key, linking.code);
    if let Some(joined) = signed_in_before(tx, key, code, linking.device.token)? {
        return Ok(joined);
    }
    let seen = valid(tx.sql, code, tx.now())?;
    let device = add_device(tx, seen.person, &linking.device, Some((key, code)))?;
    tx.sql.prepare_cached("DELETE FROM links WHERE code = ?1")?.execute([code.0])?;
    Ok(Joined { person: seen.person, name: seen.name, device })
}
