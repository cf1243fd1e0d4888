//! Checks shared by several rules: role and membership.

use homing_protocol::{ErrorCode, Role, RoomId, RoomKind, UserId};

use crate::store::StoreError;
use crate::store::transaction::ReadTransaction;

/// The role of a person. None: unknown or disabled.
pub(super) async fn role(
    tx: &mut impl ReadTransaction,
    person: UserId,
) -> Result<Option<Role>, StoreError> {
    Ok(tx.person(person).await?.filter(|row| !row.gone).map(|row| row.role))
}

/// The role of an active person; refused otherwise.
pub(super) async fn active_role(
    tx: &mut impl ReadTransaction,
    person: UserId,
) -> Result<Role, StoreError> {
    role(tx, person).await?.ok_or_else(account_disabled)
}

pub(super) fn account_disabled() -> StoreError {
    StoreError::refused(ErrorCode::Forbidden, "this account is disabled")
}

/// Refuses a person who is not a member.
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

/// The refusal for a person who is not a member: that they are not in the room, if they may know of
/// it, or that there is none.
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

/// Whether a person may know of a room they are not in.
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
