//! Slow devices, overflowing queues, and stopping.

use std::collections::BTreeSet;
use std::time::Duration;

use homing_protocol::{CloseCode, ServerFrame};

use crate::client::message;
use crate::space::Space;

/// Bodies large enough that a device that does not read fills every buffer on the way.
const LARGE: usize = 60_000;

#[tokio::test]
async fn a_device_that_does_not_read_gets_a_gap_and_misses_nothing() {
    let space = Space::start_with(|config| {
        config.limits.send_burst = 100_000;
        config.limits.sends_per_second = 100_000;
        config.rates.pulls = homing_server::rate_limit::Rate::per_second(1000, 1000);
    })
    .await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, mut b) = (ada.online().await, bob.online().await);
    let room = a.general();
    let text = "x".repeat(LARGE);
    let mut head = 0;
    // Far more than the socket's and the queue's buffers together.
    for _ in 0..60 {
        a.send(room, (0..4).map(|_| message(&text)).collect()).await;
        head = a.ok().await.items[3].seq.0;
    }
    // Now it reads: events in order, a gap where the queue overflowed, and it pulls the rest.
    let mut held = BTreeSet::new();
    let mut gaps = 0;
    for frame in b.settle().await {
        match frame {
            ServerFrame::Event(pushed) => {
                let seq = pushed.event.seq.0;
                assert!(held.last().is_none_or(|last| *last < seq), "in order");
                held.insert(seq);
            }
            ServerFrame::Gap(gap) => {
                assert_eq!(gap.room, room);
                assert!(gap.head.0 <= head);
                gaps += 1;
            }
            _ => {}
        }
    }
    let mut next = 1;
    while next <= head {
        if held.contains(&next) {
            next += 1;
            continue;
        }
        let page = b.pull(room, Some(next - 1), None, 200).await;
        held.extend(page.events.iter().map(|event| event.seq.0));
        assert_eq!(page.head.0, head);
    }
    assert!(gaps > 0, "the queue overflowed");
    assert!(space.figures().await["homing_queue_overflows_total"] > 0);
}

#[tokio::test]
async fn a_device_that_never_reads_is_given_up() {
    let space = Space::start_with(|config| {
        config.limits.send_burst = 100_000;
        config.limits.sends_per_second = 100_000;
        // The sender, too, reads nothing while a batch of its own leaves.
        config.timers.slow_consumer = Duration::from_secs(2);
        config.timers.closing = Duration::from_millis(100);
    })
    .await;
    let (ada, bob) = (space.join("Ada").await, space.join("Bob").await);
    let (mut a, b) = (ada.online().await, bob.online().await);
    let room = a.general();
    let text = "x".repeat(LARGE);
    for _ in 0..60 {
        a.send(room, (0..4).map(|_| message(&text)).collect()).await;
        a.ok().await;
    }
    let mut sessions = 0;
    for _ in 0..1000 {
        sessions = space.figures().await["homing_sessions"];
        if sessions == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(sessions, 1, "only the sender is left");
    drop(b);
}

#[tokio::test]
async fn stopping_says_goodbye_and_when_to_come_back() {
    let mut space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut a = ada.online().await;
    let room = a.general();
    a.send(room, vec![message("at the last moment")]).await;
    let ended = async {
        let (said, code) = a.until_closed().await;
        (said, code)
    };
    let ((said, code), ()) = tokio::join!(ended, space.stop());
    assert_eq!(code, CloseCode::SHUTDOWN.0);
    let bye = said.iter().find_map(|frame| match frame {
        ServerFrame::Bye(bye) => Some(bye.clone()),
        _ => None,
    });
    let bye = bye.unwrap();
    assert_eq!((bye.code, bye.retry_after_ms, bye.spread_ms), (4001, Some(1000), Some(5000)));
    // Either it was acknowledged, and is there, or it was not, and is there at most once.
    let acknowledged = said.iter().any(|frame| matches!(frame, ServerFrame::Ok(_)));
    space.go().await;
    let ada = crate::space::Person { address: space.address(), ..ada };
    let mut a = ada.online().await;
    let page = a.pull(room, Some(0), None, 200).await;
    let copies = page.events.iter().filter(|event| event.kind == "message").count();
    assert!(copies <= 1 && (copies == 1 || !acknowledged));
}
