//! `homing edit`, `react`, `delete` and `pin`: changes of a message that is in a room already.
//!
//! A change is queued as a message is, so it works offline. One that the server rejects changes
//! nothing; it is dropped once that was said, because nothing can be done with it here.

use homing_engine::view::{Delivery, Overview};
use homing_protocol::event::{Edit as EditBody, Pin as PinBody, React as ReactBody, Redact};
use homing_protocol::{Cid, Content, Role, RoomId};
use serde_json::json;

use super::queued;
use super::send::text_of;
use crate::args::{Common, Delete, Edit, Pin, React, Target};
use crate::failure::{Code, Failure, NOT_YOURS_TO_DELETE, wedged};
use crate::message::{self, Found};
use crate::output::Output;
use crate::space;
use crate::space::RunningSpace;

/// Gives a message another text.
pub(crate) async fn edit(common: &Common, edit: Edit) -> Result<Code, Failure> {
    let text = text_of(&edit.text)?;
    run(common, &edit.target, |overview, room, of| {
        let text = overview.with_mentions(room, &text);
        Ok(Content::Edit(EditBody { of: of.name, text, mentions: Vec::new() }))
    })
    .await
}

/// Adds a reaction, or removes it.
pub(crate) async fn react(common: &Common, react: React) -> Result<Code, Failure> {
    let (emoji, on) = (react.emoji, !react.remove);
    run(common, &react.target, |_, _, to| Ok(Content::React(ReactBody { to: to.name, emoji, on })))
        .await
}

/// Deletes a message for everyone. To do it again does no harm.
pub(crate) async fn delete(common: &Common, delete: Delete) -> Result<Code, Failure> {
    run(common, &delete.target, |overview, _, of| {
        let me = overview.space.me;
        let mine = overview.people.iter().find(|person| person.id == me).map(|person| person.role);
        if of.name.user != me && mine.is_some_and(|role| role < Role::Admin) {
            return Err(Failure::new(Code::Refused, NOT_YOURS_TO_DELETE));
        }
        Ok(Content::Redact(Redact { of: of.name }))
    })
    .await
}

/// Pins a message, or unpins it.
pub(crate) async fn pin(common: &Common, pin: Pin) -> Result<Code, Failure> {
    let on = !pin.remove;
    run(common, &pin.target, |_, _, of| Ok(Content::Pin(PinBody { of: of.name, on }))).await
}

async fn run(
    common: &Common,
    target: &Target,
    make: impl FnOnce(&Overview, RoomId, &Found) -> Result<Content, Failure>,
) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    let done = change(&mut open, Output { json: common.json }, target, make).await;
    open.close().await;
    done
}

/// Queues a change and waits until it is sent.
async fn change(
    open: &mut RunningSpace,
    out: Output,
    target: &Target,
    make: impl FnOnce(&Overview, RoomId, &Found) -> Result<Content, Failure>,
) -> Result<Code, Failure> {
    let (room, mut found) = message::find(open, target).await?;
    let content = make(open.overview(), room, &found)?;
    if !matches!(content, Content::Redact(_)) {
        found = found.undeleted()?;
    }
    let kind = content.encode().map_or("", |(kind, _)| kind);
    let cid = open.engine.write(room, content).await?;
    open.refresh().await?;
    open.wait(|open, _| open.overview().outbox.waiting == 0).await?;
    let delivery = delivery(open, cid).await?;
    let code = match &delivery {
        Delivery::Sent => Code::Done,
        Delivery::Queued | Delivery::Sending => Code::Queued,
        Delivery::Wedged { .. } => Code::Refused,
    };
    if let Delivery::Wedged { reason } = &delivery {
        out.note(format_args!("rejected: {}", wedged(*reason, kind)));
        open.engine.discard(cid).await?;
    } else if code == Code::Queued {
        out.note(queued(open));
    }
    if !out.json {
        return Ok(code);
    }
    let told = out.value(&json!({
        "cid": cid,
        "room": room,
        "kind": kind,
        "target": message::seq(&found.item),
        "delivery": delivery,
    }));
    match told {
        Err(failure) if failure.code == Code::Unwritten && code == Code::Done => Err(Failure {
            text: format!("{failure}. The change is saved on the server"),
            ..failure
        }),
        _ => Ok(code),
    }
}

/// What is not in the outbox is on the server, or was taken back before it left this device.
async fn delivery(open: &RunningSpace, cid: Cid) -> Result<Delivery, Failure> {
    let queued = open.engine.outbox().await?.into_iter().find(|queued| queued.cid == cid);
    Ok(queued.map_or(Delivery::Sent, |queued| queued.delivery))
}
