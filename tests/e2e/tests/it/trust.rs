//! Whom a client trusts: a company's own authority, and the very certificate of a link.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::{Keyring, hasty};
use homing_engine::clock::{Clock as _, Seed, SystemClock, new_cid};
use homing_engine::net::authority::Authorities;
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore};
use homing_engine::session::{self, JoinError, SpaceRecord};
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{Link, LinkFailure};
use homing_engine::{Config, Deps, Engine, Handle};
use homing_protocol::{JoinLink, Role};
use homing_server::{Config as ServerConfig, Running, Server, TlsMode};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(60);

async fn serve(data: &Path, tls: TlsMode, port: u16) -> Running {
    let listen = ([127, 0, 0, 1], port).into();
    let config = ServerConfig { listen, tls, ..ServerConfig::new(data.to_owned()) };
    let clock = Arc::new(homing_server::SystemClock);
    Server::start(config, clock, CancellationToken::new()).await.unwrap()
}

async fn link(server: &Running) -> JoinLink {
    let mut link = server.invite(Role::Member).await.unwrap();
    (link.address.host, link.address.port) = ("127.0.0.1".to_owned(), server.addr.port());
    link
}

async fn join(link: &JoinLink, dialer: &Dialer) -> Result<(SpaceRecord, Secret), JoinError> {
    let key = new_cid(0, &mut Seed::from_number(1).grow());
    session::join(link, "Ada", None, "test", key, dialer).await
}

async fn come_in(record: SpaceRecord, token: Secret, dialer: Arc<Dialer>) -> Handle {
    let keyring = Keyring::default();
    keyring.set(&record.secret_name(), token).await.unwrap();
    let deps = Deps {
        store: Arc::new(MemoryStore::default()),
        connector: dialer,
        secrets: Arc::new(keyring),
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(1),
        config: Config { timeouts: hasty(), ..Config::new("trusting 0") },
    };
    Engine::start(record, deps, CancellationToken::new()).await.unwrap()
}

async fn link_is(handle: &Handle, what: &str, wanted: impl Fn(&Link) -> bool) -> Link {
    let waiting = async {
        loop {
            let link = handle.overview().await.unwrap().1.link;
            if wanted(&link) {
                return link;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("it is {what}"))
}

fn up(link: &Link) -> bool {
    matches!(link, Link::UpToDate { .. })
}

/// A company's authority, and a certificate of it for a server on this machine, in PEM files.
fn company(folder: &Path) -> (String, TlsMode) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Loft Internal CA");
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&own, &issuer).unwrap();
    let (cert, key) = (folder.join("server.pem"), folder.join("server.key"));
    std::fs::write(&cert, server.pem()).unwrap();
    std::fs::write(&key, own.serialize_pem()).unwrap();
    (authority, TlsMode::Files { cert, key })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_authority_is_refused_without_its_file_and_taken_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, tls) = company(folder.path());
    let server = serve(&folder.path().join("one"), tls.clone(), 0).await;
    let other = serve(&folder.path().join("two"), tls, 0).await;
    let (to_one, to_other) = (link(&server).await, link(&other).await);
    assert_eq!(to_one.address.fingerprint, None, "the link names no certificate");

    let dialer = Arc::new(Dialer::new(Vec::new()));
    let refused = join(&to_one, &dialer).await;
    assert!(matches!(refused, Err(JoinError::CertificateUntrusted)), "{refused:?}");

    let now = SystemClock.now_ms();
    let mut kept = Authorities::in_folder(folder.path());
    kept.add(&to_one.address, &authority, now).unwrap();
    dialer.trust(kept.good(now));
    // The calls over HTTP, and the WebSocket.
    let (record, token) = join(&to_one, &dialer).await.unwrap();
    let handle = come_in(record, token, dialer.clone()).await;
    link_is(&handle, "up", up).await;
    // For its server and no other.
    let refused = join(&to_other, &dialer).await;
    assert!(matches!(refused, Err(JoinError::CertificateUntrusted)), "{refused:?}");

    // What is no longer trusted ends at once.
    kept.remove(&to_one.address.authority()).unwrap();
    dialer.trust(kept.good(now));
    handle.reroute().await;
    link_is(&handle, "refused", |link| {
        matches!(link, Link::Waiting { why: LinkFailure::CertificateUntrusted, .. })
    })
    .await;
    kept.add(&to_one.address, &authority, now).unwrap();
    dialer.trust(kept.good(now));
    handle.reroute().await;
    link_is(&handle, "up again", up).await;
    handle.shutdown().await;
    server.shutdown().await;
    other.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_certificate_stops_until_the_right_one_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    let server = serve(&data, TlsMode::SelfSigned, 0).await;
    let port = server.addr.port();
    let invitation = link(&server).await;
    let dialer = Arc::new(Dialer::new(Vec::new()));
    let (record, token) = join(&invitation, &dialer).await.unwrap();
    let handle = come_in(record, token, dialer.clone()).await;
    link_is(&handle, "up", up).await;

    server.shutdown().await;
    let aside = |file: &str| (data.join(file), folder.path().join(file));
    for file in ["tls-cert.pem", "tls-key.pem"] {
        let (here, aside) = aside(file);
        std::fs::rename(here, aside).unwrap();
    }
    let server = serve(&data, TlsMode::SelfSigned, port).await;
    let refused = link_is(&handle, "stopped", |link| matches!(link, Link::Refused { .. })).await;
    let why = LinkFailure::CertificateChanged {
        expected: invitation.address.fingerprint.unwrap().to_string(),
        found: server.fingerprint.unwrap().to_string(),
    };
    assert_eq!(refused, Link::Refused { why });
    let joined = join(&invitation, &dialer).await;
    assert!(matches!(joined, Err(JoinError::CertificateChanged { .. })), "{joined:?}");

    // Another network, in which the right one stands there.
    server.shutdown().await;
    for file in ["tls-cert.pem", "tls-key.pem"] {
        let (here, aside) = aside(file);
        std::fs::rename(aside, here).unwrap();
    }
    let server = serve(&data, TlsMode::SelfSigned, port).await;
    handle.network_changed().await;
    link_is(&handle, "up again", up).await;
    handle.shutdown().await;
    server.shutdown().await;
}
