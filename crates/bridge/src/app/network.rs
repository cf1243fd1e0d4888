//! The chosen proxy's password, and reconnecting after a change of the network settings.

use homing_engine::net::settings::{ManualProxy, PROXY_PASSWORD};
use homing_engine::session::{Secret, SecretError, SecretStore as _};

use super::{App, KeepToken};
use crate::error::Failure;
use crate::tokens::LATE;

impl App {
    /// Has the engines of one server reconnect.
    pub(crate) async fn reroute_to(&self, server: &str) {
        let engines: Vec<_> = self
            .lock_engines()
            .iter()
            .filter(|(record, _)| record.address.authority() == server)
            .map(|(_, engine)| engine.clone())
            .collect();
        for engine in engines {
            engine.reroute().await;
        }
    }

    /// Stores the proxy's password.
    pub(crate) async fn keep_proxy_password(
        &self,
        proxy: &ManualProxy,
        password: Secret,
        keep: KeepToken,
    ) -> Result<(), Failure> {
        let (name, before) = (proxy.secret_name(), self.0.settings_store.now());
        let manual = &before.settings.network.manual;
        if keep == KeepToken::ForSession
            && manual.password_kept
            && !before.password_for_session
            && manual.secret_name() == name
        {
            // Otherwise the stored password would come back at the next start.
            self.forget_if_possible(&name).await;
        }
        Ok(self.secrets(keep).set(&name, password).await?)
    }

    /// Forgets the password of the current proxy.
    pub(crate) async fn forget_proxy_password(&self) -> Result<(), Failure> {
        let before = self.0.settings_store.now();
        let manual = &before.settings.network.manual;
        if !manual.password_kept {
            return Ok(());
        }
        match self.0.tokens.delete(&manual.secret_name()).await {
            // The copy in memory is gone, whatever the keyring answers.
            Err(error) if before.password_for_session => {
                tracing::info!(%error, "it is not known whether the keyring has a proxy's password too");
                Ok(())
            }
            forgotten => Ok(forgotten?),
        }
    }

    /// Forgets the password stored for the proxy `before`, unless that proxy is still chosen, and
    /// the password that an earlier version stored for no particular proxy. A keyring that fails
    /// here must not keep the person from choosing another proxy: the passwords are of no use for
    /// it.
    pub(crate) async fn forget_other_passwords(&self, before: &ManualProxy) {
        if !before.password_kept {
            return;
        }
        let name = before.secret_name();
        if self.settings().network.manual.secret_name() != name {
            self.forget_if_possible(&name).await;
        }
        self.forget_if_possible(PROXY_PASSWORD).await;
    }

    async fn forget_if_possible(&self, name: &str) {
        let forgotten = tokio::time::timeout(LATE, self.0.tokens.delete(name)).await;
        if let Err(error) = forgotten.unwrap_or(Err(SecretError::TimedOut)) {
            tracing::warn!(%error, "a proxy's password that is of no more use stays in the keyring");
        }
    }
}
