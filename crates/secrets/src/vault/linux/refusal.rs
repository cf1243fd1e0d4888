//! Why a daemon or the library did not do as asked, as far as a person acts on it.

use homing_engine::session::SecretError;
use secret_service::Error;
use zbus::fdo;

use super::super::common;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Refusal(pub(super) SecretError);

/// There is no bus, or nobody on it who keeps secrets, whatever the reason.
pub(super) fn absent(error: impl std::fmt::Display) -> Refusal {
    tracing::info!(%error, "the keyring cannot be opened");
    Refusal(SecretError::Absent)
}

/// Whether a daemon that is there refused to encrypt, and in which words.
pub(super) fn cannot_encrypt(error: &keyring::Error) -> Option<String> {
    let keyring::Error::PlatformFailure(inner) = error else { return None };
    match inner.downcast_ref::<Error>()? {
        Error::Zbus(zbus::Error::MethodError(name, ..)) => {
            let refused = ["InvalidArgs", "NotSupported"]
                .iter()
                .any(|known| name.as_str() == format!("org.freedesktop.DBus.Error.{known}"));
            refused.then(|| error.to_string())
        }
        Error::Zbus(zbus::Error::FDO(refused))
            if matches!(**refused, fdo::Error::InvalidArgs(_) | fdo::Error::NotSupported(_)) =>
        {
            Some(error.to_string())
        }
        _ => None,
    }
}

/// Whether there is no such object, or not any more.
pub(super) fn is_gone(error: &Error) -> bool {
    let Error::ZbusFdo(error) = error else { return false };
    matches!(error, fdo::Error::UnknownObject(_) | fdo::Error::UnknownMethod(_))
}

impl From<SecretError> for Refusal {
    fn from(why: SecretError) -> Self {
        Self(why)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(reason(&error).unwrap_or_else(|| SecretError::Failed(error.to_string())))
    }
}

impl From<keyring::Error> for Refusal {
    /// Nothing was locked any more when the library was asked: what it meets as a lock is an access
    /// that the person did not grant.
    fn from(error: keyring::Error) -> Self {
        use keyring::Error::{NoStorageAccess, PlatformFailure};
        let known = common(&error).or_else(|| match &error {
            NoStorageAccess(inner) | PlatformFailure(inner) => match inner.downcast_ref()? {
                error @ (Error::Locked | Error::Prompt) => {
                    tracing::info!(%error, "access was not granted");
                    Some(SecretError::Denied)
                }
                error => match reason(error)? {
                    SecretError::Locked => Some(SecretError::Denied),
                    other => Some(other),
                },
            },
            _ => None,
        });
        Self(known.unwrap_or_else(|| SecretError::Failed(error.to_string())))
    }
}

/// A prompt that nobody answered leaves the keyring as it was: locked. A collection that is not
/// there is a keyring that was never set up.
fn reason(error: &Error) -> Option<SecretError> {
    match error {
        Error::Locked | Error::Prompt => Some(SecretError::Locked),
        Error::NoResult => Some(SecretError::NotSetUp),
        Error::Unavailable | Error::PromptDisconnected => Some(SecretError::Absent),
        Error::Zbus(error) => of_bus(error.clone().into()),
        Error::ZbusFdo(error) => of_bus(error.clone()),
        _ => None,
    }
}

fn of_bus(error: fdo::Error) -> Option<SecretError> {
    match error {
        fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_) => Some(SecretError::Absent),
        // What the bus says of a daemon that ended with the question in its hands.
        fdo::Error::NoReply(_) => Some(SecretError::Absent),
        // The bus ended.
        fdo::Error::NoServer(_)
        | fdo::Error::Disconnected(_)
        | fdo::Error::ZBus(zbus::Error::InputOutput(_)) => Some(SecretError::Absent),
        fdo::Error::AccessDenied(_) | fdo::Error::AuthFailed(_) => Some(SecretError::Denied),
        fdo::Error::Timeout(_) | fdo::Error::TimedOut(_) => Some(SecretError::TimedOut),
        fdo::Error::ZBus(zbus::Error::MethodError(name, ..)) => match name.as_str() {
            "org.freedesktop.Secret.Error.IsLocked" => Some(SecretError::Locked),
            "org.freedesktop.Secret.Error.NoSuchObject" => Some(SecretError::NotSetUp),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_own_words() {
        let bus = |error| Error::Zbus(zbus::Error::FDO(Box::new(error)));
        let gone = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        for (error, expected) in [
            (Error::Locked, SecretError::Locked),
            (Error::Prompt, SecretError::Locked),
            (Error::NoResult, SecretError::NotSetUp),
            (Error::PromptDisconnected, SecretError::Absent),
            (bus(fdo::Error::ServiceUnknown(String::new())), SecretError::Absent),
            (bus(fdo::Error::NoReply(String::new())), SecretError::Absent),
            (zbus::Error::from(gone()).into(), SecretError::Absent),
            (bus(fdo::Error::AccessDenied(String::new())), SecretError::Denied),
            (bus(fdo::Error::Timeout(String::new())), SecretError::TimedOut),
            (Error::Crypto("padding"), SecretError::Failed("Crypto error: padding".into())),
        ] {
            let words = error.to_string();
            assert_eq!(Refusal::from(error).0, expected, "{words}");
        }
    }

    /// The library wraps what the one below it says.
    #[test]
    fn what_the_library_meets_as_a_lock_was_not_granted() {
        use keyring::Error::{NoStorageAccess, PlatformFailure};
        for (error, expected) in [
            (NoStorageAccess(Box::new(Error::Prompt)), SecretError::Denied),
            (PlatformFailure(Box::new(Error::Prompt)), SecretError::Denied),
            (NoStorageAccess(Box::new(Error::Locked)), SecretError::Denied),
            (NoStorageAccess(Box::new(Error::NoResult)), SecretError::NotSetUp),
            (PlatformFailure(Box::new(Error::PromptDisconnected)), SecretError::Absent),
            (keyring::Error::Ambiguous(Vec::new()), super::super::super::ambiguous()),
            (keyring::Error::BadEncoding(vec![1]), super::super::super::not_a_token()),
        ] {
            let words = error.to_string();
            assert_eq!(Refusal::from(error).0, expected, "{words}");
        }
    }
}
