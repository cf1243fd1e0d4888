//! Secret Service over D-Bus: GNOME Keyring, KWallet, KeePassXC.
//!
//! A call may open the dialog in which a person unlocks the keyring, and the daemon says when that
//! was closed. A daemon that ends before (the person signed in again, another took its place) never
//! does: so a call also watches the service's name on the bus, and ends with the owner of it. Nor
//! does a daemon say it when the keyring is unlocked in another way, in its own program or by signing
//! in: so a call also looks while the dialog is open. It does not dismiss the dialog then, of which
//! GNOME Keyring 42 dies; the person closes it.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use homing_engine::session::{Secret, SecretError};
use secret_service::{EncryptionType, Error, Item, SecretService};
use tokio::time::sleep;
use zbus::Connection;
use zbus::fdo::{self, DBusProxy};
use zeroize::Zeroizing;

use super::{System, Vault, ambiguous, not_a_token};

/// The name that every such daemon takes on the session bus.
const NAME: &str = "org.freedesktop.secrets";

/// What a secret is kept as.
const CONTENT: &str = "application/octet-stream";

/// How often a call looks whether the keyring was unlocked while its dialog is open.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(super) fn backend() -> Result<String, SecretError> {
    Ok("Secret Service".into())
}

impl Vault for System {
    fn get(&self, name: &str) -> Result<Option<Secret>, SecretError> {
        ask(async |service| {
            let Some(item) = self.find(service, name).await? else {
                return Ok(None);
            };
            let bytes = Zeroizing::new(item.get_secret().await?);
            let text = str::from_utf8(&bytes).map_err(|_| not_a_token())?;
            Ok(Some(Secret::new(text)))
        })
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), SecretError> {
        let secret = secret.reveal().as_bytes();
        ask(async |service| {
            if let Some(item) = self.find(service, name).await? {
                return Ok(item.set_secret(secret, CONTENT).await?);
            }
            let collection = service.get_default_collection().await?;
            if collection.is_locked().await? {
                unlocked(collection.unlock(), async || collection.is_locked().await).await?;
            }
            let label = format!("keyring:{name}@{}", self.service);
            let attributes = self.attributes(name);
            collection.create_item(&label, attributes, secret, true, CONTENT).await?;
            Ok(())
        })
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        ask(async |service| {
            if let Some(item) = self.find(service, name).await? {
                item.delete().await?;
            }
            Ok(())
        })
    }
}

impl System {
    /// What a secret is found by again, named as the `keyring` library names it.
    fn attributes<'a>(&'a self, name: &'a str) -> HashMap<&'a str, &'a str> {
        HashMap::from([("service", &*self.service), ("username", name)])
    }

    /// The secret of that name, unlocked by the person if need be.
    async fn find<'a>(
        &self,
        service: &'a SecretService<'_>,
        name: &str,
    ) -> Result<Option<Item<'a>>, Refusal> {
        let mut found = service.search_items(self.attributes(name)).await?;
        if let Some(one) = found.locked.first() {
            let locked: Vec<&Item<'_>> = found.locked.iter().collect();
            unlocked(service.unlock_all(&locked), async || one.is_locked().await).await?;
            found.unlocked.append(&mut found.locked);
        }
        let item = found.unlocked.pop();
        if found.unlocked.is_empty() { Ok(item) } else { Err(ambiguous().into()) }
    }
}

/// Waits for the answer of a dialog, or until it is needed no more.
async fn unlocked(
    dialog: impl Future<Output = Result<(), Error>>,
    is_locked: impl AsyncFn() -> Result<bool, Error>,
) -> Result<(), Error> {
    let elsewhere = pin!(async {
        loop {
            sleep(LOOK_EVERY).await;
            // What can't be told is the dialog's to say.
            if let Ok(false) = is_locked().await {
                break;
            }
        }
    });
    match select(pin!(dialog), elsewhere).await {
        Either::Left((answered, _)) => answered,
        Either::Right(((), _)) => Ok(()),
    }
}

/// Asks the daemon that is on the bus now, or the one that the bus starts for this.
fn ask<T>(
    question: impl AsyncFnOnce(&SecretService<'_>) -> Result<T, Refusal>,
) -> Result<T, SecretError> {
    // zbus brings a reactor of its own; this only waits.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| SecretError::Failed(error.to_string()))?;
    let answer = runtime.block_on(async {
        let bus = Connection::session().await.map_err(absent)?;
        let names = DBusProxy::new(&bus).await.map_err(absent)?;
        let only = [(0, NAME)];
        let mut owners = names.receive_name_owner_changed_with_args(&only).await.map_err(absent)?;
        let ended = pin!(async {
            while let Some(change) = owners.next().await {
                if change.args().is_ok_and(|change| change.old_owner().is_some()) {
                    break;
                }
            }
        });
        let answered = pin!(async {
            let service = SecretService::connect_with_existing(EncryptionType::Dh, bus.clone());
            question(&service.await.map_err(absent)?).await
        });
        // The end first: what a new daemon says to the old one's question is no answer.
        match select(ended, answered).await {
            Either::Left(((), _)) => Err(SecretError::Absent.into()),
            Either::Right((answer, _)) => answer,
        }
    });
    answer.map_err(|Refusal(why)| {
        tracing::info!(error = %why, "the keyring refused");
        why
    })
}

/// There is no bus, or nobody on it who keeps secrets, whatever the reason.
fn absent(error: impl std::fmt::Display) -> Refusal {
    tracing::info!(%error, "the keyring cannot be opened");
    Refusal(SecretError::Absent)
}

/// Why a call failed, as far as a person acts on it.
struct Refusal(SecretError);

impl From<SecretError> for Refusal {
    fn from(why: SecretError) -> Self {
        Self(why)
    }
}

impl From<Error> for Refusal {
    /// A prompt that nobody answered leaves the keyring as it was: locked. A collection that is not
    /// there is a keyring that was never set up.
    fn from(error: Error) -> Self {
        let known = match &error {
            Error::Locked | Error::Prompt => Some(SecretError::Locked),
            Error::NoResult | Error::Unavailable | Error::PromptDisconnected => {
                Some(SecretError::Absent)
            }
            Error::Zbus(error) => reason(error.clone().into()),
            Error::ZbusFdo(error) => reason(error.clone()),
            _ => None,
        };
        Self(known.unwrap_or_else(|| SecretError::Failed(error.to_string())))
    }
}

fn reason(error: fdo::Error) -> Option<SecretError> {
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
            "org.freedesktop.Secret.Error.NoSuchObject" => Some(SecretError::Absent),
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
            (Error::NoResult, SecretError::Absent),
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
}
