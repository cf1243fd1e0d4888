//! New versions of this program.

use crate::app::App;
use crate::dto::{InstallUpdate, Nothing};
use crate::error::Failure;
use crate::updates::Ask;

pub(crate) async fn look_for_update(app: &App, _: Nothing) -> Result<(), Failure> {
    app.updates().ask(Ask::Look).await;
    Ok(())
}

pub(crate) async fn fetch_update(app: &App, _: Nothing) -> Result<(), Failure> {
    app.updates().ask(Ask::Fetch).await;
    Ok(())
}

pub(crate) async fn cancel_update(app: &App, _: Nothing) -> Result<(), Failure> {
    app.updates().ask(Ask::Cancel).await;
    Ok(())
}

pub(crate) async fn install_update(app: &App, args: InstallUpdate) -> Result<(), Failure> {
    app.updates().ask(Ask::Install(args.when)).await;
    Ok(())
}
