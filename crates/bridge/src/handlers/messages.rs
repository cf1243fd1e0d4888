//! Writing, and what becomes of it until it is on the server.

use homing_engine::view::Queued;

use crate::app::App;
use crate::dto::{EditQueued, EnqueuedMessage, QueuedArgs, SendMessage, SpaceArgs};
use crate::error::Failure;

pub(crate) async fn send_message(app: &App, args: SendMessage) -> Result<EnqueuedMessage, Failure> {
    let cid = app.engine(args.space)?.send(args.room, args.text, args.mentions).await?;
    Ok(EnqueuedMessage { cid })
}

pub(crate) async fn retry_message(app: &App, args: QueuedArgs) -> Result<EnqueuedMessage, Failure> {
    let cid = app.engine(args.space)?.retry(args.cid).await?;
    Ok(EnqueuedMessage { cid })
}

pub(crate) async fn discard_message(app: &App, args: QueuedArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.discard(args.cid).await?)
}

pub(crate) async fn edit_queued(app: &App, args: EditQueued) -> Result<EnqueuedMessage, Failure> {
    let cid = app.engine(args.space)?.edit_queued(args.cid, args.text, args.mentions).await?;
    Ok(EnqueuedMessage { cid })
}

pub(crate) async fn outbox(app: &App, args: SpaceArgs) -> Result<Vec<Queued>, Failure> {
    Ok(app.engine(args.space)?.outbox().await?)
}
