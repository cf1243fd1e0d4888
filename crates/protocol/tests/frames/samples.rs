//! One frame of every shape, with every field in use; `_least` where optional fields are absent.

use homing_protocol::event::{Change, Created, Described, Edit, Pin, React, Redact, Reply};
use homing_protocol::fold::{Reaction, Revision};
use homing_protocol::frame::{
    Ack, Client, ClientBye, ClientEph, Committed, CommittedItem, Digest, Failure, Gap, Hello, Mark,
    Page, Ping, Pong, Presence, Pull, PushedEvent, Receipt, Ref, Send, SendItem, ServerBye,
    ServerEph, Set, Uevent, Upage, Upull, UserKey, Welcome,
};
use homing_protocol::people::Restore;
use homing_protocol::{
    Body, Cid, ClientFrame, CloseCode, Content, DeviceId, Epoch, ErrorCode, Event, EventId, FOLD,
    Fold, Limits, Membership, Message, MessageRef, Origin, Person, Pos, RequestId, Role, RoomId,
    RoomInfo, RoomKind, Seq, ServerFrame, SessionId, SpaceId, Useq, UserId, mention,
};
use serde::Serialize;
use serde_json::{Value, json};

fn id<T: std::str::FromStr>(kind: u8, n: u8) -> T {
    let text = format!("01900000-0000-700{kind}-8000-0000000000{n:02x}");
    text.parse().unwrap_or_else(|_| panic!("{text} is a UUID"))
}

fn room(n: u8) -> RoomId {
    id(1, n)
}

fn user(n: u8) -> UserId {
    id(2, n)
}

fn cid(n: u8) -> Cid {
    id(4, n)
}

fn body(body: impl Serialize) -> Body {
    Body::new(&body)
}

fn event(kind: &str, body: Body) -> Event {
    Event {
        room: room(1),
        seq: Seq(7),
        id: id::<EventId>(5, 7),
        cid: None,
        sender: user(1),
        kind: kind.to_owned(),
        body,
        ts: 1_767_225_600_000,
        quiet: Content::is_quiet(kind),
        origin: None,
    }
}

/// When it happened before a restore.
const ORIGIN: Origin = Origin { ts: 1_767_139_200_000 };

fn message() -> Event {
    let said = Message {
        text: format!("Lunch, {}?", mention::person(user(2), "Ben")),
        mentions: vec![user(2)],
        reply: None,
    };
    Event { cid: Some(cid(1)), ..event(Content::MESSAGE, body(said)) }
}

/// The message that the others change.
fn target() -> MessageRef {
    MessageRef { user: user(1), cid: cid(1) }
}

fn reply() -> Message {
    let reply = Reply { user: user(1), cid: cid(1), excerpt: "Lunch, @Ben?".to_owned() };
    Message { text: "At one.".to_owned(), mentions: Vec::new(), reply: Some(reply) }
}

fn edit() -> Edit {
    Edit {
        of: target(),
        text: format!("Dinner, {}?", mention::person(user(2), "Ben")),
        mentions: vec![user(2)],
    }
}

fn react() -> React {
    React { to: target(), emoji: "❤\u{fe0f}".to_owned(), on: true }
}

fn redact() -> Redact {
    Redact { of: target() }
}

fn pin() -> Pin {
    Pin { of: target(), on: true }
}

/// What is left of a message after all of these but the redaction, as many readers are told.
fn fold() -> Fold {
    let Edit { text, mentions, .. } = edit();
    Fold {
        seq: Seq(7),
        as_of: Seq(10),
        edit: Some(Revision { text, mentions, ts: 1_767_225_600_000 }),
        reactions: vec![Reaction {
            emoji: "❤".to_owned(),
            count: 2,
            people: vec![user(2), user(3)],
        }],
        mine: None,
        pinned: true,
        gone: None,
        of: None,
    }
}

/// What is left of a message that was taken back.
fn gone() -> Fold {
    let of = Some(MessageRef { user: user(1), cid: cid(1) });
    let (reactions, gone) = (Vec::new(), Some(user(1)));
    Fold { edit: None, reactions, pinned: false, gone, of, ..fold() }
}

fn person() -> Person {
    Person { id: user(1), name: "Ada".to_owned(), role: Role::Owner, gone: false }
}

fn general() -> RoomInfo {
    RoomInfo {
        room: room(1),
        kind: RoomKind::Public,
        name: "general".to_owned(),
        topic: "Everything".to_owned(),
        members: 12,
        people: Vec::new(),
        head: Seq(412),
        min: Seq(1),
        read: Seq(400),
        unread: 9,
        mentions: 1,
        delivered: Seq(398),
        pos: Pos(77),
        restores: Vec::new(),
    }
}

/// A room that a restore has shortened.
fn restored() -> RoomInfo {
    let restores = vec![Restore { epoch: Epoch(0x00c0_ffee_0000_0000), head: Seq(390) }];
    RoomInfo { restores, ..general() }
}

fn direct() -> RoomInfo {
    RoomInfo {
        room: room(2),
        kind: RoomKind::Direct,
        name: String::new(),
        topic: String::new(),
        members: 2,
        people: vec![user(1), user(2)],
        ..general()
    }
}

fn hello() -> Hello {
    Hello {
        versions: vec![1],
        client: Client { app: "homing-desktop 0.1.0".to_owned(), os: "linux".to_owned() },
        capabilities: vec![FOLD.to_owned(), "later".to_owned()],
        epoch: Some(Epoch(0x00c0_ffee_0000_0001)),
        pos: Some(Pos(70)),
        useq: Some(Useq(19)),
        last_close: Some(1006),
        attempt: 2,
    }
}

/// Every shape of a client's frame, by name.
pub(crate) fn client() -> Vec<(&'static str, ClientFrame)> {
    let least = Hello {
        capabilities: Vec::new(),
        epoch: None,
        pos: None,
        useq: None,
        last_close: None,
        attempt: 0,
        ..hello()
    };
    let pull = Pull { rid: RequestId(3), room: room(1), after: None, before: None, limit: 200 };
    vec![
        ("hello", ClientFrame::Hello(hello())),
        ("hello_least", ClientFrame::Hello(least)),
        ("send", send(Content::MESSAGE, message().body)),
        ("send_given_back", given_back()),
        ("send_reply", send(Content::MESSAGE, body(reply()))),
        ("send_edit", send(Content::EDIT, body(edit()))),
        ("send_react", send(Content::REACT, body(react()))),
        ("send_redact", send(Content::REDACT, body(redact()))),
        ("send_pin", send(Content::PIN, body(pin()))),
        ("pull_after", ClientFrame::Pull(Pull { after: Some(Seq(400)), ..pull.clone() })),
        ("pull_before", ClientFrame::Pull(Pull { before: Some(Seq(350)), ..pull })),
        ("upull", ClientFrame::Upull(Upull { rid: RequestId(4), useq: Useq(19), limit: 500 })),
        ("mark", ClientFrame::Mark(Mark { room: room(1), seq: Seq(412) })),
        ("set_draft", set(UserKey::Draft(room(1)), json!("Half a sen"))),
        ("set_mute", set(UserKey::Mute(room(1)), json!(true))),
        ("set_setting", set(UserKey::Setting("theme".to_owned()), Value::Null)),
        ("eph_typing", ClientFrame::Eph(ClientEph::Typing { room: room(1) })),
        ("eph_activity", ClientFrame::Eph(ClientEph::Activity { active: true })),
        ("eph_looking", ClientFrame::Eph(ClientEph::Looking { room: Some(room(1)) })),
        ("eph_looking_nowhere", ClientFrame::Eph(ClientEph::Looking { room: None })),
        (
            "ack",
            ClientFrame::Ack(Ack { rooms: [(room(1), Seq(412))].into(), useq: Some(Useq(21)) }),
        ),
        ("ack_least", ClientFrame::Ack(Ack { rooms: [].into(), useq: None })),
        ("ping", ClientFrame::Ping(Ping { n: 5, heads: [].into() })),
        ("pong", ClientFrame::Pong(Pong { n: 9 })),
        ("bye", ClientFrame::Bye(ClientBye { reason: "quit".to_owned() })),
    ]
}

fn send(kind: &str, body: Body) -> ClientFrame {
    let kind = kind.to_owned();
    let item = SendItem { cid: cid(1), kind, body, ts: 1_767_225_599_000, origin: None };
    ClientFrame::Send(Send { room: room(1), items: vec![item] })
}

/// A message that a restore of the server may have lost.
fn given_back() -> ClientFrame {
    let (kind, body) = (Content::MESSAGE.to_owned(), message().body);
    let item = SendItem { cid: cid(1), kind, body, ts: ORIGIN.ts, origin: Some(ORIGIN) };
    ClientFrame::Send(Send { room: room(1), items: vec![item] })
}

fn set(key: UserKey, value: Value) -> ClientFrame {
    ClientFrame::Set(Set { key, value })
}

fn welcome() -> Welcome {
    Welcome {
        version: 1,
        server: "homing-server 0.1.0".to_owned(),
        session: id::<SessionId>(7, 1),
        space: id::<SpaceId>(6, 1),
        space_name: "Loft".to_owned(),
        me: user(1),
        device: id::<DeviceId>(3, 1),
        epoch: Epoch(0x00c0_ffee_0000_0001),
        reset: true,
        pos: Pos(77),
        useq: Useq(21),
        heartbeat_ms: 25_000,
        limits: Limits::default(),
        time: 1_767_225_600_000,
    }
}

fn pushed(event: Event) -> ServerFrame {
    ServerFrame::Event(PushedEvent { event, live: true, fold: None })
}

fn change(kind: &str, body: Body, fold: Fold) -> ServerFrame {
    let event = Event { seq: Seq(10), cid: Some(cid(2)), ..event(kind, body) };
    ServerFrame::Event(PushedEvent { event, live: true, fold: Some(Box::new(fold)) })
}

fn committed() -> CommittedItem {
    CommittedItem {
        cid: cid(1),
        seq: Seq(7),
        id: id(5, 7),
        ts: 1_767_225_600_000,
        dup: false,
        fold: None,
        origin: None,
    }
}

fn page() -> Page {
    Page {
        rid: RequestId(3),
        room: room(1),
        from: None,
        to: None,
        events: Vec::new(),
        folds: Vec::new(),
        head: Seq(412),
        min: Seq(100),
        more: false,
        too_old: false,
    }
}

/// A page with a message that was changed, and with a change of one that is not in it.
fn folded() -> Page {
    let mine = Some(vec!["❤".to_owned()]);
    let folds = vec![
        Fold { seq: Seq(3), as_of: Seq(412), ..gone() },
        Fold { as_of: Seq(412), mine, ..fold() },
    ];
    let (from, to) = (Some(Seq(7)), Some(Seq(10)));
    Page { from, to, events: vec![message()], folds, min: Seq(1), more: true, ..page() }
}

fn failure(about: Option<Ref>, code: ErrorCode, text: &str) -> ServerFrame {
    let temporary = code.is_temporary();
    let retry_after_ms = temporary.then_some(1_500);
    ServerFrame::Err(Failure { about, code, temporary, retry_after_ms, text: text.to_owned() })
}

/// Every shape of a server's frame, by name.
pub(crate) fn server() -> Vec<(&'static str, ServerFrame)> {
    let mut frames = vec![
        ("welcome", ServerFrame::Welcome(Box::new(welcome()))),
        (
            "digest",
            ServerFrame::Digest(Digest {
                pos: Pos(77),
                rooms: vec![general(), direct()],
                people: vec![person(), Person { id: user(3), gone: true, ..person() }],
                space_name: Some("Loft".into()),
                more: true,
            }),
        ),
        (
            "digest_restored",
            ServerFrame::Digest(Digest { rooms: vec![restored()], ..Digest::default() }),
        ),
        ("caught_up", ServerFrame::CaughtUp),
        (
            "ok",
            ServerFrame::Ok(Committed {
                room: room(1),
                items: vec![CommittedItem { dup: true, ..committed() }],
            }),
        ),
        (
            "ok_given_back",
            ServerFrame::Ok(Committed {
                room: room(1),
                items: vec![CommittedItem { origin: Some(ORIGIN), ..committed() }],
            }),
        ),
        (
            "ok_fold",
            ServerFrame::Ok(Committed {
                room: room(1),
                items: vec![CommittedItem { fold: Some(fold()), ..committed() }],
            }),
        ),
        ("page", ServerFrame::Page(folded())),
        ("page_too_old", ServerFrame::Page(Page { too_old: true, ..page() })),
        (
            "upage",
            ServerFrame::Upage(Upage {
                rid: RequestId(4),
                events: vec![uevent()],
                upto: Useq(21),
                head: Useq(21),
            }),
        ),
        ("uevent", ServerFrame::Uevent(uevent())),
        (
            "uevent_devices",
            ServerFrame::Uevent(Uevent {
                useq: Useq(22),
                key: UserKey::Devices,
                value: json!([{"id": id::<DeviceId>(3, 1), "name": "Ada's laptop"}]),
            }),
        ),
        ("gap", ServerFrame::Gap(Gap { room: room(1), head: Seq(412) })),
        ("receipt", ServerFrame::Receipt(Receipt { room: room(1), delivered: Seq(410) })),
        ("eph_typing", ServerFrame::Eph(ServerEph::Typing { room: room(1), user: user(2) })),
        (
            "eph_presence",
            ServerFrame::Eph(ServerEph::Presence {
                people: [
                    (user(1), Presence::Online),
                    (user(2), Presence::Away),
                    (user(3), Presence::Offline),
                ]
                .into(),
                all: true,
            }),
        ),
        ("ping", ServerFrame::Ping(Ping { n: 9, heads: [(room(1), Seq(412))].into() })),
        ("pong", ServerFrame::Pong(Pong { n: 5 })),
        (
            "bye",
            ServerFrame::Bye(ServerBye {
                code: CloseCode::SHUTDOWN.0,
                retry_after_ms: Some(2_000),
                spread_ms: Some(5_000),
                reason: "restarting".to_owned(),
            }),
        ),
    ];
    frames.extend(events());
    frames.extend(failures());
    frames
}

fn uevent() -> Uevent {
    Uevent { useq: Useq(21), key: UserKey::Read(room(1)), value: json!(412) }
}

fn events() -> Vec<(&'static str, ServerFrame)> {
    let membership = Membership { user: user(2), change: Change::Added };
    let created = Created { kind: RoomKind::Private, name: "plans".to_owned() };
    let described = Described { name: "plans".to_owned(), topic: "Moving".to_owned() };
    vec![
        ("event_message", pushed(message())),
        ("event_given_back", pushed(Event { origin: Some(ORIGIN), ..message() })),
        (
            "event_reply",
            pushed(Event { cid: Some(cid(2)), ..event(Content::MESSAGE, body(reply())) }),
        ),
        ("event_edit", change(Content::EDIT, body(edit()), fold())),
        ("event_react", change(Content::REACT, body(react()), fold())),
        ("event_redact", change(Content::REDACT, body(redact()), gone())),
        ("event_pin", change(Content::PIN, body(pin()), fold())),
        ("event_membership", pushed(event(Content::MEMBERSHIP, body(membership)))),
        ("event_created", pushed(event(Content::CREATED, body(created)))),
        ("event_described", pushed(event(Content::DESCRIBED, body(described)))),
        ("event_stub", pushed(event(Content::STUB, json!({}).into()))),
        ("event_of_a_later_version", pushed(event("poll", json!({"question": "Lunch?"}).into()))),
        (
            "event_quiet_of_a_later_version",
            pushed(Event { quiet: true, ..event("vote", json!({"for": 1}).into()) }),
        ),
    ]
}

fn failures() -> Vec<(&'static str, ServerFrame)> {
    vec![
        (
            "err_send",
            failure(
                Some(Ref::Cids(vec![cid(1)])),
                ErrorCode::NotMember,
                "you are not in this room",
            ),
        ),
        (
            "err_send_change",
            failure(Some(Ref::Cids(vec![cid(1)])), ErrorCode::NoSuchMessage, "no such message"),
        ),
        (
            "err_pull",
            failure(
                Some(Ref::Rid(RequestId(3))),
                ErrorCode::RateLimited,
                "more than 20 pulls a second",
            ),
        ),
        ("err_mark", failure(Some(Ref::Room(room(1))), ErrorCode::NoSuchRoom, "no such room")),
        (
            "err_set",
            failure(
                Some(Ref::Key(UserKey::Other("hat".to_owned()))),
                ErrorCode::Invalid,
                "no such key",
            ),
        ),
        ("err_frame", failure(None, ErrorCode::UnknownFrame, "unknown frame kind \"teleport\"")),
    ]
}
