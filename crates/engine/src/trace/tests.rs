use homing_testkit::builders::welcome;

use super::*;

/// A wall clock that follows tokio's.
struct Wall(Instant);

const START_MS: i64 = 1_700_000_000_000;

impl Clock for Wall {
    fn now_ms(&self) -> i64 {
        START_MS + i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

fn trace() -> Arc<Trace> {
    Arc::new(Trace::new(Arc::new(Wall(Instant::now()))))
}

fn previews(traffic: &Traffic) -> Vec<Option<&str>> {
    traffic
        .entries
        .iter()
        .filter_map(|entry| match &entry.what {
            TraceEvent::Sent { preview, .. } | TraceEvent::Received { preview, .. } => {
                Some(preview.as_deref())
            }
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn kinds_and_lengths_are_kept_always_and_texts_while_somebody_looks() {
    let trace = trace();
    trace.sent(1, "send", r#"{"t":"send","body":"hi"}"#);
    let mut subscriber = trace.subscribe();
    trace.received(1, "ok", r#"{"t":"ok"}"#);
    let traffic = subscriber.take();
    let sent = TraceEvent::Sent { kind: "send".to_owned(), length: 24, preview: None };
    assert_eq!((traffic.entries[0].at, &traffic.entries[0].what), (START_MS, &sent));
    assert_eq!(previews(&traffic), [None, Some(r#"{"t":"ok"}"#)]);
    assert_eq!(trace.text(1), None);
    assert_eq!(trace.text(2).as_deref(), Some("{\n  \"t\": \"ok\"\n}"));
    drop(subscriber);
    assert_eq!(trace.text(2), None);
    let again = trace.subscribe().take();
    assert_eq!(previews(&again), [None, None]);
    assert_eq!(again.entries[0].what, sent);
}

#[tokio::test(start_paused = true)]
async fn everything_is_bounded() {
    let trace = trace();
    let _watching = trace.subscribe();
    let large = format!("\"{}\"", "x".repeat(TEXT_BYTES / 4));
    for _ in 0..ENTRIES + 10 {
        trace.received(1, "page", &large);
        trace.round_trip(7);
        trace.closed(1, 1006, Side::There);
        trace.welcomed(&welcome());
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let held = trace.held();
    assert!(held.text_bytes <= TEXT_BYTES);
    assert_eq!(
        held.text_bytes,
        held.entries.iter().map(|line| line.what.text_bytes()).sum::<usize>()
    );
    let lengths =
        (held.entries.len(), held.round_trips.len(), held.seconds.len(), held.outages.len());
    assert_eq!(lengths, (ENTRIES, ROUND_TRIPS, SECONDS, OUTAGES));
}

#[tokio::test(start_paused = true)]
async fn a_watcher_is_told_each_thing_once_and_together() {
    let trace = trace();
    trace.opened(1, 0);
    let mut subscriber = trace.subscribe();
    assert_eq!(subscriber.take().entries.len(), 1);
    let (fast, slow) = (trace.clone(), trace.clone());
    let burst = async move {
        fast.received(1, "event", "{}");
        fast.round_trip(12);
        sleep(TOGETHER / 2).await;
        fast.received(1, "event", "{}");
    };
    let (news, ()) = tokio::join!(subscriber.changes(), burst);
    assert_eq!((news.entries.len(), news.round_trips.len()), (2, 1));
    assert_eq!((news.seconds.len(), news.seconds[0].frames_in), (1, 2));
    assert_eq!(news.outages, None);
    // The second outage continues and is reported as it is now.
    slow.received(1, "event", "{}");
    let news = subscriber.take();
    assert_eq!((news.entries.len(), news.seconds[0].frames_in), (1, 3));
    assert_eq!(news.entries[0].number, 4);
    assert_eq!(subscriber.take().entries, []);
}

#[tokio::test(start_paused = true)]
async fn an_outage_lasts_from_the_cut_to_the_next_welcome() {
    let trace = trace();
    let mut subscriber = trace.subscribe();
    trace.welcomed(&welcome());
    assert!(subscriber.take().online_since.is_some());
    trace.closed(1, 1006, Side::There);
    trace.failed(1, ConnectionFailure::Unreachable);
    trace.opened(2, 1);
    // Closed before its welcome, so the outage is the same.
    trace.closed(2, 4007, Side::There);
    tokio::time::advance(Duration::from_millis(1900)).await;
    let lasting = subscriber.take();
    assert_eq!(lasting.online_since, None);
    let mut outage = Outage {
        at: START_MS,
        code: Some(1006),
        by: Side::There,
        tries: 2,
        why: ConnectionFailure::Closed { code: 4007 },
        lasted_ms: None,
    };
    assert_eq!(lasting.outages, Some(vec![outage.clone()]));
    trace.welcomed(&welcome());
    outage.lasted_ms = Some(1900);
    assert_eq!(subscriber.take().outages, Some(vec![outage]));
}

#[tokio::test(start_paused = true)]
async fn a_start_without_a_network_is_an_outage_too() {
    let trace = trace();
    trace.failed(0, ConnectionFailure::NameNotFound);
    let outages = trace.subscribe().take().outages.unwrap();
    assert_eq!((outages[0].code, outages[0].tries), (None, 1));
}

#[tokio::test(start_paused = true)]
async fn an_export_is_json_lines_without_what_people_wrote() {
    let trace = trace();
    let _watching = trace.subscribe();
    trace.sent(1, "send", r#"{"t":"send","items":[{"body":{"text":"between us"}}]}"#);
    trace.received_unknown(1, &"k".repeat(99), r#"{"t":"k","token":"s3cret"}"#);
    trace.closed(1, 4001, Side::There);
    let text = trace.export();
    assert!(!text.contains("between us") && !text.contains("s3cret"), "{text}");
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[2]["what"]["kind"].as_str().unwrap().len(), KIND);
}
