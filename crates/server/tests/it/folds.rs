//! Edits, reactions, redactions and pins, as clients of both kinds meet them.

use homing_protocol::event::{Edit, Message, Pin, React, Redact};
use homing_protocol::frame::{Committed, SendItem};
use homing_protocol::http::Revisions;
use homing_protocol::{
    Content, ErrorCode, Event, FOLD, Fold, MessageRef, RoomId, Seq, ServerFrame,
};

use crate::client::{Client, hello, message};
use crate::space::{Person, Space, new_cid};

fn item(content: &Content) -> SendItem {
    let (kind, body) = content.encode().unwrap();
    SendItem { cid: new_cid(), kind: kind.into(), body, ts: 1, origin: None }
}

/// Connected, as a client that takes folds.
async fn folding(person: &Person) -> Client {
    let mut client = person.connect().await;
    let mut hello = hello(None, None, None);
    hello.capabilities = vec!["later".into(), FOLD.into()];
    client.greet(hello).await;
    client
}

async fn change(client: &mut Client, room: RoomId, content: &Content) -> Committed {
    client.send(room, vec![item(content)]).await;
    client.ok().await
}

/// The next push.
async fn pushed(client: &mut Client) -> (Event, Option<Fold>) {
    client
        .expect(|frame| match frame {
            ServerFrame::Event(pushed) => Some((pushed.event, pushed.fold.map(|fold| *fold))),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn changes_reach_clients_of_both_kinds() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let cleo = space.join("Cleo").await;
    let (mut a, mut b, mut old) = (folding(&ada).await, folding(&bob).await, cleo.online().await);
    let room = a.general();
    let sent = message("one");
    let of = MessageRef { user: ada.signed_in.user, cid: sent.cid };
    a.send(room, vec![sent]).await;
    let seq = a.ok().await.items[0].seq;
    for client in [&mut b, &mut old] {
        assert_eq!(pushed(client).await.0.seq, seq);
    }
    for (content, is_loud) in [
        (Content::Edit(Edit { of, text: "two".into(), mentions: Vec::new() }), false),
        (Content::React(React { to: of, emoji: "❤\u{fe0f}".into(), on: true }), false),
        (Content::Pin(Pin { of, on: true }), true),
    ] {
        let done = change(&mut a, room, &content).await.items.remove(0);
        let (event, fold) = pushed(&mut b).await;
        assert_eq!((event.content(), event.quiet), (content.clone(), !is_loud));
        assert_eq!((event.seq, fold.as_ref().map(|fold| fold.as_of)), (done.seq, Some(done.seq)));
        assert_eq!(fold, done.fold);
        let (event, fold) = pushed(&mut old).await;
        let shown = if is_loud { content } else { Content::Stub };
        assert_eq!((event.seq, event.content(), fold), (done.seq, shown, None));
    }
    // A client with folds pulls what is loud, and the state; the other one every event.
    let page = b.pull(room, Some(seq.0 - 1), None, 200).await;
    let head = page.head;
    assert_eq!((page.from, page.to, page.more), (Some(seq), Some(head), false));
    let texts: Vec<_> = page.events.iter().map(Event::content).collect();
    let [Content::Message(first), Content::Pin(_)] = &texts[..] else { panic!("{texts:?}") };
    assert_eq!(first.text, "one");
    let [fold] = &page.folds[..] else { panic!("{:?}", page.folds) };
    assert_eq!((fold.seq, fold.as_of, fold.mine.as_deref()), (seq, head, Some(&[][..])));
    assert_eq!(fold.edit.as_ref().unwrap().text, "two");
    assert_eq!((fold.reactions[0].emoji.as_str(), fold.pinned), ("❤", true));
    let mine = a.pull(room, Some(head.0 - 1), None, 200).await.folds.remove(0).mine.unwrap();
    assert_eq!(mine, ["❤"], "the target stands outside of this page");
    let page = old.pull(room, Some(seq.0 - 1), None, 200).await;
    let contents: Vec<_> = page.events.iter().map(Event::content).collect();
    let newest = Message { text: "two".into(), ..Message::default() };
    let expected = [
        Content::Message(newest),
        Content::Stub,
        Content::Stub,
        Content::Pin(Pin { of, on: true }),
    ];
    assert_eq!((contents.as_slice(), page.folds.len()), (&expected[..], 0));
    // And when it is gone.
    change(&mut a, room, &Content::Redact(Redact { of })).await;
    let (event, fold) = pushed(&mut b).await;
    assert_eq!((event.quiet, fold.unwrap().gone), (true, Some(of.user)));
    assert_eq!(pushed(&mut old).await.0.content(), Content::Stub);
    let page = old.pull(room, Some(seq.0 - 1), None, 1).await;
    assert_eq!((page.events[0].seq, page.events[0].content()), (seq, Content::Stub));
    let page = b.pull(room, None, Some(seq.0 + 1), 1).await;
    assert_eq!(page.events[0].content(), Content::Message(Message::default()));
    assert_eq!((page.folds[0].gone, &page.folds[0].edit), (Some(of.user), &None));
    let page = b.pull(room, Some(head.0), None, 9).await;
    assert_eq!((page.from, page.to, page.events.len()), (Some(head.next()), Some(head.next()), 0));
    assert_eq!(page.folds.len(), 1);
}

#[tokio::test]
async fn what_may_not_be_changed_is_told_by_its_code() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, mut b) = (folding(&ada).await, folding(&bob).await);
    let room = a.general();
    let sent = message("mine");
    let of = MessageRef { user: ada.signed_in.user, cid: sent.cid };
    a.send(room, vec![sent]).await;
    a.ok().await;
    let unknown = MessageRef { cid: new_cid(), ..of };
    for (content, code) in [
        (
            Content::Edit(Edit { of, text: "his".into(), mentions: Vec::new() }),
            ErrorCode::Forbidden,
        ),
        (Content::Redact(Redact { of }), ErrorCode::Forbidden),
        (Content::Pin(Pin { of: unknown, on: true }), ErrorCode::NoSuchMessage),
        (Content::React(React { to: of, emoji: "no emoji".into(), on: true }), ErrorCode::Invalid),
    ] {
        b.send(room, vec![item(&content)]).await;
        let failure = b.err().await;
        assert_eq!((failure.code, failure.temporary), (code, false), "{content:?}");
    }
}

#[tokio::test]
async fn members_read_all_texts_of_a_message() {
    let space = Space::start().await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let mut a = folding(&ada).await;
    let room = a.general();
    let sent = message("one");
    let of = MessageRef { user: ada.signed_in.user, cid: sent.cid };
    a.send(room, vec![sent]).await;
    a.ok().await;
    let path =
        |of: MessageRef| format!("/v1/rooms/{room}/messages/{}/{}/revisions", of.user, of.cid);
    let mut seq = Seq(0);
    for text in ["two", "three"] {
        let edit = Edit { of, text: text.into(), mentions: Vec::new() };
        seq = change(&mut a, room, &Content::Edit(edit)).await.items[0].seq;
    }
    let texts = |found: Revisions| -> Vec<String> {
        assert_eq!(found.next, None);
        found.revisions.into_iter().map(|revision| revision.text).collect()
    };
    assert_eq!(texts(bob.get(&path(of)).await), ["one", "two", "three"]);
    let before_last = format!("{}?after={}", path(of), seq.0 - 1);
    assert_eq!(texts(bob.get(&before_last).await), ["three"]);
    let refused = async |path: String| {
        let (status, problem) = bob.call("GET", &path, serde_json::Value::Null).await;
        (status, problem["code"].as_str().unwrap().to_owned())
    };
    let no_such = (404, "no_such_message".to_owned());
    assert_eq!(refused(path(MessageRef { cid: new_cid(), ..of })).await, no_such);
    assert_eq!(refused(format!("{}?after=x", path(of))).await, (400, "invalid".to_owned()));
    change(&mut a, room, &Content::Redact(Redact { of })).await;
    assert_eq!(refused(path(of)).await, no_such);
    bob.post(&format!("/v1/rooms/{room}/leave"), ()).await;
    assert_eq!(refused(path(of)).await, (403, "not_member".to_owned()));
}
