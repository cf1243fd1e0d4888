//! Which events the connection that sent them is not sent.

use super::*;
use crate::rooms::queue::EventHeader;

const ME: u128 = 0;

fn entry(n: u128, seq: u64, sender: u128, cid: u128) -> EventHeader {
    EventHeader {
        room: room(n),
        seq: Seq(seq),
        sender: UserId(Uuid::from_u128(sender)),
        cid: Some(Cid(Uuid::from_u128(cid))),
    }
}

fn committed(n: u128, seq: u64, dup: bool) -> Response {
    let cid = Cid(Uuid::from_u128(n));
    let item = CommittedItem {
        cid,
        seq: Seq(seq),
        id: EventId(Uuid::nil()),
        ts: 1,
        dup,
        fold: None,
        origin: None,
    };
    Response::Sent(room(n), vec![cid], Ok(vec![item]))
}

fn gap(effects: &[Effect]) -> Option<Seq> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(ServerFrame::Gap(gap)) => Some(gap.head),
        _ => None,
    })
}

#[test]
fn an_event_is_not_said_where_its_ok_was_or_will_be() {
    // The event comes by before the answer, and after it.
    for before in [true, false] {
        let mut talk = Talk::ready();
        talk.send(1);
        if before {
            assert!(talk.session.is_answered_by_ok(&entry(1, 6, ME, 1)));
        }
        let effects = talk.session.handle_response(committed(1, 6, false), talk.now);
        assert_eq!((effects.len(), gap(&effects)), (1, None), "{before}");
        assert_ne!(talk.session.is_answered_by_ok(&entry(1, 6, ME, 1)), before, "once, {before}");
        assert!(!talk.session.is_answered_by_ok(&entry(1, 6, ME, 1)), "no more, {before}");
    }
}

#[test]
fn whatever_it_has_not_sent_is_said() {
    let mut talk = Talk::ready();
    talk.send(1);
    for (what, other) in [
        ("another's, under the same cid", entry(1, 6, 9, 1)),
        ("one's own from elsewhere", entry(1, 6, ME, 7)),
        ("the server's", EventHeader { cid: None, ..entry(1, 6, ME, 1) }),
        ("another room's", entry(2, 6, ME, 1)),
    ] {
        assert!(!talk.session.is_answered_by_ok(&other), "{what}");
    }
    // What had been committed by a connection that is gone may come by at any time, or never.
    talk.session.handle_response(committed(1, 6, true), talk.now);
    assert!(!talk.session.is_answered_by_ok(&entry(1, 6, ME, 1)));
}

#[test]
fn a_refusal_after_the_event_came_by_is_a_gap() {
    let mut talk = Talk::ready();
    talk.send(1);
    assert!(talk.session.is_answered_by_ok(&entry(1, 6, ME, 1)));
    let cids = vec![Cid(Uuid::from_u128(1))];
    let refused = Response::Sent(room(1), cids.clone(), Err(StoreError::Closed));
    assert_eq!(gap(&talk.session.handle_response(refused, talk.now)), Some(Seq(6)));
    talk.send(1);
    let refused = Response::Sent(room(1), cids, Err(StoreError::Closed));
    assert_eq!(gap(&talk.session.handle_response(refused, talk.now)), None);
}

#[test]
fn only_so_many_are_remembered() {
    let mut talk = Talk::ready();
    for n in 1..=1000 {
        talk.now += Duration::from_secs(1);
        talk.send(n);
        talk.session.handle_response(committed(n, 6, false), talk.now);
    }
    let known =
        (1..=1000).filter(|n| talk.session.is_answered_by_ok(&entry(*n, 6, ME, *n))).count();
    assert_eq!(known, 128);
}
