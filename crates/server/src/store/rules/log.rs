//! Appending to a room's log.

use homing_protocol::event::{Described, Event};
use homing_protocol::fold::Fold;
use homing_protocol::frame::{CommittedItem, Send as NewEvents, SendItem};
use homing_protocol::limits::{ROOM_NAME_CHARS, TOPIC_CHARS};
use homing_protocol::text::is_visible;
use homing_protocol::{
    Body, Cid, Content, ErrorCode, EventId, Origin, Pos, Role, RoomId, RoomKind, Seq, UserId,
};
use serde_json::Value;

use super::access::{account_disabled, no_such_room, not_a_member};
use super::depth::{TOO_DEEP, is_too_deep};
use super::{change, fold};
use crate::auth::name;
use crate::store::change::Audience;
use crate::store::rows::{EventInsert, EventRow};
use crate::store::transaction::WriteTransaction;
use crate::store::{Change, Refusal, StoreError};

/// The message for a taken room name.
pub(super) const NAME_TAKEN: &str = "a public room with this name already exists";
/// Maximum characters of an event's kind.
const KIND_CHARS: usize = 64;

/// A new event before it gets its seq.
pub(super) struct NewEvent<'a> {
    pub(super) sender: UserId,
    pub(super) cid: Option<Cid>,
    pub(super) kind: &'a str,
    pub(super) body: Body,
    pub(super) pos: Pos,
    pub(super) origin: Option<Origin>,
}

/// Appends an event and publishes it to the members.
pub(super) async fn add(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    entry: NewEvent<'_>,
) -> Result<Event, StoreError> {
    let event = insert(tx, room, entry, None, false).await?;
    publish(tx, event.clone(), None).await?;
    Ok(event)
}

/// Appends an event, and tells nobody yet.
async fn insert(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    entry: NewEvent<'_>,
    target: Option<Seq>,
    erased: bool,
) -> Result<Event, StoreError> {
    let counted = u8::from(entry.kind == Content::MESSAGE);
    let event = Event {
        room,
        seq: tx.advance_head(room, counted, entry.pos).await?,
        id: EventId(tx.new_id()),
        cid: entry.cid,
        sender: entry.sender,
        kind: entry.kind.to_owned(),
        body: entry.body,
        ts: tx.now(),
        quiet: Content::is_quiet(entry.kind),
        origin: entry.origin,
    };
    tx.insert_event(&EventInsert { event: &event, target, erased }).await?;
    Ok(event)
}

async fn publish(
    tx: &mut impl WriteTransaction,
    event: Event,
    fold: Option<Fold>,
) -> Result<(), StoreError> {
    let to = tx.audience(event.room).await?;
    tx.publish(Change::Event { event, fold: fold.map(Box::new), to });
    Ok(())
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
        if let Some((mut known, target)) = committed(tx, sender, room, &item).await? {
            if let Some(target) = target {
                let head = tx.room(room).await?.ok_or_else(no_such_room)?.head;
                known.fold = fold::of(tx, room, target, head, None).await?;
            }
            done.push(known);
            continue;
        }
        let pos = match pos {
            Some(pos) => pos,
            None => *pos.insert(tx.next_pos().await?),
        };
        let cid = item.cid;
        let appended = append_one(tx, sender, room, writer, item, pos).await;
        done.push(appended.map_err(|error| match error {
            StoreError::Refused(refusal) => Refusal { cids: vec![cid], ..refusal }.into(),
            other => other,
        })?);
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
/// lost acknowledgement stays true. The refusal is about the rest. Who is not in the room is told
/// nothing of what became of a message there.
async fn committed_or_refused(
    refusal: StoreError,
    tx: &mut impl WriteTransaction,
    sender: UserId,
    batch: &NewEvents,
) -> Result<Vec<CommittedItem>, StoreError> {
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for item in &batch.items {
        match committed(tx, sender, batch.room, item).await? {
            Some((known, _)) => done.push(known),
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

/// The acknowledgement of an item that was committed before, and the message that it changed.
async fn committed(
    tx: &mut impl WriteTransaction,
    sender: UserId,
    room: RoomId,
    item: &SendItem,
) -> Result<Option<(CommittedItem, Option<Seq>)>, StoreError> {
    let Some(known) = tx.event_by_cid(sender, item.cid).await? else {
        return Ok(None);
    };
    // Of what was erased nobody can tell whether it was the same. Nor of what is given back: an excerpt
    // in it may have been erased on this device and not on the one that gave it back first.
    let is_same = known.erased || item.origin.is_some() || is_same(&known.body, &item.body);
    if known.room != room || known.kind != item.kind || !is_same {
        return Err(Refusal {
            code: ErrorCode::CidReused,
            text: "this cid belongs to another event that was saved before".into(),
            cids: vec![item.cid],
        }
        .into());
    }
    let EventRow { seq, id, ts, origin, target, .. } = known;
    let item = CommittedItem { cid: item.cid, seq, id, ts, dup: true, fold: None, origin };
    Ok(Some((item, target)))
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
) -> Result<CommittedItem, StoreError> {
    let content = read(&item)?;
    let target = change::allowed(tx, room, sender, role, &content).await?;
    change::check_mentions(tx, room, role, &content, target.as_ref()).await?;
    let mut quoted = None;
    let mut erased_body = None;
    match &content {
        Content::Message(message) => {
            if !is_visible(&message.text) {
                return refuse(ErrorCode::Invalid, "a message needs visible text");
            }
            if let Some(reply) = &message.reply {
                change::check_reply(reply)?;
                erased_body = change::erased_reply(tx, room, reply, &item.body).await?;
                quoted = Some(reply).filter(|reply| !reply.excerpt.is_empty());
            }
        }
        Content::Described(described) => {
            let least = if kind == RoomKind::Public { Role::Admin } else { Role::Member };
            if kind == RoomKind::Direct || role < least {
                return refuse(ErrorCode::Forbidden, "you can't change this room's name or topic");
            }
            describe(tx, room, kind, described).await?;
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
    let is_erased = erased_body.is_some();
    let body = erased_body.unwrap_or(item.body);
    // Any other time would be a lie: only what a restore can have lost comes back.
    let origin = match item.origin {
        Some(origin) if tx.may_have_lost(origin.ts).await? => Some(origin),
        _ => None,
    };
    let entry = NewEvent { sender, cid: Some(item.cid), kind: &item.kind, body, pos, origin };
    let changes = target.as_ref().map(|target| target.fold.seq);
    let event = insert(tx, room, entry, changes, is_erased).await?;
    let fold = match &target {
        Some(target) => Some(change::apply(tx, &event, &content, target).await?),
        None => None,
    };
    if let Content::Message(message) = &content {
        change::mention(tx, &event, &message.text).await?;
    }
    if let Some(reply) = quoted.filter(|_| !is_erased) {
        tx.insert_quote(room, reply.target(), event.seq).await?;
    }
    let (seq, id, ts) = (event.seq, event.id, event.ts);
    publish(tx, event, fold.clone()).await?;
    if let Content::Described(_) = &content {
        let to = Audience::People(tx.audience(room).await?);
        tx.publish(Change::Digest { to, pos });
    }
    Ok(CommittedItem { cid: item.cid, seq, id, ts, dup: false, fold, origin })
}

/// What an item says. All of its body is read, also where no field of a known kind stands: every
/// client must be able to read it.
fn read(item: &SendItem) -> Result<Content, StoreError> {
    let value = item.body.read().map_err(unreadable)?;
    if is_too_deep(&value) {
        return refuse(ErrorCode::Invalid, TOO_DEEP);
    }
    Content::read(&item.kind, &item.body).map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> StoreError {
    StoreError::refused(ErrorCode::Invalid, error.to_string())
}

fn refuse<T>(code: ErrorCode, text: &str) -> Result<T, StoreError> {
    Err(StoreError::refused(code, text))
}

/// Whether a kind is custom. Plain names are reserved for later versions, so that clients can't
/// plant events that a later version would trust.
fn is_foreign(kind: &str) -> bool {
    kind.contains('.')
        && kind.len() <= KIND_CHARS
        && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
}

/// Updates a room's name and topic.
async fn describe(
    tx: &mut impl WriteTransaction,
    room: RoomId,
    kind: RoomKind,
    described: &Described,
) -> Result<(), StoreError> {
    let name = name::read(&described.name, ROOM_NAME_CHARS);
    let topic = name::read_line(&described.topic, TOPIC_CHARS);
    // The log keeps the event as sent, so the shown form must be equal.
    let (Some(name), Some(topic)) = (
        name.filter(|name| name.shown == described.name),
        topic.filter(|topic| *topic == described.topic),
    ) else {
        return refuse(
            ErrorCode::NameInvalid,
            "a room's name and topic must be short, trimmed, of one line and in normal form (NFC)",
        );
    };
    let key = (kind == RoomKind::Public).then_some(name.key.as_str());
    if let Some(key) = key
        && tx.room_by_name(key).await?.is_some_and(|other| other != room)
    {
        return refuse(ErrorCode::NameTaken, NAME_TAKEN);
    }
    tx.describe_room(room, &name.shown, &topic, key).await
}
