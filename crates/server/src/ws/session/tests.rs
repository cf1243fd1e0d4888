//! The conversation, frame by frame, on an imagined clock.

use super::*;
use crate::config::{Rates, Timers};
use crate::store::{LogPage, LogRange, Refusal, Snapshot};
use homing_protocol::frame::{
    ClientBye, Committed, CommittedItem, Mark, Ping, Pull, Send as NewEvents, SendItem, Uevent,
    UserKey,
};
use homing_protocol::{
    Cid, DeviceId, Epoch, EventId, Limits, RequestId, RoomInfo, RoomKind, SessionId, SpaceId,
    UserId,
};
use serde_json::json;
use uuid::Uuid;

mod any;
mod folds;
mod own_events;

fn room(n: u128) -> RoomId {
    RoomId(Uuid::from_u128(n))
}

struct Talk {
    session: Session,
    now: Instant,
    epoch: Epoch,
}

impl Talk {
    fn fresh() -> Self {
        let now = Instant::now();
        let epoch = Epoch(7);
        let info = SessionInfo {
            person: UserId(Uuid::nil()),
            device: DeviceId(Uuid::nil()),
            session: SessionId(Uuid::nil()),
            space: SpaceId(Uuid::nil()),
            epoch,
            limits: Limits::default(),
            rates: Rates::default(),
            timers: Timers::default(),
        };
        Self { session: Session::new(info, 1.0, now), now, epoch }
    }

    /// Past `welcome`, with one room at head 5.
    fn ready() -> Self {
        let mut talk = Self::fresh();
        talk.hello(None, None);
        talk.greet(snapshot(10));
        talk
    }

    fn hear(&mut self, frame: &ClientFrame) -> Vec<Effect> {
        self.session.text(&frame.encode(), self.now, |_| Ok(()))
    }

    fn hello(&mut self, epoch: Option<Epoch>, pos: Option<Pos>) -> Vec<Effect> {
        let text = json!({
            "t": "hello", "versions": [1], "client": {"app": "t", "os": "t"},
            "epoch": epoch, "pos": pos,
        });
        self.session.text(&text.to_string(), self.now, |_| Ok(()))
    }

    fn greet(&mut self, snapshot: Snapshot) -> Vec<Effect> {
        self.session.handle_response(Response::Hello(Ok(snapshot), 0), self.now)
    }

    fn pass(&mut self, time: Duration) -> Vec<Effect> {
        self.now += time;
        self.session.tick(self.now)
    }

    fn send(&mut self, n: u128) -> Vec<Effect> {
        self.hear(&ClientFrame::Send(batch(n)))
    }
}

fn snapshot(pos: u64) -> Snapshot {
    Snapshot {
        pos: Pos(pos),
        useq: Useq(3),
        space_name: "space".into(),
        rooms: vec![RoomInfo {
            room: room(1),
            kind: RoomKind::Public,
            name: "general".into(),
            topic: String::new(),
            members: 1,
            people: Vec::new(),
            head: Seq(5),
            min: Seq(1),
            read: Seq(0),
            unread: 0,
            mentions: 0,
            delivered: Seq(0),
            pos: Pos(pos),
            restores: Vec::new(),
        }],
        people: Vec::new(),
    }
}

fn batch(n: u128) -> NewEvents {
    NewEvents {
        room: room(n),
        items: vec![SendItem {
            cid: Cid(Uuid::from_u128(n)),
            kind: "message".into(),
            body: json!({"text": "x"}).into(),
            ts: 0,
            origin: None,
        }],
    }
}

fn page(head: u64, more: bool) -> LogPage {
    LogPage {
        span: None,
        items: Vec::new(),
        folds: Vec::new(),
        head: Seq(head),
        min: Seq(1),
        more,
        too_old: false,
    }
}

fn closes_with(effects: &[Effect]) -> Option<CloseCode> {
    effects.iter().find_map(|effect| match effect {
        Effect::Close(closing) => Some(closing.code),
        _ => None,
    })
}

fn error(effects: &[Effect]) -> Option<(&ErrorCode, bool, Option<u64>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(ServerFrame::Err(f)) => Some((&f.code, f.temporary, f.retry_after_ms)),
        _ => None,
    })
}

fn caught_up(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Send(ServerFrame::CaughtUp))
}

#[test]
fn hello_is_asked_of_the_store_and_answered_in_order() {
    let mut talk = Talk::fresh();
    let effects = talk.hello(None, None);
    assert_eq!(effects, [Effect::Request(Request::Hello { since: Pos(0), form: LogForm::Whole })]);
    let effects = talk.greet(snapshot(10));
    let [
        Effect::Send(ServerFrame::Welcome(welcome)),
        Effect::Send(ServerFrame::Digest(digest)),
        Effect::GoLive,
    ] = effects.as_slice()
    else {
        panic!("{effects:?}");
    };
    assert_eq!((welcome.pos, digest.pos, welcome.reset), (Pos(10), Pos(10), false));
}

#[test]
fn the_position_counts_only_in_its_epoch() {
    for (epoch, pos, since, reset) in
        [(None, Some(4), 0, false), (Some(7), Some(4), 4, false), (Some(8), Some(4), 0, true)]
    {
        let mut talk = Talk::fresh();
        let effects = talk.hello(epoch.map(Epoch), pos.map(Pos));
        assert_eq!(
            effects,
            [Effect::Request(Request::Hello { since: Pos(since), form: LogForm::Whole })]
        );
        let effects = talk.greet(snapshot(10));
        let Effect::Send(ServerFrame::Welcome(welcome)) = &effects[0] else {
            panic!("{effects:?}");
        };
        assert_eq!(welcome.reset, reset);
    }
}

#[test]
fn a_client_ahead_of_the_database_is_reset_and_told_everything() {
    let mut talk = Talk::fresh();
    let epoch = talk.epoch;
    talk.hello(Some(epoch), Some(Pos(99)));
    let effects = talk.greet(snapshot(10));
    assert_eq!(effects, [Effect::Request(Request::Hello { since: Pos(0), form: LogForm::Whole })]);
    let effects = talk.greet(snapshot(10));
    assert!(matches!(&effects[0], Effect::Send(ServerFrame::Welcome(w)) if w.reset));
}

#[test]
fn silence_before_hello_ends_after_ten_seconds() {
    let mut talk = Talk::fresh();
    assert_eq!(talk.session.deadline(), Some(talk.now + Duration::from_secs(10)));
    assert!(talk.pass(Duration::from_millis(9_999)).is_empty());
    let effects = talk.pass(Duration::from_millis(1));
    assert_eq!(closes_with(&effects), Some(CloseCode::HELLO_TIMEOUT));
}

#[test]
fn one_send_a_room_and_thirty_two_in_all() {
    let mut talk = Talk::ready();
    for n in 1..=32 {
        assert_eq!(talk.send(n), [Effect::Request(Request::Send(batch(n)))]);
    }
    for refused in [1, 33] {
        let effects = talk.send(refused);
        let (code, temporary, wait) = error(&effects).unwrap();
        assert_eq!((code, temporary, wait), (&ErrorCode::RateLimited, true, Some(100)));
    }
    let done = Response::Sent(room(1), Vec::new(), Ok(Vec::new()));
    talk.session.handle_response(done, talk.now);
    assert_eq!(talk.send(1), [Effect::Request(Request::Send(batch(1)))]);
}

#[test]
fn ok_is_said_only_when_the_store_has_answered() {
    let mut talk = Talk::ready();
    talk.send(1);
    let items = vec![CommittedItem {
        cid: Cid(Uuid::from_u128(1)),
        seq: Seq(6),
        id: EventId(Uuid::nil()),
        ts: 1,
        dup: false,
        fold: None,
        origin: None,
    }];
    let done = Response::Sent(room(1), Vec::new(), Ok(items.clone()));
    let said = Effect::Send(ServerFrame::Ok(Committed { room: room(1), items }));
    assert_eq!(talk.session.handle_response(done, talk.now), [said]);
}

#[test]
fn failures_of_the_store_are_told_by_kind() {
    let refusal = Refusal { code: ErrorCode::NotMember, text: String::new(), cids: Vec::new() };
    for (failure, code, temporary, wait) in [
        (StoreError::Refused(refusal), ErrorCode::NotMember, false, None),
        (StoreError::ReadOnly("full".into()), ErrorCode::ReadOnly, true, Some(2000)),
        (StoreError::Closed, ErrorCode::Internal, true, Some(1000)),
    ] {
        let mut talk = Talk::ready();
        talk.send(1);
        let cid = Cid(Uuid::from_u128(1));
        let done = Response::Sent(room(1), vec![cid], Err(failure));
        let effects = talk.session.handle_response(done, talk.now);
        assert_eq!(error(&effects), Some((&code, temporary, wait)));
        assert!(matches!(
            &effects[0],
            Effect::Send(ServerFrame::Err(f)) if f.about == Some(Ref::Cids(vec![cid]))
        ));
        assert!(!talk.send(1).is_empty(), "the room is free again");
    }
}

#[test]
fn caught_up_when_each_room_was_pulled_to_its_end_or_nobody_asks() {
    let pull = ClientFrame::Pull(Pull {
        rid: RequestId(1),
        room: room(1),
        after: Some(Seq(0)),
        before: None,
        limit: 5,
    });
    let mut talk = Talk::ready();
    talk.hear(&pull);
    // A pull under way keeps it waiting, however long it takes.
    assert!(!caught_up(&talk.pass(Duration::from_secs(5))));
    let part = Response::Pulled(RequestId(1), room(1), Ok(page(5, true)));
    assert!(!caught_up(&talk.session.handle_response(part, talk.now)));
    talk.hear(&pull);
    let end = Response::Pulled(RequestId(1), room(1), Ok(page(5, false)));
    assert!(caught_up(&talk.session.handle_response(end, talk.now)));
    assert!(!caught_up(&talk.pass(Duration::from_secs(5))), "once");

    let mut talk = Talk::ready();
    assert!(!caught_up(&talk.pass(Duration::from_millis(999))));
    assert!(caught_up(&talk.pass(Duration::from_millis(1))));

    let mut talk = Talk::fresh();
    talk.hello(None, None);
    let nothing = Snapshot { rooms: Vec::new(), ..snapshot(10) };
    assert!(caught_up(&talk.greet(nothing)));
}

#[test]
fn many_changes_make_one_digest_since_the_last_one_told() {
    let mut talk = Talk::ready();
    let due = Due { digest: true, ..Due::default() };
    for _ in 0..5 {
        assert!(talk.session.due(due, talk.now).is_empty());
    }
    let ask = Effect::Request(Request::Digest { since: Pos(10) });
    assert_eq!(talk.pass(Duration::from_millis(100)), [ask]);
    // Due again while the first is being read: after it, not beside it.
    talk.session.due(due, talk.now);
    assert!(talk.pass(Duration::from_millis(500)).is_empty());
    let read = Response::Digested(Pos(10), Ok(snapshot(12)));
    let effects = talk.session.handle_response(read, talk.now);
    assert!(matches!(&effects[0], Effect::Send(ServerFrame::Digest(d)) if d.pos == Pos(12)));
    let effects = talk.pass(Duration::ZERO);
    assert!(effects.contains(&Effect::Request(Request::Digest { since: Pos(12) })));
}

#[test]
fn a_new_name_of_the_space_is_told_once_and_nothing_is_told_for_nothing() {
    let mut talk = Talk::ready();
    let read = |talk: &mut Talk, since, pos, space_name: &str| {
        talk.session.due(Due { digest: true, ..Due::default() }, talk.now);
        talk.pass(Duration::from_millis(100));
        let (rooms, people) = (Vec::new(), Vec::new());
        let found = Snapshot { rooms, people, space_name: space_name.into(), ..snapshot(pos) };
        talk.session.handle_response(Response::Digested(Pos(since), Ok(found)), talk.now)
    };
    assert_eq!(read(&mut talk, 10, 11, "space"), [], "it was in the welcome");
    let named = |effects: &[Effect]| match effects {
        [Effect::Send(ServerFrame::Digest(digest))] => (digest.pos, digest.space_name.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(named(&read(&mut talk, 10, 12, "loft")), (Pos(12), Some("loft".to_owned())));
    assert_eq!(read(&mut talk, 12, 13, "loft"), []);
}

/// A read is of one moment; what was read before a leave is not told after it.
#[test]
fn after_the_word_of_a_leave_nothing_older_follows() {
    let gone = Uevent { useq: Useq(4), key: UserKey::Room(room(1)), value: json!(null) };
    let own = || OwnPage { items: vec![gone.clone()], upto: Useq(4), head: Useq(4) };
    type Tell = fn(&mut Session, OwnPage, Instant) -> Vec<Effect>;
    let ways: [(Tell, bool); 3] = [
        (
            |session, _, _| {
                session.own_event_written(Useq(4), Some(room(1)));
                Vec::new()
            },
            false,
        ),
        (|session, own, now| session.handle_response(Response::OwnRead(Ok(own)), now), true),
        (
            |session, own, now| {
                session.handle_response(Response::Upulled(RequestId(9), Ok(own)), now)
            },
            true,
        ),
    ];
    for (tell, forgets) in ways {
        let mut talk = Talk::ready();
        let pull = |rid, room| Pull {
            rid: RequestId(rid),
            room,
            after: Some(Seq(0)),
            before: None,
            limit: 9,
        };
        let asked = talk.hear(&ClientFrame::Pull(pull(1, room(1))));
        talk.hear(&ClientFrame::Pull(pull(2, room(2))));
        talk.session.due(Due { digest: true, heads: true, ..Due::default() }, talk.now);
        let digest = Effect::Request(Request::Digest { since: Pos(10) });
        assert!(talk.pass(Duration::from_millis(100)).contains(&digest));

        let effects = tell(&mut talk.session, own(), talk.now);
        // First what waits in the queue is dropped, then the client is told.
        assert_eq!(effects.first() == Some(&Effect::Forget(room(1))), forgets);

        let mut answer = |answer| talk.session.handle_response(answer, talk.now);
        assert_eq!(answer(Response::Pulled(RequestId(1), room(1), Ok(page(5, false)))), asked);
        let other = answer(Response::Pulled(RequestId(2), room(2), Ok(page(5, false))));
        assert!(matches!(&other[0], Effect::Send(ServerFrame::Page(page)) if page.room == room(2)));
        assert_eq!(answer(Response::Digested(Pos(10), Ok(snapshot(12)))), []);
        let heads = Heads { gone: Some(false), useq: Useq(4), rooms: vec![(room(1), Seq(6))] };
        let ping = answer(Response::Heads(Ok(heads)));
        assert!(matches!(&ping[0], Effect::Send(ServerFrame::Ping(p)) if p.heads.is_empty()));
        assert!(talk.pass(Duration::ZERO).contains(&digest), "the digest is read again");

        let refusal = StoreError::refused(ErrorCode::NotMember, "you are not in this room");
        let told = talk
            .session
            .handle_response(Response::Pulled(RequestId(1), room(1), Err(refusal)), talk.now);
        assert!(
            matches!(&told[0], Effect::Send(ServerFrame::Err(e)) if e.code == ErrorCode::NotMember)
        );
    }
}

#[test]
fn a_failed_digest_is_tried_again() {
    let mut talk = Talk::ready();
    let due = Due { digest: true, ..Due::default() };
    talk.session.due(due, talk.now);
    talk.pass(Duration::from_millis(100));
    let failed = Response::Digested(Pos(10), Err(StoreError::Closed));
    talk.session.handle_response(failed, talk.now);
    let effects = talk.pass(INTERNAL_RETRY);
    assert!(effects.contains(&Effect::Request(Request::Digest { since: Pos(10) })));
}

#[test]
fn a_heartbeat_finds_what_was_missed() {
    let mut talk = Talk::ready();
    let effects = talk.pass(Duration::from_secs(25));
    assert!(effects.contains(&Effect::Request(Request::Heads)));
    let heads = Heads { gone: Some(false), useq: Useq(9), rooms: vec![(room(1), Seq(6))] };
    let effects = talk.session.handle_response(Response::Heads(Ok(heads)), talk.now);
    assert!(matches!(
        &effects[0],
        Effect::Send(ServerFrame::Ping(ping)) if ping.heads[&room(1)] == Seq(6)
    ));
    let effects = talk.pass(Duration::ZERO);
    assert_eq!(effects, [Effect::Request(Request::Own { after: Useq(3) })]);
}

#[test]
fn a_heartbeat_finds_who_was_signed_out() {
    for (gone, code) in [(None, CloseCode::SIGNED_OUT), (Some(true), CloseCode::ACCOUNT_DISABLED)] {
        let mut talk = Talk::ready();
        let heads = Heads { gone, useq: Useq(3), rooms: Vec::new() };
        let effects = talk.session.handle_response(Response::Heads(Ok(heads)), talk.now);
        assert_eq!(closes_with(&effects), Some(code));
    }
}

#[test]
fn stopping_waits_for_sends_and_for_nothing_else() {
    let mut talk = Talk::ready();
    talk.send(1);
    assert!(talk.session.drain(talk.now).is_empty());
    assert!(!talk.session.is_listening());
    let done = Response::Sent(room(1), Vec::new(), Ok(Vec::new()));
    let effects = talk.session.handle_response(done, talk.now);
    assert!(matches!(effects[0], Effect::Send(ServerFrame::Ok(_))));
    let Some(Effect::Close(closing)) = effects.last() else {
        panic!("{effects:?}");
    };
    let bye = closing.bye.as_ref().unwrap();
    assert_eq!((bye.retry_after_ms, bye.spread_ms), (Some(1000), Some(5000)));

    let mut talk = Talk::ready();
    assert_eq!(closes_with(&talk.session.drain(talk.now)), Some(CloseCode::SHUTDOWN));

    let mut talk = Talk::ready();
    talk.send(1);
    talk.session.drain(talk.now);
    let effects = talk.pass(Duration::from_secs(5));
    assert_eq!(closes_with(&effects), Some(CloseCode::SHUTDOWN), "not for ever");
}

#[test]
fn a_goodbye_is_answered_by_a_plain_close() {
    let mut talk = Talk::ready();
    let bye = ClientBye { reason: "done".into() };
    let effects = talk.hear(&ClientFrame::Bye(bye));
    assert!(matches!(
        &effects[..],
        [Effect::Close(Closing { code: CloseCode::NORMAL, bye: None, .. })]
    ));
    let mark = Mark { room: room(1), seq: Seq(1) };
    assert!(talk.hear(&ClientFrame::Mark(mark)).is_empty());
}

#[test]
fn a_ping_is_answered_before_and_after_hello() {
    for mut talk in [Talk::fresh(), Talk::ready()] {
        let ping = ClientFrame::Ping(Ping { n: 4, heads: BTreeMap::new() });
        let pong = Effect::Send(ServerFrame::Pong(Pong { n: 4 }));
        assert_eq!(talk.hear(&ping), [pong]);
    }
}

#[test]
fn a_value_too_large_is_refused_before_it_waits_in_line_and_is_not_free() {
    let mut talk = Talk::ready();
    let key = UserKey::Setting("x".into());
    let set = ClientFrame::Set(homing_protocol::frame::Set {
        key: key.clone(),
        value: json!("x".repeat(VALUE_BYTES)),
    });
    for n in 0..130 {
        let effects = talk.hear(&set);
        let code = if n < 120 { ErrorCode::TooLarge } else { ErrorCode::RateLimited };
        let Effect::Send(ServerFrame::Err(told)) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!((&told.code, &told.about), (&code, &Some(Ref::Key(key.clone()))), "{n}");
    }
}

/// A member's devices share what they may send. Who keeps to it alone and is refused for another's
/// sake has broken no rule; who does not is shown the door.
#[test]
fn who_is_refused_for_another_device_breaks_no_rule() {
    let mut talk = Talk::ready();
    let refused = |talk: &mut Talk, n| {
        let frame = ClientFrame::Send(batch(n)).encode();
        talk.session.text(&frame, talk.now, |_| Err(Duration::from_millis(100)))
    };
    for n in 0..1200 {
        talk.now += Duration::from_millis(100);
        let effects = refused(&mut talk, n);
        assert_eq!(error(&effects), Some((&ErrorCode::RateLimited, true, Some(100))), "{n}");
        assert_eq!(closes_with(&effects), None, "{n}");
    }
    let flood = (0..200).find_map(|n| closes_with(&refused(&mut talk, n)));
    assert_eq!(flood, Some(CloseCode::ABUSE));
}

/// Three hundred rooms in a minute, as a client of any age tells it: nobody is sent away, and what
/// matters still gets through.
#[test]
fn what_may_be_lost_is_dropped_above_its_limit_and_never_punished() {
    let mut talk = Talk::ready();
    let room = room(1);
    let mut heard = 0;
    for _ in 0..300 {
        talk.now += Duration::from_millis(200);
        for eph in [
            ClientEph::Activity { active: true },
            ClientEph::Looking { room: None },
            ClientEph::Activity { active: true },
            ClientEph::Looking { room: Some(room) },
        ] {
            let effects = talk.hear(&ClientFrame::Eph(eph));
            assert_eq!((error(&effects), closes_with(&effects)), (None, None));
            heard += usize::from(matches!(effects[..], [Effect::Active(_)]));
        }
    }
    assert!((1..=240).contains(&heard), "{heard} of 600");
    let marked = talk.hear(&ClientFrame::Mark(Mark { room, seq: Seq(1) }));
    assert_eq!(
        marked,
        [Effect::Request(Request::Mark(room, Seq(1)))],
        "it has an allowance of its own"
    );
}
