//! New versions of this program.

use crate::app::App;
use crate::dto::{InstallUpdate, Nothing};
use crate::error::Failure;
use crate::updates::UpdateRequest;

pub(crate) async fn look_for_update(app: &App, _: Nothing) -> Result<(), Failure> {
    app.updates().ask(UpdateRequest::Look).await;
    Ok(())
}

pub(crate) async fn fetch_update(app: &App, _: Nothing) -> Result<(), Failure> {
    app.updates().ask(UpdateRequest::Fetch).await;
    Ok(())
}

pub(crate) async fn cancel_update(app: &App, _: Nothing) -> Result<(), Failure> {
    app.updates().ask(UpdateRequest::Cancel).await;
    Ok(())
}

pub(crate) async fn install_update(app: &App, args: InstallUpdate) -> Result<(), Failure> {
    app.updates().ask(UpdateRequest::Install(args.when)).await;
    Ok(())
}
