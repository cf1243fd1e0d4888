//! Deletes a room with all its messages.
//!
//! First all members are removed in one step, so that the room disappears everywhere. Then the log
//! is deleted in parts, so that others can write in between. If interrupted, it can be called again
//! and continues.

use homing_protocol::frame::UserKey;
use homing_protocol::{ErrorCode, RoomId, RoomKind};
use serde_json::Value;

use super::own;
use crate::store::StoreError;
use crate::store::rows::RoomKeys;
use crate::store::transaction::WriteTransaction;

/// Events per part: some ten milliseconds.
const PART: u32 = 1000;

/// What is left to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remaining {
    /// There may be more events, or what they left of others.
    Events,
    /// The room is gone.
    Nothing,
}

/// Removes all members, without events, because nobody reads the log any more.
pub(crate) async fn empty(tx: &mut impl WriteTransaction, room: RoomId) -> Result<(), StoreError> {
    if tx.room(room).await?.is_none() {
        return Err(StoreError::refused(ErrorCode::NotFound, "no such room"));
    }
    let people = tx.audience(room).await?;
    let pos = tx.next_pos().await?;
    tx.delete_members(room).await?;
    tx.delete_mentions(room).await?;
    // The room becomes private without unique keys, so it can't be found and its name is free.
    let hidden = RoomKeys { kind: RoomKind::Private, public: None, people: None, entrance: false };
    tx.set_room_keys(room, hidden).await?;
    let count = i64::try_from(people.len()).unwrap_or(i64::MAX);
    tx.add_member_count(room, -count, pos).await?;
    for person in people.iter() {
        own::put(tx, *person, UserKey::Room(room), Value::Null).await?;
        own::forget_room(tx, room, *person).await?;
    }
    Ok(())
}

/// Deletes a part of the log; after the last part, the room.
pub(crate) async fn delete_part(
    tx: &mut impl WriteTransaction,
    room: RoomId,
) -> Result<Remaining, StoreError> {
    if tx.delete_events(room, PART).await? > 0 || tx.delete_folds(room, PART).await? > 0 {
        return Ok(Remaining::Events);
    }
    tx.delete_room(room).await?;
    Ok(Remaining::Nothing)
}
