//! The space hosted by this program, and quitting while others are connected to it.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use homing_protocol::SpaceId;
use homing_protocol::link::Address;
use tokio::time::Instant;

use super::App;
use crate::dto::{Hosting, Open};
use crate::error::{Code, Failure};
use crate::event::Change;
use crate::ports::{ConnectedPeople, Hosted};
use crate::pump::PumpInput;

/// The profile's folder for the hosted space.
const HOSTING_FOLDER: &str = "hosting";

/// How long a window may take to show the question whether to quit. A rebuilt window needs a second
/// or two. After this time it counts as blank and must not keep the person from quitting.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);

/// What to do when a person quits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuitDecision {
    /// Quit: nobody else is connected, or no window can ask.
    Now,
    /// Ask the person first, because others are connected to the hosted space.
    Asked,
}

/// Since when the question whether to quit waits for a window.
#[derive(Debug, Default)]
pub(super) struct Question(Option<Instant>);

impl Question {
    /// Asks, unless an earlier question was not shown.
    fn ask(&mut self, now: Instant) -> QuitDecision {
        let since = *self.0.get_or_insert(now);
        if now.duration_since(since) < SHOWN_WITHIN {
            QuitDecision::Asked
        } else {
            QuitDecision::Now
        }
    }

    /// A window shows the question.
    fn shown(&mut self) {
        self.0 = None;
    }
}

impl App {
    /// Handles the person's wish to quit. If others are connected to the hosted space, the person
    /// is asked in the window, which the host has to open. A question that no window showed in time
    /// is not asked again: a person who quits again means it.
    pub async fn quitting(&self) -> QuitDecision {
        let Some(ConnectedPeople { space_name, people }) = self.others().await else {
            return QuitDecision::Now;
        };
        let quitting = self.question().ask(Instant::now());
        if quitting == QuitDecision::Asked {
            self.open(Open::Quit { space_name, people }).await;
        }
        quitting
    }

    /// A window shows what it was asked to open.
    pub(crate) async fn opened(&self) {
        self.question().shown();
        self.0.pump.tell(PumpInput::Opened).await;
    }

    /// Quits, whoever is connected.
    pub(crate) fn quit(&self) {
        self.0.config.desktop.quit();
    }

    /// The other people connected to the hosted space, if there are any.
    async fn others(&self) -> Option<ConnectedPeople> {
        let host = self.0.config.host.as_ref()?;
        let me = self.hosting().as_ref().and_then(|hosting| {
            let engines = self.lock_engines();
            let own = engines.iter().find(|(record, _)| record.space == hosting.space);
            own.map(|(record, _)| record.user)
        });
        host.others(me).await.filter(|others| others.people > 0)
    }

    /// Starts the hosted server. With a `name` it creates a space if there is none.
    pub(crate) async fn host(&self, name: Option<String>) -> Result<Hosted, Failure> {
        let Some(host) = &self.0.config.host else {
            return Err(Failure::new(Code::Failed, "this program can't host a space"));
        };
        let folder = self.0.config.profile.folder().join(HOSTING_FOLDER);
        let hosted = host.start(folder, name).await?;
        let hosting = Hosting { space: hosted.space, address: hosted.address.clone() };
        self.set_hosting(Some(hosting)).await;
        Ok(hosted)
    }

    /// Replaces the hosted server's local address by the one that others reach.
    pub(crate) fn reachable(&self, space: SpaceId, address: &mut Address) {
        let hosting = self.hosting().as_ref().filter(|hosting| hosting.space == space).cloned();
        let Some(hosting) = hosting else { return };
        if let Some((host, port)) = hosting.address.rsplit_once(':')
            && let Ok(port) = port.parse()
        {
            host.trim_matches(['[', ']']).clone_into(&mut address.host);
            address.port = port;
        }
    }

    /// Starts the hosted server again in the background, so that the window does not wait for it.
    pub(super) fn host_again(&self) {
        if self.0.config.host.is_none()
            || !self.0.config.profile.folder().join(HOSTING_FOLDER).exists()
        {
            return;
        }
        let app = self.clone();
        self.0.tasks.spawn(async move {
            match app.host(None).await {
                Ok(hosted) => {
                    if let Ok(engine) = app.engine(hosted.space) {
                        engine.try_now().await;
                    }
                }
                Err(failure) => tracing::error!("the hosted space did not start: {failure}"),
            }
        });
    }

    pub(super) async fn set_hosting(&self, hosting: Option<Hosting>) {
        self.hosting().clone_from(&hosting);
        self.0.pump.change(Change::Hosting { hosting }).await;
    }

    pub(super) fn hosting(&self) -> MutexGuard<'_, Option<Hosting>> {
        self.0.hosting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn question(&self) -> MutexGuard<'_, Question> {
        self.0.question.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_window_that_shows_nothing_keeps_nobody_from_quitting() {
        let mut question = Question::default();
        assert_eq!(question.ask(Instant::now()), QuitDecision::Asked);
        tokio::time::advance(SHOWN_WITHIN - Duration::from_millis(1)).await;
        // Impatient: the window is still being built.
        assert_eq!(question.ask(Instant::now()), QuitDecision::Asked);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(question.ask(Instant::now()), QuitDecision::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_is_shown_is_put_again_however_long_it_stands_there() {
        let mut question = Question::default();
        question.ask(Instant::now());
        question.shown();
        tokio::time::advance(SHOWN_WITHIN * 2).await;
        assert_eq!(question.ask(Instant::now()), QuitDecision::Asked);
    }
}
