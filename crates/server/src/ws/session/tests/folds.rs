//! What a client that takes folds is told.

use homing_protocol::fold::Revision;
use homing_protocol::limits::FRAME_BYTES;
use homing_protocol::{Event, FOLD, Fold};

use super::*;
use crate::store::{LogForm, Span};

fn fold(text: &str) -> Fold {
    Fold {
        seq: Seq(2),
        as_of: Seq(5),
        edit: Some(Revision { text: text.into(), mentions: Vec::new(), ts: 1 }),
        reactions: Vec::new(),
        mine: None,
        pinned: false,
        gone: None,
        of: None,
    }
}

#[test]
fn a_client_says_at_hello_in_which_form_it_takes_a_log() {
    for (capabilities, form) in [
        (json!([]), LogForm::Whole),
        (json!(["later"]), LogForm::Whole),
        (json!(["later", FOLD]), LogForm::Folded),
    ] {
        let mut talk = Talk::fresh();
        let hello = json!({
            "t": "hello", "versions": [1], "client": {"app": "t", "os": "t"},
            "capabilities": capabilities,
        });
        let effects = talk.session.text(&hello.to_string(), talk.now, |_| Ok(()));
        assert_eq!(effects, [Effect::Request(Request::Hello { since: Pos(0), form })]);
        talk.greet(snapshot(10));
        let (rid, room, range) = (RequestId(1), room(1), LogRange::After(Seq(0), 5));
        let pull = Pull { rid, room, after: Some(Seq(0)), before: None, limit: 5 };
        let asked = [Effect::Request(Request::Pull { rid, room, range, form })];
        assert_eq!(talk.hear(&ClientFrame::Pull(pull)), asked);
        // Also when it is asked again, after leaving and entering.
        talk.session.own_event_written(Useq(4), Some(room));
        let stale = Response::Pulled(rid, room, Ok(page(5, false)));
        assert_eq!(talk.session.handle_response(stale, talk.now), asked);
    }
}

#[test]
fn a_page_is_told_with_its_range_and_folds() {
    let mut talk = Talk::ready();
    let span = Some(Span { from: Seq(1), to: Seq(5) });
    let found = LogPage { span, folds: vec![fold("x")], ..page(5, false) };
    let read = Response::Pulled(RequestId(1), room(1), Ok(found));
    let effects = talk.session.handle_response(read, talk.now);
    let [Effect::Send(ServerFrame::Page(told)), ..] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((told.from, told.to), (Some(Seq(1)), Some(Seq(5))));
    assert_eq!(
        (told.folds.as_slice(), told.events.as_slice()),
        (&[fold("x")][..], &[] as &[Event])
    );
}

/// Sixteen small reactions to long messages are answered with sixteen long folds.
#[test]
fn an_ok_that_does_not_fit_a_frame_comes_in_parts() {
    for (text, parts) in [("short".to_owned(), 1), ("x".repeat(64 * 1024), 6)] {
        let mut talk = Talk::ready();
        talk.send(1);
        let items: Vec<_> = (1..=16u64)
            .map(|n| CommittedItem {
                cid: Cid(Uuid::from_u128(n.into())),
                seq: Seq(5 + n),
                id: EventId(Uuid::nil()),
                ts: 1,
                dup: false,
                fold: Some(fold(&text)),
                origin: None,
            })
            .collect();
        let cids = items.iter().map(|item| item.cid).collect();
        let done = Response::Sent(room(1), cids, Ok(items.clone()));
        let mut told = Vec::new();
        let effects = talk.session.handle_response(done, talk.now);
        assert_eq!(effects.len(), parts);
        for effect in effects {
            let Effect::Send(frame) = effect else { panic!("{effect:?}") };
            assert!(frame.encode().len() <= FRAME_BYTES);
            let ServerFrame::Ok(committed) = frame else { panic!("{frame:?}") };
            assert_eq!(committed.room, room(1));
            told.extend(committed.items);
        }
        assert_eq!(told, items, "all of them, in order");
        assert_eq!(talk.send(1), [Effect::Request(Request::Send(batch(1)))]);
    }
}
