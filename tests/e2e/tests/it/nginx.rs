//! A real nginx with its default patience, and the example that we ship, in front of the server.
//!
//! Three real minutes, because it is real programs that wait here.

use std::sync::Arc;
use std::time::Duration;

use homing_e2e::nginx::{Certificate, Nginx, Patience};
use homing_e2e::person::Keyring;
use homing_e2e::wire::{self, Wire};
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::diff::Diff;
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::SecretStore;
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::ConnectionState;
use homing_engine::{Config, Deps, Engine, Handle};
use homing_protocol::{JoinLink, Role};
use homing_server::{Config as ServerConfig, Running, Server, Timers, TlsMode, tls};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

const IDLE: Duration = Duration::from_secs(180);
/// After which nginx cuts a silent connection when nobody told it otherwise.
const NGINX: Duration = Duration::from_secs(60);

async fn serve(data: std::path::PathBuf, timers: Timers) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    let config = ServerConfig { listen, tls: TlsMode::Off, timers, ..ServerConfig::new(data) };
    let clock = Arc::new(homing_server::SystemClock);
    Server::start(config, clock, CancellationToken::new()).await.unwrap()
}

fn through(link: &JoinLink, nginx: &Nginx) -> JoinLink {
    let mut link = link.clone();
    (link.address.host, link.address.port) = (nginx.addr.ip().to_string(), nginx.addr.port());
    link
}

/// Comes in, with the patience that every app has.
async fn come_in(link: &JoinLink, name: &str, seed: u64) -> Handle {
    let (record, token) = wire::join(link, name, seed).await;
    let keyring = Keyring::default();
    keyring.set(&record.secret_name(), token).await.unwrap();
    let deps = Deps {
        store: Arc::new(MemoryStore::default()),
        connector: Arc::new(Dialer::new(Vec::new())),
        secrets: Arc::new(keyring),
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(seed),
        config: Config::new("idle 0"),
    };
    let handle = Engine::start(record, deps, CancellationToken::new()).await.unwrap();
    is_up(&handle).await;
    handle
}

async fn is_up(handle: &Handle) {
    while !matches!(handle.overview().await.unwrap().1.connection, ConnectionState::UpToDate { .. })
    {
        sleep(Duration::from_millis(20)).await;
    }
}

/// Every word about the connection while nothing is said over it, but that it stands.
async fn idle(handle: &Handle) -> Vec<ConnectionState> {
    let (_, overview, mut batches) = handle.subscribe().await.unwrap();
    let mut words = vec![overview.connection];
    let listening = async {
        while let Some(batch) = batches.recv().await.unwrap() {
            words.extend(batch.diffs.iter().filter_map(|diff| match diff {
                Diff::Connection { connection: link } => Some(link.clone()),
                _ => None,
            }));
        }
    };
    assert!(timeout(IDLE, listening).await.is_err(), "the engine runs");
    words.retain(|link| !matches!(link, ConnectionState::UpToDate { .. }));
    words
}

/// What is written after it goes out over the connection that is there.
async fn still_writes(handle: &Handle) {
    let room = handle.overview().await.unwrap().1.rooms.first().unwrap().id;
    handle.send(room, "still here").await.unwrap();
    while !handle.outbox().await.unwrap().is_empty() {
        sleep(Duration::from_millis(20)).await;
    }
}

/// That the default is in force: whoever is silent for longer is cut off.
async fn the_silent_are_cut(folder: &std::path::Path) {
    // One ping at some moment, and no word about an answer that does not come.
    let (heartbeat, pong_timeout) = (3 * NGINX, 10 * NGINX);
    let timers = Timers { heartbeat, pong_timeout, ..Timers::default() };
    let server = serve(folder.join("silent"), timers).await;
    let nginx = Nginx::start(server.addr, None, Patience::Default).await;
    let link = through(server.join_link.as_ref().unwrap(), &nginx);
    let (record, token) = wire::join(&link, "Eve", 1).await;
    let begin = Instant::now();
    let wire = Wire::open(&record, &token, None).await;
    timeout(IDLE, wire.end()).await.expect("nginx cuts it");
    assert!(begin.elapsed() >= NGINX - Duration::from_secs(5), "{:?}", begin.elapsed());
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_idle_minutes_behind_nginx_cut_nobody_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path().join("server"), Timers::default()).await;
    let link = server.invite(Role::Member).await.unwrap();

    let bare = Nginx::start(server.addr, None, Patience::Default).await;
    let ada = come_in(&through(&link, &bare), "Ada", 1).await;

    // As shipped, with TLS; the certificate is one that the link can name.
    let own = tls::prepare(&TlsMode::SelfSigned, folder.path(), &link.address).unwrap().unwrap();
    let files = Certificate {
        cert: folder.path().join("tls-cert.pem"),
        key: folder.path().join("tls-key.pem"),
    };
    let shipped = Nginx::start(server.addr, Some(&files), Patience::Shipped).await;
    let mut secure = through(&link, &shipped);
    (secure.address.tls, secure.address.fingerprint) = (true, own.fingerprint);
    let ben = come_in(&secure, "Ben", 2).await;

    let (of_ada, of_ben, ()) =
        tokio::join!(idle(&ada), idle(&ben), the_silent_are_cut(folder.path()));
    assert_eq!(of_ada, [], "behind nginx as it comes");
    assert_eq!(of_ben, [], "behind deploy/nginx.conf");
    still_writes(&ada).await;
    still_writes(&ben).await;
    server.shutdown().await;
}
