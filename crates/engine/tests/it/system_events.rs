//! The machine sleeps, loses or changes its network, or its clock is set; and the person changes
//! the connection policy.

use std::sync::Arc;
use std::time::Duration;

use homing_engine::session::Secret;
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionFailure, ConnectionState, RetryPrompt};
use homing_engine::{ConnectionPolicy, Error, SystemEvent};
use homing_protocol::ServerFrame;
use homing_protocol::frame::{Ping, Pong, Welcome};
use homing_testkit::peer::Disconnect;
use homing_testkit::{Peer, builders};
use tokio::io::DuplexStream;
use tokio::time::Instant;

use crate::bed::{Bed, START_MS};

const SECOND: Duration = Duration::from_secs(1);

fn waiting(link: &ConnectionState) -> bool {
    matches!(link, ConnectionState::Waiting { .. })
}

/// An engine whose server never answers.
async fn alone() -> Bed {
    Bed::with(Arc::new(MemoryStore::default()), Ok(Some(Secret::new("the-token"))), true).await
}

/// Greets, and answers the probe with which the engine measures the round trip.
async fn greeted(bed: &mut Bed, heartbeat_ms: u64) -> Peer<DuplexStream> {
    let welcome = Welcome { heartbeat_ms, ..builders::welcome() };
    let digest = builders::digest(1, vec![builders::room(1, 0)]);
    let mut peer = bed.greet(welcome, digest).await;
    let probe: Ping = peer.seek().await;
    peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    bed.up_to_date().await;
    peer
}

#[tokio::test(start_paused = true)]
async fn without_a_network_it_is_said_at_once_and_tried_on() {
    let mut bed = Bed::new().await;
    let mut peer = greeted(&mut bed, 25_000).await;
    bed.refuse(true);
    let lost = Instant::now();
    bed.handle.system_event(SystemEvent::NetworkDown).await;
    let ConnectionState::Waiting { why, .. } = bed.link(waiting).await else { unreachable!() };
    assert_eq!(why, ConnectionFailure::NoNetwork);
    assert!(lost.elapsed() < Duration::from_millis(10), "{:?}", lost.elapsed());
    assert_eq!(peer.ignore().await, Disconnect::Cut);
    // The system may be wrong: the attempts go on, and each reports the same.
    let again =
        |link: &ConnectionState| matches!(link, ConnectionState::Waiting { attempt: 4.., .. });
    let ConnectionState::Waiting { why, .. } = bed.link(again).await else { unreachable!() };
    assert_eq!(why, ConnectionFailure::NoNetwork);
    bed.refuse(false);
    greeted(&mut bed, 25_000).await;
}

#[tokio::test(start_paused = true)]
async fn a_network_that_is_back_is_tried_at_once_and_then_soon() {
    let mut bed = alone().await;
    bed.link(|link| matches!(link, ConnectionState::Waiting { attempt: 12, .. })).await;
    bed.handle.system_event(SystemEvent::NetworkDown).await;
    // The network is up before it is usable, so its first attempts fail too.
    let up = Instant::now();
    bed.handle.system_event(SystemEvent::NetworkUp).await;
    let soon = |link: &ConnectionState| matches!(link, ConnectionState::Waiting { attempt: 2, .. });
    let ConnectionState::Waiting { why, .. } = bed.link(soon).await else { unreachable!() };
    assert_eq!(why, ConnectionFailure::Unreachable);
    bed.refuse(false);
    greeted(&mut bed, 25_000).await;
    assert!(up.elapsed() < 3 * SECOND, "{:?}", up.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_try_that_is_young_when_the_network_changes_gets_a_second() {
    let bed = Bed::new().await;
    let _silent = bed.dial().await;
    tokio::time::sleep(SECOND / 2).await;
    let changed = Instant::now();
    bed.handle.system_event(SystemEvent::NetworkChanged).await;
    let _second = bed.dial().await;
    assert_eq!(changed.elapsed(), SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_news_is_five_tries_in_five_seconds() {
    let bed = Bed::new().await;
    let mut tries = vec![Instant::now()];
    let _first = bed.dial().await;
    let mut silent = Vec::new();
    // An event every 50 ms for half a minute.
    for round in 0..600 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        bed.handle
            .system_event(match round % 4 {
                0 => SystemEvent::NetworkDown,
                1 => SystemEvent::NetworkUp,
                2 => SystemEvent::Woke,
                _ => SystemEvent::ClockJumped { by_ms: 60_000 },
            })
            .await;
        while let Ok(dial) = bed.dials.lock().await.try_recv() {
            tries.push(Instant::now());
            silent.push(dial);
        }
    }
    assert!(tries.len() > 10, "{}", tries.len());
    for six in tries.windows(6) {
        // An attempt seen 50 ms late may look that much closer.
        assert!(six[5] - six[0] >= 5 * SECOND - SECOND / 10, "{:?}", six[5] - six[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_of_the_next_try_is_told_anew_when_the_clock_is_set() {
    let mut bed = alone().await;
    // Far enough away that no attempt comes meanwhile.
    let far = |link: &ConnectionState| matches!(link, ConnectionState::Waiting { until, .. } if *until > START_MS + 10_000 + 5_000);
    let mut wait = bed.link(waiting).await;
    while !far(&wait) || {
        let ConnectionState::Waiting { until, .. } = wait else { unreachable!() };
        let now = START_MS + i64::try_from(bed.start.elapsed().as_millis()).unwrap();
        until - now < 2_000
    } {
        wait = bed.diff_link().await;
    }
    let ConnectionState::Waiting { until: before, .. } = wait else { unreachable!() };
    bed.clock.set_ahead(-3_600_000);
    bed.handle.system_event(SystemEvent::ClockJumped { by_ms: -3_600_000 }).await;
    let ConnectionState::Waiting { until, .. } = bed.diff_link().await else { panic!("it tried") };
    assert_eq!(until, before - 3_600_000);
}

#[tokio::test(start_paused = true)]
async fn the_silence_that_is_death_is_the_servers_and_a_probe_comes_before_it() {
    // A server that rarely pings is probed after 30 s, and answers.
    let mut bed = Bed::new().await;
    let mut peer = greeted(&mut bed, 120_000).await;
    let quiet = Instant::now();
    for round in 1..=4 {
        let probe: Ping = peer.seek().await;
        assert_eq!(quiet.elapsed().as_secs(), 30 * round);
        peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    }
    // One that does not answer is abandoned.
    assert_eq!(peer.ignore().await, Disconnect::Cut);
    assert_eq!(quiet.elapsed().as_secs(), 155);
}

#[tokio::test(start_paused = true)]
async fn what_the_person_chooses_holds_on_the_running_connection() {
    let mut bed = Bed::new().await;
    let mut peer = greeted(&mut bed, 25_000).await;
    let impatient = ConnectionPolicy {
        probe_every_ms: 5_000,
        probe_answer_ms: 2_000,
        ..ConnectionPolicy::default()
    };
    bed.handle.set_policy(impatient).await.unwrap();
    let chosen = Instant::now();
    let _: Ping = peer.seek().await;
    assert_eq!(chosen.elapsed().as_secs(), 5);
    assert_eq!(peer.ignore().await, Disconnect::Cut);
    assert_eq!(chosen.elapsed().as_secs(), 7);
    let Error::InvalidPolicy(_) =
        bed.handle.set_policy(ConnectionPolicy { ask_after: 0, ..impatient }).await.unwrap_err()
    else {
        panic!("taken")
    };
}

#[tokio::test(start_paused = true)]
async fn other_waits_are_chosen_and_tried_at_once() {
    let mut bed = alone().await;
    bed.link(|link| matches!(link, ConnectionState::Waiting { attempt: 9, .. })).await;
    let chosen = Instant::now();
    let quick = ConnectionPolicy {
        retry_first_ms: 1_000,
        retry_most_ms: 1_000,
        ..ConnectionPolicy::default()
    };
    bed.handle.set_policy(quick).await.unwrap();
    bed.link(|link| matches!(link, ConnectionState::Waiting { attempt: 29, .. })).await;
    // Twenty waits of at most a second, where they would have been up to thirty.
    assert!(chosen.elapsed() < 21 * SECOND, "{:?}", chosen.elapsed());
}

#[tokio::test(start_paused = true)]
async fn after_ten_failed_tries_the_person_is_asked_and_may_be_left_alone() {
    let mut bed = alone().await;
    let mut asked = Vec::new();
    while asked.len() < 12 {
        if let ConnectionState::Waiting { attempt, ask, .. } = bed.diff_link().await {
            asked.push((attempt, ask));
        }
    }
    let expected: Vec<_> = (asked[0].0..)
        .map(|attempt| (attempt, if attempt < 10 { RetryPrompt::NotYet } else { RetryPrompt::Now }))
        .take(12)
        .collect();
    assert_eq!(asked, expected);

    bed.handle.keep_trying().await;
    let quieted = |link: &ConnectionState| match link {
        ConnectionState::Waiting { ask, .. } | ConnectionState::Connecting { ask, .. } => {
            *ask == RetryPrompt::Quieted
        }
        _ => false,
    };
    bed.link(quieted).await;
    // Retrying continues without asking the person again.
    assert!(quieted(
        &bed.link(|link| matches!(link, ConnectionState::Waiting { attempt: 14, .. })).await
    ));

    // A change of the network starts over.
    bed.handle.system_event(SystemEvent::NetworkChanged).await;
    bed.link(|link| matches!(link, ConnectionState::Waiting { ask: RetryPrompt::NotYet, .. }))
        .await;
    bed.link(|link| {
        matches!(link, ConnectionState::Waiting { ask: RetryPrompt::Now, attempt: 10, .. })
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn who_stayed_offline_is_not_asked_at_the_first_failure() {
    let mut bed = alone().await;
    bed.handle
        .set_policy(ConnectionPolicy { ask_after: 2, ..ConnectionPolicy::default() })
        .await
        .unwrap();
    bed.link(|link| matches!(link, ConnectionState::Waiting { ask: RetryPrompt::Now, .. })).await;
    bed.handle.stay_offline().await;
    bed.link(|link| *link == ConnectionState::Stopped).await;
    bed.handle.go_online().await;
    let ConnectionState::Waiting { attempt, ask, .. } = bed.link(waiting).await else {
        unreachable!()
    };
    assert_eq!((attempt, ask), (1, RetryPrompt::NotYet));
}
