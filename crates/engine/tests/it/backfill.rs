//! What a device does not have: gaps, holes, pages, and what is shown meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use homing_engine::TimelineWindow;
use homing_engine::diff::Diff;
use homing_engine::view::{ConnectionState, Hole};
use homing_protocol::frame::{Gap, Ping, Pull};
use homing_protocol::{CloseCode, Seq, ServerFrame};
use homing_testkit::builders::{digest, live, log, message, page, room, room_id, welcome};
use homing_testkit::peer::Disconnect;
use tokio::time::Instant;

use crate::bed::{Bed, text, texts};

#[tokio::test(start_paused = true)]
async fn a_gap_is_pulled_after_fifty_milliseconds_and_what_was_early_follows() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let all = log(1, 5);
    for event in [&all[0], &all[2], &all[4], &all[3]] {
        peer.send(live(event.clone())).await;
    }
    let pushed = Instant::now();
    let pull: Pull = peer.seek().await;
    assert_eq!((pull.after, pushed.elapsed()), (Some(Seq(1)), Duration::from_millis(50)));
    peer.send(page(&pull, &all[..2])).await;
    bed.up_to_date().await;
    assert_eq!(
        texts(&bed.rows().await),
        ["message 1", "message 2", "message 3", "message 4", "message 5"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_hint_leads_to_a_pull() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let all = log(1, 4);
    peer.send(ServerFrame::Gap(Gap { room: room_id(1), head: Seq(2) })).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &all[..2])).await;
    bed.up_to_date().await;
    let heads = BTreeMap::from([(room_id(1), Seq(4))]);
    peer.send(ServerFrame::Ping(Ping { n: 7, heads })).await;
    let pull: Pull = peer.seek().await;
    assert_eq!(pull.after, Some(Seq(2)));
    peer.send(page(&pull, &all)).await;
    bed.up_to_date().await;
    assert_eq!(bed.rows().await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_is_pulled_has_just_happened_if_it_is_younger_than_the_welcome() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let mut all = vec![message(1, 1, 2, "before"), message(1, 2, 2, "after")];
    all[0].ts = welcome().time - 1;
    peer.send(ServerFrame::Gap(Gap { room: room_id(1), head: Seq(2) })).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &all)).await;
    let incoming = loop {
        let batch = bed.batch().await;
        if !batch.incoming.is_empty() {
            break batch.incoming.clone();
        }
    };
    let live: Vec<bool> = incoming.iter().map(|one| one.live).collect();
    assert_eq!(live, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn far_behind_the_newest_come_first_and_the_hole_fills_itself() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 600)])).await;
    let all = log(1, 600);
    let newest: Pull = peer.seek().await;
    assert_eq!((newest.before, newest.limit), (Some(Seq(601)), 50));
    peer.send(page(&newest, &all)).await;
    bed.up_to_date().await;
    let mut holes = Vec::new();
    let made = bed.handle.timeline(room_id(1), TimelineWindow::After(Seq(550)), 1).await.unwrap();
    assert!(made.more_after && made.more_before);
    for before in [551, 351, 151] {
        let fill: Pull = peer.seek().await;
        assert_eq!((fill.before, fill.limit), (Some(Seq(before)), 200));
        peer.send(page(&fill, &all)).await;
        holes.push(
            bed.diff(|diff| match diff {
                Diff::Holes { holes, .. } => Some(holes.clone()),
                _ => None,
            })
            .await,
        );
    }
    let hole = |to| vec![Hole { from: Seq(1), to: Seq(to), expired: false }];
    assert_eq!(holes, [hole(350), hole(150), vec![]]);
    let oldest = bed.handle.timeline(room_id(1), TimelineWindow::Before(Seq(4)), 10).await.unwrap();
    assert_eq!(texts(&oldest.items), ["message 1", "message 2", "message 3"]);
    assert!(!oldest.more_before);
}

#[tokio::test(start_paused = true)]
async fn catching_up_says_how_much_is_left_and_where() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    // Away for a while, and 297 messages behind.
    drop(peer);
    let mut peer = bed.greet(welcome(), digest(2, vec![room(1, 300)])).await;
    let pull: Pull = peer.seek().await;
    let at_end = |from| vec![Hole { from: Seq(from), to: Seq(300), expired: false }];
    let holes = |diff: &Diff| match diff {
        Diff::Holes { holes, .. } => Some(holes.clone()),
        _ => None,
    };
    assert_eq!(bed.diff(holes).await, at_end(4));
    let left = |link: &ConnectionState| match link {
        ConnectionState::CatchingUp { rooms: 1, messages } => Some(*messages),
        _ => None,
    };
    assert_eq!(left(&bed.link(|link| left(link).is_some()).await), Some(297));
    peer.send(page(&pull, &log(1, 300))).await;
    assert_eq!(bed.diff(holes).await, at_end(204));
    assert_eq!(left(&bed.link(|link| left(link).is_some()).await), Some(97));
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 300))).await;
    assert_eq!(bed.diff(holes).await, []);
    bed.up_to_date().await;
}

#[tokio::test(start_paused = true)]
async fn older_rows_are_fetched_and_named_as_missing_when_they_do_not_come() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 600)])).await;
    let all = log(1, 600);
    let newest: Pull = peer.seek().await;
    peer.send(page(&newest, &all)).await;
    bed.up_to_date().await;
    let background: Pull = peer.seek().await;
    let asked = Instant::now();
    let late = bed.handle.timeline(room_id(1), TimelineWindow::Before(Seq(551)), 20).await.unwrap();
    assert_eq!(asked.elapsed(), Duration::from_secs(3));
    assert_eq!((late.items.len(), late.more_before), (0, true));
    assert_eq!(late.holes, [Hole { from: Seq(1), to: Seq(550), expired: false }]);

    let handle = bed.handle.clone();
    let (timeline, ()) =
        tokio::join!(handle.timeline(room_id(1), TimelineWindow::Before(Seq(551)), 20), async {
            // A pull is under way already and is not repeated.
            peer.send(page(&background, &all)).await;
        });
    let timeline = timeline.unwrap();
    assert_eq!(timeline.items.len(), 20);
    assert_eq!(text(&timeline.items[19]), "message 550");
    assert_eq!(timeline.holes.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_fit_is_not_applied_and_ends_the_connection() {
    let mut bed = Bed::new().await;
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    let ServerFrame::Page(mut torn) = page(&pull, &log(1, 3)) else { unreachable!() };
    // Without a range it lists every event.
    (torn.from, torn.to) = (None, None);
    torn.events.remove(1);
    peer.send(ServerFrame::Page(torn)).await;
    let gone = peer.ignore().await;
    assert_eq!(gone, Disconnect::Closed(CloseCode(4500)));
    assert_eq!(bed.handle.timeline(room_id(1), TimelineWindow::Latest, 9).await.unwrap().items, []);
    let mut peer = bed.greet(welcome(), digest(1, vec![room(1, 3)])).await;
    let pull: Pull = peer.seek().await;
    peer.send(page(&pull, &log(1, 3))).await;
    bed.up_to_date().await;
    assert_eq!(bed.rows().await.len(), 3);
}
