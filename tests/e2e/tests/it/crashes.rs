//! The engine dies at chosen and at random moments, again and again, on one file.

use std::sync::Arc;
use std::time::Duration;

use homing_e2e::fuse::Side;
use homing_e2e::person::Person;
use homing_engine::TimelineWindow;
use homing_engine::view::TimelinePosition;
use homing_protocol::{Content, Limits, Message, RoomId, Seq};
use homing_server::config::Rates;
use homing_server::rate_limit::Rate;
use homing_server::{Config, Server, SystemClock, TlsMode};
use homing_testkit::history::History;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const LIVES: u64 = 80;
const SEED: u64 = 20_260_102;

/// A server that is as patient as this test is not: the limits are not what is tested here.
async fn serve(data: std::path::PathBuf) -> homing_server::Running {
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: TlsMode::Off,
        limits: Limits { sends_per_second: 1000, send_burst: 1000, ..Limits::default() },
        rates: Rates { hellos: Rate::per_minute(100_000), ..Rates::default() },
        ..Config::new(data)
    };
    Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await.unwrap()
}

/// The numbers that were written, in the order of the log.
async fn numbers(person: &Person, room: RoomId) -> Vec<u64> {
    let (mut numbers, mut after) = (Vec::new(), Seq(0));
    loop {
        let page = person.handle.timeline(room, TimelineWindow::After(after), 500).await.unwrap();
        let before = after;
        for item in page.items {
            if let TimelinePosition::Log(seq) = item.place {
                after = seq;
                if let Content::Message(Message { text, .. }) = item.content {
                    numbers.push(text.parse().unwrap());
                }
            }
        }
        if after == before {
            return numbers;
        }
    }
}

/// Each life writes a few messages and ends at a commit, on one side of it or the other, or at any
/// moment at all. What was answered is in the log, nothing is there twice, the order is kept, also
/// of what was not answered any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dying_at_any_commit_or_moment_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path().join("server")).await;
    let link = server.join_link.clone().unwrap();
    let mut ada = Person::join(&link, "Ada", folder.path().to_owned(), 1).await;
    let room = ada.entrance().await;
    ada.settle().await;

    let mut rng = StdRng::seed_from_u64(SEED);
    let mut answered = Vec::new();
    let mut number = 0;
    for life in 0..LIVES {
        let moment = Duration::from_millis(rng.random_range(0..120));
        match life % 3 {
            0 => ada.disk.set(rng.random_range(0..12), Side::Before),
            1 => ada.disk.set(rng.random_range(0..12), Side::After),
            _ => {}
        }
        let by_moment = life % 3 == 2;
        let writing = async {
            for _ in 0..8 {
                number += 1;
                ada.write(room, number.to_string()).await;
                answered.push(number);
                // Time for an answer of the server now and then, so that lives end there too.
                if rng.random_bool(0.3) {
                    sleep(Duration::from_millis(rng.random_range(0..15))).await;
                }
            }
            ada.settle().await;
        };
        if by_moment {
            _ = timeout(moment, writing).await;
        } else {
            tokio::select! {
                biased;
                () = ada.disk.blown() => {}
                () = writing => {}
            }
        }
        ada = ada.die_and_rise().await;
    }
    ada.settle().await;

    let mut history = History::default();
    history.devices.insert("Ada".to_owned(), ada.account(room).await);
    let witness = ada.forget_everything().await;
    witness.entrance().await;
    let head = history.devices["Ada"].log.last().unwrap().seq;
    witness.reach(room, head).await;
    history.server = witness.log(room).await;
    assert_eq!(history.violations(), [], "seed {SEED}");
    assert!(history.devices["Ada"].outbox.is_empty());
    let log = numbers(&witness, room).await;
    assert!(log.is_sorted_by(|one, next| one < next), "seed {SEED}: {log:?}");
    let lost: Vec<_> = answered.iter().filter(|number| !log.contains(number)).collect();
    assert!(lost.is_empty(), "seed {SEED}: lost {lost:?}");
    assert!(answered.len() > 300, "{} of {number} were answered", answered.len());
    server.shutdown().await;
}
