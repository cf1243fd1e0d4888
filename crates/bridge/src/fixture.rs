//! A small space for tests: Aki (the viewer), Mei and Lin, with two rooms and a direct one.

use homing_engine::diff::Incoming;
use homing_engine::view::{ConnectionState, OutboxCount, Overview, Room, Space, Status};
use homing_protocol::{
    Content, Event, EventId, Person, Role, RoomId, RoomKind, Seq, SpaceId, UserId,
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

use crate::dto::{AppView, DesktopView, Keyring, Sealed, Settings, Update};

fn id(kind: u8, n: u8) -> Uuid {
    Uuid::from_bytes([kind, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n])
}

/// Of a device that is in no space.
pub(crate) fn view() -> AppView {
    AppView {
        version: "0".to_owned(),
        profile: None,
        full_name: None,
        spaces: vec![],
        unreadable: vec![],
        rescued: vec![],
        settings: Settings::default(),
        keyring: Keyring::Untried,
        sealed: Sealed::Unused,
        hosting: None,
        update: Update::default(),
        open: None,
        desktop: DesktopView::default(),
        standing: None,
    }
}

pub(crate) fn user(n: u8) -> UserId {
    UserId(id(1, n))
}

pub(crate) fn room_id(n: u8) -> RoomId {
    RoomId(id(2, n))
}

pub(crate) fn space_id() -> SpaceId {
    SpaceId(id(3, 0))
}

pub(crate) fn room(n: u8, name: &str) -> Room {
    Room {
        id: room_id(n),
        kind: RoomKind::Public,
        name: name.to_owned(),
        topic: String::new(),
        members: 3,
        people: vec![],
        head: Seq(10),
        read: Seq(10),
        delivered: Seq(0),
        unread: 0,
        mentions: 0,
        muted: false,
        muted_until: None,
        notify: None,
        draft: String::new(),
        other_draft: String::new(),
        last: None,
    }
}

pub(crate) fn overview() -> Overview {
    let person = |n, name: &str| Person {
        id: user(n),
        name: name.to_owned(),
        role: Role::Member,
        gone: false,
    };
    let direct =
        Room { kind: RoomKind::Direct, name: String::new(), people: vec![user(1)], ..room(2, "") };
    Overview {
        space: Space {
            id: space_id(),
            name: "Northlight".to_owned(),
            address: "127.0.0.1:4664".to_owned(),
            me: user(0),
        },
        connection: ConnectionState::UpToDate { rtt_ms: None },
        rooms: vec![room(0, "general"), room(1, "design"), direct],
        people: vec![person(0, "Aki Kern"), person(1, "Mei Lin"), person(2, "Lin Xiao")],
        presence: vec![],
        status: Status::default(),
        outbox: OutboxCount::default(),
    }
}

/// A message from Mei.
pub(crate) fn incoming(n: u8, seq: u64, text: &str, mentions: &[UserId]) -> Incoming {
    Incoming {
        event: Arc::new(Event {
            room: room_id(n),
            seq: Seq(seq),
            id: EventId(id(4, 0)),
            cid: None,
            sender: user(1),
            kind: Content::MESSAGE.to_owned(),
            body: json!({ "text": text, "mentions": mentions }).into(),
            ts: 1_000,
            quiet: false,
            origin: None,
        }),
        live: true,
        mentions_me: mentions.contains(&user(0)),
    }
}
