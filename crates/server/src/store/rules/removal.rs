//! Taking a room away, with all that was said in it.
//!
//! First everybody is out, in one step, so that it is gone from every screen. Then the log is deleted
//! in parts, between which others write. Interrupted, it can be asked for again and goes on.

use homing_protocol::frame::UserKey;
use homing_protocol::{ErrorCode, RoomId, RoomKind};
use serde_json::Value;

use super::own;
use crate::store::StoreError;
use crate::store::rows::RoomKeys;
use crate::store::transaction::WriteTransaction;

/// Events deleted at once: some ten milliseconds.
const PART: u32 = 1000;

/// Whether something of a room is left to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remaining {
    /// There may be more of its log.
    Events,
    /// The room is gone.
    Nothing,
}

/// Takes everybody out, without a word in a log that nobody reads any more.
pub(crate) async fn empty(tx: &mut impl WriteTransaction, room: RoomId) -> Result<(), StoreError> {
    if tx.room(room).await?.is_none() {
        return Err(StoreError::refused(ErrorCode::NotFound, "no such room"));
    }
    let people = tx.audience(room).await?;
    let pos = tx.next_pos().await?;
    tx.delete_members(room).await?;
    tx.delete_mentions(room).await?;
    // Private and without a name that is taken: nobody finds it, and its name is free at once.
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

/// Deletes a part of the log, and with the last one the room.
pub(crate) async fn delete_part(
    tx: &mut impl WriteTransaction,
    room: RoomId,
) -> Result<Remaining, StoreError> {
    if tx.delete_events(room, PART).await? > 0 {
        return Ok(Remaining::Events);
    }
    tx.delete_room(room).await?;
    Ok(Remaining::Nothing)
}
