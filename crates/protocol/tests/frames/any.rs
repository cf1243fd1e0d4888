//! Frames of every kind with any values, for the round trip.

use std::collections::BTreeMap;

use homing_protocol::fold::{Reaction, Revision};
use homing_protocol::frame::{
    Ack, Client, ClientBye, ClientEph, Committed, CommittedItem, Digest, Failure, Gap, Hello, Mark,
    Page, Ping, Pong, Presence, Pull, PushedEvent, Receipt, Ref, Send, SendItem, ServerBye,
    ServerEph, Set, Uevent, Upage, Upull, UserKey, Welcome,
};
use homing_protocol::people::Restore;
use homing_protocol::{
    Cid, ClientFrame, DeviceId, Epoch, ErrorCode, Event, EventId, Fold, Limits, MessageRef, Origin,
    Person, Pos, RequestId, Role, RoomId, RoomInfo, RoomKind, Seq, ServerFrame, SessionId, SpaceId,
    Useq, UserId,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn room() -> impl Strategy<Value = RoomId> {
    uuid().prop_map(RoomId)
}

fn user() -> impl Strategy<Value = UserId> {
    uuid().prop_map(UserId)
}

fn cid() -> impl Strategy<Value = Cid> {
    uuid().prop_map(Cid)
}

/// What a seq, a position or the name of a request may be.
fn number() -> impl Strategy<Value = u64> {
    0..=(1_u64 << 53) - 1
}

fn seq() -> impl Strategy<Value = Seq> {
    number().prop_map(Seq)
}

fn heads() -> impl Strategy<Value = BTreeMap<RoomId, Seq>> {
    btree_map(room(), seq(), 0..4)
}

/// Any JSON but fractions, whose last digit may change on the way.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = UserKey> {
    prop_oneof![
        room().prop_map(UserKey::Read),
        room().prop_map(UserKey::Room),
        Just(UserKey::Devices),
        room().prop_map(UserKey::Draft),
        room().prop_map(UserKey::Mute),
        room().prop_map(UserKey::Unread),
        any::<String>().prop_map(UserKey::Setting),
        "[a-z]{0,8}".prop_map(UserKey::Other),
        "(draft|mute|unread|later):[a-z]{0,8}".prop_map(UserKey::Other),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    (
        (room(), seq(), uuid(), option::of(cid())),
        (user(), any::<String>(), json(), any::<i64>(), any::<bool>(), option::of(origin())),
    )
        .prop_map(|((room, seq, id, cid), (sender, kind, body, ts, quiet, origin))| Event {
            room,
            seq,
            id: EventId(id),
            cid,
            sender,
            kind,
            body: body.into(),
            ts,
            quiet,
            origin,
        })
}

fn origin() -> impl Strategy<Value = Origin> {
    any::<i64>().prop_map(|ts| Origin { ts })
}

fn revision() -> impl Strategy<Value = Revision> {
    (any::<String>(), vec(user(), 0..3), any::<i64>()).prop_map(|(text, mentions, ts)| Revision {
        text,
        mentions,
        ts,
    })
}

fn reaction() -> impl Strategy<Value = Reaction> {
    (any::<String>(), any::<u32>(), vec(user(), 0..3)).prop_map(|(emoji, count, people)| Reaction {
        emoji,
        count,
        people,
    })
}

fn fold() -> impl Strategy<Value = Fold> {
    (
        (seq(), seq(), option::of(revision()), vec(reaction(), 0..3)),
        (
            option::of(vec(any::<String>(), 0..3)),
            any::<bool>(),
            option::of((user(), user(), cid())),
        ),
    )
        .prop_map(|((seq, as_of, edit, reactions), (mine, pinned, gone))| Fold {
            seq,
            as_of,
            edit,
            reactions,
            mine,
            pinned,
            gone: gone.map(|(by, _, _)| by),
            of: gone.map(|(_, user, cid)| MessageRef { user, cid }),
        })
}

fn hello() -> impl Strategy<Value = Hello> {
    (
        (vec(any::<u16>(), 0..4), any::<String>(), any::<String>()),
        (vec(any::<String>(), 0..3), option::of(number()), option::of(number())),
        (option::of(number()), option::of(any::<u16>()), any::<u32>()),
    )
        .prop_map(
            |((versions, app, os), (capabilities, epoch, pos), (useq, last_close, attempt))| {
                Hello {
                    versions,
                    client: Client { app, os },
                    capabilities,
                    epoch: epoch.map(Epoch),
                    pos: pos.map(Pos),
                    useq: useq.map(Useq),
                    last_close,
                    attempt,
                }
            },
        )
}

fn item() -> impl Strategy<Value = SendItem> {
    (cid(), any::<String>(), json(), any::<i64>(), option::of(origin())).prop_map(
        |(cid, kind, body, ts, origin)| SendItem { cid, kind, body: body.into(), ts, origin },
    )
}

fn pull() -> impl Strategy<Value = Pull> {
    (number(), room(), option::of(seq()), option::of(seq()), any::<u32>()).prop_map(
        |(rid, room, after, before, limit)| Pull {
            rid: RequestId(rid),
            room,
            after,
            before,
            limit,
        },
    )
}

/// Any frame of a client.
pub(crate) fn client() -> impl Strategy<Value = ClientFrame> {
    prop_oneof![
        hello().prop_map(ClientFrame::Hello),
        (room(), vec(item(), 0..4))
            .prop_map(|(room, items)| ClientFrame::Send(Send { room, items })),
        pull().prop_map(ClientFrame::Pull),
        (number(), number(), any::<u32>()).prop_map(|(rid, useq, limit)| {
            ClientFrame::Upull(Upull { rid: RequestId(rid), useq: Useq(useq), limit })
        }),
        (room(), seq()).prop_map(|(room, seq)| ClientFrame::Mark(Mark { room, seq })),
        (key(), json()).prop_map(|(key, value)| ClientFrame::Set(Set { key, value })),
        prop_oneof![
            room().prop_map(|room| ClientEph::Typing { room }),
            any::<bool>().prop_map(|active| ClientEph::Activity { active }),
            option::of(room()).prop_map(|room| ClientEph::Looking { room }),
        ]
        .prop_map(ClientFrame::Eph),
        (heads(), option::of(number()))
            .prop_map(|(rooms, useq)| { ClientFrame::Ack(Ack { rooms, useq: useq.map(Useq) }) }),
        (number(), heads()).prop_map(|(n, heads)| ClientFrame::Ping(Ping { n, heads })),
        number().prop_map(|n| ClientFrame::Pong(Pong { n })),
        any::<String>().prop_map(|reason| ClientFrame::Bye(ClientBye { reason })),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    any::<(usize, usize, usize, usize, u32, u32, u32)>().prop_map(
        |(frame, body, items, in_flight, sends_per_second, send_burst, pulls_per_second)| Limits {
            frame,
            body,
            items,
            in_flight,
            sends_per_second,
            send_burst,
            pulls_per_second,
        },
    )
}

fn welcome() -> impl Strategy<Value = Welcome> {
    (
        (any::<u16>(), any::<String>(), uuid(), uuid(), any::<String>(), uuid(), uuid()),
        ((number(), any::<bool>(), number(), number(), number(), any::<i64>()), limits()),
    )
        .prop_map(
            |(
                (version, server, session, space, space_name, me, device),
                ((epoch, reset, pos, useq, heartbeat_ms, time), limits),
            )| Welcome {
                version,
                server,
                session: SessionId(session),
                space: SpaceId(space),
                space_name,
                me: UserId(me),
                device: DeviceId(device),
                epoch: Epoch(epoch),
                reset,
                pos: Pos(pos),
                useq: Useq(useq),
                heartbeat_ms,
                limits,
                time,
            },
        )
}

fn kind() -> impl Strategy<Value = RoomKind> {
    prop_oneof![Just(RoomKind::Public), Just(RoomKind::Private), Just(RoomKind::Direct)]
}

fn info() -> impl Strategy<Value = RoomInfo> {
    (
        (room(), kind(), any::<String>(), any::<String>(), vec(user(), 0..3)),
        (proptest::array::uniform5(number()), any::<[u32; 3]>(), vec(restore(), 0..3)),
    )
        .prop_map(
            |(
                (room, kind, name, topic, people),
                ([head, min, read, delivered, pos], [members, unread, mentions], restores),
            )| RoomInfo {
                room,
                kind,
                name,
                topic,
                members,
                people,
                head: Seq(head),
                min: Seq(min),
                read: Seq(read),
                unread,
                mentions,
                delivered: Seq(delivered),
                pos: Pos(pos),
                restores,
            },
        )
}

fn restore() -> impl Strategy<Value = Restore> {
    (any::<u64>(), seq()).prop_map(|(epoch, head)| Restore { epoch: Epoch(epoch), head })
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Guest), Just(Role::Member), Just(Role::Admin), Just(Role::Owner)]
}

fn person() -> impl Strategy<Value = Person> {
    (user(), any::<String>(), role(), any::<bool>()).prop_map(|(id, name, role, gone)| Person {
        id,
        name,
        role,
        gone,
    })
}

fn committed() -> impl Strategy<Value = CommittedItem> {
    (cid(), seq(), uuid(), any::<i64>(), any::<bool>(), option::of(fold()), option::of(origin()))
        .prop_map(|(cid, seq, id, ts, dup, fold, origin)| CommittedItem {
            cid,
            seq,
            id: EventId(id),
            ts,
            dup,
            fold,
            origin,
        })
}

fn uevent() -> impl Strategy<Value = Uevent> {
    (number(), key(), json()).prop_map(|(useq, key, value)| Uevent { useq: Useq(useq), key, value })
}

fn about() -> impl Strategy<Value = Ref> {
    prop_oneof![
        vec(cid(), 0..3).prop_map(Ref::Cids),
        number().prop_map(|rid| Ref::Rid(RequestId(rid))),
        room().prop_map(Ref::Room),
        key().prop_map(Ref::Key),
    ]
}

fn code() -> impl Strategy<Value = ErrorCode> {
    prop_oneof![
        Just(ErrorCode::UnknownFrame),
        Just(ErrorCode::RateLimited),
        Just(ErrorCode::CidReused),
        Just(ErrorCode::NoSuchMessage),
        "later_[a-z]{1,8}".prop_map(ErrorCode::Other),
    ]
}

fn presence() -> impl Strategy<Value = Presence> {
    prop_oneof![Just(Presence::Online), Just(Presence::Away), Just(Presence::Offline)]
}

fn page() -> impl Strategy<Value = Page> {
    (
        (number(), number(), number(), any::<bool>(), any::<bool>()),
        (room(), option::of(seq()), option::of(seq())),
        (vec(event(), 0..4), vec(fold(), 0..4)),
    )
        .prop_map(|((rid, head, min, more, too_old), (room, from, to), (events, folds))| {
            Page {
                rid: RequestId(rid),
                room,
                from,
                to,
                events,
                folds,
                head: Seq(head),
                min: Seq(min),
                more,
                too_old,
            }
        })
}

/// Any frame of a server.
pub(crate) fn server() -> impl Strategy<Value = ServerFrame> {
    let answers = prop_oneof![
        welcome().prop_map(|welcome| ServerFrame::Welcome(Box::new(welcome))),
        (
            number(),
            vec(info(), 0..3),
            vec(person(), 0..3),
            option::of(any::<String>()),
            any::<bool>()
        )
            .prop_map(|(pos, rooms, people, space_name, more)| {
                ServerFrame::Digest(Digest { pos: Pos(pos), rooms, people, space_name, more })
            }),
        Just(ServerFrame::CaughtUp),
        (room(), vec(committed(), 0..4))
            .prop_map(|(room, items)| ServerFrame::Ok(Committed { room, items })),
        page().prop_map(ServerFrame::Page),
        (proptest::array::uniform3(number()), vec(uevent(), 0..4)).prop_map(
            |([rid, upto, head], events)| {
                let (upto, head) = (Useq(upto), Useq(head));
                ServerFrame::Upage(Upage { rid: RequestId(rid), events, upto, head })
            }
        ),
        (option::of(about()), code(), any::<bool>(), option::of(number()), any::<String>())
            .prop_map(|(about, code, temporary, retry_after_ms, text)| {
                ServerFrame::Err(Failure { about, code, temporary, retry_after_ms, text })
            }),
    ];
    let pushes = prop_oneof![
        (event(), any::<bool>(), option::of(fold().prop_map(Box::new)))
            .prop_map(|(event, live, fold)| ServerFrame::Event(PushedEvent { event, live, fold })),
        uevent().prop_map(ServerFrame::Uevent),
        (room(), seq()).prop_map(|(room, head)| ServerFrame::Gap(Gap { room, head })),
        (room(), seq())
            .prop_map(|(room, delivered)| ServerFrame::Receipt(Receipt { room, delivered })),
        (room(), user())
            .prop_map(|(room, user)| ServerFrame::Eph(ServerEph::Typing { room, user })),
        (btree_map(user(), presence(), 0..4), any::<bool>())
            .prop_map(|(people, all)| ServerFrame::Eph(ServerEph::Presence { people, all })),
        (number(), heads()).prop_map(|(n, heads)| ServerFrame::Ping(Ping { n, heads })),
        number().prop_map(|n| ServerFrame::Pong(Pong { n })),
        (any::<u16>(), option::of(number()), option::of(number()), any::<String>()).prop_map(
            |(code, retry_after_ms, spread_ms, reason)| {
                ServerFrame::Bye(ServerBye { code, retry_after_ms, spread_ms, reason })
            }
        ),
    ];
    prop_oneof![answers, pushes]
}

/// Text that is nearly a frame: a real one with a part cut out or put in.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let frame = prop_oneof![client().prop_map(|f| f.encode()), server().prop_map(|f| f.encode())];
    (frame, any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), any::<String>())
        .prop_map(|(text, from, to, put)| {
            let chars: Vec<char> = text.chars().collect();
            let (from, to) = (from.index(chars.len()), to.index(chars.len()));
            let (from, to) = (from.min(to), from.max(to));
            chars[..from]
                .iter()
                .copied()
                .chain(put.chars())
                .chain(chars[to..].iter().copied())
                .collect()
        })
}
