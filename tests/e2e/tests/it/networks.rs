//! Two people, one server, and a network that fails in every way it knows.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::{Person, hasty};
use homing_engine::timeouts::Timeouts;
use homing_protocol::{JoinLink, Role, RoomId};
use homing_server::{Config, Running, Server, SystemClock, TlsMode};
use homing_testkit::Proxy;
use homing_testkit::history::History;
use homing_testkit::proxy::Cut;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// A server in this process, a proxy in front of it, and two members behind the proxy.
struct Stage {
    server: Option<Running>,
    proxy: Proxy,
    ada: Person,
    ben: Person,
    room: RoomId,
    folder: tempfile::TempDir,
}

async fn serve(data: std::path::PathBuf, listen: std::net::SocketAddr) -> Running {
    let config = Config { listen, tls: TlsMode::Off, ..Config::new(data) };
    Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await.unwrap()
}

impl Stage {
    async fn set() -> Self {
        Self::set_with(hasty()).await
    }

    async fn set_with(timeouts: Timeouts) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let anywhere = ([127, 0, 0, 1], 0).into();
        let server = serve(folder.path().join("server"), anywhere).await;
        let proxy = Proxy::start(server.addr);
        let through = |link: JoinLink| {
            let mut link = link;
            link.address.host = proxy.addr.ip().to_string();
            link.address.port = proxy.addr.port();
            link
        };
        let link = through(server.join_link.clone().unwrap());
        let ada = Person::join_with(&link, "Ada", folder.path().to_owned(), 1, timeouts).await;
        let invite = ada.handle.invite(Role::Member, None, None).await.unwrap();
        let ben = Person::join_with(&invite, "Ben", folder.path().to_owned(), 2, timeouts).await;
        let room = ada.entrance().await;
        ben.entrance().await;
        ada.settle().await;
        ben.settle().await;
        Self { server: Some(server), proxy, ada, ben, room, folder }
    }

    async fn both_write(&self, what: &str) {
        for n in 1..=5 {
            self.ada.write(self.room, format!("{what} {n}")).await;
            self.ben.write(self.room, format!("{what} {n}")).await;
        }
    }

    /// Everything written is with both of them, once and in one order.
    async fn judge(self) {
        self.ada.settle().await;
        self.ben.settle().await;
        let last = |log: Vec<homing_testkit::history::LogEntry>| log.last().map(|entry| entry.seq);
        let head = last(self.ada.log(self.room).await).max(last(self.ben.log(self.room).await));
        let mut history = History::default();
        for person in [&self.ada, &self.ben] {
            person.reach(self.room, head.unwrap()).await;
            let account = person.account(self.room).await;
            history.devices.insert(person.record.user_name.clone(), account);
        }
        let witness = self.ada.forget_everything().await;
        witness.entrance().await;
        witness.reach(self.room, head.unwrap()).await;
        history.server = witness.log(self.room).await;
        assert_eq!(history.violations(), []);
        assert!(history.devices.values().all(|device| device.outbox.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_while_cut_off_arrives_on_both_sides() {
    let stage = Stage::set().await;
    stage.both_write("before").await;
    stage.proxy.offline().await;
    stage.both_write("offline").await;
    sleep(Duration::from_millis(300)).await;
    stage.both_write("still offline").await;
    assert!(stage.ben.handle.outbox().await.unwrap().len() >= 10);
    stage.proxy.online().await;
    stage.judge().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_in_the_middle_of_a_conversation_lose_nothing() {
    let stage = Stage::set().await;
    stage.proxy.both(|line| line.slice = NonZeroUsize::new(7));
    for round in 0..10 {
        stage.both_write(&format!("round {round}")).await;
        let how = if round % 2 == 0 { Cut::Reset } else { Cut::Finish };
        stage.proxy.cut(how).await;
    }
    stage.judge().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_falls_silent_is_noticed_and_replaced() {
    let stage = Stage::set().await;
    stage.proxy.silence();
    stage.both_write("into the void").await;
    // Longer than a probe and its answer may take: both sides have given the line up.
    sleep(Duration::from_millis(1500)).await;
    stage.proxy.pass();
    stage.judge().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_is_found_again() {
    let mut stage = Stage::set().await;
    stage.both_write("before").await;
    let old = stage.server.take().unwrap();
    let addr = old.addr;
    old.shutdown().await;
    stage.both_write("in between").await;
    stage.server = Some(serve(stage.folder.path().join("server"), addr).await);
    // The server asked for patience; a person has none.
    stage.ada.handle.try_now().await;
    stage.ben.handle.try_now().await;
    stage.both_write("after").await;
    stage.judge().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_dies_offline_has_its_queue_when_it_rises() {
    let mut stage = Stage::set().await;
    stage.proxy.offline().await;
    stage.both_write("offline").await;
    stage.ada = stage.ada.die_and_rise().await;
    let queued = stage.ada.handle.outbox().await.unwrap();
    assert_eq!(queued.len(), 5);
    stage.proxy.online().await;
    stage.judge().await;
}

/// A message that needs longer than anybody waits for an answer, up and down again. The line takes all of it
/// at once and carries it slowly, as much of what stands in between does. Counted in bytes: each goes once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_message_goes_over_a_slow_line_once() {
    const BYTES: u64 = 60_000;
    let stage = Stage::set_with(Timeouts::default()).await;
    stage.proxy.both(|line| {
        line.bytes_per_second = NonZeroU32::new(5_000);
        line.slice = NonZeroUsize::new(1_000);
    });
    let before = stage.proxy.traffic();
    stage.ada.write(stage.room, "x".repeat(60_000)).await;
    stage.ada.settle().await;
    stage.ben.settle().await;
    let head = stage.ada.log(stage.room).await.last().unwrap().seq;
    stage.ben.reach(stage.room, head).await;
    let after = stage.proxy.traffic();
    let (up, down) = (after.up - before.up, after.down - before.down);
    // Down it goes to Ben, and comes to Ada in her `ok`, without its text.
    assert!(up < BYTES * 13 / 10, "{up} bytes went up");
    assert!(down < BYTES * 2 * 13 / 10, "{down} bytes came down");
    assert_eq!(after.connections, before.connections, "nobody was cut off");
    stage.proxy.pass();
    stage.judge().await;
}
