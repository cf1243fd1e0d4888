//! Real proxies with passwords, between a real engine and a real server.
//!
//! The server listens on the loopback, which Homing never reaches through a proxy. So it is called
//! by a name that no resolver of ours takes for an address, and that the proxy's does: which also
//! shows that nobody here is asked for the name.

use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::{Keyring, hasty};
use homing_e2e::proxies::{PASSWORD, RealProxy, USER};
use homing_engine::clock::{Seed, SystemClock, new_cid};
use homing_engine::net::connector::ProxyError;
use homing_engine::net::dialer::{Dialer, DialerDeps};
use homing_engine::net::route::{NoSystemProxy, ProxySource};
use homing_engine::net::settings::{ManualProxy, NetworkSettings, ProxyKind, ProxyMode};
use homing_engine::secret::{Secret, SecretStore};
use homing_engine::session::{self, JoinError};
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_engine::{Config, Deps, Engine, Handle};
use homing_protocol::{JoinLink, Role};
use homing_server::{Config as ServerConfig, Running, Server, TlsMode};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(60);
/// 127.0.0.1 to `getaddrinfo`, and a name to us.
const NAME: &str = "0x7f000001";

async fn serve(folder: &std::path::Path) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    let tls = TlsMode::SelfSigned;
    let config = ServerConfig { listen, tls, ..ServerConfig::new(folder.join("server")) };
    let clock = Arc::new(homing_server::SystemClock);
    Server::start(config, clock, CancellationToken::new()).await.unwrap()
}

async fn link(server: &Running) -> JoinLink {
    let mut link = server.invite(Role::Member).await.unwrap();
    NAME.clone_into(&mut link.address.host);
    link
}

fn through(proxy: &RealProxy, user: &str) -> NetworkSettings {
    NetworkSettings {
        proxy: ProxyMode::Manual,
        manual: ManualProxy {
            kind: proxy.kind,
            host: proxy.addr.ip().to_string(),
            port: proxy.addr.port(),
            user: user.to_owned(),
            password_kept: true,
            bypass: String::new(),
        },
    }
}

/// A dialer with this password in its keyring.
async fn dialer(network: NetworkSettings, password: &str) -> (Arc<Dialer>, Arc<Keyring>) {
    let keyring = Arc::new(Keyring::default());
    keyring.set(&network.manual.secret_name(), Secret::new(password)).await.unwrap();
    let outside = DialerDeps {
        secrets: keyring.clone(),
        variable: Arc::new(|_: &str| None),
        variable_source: ProxySource::Environment,
        system: Arc::new(NoSystemProxy),
    };
    (Arc::new(Dialer::with_settings(network, outside, Vec::new())), keyring)
}

async fn join(
    link: &JoinLink,
    dialer: &Dialer,
) -> Result<(session::SpaceRecord, Secret), JoinError> {
    let key = new_cid(0, &mut Seed::from_number(1).grow());
    session::join(link, "Ada", None, "test", key, dialer).await
}

async fn link_is(
    handle: &Handle,
    what: &str,
    wanted: impl Fn(&ConnectionState) -> bool,
) -> ConnectionState {
    let waiting = async {
        loop {
            let link = handle.overview().await.unwrap().1.connection;
            if wanted(&link) {
                return link;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("it is {what}"))
}

fn up(link: &ConnectionState) -> bool {
    matches!(link, ConnectionState::UpToDate { .. })
}

fn fails_by(link: &ConnectionState, trouble: ProxyError) -> bool {
    matches!(link, ConnectionState::Waiting { why: ConnectionFailure::Proxy { trouble: found }, .. } if *found == trouble)
}

async fn everything_is_sent(handle: &Handle) {
    let sent = async {
        while !handle.outbox().await.unwrap().is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, sent).await.expect("it is sent");
}

async fn talks_through(kind: ProxyKind) {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path()).await;
    let mut proxy = RealProxy::start(kind).await;
    let invitation = link(&server).await;

    // Without the proxy this name leads nowhere that is ours: nobody goes past it.
    for (network, password, expected) in [
        (through(&proxy, ""), "", ProxyError::NeedsPassword),
        (through(&proxy, USER), "wrong", ProxyError::WrongPassword),
        (through(&proxy, "eve"), PASSWORD, ProxyError::WrongPassword),
    ] {
        let (dialer, _) = dialer(network, password).await;
        let joined = join(&invitation, &dialer).await;
        let Err(JoinError::Proxy { trouble }) = joined else { panic!("{expected:?}: {joined:?}") };
        assert_eq!(trouble, expected);
    }
    let mut nowhere = invitation.clone();
    nowhere.address.port = 1;
    let (dialer, keyring) = dialer(through(&proxy, USER), PASSWORD).await;
    let joined = join(&nowhere, &dialer).await;
    assert!(
        matches!(joined, Err(JoinError::Proxy { trouble: ProxyError::NoWay })),
        "nobody listens there: {joined:?}"
    );

    let (record, token) = join(&invitation, &dialer).await.unwrap();
    keyring.set(&record.secret_name(), token).await.unwrap();
    let deps = Deps {
        store: Arc::new(MemoryStore::default()),
        connector: dialer.clone(),
        secrets: keyring.clone(),
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(1),
        config: Config { timeouts: hasty(), ..Config::new("proxied 0") },
    };
    let handle = Engine::start(record, deps, CancellationToken::new()).await.unwrap();
    link_is(&handle, "up", up).await;
    let room = handle.overview().await.unwrap().1.rooms.first().unwrap().id;
    handle.send(room, "through the proxy").await.unwrap();
    everything_is_sent(&handle).await;

    // The proxy dies in the middle of it, and comes back.
    proxy.kill().await;
    link_is(&handle, "down", |link| fails_by(link, ProxyError::Unreachable)).await;
    handle.send(room, "while it was away").await.unwrap();
    proxy.restart().await;
    link_is(&handle, "up again", up).await;
    everything_is_sent(&handle).await;

    // What is chosen holds at once: also for a connection that stands.
    let name = through(&proxy, USER).manual.secret_name();
    let choose = async || {
        dialer.set_network(through(&proxy, USER));
        handle.reroute().await;
    };
    keyring.set(&name, Secret::new("wrong")).await.unwrap();
    choose().await;
    link_is(&handle, "refused", |link| fails_by(link, ProxyError::WrongPassword)).await;
    keyring.delete(&name).await.unwrap();
    choose().await;
    link_is(&handle, "without a password", |link| fails_by(link, ProxyError::NoPassword)).await;
    // One that is corrected where it is kept is found without choosing.
    keyring.set(&name, Secret::new(PASSWORD)).await.unwrap();
    handle.reroute().await;
    link_is(&handle, "up once more", up).await;

    // The other kind is no proxy of this kind: one says so, one waits for more of a request.
    let other = match kind {
        ProxyKind::Http => ProxyKind::Socks5,
        ProxyKind::Socks5 => ProxyKind::Http,
    };
    let mut network = through(&proxy, USER);
    network.manual.kind = other;
    dialer.set_network(network);
    handle.reroute().await;
    link_is(&handle, "down", |link| {
        let timed_out =
            matches!(link, ConnectionState::Waiting { why: ConnectionFailure::TimedOut, .. });
        timed_out || fails_by(link, ProxyError::NotAProxy) || fails_by(link, ProxyError::HungUp)
    })
    .await;
    handle.shutdown().await;
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_through_a_real_socks5_proxy() {
    talks_through(ProxyKind::Socks5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_through_a_real_http_proxy() {
    talks_through(ProxyKind::Http).await;
}
