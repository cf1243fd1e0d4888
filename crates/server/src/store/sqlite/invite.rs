//! Invitations.
//!
//! Whoever made one vouches for it with the rights that they have when it is used, not with those
//! that they had: an invitation above its maker's role of today leads nowhere.

use homing_protocol::{ErrorCode, InviteId, Role, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::desk::Writing;
use super::room;
use super::row::{Id, RoleRow};
use crate::auth::secret::Hash;
use crate::store::{InviteKept, InviteSeen, NewInvite, StoreError};

/// Good invitations of one maker. More are a leak, not a need: one serves any number of people.
const MOST: u32 = 200;

/// Whether an invitation `i`, made by the person `p` if by anybody, can be used at the time `?1`.
const IS_GOOD: &str = "(i.uses_left IS NULL OR i.uses_left > 0)
    AND (i.expires IS NULL OR i.expires > ?1)
    AND (i.invited_by IS NULL OR (p.gone = 0 AND p.role >= 2 AND i.role <= p.role))
    AND (i.founding = 0 OR NOT EXISTS (SELECT 1 FROM people WHERE role = 3))";

fn invalid() -> StoreError {
    StoreError::refused(
        ErrorCode::InviteInvalid,
        "this join link is invalid, used up, expired or revoked; ask for a new one",
    )
}

/// See [`Store::invite`](crate::store::Store::invite).
pub(super) fn valid(sql: &Connection, code: Hash, now: i64) -> Result<InviteSeen, StoreError> {
    sql.prepare_cached(&format!(
        "SELECT i.role, p.name FROM invites i LEFT JOIN people p ON p.id = i.invited_by
         WHERE i.code = ?2 AND {IS_GOOD}"
    ))?
    .query_row(params![now, code.0], |row| {
        Ok(InviteSeen { role: row.get::<_, RoleRow>(0)?.0, invited_by: row.get(1)? })
    })
    .optional()?
    .ok_or_else(invalid)
}

/// See [`Store::add_invite`](crate::store::Store::add_invite).
pub(super) fn add(tx: &Writing<'_>, invite: &NewInvite) -> Result<(), StoreError> {
    if let Some(by) = invite.by {
        let own = maker(tx, by)?;
        if invite.role > own {
            return Err(forbidden());
        }
        forget_ended(tx)?;
        let count: u32 = tx
            .sql
            .prepare_cached("SELECT count(*) FROM invites WHERE invited_by = ?1")?
            .query_row([Id(by.0)], |row| row.get(0))?;
        if count >= MOST {
            return Err(StoreError::refused(
                ErrorCode::TooLarge,
                format!("you can have up to {MOST} open invitations; revoke one first"),
            ));
        }
    }
    tx.sql
        .prepare_cached(
            "INSERT INTO invites (code, role, invited_by, uses_left, expires, founding, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            invite.code.0,
            RoleRow(invite.role),
            invite.by.map(|by| Id(by.0)),
            invite.uses,
            invite.expires,
            invite.founding,
            tx.now(),
        ])?;
    Ok(())
}

fn forbidden() -> StoreError {
    StoreError::refused(
        ErrorCode::Forbidden,
        "only admins can invite, and only to roles up to their own",
    )
}

fn maker(tx: &Writing<'_>, by: UserId) -> Result<Role, StoreError> {
    room::role(tx.sql, by)?.filter(|role| *role >= Role::Admin).ok_or_else(forbidden)
}

/// What can never be used again is not kept.
fn forget_ended(tx: &Writing<'_>) -> Result<(), StoreError> {
    tx.sql
        .prepare_cached("DELETE FROM invites WHERE uses_left = 0 OR expires <= ?1")?
        .execute([tx.now()])?;
    Ok(())
}

/// See [`Store::invites`](crate::store::Store::invites).
pub(super) fn list(
    sql: &Connection,
    viewer: Option<UserId>,
    now: i64,
) -> Result<Vec<InviteKept>, StoreError> {
    if let Some(viewer) = viewer
        && room::role(sql, viewer)?.is_none_or(|role| role < Role::Admin)
    {
        return Err(forbidden());
    }
    Ok(sql
        .prepare_cached(&format!(
            "SELECT i.code, i.role, i.invited_by, i.uses_left, i.expires, i.created
             FROM invites i LEFT JOIN people p ON p.id = i.invited_by
             WHERE i.founding = 0 AND {IS_GOOD} ORDER BY i.created DESC, i.code"
        ))?
        .query_map([now], |row| {
            Ok(InviteKept {
                id: id_of(row.get(0)?),
                role: row.get::<_, RoleRow>(1)?.0,
                by: row.get::<_, Option<Id>>(2)?.map(|id| UserId(id.0)),
                uses_left: row.get(3)?,
                expires: row.get(4)?,
                created: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// An invitation is named by the beginning of its code's hash, which tells nothing of the code.
fn id_of(code: [u8; 32]) -> InviteId {
    let [a, b, c, d, e, f, g, h, ..] = code;
    InviteId(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// See [`Store::withdraw_invite`](crate::store::Store::withdraw_invite).
pub(super) fn withdraw(
    tx: &Writing<'_>,
    by: Option<UserId>,
    id: InviteId,
) -> Result<(), StoreError> {
    let most = by.map_or(Ok(Role::Owner), |by| maker(tx, by))?;
    let prefix = id.0.to_be_bytes();
    let found: Option<RoleRow> = tx
        .sql
        .prepare_cached("SELECT max(role) FROM invites WHERE substr(code, 1, 8) = ?1")?
        .query_row([prefix], |row| row.get(0))?;
    match found {
        None => Err(StoreError::refused(ErrorCode::NotFound, "this invitation no longer exists")),
        Some(role) if role.0 > most => Err(forbidden()),
        Some(_) => {
            tx.sql
                .prepare_cached("DELETE FROM invites WHERE substr(code, 1, 8) = ?1")?
                .execute([prefix])?;
            Ok(())
        }
    }
}

/// Ends all of a person's.
pub(super) fn withdraw_all(tx: &Writing<'_>, by: UserId) -> Result<(), StoreError> {
    tx.sql.prepare_cached("DELETE FROM invites WHERE invited_by = ?1")?.execute([Id(by.0)])?;
    Ok(())
}
