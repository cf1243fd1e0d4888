//! Appending to a room's log.

use homing_protocol::event::{Described, Event, Message};
use homing_protocol::frame::{CommittedItem, Send as NewEvents, SendItem};
use homing_protocol::limits::{ROOM_NAME_CHARS, TOPIC_CHARS};
use homing_protocol::text::is_visible;
use homing_protocol::{Cid, Content, ErrorCode, EventId, Pos, Role, RoomId, RoomKind, Seq, UserId};
use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::depth::{TOO_DEEP, is_too_deep};
use super::desk::Writing;
use super::room;
use super::row::{Count, Id, KindRow, RoleRow};
use crate::auth::name;
use crate::store::change::Audience;
use crate::store::{Change, Refusal, StoreError};

/// Characters of an event's kind.
const KIND_CHARS: usize = 64;
/// People that one message can mention and that are told so; more are text like any other.
const MENTIONS: usize = 50;

/// What the server knows of an event before it has a place.
pub(super) struct Entry<'a> {
    pub(super) sender: UserId,
    pub(super) cid: Option<Cid>,
    pub(super) kind: &'a str,
    pub(super) body: Value,
    pub(super) pos: Pos,
}

/// Gives an event its place and tells the room's members.
pub(super) fn add(
    tx: &mut Writing<'_>,
    room: RoomId,
    entry: Entry<'_>,
) -> Result<Event, StoreError> {
    let is_message = entry.kind == Content::MESSAGE;
    let (head, messages): (Count, Count) = tx
        .sql
        .prepare_cached(
            "UPDATE rooms SET head = head + 1, messages = messages + ?2, pos = ?3
             WHERE id = ?1 RETURNING head, messages",
        )?
        .query_row(params![Id(room.0), is_message, Count(entry.pos.0)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let event = Event {
        room,
        seq: Seq(head.0),
        id: EventId(tx.new_id()),
        cid: entry.cid,
        sender: entry.sender,
        kind: entry.kind.to_owned(),
        body: entry.body,
        ts: tx.now(),
    };
    tx.sql
        .prepare_cached(
            "INSERT INTO events (room, seq, id, sender, cid, kind, body, ts, messages)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            Id(room.0),
            head,
            Id(event.id.0),
            Id(event.sender.0),
            event.cid.map(|cid| Id(cid.0)),
            event.kind,
            event.body.to_string(),
            event.ts,
            messages,
        ])?;
    let to = tx.members(room)?;
    tx.tell(Change::Event { event: event.clone(), to });
    Ok(event)
}

/// See [`Store::append`](crate::store::Store::append).
pub(super) fn append(
    tx: &mut Writing<'_>,
    sender: UserId,
    batch: NewEvents,
) -> Result<Vec<CommittedItem>, StoreError> {
    let room = batch.room;
    let (kind, role) = match may_write(tx, room, sender) {
        Ok(place) => place,
        Err(refusal) => return known_or(refusal, tx, sender, &batch),
    };
    let mut pos = None;
    let mut done = Vec::with_capacity(batch.items.len());
    for item in batch.items {
        if let Some(known) = committed(tx, sender, room, &item)? {
            done.push(known);
            continue;
        }
        let pos = match pos {
            Some(pos) => pos,
            None => *pos.insert(tx.next_pos()?),
        };
        let cid = item.cid;
        let event = append_one(tx, sender, room, (kind, role), item, pos)?;
        done.push(CommittedItem { cid, seq: event.seq, id: event.id, ts: event.ts, dup: false });
    }
    Ok(done)
}

fn may_write(
    tx: &Writing<'_>,
    room: RoomId,
    sender: UserId,
) -> Result<(RoomKind, Role), StoreError> {
    let found: Option<(KindRow, RoleRow, bool)> = tx
        .sql
        .prepare_cached(
            "SELECT r.kind, p.role, p.gone FROM members m
             JOIN rooms r ON r.id = m.room JOIN people p ON p.id = m.person
             WHERE m.room = ?1 AND m.person = ?2",
        )?
        .query_row([Id(room.0), Id(sender.0)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match found {
        Some((kind, role, false)) => Ok((kind.0, role.0)),
        Some((_, _, true)) => {
            Err(StoreError::refused(ErrorCode::Forbidden, "this account is disabled"))
        }
        None => Err(room::not_inside(tx.sql, room, sender)?),
    }
}

/// What was committed of the batch before its sender was refused: an answer that was lost on its way
/// stays true, whatever happened since. If that is not all of it, the refusal is about the rest.
fn known_or(
    refusal: StoreError,
    tx: &Writing<'_>,
    sender: UserId,
    batch: &NewEvents,
) -> Result<Vec<CommittedItem>, StoreError> {
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for item in &batch.items {
        match committed(tx, sender, batch.room, item)? {
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

/// The item, if it was committed before.
fn committed(
    tx: &Writing<'_>,
    sender: UserId,
    room: RoomId,
    item: &SendItem,
) -> Result<Option<CommittedItem>, StoreError> {
    let found = tx
        .sql
        .prepare_cached(
            "SELECT room, seq, id, ts, kind, body FROM events WHERE sender = ?1 AND cid = ?2",
        )?
        .query_row([Id(sender.0), Id(item.cid.0)], |row| {
            Ok((
                row.get::<_, Id>(0)?,
                row.get::<_, Count>(1)?,
                row.get::<_, Id>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, String>(4)?,
                row.get::<_, String>(5)?,
            ))
        })
        .optional()?;
    let Some((in_room, seq, id, ts, kind, body)) = found else {
        return Ok(None);
    };
    // First as text: a large number that is written and read once more can differ in its last digit.
    let text = item.body.to_string();
    let same_body =
        body == text || serde_json::from_str::<Value>(&body).is_ok_and(|body| body == item.body);
    if in_room.0 != room.0 || kind != item.kind || !same_body {
        return Err(Refusal {
            code: ErrorCode::CidReused,
            text: "this cid belongs to another event that was saved before".into(),
            cids: vec![item.cid],
        }
        .into());
    }
    Ok(Some(CommittedItem { cid: item.cid, seq: Seq(seq.0), id: EventId(id.0), ts, dup: true }))
}

fn append_one(
    tx: &mut Writing<'_>,
    sender: UserId,
    room: RoomId,
    (kind, role): (RoomKind, Role),
    item: SendItem,
    pos: Pos,
) -> Result<Event, StoreError> {
    let refuse = |code, text: &str| {
        Err(StoreError::from(Refusal { code, text: text.into(), cids: vec![item.cid] }))
    };
    if is_too_deep(&item.body) {
        return refuse(ErrorCode::Invalid, TOO_DEEP);
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
            if let Err((code, text)) = describe(tx, room, kind, described)? {
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
    let event = add(
        tx,
        room,
        Entry { sender, cid: Some(item.cid), kind: &item.kind, body: item.body, pos },
    )?;
    match &content {
        Content::Message(message) => count(tx, &event, message)?,
        Content::Described(_) => {
            let to = Audience::People(tx.members(room)?);
            tx.tell(Change::Digest { to, pos });
        }
        _ => {}
    }
    Ok(event)
}

/// A kind that is not the protocol's. Its plain names are kept for later versions: what somebody
/// planted today must not be believed then.
fn is_foreign(kind: &str) -> bool {
    kind.contains('.')
        && kind.len() <= KIND_CHARS
        && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
}

/// Unread counts: see `members.own_after` and `mentions` in the schema.
fn count(tx: &mut Writing<'_>, event: &Event, message: &Message) -> Result<(), StoreError> {
    let room = Id(event.room.0);
    tx.sql
        .prepare_cached(
            "UPDATE members SET own_after = own_after + 1 WHERE room = ?1 AND person = ?2",
        )?
        .execute([room, Id(event.sender.0)])?;
    if message.mentions.is_empty() {
        return Ok(());
    }
    let members = tx.members(event.room)?;
    let mut insert = tx.sql.prepare_cached(
        "INSERT INTO mentions (person, room, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for person in message.mentions.iter().take(MENTIONS) {
        if *person != event.sender && members.contains(person) {
            insert.execute(params![Id(person.0), room, Count(event.seq.0)])?;
        }
    }
    Ok(())
}

/// Changes a room's name and topic. The inner error is the sender's fault.
fn describe(
    tx: &Writing<'_>,
    room: RoomId,
    kind: RoomKind,
    described: &Described,
) -> Result<Result<(), (ErrorCode, &'static str)>, StoreError> {
    let name = name::read(&described.name, ROOM_NAME_CHARS);
    let topic = name::read_line(&described.topic, TOPIC_CHARS);
    // The log keeps what was sent, so that must be what is shown.
    let (Some(name), Some(topic)) = (
        name.filter(|name| name.shown == described.name),
        topic.filter(|topic| *topic == described.topic),
    ) else {
        return Ok(Err((
            ErrorCode::NameInvalid,
            "a room's name and topic must be short, trimmed, of one line and in normal form (NFC)",
        )));
    };
    let key = (kind == RoomKind::Public).then_some(name.key);
    let taken: bool = tx
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM rooms WHERE public_key = ?1 AND id <> ?2)")?
        .query_row(params![key, Id(room.0)], |row| row.get(0))?;
    if taken {
        return Ok(Err((ErrorCode::NameTaken, "a public room with this name already exists")));
    }
    tx.sql
        .prepare_cached("UPDATE rooms SET name = ?2, topic = ?3, public_key = ?4 WHERE id = ?1")?
        .execute(params![Id(room.0), name.shown, topic, key])?;
    Ok(Ok(()))
}
