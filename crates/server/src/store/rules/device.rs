//! A person's devices.

use homing_protocol::frame::UserKey;
use homing_protocol::http::DeviceName;
use homing_protocol::{Cid, CloseCode, DeviceId, ErrorCode, UserId};

use super::own;
use crate::auth::secret::Hash;
use crate::store::rows::DeviceInsert;
use crate::store::transaction::WriteTransaction;
use crate::store::{Change, Joined, NewDevice, StoreError};

/// A retry of a join or link whose response was lost: the same key returns the same device with a
/// new token, because nobody has the old one.
pub(super) async fn repeated_sign_in(
    tx: &mut impl WriteTransaction,
    key: Cid,
    code: Hash,
    token: Hash,
) -> Result<Option<Joined>, StoreError> {
    let Some(known) = tx.attempt(key).await? else {
        return Ok(None);
    };
    if known.code != code || known.gone {
        return Err(StoreError::refused(
            ErrorCode::Invalid,
            "this key was already used with another code, or by a disabled account",
        ));
    }
    tx.set_token(known.device, token).await?;
    Ok(Some(Joined { person: known.person, name: known.name, device: known.device }))
}

/// See [`Store::add_device`](crate::store::Store::add_device).
pub(crate) async fn add(
    tx: &mut impl WriteTransaction,
    person: UserId,
    device: &NewDevice,
    attempt: Option<(Cid, Hash)>,
) -> Result<DeviceId, StoreError> {
    let count = tx.count_devices(person).await?;
    if count >= device.most {
        return Err(StoreError::refused(
            ErrorCode::TooManyDevices,
            format!("an account can have up to {} devices; sign one out first", device.most),
        ));
    }
    let id = DeviceId(tx.new_id());
    let row = DeviceInsert {
        id,
        person,
        name: &device.name,
        token: device.token,
        attempt,
        created: tx.now(),
    };
    tx.insert_device(&row).await?;
    if count > 0 {
        publish_devices(tx, person).await?;
    }
    Ok(id)
}

/// Publishes the list of a person's devices to them.
async fn publish_devices(tx: &mut impl WriteTransaction, person: UserId) -> Result<(), StoreError> {
    let devices = tx.devices(person).await?;
    let devices: Vec<_> =
        devices.into_iter().map(|device| DeviceName { id: device.id, name: device.name }).collect();
    let value = serde_json::to_value(devices).expect("ids and names are strings");
    own::put(tx, person, UserKey::Devices, value).await?;
    Ok(())
}

/// See [`Store::touch`](crate::store::Store::touch).
pub(crate) async fn touch(
    tx: &mut impl WriteTransaction,
    device: DeviceId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.set_last_seen(device, now).await
}

/// See [`Store::rename_device`](crate::store::Store::rename_device).
pub(crate) async fn rename(
    tx: &mut impl WriteTransaction,
    person: UserId,
    device: DeviceId,
    name: &str,
) -> Result<(), StoreError> {
    if !tx.rename_device(person, device, name).await? {
        return Err(no_such_device());
    }
    publish_devices(tx, person).await
}

/// See [`Store::remove_device`](crate::store::Store::remove_device).
pub(crate) async fn remove(
    tx: &mut impl WriteTransaction,
    person: UserId,
    device: DeviceId,
) -> Result<(), StoreError> {
    if !tx.delete_device(person, device).await? {
        return Err(no_such_device());
    }
    tx.publish(Change::Dismissed { person, device: Some(device), code: CloseCode::SIGNED_OUT });
    publish_devices(tx, person).await
}

/// The same refusal for devices of others, so that nobody learns whether they exist.
fn no_such_device() -> StoreError {
    StoreError::refused(ErrorCode::NotFound, "no such device")
}
