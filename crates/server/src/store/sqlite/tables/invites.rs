//! The table `invites`.

use homing_protocol::UserId;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use super::super::row::{Id, RoleRow};
use crate::auth::secret::Hash;
use crate::store::NewInvite;
use crate::store::rows::{InviteMaker, InviteRow};

pub(crate) fn get(sql: &Connection, code: Hash) -> Result<Option<InviteRow>> {
    sql.prepare_cached(
        "SELECT i.*, p.id AS maker, p.name AS maker_name, p.role AS maker_role, p.gone AS maker_gone
         FROM invites i LEFT JOIN people p ON p.id = i.invited_by WHERE i.code = ?1",
    )?
    .query_row([code.0], invite_of)
    .optional()
}

pub(crate) fn all(sql: &Connection) -> Result<Vec<InviteRow>> {
    sql.prepare_cached(
        "SELECT i.*, p.id AS maker, p.name AS maker_name, p.role AS maker_role, p.gone AS maker_gone
         FROM invites i LEFT JOIN people p ON p.id = i.invited_by ORDER BY i.created DESC, i.code",
    )?
    .query_map([], invite_of)?
    .collect()
}

fn invite_of(row: &Row<'_>) -> Result<InviteRow> {
    let maker = match row.get::<_, Option<Id>>("maker")? {
        Some(id) => Some(InviteMaker {
            id: UserId(id.0),
            name: row.get("maker_name")?,
            role: row.get::<_, RoleRow>("maker_role")?.0,
            gone: row.get("maker_gone")?,
        }),
        None => None,
    };
    Ok(InviteRow {
        code: Hash(row.get("code")?),
        role: row.get::<_, RoleRow>("role")?.0,
        maker,
        uses_left: row.get("uses_left")?,
        expires: row.get("expires")?,
        founding: row.get("founding")?,
        created: row.get("created")?,
    })
}

pub(crate) fn insert(sql: &Connection, invite: &NewInvite, created: i64) -> Result<()> {
    sql.prepare_cached(
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
        created,
    ])?;
    Ok(())
}

pub(crate) fn count(sql: &Connection, by: UserId) -> Result<u32> {
    sql.prepare_cached("SELECT count(*) FROM invites WHERE invited_by = ?1")?
        .query_row([Id(by.0)], |row| row.get(0))
}

pub(crate) fn count_use(sql: &Connection, code: Hash) -> Result<()> {
    sql.prepare_cached(
        "UPDATE invites SET uses_left = uses_left - 1
         WHERE code = ?1 AND uses_left IS NOT NULL",
    )?
    .execute([code.0])?;
    Ok(())
}

pub(crate) fn delete(sql: &Connection, code: Hash) -> Result<()> {
    sql.prepare_cached("DELETE FROM invites WHERE code = ?1")?.execute([code.0])?;
    Ok(())
}

pub(crate) fn delete_of(sql: &Connection, by: UserId) -> Result<()> {
    sql.prepare_cached("DELETE FROM invites WHERE invited_by = ?1")?.execute([Id(by.0)])?;
    Ok(())
}

pub(crate) fn delete_ended(sql: &Connection, now: i64) -> Result<()> {
    sql.prepare_cached("DELETE FROM invites WHERE uses_left = 0 OR expires <= ?1")?
        .execute([now])?;
    Ok(())
}
