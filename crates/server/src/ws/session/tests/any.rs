//! Any client at all: whatever it says and whenever, with answers that come late and in any order.

use homing_protocol::frame::{Ack, Set, Upull};
use homing_protocol::limits::FRAME_BYTES;
use proptest::prelude::*;

use super::*;

/// What a client may say, small enough that it meets itself again: few rooms, few names.
fn text() -> impl Strategy<Value = String> {
    let number = prop_oneof![0..9u64, Just((1 << 53) - 1)];
    let frame = (0u8..12, 1..4u128, number, any::<bool>()).prop_map(|(kind, n, number, flag)| {
        let seq = Seq(number);
        match kind {
            0 | 1 => {
                let item = batch(n).items.remove(0);
                ClientFrame::Send(NewEvents {
                    room: room(n),
                    items: vec![item; usize::try_from(number).unwrap_or(17).min(17)],
                })
            }
            2 | 3 => ClientFrame::Pull(Pull {
                rid: RequestId(number),
                room: room(n),
                after: flag.then_some(seq),
                before: (n > 1).then_some(seq),
                limit: u32::MAX,
            }),
            4 => ClientFrame::Upull(Upull { rid: RequestId(number), useq: Useq(number), limit: 0 }),
            5 => ClientFrame::Mark(Mark { room: room(n), seq }),
            6 => {
                let key = if flag { UserKey::Draft(room(n)) } else { UserKey::Other("x".into()) };
                ClientFrame::Set(Set { key, value: json!(number) })
            }
            7 => ClientFrame::Ack(Ack { rooms: [(room(n), seq)].into(), useq: None }),
            8 => ClientFrame::Ping(Ping { n: number, heads: BTreeMap::new() }),
            9 => ClientFrame::Pong(Pong { n: number }),
            10 => ClientFrame::Eph(ClientEph::Typing { room: room(n) }),
            _ => ClientFrame::Eph(ClientEph::Activity { active: flag }),
        }
    });
    let hello = r#"{"t":"hello","versions":[1],"client":{"app":"t","os":"t"}}"#;
    prop_oneof![
        40 => frame.prop_map(|frame| frame.encode()),
        1 => Just(hello.to_owned()),
        1 => Just(r#"{"t":"bye","reason":""}"#.to_owned()),
        1 => Just(r#"{"t":"later"}"#.to_owned()),
        1 => Just(r#"{"t":"mark"}"#.to_owned()),
        1 => Just("no frame".to_owned()),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Say(String),
    Response(usize, bool),
    Pass(u64),
    Due(bool, bool),
    Leave(u128),
    Drain,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => text().prop_map(Step::Say),
        6 => (any::<usize>(), prop::bool::weighted(0.8)).prop_map(|(n, good)| Step::Response(n, good)),
        3 => (0..9000u64).prop_map(Step::Pass),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(digest, own)| Step::Due(digest, own)),
        1 => (1..4u128).prop_map(Step::Leave),
        1 => prop::bool::weighted(0.05).prop_map(|drain| if drain { Step::Drain } else { Step::Pass(1) }),
    ]
}

/// What the rest of the server answers.
fn answer(ask: &Request, good: bool) -> Response {
    fn result<T>(good: bool, value: T) -> Result<T, StoreError> {
        if good { Ok(value) } else { Err(StoreError::Closed) }
    }
    let own = OwnPage { items: Vec::new(), upto: Useq(3), head: Useq(3) };
    match ask.clone() {
        Request::Hello { .. } => Response::Hello(result(good, snapshot(10)), 0),
        Request::Send(batch) => {
            let cids = batch.items.iter().map(|item| item.cid).collect();
            Response::Sent(batch.room, cids, result(good, Vec::new()))
        }
        Request::Pull { rid, room, .. } => {
            Response::Pulled(rid, room, result(good, page(5, false)))
        }
        Request::Upull { rid, .. } => Response::Upulled(rid, result(good, own)),
        Request::Mark(room, _) => Response::Marked(room, result(good, None)),
        Request::Set(key, value) => {
            let change = Uevent { useq: Useq(1), key: key.clone(), value };
            Response::ValueSet(key, result(good, change))
        }
        Request::Ack(_) | Request::Typing(_) => Response::Silent,
        Request::Digest { since } => Response::Digested(since, result(good, snapshot(11))),
        Request::Own { .. } => Response::OwnRead(result(good, own)),
        Request::Heads => {
            let rooms = vec![(room(1), Seq(6))];
            Response::Heads(result(good, Heads { gone: Some(false), useq: Useq(3), rooms }))
        }
    }
}

/// What one saw of a session from outside.
#[derive(Default)]
struct Seen {
    asked: Vec<Request>,
    welcomed: bool,
    closed: bool,
}

impl Seen {
    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            assert!(!self.closed, "after its end: {effect:?}");
            match effect {
                Effect::Send(frame) => {
                    let early = matches!(
                        frame,
                        ServerFrame::Welcome(_) | ServerFrame::Err(_) | ServerFrame::Pong(_)
                    );
                    assert!(early || self.welcomed, "before its welcome: {frame:?}");
                    self.welcomed |= matches!(frame, ServerFrame::Welcome(_));
                    assert!(frame.encode().len() <= FRAME_BYTES);
                }
                Effect::Request(ask) => {
                    let greeting = matches!(ask, Request::Hello { .. });
                    assert!(greeting || self.welcomed, "before its welcome: {ask:?}");
                    self.asked.push(ask);
                }
                Effect::Close(_) => self.closed = true,
                Effect::GoLive | Effect::Forget(_) | Effect::Active(_) => {}
            }
        }
        let of = |which: fn(&Request) -> bool| self.asked.iter().filter(|ask| which(ask)).count();
        assert!(of(|ask| matches!(ask, Request::Hello { .. })) <= 1);
        assert!(of(|ask| matches!(ask, Request::Send(_))) <= Limits::default().in_flight);
        assert!(of(|ask| matches!(ask, Request::Digest { .. })) <= 1);
        assert!(of(|ask| matches!(ask, Request::Own { .. })) <= 1);
        for n in 1..4 {
            let here =
                |ask: &&Request| matches!(ask, Request::Send(batch) if batch.room == room(n));
            assert!(self.asked.iter().filter(here).count() <= 1, "two sends of one room");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// No panic, nothing before the welcome or after the end, one send a room, and what is kept is
    /// bounded by what is unanswered. What must be answered is: with a question to the store, or
    /// with an `err`.
    #[test]
    fn whatever_a_client_says_the_conversation_keeps_its_rules(
        welcome in prop::bool::weighted(0.9),
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut talk = Talk::fresh();
        let mut seen = Seen::default();
        if welcome {
            seen.take(talk.hello(None, None));
            seen.asked.clear();
            seen.take(talk.greet(snapshot(10)));
        }
        for step in steps {
            let effects = match step {
                Step::Say(text) => {
                    let listening = talk.session.is_listening();
                    let effects = talk.session.text(&text, talk.now, |_| Ok(()));
                    let silent = ["pong", "eph"].iter().any(|kind| text.contains(kind));
                    prop_assert!(
                        !listening || silent || !effects.is_empty(),
                        "{text} was dropped in silence"
                    );
                    effects
                }
                Step::Response(which, good) if !seen.asked.is_empty() => {
                    let ask = seen.asked.remove(which % seen.asked.len());
                    talk.session.handle_response(answer(&ask, good), talk.now)
                }
                Step::Response(..) => Vec::new(),
                Step::Pass(millis) => talk.pass(Duration::from_millis(millis)),
                Step::Due(digest, own) => {
                    talk.session.due(Due { digest, own, ..Due::default() }, talk.now)
                }
                Step::Leave(n) => {
                    talk.session.own_event_written(Useq(4), Some(room(n)));
                    Vec::new()
                }
                Step::Drain => talk.session.drain(talk.now),
            };
            seen.take(effects);
            let pulls = seen.asked.iter().filter(|ask| matches!(ask, Request::Pull { .. })).count();
            prop_assert!(talk.session.pulling.len() <= pulls.max(1) || seen.closed);
            prop_assert!(talk.session.sending.len() <= Limits::default().in_flight);
        }
    }
}
