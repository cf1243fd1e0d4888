//! The program itself: its settings, what the person looks at, its notifications.

use crate::app::App;
use crate::dto::{Look, Nothing, NotifyDecision, Settings};
use crate::error::{Code, Failure};
use crate::pump::Input;

pub(crate) async fn resync(app: &App, _: Nothing) -> Result<(), Failure> {
    app.pump().tell(Input::Resync).await;
    Ok(())
}

pub(crate) async fn set_settings(app: &App, settings: Settings) -> Result<(), Failure> {
    app.keep_settings(&settings)
        .map_err(|error| Failure::new(Code::Storage, format!("settings are not kept: {error}")))?;
    app.pump().tell(Input::Settings(settings)).await;
    Ok(())
}

pub(crate) async fn look(app: &App, look: Look) -> Result<(), Failure> {
    for engine in app.engines() {
        engine.activity(look.focused && look.active).await;
    }
    if let Some(seen) = &look.room
        && let Ok(engine) = app.engine(seen.space)
    {
        engine.look(Some(seen.room)).await;
    }
    app.pump().tell(Input::Look(look)).await;
    Ok(())
}

pub(crate) async fn opened(app: &App, _: Nothing) -> Result<(), Failure> {
    app.pump().tell(Input::Opened).await;
    Ok(())
}

pub(crate) async fn notify_decisions(
    app: &App,
    _: Nothing,
) -> Result<Vec<NotifyDecision>, Failure> {
    Ok(app.pump().decisions().await)
}

pub(crate) async fn test_notification(app: &App, _: Nothing) -> Result<(), Failure> {
    app.pump().tell(Input::Test).await;
    Ok(())
}
