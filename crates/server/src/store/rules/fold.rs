//! Reading what the changes of a message left of it.
//!
//! The changes are applied once, when they are committed, see [`change`](super::change). So reading
//! costs what is left, and not how often a message was changed.

use homing_protocol::event::Event;
use homing_protocol::fold::{Fold, Reaction, Revision};
use homing_protocol::limits::REACTION_PEOPLE;
use homing_protocol::{Content, ErrorCode, MessageRef, RoomId, Seq, UserId};

use crate::store::StoreError;
use crate::store::rows::{EventRow, FoldRow};
use crate::store::transaction::ReadTransaction;

/// A message of a room, and what is left of it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) of: MessageRef,
    pub(super) message: EventRow,
    pub(super) fold: FoldRow,
}

/// A message of a room, gone ones included; refused if there is none.
pub(super) async fn message(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    of: MessageRef,
) -> Result<Target, StoreError> {
    let found = tx.event_by_cid(of.user, of.cid).await?;
    let Some(message) = found.filter(|row| row.room == room && row.kind == Content::MESSAGE) else {
        return Err(no_such_message());
    };
    let unchanged = FoldRow { seq: message.seq, ..FoldRow::default() };
    let fold = tx.fold(room, message.seq).await?.unwrap_or(unchanged);
    Ok(Target { of, message, fold })
}

/// The same for a message that is gone and for one that never was.
pub(super) fn no_such_message() -> StoreError {
    StoreError::refused(ErrorCode::NoSuchMessage, "there's no such message, or it was deleted")
}

/// The fold of a message; none: it was never changed. With a viewer it has their own reactions.
pub(super) async fn of(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    message: Seq,
    as_of: Seq,
    viewer: Option<UserId>,
) -> Result<Option<Fold>, StoreError> {
    Ok(match tx.fold(room, message).await? {
        Some(row) => Some(complete(tx, room, row, as_of, viewer).await?),
        None => None,
    })
}

/// The fold of a row.
pub(super) async fn complete(
    tx: &mut impl ReadTransaction,
    room: RoomId,
    row: FoldRow,
    as_of: Seq,
    viewer: Option<UserId>,
) -> Result<Fold, StoreError> {
    let edit = match row.edit {
        Some(seq) => tx.event(room, seq).await?.as_ref().and_then(revision),
        None => None,
    };
    let (mut reactions, mut own) = (Vec::new(), Vec::new());
    for found in tx.reactions(room, row.seq, viewer).await? {
        let people = tx.reaction_people(room, row.seq, &found.emoji, REACTION_PEOPLE).await?;
        if found.mine {
            own.push(found.emoji.clone());
        }
        reactions.push(Reaction { emoji: found.emoji, count: found.count, people });
    }
    let mine = viewer.map(|_| own);
    let FoldRow { seq, pinned, gone, .. } = row;
    let of = match gone {
        Some(_) => tx.event(room, seq).await?.as_ref().and_then(name),
        None => None,
    };
    Ok(Fold { seq, as_of, edit, reactions, mine, pinned, gone, of })
}

/// The name of an event, unless the server wrote it.
fn name(event: &Event) -> Option<MessageRef> {
    event.cid.map(|cid| MessageRef { user: event.sender, cid })
}

/// The text that a message or an edit brings.
pub(super) fn revision(event: &Event) -> Option<Revision> {
    let (text, mentions) = match event.content() {
        Content::Message(message) => (message.text, message.mentions),
        Content::Edit(edit) => (edit.text, edit.mentions),
        _ => return None,
    };
    Some(Revision { text, mentions, ts: event.happened() })
}
