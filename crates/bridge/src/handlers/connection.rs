//! The connection of a space.

use crate::app::App;
use crate::dto::{Nothing, SpaceArgs};
use crate::error::Failure;

pub(crate) async fn try_now(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.try_now().await;
    Ok(())
}

pub(crate) async fn stay_offline(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.stay_offline().await;
    Ok(())
}

pub(crate) async fn go_online(app: &App, args: SpaceArgs) -> Result<(), Failure> {
    app.engine(args.space)?.go_online().await;
    Ok(())
}

pub(crate) async fn retry_keyring(app: &App, _: Nothing) -> Result<(), Failure> {
    for engine in app.engines() {
        engine.token_available().await?;
    }
    Ok(())
}
