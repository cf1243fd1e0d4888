//! The state of a message as SQL: the one change that depends on what is stored.

use homing_protocol::{Body, Cid, Content, Event, EventId, MessageRef, RoomId, Seq, UserId};
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::super::erase::{erased, quoted, without_excerpt};
use super::super::{FoldUpdate, MessageState, StoreError, UnreadKind};
use super::open::damaged;
use super::write::{json, number};
use super::{lost, read};

/// Applies a fold. Returns whether it erased a message.
pub(super) fn apply(
    db: &Transaction<'_>,
    room: RoomId,
    update: &FoldUpdate,
    mentions_me: bool,
) -> Result<bool, StoreError> {
    let seq = update.fold.seq;
    let Some((notice, message)) = target(db, room, seq)? else {
        // What quotes it may be here all the same.
        return match update.fold.of.filter(|_| update.fold.gone.is_some()) {
            Some(quoted) => {
                lost::erase(db, room, quoted)?;
                erase_quotes(db, room, quoted)
            }
            None => Ok(false),
        };
    };
    let known = state(db, room, seq)?;
    let was_gone = known.as_ref().is_some_and(|state| state.fold.gone.is_some());
    let state = MessageState::updated(known, update.clone());
    db.prepare_cached(
        "INSERT INTO states (room, seq, state) VALUES (?1, ?2, ?3)
         ON CONFLICT (room, seq) DO UPDATE SET state = excluded.state",
    )?
    .execute(params![room.0, number(seq.0), json(&state)?])?;
    if state.fold.as_of == update.fold.as_of {
        let after = notice.after(&state, mentions_me);
        db.prepare_cached("UPDATE events SET notice = ?3 WHERE room = ?1 AND seq = ?2")?
            .execute(params![room.0, number(seq.0), after as u8])?;
    }
    let erases = state.fold.gone.is_some() && !was_gone;
    if erases {
        set_body(db, room, seq, &erased())?;
        // An event of the server itself has no name, and nothing quotes it.
        if let Some(message) = message {
            lost::erase(db, room, message)?;
            erase_quotes(db, room, message)?;
        }
    }
    Ok(erases)
}

/// The body of a new event without the words of a message that is gone; `None` if it quotes none. Its
/// sender may have quoted it before they learned of that.
pub(super) fn unquoted(db: &Transaction<'_>, event: &Event) -> Result<Option<Body>, StoreError> {
    let Some(quoted) = quoted(event) else { return Ok(None) };
    let is_gone = is_gone(db, event.room, quoted)?;
    Ok(without_excerpt(event, quoted).filter(|_| is_gone))
}

/// Whether a message is stored and gone.
pub(super) fn is_gone(
    db: &Transaction<'_>,
    room: RoomId,
    message: MessageRef,
) -> Result<bool, StoreError> {
    let Some(seq) = read::find(db, room, message)? else { return Ok(false) };
    Ok(state(db, room, seq)?.is_some_and(|state| state.fold.gone.is_some()))
}

fn state(db: &Transaction<'_>, room: RoomId, seq: Seq) -> Result<Option<MessageState>, StoreError> {
    let known = db
        .prepare_cached("SELECT state FROM states WHERE room = ?1 AND seq = ?2")?
        .query_row(params![room.0, number(seq.0)], |row| row.get::<_, String>(0))
        .optional()?;
    known.map(|text| read::parse("a state", &text)).transpose()
}

/// How a message counts, and its name; none if it is not stored.
fn target(
    db: &Transaction<'_>,
    room: RoomId,
    seq: Seq,
) -> Result<Option<(UnreadKind, Option<MessageRef>)>, StoreError> {
    let found = db
        .prepare_cached("SELECT notice, sender, cid FROM events WHERE room = ?1 AND seq = ?2")?
        .query_row(params![room.0, number(seq.0)], |row| {
            Ok((row.get::<_, u8>(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?))
        })
        .optional()?;
    let Some((notice, sender, cid)) = found else { return Ok(None) };
    let notice = match notice {
        0 => UnreadKind::None,
        1 => UnreadKind::Message,
        2 => UnreadKind::Mention,
        other => return Err(damaged(&format!("a notice {other}"))),
    };
    let cid = Uuid::from_slice(&cid).ok().map(Cid);
    Ok(Some((notice, cid.map(|cid| MessageRef { user: UserId(sender), cid }))))
}

/// Empties the words of a message in what quotes it. Returns whether there was something.
fn erase_quotes(
    db: &Transaction<'_>,
    room: RoomId,
    quoted: MessageRef,
) -> Result<bool, StoreError> {
    let mut changed = Vec::new();
    {
        let mut statement = db.prepare_cached(
            "SELECT seq, event, sender, body, ts FROM events
             WHERE room = ?1 AND kind = ?2 AND instr(body, ?3) > 0",
        )?;
        let mut found =
            statement.query(params![room.0, Content::MESSAGE, quoted.cid.to_string()])?;
        while let Some(row) = found.next()? {
            let body = Body::from_json(row.get(3)?).map_err(|_| damaged("a body"))?;
            let seq = Seq(u64::try_from(row.get::<_, i64>(0)?).map_err(|_| damaged("a seq"))?);
            let event = Event {
                room,
                seq,
                id: EventId(row.get(1)?),
                cid: None,
                sender: UserId(row.get(2)?),
                kind: Content::MESSAGE.to_owned(),
                body,
                ts: row.get(4)?,
                quiet: false,
                origin: None,
            };
            changed.extend(without_excerpt(&event, quoted).map(|body| (seq, body)));
        }
    }
    let erases = !changed.is_empty();
    for (seq, body) in changed {
        set_body(db, room, seq, &body)?;
    }
    Ok(erases)
}

fn set_body(db: &Transaction<'_>, room: RoomId, seq: Seq, body: &Body) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE events SET body = ?3 WHERE room = ?1 AND seq = ?2")?
        .execute(params![room.0, number(seq.0), body.as_json()])?;
    Ok(())
}
