//! The `keyring` library, asked on threads that can be left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use homing_engine::session::{Secret, SecretError};
use keyring::{Entry, Error};
use keyring_core::CredentialStore;
use tokio::sync::oneshot;
use zbus_secret_service_keyring_store::Store;

use super::super::{entry, read, remove, write};
use super::daemon::Secrets;
use super::refusal::{Refusal, cannot_encrypt};

/// Threads that wait for a dialog of which nobody will ever say that it was closed. Each has a
/// connection and little memory; more of them than this is no accident.
const LEFT_MOST: usize = 8;

static LEFT: AtomicUsize = AtomicUsize::new(0);

/// The library's store over one connection.
#[derive(Clone)]
pub(super) struct Library {
    store: Arc<CredentialStore>,
}

impl Library {
    /// Opens one.
    ///
    /// # Errors
    /// Why the daemon can't encrypt what it is sent, or `None` where it is not to be had at all.
    pub(super) async fn open() -> Result<Self, Option<String>> {
        let opened = aside(Store::new).await.map_err(|_| None)?;
        match opened {
            Ok(store) => Ok(Self { store }),
            Err(error) => Err(cannot_encrypt(&error)),
        }
    }

    /// Has the person asked for all items of a service in one dialog.
    pub(super) async fn grant(&self, service: &str) -> Result<(), Refusal> {
        let (store, service) = (self.store.clone(), service.to_owned());
        aside(move || store.search(&[("service", &*service)].into()).map(drop)).await??;
        Ok(())
    }

    async fn ask<T: Send + 'static>(
        &self,
        service: &str,
        name: &str,
        question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (store, service, name) = (self.store.clone(), service.to_owned(), name.to_owned());
        Ok(aside(move || question(&entry(&*store, &service, &name)?)).await??)
    }
}

impl Secrets {
    pub(super) async fn get(&self, service: &str, name: &str) -> Result<Option<Secret>, Refusal> {
        match self {
            Self::Library(library) => library.ask(service, name, read).await,
            Self::Plain(plain) => plain.get(service, name).await,
        }
    }

    pub(super) async fn set(
        &self,
        service: &str,
        name: &str,
        secret: &Secret,
    ) -> Result<(), Refusal> {
        match self {
            Self::Library(library) => {
                let secret = secret.clone();
                library.ask(service, name, move |entry| write(entry, &secret)).await
            }
            Self::Plain(plain) => plain.set(service, name, secret).await,
        }
    }

    pub(super) async fn delete(&self, service: &str, name: &str) -> Result<(), Refusal> {
        match self {
            Self::Library(library) => library.ask(service, name, remove).await,
            Self::Plain(plain) => plain.delete(service, name).await,
        }
    }
}

/// Runs a question on a thread of its own. Whoever stops waiting leaves the thread behind: one that
/// waits for an answer ends when the bus says that the daemon has, one that waits for a dialog never.
async fn aside<T: Send + 'static>(
    question: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SecretError> {
    if LEFT.load(Ordering::Relaxed) >= LEFT_MOST {
        return Err(SecretError::Failed(format!(
            "it ended {LEFT_MOST} times while it was asking you for something; quit Homing and \
             start it again"
        )));
    }
    let (answer, answered) = oneshot::channel();
    std::thread::Builder::new()
        .name("keyring-store".into())
        .spawn(move || {
            LEFT.fetch_add(1, Ordering::Relaxed);
            let result = question();
            LEFT.fetch_sub(1, Ordering::Relaxed);
            // It may be that nobody waits any more.
            let _ = answer.send(result);
        })
        .map_err(|error| SecretError::Failed(error.to_string()))?;
    answered.await.map_err(|_| SecretError::Failed("its thread ended".into()))
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;

    use super::*;

    /// Nothing of ours keeps them: whatever store the library is given has them, and it alone.
    #[tokio::test]
    async fn secrets_are_written_read_and_deleted_by_the_keyring_library() {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let secrets = Secrets::Library(Library { store: store.clone() });
        let kept = |name| match entry(&*store, "chat", name).unwrap().get_password() {
            Err(Error::NoEntry) => None,
            password => Some(password.unwrap()),
        };
        for name in ["a", "b"] {
            secrets.set("chat", name, &Secret::new(format!("token-{name}"))).await.unwrap();
        }
        assert_eq!((kept("a"), kept("b")), (Some("token-a".into()), Some("token-b".into())));
        entry(&*store, "chat", "a").unwrap().set_password("token-2").unwrap();
        let read = secrets.get("chat", "a").await.unwrap();
        assert_eq!(read.as_ref().map(Secret::reveal), Some("token-2"));
        secrets.delete("chat", "a").await.unwrap();
        assert_eq!((kept("a"), kept("b")), (None, Some("token-b".into())));
    }
}
