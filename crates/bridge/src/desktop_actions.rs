//! What a person does outside the window: with a notification or in the tray's menu.

use crate::app::App;
use crate::dto::{Open, Status};
use crate::error::Failure;
use crate::ports::{NotificationAction, NotifiedMessage};
use crate::pump::PumpInput;

/// Length of a pause, in milliseconds.
const PAUSE_MS: i64 = 60 * 60 * 1000;

impl App {
    /// Handles the person's action on a notification. A reply that can't be queued is shown again
    /// with its text, so that it is not lost.
    pub async fn answer(&self, answer: NotificationAction) {
        match answer {
            NotificationAction::Open(Some(open)) => self.open(open).await,
            NotificationAction::Open(None) => {}
            NotificationAction::Compose(NotifiedMessage { space, room, key, .. }) => {
                self.open(Open::Room { space, room, key: Some(key), compose: true }).await;
            }
            NotificationAction::Reply(about, text) => {
                if let Err(failure) = self.reply(&about, &text).await {
                    tracing::warn!(%failure, "an answer in a notification was not taken");
                    self.pump().tell(PumpInput::Unsent(about, text)).await;
                }
            }
            NotificationAction::Read(about) => {
                if let Err(failure) = self.read(&about).await {
                    tracing::warn!(%failure, "a notification's room is not marked as read");
                }
            }
        }
    }

    /// Sets the person's status in every space.
    ///
    /// # Errors
    /// The first error of a space.
    pub async fn say(&self, status: Status) -> Result<(), Failure> {
        for engine in self.engines() {
            engine.status(status).await?;
        }
        Ok(())
    }

    /// Pauses notifications for an hour, or ends the pause.
    ///
    /// # Errors
    /// [`Code::Storage`](crate::Code::Storage) when that can't be saved.
    pub async fn pause(&self, pause: bool) -> Result<(), Failure> {
        let until = if pause { self.clock().now_ms().saturating_add(PAUSE_MS) } else { 0 };
        self.choose(move |chosen| chosen.settings.notify_paused_until = until).await?;
        Ok(())
    }

    async fn reply(&self, about: &NotifiedMessage, text: &str) -> Result<(), Failure> {
        let engine = self.engine(about.space)?;
        let (_, overview) = engine.overview().await?;
        let text = overview.with_mentions(about.room, text);
        engine.send(about.room, text).await?;
        self.read(about).await
    }

    async fn read(&self, about: &NotifiedMessage) -> Result<(), Failure> {
        Ok(self.engine(about.space)?.read(about.room, about.seq).await?)
    }
}
