//! Accounts: joining, updates, and unique names.

use homing_protocol::{Cid, CloseCode, ErrorCode, Role, RoomKind, UserId};

use super::{device, invite, room};
use crate::auth::confusable::{self, Skeletons, are_confusable};
use crate::auth::name::{self, Name};
use crate::store::change::Audience;
use crate::store::rows::{Accounts, PersonInsert, PersonUpdate};
use crate::store::transaction::WriteTransaction;
use crate::store::{AccountUpdate, Change, JoinRequest, Joined, NewRoom, StoreError};

/// The name of the room that everybody joins.
const ENTRANCE: &str = "general";

/// See [`Store::join`](crate::store::Store::join).
pub(crate) async fn join(
    tx: &mut impl WriteTransaction,
    joining: &JoinRequest,
) -> Result<Joined, StoreError> {
    let (key, code) = (joining.key, joining.code);
    if let Some(joined) = device::repeated_sign_in(tx, key, code, joining.device.token).await? {
        return Ok(joined);
    }
    let now = tx.now();
    let invite = invite::usable(tx, code, now).await?;
    let skeletons = confusable::skeletons(&joining.name);
    must_be_free(tx, &joining.name, &skeletons, None).await?;
    let person = UserId(tx.new_id());
    let pos = tx.next_pos().await?;
    let row = PersonInsert {
        id: person,
        name: &joining.name,
        skeletons: &skeletons,
        role: invite.role,
        password: joining.password.as_deref(),
        pos,
        created: tx.now(),
    };
    tx.insert_person(&row).await?;
    tx.use_invite(code).await?;
    let device = device::add(tx, person, &joining.device, Some((key, code))).await?;
    tx.publish(Change::Digest { to: Audience::All, pos });
    if invite.role > Role::Guest {
        join_entrances(tx, person).await?;
    }
    Ok(Joined { person, name: joining.name.shown.clone(), device })
}

/// Adds a new member to the entrance rooms, and creates one if there is none.
async fn join_entrances(tx: &mut impl WriteTransaction, person: UserId) -> Result<(), StoreError> {
    let entrances = tx.entrances().await?;
    for entrance in &entrances {
        room::enter_entrance(tx, person, *entrance).await?;
    }
    if entrances.is_empty() {
        let room = NewRoom {
            key: Cid(tx.new_id()),
            kind: RoomKind::Public,
            name: name::read(ENTRANCE, ENTRANCE.len()),
            topic: String::new(),
            people: Vec::new(),
        };
        room::insert(tx, person, &room, None, true).await?;
    }
    Ok(())
}

/// See [`Store::change_person`](crate::store::Store::change_person).
pub(crate) async fn change(
    tx: &mut impl WriteTransaction,
    person: UserId,
    changed: &AccountUpdate,
) -> Result<(), StoreError> {
    let skeletons = changed.name.as_ref().map(confusable::skeletons);
    let name = changed.name.as_ref().zip(skeletons.as_ref());
    if let Some((name, skeletons)) = name {
        must_be_free(tx, name, skeletons, Some(person)).await?;
    }
    let pos = tx.next_pos().await?;
    let columns = PersonUpdate {
        name,
        password: changed.password.as_deref(),
        role: changed.role,
        gone: changed.gone,
        pos,
    };
    if !tx.update_person(person, &columns).await? {
        return Err(StoreError::refused(ErrorCode::NotFound, "no such member"));
    }
    if changed.gone == Some(true) {
        // Their invitations and links are deleted and don't come back when the account is enabled
        // again.
        tx.delete_invites_of(person).await?;
        tx.delete_links_of(person).await?;
        tx.publish(Change::Dismissed { person, device: None, code: CloseCode::ACCOUNT_DISABLED });
    }
    if let Some(kept) = changed.only_device {
        for other in tx.devices(person).await? {
            if other.id != kept {
                device::remove(tx, person, other.id).await?;
            }
        }
    }
    must_have_owner(tx).await?;
    tx.publish(Change::Digest { to: Audience::All, pos });
    Ok(())
}

/// Refuses to leave the space without an active owner.
async fn must_have_owner(tx: &mut impl WriteTransaction) -> Result<(), StoreError> {
    if tx.has_owner(Accounts::Active).await? {
        return Ok(());
    }
    Err(StoreError::refused(
        ErrorCode::Forbidden,
        "this is the last owner; make someone else an owner first",
    ))
}

/// See [`Store::remove_person`](crate::store::Store::remove_person).
pub(crate) async fn remove(
    tx: &mut impl WriteTransaction,
    person: UserId,
) -> Result<(), StoreError> {
    let gone = AccountUpdate { gone: Some(true), ..AccountUpdate::default() };
    change(tx, person, &gone).await?;
    room::leave_all(tx, person).await?;
    tx.delete_devices(person).await?;
    tx.clear_password(person).await
}

/// Refuses a name that is taken or confusable with another one.
async fn must_be_free(
    tx: &mut impl WriteTransaction,
    name: &Name,
    skeletons: &Skeletons,
    but: Option<UserId>,
) -> Result<(), StoreError> {
    let mut others = tx.similar_names(&name.key, skeletons).await?;
    others.retain(|other| Some(other.person) != but);
    if others.iter().any(|other| other.key == name.key) {
        return Err(taken("this name is already taken"));
    }
    if others.iter().any(|other| are_confusable(&name.shown, &other.name)) {
        return Err(taken("this name looks too much like another member's"));
    }
    Ok(())
}

fn taken(text: &str) -> StoreError {
    StoreError::refused(ErrorCode::NameTaken, text)
}
