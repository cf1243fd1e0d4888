//! What a restore from an older copy changes: what is told of it, and what comes back.

use homing_protocol::people::Restore;
use homing_protocol::{Content, MessageRef, Origin, RoomInfo};

use super::*;

/// An item as it is given back.
fn given_back(cid: Cid, content: &Content, ts: i64) -> SendItem {
    SendItem { cid, origin: Some(Origin { ts }), ..content_item(content) }
}

pub(super) async fn what_is_given_back_says_when_it_happened(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let kept = subject.say(ada, room, &Content::Message(text("kept"))).await.unwrap();
    let of = MessageRef { user: ada, cid: kept.cid };
    let before = subject.store.space().await.unwrap();
    let info = |rooms: Vec<RoomInfo>| rooms.into_iter().find(|info| info.room == room).unwrap();
    let told = subject.store.snapshot(bob, Pos(0)).await.unwrap();
    assert_eq!(info(told.rooms).restores, []);

    // Nothing was ever lost, so nothing comes back.
    let lied = given_back(cid(), &Content::Message(text("I knew")), kept.ts);
    let done = subject.send_all(bob, room, vec![lied]).await.unwrap().remove(0);
    assert_eq!((done.origin, done.dup), (None, false));

    let head = done.seq;
    subject.store.renew_epoch().await.unwrap();
    let told = info(subject.store.snapshot(bob, Pos(0)).await.unwrap().rooms);
    assert_eq!(told.restores, [Restore { epoch: before.epoch, head }]);
    subject.told().await;

    // Between the copy and its restore there was one moment at least: that of the newest event.
    let lost = done.ts;
    let again = given_back(cid(), &Content::Message(text("lost")), lost);
    let done = subject.send_all(bob, room, vec![again.clone()]).await.unwrap().remove(0);
    assert_eq!((done.origin, done.dup), (Some(Origin { ts: lost }), false));
    let page = subject.page(ada, room, LogRange::After(head, 9)).await;
    assert_eq!(page.items.iter().map(Event::happened).collect::<Vec<_>>(), [lost]);
    // Another device still has an excerpt in it.
    let quoting = Content::Message(text("lost, as it was"));
    let known = given_back(again.cid, &quoting, lost);
    let dup = subject.send_all(bob, room, vec![known]).await.unwrap().remove(0);
    assert_eq!((dup.seq, dup.dup, dup.origin), (done.seq, true, done.origin));
    // Nobody writes into another time.
    for ts in [0, lost - 1, i64::MAX] {
        let item = given_back(cid(), &Content::Message(text("then")), ts);
        let done = subject.send_all(bob, room, vec![item]).await.unwrap().remove(0);
        assert_eq!(done.origin, None, "{ts}");
    }

    // What was edited since stays so.
    let newer = subject.say(ada, room, &edit(of, "newer")).await.unwrap();
    assert!(newer.ts >= lost);
    let text_of = |done: &CommittedItem| {
        done.fold.as_ref().and_then(|fold| fold.edit.clone()).map(|edit| edit.text)
    };
    let older = given_back(cid(), &edit(of, "older"), lost.min(newer.ts - 1));
    let done = subject.send_all(ada, room, vec![older]).await.unwrap().remove(0);
    if done.origin.is_some() {
        assert_eq!(text_of(&done).as_deref(), Some("newer"));
    }

    // Of two restores both are told.
    let second = subject.store.space().await.unwrap().epoch;
    subject.store.renew_epoch().await.unwrap();
    let told = info(subject.store.snapshot(bob, Pos(0)).await.unwrap().rooms);
    let head = told.head;
    let [_, newest] = &told.restores[..] else { panic!("{told:?}") };
    assert_eq!(*newest, Restore { epoch: second, head });
}
