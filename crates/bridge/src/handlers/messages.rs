//! Writing, what becomes of it until it is on the server, and what a message said before.

use homing_engine::view::Queued;
use homing_protocol::MessageLink;
use homing_protocol::fold::Revision;

use crate::app::App;
use crate::dto::{
    EnqueuedMessage, InspectLink, MessageArgs, MessageLinkText, QueuedArgs, SpaceArgs, Write,
};
use crate::error::Failure;

pub(crate) async fn write(app: &App, args: Write) -> Result<EnqueuedMessage, Failure> {
    let cid = app.engine(args.space)?.write(args.room, args.content).await?;
    Ok(EnqueuedMessage { cid })
}

pub(crate) async fn retry_message(app: &App, args: QueuedArgs) -> Result<EnqueuedMessage, Failure> {
    let cid = app.engine(args.space)?.retry(args.cid).await?;
    Ok(EnqueuedMessage { cid })
}

pub(crate) async fn discard_message(app: &App, args: QueuedArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.discard(args.cid).await?)
}

pub(crate) async fn outbox(app: &App, args: SpaceArgs) -> Result<Vec<Queued>, Failure> {
    Ok(app.engine(args.space)?.outbox().await?)
}

pub(crate) async fn revisions(app: &App, args: MessageArgs) -> Result<Vec<Revision>, Failure> {
    Ok(app.engine(args.space)?.revisions(args.room, args.of).await?)
}

/// The link needs no connection, and no space: it is made of ids.
pub(crate) async fn message_link(_: &App, args: MessageArgs) -> Result<MessageLinkText, Failure> {
    let MessageArgs { space, room, of } = args;
    Ok(MessageLinkText { link: MessageLink { space, room, message: of }.to_string() })
}

pub(crate) async fn read_message_link(_: &App, args: InspectLink) -> Result<MessageArgs, Failure> {
    Ok(linked(args.link.parse()?))
}

/// The message that a link names.
pub(crate) const fn linked(link: MessageLink) -> MessageArgs {
    let MessageLink { space, room, message } = link;
    MessageArgs { space, room, of: message }
}
