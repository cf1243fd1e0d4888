//! Appending to a room's log.

use homing_protocol::event::{Described, Event, Message};
use homing_protocol::frame::{CommittedItem, Send as NewEvents, SendItem};
use homing_protocol::limits::{ROOM_NAME_CHARS, TOPIC_CHARS};
use homing_protocol::text::is_visible;
use homing_protocol::{
    Body, Cid, Content, ErrorCode, EventId, Pos, Role, RoomId, RoomKind, UserId,
};
use serde_json::Value;

use super::access::{account_disabled, not_a_member};
use super::depth::{TOO_DEEP, is_too_deep};
use crate::auth::name;
use crate::store::change::Audience;
use crate::store::transaction::WriteTransaction;
use crate::store::{Change, Refusal, StoreError};

/// The message for a taken room name.
pub(super) const NAME_TAKEN: &str = "a public room with this name already exists";
/// Maximum characters of an event's kind.
const KIND_CHARS: usize = 64;
/// Maximum mentions of one message. Further ones are plain text.
const MENTIONS: usize = 50;

/// A new event before it gets its seq.
pub(super) struct NewEvent<'a> {
    pub(super) sender: UserId,
    pub(super) cid: Option<Cid>,
    pub(super) kind: &'a str,
    pub(super) body: Body,
    pub(super) pos: Pos,
}

/// Appends an event and publishes it to the members.
pub(super) async fn add(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    entry: NewEvent<'_>,
) -> Result<Event, StoreError> {
    let counted = u8::from(entry.kind == Content::MESSAGE);
    let (seq, messages) = tx.advance_head(room, counted, entry.pos).await?;
    let event = Event {
        room,
        seq,
        id: EventId(tx.new_id()),
        cid: entry.cid,
        sender: entry.sender,
        kind: entry.kind.to_owned(),
        body: entry.body,
        ts: tx.now(),
    };
    tx.insert_event(&event, messages).await?;
    let to = tx.audience(room).await?;
    tx.publish(Change::Event { event: event.clone(), to });
    Ok(event)
}

/// See [`Store::append`](crate::store::Store::append).
pub(crate) async fn append(
    tx: &mut impl WriteTransaction,
    sender: UserId,
    batch: NewEvents,
) -> Result<Vec<CommittedItem>, StoreError> {
    let room = batch.room;
    let writer = match may_write(tx, room, sender).await {
        Ok(writer) => writer,
        Err(refusal) => return committed_or_refused(refusal, tx, sender, &batch).await,
    };
    let mut pos = None;
    let mut done = Vec::with_capacity(batch.items.len());
    for item in batch.items {
        if let Some(known) = committed(tx, sender, room, &item).await? {
            done.push(known);
            continue;
        }
        let pos = match pos {
            Some(pos) => pos,
            None => *pos.insert(tx.next_pos().await?),
        };
        let cid = item.cid;
        let event = append_one(tx, sender, room, writer, item, pos).await?;
        done.push(CommittedItem { cid, seq: event.seq, id: event.id, ts: event.ts, dup: false });
    }
    Ok(done)
}

/// The kind of the room and the role of a member who may write there.
async fn may_write(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    sender: UserId,
) -> Result<(RoomKind, Role), StoreError> {
    match tx.membership(room, sender).await? {
        Some(member) if member.gone => Err(account_disabled()),
        Some(member) => Ok((member.kind, member.role)),
        None => Err(not_a_member(tx, room, sender).await?),
    }
}

/// Handles a refused sender: items that were committed before are still acknowledged, because a
/// lost acknowledgement stays true. The refusal is about the rest.
async fn committed_or_refused(
    refusal: StoreError,
    tx: &mut impl WriteTransaction,
    sender: UserId,
    batch: &NewEvents,
) -> Result<Vec<CommittedItem>, StoreError> {
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for item in &batch.items {
        match committed(tx, sender, batch.room, item).await? {
            Some(known) => done.push(known),
            None => refused.push(item.cid),
        }
    }
    match refusal {
        _ if refused.is_empty() => Ok(done),
        StoreError::Refused(refusal) if !done.is_empty() => {
            Err(Refusal { cids: refused, ..refusal }.into())
        }
        other => Err(other),
    }
}

/// The acknowledgement of an item that was committed before.
async fn committed(
    tx: &mut impl WriteTransaction,
    sender: UserId,
    room: RoomId,
    item: &SendItem,
) -> Result<Option<CommittedItem>, StoreError> {
    let Some(known) = tx.event_by_cid(sender, item.cid).await? else {
        return Ok(None);
    };
    if known.room != room || known.kind != item.kind || !is_same(&known.body, &item.body) {
        return Err(Refusal {
            code: ErrorCode::CidReused,
            text: "this cid belongs to another event that was saved before".into(),
            cids: vec![item.cid],
        }
        .into());
    }
    Ok(Some(CommittedItem { cid: item.cid, seq: known.seq, id: known.id, ts: known.ts, dup: true }))
}

/// Whether two bodies say the same: a client may write the fields in another order when it sends again.
fn is_same(known: &Body, again: &Body) -> bool {
    known == again
        || matches!(
            (known.read::<Value>(), again.read::<Value>()),
            (Ok(known), Ok(again)) if known == again
        )
}

async fn append_one(
    tx: &mut impl WriteTransaction,
    sender: UserId,
    room: RoomId,
    (kind, role): (RoomKind, Role),
    item: SendItem,
    pos: Pos,
) -> Result<Event, StoreError> {
    let cid = item.cid;
    let refuse = |code, text: &str| {
        Err(StoreError::from(Refusal { code, text: text.into(), cids: vec![cid] }))
    };
    // All of it, also where no field of a known kind stands: every client must be able to read it.
    match item.body.read() {
        Ok(value) if is_too_deep(&value) => return refuse(ErrorCode::Invalid, TOO_DEEP),
        Ok(_) => {}
        Err(error) => return refuse(ErrorCode::Invalid, &error.to_string()),
    }
    let content = match Content::read(&item.kind, &item.body) {
        Ok(content) => content,
        Err(error) => return refuse(ErrorCode::Invalid, &error.to_string()),
    };
    match &content {
        Content::Message(message) if !is_visible(&message.text) => {
            return refuse(ErrorCode::Invalid, "a message needs visible text");
        }
        Content::Described(described) => {
            let least = if kind == RoomKind::Public { Role::Admin } else { Role::Member };
            if kind == RoomKind::Direct || role < least {
                return refuse(ErrorCode::Forbidden, "you can't change this room's name or topic");
            }
            if let Err((code, text)) = describe(tx, room, kind, described).await? {
                return refuse(code, text);
            }
        }
        Content::Membership(_) | Content::Created(_) | Content::Stub => {
            return refuse(ErrorCode::Forbidden, "only the server can write this kind");
        }
        Content::Unknown if !is_foreign(&item.kind) => {
            let text = "a custom kind needs a dot, as in org.example.poll, and can have up to 64 \
                        of a-z, 0-9, '_', '.' and '-'";
            return refuse(ErrorCode::Invalid, text);
        }
        _ => {}
    }
    let entry = NewEvent { sender, cid: Some(cid), kind: &item.kind, body: item.body, pos };
    let event = add(tx, room, entry).await?;
    match &content {
        Content::Message(message) => count(tx, &event, message).await?,
        Content::Described(_) => {
            let to = Audience::People(tx.audience(room).await?);
            tx.publish(Change::Digest { to, pos });
        }
        _ => {}
    }
    Ok(event)
}

/// Whether a kind is custom. Plain names are reserved for later versions, so that clients can't
/// plant events that a later version would trust.
fn is_foreign(kind: &str) -> bool {
    kind.contains('.')
        && kind.len() <= KIND_CHARS
        && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
}

/// Updates unread counts: the sender's own message is not unread to them, and mentions are stored.
async fn count(
    tx: &mut impl WriteTransaction,
    event: &Event,
    message: &Message,
) -> Result<(), StoreError> {
    tx.count_own_message(event.room, event.sender).await?;
    if message.mentions.is_empty() {
        return Ok(());
    }
    let members = tx.audience(event.room).await?;
    for person in message.mentions.iter().take(MENTIONS) {
        if *person != event.sender && members.contains(person) {
            tx.insert_mention(*person, event.room, event.seq).await?;
        }
    }
    Ok(())
}

/// Updates a room's name and topic. The inner error is a refusal.
async fn describe(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    kind: RoomKind,
    described: &Described,
) -> Result<Result<(), (ErrorCode, &'static str)>, StoreError> {
    let name = name::read(&described.name, ROOM_NAME_CHARS);
    let topic = name::read_line(&described.topic, TOPIC_CHARS);
    // The log keeps the event as sent, so the shown form must be equal.
    let (Some(name), Some(topic)) = (
        name.filter(|name| name.shown == described.name),
        topic.filter(|topic| *topic == described.topic),
    ) else {
        return Ok(Err((
            ErrorCode::NameInvalid,
            "a room's name and topic must be short, trimmed, of one line and in normal form (NFC)",
        )));
    };
    let key = (kind == RoomKind::Public).then_some(name.key.as_str());
    if let Some(key) = key
        && tx.room_by_name(key).await?.is_some_and(|other| other != room)
    {
        return Ok(Err((ErrorCode::NameTaken, NAME_TAKEN)));
    }
    tx.describe_room(room, &name.shown, &topic, key).await?;
    Ok(Ok(()))
}
