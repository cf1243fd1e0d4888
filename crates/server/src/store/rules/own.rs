//! A person's own stream, read markers and receipts.

use homing_protocol::frame::{Uevent, UserKey};
use homing_protocol::http::MemberReceipt;
use homing_protocol::limits::{KEY_BYTES, VALUE_BYTES};
use homing_protocol::{ErrorCode, RoomId, Seq, UserId};
use serde::Deserialize as _;
use serde_json::Value;

use super::access::{must_be_member, not_a_member};
use super::depth::{TOO_DEEP, is_too_deep};
use crate::store::transaction::WriteTransaction;
use crate::store::{Change, StoreError};

/// Maximum number of settings of one person. Drafts and mutes are bounded by their rooms.
const SETTINGS: u64 = 1000;
/// Removed settings that are kept, so that other devices learn of the removal.
const REMOVED: u64 = 1000;
/// No receipts in rooms with more members: the slowest device of a hundred says little, and each
/// `ack` would be sent to all.
pub(super) const RECEIPT_MEMBERS: usize = 100;

/// Stores a value in a person's own stream and publishes it.
pub(super) async fn put(
    tx: &mut impl WriteTransaction,
    person: UserId,
    key: UserKey,
    value: Value,
) -> Result<Uevent, StoreError> {
    let change = Uevent { useq: tx.next_useq(person).await?, key, value };
    tx.put_own(person, &change).await?;
    tx.publish(Change::Own { person, change: change.clone() });
    Ok(change)
}

/// Removes a person's values that belong to a room they have left.
pub(super) async fn forget_room(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    person: UserId,
) -> Result<(), StoreError> {
    for key in
        [UserKey::Draft(room), UserKey::Mute(room), UserKey::Unread(room), UserKey::Read(room)]
    {
        tx.delete_own(person, &key).await?;
    }
    Ok(())
}

/// See [`Store::set`](crate::store::Store::set).
pub(crate) async fn set(
    tx: &mut impl WriteTransaction,
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
        UserKey::Draft(room) | UserKey::Mute(room) => must_be_member(tx, *room, person).await?,
        UserKey::Unread(room) => {
            must_be_member(tx, *room, person).await?;
            if !value.is_null() && Seq::deserialize(&value).is_err() {
                let text = "an unread mark is the seq of an event";
                return Err(StoreError::refused(ErrorCode::Invalid, text));
            }
        }
        // Keeps the number of removed settings bounded.
        _ if value.is_null() => tx.delete_removed_settings(person, REMOVED - 1).await?,
        _ => {
            let is_new = !tx.has_setting(person, &key).await?;
            if is_new && tx.count_settings(person).await? >= SETTINGS {
                return Err(StoreError::refused(
                    ErrorCode::TooLarge,
                    format!("an account can keep up to {SETTINGS} settings"),
                ));
            }
        }
    }
    put(tx, person, key, value).await
}

/// See [`Store::mark`](crate::store::Store::mark).
pub(crate) async fn mark(
    tx: &mut impl WriteTransaction,
    person: UserId,
    room: RoomId,
    seq: Seq,
) -> Result<Option<Uevent>, StoreError> {
    let Some(progress) = tx.progress(room, person).await? else {
        return Err(not_a_member(tx, room, person).await?);
    };
    if seq > progress.head {
        return Err(StoreError::refused(ErrorCode::Invalid, "this room has no such event yet"));
    }
    if seq <= progress.marks.read {
        return Ok(None);
    }
    let pos = tx.next_pos().await?;
    tx.set_read(room, person, seq, pos).await?;
    // Mentions up to the read marker are no longer counted.
    tx.delete_mentions_until(person, room, seq).await?;
    put(tx, person, UserKey::Read(room), Value::from(seq.0)).await.map(Some)
}

/// See [`Store::ack`](crate::store::Store::ack).
pub(crate) async fn ack(
    tx: &mut impl WriteTransaction,
    person: UserId,
    rooms: &[(RoomId, Seq)],
) -> Result<(), StoreError> {
    for (room, seq) in rooms {
        // Rooms that the person has left are skipped without an error.
        let Some(progress) = tx.progress(*room, person).await? else {
            continue;
        };
        let held = progress.head.min(*seq);
        if held > progress.marks.delivered {
            tx.set_delivered(*room, person, held).await?;
            publish_delivered(tx, *room, person).await?;
        }
    }
    Ok(())
}

/// Publishes the new receipts to the other members and moves the room's position for those who are
/// not connected.
async fn publish_delivered(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    by: UserId,
) -> Result<(), StoreError> {
    if tx.audience(room).await?.len() > RECEIPT_MEMBERS {
        return Ok(());
    }
    let receipts = tx.receipts(room).await?;
    let to: Vec<_> =
        delivered_by_viewer(&receipts).into_iter().filter(|(viewer, _)| *viewer != by).collect();
    if to.is_empty() {
        return Ok(());
    }
    let pos = tx.next_pos().await?;
    tx.set_room_pos(room, pos).await?;
    tx.publish(Change::Delivered { room, to });
    Ok(())
}

/// For each viewer the least that any *other* member holds; for a single member, what they hold
/// themselves.
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
