//! `homing status`.

use homing_engine::view::{Delivery, Queued};
use homing_protocol::Content;
use serde_json::json;

use crate::args::Common;
use crate::failure::{Code, Failure, wedged};
use crate::output::Output;
use crate::space::RunningSpace;
use crate::{room, space, text};

/// Prints the connection and the outbox. Succeeds only if everything is sent and received.
pub(crate) async fn run(common: &Common) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    open.settle().await?;
    let queued = open.engine.outbox().await?;
    let connection_failure = open.connection_failure();
    let told = print(Output { json: common.json }, &open, connection_failure.as_ref(), &queued);
    let waiting = open.overview().outbox.waiting > 0;
    open.close().await;
    told?;
    Ok(match connection_failure {
        Some(connection_failure) => connection_failure.code,
        None if waiting => Code::Queued,
        None => Code::Done,
    })
}

fn print(
    out: Output,
    open: &RunningSpace,
    connection_failure: Option<&Failure>,
    queued: &[Queued],
) -> Result<(), Failure> {
    let overview = open.overview();
    if out.json {
        return out.value(&json!({
            "space": overview.space,
            "as": open.record.user_name,
            "link": overview.connection,
            "rooms": overview.rooms.len(),
            "unread": overview.rooms.iter().map(|room| u64::from(room.unread)).sum::<u64>(),
            "outbox": overview.outbox,
            "queued": queued,
        }));
    }
    let (name, me) = (text::plain(&overview.space.name), text::plain(&open.record.user_name));
    out.line(format_args!("{name} ({}), as {me}", overview.space.address))?;
    match connection_failure {
        Some(connection_failure) => out.line(connection_failure)?,
        None => out.line("connected")?,
    }
    for message in queued {
        let to = overview
            .rooms
            .iter()
            .find(|room| room.id == message.room)
            .map_or_else(|| message.room.to_string(), |found| room::title(overview, found));
        let what = text::queued_content(overview, &message.content);
        if let Delivery::Wedged { reason } = message.delivery {
            let kind = message.content.encode().map_or(Content::MESSAGE, |(kind, _)| kind);
            out.line(format_args!("rejected for {to}: {what} ({})", wedged(reason, kind)))?;
        } else {
            out.line(format_args!("queued for {to}: {what}"))?;
        }
    }
    Ok(())
}
