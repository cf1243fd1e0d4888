//! Tokens, from wherever they are kept.

use std::sync::Arc;

use homing_engine::session::SecretStore;

use super::App;
use crate::error::Failure;
use crate::event::Change;
use crate::tokens::{SessionTokens, Tokens};

/// Where a new token is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepToken {
    /// In the keyring or in the file behind a passphrase.
    Safely,
    ForSession,
}

impl KeepToken {
    pub(crate) fn of(session_only: bool) -> Self {
        if session_only { Self::ForSession } else { Self::Safely }
    }
}

impl App {
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The names under which this device's tokens are stored.
    pub(crate) fn token_names(&self) -> Vec<String> {
        self.lock_engines().iter().map(|(record, _)| record.secret_name()).collect()
    }

    /// Has every space look for its token again, because tokens may be available now. The spaces do
    /// it at the same time, so that one keyring dialog serves them all. Returns the error of the
    /// first space that still has no token.
    pub(crate) async fn look_for_tokens(&self) -> Result<(), Failure> {
        let engines = self.engines();
        let searches = engines.iter().map(|engine| engine.token_available());
        let found = futures_util::future::join_all(searches).await;
        found.into_iter().collect::<Result<(), _>>().map_err(Failure::from)
    }

    /// [`Self::look_for_tokens`] in the background.
    pub(crate) fn look_for_tokens_soon(&self) {
        let (app, stop) = (self.clone(), self.0.stop.clone());
        self.0.tasks.spawn(async move {
            // The result is visible in each space's connection state.
            _ = stop.run_until_cancelled(app.look_for_tokens()).await;
        });
    }

    pub(super) fn secrets(&self, keep: KeepToken) -> Arc<dyn SecretStore> {
        let tokens = self.0.tokens.clone();
        match keep {
            KeepToken::Safely => tokens,
            KeepToken::ForSession => Arc::new(SessionTokens(tokens)),
        }
    }

    /// Decides where a new token will be stored. Fails if none can be stored now, before an
    /// invitation or a link is spent on one.
    pub(crate) async fn place_for_token(&self, session_only: bool) -> Result<KeepToken, Failure> {
        let keep = KeepToken::of(session_only);
        if keep == KeepToken::Safely {
            self.0.tokens.ready().await?;
        }
        Ok(keep)
    }

    /// Tells what becomes of the keyring and of the file behind a passphrase.
    pub(super) fn watch_tokens(&self) {
        let (mut keyring, mut sealed) = (self.0.tokens.keyring(), self.0.tokens.sealed());
        let (pump, stop) = (self.0.pump.clone(), self.0.stop.clone());
        self.0.tasks.spawn(async move {
            loop {
                let news = tokio::select! {
                    () = stop.cancelled() => return,
                    changed = keyring.changed() => {
                        let keyring = keyring.borrow_and_update().clone();
                        changed.map(|()| Change::Keyring { keyring })
                    }
                    changed = sealed.changed() => {
                        let sealed = *sealed.borrow_and_update();
                        changed.map(|()| Change::Sealed { sealed })
                    }
                };
                match news {
                    Ok(news) => pump.change(news).await,
                    Err(_) => return,
                }
            }
        });
    }
}
