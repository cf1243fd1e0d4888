//! The keyring, watched: what it answered last is shown to the person, and where it is of no use a
//! token can be kept in memory for this session.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use homing_engine::session::{Secret, SecretError, SecretStore};
use tokio::sync::watch;

use crate::dto::Keyring;

/// A secret store in front of the real one.
pub struct WatchedKeyring {
    real: Arc<dyn SecretStore>,
    session: Mutex<BTreeMap<String, Secret>>,
    state: watch::Sender<Keyring>,
}

impl WatchedKeyring {
    /// Watches a store.
    pub fn new(real: Arc<dyn SecretStore>) -> Self {
        Self { real, session: Mutex::default(), state: watch::Sender::new(Keyring::Untried) }
    }

    /// How it stands with the keyring, now and from now on.
    pub fn state(&self) -> watch::Receiver<Keyring> {
        self.state.subscribe()
    }

    fn session(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note<T>(&self, answer: Result<T, SecretError>) -> Result<T, SecretError> {
        let now = match &answer {
            Ok(_) => Keyring::Working,
            Err(SecretError::Locked) => Keyring::Locked,
            Err(SecretError::Absent) => Keyring::Absent,
            Err(SecretError::Denied) => Keyring::Denied,
            Err(SecretError::Changed) => Keyring::Changed,
            Err(SecretError::TimedOut) => Keyring::TimedOut,
            Err(SecretError::Failed(text)) => Keyring::Failed { text: text.clone() },
        };
        self.state.send_if_modified(|state| {
            let news = *state != now;
            *state = now;
            news
        });
        answer
    }
}

impl SecretStore for WatchedKeyring {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        Box::pin(async move {
            let here = self.session().get(name).cloned();
            if here.is_some() {
                return Ok(here);
            }
            let answer = self.real.get(name).await;
            self.note(answer)
        })
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(async move {
            let answer = self.real.set(name, secret).await;
            self.note(answer)
        })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(async move {
            if self.session().remove(name).is_some() {
                return Ok(());
            }
            let answer = self.real.delete(name).await;
            self.note(answer)
        })
    }
}

/// The same keyring, but what is written to it stays in memory: the person asked for that.
pub struct ForSession(pub Arc<WatchedKeyring>);

impl SecretStore for ForSession {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        self.0.get(name)
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        self.0.session().insert(name.to_owned(), secret);
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        self.0.delete(name)
    }
}
