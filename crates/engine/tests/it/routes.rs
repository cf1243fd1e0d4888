//! A new route to the server, or one that leads to somebody else.

use std::time::Duration;

use homing_engine::SystemEvent;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_protocol::CloseCode;
use homing_protocol::frame::ClientBye;
use homing_testkit::peer::Disconnect;
use tokio::time::{Instant, timeout};

use crate::bed::Bed;

/// Longer than any timer.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

fn stopped(link: &ConnectionState) -> bool {
    matches!(link, ConnectionState::Refused { why: ConnectionFailure::CertificateChanged { .. } })
}

#[tokio::test(start_paused = true)]
async fn a_way_that_is_chosen_anew_is_taken_at_once() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let asked = Instant::now();
    bed.handle.reroute().await;
    let _: ClientBye = peer.seek().await;
    assert_eq!(peer.next().await, Err(Disconnect::Closed(CloseCode::NORMAL)));
    let _second = bed.in_empty_room().await;
    bed.up_to_date().await;
    // A waiting engine retries at once.
    bed.refuse(true);
    bed.handle.reroute().await;
    bed.link(|link| matches!(link, ConnectionState::Waiting { .. })).await;
    bed.refuse(false);
    bed.handle.reroute().await;
    let _third = bed.in_empty_room().await;
    bed.up_to_date().await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    // An engine that is offline by choice stays offline.
    bed.handle.stay_offline().await;
    bed.link(|link| *link == ConnectionState::Stopped).await;
    bed.handle.reroute().await;
    assert!(timeout(LONG, bed.dial()).await.is_err(), "nobody asked to connect");
}

#[tokio::test(start_paused = true)]
async fn a_changed_certificate_stops_and_is_looked_at_again_when_things_change() {
    let mut bed = Bed::new().await;
    let _first = bed.in_empty_room().await;
    bed.up_to_date().await;
    let changed = |bed: &Bed, yes| *bed.network.changed.lock().unwrap() = yes;
    changed(&bed, true);
    bed.handle.reroute().await;
    bed.link(stopped).await;
    changed(&bed, false);
    assert!(timeout(LONG, bed.dial()).await.is_err(), "it does not try by itself");
    for wakes in 0..3 {
        match wakes {
            0 => bed.handle.system_event(SystemEvent::NetworkChanged).await,
            1 => bed.handle.reroute().await,
            _ => bed.handle.try_now().await,
        }
        let _next = bed.in_empty_room().await;
        bed.up_to_date().await;
        changed(&bed, true);
        bed.handle.reroute().await;
        bed.link(stopped).await;
        changed(&bed, false);
    }
    // A failure that has nothing to do with the route is not retried on its account.
    bed.handle.try_now().await;
    let peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    peer.close(CloseCode::SIGNED_OUT).await;
    bed.link(|link| *link == ConnectionState::Refused { why: ConnectionFailure::SignedOut }).await;
    bed.handle.system_event(SystemEvent::NetworkChanged).await;
    bed.handle.reroute().await;
    assert!(timeout(LONG, bed.dial()).await.is_err(), "it waits for the person");
}
