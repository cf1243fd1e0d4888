//! Secret Service over D-Bus: GNOME Keyring, KWallet, KeePassXC.

use std::error::Error;
use std::sync::Arc;

use homing_engine::session::SecretError;
use keyring_core::{CredentialStore, Result};
use secret_service::Error as Service;
use zbus_secret_service_keyring_store::Store;

pub(super) fn open() -> Result<Arc<CredentialStore>> {
    Ok(Store::new()?)
}

/// A prompt that nobody answered leaves the keyring as it was: locked. A collection that is not
/// there is a keyring that was never set up.
pub(super) fn reason(error: &(dyn Error + Send + Sync + 'static)) -> Option<SecretError> {
    match error.downcast_ref::<Service>()? {
        Service::Locked | Service::Prompt | Service::PromptDisconnected => {
            Some(SecretError::Locked)
        }
        Service::NoResult | Service::Unavailable => Some(SecretError::Absent),
        Service::Zbus(zbus::Error::FDO(error)) => bus_reason(error),
        Service::ZbusFdo(error) => bus_reason(error),
        Service::Zbus(zbus::Error::MethodError(name, ..)) => match name.as_str() {
            "org.freedesktop.Secret.Error.IsLocked" => Some(SecretError::Locked),
            "org.freedesktop.Secret.Error.NoSuchObject" => Some(SecretError::Absent),
            _ => None,
        },
        _ => None,
    }
}

fn bus_reason(error: &zbus::fdo::Error) -> Option<SecretError> {
    use zbus::fdo::Error as Bus;
    match error {
        Bus::ServiceUnknown(_) | Bus::NameHasNoOwner(_) | Bus::NoServer(_) => {
            Some(SecretError::Absent)
        }
        Bus::AccessDenied(_) | Bus::AuthFailed(_) => Some(SecretError::Denied),
        Bus::Timeout(_) | Bus::TimedOut(_) | Bus::NoReply(_) => Some(SecretError::TimedOut),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::fdo;

    #[test]
    fn every_refusal_has_its_own_words() {
        let bus = |error| Service::Zbus(zbus::Error::FDO(Box::new(error)));
        for (error, expected) in [
            (Service::Locked, Some(SecretError::Locked)),
            (Service::Prompt, Some(SecretError::Locked)),
            (Service::NoResult, Some(SecretError::Absent)),
            (bus(fdo::Error::ServiceUnknown(String::new())), Some(SecretError::Absent)),
            (bus(fdo::Error::AccessDenied(String::new())), Some(SecretError::Denied)),
            (bus(fdo::Error::NoReply(String::new())), Some(SecretError::TimedOut)),
            (Service::Crypto("padding"), None),
        ] {
            assert_eq!(reason(&error), expected, "{error}");
        }
    }
}
