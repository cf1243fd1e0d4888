//! What the Connection Inspector shows of a real engine's connection.

use std::time::Duration;

use homing_engine::trace::{Entry, SAMPLE_EVERY, Side, TraceEvent, Traffic};
use homing_protocol::frame::{Ping, Pong, Send};
use homing_protocol::{CloseCode, ServerFrame};
use homing_testkit::builders;
use homing_testkit::builders::room_id;
use tokio::time::Instant;

use crate::bed::Bed;

fn kinds(traffic: &Traffic) -> Vec<String> {
    let kind = |entry: &Entry| match &entry.what {
        TraceEvent::Sent { kind, .. } => format!("> {kind}"),
        TraceEvent::Received { kind, .. } => format!("< {kind}"),
        TraceEvent::Opened { attempt } => format!("opened {attempt}"),
        TraceEvent::Closed { code, by } => format!("closed {code} {by:?}"),
        TraceEvent::Failed { .. } => "failed".to_owned(),
    };
    traffic.entries.iter().map(kind).collect()
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_written_down_from_its_opening_to_its_close() {
    let mut bed = Bed::new().await;
    let peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    peer.close(CloseCode::SHUTDOWN).await;
    bed.link(|link| matches!(link, homing_engine::view::ConnectionState::Waiting { .. })).await;
    let traffic = bed.handle.trace().subscribe().take();
    let kinds = kinds(&traffic);
    assert_eq!(kinds[..2], ["opened 0", "> hello"]);
    for one in ["< welcome", "< digest", "< caught_up", "> ping"] {
        assert!(kinds.iter().any(|kind| kind == one), "{one} in {kinds:?}");
    }
    assert_eq!(kinds.last().unwrap(), "closed 4001 There");
    let outages = traffic.outages.unwrap();
    assert_eq!((outages[0].code, outages[0].by), (Some(4001), Side::There));
    // The connection is back by itself, and the history says how long it took.
    let _peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let outages = bed.handle.trace().subscribe().take().outages.unwrap();
    assert!(outages[0].lasted_ms.unwrap() <= 500, "{outages:?}");
}

#[tokio::test(start_paused = true)]
async fn neither_token_nor_text_is_in_what_is_shown_unasked() {
    let mut bed = Bed::new().await;
    let mut subscriber = bed.handle.trace().subscribe();
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.send(room_id(1), "between the two of us").await.unwrap();
    let _: Send = peer.seek().await;
    let traffic = subscriber.take();
    let shown = serde_json::to_string(&traffic).unwrap() + &bed.handle.trace().export();
    assert!(!shown.contains("between the two") && !shown.contains("the-token"), "{shown}");
    let is_send =
        |entry: &&Entry| matches!(&entry.what, TraceEvent::Sent { kind, .. } if kind == "send");
    let send = traffic.entries.iter().find(is_send).unwrap();
    let TraceEvent::Sent { preview: Some(preview), .. } = &send.what else { panic!("{send:?}") };
    assert!(preview.contains(r#""body":"•••""#), "{preview}");
    let opened = bed.handle.trace().text(send.number).unwrap();
    assert!(opened.contains("between the two of us") && !opened.contains("the-token"), "{opened}");
}

#[tokio::test(start_paused = true)]
async fn round_trips_are_measured_only_while_somebody_looks_and_judge_nothing() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let probe: Ping = peer.seek().await;
    peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    let mut subscriber = bed.handle.trace().subscribe();
    for _ in 0..3 {
        let sample: Ping = peer.seek().await;
        tokio::time::sleep(Duration::from_millis(40)).await;
        peer.send(ServerFrame::Pong(Pong { n: sample.n })).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let trips: Vec<u32> = subscriber.take().round_trips.iter().map(|trip| trip.ms).collect();
    assert_eq!(trips, [0, 40, 40, 40]);
    // A sample without an answer is not a probe: the usual time limit applies.
    let unanswered: Ping = peer.seek().await;
    let asked = Instant::now();
    assert!(unanswered.n > probe.n);
    let next: Ping = peer.seek().await;
    assert_eq!(asked.elapsed(), SAMPLE_EVERY);
    assert_eq!(next.n, unanswered.n + 1);
    drop(subscriber);
    peer.send(builders::live(builders::message(1, 1, 2, "still here"))).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    peer.send(ServerFrame::CaughtUp).await;
    bed.up_to_date().await;
}
