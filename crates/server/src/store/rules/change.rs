//! Events that change a message: who may, and what they leave of it.
//!
//! A change is applied in the commit that stores it. A redaction erases: after it neither the text
//! of the message stands anywhere in the log, nor that of its edits, nor an excerpt in a reply.

use homing_protocol::event::{Edit, Event, Message, Pin, React, Reply};
use homing_protocol::fold::Fold;
use homing_protocol::limits::{EXCERPT_CHARS, REACTIONS, ROOM_MENTION_MEMBERS};
use homing_protocol::mention::{self, Mentions};
use homing_protocol::text::is_visible;
use homing_protocol::{Body, Content, ErrorCode, MessageRef, Role, RoomId, Seq, UserId, emoji};
use serde_json::Value;

use super::fold::{self, Target, no_such_message};
use crate::store::StoreError;
use crate::store::rows::{FoldRow, ReactionKey};
use crate::store::transaction::{ReadTransaction, WriteTransaction};

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
    let outdated = is_outdated(tx, event, target).await?;
    match content {
        Content::Edit(_) if outdated => {}
        Content::Edit(edit) => {
            let before = mentions(tx, target).await?;
            let before = named(tx, room, event.sender, &before).await?;
            let now = named(tx, room, event.sender, &mention::read(&edit.text)).await?;
            for person in before.iter().filter(|person| !now.contains(person)) {
                tx.delete_mention(*person, room, seq).await?;
            }
            insert_mentions(tx, room, seq, &now).await?;
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

/// Whether an edit was given back after a restore, and the message has got a newer text since. A device
/// that comes back late does not undo it.
async fn is_outdated(
    tx: &mut impl ReadTransaction,
    edit: &Event,
    target: &Target,
) -> Result<bool, StoreError> {
    let (Some(_), Some(seq)) = (edit.origin, target.fold.edit) else { return Ok(false) };
    let newest = tx.event(edit.room, seq).await?;
    Ok(newest.is_some_and(|newest| newest.happened() > edit.happened()))
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

/// Refuses a text whose tokens are not what its sender says that it mentions, and a mention of
/// everybody in a larger room by who is no admin. An edit may keep the one that its message has.
pub(super) async fn check_mentions(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    role: Role,
    content: &Content,
    target: Option<&Target>,
) -> Result<(), StoreError> {
    let (text, told) = match content {
        Content::Message(message) => (&message.text, &message.mentions),
        Content::Edit(edit) => (&edit.text, &edit.mentions),
        _ => return Ok(()),
    };
    let found = mention::read(text);
    if found.people != *told {
        let text = "mentions has to list whom the tokens of the text mention, in their order";
        return Err(StoreError::refused(ErrorCode::Invalid, text));
    }
    if !found.room || role >= Role::Admin {
        return Ok(());
    }
    let members = u32::try_from(tx.audience(room).await?.len()).unwrap_or(u32::MAX);
    let before = match target {
        Some(target) => mentions(tx, target).await?,
        None => Mentions::default(),
    };
    if before.room || members <= ROOM_MENTION_MEMBERS {
        return Ok(());
    }
    Err(StoreError::refused(
        ErrorCode::Forbidden,
        format!(
            "in a room with more than {ROOM_MENTION_MEMBERS} members only an admin can mention \
             everyone"
        ),
    ))
}

/// Stores whom a new message mentions.
pub(super) async fn mention(
    tx: &mut impl WriteTransaction,
    event: &Event,
    text: &str,
) -> Result<(), StoreError> {
    let named = named(tx, event.room, event.sender, &mention::read(text)).await?;
    insert_mentions(tx, event.room, event.seq, &named).await
}

async fn insert_mentions(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    message: Seq,
    people: &[UserId],
) -> Result<(), StoreError> {
    for person in people {
        tx.insert_mention(*person, room, message).await?;
    }
    Ok(())
}

/// The mentions that count: those of members other than the sender.
async fn named(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    sender: UserId,
    mentions: &Mentions,
) -> Result<Vec<UserId>, StoreError> {
    if *mentions == Mentions::default() {
        return Ok(Vec::new());
    }
    let members = tx.audience(room).await?;
    let other = |person: &&UserId| **person != sender;
    Ok(if mentions.room {
        members.iter().filter(other).copied().collect()
    } else {
        let present = |person: &&UserId| members.contains(person);
        mentions.people.iter().filter(other).filter(present).copied().collect()
    })
}

/// Whom a message names by its newest text.
async fn mentions(tx: &mut impl ReadTransaction, target: &Target) -> Result<Mentions, StoreError> {
    let newest = match target.fold.edit {
        Some(seq) => tx.event(target.message.room, seq).await?.map(|edit| edit.body),
        None => Some(target.message.body.clone()),
    };
    // Both bodies have this field.
    let read = newest.and_then(|body| body.read::<Message>().ok());
    Ok(read.map_or_else(Mentions::default, |newest| mention::read(&newest.text)))
}

async fn erase(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    target: &Target,
) -> Result<(), StoreError> {
    let (of, seq) = (target.of, target.fold.seq);
    let mentions = mentions(tx, target).await?;
    for person in named(tx, room, of.user, &mentions).await? {
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
