//! What changes a message: who may, who is told what, and what fits a page.

use homing_protocol::event::{Edit, Message, Pin, React, Redact, Reply};
use homing_protocol::frame::{Page as PageFrame, ServerFrame};
use homing_protocol::limits::{
    BODY_BYTES, EXCERPT_CHARS, FRAME_BYTES, REACTIONS, ROOM_MENTION_MEMBERS,
};
use homing_protocol::{Content, Fold, MessageRef, RequestId};

use super::*;

pub(super) fn content_item(content: &Content) -> SendItem {
    let (kind, body) = content.encode().unwrap();
    SendItem { cid: cid(), kind: kind.into(), body, ts: 0, origin: None }
}

pub(super) fn text(text: &str) -> Message {
    Message { text: text.into(), ..Message::default() }
}

pub(super) fn edit(of: MessageRef, text: &str) -> Content {
    Content::Edit(Edit { of, text: text.into(), mentions: Vec::new() })
}

pub(super) fn react(to: MessageRef, emoji: &str, on: bool) -> Content {
    Content::React(React { to, emoji: emoji.into(), on })
}

pub(super) fn redact(of: MessageRef) -> Content {
    Content::Redact(Redact { of })
}

pub(super) fn pin(of: MessageRef, on: bool) -> Content {
    Content::Pin(Pin { of, on })
}

impl Subject {
    pub(super) async fn send_all(
        &self,
        by: UserId,
        room: RoomId,
        items: Vec<SendItem>,
    ) -> Result<Vec<CommittedItem>, StoreError> {
        self.store.append(by, NewEvents { room, items }).await
    }

    pub(super) async fn say(
        &self,
        by: UserId,
        room: RoomId,
        content: &Content,
    ) -> Result<CommittedItem, StoreError> {
        Ok(self.send_all(by, room, vec![content_item(content)]).await?.remove(0))
    }

    /// Writes a message, and names it.
    pub(super) async fn post(&self, by: UserId, room: RoomId, message: Message) -> MessageRef {
        let done = self.say(by, room, &Content::Message(message)).await.unwrap();
        MessageRef { user: by, cid: done.cid }
    }

    pub(super) async fn page(&self, by: UserId, room: RoomId, range: LogRange) -> LogPage {
        self.store.pull(by, room, range, LogForm::Folded).await.unwrap()
    }
}

pub(super) async fn who_may_change_what(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let [bob, cleo] = [("Bob", Role::Member), ("Cleo", Role::Admin)];
    let (bob, cleo) = (subject.join(bob.0, bob.1).await, subject.join(cleo.0, cleo.1).await);
    let guest = subject.join("Gus", Role::Guest).await;
    let outside = subject.join("Olga", Role::Admin).await;
    let room = subject.room(ada, &[bob, cleo, guest]).await;
    let other = subject.room(ada, &[bob, cleo, guest]).await;
    let of = subject.post(bob, room, text("hello")).await;
    let elsewhere = subject.post(bob, other, text("hello")).await;
    let first = subject.say(bob, room, &edit(of, "hello!")).await.unwrap();
    let an_edit = MessageRef { user: bob, cid: first.cid };
    let unknown = MessageRef { user: bob, cid: cid() };
    subject.told().await;
    use ErrorCode::{Forbidden, Invalid, NoSuchMessage, NoSuchRoom};
    for (by, content, code) in [
        (ada, edit(of, "mine"), Forbidden),
        (cleo, edit(of, "mine"), Forbidden),
        (bob, edit(of, " \u{200b}"), Invalid),
        (bob, edit(unknown, "x"), NoSuchMessage),
        (bob, edit(elsewhere, "x"), NoSuchMessage),
        (bob, edit(an_edit, "x"), NoSuchMessage),
        (guest, react(of, "two words", true), Invalid),
        (guest, react(of, "", true), Invalid),
        (guest, react(unknown, "👍", true), NoSuchMessage),
        (guest, react(elsewhere, "👍", false), NoSuchMessage),
        (guest, redact(of), Forbidden),
        (cleo, redact(unknown), NoSuchMessage),
        (cleo, redact(elsewhere), NoSuchMessage),
        (cleo, redact(an_edit), NoSuchMessage),
        (guest, pin(an_edit, true), NoSuchMessage),
        (outside, redact(of), NoSuchRoom),
        (outside, pin(of, true), NoSuchRoom),
    ] {
        let (fine, bad) = (item(cid(), "fine"), content_item(&content));
        let named = bad.cid;
        match subject.send_all(by, room, vec![fine, bad]).await {
            Err(StoreError::Refused(refusal)) => {
                assert_eq!(refusal.code, code, "{content:?}");
                let all = code == NoSuchRoom;
                assert!(all || refusal.cids == [named], "{content:?}");
            }
            done => panic!("{content:?}: {done:?}"),
        }
        assert!(subject.told().await.is_empty(), "{content:?}");
    }
    for (by, content) in [
        (bob, edit(of, "hello again")),
        (guest, react(of, "❤\u{fe0f}", true)),
        (guest, pin(of, true)),
        (ada, pin(of, false)),
        (cleo, redact(of)),
        (bob, redact(of)),
        (ada, redact(of)),
    ] {
        subject.say(by, room, &content).await.unwrap();
    }
    for content in [edit(of, "x"), react(of, "👍", true), react(of, "👍", false), pin(of, false)]
    {
        let done = subject.say(bob, room, &content).await;
        assert_eq!(refused(done), NoSuchMessage, "{content:?}");
    }
    assert_eq!(refused(subject.say(guest, room, &redact(of)).await), Forbidden);
    let page = subject.page(ada, room, LogRange::After(Seq(0), 200)).await;
    assert_eq!(page.folds[0].gone, Some(cleo), "the first one who took it back");
}

pub(super) async fn a_reply_may_quote_what_it_likes_but_not_at_length(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    for (chars, fits) in [(0, true), (EXCERPT_CHARS, true), (EXCERPT_CHARS + 1, false)] {
        let reply = Some(Reply { user: ada, cid: cid(), excerpt: "é".repeat(chars) });
        let content = Content::Message(Message { reply, ..text("yes") });
        let done = subject.say(ada, room, &content).await;
        match fits {
            true => assert_eq!(done.unwrap().fold, None),
            false => assert_eq!(refused(done), ErrorCode::Invalid),
        }
    }
}

pub(super) async fn a_change_is_told_with_what_it_leaves(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let of = subject.post(ada, room, text("one")).await;
    let seq = subject.page(ada, room, LogRange::After(Seq(0), 200)).await.head;
    subject.told().await;
    for (by, content, quiet) in [
        (ada, edit(of, "two"), true),
        (bob, react(of, "❤\u{fe0f}", true), true),
        (ada, react(of, "❤", true), true),
        (bob, react(of, "👍🏽", true), true),
        (bob, react(of, "❤", false), true),
        (bob, pin(of, true), false),
        (ada, Content::Message(text("unrelated")), false),
        (ada, redact(of), true),
    ] {
        let done = subject.say(by, room, &content).await.unwrap();
        let told = subject.told().await;
        let [Change::Event { event, fold, to }] = &told[..] else { panic!("{told:?}") };
        let fold = fold.as_deref();
        assert_eq!((event.quiet, to.len(), done.fold.as_ref()), (quiet, 2, fold), "{content:?}");
        assert_eq!(event.content(), content);
        assert_eq!(fold.is_some(), content.target().is_some());
        if let Some(fold) = fold {
            assert_eq!((fold.seq, fold.as_of, &fold.mine), (seq, event.seq, &None));
        }
        match (&content, fold) {
            (Content::Edit(_), Some(fold)) => {
                let newest = fold.edit.as_ref().unwrap();
                assert_eq!((newest.text.as_str(), newest.ts), ("two", event.ts));
            }
            (Content::Pin(_), Some(fold)) => {
                let kept: Vec<_> =
                    fold.reactions.iter().map(|r| (r.emoji.as_str(), &r.people[..])).collect();
                assert_eq!(kept, [("❤", &[ada][..]), ("👍🏽", &[bob][..])]);
                assert!(fold.pinned && fold.edit.is_some());
            }
            (Content::Redact(_), Some(fold)) => {
                let empty = (None, Vec::new(), false, Some(ada));
                let left = (fold.edit.clone(), fold.reactions.clone(), fold.pinned, fold.gone);
                assert_eq!(left, empty);
            }
            _ => {}
        }
    }
}

pub(super) async fn a_message_has_fifty_different_reactions(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let of = subject.post(ada, room, text("vote")).await;
    let name = |n: usize| format!(":{n}:");
    for n in 0..REACTIONS {
        subject.say(ada, room, &react(of, &name(n), true)).await.unwrap();
    }
    let one_more = react(of, &name(REACTIONS), true);
    assert_eq!(refused(subject.say(ada, room, &one_more).await), ErrorCode::Forbidden);
    subject.say(bob, room, &react(of, &name(0), true)).await.unwrap();
    subject.say(ada, room, &react(of, &name(1), false)).await.unwrap();
    let fold = subject.say(ada, room, &one_more).await.unwrap().fold.unwrap();
    assert_eq!(fold.reactions.len(), REACTIONS);
    assert_eq!((fold.reactions[0].count, &fold.reactions[0].people), (2, &vec![ada, bob]));
}

pub(super) async fn a_change_sent_again_is_answered_with_the_state_of_now(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let of = subject.post(bob, room, text("one")).await;
    let first = content_item(&edit(of, "two"));
    let done = subject.send_all(bob, room, vec![first.clone()]).await.unwrap();
    subject.say(bob, room, &edit(of, "three")).await.unwrap();
    subject.say(ada, room, &Content::Message(text("head"))).await.unwrap();
    let again = subject.send_all(bob, room, vec![first.clone()]).await.unwrap().remove(0);
    assert_eq!((again.seq, again.dup), (done[0].seq, true));
    let fold = again.fold.unwrap();
    assert_eq!(fold.edit.unwrap().text, "three");
    assert_eq!(fold.as_of, subject.page(ada, room, LogRange::After(Seq(0), 1)).await.head);
    // What was erased is recognised by its cid alone.
    subject.say(ada, room, &redact(of)).await.unwrap();
    let sent = Content::Message(text("one"));
    let (kind, body) = sent.encode().unwrap();
    let message = SendItem { cid: of.cid, kind: kind.into(), body, ts: 0, origin: None };
    let again = subject.send_all(bob, room, vec![message, first.clone()]).await.unwrap();
    assert!(again.iter().all(|item| item.dup));
    assert_eq!(again[1].fold.as_ref().unwrap().gone, Some(ada));
    // Who is out of the room learns that it was committed, and nothing else.
    subject.store.remove_member(ada, room, bob).await.unwrap();
    let again = subject.send_all(bob, room, vec![first]).await.unwrap();
    assert_eq!((again[0].dup, &again[0].fold), (true, &None));
}

pub(super) async fn a_quote_does_not_bring_back_what_is_gone(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let of = subject.post(ada, room, text("secret")).await;
    let reply = Some(Reply { user: ada, cid: of.cid, excerpt: "secret".into() });
    let quoting = || content_item(&Content::Message(Message { reply: reply.clone(), ..text("?") }));
    let (before, after) = (quoting(), quoting());
    subject.send_all(bob, room, vec![before.clone()]).await.unwrap();
    subject.say(ada, room, &redact(of)).await.unwrap();
    subject.told().await;
    // Written before its author knew.
    subject.send_all(bob, room, vec![after.clone()]).await.unwrap();
    assert!(!format!("{:?}", subject.told().await).contains("secret"));
    for form in [LogForm::Whole, LogForm::Folded] {
        let range = LogRange::After(Seq(0), 200);
        let page = subject.store.pull(bob, room, range, form).await.unwrap();
        assert!(!format!("{page:?}").contains("secret"));
        let replies = page.items.iter().filter(|event| {
            matches!(event.content(), Content::Message(Message { reply: Some(_), .. }))
        });
        assert_eq!(replies.count(), 2, "they still say what they answer");
    }
    let again = subject.send_all(bob, room, vec![before, after]).await.unwrap();
    assert!(again.iter().all(|item| item.dup));
}

pub(super) async fn the_texts_of_a_message_are_for_members_while_it_is_there(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[]).await;
    let of = subject.post(ada, room, text("0")).await;
    let long = "x".repeat(BODY_BYTES - 200);
    for n in 1..=9 {
        subject.say(ada, room, &edit(of, &format!("{n}{long}"))).await.unwrap();
        subject.say(ada, room, &react(of, "👍", n % 2 == 0)).await.unwrap();
    }
    let revisions = |by, of, after| subject.store.revisions(by, room, of, after);
    let (mut texts, mut after, mut pages) = (Vec::new(), Seq(0), 0);
    loop {
        let page = revisions(ada, of, after).await.unwrap();
        assert!(serde_json::to_string(&page).unwrap().len() <= FRAME_BYTES);
        texts.extend(page.revisions.iter().map(|revision| revision.text[..1].to_owned()));
        pages += 1;
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!((texts.concat().as_str(), pages), ("0123456789", 3));
    assert_eq!(refused(revisions(bob, of, Seq(0)).await), ErrorCode::NoSuchRoom);
    let unknown = MessageRef { cid: cid(), ..of };
    assert_eq!(refused(revisions(ada, unknown, Seq(0)).await), ErrorCode::NoSuchMessage);
    subject.say(ada, room, &redact(of)).await.unwrap();
    assert_eq!(refused(revisions(ada, of, Seq(0)).await), ErrorCode::NoSuchMessage);
}

/// The page as a frame.
pub(super) fn frame_bytes(room: RoomId, page: &LogPage) -> usize {
    let frame = ServerFrame::Page(PageFrame {
        rid: RequestId(u64::MAX),
        room,
        from: page.span.map(|span| span.from),
        to: page.span.map(|span| span.to),
        events: page.items.clone(),
        folds: page.folds.clone(),
        head: page.head,
        min: page.min,
        more: page.more,
        too_old: page.too_old,
    });
    frame.encode().len()
}

pub(super) async fn ten_thousand_reactions_are_ten_folds(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    let mut messages = Vec::new();
    for n in 0..10 {
        messages.push(subject.post(ada, room, text(&n.to_string())).await);
    }
    let known = subject.page(ada, room, LogRange::After(Seq(0), 200)).await.head;
    for part in 0..5 {
        let batches = (part * 125..(part + 1) * 125).map(|batch| {
            let items = (batch * 16..(batch + 1) * 16).map(|n| {
                let to = messages[n % messages.len()];
                content_item(&react(to, "👍", n / messages.len() % 2 == 0))
            });
            subject.send_all(ada, room, items.collect())
        });
        join_all(batches).await.into_iter().for_each(|done| drop(done.unwrap()));
        subject.told().await;
    }
    let page = subject.page(ada, room, LogRange::After(known, 200)).await;
    let span = page.span.unwrap();
    assert_eq!((span.from, span.to, page.head), (known.next(), page.head, Seq(known.0 + 10_000)));
    assert_eq!((page.items.len(), page.folds.len(), page.more), (0, 10, false));
    for (fold, message) in page.folds.iter().zip(known.0 - 9..) {
        let left =
            Fold { seq: Seq(message), as_of: page.head, reactions: Vec::new(), ..fold.clone() };
        assert_eq!(*fold, left, "the last ones took all back");
    }
    let newest = subject.page(ada, room, LogRange::Before(page.head.next(), 200)).await;
    assert_eq!((newest.items.len() as u64, newest.folds.len()), (known.0, 10));
    assert_eq!(newest.span.unwrap().from, Seq(1));
    // One more is in a page of its own.
    subject.say(ada, room, &react(messages[0], "👍", true)).await.unwrap();
    let head = page.head.next();
    let first = subject.page(ada, room, LogRange::After(known, 200)).await;
    assert_eq!((first.span.unwrap().to, first.more), (page.head, true));
    assert_eq!((first.folds.len(), first.folds[0].as_of), (10, head));
    let rest = subject.page(ada, room, LogRange::After(page.head, 200)).await;
    assert_eq!((rest.span.unwrap().to, rest.folds.len(), rest.more), (head, 1, false));
    let newest = subject.page(ada, room, LogRange::Before(head.next(), 200)).await;
    assert_eq!((newest.span.unwrap().from, newest.items.len()), (known.next().next(), 0));
    assert_eq!((newest.folds.len(), newest.more), (10, true));
}

pub(super) async fn a_page_has_five_hundred_folds(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    let mut messages = Vec::new();
    for _ in 0..40 {
        let items: Vec<_> = (0..16).map(|_| item(cid(), "x")).collect();
        messages.extend(items.iter().map(|item| MessageRef { user: ada, cid: item.cid }));
        subject.send_all(ada, room, items).await.unwrap();
    }
    let known = subject.page(ada, room, LogRange::After(Seq(0), 1)).await.head;
    for part in messages.chunks(16) {
        let items = part.iter().map(|to| content_item(&react(*to, "👍", true))).collect();
        subject.send_all(ada, room, items).await.unwrap();
    }
    let first = subject.page(ada, room, LogRange::After(known, 200)).await;
    assert_eq!(
        (first.folds.len(), first.span.unwrap().to, first.more),
        (500, Seq(known.0 + 500), true)
    );
    let rest = subject.page(ada, room, LogRange::After(Seq(known.0 + 500), 200)).await;
    assert_eq!((rest.folds.len(), rest.more), (140, false));
}

pub(super) async fn what_has_no_room_is_in_another_page(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    let long = "x".repeat(BODY_BYTES - 200);
    let mut messages = Vec::new();
    for n in 0..7 {
        messages.push(subject.post(ada, room, text(&format!("{n}{long}"))).await);
    }
    for of in &messages {
        subject
            .say(ada, room, &edit(*of, &format!("new {}", &long[..BODY_BYTES - 400])))
            .await
            .unwrap();
    }
    for of in &messages {
        subject.say(ada, room, &pin(*of, true)).await.unwrap();
        subject.say(ada, room, &react(*of, "👍", true)).await.unwrap();
    }
    let head = subject.page(ada, room, LogRange::After(Seq(0), 1)).await.head;
    for form in [LogForm::Folded, LogForm::Whole] {
        for forward in [true, false] {
            let mut at = if forward { Seq(0) } else { head.next() };
            let (mut seen, mut folded, mut pages) = (0, std::collections::BTreeSet::new(), 0);
            loop {
                let range =
                    if forward { LogRange::After(at, 200) } else { LogRange::Before(at, 200) };
                let page = subject.store.pull(ada, room, range, form).await.unwrap();
                assert!(frame_bytes(room, &page) <= FRAME_BYTES);
                let span = page.span.expect("every page covers something");
                match forward {
                    true => assert_eq!(span.from, at.next()),
                    false => assert_eq!(span.to.next(), at),
                }
                at = if forward { span.to } else { span.from };
                seen += page.items.len();
                folded.extend(page.folds.iter().map(|fold| fold.seq));
                pages += 1;
                if !page.more {
                    break;
                }
            }
            assert_eq!(at, if forward { head } else { Seq(1) });
            let folds = form == LogForm::Folded;
            // The room's first event, the messages and the pins; to others also what is quiet.
            assert_eq!(seen, if folds { 15 } else { 29 }, "{form:?}");
            assert_eq!(folded.len(), if folds { 7 } else { 0 });
            assert!(pages >= if folds { 4 } else { 2 }, "{pages} {form:?}");
        }
    }
}

pub(super) async fn unread_messages_are_counted_up_to_a_thousand(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let unread = async || {
        let snapshot = subject.store.snapshot(bob, Pos(0)).await.unwrap();
        snapshot.rooms.iter().find(|info| info.room == room).unwrap().unread
    };
    let batches = (0..62).map(|_| {
        let items = (0..16).map(|_| item(cid(), "x")).collect();
        subject.send_all(ada, room, items)
    });
    join_all(batches).await.into_iter().for_each(|done| drop(done.unwrap()));
    assert_eq!(unread().await, 992);
    for _ in 0..20 {
        subject.write(ada, room, "x").await.unwrap();
        subject.write(bob, room, "x").await.unwrap();
    }
    assert_eq!(unread().await, 1000);
}

fn naming(text: &str) -> Content {
    let mentions = mention::read(text).people;
    Content::Message(Message { text: text.into(), mentions, reply: None })
}

fn renaming(of: MessageRef, text: &str) -> Content {
    Content::Edit(Edit { of, text: text.into(), mentions: mention::read(text).people })
}

impl Subject {
    /// How many messages in a room mention these people.
    async fn mentioned<const N: usize>(&self, room: RoomId, people: [UserId; N]) -> [u32; N] {
        let mut counts = [0; N];
        for (count, person) in counts.iter_mut().zip(people) {
            let snapshot = self.store.snapshot(person, Pos(0)).await.unwrap();
            *count = snapshot.rooms.iter().find(|info| info.room == room).unwrap().mentions;
        }
        counts
    }
}

/// Only members are mentioned, by tokens that stand where they count.
pub(super) async fn mentions_are_those_of_the_text(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let cleo = subject.join("Cleo", Role::Member).await;
    let outside = subject.join("Olga", Role::Member).await;
    let room = subject.room(ada, &[bob, cleo]).await;
    let token = |user| mention::person(user, "x");
    for (text, told) in [
        ("hi @Bob".to_owned(), vec![bob]),
        (token(bob), vec![]),
        (token(bob), vec![bob, bob]),
        (token(bob), vec![cleo]),
        (format!("`{}`", token(bob)), vec![bob]),
        (format!("> {}", token(bob)), vec![bob]),
        (format!("<\\{}", &token(bob)[1..]), vec![bob]),
        (token(bob) + &token(cleo), vec![cleo, bob]),
    ] {
        let content = Content::Message(Message { text, mentions: told, reply: None });
        let done = subject.say(ada, room, &content).await;
        assert_eq!(refused(done), ErrorCode::Invalid, "{content:?}");
    }
    let said = subject.say(ada, room, &naming(&(token(bob) + &token(outside)))).await.unwrap();
    assert_eq!(subject.mentioned(room, [ada, bob, cleo]).await, [0, 1, 0]);
    let of = MessageRef { user: ada, cid: said.cid };
    let wrong = Content::Edit(Edit { of, text: token(cleo), mentions: vec![bob] });
    assert_eq!(refused(subject.say(ada, room, &wrong).await), ErrorCode::Invalid);
    for (text, counts) in [
        (token(cleo) + &token(ada), [0, 0, 1]),
        ("<!room>".to_owned(), [0, 1, 1]),
        ("`<!room>`".to_owned(), [0, 0, 0]),
        (token(bob) + "<!room>", [0, 1, 1]),
        (token(cleo), [0, 0, 1]),
    ] {
        subject.say(ada, room, &renaming(of, &text)).await.unwrap();
        assert_eq!(subject.mentioned(room, [ada, bob, cleo]).await, counts, "{text}");
    }
    let to_all = subject.say(bob, room, &naming("<!room> hello")).await.unwrap();
    assert_eq!(subject.mentioned(room, [ada, bob, cleo]).await, [1, 0, 2]);
    let of = MessageRef { user: bob, cid: to_all.cid };
    subject.say(bob, room, &redact(of)).await.unwrap();
    assert_eq!(subject.mentioned(room, [ada, bob, cleo]).await, [0, 0, 1]);
}

pub(super) async fn everybody_is_mentioned_by_who_may(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let cleo = subject.join("Cleo", Role::Admin).await;
    let mut members = vec![cleo];
    for n in 2..ROOM_MENTION_MEMBERS {
        members.push(subject.join(&format!("Member {n}"), Role::Member).await);
    }
    let [bob, late] = [members[1], subject.join("Late", Role::Member).await];
    let room = subject.room(ada, &members).await;
    let said = subject.say(bob, room, &naming("<!room>")).await.unwrap();
    let of = MessageRef { user: bob, cid: said.cid };
    let plain = subject.post(bob, room, text("hello")).await;
    assert_eq!(subject.mentioned(room, [ada, bob]).await, [1, 0]);
    subject.store.add_members(ada, room, vec![late]).await.unwrap();
    for (content, is_fine) in [
        (naming("<!room>"), false),
        (renaming(plain, "<!room>"), false),
        (naming("`<!room>`"), true),
        (naming("<\\!room>"), true),
        (renaming(of, "<!room> again"), true),
    ] {
        match subject.say(bob, room, &content).await {
            Ok(_) => assert!(is_fine, "{content:?}"),
            done => {
                assert!(!is_fine, "{content:?}");
                assert_eq!(refused(done), ErrorCode::Forbidden, "{content:?}");
            }
        }
    }
    subject.say(cleo, room, &naming("<!room>")).await.unwrap();
    assert_eq!(subject.mentioned(room, [ada, bob, late]).await, [2, 1, 1]);
}
