//! Secret Service over D-Bus: GNOME Keyring, KWallet, KeePassXC.
//!
//! Secrets go through the `keyring` library, whose store has a connection of its own. It waits for a
//! dialog for ever when the daemon ends before it said that the dialog was closed. So what can be
//! found out and unlocked is, over a connection beside it ([`daemon`]), before the library is asked:
//! with GNOME Keyring and KWallet no dialog is left for it then. With KeePassXC one is, that of the
//! access to entries, which is granted to one connection. So the library is asked on a thread of
//! its own, and whoever waits for it is told when the daemon ends ([`store`]).
//!
//! Both connections are kept for as long as the daemon lives: KeePassXC forgets with a connection
//! what a person allowed.

mod daemon;
mod plain;
mod refusal;
mod store;

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, select};
use homing_engine::session::{Secret, SecretError};

use super::{Name, System, Vault};
use daemon::{Bus, Daemon, Need};
use refusal::Refusal;

/// The daemon that was asked last, for as long as it lives.
#[derive(Default)]
pub(super) struct Held {
    daemon: Mutex<Option<Arc<Daemon>>>,
}

pub(super) fn backend() -> Result<String, SecretError> {
    Ok("Secret Service".into())
}

impl Vault for System {
    fn get(&self, name: Name<'_>) -> Result<Option<Secret>, SecretError> {
        self.ask(async |daemon| {
            let attributes = self.attributes(name);
            if !daemon.prepare(&attributes, name.written, Need::Read).await? {
                return Ok(None);
            }
            daemon.grant(&self.service, name.text).await?;
            daemon.secrets().get(&self.service, name.text).await
        })
    }

    fn set(&self, name: Name<'_>, secret: &Secret) -> Result<(), SecretError> {
        self.ask(async |daemon| {
            let attributes = self.attributes(name);
            if daemon.prepare(&attributes, name.written, Need::Write).await? {
                daemon.grant(&self.service, name.text).await?;
            }
            daemon.secrets().set(&self.service, name.text, secret).await?;
            daemon.made(name.text);
            Ok(())
        })
    }

    fn delete(&self, name: Name<'_>) -> Result<(), SecretError> {
        self.ask(async |daemon| {
            let attributes = self.attributes(name);
            match daemon.prepare(&attributes, name.written, Need::Read).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                // Where there is no place for one, there is none.
                Err(Refusal(SecretError::NotSetUp)) if !name.written => return Ok(()),
                Err(refusal) => return Err(refusal),
            }
            daemon.grant(&self.service, name.text).await?;
            daemon.secrets().delete(&self.service, name.text).await
        })
    }

    fn set_up(&self) -> Result<(), SecretError> {
        self.ask(async |daemon| daemon.set_up().await)
    }
}

impl System {
    /// What a secret is found by again, named as the library names it.
    fn attributes<'a>(&'a self, name: Name<'a>) -> [(&'a str, &'a str); 2] {
        [("service", &*self.service), ("username", name.text)]
    }

    /// Asks the daemon that is on the bus now, or the one that the bus starts for this.
    fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Daemon) -> Result<T, Refusal>,
    ) -> Result<T, SecretError> {
        // zbus brings a reactor of its own; this only waits.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(|error| SecretError::Failed(error.to_string()))?;
        let answer = runtime.block_on(async {
            let before = self.held().clone();
            let bus = match &before {
                Some(daemon) if daemon.bus().lives().await => daemon.bus().clone(),
                _ => Bus::open().await?,
            };
            // The end first: what a new daemon says to the old one's question is no answer.
            let ended = pin!(bus.watch().await?.ended());
            let answered = pin!(async {
                let daemon = Daemon::on(&bus, before).await?;
                *self.held() = Some(daemon.clone());
                question(&daemon).await
            });
            match select(ended, answered).await {
                Either::Left(((), _)) => Err(SecretError::Absent.into()),
                Either::Right((answer, _)) => answer,
            }
        });
        answer.map_err(|Refusal(why)| {
            tracing::info!(error = %why, "the keyring refused");
            if why == SecretError::Absent {
                *self.held() = None;
            }
            why
        })
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Arc<Daemon>>> {
        self.held.daemon.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
