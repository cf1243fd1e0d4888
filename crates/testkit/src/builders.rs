//! Rooms, people and events by number, with the same ids in every run, so that failures and
//! snapshots are reproducible.

use homing_protocol::event::{Change, Membership};
use homing_protocol::frame::{
    Committed, CommittedItem, Digest, Page, Pull, PushedEvent, Send, ServerFrame, Welcome,
};
use homing_protocol::{
    Body, Cid, Content, DeviceId, Epoch, Event, EventId, Limits, Person, Pos, Role, RoomId,
    RoomInfo, RoomKind, Seq, SessionId, SpaceId, Useq, UserId,
};
use serde_json::json;
use uuid::Uuid;

/// The moment that [`event`]s are counted from: 2026-01-01 00:00:00 UTC, in milliseconds.
pub const NEW_YEAR: i64 = 1_767_225_600_000;

/// The epoch of a [`welcome`].
pub const EPOCH: Epoch = Epoch(0x00c0_ffee_0000_0001);

/// Version 7 as the ids of the wire, with the kind of thing in the middle and the number at the end.
const fn id(kind: u16, number: u64) -> Uuid {
    let time = 0x0190_0000_0000_u128 << 80;
    Uuid::from_u128(time | (0x7000 | kind as u128) << 64 | 0x8000_0000_0000_0000 | number as u128)
}

/// Room number `n`.
#[must_use]
pub const fn room_id(n: u64) -> RoomId {
    RoomId(id(1, n))
}

/// Member number `n`.
#[must_use]
pub const fn user_id(n: u64) -> UserId {
    UserId(id(2, n))
}

/// Device number `n`.
#[must_use]
pub const fn device_id(n: u64) -> DeviceId {
    DeviceId(id(3, n))
}

/// The cid of event number `n`.
#[must_use]
pub const fn cid(n: u64) -> Cid {
    Cid(id(4, n))
}

/// The id of an event.
#[must_use]
pub const fn event_id(room: u64, seq: u64) -> EventId {
    EventId(id(5, room << 32 | seq))
}

/// The id of the space.
#[must_use]
pub const fn space_id() -> SpaceId {
    SpaceId(id(6, 1))
}

/// Connection number `n`.
#[must_use]
pub const fn session_id(n: u64) -> SessionId {
    SessionId(id(7, n))
}

/// Member number `n`, called `Ada`, `Ben`, `Cleo`, `Dan` and `Person 5` from there on.
#[must_use]
pub fn person(n: u64) -> Person {
    let name = match n {
        1 => "Ada".to_owned(),
        2 => "Ben".to_owned(),
        3 => "Cleo".to_owned(),
        4 => "Dan".to_owned(),
        _ => format!("Person {n}"),
    };
    Person { id: user_id(n), name, role: Role::Member, gone: false }
}

/// Public room number `n`, of two members, with `head` events of which none is read.
#[must_use]
pub fn room(n: u64, head: u64) -> RoomInfo {
    RoomInfo {
        room: room_id(n),
        kind: RoomKind::Public,
        name: format!("room-{n}"),
        topic: String::new(),
        members: 2,
        people: Vec::new(),
        head: Seq(head),
        min: Seq(1),
        read: Seq(0),
        unread: 0,
        mentions: 0,
        delivered: Seq(0),
        pos: Pos(n),
        restores: Vec::new(),
    }
}

/// The direct room number `n` of these members.
#[must_use]
pub fn direct(n: u64, people: &[u64]) -> RoomInfo {
    RoomInfo {
        kind: RoomKind::Direct,
        name: String::new(),
        members: u32::try_from(people.len()).expect("a handful of people"),
        people: people.iter().copied().map(user_id).collect(),
        ..room(n, 0)
    }
}

/// A message by member `sender` in room `room`, one second after the event before it. Its cid is
/// made from the two numbers.
#[must_use]
pub fn message(room: u64, seq: u64, sender: u64, text: &str) -> Event {
    Event {
        cid: Some(cid(room << 32 | seq)),
        kind: Content::MESSAGE.to_owned(),
        body: json!({ "text": text }).into(),
        ..event(room, seq, sender)
    }
}

/// Member `user` changing their own membership of room `room`.
#[must_use]
pub fn membership(room: u64, seq: u64, user: u64, change: Change) -> Event {
    let body = Membership { user: user_id(user), change };
    Event { kind: Content::MEMBERSHIP.to_owned(), body: Body::new(&body), ..event(room, seq, user) }
}

/// A stub event without content.
#[must_use]
pub fn event(room: u64, seq: u64, sender: u64) -> Event {
    Event {
        room: room_id(room),
        seq: Seq(seq),
        id: event_id(room, seq),
        cid: None,
        sender: user_id(sender),
        kind: Content::STUB.to_owned(),
        body: json!({}).into(),
        ts: NEW_YEAR + 1000 * i64::try_from(seq).expect("a small seq"),
        quiet: false,
        origin: None,
    }
}

/// Messages `1` to `head` of room `room` by member 2, each saying its seq: a whole log.
#[must_use]
pub fn log(room: u64, head: u64) -> Vec<Event> {
    (1..=head).map(|seq| message(room, seq, 2, &format!("message {seq}"))).collect()
}

/// An event as it is pushed while it happens.
#[must_use]
pub const fn live(event: Event) -> ServerFrame {
    ServerFrame::Event(PushedEvent { event, live: true, fold: None })
}

/// A `welcome` to member 1 on device 1, with the default limits and nothing in their own stream.
#[must_use]
pub fn welcome() -> Welcome {
    Welcome {
        version: homing_protocol::VERSION,
        server: "scripted 1.0.0".to_owned(),
        session: session_id(1),
        space: space_id(),
        space_name: "Loft".to_owned(),
        me: user_id(1),
        device: device_id(1),
        epoch: EPOCH,
        reset: false,
        pos: Pos(1),
        useq: Useq(0),
        heartbeat_ms: 25_000,
        limits: Limits::default(),
        time: NEW_YEAR,
    }
}

/// The only digest of an answer: these rooms, and members 1 and 2.
#[must_use]
pub fn digest(pos: u64, rooms: Vec<RoomInfo>) -> Digest {
    Digest { pos: Pos(pos), rooms, people: vec![person(1), person(2)], ..Digest::default() }
}

/// The `ok` to a whole `send`, whose items become `first`, `first + 1` … of its room.
#[must_use]
pub fn committed(send: &Send, first: u64) -> ServerFrame {
    let items = (first..)
        .zip(&send.items)
        .map(|(seq, item)| CommittedItem {
            cid: item.cid,
            seq: Seq(seq),
            id: EventId(item.cid.0),
            ts: NEW_YEAR + 1000 * i64::try_from(seq).expect("a small seq"),
            dup: false,
            fold: None,
            origin: None,
        })
        .collect();
    ServerFrame::Ok(Committed { room: send.room, items })
}

/// The event of a committed item by member `sender`, with the ids that [`committed`] gives it.
#[must_use]
pub fn sent(send: &Send, index: usize, seq: u64, sender: u64) -> Event {
    let item = send.items.get(index).expect("an item of the send");
    Event {
        room: send.room,
        seq: Seq(seq),
        id: EventId(item.cid.0),
        cid: Some(item.cid),
        sender: user_id(sender),
        kind: item.kind.clone(),
        body: item.body.clone(),
        ts: NEW_YEAR + 1000 * i64::try_from(seq).expect("a small seq"),
        quiet: Content::is_quiet(&item.kind),
        origin: None,
    }
}

/// The response to a `pull` of a server with this log, which begins at seq 1. It covers what stands
/// in the log and tells no folds.
#[must_use]
pub fn page(pull: &Pull, log: &[Event]) -> ServerFrame {
    let limit = usize::try_from(pull.limit).expect("a limit fits memory");
    let rest: Vec<&Event> = match pull.after {
        Some(after) => log.iter().filter(|event| event.seq > after).collect(),
        None => {
            let before = pull.before.unwrap_or(Seq(u64::MAX));
            log.iter().rev().filter(|event| event.seq < before).collect()
        }
    };
    let mut loud = 0;
    let covered = rest.iter().take_while(|event| {
        loud += usize::from(!event.quiet);
        loud <= limit
    });
    let mut covered: Vec<&Event> = covered.copied().collect();
    let more = covered.len() < rest.len();
    covered.sort_by_key(|event| event.seq);
    ServerFrame::Page(Page {
        rid: pull.rid,
        room: pull.room,
        from: covered.first().map(|event| event.seq),
        to: covered.last().map(|event| event.seq),
        events: covered.into_iter().filter(|event| !event.quiet).cloned().collect(),
        folds: Vec::new(),
        head: log.last().map_or(Seq(0), |event| event.seq),
        min: Seq(1),
        more,
        too_old: false,
    })
}
