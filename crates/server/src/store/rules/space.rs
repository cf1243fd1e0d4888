//! The space itself.

use homing_protocol::{Epoch, ErrorCode, Pos, Role, SpaceId, UserId};

use super::access;
use crate::clock::Random;
use crate::store::change::Audience;
use crate::store::rows::{Accounts, SpaceRow};
use crate::store::transaction::{ReadTransaction, WriteTransaction};
use crate::store::{Change, Space, StoreError};

/// Creates the space, unless it exists.
pub(crate) async fn create(tx: &mut impl WriteTransaction, name: &str) -> Result<(), StoreError> {
    let space = SpaceRow {
        id: SpaceId(tx.new_id()),
        name: name.to_owned(),
        epoch: new_epoch(tx.random()),
        pos: Pos(0),
    };
    let created = tx.now();
    tx.insert_space(&space, created).await
}

fn new_epoch(random: &dyn Random) -> Epoch {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    Epoch(u64::from_le_bytes(bytes))
}

/// See [`Store::space`](crate::store::Store::space).
pub(crate) async fn read(tx: &mut impl ReadTransaction) -> Result<Space, StoreError> {
    let row = row(tx).await?;
    let founded = tx.has_owner(Accounts::All).await?;
    Ok(Space { id: row.id, name: row.name, epoch: row.epoch, founded })
}

pub(super) async fn row(tx: &mut impl ReadTransaction) -> Result<SpaceRow, StoreError> {
    tx.space().await?.ok_or(StoreError::Absent)
}

/// See [`Store::renew_epoch`](crate::store::Store::renew_epoch).
pub(crate) async fn renew_epoch(tx: &mut impl WriteTransaction) -> Result<Space, StoreError> {
    let epoch = new_epoch(tx.random());
    // What the copy had is told, so that devices know what to give back.
    let now = tx.now();
    tx.insert_restore(now).await?;
    tx.set_epoch(epoch).await?;
    read(tx).await
}

/// See [`Store::rename_space`](crate::store::Store::rename_space).
pub(crate) async fn rename(
    tx: &mut impl WriteTransaction,
    by: Option<UserId>,
    name: &str,
) -> Result<Space, StoreError> {
    if let Some(by) = by
        && access::role(tx, by).await?.is_none_or(|role| role < Role::Admin)
    {
        return Err(StoreError::refused(
            ErrorCode::Forbidden,
            "only owners and admins can rename the space",
        ));
    }
    tx.set_space_name(name).await?;
    let pos = tx.next_pos().await?;
    tx.publish(Change::Digest { to: Audience::All, pos });
    read(tx).await
}
