//! Events that change a message: who may, and what they leave of it.
//!
//! A change is applied in the commit that stores it. A redaction erases: after it neither the text
//! of the message stands anywhere in the log, nor that of its edits, nor an excerpt in a reply.

use homing_protocol::event::{Edit, Event, Message, Pin, React, Reply};
use homing_protocol::fold::Fold;
use homing_protocol::limits::{EXCERPT_CHARS, REACTIONS};
use homing_protocol::text::is_visible;
use homing_protocol::{Body, Content, ErrorCode, MessageRef, Role, RoomId, Seq, UserId, emoji};
use serde_json::Value;

use super::fold::{self, Target, no_such_message};
use crate::store::StoreError;
use crate::store::rows::{FoldRow, ReactionKey};
use crate::store::transaction::{ReadTransaction, WriteTransaction};

/// Maximum mentions of one message. Further ones are plain text.
const MENTIONS: usize = 50;

/// The message that an event changes; none: it changes none. Refuses what the sender may not do.
pub(super) async fn allowed(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    sender: UserId,
    role: Role,
    content: &Content,
) -> Result<Option<Target>, StoreError> {
    let refuse = |code, text: &str| Err(StoreError::refused(code, text));
    match content {
        Content::Edit(edit) if !is_visible(&edit.text) => {
            return refuse(ErrorCode::Invalid, "a message needs visible text");
        }
        Content::React(react) if !emoji::is_reaction(&react.emoji) => {
            return refuse(ErrorCode::Invalid, "a reaction is one short, visible emoji");
        }
        _ => {}
    }
    let Some(of) = content.target() else {
        return Ok(None);
    };
    let target = fold::message(tx, room, of).await?;
    // Taking back again is harmless: two people may do so at the same time.
    if target.fold.gone.is_some() && !matches!(content, Content::Redact(_)) {
        return Err(no_such_message());
    }
    match content {
        Content::Edit(_) if of.user != sender => {
            refuse(ErrorCode::Forbidden, "only its sender can edit a message")
        }
        Content::Redact(_) if of.user != sender && role < Role::Admin => {
            refuse(ErrorCode::Forbidden, "only its sender or an admin can delete a message")
        }
        _ => Ok(Some(target)),
    }
}

/// Applies a change that was just inserted. Returns what it leaves of the message.
pub(super) async fn apply(
    tx: &mut impl WriteTransaction,
    event: &Event,
    content: &Content,
    target: &Target,
) -> Result<Fold, StoreError> {
    let (room, seq) = (event.room, target.fold.seq);
    let mut fold = target.fold;
    match content {
        Content::Edit(edit) => {
            let before = mentions(tx, target).await?;
            for person in before.iter().filter(|person| !edit.mentions.contains(person)) {
                tx.delete_mention(*person, room, seq).await?;
            }
            mention(tx, room, seq, event.sender, &edit.mentions).await?;
            fold.edit = Some(event.seq);
        }
        Content::React(react) => put_reaction(tx, event, seq, react).await?,
        Content::Pin(Pin { on, .. }) => fold.pinned = *on,
        Content::Redact(_) if fold.gone.is_none() => {
            erase(tx, room, target).await?;
            fold = FoldRow { seq, gone: Some(event.sender), ..FoldRow::default() };
        }
        _ => {}
    }
    tx.put_fold(room, fold).await?;
    let fold = fold::complete(tx, room, fold, event.seq, None).await?;
    if fold.reactions.len() > REACTIONS {
        return Err(StoreError::refused(
            ErrorCode::Forbidden,
            format!("a message can have up to {REACTIONS} different reactions"),
        ));
    }
    Ok(fold)
}

async fn put_reaction(
    tx: &mut impl WriteTransaction,
    event: &Event,
    target: Seq,
    react: &React,
) -> Result<(), StoreError> {
    let emoji = emoji::key(&react.emoji);
    let key = ReactionKey { room: event.room, target, emoji: &emoji, person: event.sender };
    if react.on { tx.insert_reaction(key, event.seq).await } else { tx.delete_reaction(key).await }
}

/// Stores the mentions of a message that count: those of other members.
pub(super) async fn mention(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    message: Seq,
    sender: UserId,
    mentions: &[UserId],
) -> Result<(), StoreError> {
    if mentions.is_empty() {
        return Ok(());
    }
    let members = tx.audience(room).await?;
    for person in mentions.iter().take(MENTIONS) {
        if *person != sender && members.contains(person) {
            tx.insert_mention(*person, room, message).await?;
        }
    }
    Ok(())
}

/// Whom a message names by its newest text.
async fn mentions(
    tx: &mut impl ReadTransaction,
    target: &Target,
) -> Result<Vec<UserId>, StoreError> {
    let newest = match target.fold.edit {
        Some(seq) => tx.event(target.message.room, seq).await?.map(|edit| edit.body),
        None => Some(target.message.body.clone()),
    };
    // Both bodies have this field.
    let read = newest.and_then(|body| body.read::<Message>().ok());
    Ok(read.map_or_else(Vec::new, |newest| newest.mentions))
}

async fn erase(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    target: &Target,
) -> Result<(), StoreError> {
    let (of, seq) = (target.of, target.fold.seq);
    for person in mentions(tx, target).await?.into_iter().take(MENTIONS) {
        tx.delete_mention(person, room, seq).await?;
    }
    let reply = target.message.body.read::<Message>().ok().and_then(|message| message.reply);
    if let Some(reply) = reply {
        tx.delete_quote(room, reply.target(), seq).await?;
    }
    tx.erase_event(room, seq, &Body::new(&Message::default())).await?;
    let edit = Edit { of, text: String::new(), mentions: Vec::new() };
    tx.erase_edits(room, seq, &Body::new(&edit)).await?;
    tx.uncount_message(room, seq).await?;
    tx.delete_reactions(room, seq).await?;
    for reply in tx.take_quotes(room, of).await? {
        if let Some(event) = tx.event(room, reply).await? {
            tx.erase_event(room, reply, &without_excerpt(&event.body)).await?;
        }
    }
    Ok(())
}

/// Refuses a reply that is not well formed. Its message need not exist.
pub(super) fn check_reply(reply: &Reply) -> Result<(), StoreError> {
    if reply.excerpt.chars().count() > EXCERPT_CHARS {
        return Err(StoreError::refused(
            ErrorCode::Invalid,
            format!("the excerpt of a reply has up to {EXCERPT_CHARS} characters"),
        ));
    }
    Ok(())
}

/// The body of a reply as it may be stored: an excerpt does not bring back the text of a message
/// that is gone. None: as it was sent.
pub(super) async fn erased_reply(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    reply: &Reply,
    body: &Body,
) -> Result<Option<Body>, StoreError> {
    let MessageRef { user, cid } = reply.target();
    let Some(message) = tx.event_by_cid(user, cid).await?.filter(|row| row.room == room) else {
        return Ok(None);
    };
    let fold = tx.fold(room, message.seq).await?;
    Ok(fold.and_then(|fold| fold.gone).map(|_| without_excerpt(body)))
}

/// The body of a reply, without the text that it quotes.
fn without_excerpt(body: &Body) -> Body {
    let mut value = body.value();
    if let Some(Value::Object(reply)) = value.get_mut("reply") {
        reply.remove("excerpt");
    }
    Body::new(&value)
}
