//! The program itself: its settings, what the person looks at, its notifications.

use std::future::{Ready, ready};

use homing_engine::ConnectionPolicy;
use homing_engine::policy::{InvalidPolicy, POLICY_BOUNDS};

use crate::app::App;
use crate::dto::{
    Nothing, NotifyDecision, PolicyVerdict, SetStatus, Settings, SpaceArgs, ViewState, ViewerFocus,
    ZOOM,
};
use crate::error::{Code, Failure};
use crate::pump::PumpInput;
use crate::settings::ActiveSettings;
use crate::updates::UpdateRequest;

pub(crate) async fn resync(app: &App, _: Nothing) -> Result<(), Failure> {
    app.pump().tell(PumpInput::Resync).await;
    Ok(())
}

pub(crate) async fn set_settings(app: &App, settings: Settings) -> Result<(), Failure> {
    settings.patience.check()?;
    if !ZOOM.contains(&settings.zoom) {
        let (least, most) = (ZOOM.start(), ZOOM.end());
        let words = format!("the zoom can be {least} to {most} percent");
        return Err(Failure::new(Code::BadSetting, words));
    }
    let settings = Settings { quiet_hours: settings.quiet_hours.mended(), ..settings };
    let change = move |chosen: &mut ActiveSettings| {
        // The network has a command of its own, which also knows the password.
        let network = std::mem::take(&mut chosen.settings.network);
        chosen.settings = Settings { network, ..settings };
    };
    let (_, ActiveSettings { settings, .. }) = app.choose(change).await?;
    for engine in app.engines() {
        engine.set_policy(settings.patience).await?;
    }
    app.updates().ask(UpdateRequest::Channel(settings.update_channel)).await;
    Ok(())
}

pub(crate) fn judge_patience(
    _: &App,
    patience: ConnectionPolicy,
) -> Ready<Result<PolicyVerdict, Failure>> {
    let misfits = patience.check().err().map_or_else(Vec::new, |InvalidPolicy(misfits)| misfits);
    ready(Ok(PolicyVerdict { misfits, rules: POLICY_BOUNDS.to_vec() }))
}

pub(crate) async fn look(app: &App, look: ViewerFocus) -> Result<(), Failure> {
    for engine in app.engines() {
        engine.set_active(look.focused && look.active).await;
    }
    if let Some(seen) = &look.room
        && let Ok(engine) = app.engine(seen.space)
    {
        engine.set_visible_room(Some(seen.room)).await;
    }
    app.pump().tell(PumpInput::ViewerFocus(look)).await;
    Ok(())
}

pub(crate) async fn opened(app: &App, _: Nothing) -> Result<(), Failure> {
    app.opened().await;
    Ok(())
}

pub(crate) fn quit(app: &App, _: Nothing) -> Ready<Result<(), Failure>> {
    app.quit();
    ready(Ok(()))
}

pub(crate) async fn rescue_read(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.rescue_read(args.space).await
}

pub(crate) async fn keep_standing(app: &App, state: ViewState) -> Result<(), Failure> {
    app.keep_standing(state)
        .await
        .map_err(|error| Failure::new(Code::Storage, format!("can't save the place: {error}")))
}

pub(crate) async fn notify_decisions(
    app: &App,
    _: Nothing,
) -> Result<Vec<NotifyDecision>, Failure> {
    Ok(app.pump().decisions().await)
}

pub(crate) async fn set_status(app: &App, args: SetStatus) -> Result<(), Failure> {
    app.say(args.status).await
}

pub(crate) async fn test_notification(app: &App, _: Nothing) -> Result<(), Failure> {
    app.pump().tell(PumpInput::Test).await;
    Ok(())
}
