//! Edits, reactions, redactions and pins: what a device shows of them, whatever comes first.

use std::sync::Arc;

use homing_engine::diff::Diff;
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionState, Delivery, Item, ReactionGroup, WedgeReason};
use homing_engine::{Error, TimelineWindow};
use homing_protocol::event::{Edit, Message, Pin, React, Redact, Reply};
use homing_protocol::fold::{Reaction, Revision};
use homing_protocol::frame::{Committed, CommittedItem, Page, Pull, PushedEvent, Ref, Send};
use homing_protocol::{
    Body, Cid, Content, ErrorCode, Event, EventId, Fold, MessageRef, Seq, ServerFrame, mention,
};
use homing_testkit::builders::{
    NEW_YEAR, cid, digest, event, live, log, message, page, room, room_id, user_id, welcome,
};

use crate::bed::{Bed, text, texts};
use crate::messages::refusal;

fn of(sender: u64, seq: u64) -> MessageRef {
    MessageRef { user: user_id(sender), cid: cid(1 << 32 | seq) }
}

fn fold(seq: u64, as_of: u64) -> Fold {
    Fold {
        seq: Seq(seq),
        as_of: Seq(as_of),
        edit: None,
        reactions: Vec::new(),
        mine: None,
        pinned: false,
        gone: None,
        of: None,
    }
}

fn edited(seq: u64, as_of: u64, text: &str) -> Fold {
    let edit = Revision { text: text.to_owned(), mentions: Vec::new(), ts: NEW_YEAR };
    Fold { edit: Some(edit), ..fold(seq, as_of) }
}

fn reacted(seq: u64, as_of: u64, count: u32) -> Fold {
    let people = vec![user_id(2)];
    Fold { reactions: vec![Reaction { emoji: "👍".into(), count, people }], ..fold(seq, as_of) }
}

/// A pushed change by member `sender`.
fn change(seq: u64, sender: u64, content: &Content, fold: Fold) -> ServerFrame {
    let (kind, body) = content.encode().unwrap();
    let event = Event {
        cid: Some(cid(1 << 32 | seq)),
        kind: kind.to_owned(),
        body,
        quiet: Content::is_quiet(kind),
        ..event(1, seq, sender)
    };
    ServerFrame::Event(PushedEvent { event, live: true, fold: Some(Box::new(fold)) })
}

fn edit(of: MessageRef, text: &str) -> Content {
    Content::Edit(Edit { of, text: text.to_owned(), mentions: Vec::new() })
}

fn react(to: MessageRef, on: bool) -> Content {
    Content::React(React { to, emoji: "👍".to_owned(), on })
}

/// The `ok` to the only item of a `send`.
fn committed_with(send: &Send, seq: u64, fold: Option<Fold>) -> ServerFrame {
    let [sent] = send.items.as_slice() else { panic!("{send:?}") };
    let item = CommittedItem {
        cid: sent.cid,
        seq: Seq(seq),
        id: EventId(sent.cid.0),
        ts: NEW_YEAR,
        dup: false,
        fold,
        origin: None,
    };
    ServerFrame::Ok(Committed { room: send.room, items: vec![item] })
}

fn thumbs(item: &Item) -> Option<(u32, bool)> {
    item.reactions.first().map(|group| (group.count, group.mine))
}

/// Waits until a diff draws the row with this text.
async fn drawn(bed: &mut Bed, is: impl Fn(&Item) -> bool) -> Item {
    bed.diff(|diff| match diff {
        Diff::Items { items, .. } => items.iter().find(|item| is(item)).cloned(),
        _ => None,
    })
    .await
}

/// One engine that holds messages 1 to `head` of member 2, and its server.
async fn with_log(bed: &mut Bed, head: u64) -> homing_testkit::peer::Peer<tokio::io::DuplexStream> {
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, head)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, head))).await;
    bed.up_to_date().await;
    peer
}

#[tokio::test(start_paused = true)]
async fn a_quiet_event_changes_the_row_of_its_target_and_is_no_row_and_not_unread() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 2).await;
    peer.send(change(3, 2, &edit(of(2, 1), "better"), edited(1, 3, "better"))).await;
    let item = drawn(&mut bed, |item| item.edited).await;
    assert_eq!((text(&item), &*item.key), ("better", &*cid(1 << 32 | 1).to_string()));
    peer.send(change(4, 3, &react(of(2, 2), true), reacted(2, 4, 1))).await;
    let item = drawn(&mut bed, |item| !item.reactions.is_empty()).await;
    assert_eq!(thumbs(&item), Some((1, false)));
    assert_eq!(texts(&bed.rows().await), ["better", "message 2"]);
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!((overview.rooms[0].unread, overview.rooms[0].head), (2, Seq(4)));
}

#[tokio::test(start_paused = true)]
async fn an_older_state_does_not_win() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    // The third change overtakes the second, and comes with its own state.
    peer.send(change(3, 2, &edit(of(2, 1), "second"), edited(1, 3, "second"))).await;
    drawn(&mut bed, |item| item.edited).await;
    peer.send(change(2, 2, &edit(of(2, 1), "first"), edited(1, 2, "first"))).await;
    peer.send(live(message(1, 4, 2, "after"))).await;
    drawn(&mut bed, |item| matches!(&item.content, Content::Message(m) if m.text == "after")).await;
    assert_eq!(texts(&bed.rows().await), ["second", "after"]);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_overtakes_the_page_with_its_message_is_kept() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    // The page was read before this.
    peer.send(change(4, 2, &edit(of(2, 2), "newest"), edited(2, 4, "newest"))).await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    assert_eq!(texts(&bed.rows().await), ["message 1", "newest", "message 3"]);
}

#[tokio::test(start_paused = true)]
async fn a_page_covers_what_it_does_not_list_and_tells_states_outside() {
    let mut bed = Bed::new().await;
    let peer = with_log(&mut bed, 1).await;
    drop(peer.into_inner());
    bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await;
    let mut peer = bed.greet(welcome(), digest(2, vec![room(1, 9)])).await;
    let pull: Pull = peer.seek().await;
    assert_eq!(pull.after, Some(Seq(1)));
    // A thousand changes would be no more than this.
    let mine = Some(vec!["👍".to_owned()]);
    peer.send(ServerFrame::Page(Page {
        rid: pull.rid,
        room: room_id(1),
        from: Some(Seq(2)),
        to: Some(Seq(9)),
        events: vec![message(1, 5, 2, "five")],
        folds: vec![
            Fold { mine, ..reacted(1, 9, 7) },
            Fold { pinned: true, ..edited(5, 9, "cinque") },
        ],
        head: Seq(9),
        min: Seq(1),
        more: false,
        too_old: false,
    }))
    .await;
    bed.up_to_date().await;
    let rows = bed.rows().await;
    assert_eq!(texts(&rows), ["message 1", "cinque"]);
    assert_eq!((thumbs(&rows[0]), rows[1].pinned), (Some((7, true)), true));
    let timeline = bed.handle.timeline(room_id(1), TimelineWindow::Latest, 9).await.unwrap();
    assert_eq!(timeline.holes, []);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_back_is_gone_with_what_quotes_it_and_counts_no_more() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 2).await;
    let reply = Reply { user: user_id(2), cid: of(2, 1).cid, excerpt: "message 1".to_owned() };
    let answer =
        Message { text: "really?".to_owned(), mentions: Vec::new(), reply: Some(reply.clone()) };
    peer.send(live(Event { body: Body::new(&answer), ..message(1, 3, 3, "") })).await;
    let gone = Fold { gone: Some(user_id(2)), ..fold(1, 4) };
    let redact = Content::Redact(Redact { of: of(2, 1) });
    peer.send(change(4, 2, &redact, gone)).await;
    let item = drawn(&mut bed, |item| item.gone.is_some()).await;
    assert_eq!((text(&item), item.gone), ("", Some(user_id(2))));
    let rows = bed.rows().await;
    let Content::Message(message) = &rows[2].content else { panic!("{rows:?}") };
    assert_eq!(message.reply, Some(Reply { excerpt: String::new(), ..reply }));
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!(overview.rooms[0].unread, 2);
}

#[tokio::test(start_paused = true)]
async fn the_preview_follows_its_message() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    peer.send(change(2, 2, &edit(of(2, 1), "better"), edited(1, 2, "better"))).await;
    drawn(&mut bed, |item| item.edited).await;
    let last = |overview: homing_engine::view::Overview| overview.rooms[0].last.clone().unwrap();
    let seen = last(bed.handle.overview().await.unwrap().1);
    assert_eq!((seen.text.as_str(), seen.gone), ("better", false));
    let gone = Fold { gone: Some(user_id(2)), ..fold(1, 3) };
    peer.send(change(3, 2, &Content::Redact(Redact { of: of(2, 1) }), gone)).await;
    drawn(&mut bed, |item| item.gone.is_some()).await;
    let seen = last(bed.handle.overview().await.unwrap().1);
    assert_eq!((seen.text.as_str(), seen.gone), ("", true));
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_shows_at_once_and_stays_until_the_server_has_it() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    let queued = bed.handle.write(room_id(1), react(of(2, 1), true)).await.unwrap();
    let item = drawn(&mut bed, |item| item.change.is_some()).await;
    assert_eq!(thumbs(&item), Some((1, true)));
    let send: Send = peer.seek().await;
    assert_eq!((send.items[0].cid, send.items[0].kind.as_str()), (queued, "react"));
    peer.send(committed_with(&send, 2, Some(reacted(1, 2, 1)))).await;
    let item = drawn(&mut bed, |item| item.change.is_none()).await;
    assert_eq!(thumbs(&item), Some((1, true)));
    assert_eq!(bed.handle.outbox().await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_refuses_is_shown_as_refused_and_changes_nothing() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    let redact = Content::Redact(Redact { of: of(2, 1) });
    let queued = bed.handle.write(room_id(1), redact).await.unwrap();
    drawn(&mut bed, |item| item.gone.is_some()).await;
    let send: Send = peer.seek().await;
    let about = Ref::Cids(vec![send.items[0].cid]);
    peer.send(refusal(about, ErrorCode::Forbidden, false, None)).await;
    let item = drawn(&mut bed, |item| item.gone.is_none()).await;
    let change = item.change.clone().unwrap();
    let reason = WedgeReason::Forbidden;
    assert_eq!((text(&item), change.cid), ("message 1", queued));
    assert_eq!(change.delivery, Delivery::Wedged { reason });
    bed.handle.discard(queued).await.unwrap();
    assert_eq!(drawn(&mut bed, |_| true).await.change, None);
}

#[tokio::test(start_paused = true)]
async fn what_never_left_this_device_is_changed_here() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::on(store).await;
    let peer = with_log(&mut bed, 1).await;
    bed.handle.stay_offline().await;
    bed.link(|link| *link == ConnectionState::Stopped).await;
    drop(peer);
    let write = |content| bed.handle.write(room_id(1), content);
    let queued_kinds = || async {
        let queued = bed.handle.outbox().await.unwrap();
        queued.iter().map(|one| one.content.encode().unwrap().0).collect::<Vec<_>>()
    };
    // A reaction and its withdrawal.
    write(react(of(2, 1), true)).await.unwrap();
    write(react(of(2, 1), true)).await.unwrap();
    assert_eq!(queued_kinds().await, ["react"]);
    write(react(of(2, 1), false)).await.unwrap();
    assert_eq!(queued_kinds().await, [""; 0]);
    // An own message, its edits, and its end.
    let mine = bed.handle.send(room_id(1), "helo").await.unwrap();
    let name = MessageRef { user: user_id(1), cid: mine };
    assert_eq!(write(edit(name, "hello")).await.unwrap(), mine);
    write(Content::Pin(Pin { of: name, on: true })).await.unwrap();
    let rows = bed.rows().await;
    assert_eq!((texts(&rows), rows[1].pinned), (vec!["message 1", "hello"], true));
    assert_eq!(queued_kinds().await, ["message", "pin"]);
    write(Content::Redact(Redact { of: name })).await.unwrap();
    assert_eq!(queued_kinds().await, [""; 0]);
    assert_eq!(texts(&bed.rows().await), ["message 1"]);
    // Only the newest of two edits need be sent.
    let Err(Error::NotYours) = write(edit(of(2, 1), "not mine")).await else { panic!() };
    let Err(Error::NotAnEmoji) =
        write(Content::React(React { to: of(2, 1), emoji: "two words".to_owned(), on: true }))
            .await
    else {
        panic!()
    };
}

#[tokio::test(start_paused = true)]
async fn what_changes_a_refused_message_goes_with_it_when_it_is_sent_again() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    let mine = bed.handle.send(room_id(1), "hello").await.unwrap();
    let send: Send = peer.seek().await;
    let name = MessageRef { user: user_id(1), cid: mine };
    let reaction = bed.handle.write(room_id(1), react(name, true)).await.unwrap();
    peer.send(refusal(Ref::Cids(vec![mine]), ErrorCode::CidReused, false, None)).await;
    let refused: Send = peer.seek().await;
    assert_eq!(refused.items[0].cid, reaction);
    let about = Ref::Cids(vec![reaction]);
    peer.send(refusal(about, ErrorCode::NoSuchMessage, false, None)).await;
    let reason = WedgeReason::NoSuchMessage;
    drawn(&mut bed, |item| {
        item.change.as_ref().is_some_and(|one| one.delivery == Delivery::Wedged { reason })
    })
    .await;
    let fresh: Cid = bed.handle.retry(mine).await.unwrap();
    assert_ne!(fresh, send.items[0].cid);
    let again: Send = peer.seek().await;
    let names: Vec<Cid> = again.items.iter().map(|item| item.cid).collect();
    assert_eq!(names, [fresh, reaction]);
    let target = Content::read("react", &again.items[1].body).unwrap().target();
    assert_eq!(target, Some(MessageRef { user: user_id(1), cid: fresh }));
}

#[tokio::test(start_paused = true)]
async fn an_own_change_that_a_page_covers_is_no_clash_when_its_answer_comes() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    bed.handle.write(room_id(1), react(of(2, 1), true)).await.unwrap();
    let send: Send = peer.seek().await;
    // It is committed, and the answer is lost.
    drop(peer.into_inner());
    let mut peer = bed.greet(welcome(), digest(2, vec![room(1, 2)])).await;
    let pull: Pull = peer.seek().await;
    let mine = Some(vec!["👍".to_owned()]);
    peer.send(ServerFrame::Page(Page {
        rid: pull.rid,
        room: room_id(1),
        from: Some(Seq(2)),
        to: Some(Seq(2)),
        events: Vec::new(),
        folds: vec![Fold { mine, ..reacted(1, 2, 1) }],
        head: Seq(2),
        min: Seq(1),
        more: false,
        too_old: false,
    }))
    .await;
    bed.up_to_date().await;
    peer.send(committed_with(&send, 2, Some(reacted(1, 2, 1)))).await;
    drawn(&mut bed, |item| item.change.is_none()).await;
    let group =
        ReactionGroup { emoji: "👍".into(), count: 1, people: vec![user_id(2)], mine: true };
    assert_eq!(bed.rows().await[0].reactions, [group]);
}

#[tokio::test(start_paused = true)]
async fn the_rows_around_a_message() {
    let mut bed = Bed::new().await;
    let _peer = with_log(&mut bed, 9).await;
    let around = |name| bed.handle.timeline(room_id(1), TimelineWindow::Around(name), 4);
    let timeline = around(of(2, 5)).await.unwrap();
    let seen = ["message 4", "message 5", "message 6", "message 7"];
    assert_eq!((texts(&timeline.items), timeline.more_after), (seen.to_vec(), true));
    let Err(Error::NoSuchMessage) = around(of(3, 5)).await else { panic!("found") };
}

#[tokio::test(start_paused = true)]
async fn an_edit_tells_once_whom_it_newly_names() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 2).await;
    let me = mention::person(user_id(1), "Ada");
    let renamed = |as_of, text: &str| {
        let mentions = mention::read(text).people;
        let edit = Revision { text: text.to_owned(), mentions, ts: NEW_YEAR };
        Fold { edit: Some(edit), ..fold(1, as_of) }
    };
    let mut told = Vec::new();
    let texts = [
        "who?".to_owned(),
        format!("`{me}`?"),
        format!("{me}?"),
        format!("{me}, when?"),
        format!("> {me}"),
        "<!room>".to_owned(),
        format!("<!room> {me}"),
    ];
    for (seq, text) in (3..).zip(&texts) {
        peer.send(change(seq, 2, &edit(of(2, 1), text), renamed(seq, text))).await;
        loop {
            let batch = bed.batch().await;
            told.extend(batch.incoming.iter().map(|one| (one.mentions_me, one.event.content())));
            let drawn = batch.diffs.iter().any(|diff| match diff {
                Diff::Items { items, .. } => items.iter().any(|item| self::text(item) == text),
                _ => false,
            });
            if drawn {
                break;
            }
        }
    }
    let told: Vec<_> = told
        .into_iter()
        .map(|(mentions_me, content)| match content {
            Content::Message(message) => (mentions_me, message.text),
            content => panic!("{content:?}"),
        })
        .collect();
    assert_eq!(told, [(true, texts[2].clone()), (true, texts[5].clone())]);
    let (_, overview) = bed.handle.overview().await.unwrap();
    assert_eq!((overview.rooms[0].unread, overview.rooms[0].mentions), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_written_tells_whom_its_text_mentions() {
    let mut bed = Bed::new().await;
    let mut peer = with_log(&mut bed, 1).await;
    let token = mention::person(user_id(2), "Bob");
    let text = format!("{token} `{}`", mention::person(user_id(3), "Cleo"));
    let wrong = Message { text: text.clone(), mentions: vec![user_id(3)], reply: None };
    bed.handle.write(room_id(1), Content::Message(wrong)).await.unwrap();
    let sent: Send = peer.seek().await;
    let message: Message = sent.items[0].body.read().unwrap();
    assert_eq!(message, Message { text, mentions: vec![user_id(2)], reply: None });
}
