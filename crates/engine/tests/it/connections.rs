//! The connection: what ends it, when it is retried, and what the person sees.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use homing_engine::Error;
use homing_engine::net::unexpected_response::UnexpectedResponse;
use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_engine::store::StoreError;
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_protocol::frame::{ClientBye, Ping, Pong, Send, ServerBye, Welcome};
use homing_protocol::{CloseCode, ServerFrame};
use homing_testkit::builders::room_id;
use homing_testkit::peer::Disconnect;
use homing_testkit::{Peer, builders};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::bed::{Bed, Failing, START_MS};

fn refused(link: &ConnectionState) -> bool {
    matches!(link, ConnectionState::Refused { .. })
}

fn waiting(link: &ConnectionState) -> bool {
    matches!(link, ConnectionState::Waiting { .. })
}

#[tokio::test(start_paused = true)]
async fn the_token_travels_in_a_header_and_hello_says_who_and_whence() {
    let bed = Bed::new().await;
    let mut peer = bed.accept().await;
    assert_eq!((peer.token(), peer.path()), (Some("the-token"), "/v1/socket"));
    let hello: homing_protocol::frame::Hello = peer.expect().await;
    assert_eq!((hello.epoch, hello.pos, hello.useq), (None, None, None));
    assert_eq!((hello.versions, hello.client.app.as_str()), (vec![1], "test 0"));
}

#[tokio::test(start_paused = true)]
async fn thirty_five_seconds_of_silence_are_the_end_and_any_frame_is_life() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let probe: Ping = peer.seek().await;
    peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    peer.send(ServerFrame::CaughtUp).await;
    let last = Instant::now();
    let down = bed.link(waiting).await;
    assert_eq!(last.elapsed().as_secs(), 35);
    let ConnectionState::Waiting { why, attempt, until, .. } = down else { unreachable!() };
    assert_eq!((why, attempt), (ConnectionFailure::TimedOut, 1));
    let now = START_MS + i64::try_from(bed.start.elapsed().as_millis()).unwrap();
    assert!((now..=now + 500).contains(&until), "{until} {now}");
}

#[tokio::test(start_paused = true)]
async fn a_message_without_an_answer_is_probed_for_after_five_seconds_and_given_up_after_ten() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    let probe: Ping = peer.seek().await;
    peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    bed.up_to_date().await;
    let room = room_id(1);
    bed.handle.send(room, "anybody?").await.unwrap();
    let _: Send = peer.seek().await;
    let sent = Instant::now();
    let _: Ping = peer.seek().await;
    assert_eq!(sent.elapsed().as_secs(), 5);
    assert_eq!(peer.ignore().await, Disconnect::Cut);
    assert_eq!(sent.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn close_codes_say_whether_to_come_back() {
    for (code, why) in [
        (4502, Some(ConnectionFailure::SignedOut)),
        (4504, Some(ConnectionFailure::SignedOut)),
        (4501, Some(ConnectionFailure::VersionUnsupported)),
        (4503, Some(ConnectionFailure::Closed { code: 4503 })),
        (4999, Some(ConnectionFailure::Closed { code: 4999 })),
        (4001, None),
        (4499, None),
        (1011, None),
    ] {
        let mut bed = Bed::new().await;
        let peer = bed.in_empty_room().await;
        bed.up_to_date().await;
        peer.close(CloseCode(code)).await;
        let link = bed.link(|link| refused(link) || waiting(link)).await;
        match why {
            Some(why) => assert_eq!(link, ConnectionState::Refused { why }, "{code}"),
            None => {
                assert!(waiting(&link), "{code}");
                let hello: homing_protocol::frame::Hello = bed.accept().await.expect().await;
                assert_eq!(hello.last_close, Some(code));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_servers_own_word_ends_the_tries() {
    use UnexpectedResponse as O;
    for (status, code, response) in [
        (401, Some("unauthorized"), None),
        (401, Some("token_missing"), Some(O::TokenMissing)),
        (401, Some("of_a_later_version"), Some(O::ServerFailed)),
        (403, Some("forbidden"), Some(O::UpgradeSpoilt)),
        (400, Some("invalid"), Some(O::UpgradeSpoilt)),
        (429, Some("rate_limited"), Some(O::Busy)),
        (503, Some("read_only"), Some(O::ServerFailed)),
        // A status alone may come from anybody.
        (401, None, Some(O::Blocked)),
        (403, None, Some(O::Blocked)),
        (407, None, Some(O::Blocked)),
        (301, None, Some(O::Redirected)),
        (308, None, Some(O::Redirected)),
        (429, None, Some(O::Busy)),
        (500, None, Some(O::ServerFailed)),
        (502, None, Some(O::ServerAway)),
        (503, None, Some(O::ServerAway)),
        (504, None, Some(O::ServerAway)),
        (404, None, Some(O::NotHoming)),
    ] {
        let mut bed = Bed::new().await;
        let (stream, answer) = (bed.dial().await, StatusCode::from_u16(status).unwrap());
        match code {
            Some(code) => Peer::refuse_as_server(stream, answer, code).await,
            None => Peer::refuse(stream, answer).await,
        }
        let link = bed.link(|link| refused(link) || waiting(link)).await;
        match (response, link) {
            (Some(response), ConnectionState::Waiting { why, .. }) => {
                assert_eq!(
                    why,
                    ConnectionFailure::UnexpectedResponse { response, status },
                    "{status} {code:?}"
                );
            }
            (None, ConnectionState::Refused { why }) => {
                assert_eq!(why, ConnectionFailure::SignedOut);
                // The person acts, so the next attempt is immediate.
                bed.handle.go_online().await;
            }
            (expected, link) => panic!("{status} {code:?}: {expected:?}, and it is {link:?}"),
        }
        let _server = bed.in_empty_room().await;
        bed.up_to_date().await;
    }
}

/// Nobody is in front of a device in a tray, and a flood ends.
#[tokio::test(start_paused = true)]
async fn after_a_flood_it_comes_back_by_itself_later_each_time() {
    let mut bed = Bed::new().await;
    for (least, most) in [(60, 70), (120, 140)] {
        let peer = greeted(&mut bed).await;
        peer.close(CloseCode::ABUSE).await;
        let closed = Instant::now();
        let ConnectionState::Waiting { why, .. } = bed.link(waiting).await else { unreachable!() };
        assert_eq!(why, ConnectionFailure::Closed { code: CloseCode::ABUSE.0 });
        let dialled = bed.dial().await;
        let waited = closed.elapsed().as_secs();
        assert!((least..=most).contains(&waited), "{waited}");
        drop(dialled);
    }
}

/// As behind a TCP balancer whose server is down, and at `--max-connections`.
#[tokio::test(start_paused = true)]
async fn a_bare_end_of_stream_is_no_stranger() {
    let mut bed = Bed::new().await;
    drop(bed.dial().await);
    let ConnectionState::Waiting { why, .. } = bed.link(waiting).await else { unreachable!() };
    assert_eq!(
        why,
        ConnectionFailure::UnexpectedResponse { response: UnexpectedResponse::HungUp, status: 0 }
    );
    let _server = bed.in_empty_room().await;
    bed.up_to_date().await;
}

#[tokio::test(start_paused = true)]
async fn the_server_says_when_to_come_back() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    let bye = ServerBye {
        code: 4001,
        retry_after_ms: Some(20_000),
        spread_ms: Some(5_000),
        reason: "restart".to_owned(),
    };
    peer.send(ServerFrame::Bye(bye)).await;
    peer.close(CloseCode::SHUTDOWN).await;
    let closed = Instant::now();
    bed.dial().await;
    assert!((20..=25).contains(&closed.elapsed().as_secs()), "{:?}", closed.elapsed());
}

#[tokio::test(start_paused = true)]
async fn trying_now_is_at_once_but_not_more_than_five_times_in_five_seconds() {
    let mut bed =
        Bed::with(Arc::new(MemoryStore::default()), Ok(Some(Secret::new("t"))), true).await;
    for _ in 0..12 {
        bed.link(waiting).await;
    }
    // After some failures the next attempt is many seconds away.
    bed.refuse(false);
    let asked = Instant::now();
    bed.handle.try_now().await;
    let mut peers = vec![bed.accept().await];
    assert!(asked.elapsed() < Duration::from_millis(10), "{:?}", asked.elapsed());
    for _ in 0..5 {
        drop(peers.pop());
        bed.link(waiting).await;
        bed.handle.network_changed().await;
        peers.push(bed.accept().await);
    }
    let tried = asked.elapsed();
    assert!(tried >= Duration::from_secs(5), "{tried:?}");
}

#[tokio::test(start_paused = true)]
async fn a_locked_keyring_waits_for_the_person_and_nothing_is_lost() {
    let store = Arc::new(MemoryStore::default());
    let mut bed = Bed::with(store, Err(SecretError::Locked), false).await;
    let link = bed.link(refused).await;
    assert_eq!(link, ConnectionState::Refused { why: ConnectionFailure::NoToken });
    let error = bed.handle.token_available().await.unwrap_err();
    assert!(matches!(error, Error::Secret(SecretError::Locked)));
    *bed.keyring.answer.lock().unwrap() = Ok(Some(Secret::new("late")));
    // A command of the window does not ask again, because that would open the keyring's dialog once
    // more.
    let error = bed.handle.public_rooms().await.unwrap_err();
    assert!(matches!(error, Error::Secret(SecretError::Locked)), "{error:?}");
    bed.handle.token_available().await.unwrap();
    assert_eq!(bed.accept().await.token(), Some("late"));
}

#[tokio::test(start_paused = true)]
async fn a_dialog_that_stays_open_for_minutes_is_opened_once() {
    for closed in [Err(SecretError::Locked), Ok(Some(Secret::new("late")))] {
        let store = Arc::new(MemoryStore::default());
        let mut bed = Bed::with(store, Err(SecretError::Absent), false).await;
        bed.link(waiting).await;
        *bed.keyring.open_for.lock().unwrap() = Duration::from_secs(200);
        *bed.keyring.answer.lock().unwrap() = closed.clone();
        let asked = bed.keyring.asked.load(Ordering::SeqCst);
        if closed.is_ok() {
            assert_eq!(bed.accept().await.token(), Some("late"));
        } else {
            bed.link(refused).await;
        }
        assert_eq!(bed.keyring.asked.load(Ordering::SeqCst), asked + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_ends_at_a_retry_is_looked_for_from_then_on() {
    for gone in [SecretError::Absent, SecretError::TimedOut] {
        let store = Arc::new(MemoryStore::default());
        let mut bed = Bed::with(store, Err(SecretError::Locked), false).await;
        bed.link(refused).await;
        *bed.keyring.answer.lock().unwrap() = Err(gone.clone());
        let error = bed.handle.token_available().await.unwrap_err();
        assert!(matches!(error, Error::Secret(why) if why == gone));
        bed.link(waiting).await;
        *bed.keyring.answer.lock().unwrap() = Ok(Some(Secret::new("late")));
        assert_eq!(bed.accept().await.token(), Some("late"));
    }
}

#[tokio::test(start_paused = true)]
async fn staying_offline_is_a_clean_leave_and_never_reconnecting() {
    let mut bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    bed.up_to_date().await;
    bed.handle.stay_offline().await;
    let _: ClientBye = peer.seek().await;
    assert_eq!(peer.next().await, Err(Disconnect::Closed(CloseCode::NORMAL)));
    bed.link(|link| *link == ConnectionState::Stopped).await;
    bed.handle.network_changed().await;
    bed.handle.try_now().await;
    let silence = tokio::time::timeout(Duration::from_secs(600), bed.dial()).await;
    assert!(silence.is_err(), "nobody asked to connect");
    bed.handle.go_online().await;
    bed.in_empty_room().await;
}

#[tokio::test(start_paused = true)]
async fn shutting_down_says_goodbye_within_two_seconds() {
    let bed = Bed::new().await;
    let mut peer = bed.in_empty_room().await;
    let stopping = Instant::now();
    let (bye, ()) = tokio::join!(peer.seek::<ClientBye>(), bed.handle.shutdown());
    assert_eq!(bye.reason, "the program ends");
    assert!(stopping.elapsed() <= Duration::from_secs(2));
    let stopped = bed.handle.overview().await;
    assert!(matches!(stopped, Err(Error::Stopped)));
}

#[tokio::test(start_paused = true)]
async fn another_server_behind_the_address_is_refused() {
    let mut bed = Bed::new().await;
    let other = Welcome { me: builders::user_id(7), ..builders::welcome() };
    let mut peer = bed.accept().await;
    peer.greet(other, vec![]).await;
    let link = bed.link(refused).await;
    assert_eq!(link, ConnectionState::Refused { why: ConnectionFailure::SignedOut });
}

#[tokio::test(start_paused = true)]
async fn who_says_no_welcome_is_given_ten_seconds() {
    let mut bed = Bed::new().await;
    let mut peer = bed.accept().await;
    let _: homing_protocol::frame::Hello = peer.expect().await;
    let greeted = Instant::now();
    bed.link(waiting).await;
    assert_eq!(greeted.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn after_waking_a_dead_line_is_replaced_after_two_seconds() {
    let mut bed = Bed::new().await;
    let mut dead = bed.in_empty_room().await;
    bed.up_to_date().await;
    let probe: Ping = dead.seek().await;
    dead.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    bed.handle.woke().await;
    let woken = Instant::now();
    // The old connection accepts bytes and delivers none.
    let (gone, _peer) = tokio::join!(dead.ignore(), bed.in_empty_room());
    assert_eq!(gone, Disconnect::Cut);
    let took = woken.elapsed();
    assert!(took.abs_diff(Duration::from_secs(2)) < Duration::from_millis(10), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_try_begun_in_another_network_is_begun_anew() {
    let bed = Bed::new().await;
    let _silent = bed.dial().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    bed.handle.network_changed().await;
    let changed = Instant::now();
    bed.in_empty_room().await;
    assert!(changed.elapsed() < Duration::from_millis(10), "{:?}", changed.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_try_begun_with_an_older_token_is_begun_anew() {
    let bed = Bed::new().await;
    let stale = bed.dial().await;
    bed.keyring.set("", Secret::new("fresh")).await.unwrap();
    bed.handle.token_available().await.unwrap();
    let peer = bed.accept().await;
    assert_eq!(peer.token(), Some("fresh"));
    drop(stale);
}

#[tokio::test(start_paused = true)]
async fn with_a_damaged_database_nobody_stays_online() {
    let store = Arc::new(Failing::default());
    let bed = Bed::on(store.clone()).await;
    let mut peer = bed.in_empty_room().await;
    store.fail(StoreError::Corrupt("a page".to_owned()));
    let Err(Error::Store(StoreError::Corrupt(_))) = bed.handle.send(room_id(1), "lost").await
    else {
        panic!("written to a damaged database")
    };
    let Err(Error::Stopped) = bed.handle.overview().await else { panic!("it runs on") };
    assert!(matches!(bed.handle.ended().await, Some(StoreError::Corrupt(_))));
    let bye: ClientBye = peer.seek().await;
    assert_eq!(bye.reason, "the program ends");
    assert_eq!(peer.ignore().await, Disconnect::Closed(CloseCode::NORMAL));
}

/// Greets, and answers the probe with which the engine measures the round trip.
async fn greeted(bed: &mut Bed) -> Peer<tokio::io::DuplexStream> {
    let mut peer = bed.in_empty_room().await;
    let probe: Ping = peer.seek().await;
    peer.send(ServerFrame::Pong(Pong { n: probe.n })).await;
    bed.up_to_date().await;
    peer
}

#[tokio::test(start_paused = true)]
async fn half_a_minute_online_forgets_the_failures_before_it() {
    for (online, attempts) in [(29, 4), (31, 1)] {
        let store = Arc::new(MemoryStore::default());
        let mut bed = Bed::with(store, Ok(Some(Secret::new("the-token"))), true).await;
        bed.link(|link| matches!(link, ConnectionState::Waiting { attempt: 3, .. })).await;
        bed.refuse(false);
        let peer = greeted(&mut bed).await;
        tokio::time::sleep(Duration::from_secs(online)).await;
        drop(peer);
        let ConnectionState::Waiting { attempt, .. } = bed.link(waiting).await else {
            unreachable!()
        };
        assert_eq!(attempt, attempts, "after {online} s online");
    }
}

#[tokio::test(start_paused = true)]
async fn who_speaks_before_welcome_or_welcomes_twice_breaks_the_protocol() {
    for before in [true, false] {
        let mut bed = Bed::new().await;
        let mut peer = if before { bed.accept().await } else { greeted(&mut bed).await };
        let frame = ServerFrame::Welcome(Box::new(builders::welcome()));
        peer.send(if before { ServerFrame::CaughtUp } else { frame }).await;
        assert_eq!(peer.ignore().await, Disconnect::Closed(CloseCode::PROTOCOL_VIOLATION));
        let link = bed.link(waiting).await;
        let ConnectionState::Waiting { why, .. } = link else { unreachable!() };
        assert_eq!(why, ConnectionFailure::Closed { code: CloseCode::PROTOCOL_VIOLATION.0 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_bye_counts_when_the_close_behind_it_is_lost() {
    let mut bed = Bed::new().await;
    let mut peer = greeted(&mut bed).await;
    let bye =
        ServerBye { code: 4502, retry_after_ms: None, spread_ms: None, reason: String::new() };
    peer.send(ServerFrame::Bye(bye)).await;
    drop(peer.into_inner());
    let link = bed.link(|link| refused(link) || waiting(link)).await;
    assert_eq!(link, ConnectionState::Refused { why: ConnectionFailure::SignedOut });
}

#[tokio::test(start_paused = true)]
async fn while_the_person_looks_on_a_message_is_probed_for_after_two_seconds() {
    for (active, seconds) in [(true, 2), (false, 5)] {
        let mut bed = Bed::new().await;
        let mut peer = greeted(&mut bed).await;
        bed.handle.set_active(active).await;
        bed.handle.send(room_id(1), "anybody?").await.unwrap();
        let _: Send = peer.seek().await;
        let sent = Instant::now();
        let _: Ping = peer.seek().await;
        assert_eq!(sent.elapsed().as_secs(), seconds, "active: {active}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_silence_the_server_hears_that_the_line_was_cut() {
    let mut bed = Bed::new().await;
    let silent = greeted(&mut bed).await;
    bed.link(waiting).await;
    let hello: homing_protocol::frame::Hello = bed.accept().await.expect().await;
    assert_eq!((hello.last_close, hello.attempt), (Some(CloseCode::ABNORMAL.0), 1));
    drop(silent);
}
