//! Invitations.
//!
//! An invitation is checked against its maker's current rights, not those at its creation: one
//! above the maker's current role can't be used.

use homing_protocol::{ErrorCode, InviteId, Role, UserId};

use super::access;
use crate::auth::secret::Hash;
use crate::store::rows::{Accounts, InviteMaker, InviteRow};
use crate::store::transaction::{ReadTransaction, WriteTransaction};
use crate::store::{InvitePreview, NewInvite, StoreError, StoredInvite};

/// Maximum number of open invitations of one maker. One can serve any number of people.
const MOST: u32 = 200;

/// Whether an invitation can be used at `now`, in a space with or without an owner.
fn is_usable(invite: &InviteRow, now: i64, founded: bool) -> bool {
    let may_invite =
        |maker: &InviteMaker| !maker.gone && maker.role >= Role::Admin && invite.role <= maker.role;
    invite.uses_left.is_none_or(|left| left > 0)
        && invite.expires.is_none_or(|ends| ends > now)
        && invite.maker.as_ref().is_none_or(may_invite)
        && !(invite.founding && founded)
}

/// See [`Store::invite`](crate::store::Store::invite).
pub(crate) async fn usable(
    tx: &mut impl ReadTransaction,
    code: Hash,
    now: i64,
) -> Result<InvitePreview, StoreError> {
    if let Some(invite) = tx.invite(code).await? {
        let founded = invite.founding && tx.has_owner(Accounts::All).await?;
        if is_usable(&invite, now, founded) {
            let invited_by = invite.maker.map(|maker| maker.name);
            return Ok(InvitePreview { role: invite.role, invited_by });
        }
    }
    Err(StoreError::refused(
        ErrorCode::InviteInvalid,
        "this join link is invalid, used up, expired or revoked; ask for a new one",
    ))
}

/// See [`Store::add_invite`](crate::store::Store::add_invite).
pub(crate) async fn add(
    tx: &mut impl WriteTransaction,
    invite: &NewInvite,
) -> Result<(), StoreError> {
    let now = tx.now();
    if let Some(by) = invite.by {
        if invite.role > role_of_maker(tx, by).await? {
            return Err(forbidden());
        }
        // Delete invitations that can't be used any more.
        tx.delete_ended_invites(now).await?;
        if tx.count_invites(by).await? >= MOST {
            return Err(StoreError::refused(
                ErrorCode::TooLarge,
                format!("you can have up to {MOST} open invitations; revoke one first"),
            ));
        }
    }
    tx.insert_invite(invite, now).await
}

fn forbidden() -> StoreError {
    StoreError::refused(
        ErrorCode::Forbidden,
        "only admins can invite, and only to roles up to their own",
    )
}

async fn role_of_maker(tx: &mut impl ReadTransaction, by: UserId) -> Result<Role, StoreError> {
    access::role(tx, by).await?.filter(|role| *role >= Role::Admin).ok_or_else(forbidden)
}

/// See [`Store::invites`](crate::store::Store::invites).
pub(crate) async fn list(
    tx: &mut impl ReadTransaction,
    viewer: Option<UserId>,
    now: i64,
) -> Result<Vec<StoredInvite>, StoreError> {
    if let Some(viewer) = viewer {
        role_of_maker(tx, viewer).await?;
    }
    let invites = tx.invites().await?;
    Ok(invites
        .into_iter()
        // The founding invitation is not for sharing, so it is not listed.
        .filter(|invite| !invite.founding && is_usable(invite, now, true))
        .map(|invite| StoredInvite {
            id: invite.id(),
            role: invite.role,
            by: invite.maker.map(|maker| maker.id),
            uses_left: invite.uses_left,
            expires: invite.expires,
            created: invite.created,
        })
        .collect())
}

/// See [`Store::withdraw_invite`](crate::store::Store::withdraw_invite).
pub(crate) async fn withdraw(
    tx: &mut impl WriteTransaction,
    by: Option<UserId>,
    id: InviteId,
) -> Result<(), StoreError> {
    let most = match by {
        Some(by) => role_of_maker(tx, by).await?,
        None => Role::Owner,
    };
    let mut named = tx.invites().await?;
    named.retain(|invite| invite.id() == id);
    if named.is_empty() {
        return Err(StoreError::refused(ErrorCode::NotFound, "this invitation no longer exists"));
    }
    if named.iter().any(|invite| invite.role > most) {
        return Err(forbidden());
    }
    for invite in named {
        tx.delete_invite(invite.code).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: i64 = 100;

    fn by_nobody() -> InviteRow {
        InviteRow {
            code: Hash([0; 32]),
            role: Role::Member,
            maker: None,
            uses_left: None,
            expires: None,
            founding: false,
            created: 0,
        }
    }

    fn by(role: Role, gone: bool) -> Option<InviteMaker> {
        Some(InviteMaker { id: UserId(Uuid::nil()), name: "Ada".into(), role, gone })
    }

    #[test]
    fn an_invitation_can_be_used_while_all_holds_that_it_says() {
        let admin = Role::Admin;
        for (what, invite, founded, usable) in [
            ("of the host", by_nobody(), true, true),
            ("one use left", InviteRow { uses_left: Some(1), ..by_nobody() }, true, true),
            ("no use left", InviteRow { uses_left: Some(0), ..by_nobody() }, true, false),
            ("ends later", InviteRow { expires: Some(NOW + 1), ..by_nobody() }, true, true),
            ("ends now", InviteRow { expires: Some(NOW), ..by_nobody() }, true, false),
            ("of an admin", InviteRow { maker: by(admin, false), ..by_nobody() }, true, true),
            (
                "of who is disabled",
                InviteRow { maker: by(admin, true), ..by_nobody() },
                true,
                false,
            ),
            (
                "of a member",
                InviteRow { maker: by(Role::Member, false), ..by_nobody() },
                true,
                false,
            ),
            (
                "above its maker",
                InviteRow { role: Role::Owner, maker: by(admin, false), ..by_nobody() },
                true,
                false,
            ),
            ("the first", InviteRow { founding: true, ..by_nobody() }, false, true),
            ("the first, too late", InviteRow { founding: true, ..by_nobody() }, true, false),
        ] {
            assert_eq!(is_usable(&invite, NOW, founded), usable, "{what}");
        }
    }
}
