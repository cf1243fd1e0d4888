//! Device links: one-time codes by which a device signs in another one of the same person.
//!
//! They are looked up by their SHA-256 only. The time of a lookup reveals nothing about a guessed
//! code, because nobody can choose its hash.

use homing_protocol::ErrorCode;

use super::device;
use crate::auth::secret::Hash;
use crate::store::rows::LinkRow;
use crate::store::transaction::{ReadTransaction, WriteTransaction};
use crate::store::{Joined, LinkPreview, LinkSignIn, StoreError};

/// See [`Store::find_link`](crate::store::Store::find_link).
pub(crate) async fn find(
    tx: &mut impl ReadTransaction,
    code: Hash,
    now: i64,
) -> Result<LinkPreview, StoreError> {
    let link = usable(tx, code, now).await?;
    Ok(LinkPreview { person: link.person, name: link.name, device_name: link.device_name })
}

async fn usable(
    tx: &mut impl ReadTransaction,
    code: Hash,
    now: i64,
) -> Result<LinkRow, StoreError> {
    tx.link(code).await?.filter(|link| link.expires > now && !link.gone).ok_or_else(|| {
        StoreError::refused(
            ErrorCode::LinkInvalid,
            "this device link is invalid, used or expired; create a new one on a device that's \
             signed in",
        )
    })
}

/// See [`Store::link`](crate::store::Store::link).
pub(crate) async fn link(
    tx: &mut impl WriteTransaction,
    linking: &LinkSignIn,
) -> Result<Joined, StoreError> {
    let (key, code) = (linking.key, linking.code);
    if let Some(joined) = device::repeated_sign_in(tx, key, code, linking.device.token).await? {
        return Ok(joined);
    }
    let now = tx.now();
    let link = usable(tx, code, now).await?;
    let device = device::add(tx, link.person, &linking.device, Some((key, code))).await?;
    tx.delete_link(link.device).await?;
    Ok(Joined { person: link.person, name: link.name, device })
}
