//! A person's own stream, read markers and receipts.

use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::MemberReceipt;
use homing_protocol::limits::{KEY_BYTES, VALUE_BYTES};
use homing_protocol::{ErrorCode, RoomId, Seq, Useq, UserId};
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::depth::{TOO_DEEP, is_too_deep};
use super::desk::Writing;
use super::row::{Count, Id};
use super::{read, room};
use crate::store::{Change, StoreError};

/// Settings one person may keep. Drafts and mutes are bounded by their rooms.
const SETTINGS: u64 = 1000;
/// Removed ones that are kept, so that other devices hear of it.
const REMOVED: u64 = 1000;
/// In rooms with more members nobody is told who holds what: the slowest device of a hundred says
/// little, and each `ack` would be told to all of them.
pub(super) const RECEIPT_MEMBERS: u32 = 100;

/// Puts a value into a person's own stream and tells their devices.
pub(super) fn put(
    tx: &mut Writing<'_>,
    person: UserId,
    key: UserKey,
    value: Value,
) -> Result<Uevent, StoreError> {
    let useq: Count = tx
        .sql
        .prepare_cached("UPDATE people SET useq = useq + 1 WHERE id = ?1 RETURNING useq")?
        .query_row([Id(person.0)], |row| row.get(0))?;
    tx.sql
        .prepare_cached(
            "INSERT INTO own (person, key, useq, value) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (person, key) DO UPDATE SET useq = excluded.useq, value = excluded.value",
        )?
        .execute(params![Id(person.0), key.to_string(), useq, value.to_string()])?;
    let change = Uevent { useq: Useq(useq.0), key, value };
    tx.tell(Change::Own { person, change: change.clone() });
    Ok(change)
}

/// See [`Store::set`](crate::store::Store::set).
pub(super) fn set(
    tx: &mut Writing<'_>,
    person: UserId,
    key: UserKey,
    value: Value,
) -> Result<Uevent, StoreError> {
    let text = key.to_string();
    if !key.is_settable() || text.len() > KEY_BYTES || text.chars().any(char::is_control) {
        return Err(StoreError::refused(ErrorCode::Invalid, "clients can't set this key"));
    }
    if value.to_string().len() > VALUE_BYTES {
        return Err(StoreError::refused(
            ErrorCode::TooLarge,
            format!("a value can have up to {VALUE_BYTES} bytes"),
        ));
    }
    if is_too_deep(&value) {
        return Err(StoreError::refused(ErrorCode::Invalid, TOO_DEEP));
    }
    match &key {
        UserKey::Draft(room) | UserKey::Mute(room) => {
            if !room::is_inside(tx.sql, *room, person)? {
                return Err(room::not_inside(tx.sql, *room, person)?);
            }
        }
        _ => {
            let (known, kept): (bool, Count) = tx
                .sql
                .prepare_cached(
                    "SELECT COALESCE(SUM(key = ?2), 0) > 0, count(*) FROM own
                     WHERE person = ?1 AND key >= 'setting:' AND key < 'setting;'
                       AND value <> 'null'",
                )?
                .query_row(params![Id(person.0), text], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if value.is_null() {
                forget_removed(tx, person)?;
            } else if !known && kept.0 >= SETTINGS {
                return Err(StoreError::refused(
                    ErrorCode::TooLarge,
                    format!("an account can keep up to {SETTINGS} settings"),
                ));
            }
        }
    }
    put(tx, person, key, value)
}

/// Makes room for one more setting that is removed: of the longest removed nothing is known any more.
fn forget_removed(tx: &mut Writing<'_>, person: UserId) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached(
            "DELETE FROM own WHERE person = ?1 AND key IN (
                 SELECT key FROM own
                 WHERE person = ?1 AND key >= 'setting:' AND key < 'setting;' AND value = 'null'
                 ORDER BY useq DESC LIMIT -1 OFFSET ?2)",
        )?
        .execute(params![Id(person.0), Count(REMOVED - 1)])?;
    Ok(())
}

/// See [`Store::mark`](crate::store::Store::mark).
pub(super) fn mark(
    tx: &mut Writing<'_>,
    person: UserId,
    room: RoomId,
    seq: Seq,
) -> Result<Option<Uevent>, StoreError> {
    let found: Option<(Count, Count)> = tx
        .sql
        .prepare_cached(
            "SELECT m.read, r.head FROM members m JOIN rooms r ON r.id = m.room
             WHERE m.room = ?1 AND m.person = ?2",
        )?
        .query_row([Id(room.0), Id(person.0)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((read, head)) = found else {
        return Err(room::not_inside(tx.sql, room, person)?);
    };
    if seq.0 > head.0 {
        return Err(StoreError::refused(ErrorCode::Invalid, "this room has no such event yet"));
    }
    if seq.0 <= read.0 {
        return Ok(None);
    }
    let pos = tx.next_pos()?;
    tx.sql
        .prepare_cached(
            "UPDATE members SET read = ?3, pos = ?4, own_after =
                 (SELECT count(*) FROM events
                  WHERE room = ?1 AND seq > ?3 AND sender = ?2 AND kind = 'message')
             WHERE room = ?1 AND person = ?2",
        )?
        .execute(params![Id(room.0), Id(person.0), Count(seq.0), Count(pos.0)])?;
    // What was read no longer mentions anybody.
    tx.sql
        .prepare_cached("DELETE FROM mentions WHERE person = ?1 AND room = ?2 AND seq <= ?3")?
        .execute(params![Id(person.0), Id(room.0), Count(seq.0)])?;
    put(tx, person, UserKey::Read(room), Value::from(seq.0)).map(Some)
}

/// See [`Store::ack`](crate::store::Store::ack).
pub(super) fn ack(
    tx: &mut Writing<'_>,
    person: UserId,
    rooms: &[(RoomId, Seq)],
) -> Result<(), StoreError> {
    for (room, seq) in rooms {
        let moved = tx
            .sql
            .prepare_cached(
                "UPDATE members SET delivered = min(?3, (SELECT head FROM rooms WHERE id = ?1))
                 WHERE room = ?1 AND person = ?2
                   AND delivered < min(?3, (SELECT head FROM rooms WHERE id = ?1))",
            )?
            .execute(params![Id(room.0), Id(person.0), Count(seq.0)])?;
        // A room that the person has left meanwhile moves nothing, and is no error.
        if moved > 0 {
            tell_delivered(tx, *room, person)?;
        }
    }
    Ok(())
}

/// Tells the other members how far everybody but themselves is, and notes the change for those who
/// are not connected.
fn tell_delivered(tx: &mut Writing<'_>, room: RoomId, by: UserId) -> Result<(), StoreError> {
    if tx.members(room)?.len() > RECEIPT_MEMBERS as usize {
        return Ok(());
    }
    let receipts = read::receipts_of(tx.sql, room)?;
    let to: Vec<_> =
        delivered_by_viewer(&receipts).into_iter().filter(|(viewer, _)| *viewer != by).collect();
    if to.is_empty() {
        return Ok(());
    }
    let pos = tx.next_pos()?;
    tx.sql
        .prepare_cached("UPDATE rooms SET pos = ?2 WHERE id = ?1")?
        .execute(params![Id(room.0), Count(pos.0)])?;
    tx.tell(Change::Delivered { room, to });
    Ok(())
}

/// For each viewer the least that any *other* member holds; alone, what they hold themselves.
pub(super) fn delivered_by_viewer(receipts: &[MemberReceipt]) -> Vec<(UserId, Seq)> {
    let mut least = receipts.iter().map(|member| member.delivered).collect::<Vec<_>>();
    least.sort_unstable();
    let first = least.first().copied().unwrap_or_default();
    let second = least.get(1).copied().unwrap_or(first);
    receipts
        .iter()
        .map(|member| (member.user, if member.delivered == first { second } else { first }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn the_least_of_the_others(seqs in prop::collection::vec(0u64..6, 1..8)) {
            let receipts: Vec<_> = (0u128..)
                .zip(&seqs)
                .map(|(n, seq)| MemberReceipt { user: UserId(Uuid::from_u128(n)), delivered: Seq(*seq) })
                .collect();
            for (viewer, told) in delivered_by_viewer(&receipts) {
                let others = receipts.iter().filter(|member| member.user != viewer).map(|m| m.delivered);
                let own = receipts.iter().find(|member| member.user == viewer).unwrap().delivered;
                prop_assert_eq!(told, others.min().unwrap_or(own));
            }
        }
    }
}
