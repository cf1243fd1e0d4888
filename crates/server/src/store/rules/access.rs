//! What several rules ask: who somebody is and whether they are in a room.

use homing_protocol::{ErrorCode, Role, RoomId, RoomKind, UserId};

use crate::store::StoreError;
use crate::store::transaction::ReadTransaction;

/// None: unknown or disabled.
pub(super) async fn role(
    tx: &mut impl ReadTransaction,
    person: UserId,
) -> Result<Option<Role>, StoreError> {
    Ok(tx.person(person).await?.filter(|row| !row.gone).map(|row| row.role))
}

/// The role of somebody who does something.
pub(super) async fn active_role(
    tx: &mut impl ReadTransaction,
    person: UserId,
) -> Result<Role, StoreError> {
    role(tx, person).await?.ok_or_else(account_disabled)
}

pub(super) fn account_disabled() -> StoreError {
    StoreError::refused(ErrorCode::Forbidden, "this account is disabled")
}

/// Refuses who is no member.
pub(super) async fn must_be_member(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    person: UserId,
) -> Result<(), StoreError> {
    if tx.is_member(room, person).await? {
        return Ok(());
    }
    Err(not_a_member(tx, room, person).await?)
}

/// Why somebody who is no member gets nothing of a room: that they are not in it, if they may know
/// of it, or that there is none.
pub(super) async fn not_a_member(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    person: UserId,
) -> Result<StoreError, StoreError> {
    Ok(if may_find(tx, room, person).await? {
        StoreError::refused(ErrorCode::NotMember, "you're not in this room")
    } else {
        no_such_room()
    })
}

/// Whether somebody who is not in a room may know of it.
pub(super) async fn may_find(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    person: UserId,
) -> Result<bool, StoreError> {
    let is_public = tx.room(room).await?.is_some_and(|room| room.kind == RoomKind::Public);
    Ok(is_public && role(tx, person).await?.is_some_and(|role| role > Role::Guest))
}

pub(super) fn no_such_room() -> StoreError {
    StoreError::refused(ErrorCode::NoSuchRoom, "no such room")
}
