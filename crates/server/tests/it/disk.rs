//! What the disk does to a server that runs: it fills up, has room again, or is swept clean.

use std::fs;
use std::time::Duration;

use homing_protocol::{ErrorCode, RoomId, ServerFrame};
use homing_server::store::sqlite::FILE;

use crate::client::{Client, message};
use crate::space::{Space, raw_call};

/// Sends one message of so many characters: its verdict.
async fn try_write(client: &mut Client, room: RoomId, size: usize) -> Result<u64, ErrorCode> {
    client.send(room, vec![message(&"x".repeat(size))]).await;
    client
        .expect(|frame| match frame {
            ServerFrame::Ok(committed) => Some(Ok(committed.items[0].seq.0)),
            ServerFrame::Err(failure) => Some(Err(failure.code)),
            _ => None,
        })
        .await
}

async fn readiness(space: &Space) -> u16 {
    raw_call(&space.address(), "GET", "/readyz", &[], String::new()).await.0
}

#[tokio::test]
async fn room_made_under_a_running_server_is_found_by_itself() {
    let mut space = Space::start_with(|config| {
        config.limits.send_burst = 100_000;
        config.limits.sends_per_second = 100_000;
    })
    .await;
    let ada = space.join("Ada").await;
    space.stop().await;
    // Something that is in the way and can be removed while the server runs.
    let path = space.config.data.join(FILE);
    let beside = rusqlite::Connection::open(&path).unwrap();
    beside
        .execute_batch("CREATE TABLE ballast (x); INSERT INTO ballast VALUES (zeroblob(400000))")
        .unwrap();
    space.config.max_pages = Some(220);
    space.config.timers.tick = Duration::from_millis(20);
    space.go().await;
    let ada = crate::space::Person { address: space.address(), ..ada };
    let mut a = ada.online().await;
    let room = a.general();
    let mut last = 1;
    let refused = loop {
        match try_write(&mut a, room, 20_000).await {
            Ok(seq) => {
                assert_eq!(seq, last + 1);
                last = seq;
            }
            Err(code) => break code,
        }
        assert!(last < 1000);
    };
    assert_eq!(refused, ErrorCode::ReadOnly);
    beside.execute_batch("DROP TABLE ballast").unwrap();
    // Nobody writes, and still it notices: who waits for it to be ready sends nobody before.
    let ready = async {
        while readiness(&space).await != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ready).await.expect("it recovers by itself");
    assert_eq!(try_write(&mut a, room, 20_000).await, Ok(last + 1), "no seq was lost meanwhile");
    let page = a.pull(room, Some(0), None, 200).await;
    assert_eq!(page.head.0, last + 1);
}

/// On Windows an open file can't be removed.
#[cfg(unix)]
#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_is_no_longer_there() {
    for victim in ["", FILE, "space.db-wal"] {
        let space = Space::start().await;
        let mut a = space.join("Ada").await.online().await;
        let room = a.general();
        a.write(room, "safe").await;
        if victim.is_empty() {
            fs::rename(&space.config.data, space.folder.path().join("moved")).unwrap();
        } else {
            fs::remove_file(space.config.data.join(victim)).unwrap();
        }
        assert_eq!(try_write(&mut a, room, 1).await, Err(ErrorCode::ReadOnly), "{victim}");
        assert_eq!(readiness(&space).await, 503);
        assert_eq!(a.pull(room, Some(0), None, 200).await.head.0, 2, "reading goes on");
    }
}
