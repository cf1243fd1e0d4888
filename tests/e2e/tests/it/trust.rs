//! Whom a client trusts: a company's own authority, and the very certificate of a link.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use homing_e2e::person::{Keyring, hasty};
use homing_engine::clock::{Clock as _, Seed, SystemClock, new_cid};
use homing_engine::net::certificate_authority::CertificateAuthorities;
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore};
use homing_engine::session::{self, CertificateTrust, JoinError, SpaceRecord};
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_engine::{Config, Deps, Engine, Handle};
use homing_protocol::link::{Address, Fingerprint};
use homing_protocol::{JoinLink, Role};
use homing_server::{Config as ServerConfig, Running, Server, TlsMode};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig as TlsConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
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
    let mut kept = CertificateAuthorities::in_folder(folder.path());
    kept.add(&to_one.address, &authority, now).unwrap();
    dialer.set_authorities(kept.good(now));
    // The calls over HTTP, and the WebSocket.
    let (record, token) = join(&to_one, &dialer).await.unwrap();
    let handle = come_in(record, token, dialer.clone()).await;
    link_is(&handle, "up", up).await;
    // For its server and no other.
    let refused = join(&to_other, &dialer).await;
    assert!(matches!(refused, Err(JoinError::CertificateUntrusted)), "{refused:?}");

    // What is no longer trusted ends at once.
    kept.remove(&to_one.address.authority()).unwrap();
    dialer.set_authorities(kept.good(now));
    handle.reroute().await;
    link_is(&handle, "refused", |link| {
        matches!(
            link,
            ConnectionState::Waiting { why: ConnectionFailure::CertificateUntrusted, .. }
        )
    })
    .await;
    kept.add(&to_one.address, &authority, now).unwrap();
    dialer.set_authorities(kept.good(now));
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
    let refused =
        link_is(&handle, "stopped", |link| matches!(link, ConnectionState::Refused { .. })).await;
    let why = ConnectionFailure::CertificateChanged {
        expected: invitation.address.fingerprint.unwrap().to_string(),
        found: server.fingerprint.unwrap().to_string(),
    };
    assert_eq!(refused, ConnectionState::Refused { why });
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

/// Takes TLS off in front of a server, and keeps all that was said to it: what anybody sees who stands
/// there with a certificate of their own making.
struct Listening {
    addr: SocketAddr,
    certificate: CertificateDer<'static>,
    heard: Arc<Mutex<Vec<u8>>>,
    /// Ends with this.
    _listening: JoinSet<()>,
}

impl Listening {
    async fn before(server: SocketAddr) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (addr, heard) = (listener.local_addr().unwrap(), Arc::new(Mutex::default()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = TlsConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let hears = heard.clone();
        let mut listening = JoinSet::new();
        listening.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                // A client that refuses the certificate is gone by then.
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                let to = TcpStream::connect(server).await.unwrap();
                lines.spawn(pass_on(stream, to, hears.clone()));
            }
        });
        Self { addr, certificate, heard, _listening: listening }
    }

    fn address(&self) -> Address {
        let (host, port) = (self.addr.ip().to_string(), self.addr.port());
        Address { host, port, tls: true, fingerprint: None }
    }

    fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

async fn pass_on(
    client: impl AsyncRead + AsyncWrite,
    server: TcpStream,
    heard: Arc<Mutex<Vec<u8>>>,
) {
    let (mut from_client, mut to_client) = split(client);
    let (mut from_server, mut to_server) = split(server);
    let up = async {
        let mut bytes = Vec::new();
        while let Ok(1..) = from_client.read_buf(&mut bytes).await {
            heard.lock().unwrap().extend_from_slice(&bytes);
            if to_server.write_all(&bytes).await.is_err() {
                break;
            }
            bytes.clear();
        }
    };
    tokio::select! {
        () = up => {}
        _ = copy(&mut from_server, &mut to_client) => {}
    }
}

const PASSWORD: &str = "correct horse battery";

async fn sign_in(address: &Address, dialer: &Dialer) -> Result<(SpaceRecord, Secret), JoinError> {
    session::sign_in(address, "Ada", &Secret::new(PASSWORD), "second", dialer).await
}

/// A space without TLS, in which Ada has a password.
async fn space_of_ada(data: &Path, dialer: &Dialer) -> Running {
    let server = serve(data, TlsMode::Off, 0).await;
    let (link, password) = (link(&server).await, Secret::new(PASSWORD));
    let key = new_cid(0, &mut Seed::from_number(1).grow());
    session::join(&link, "Ada", Some(&password), "first", key, dialer).await.unwrap();
    server
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_password_is_sent_before_a_self_made_certificate_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let dialer = Dialer::new(Vec::new());
    let server = space_of_ada(&folder.path().join("server"), &dialer).await;
    let listening = Listening::before(server.addr).await;
    let address = listening.address();

    // Asked, and signed in to as if nobody had been: not a byte of a request.
    let Ok(CertificateTrust::NeedsConfirmation(found)) =
        session::check_certificate(&address, &dialer).await
    else {
        panic!("it is to be asked about")
    };
    let refused = sign_in(&address, &dialer).await;
    assert!(matches!(refused, Err(JoinError::CertificateUntrusted)), "{refused:?}");
    assert_eq!(listening.heard(), "");

    // What the person compares is the certificate that is there.
    let pinned = Address { fingerprint: Some(found), ..address };
    let other = Address { fingerprint: Some(Fingerprint([7; 32])), ..pinned.clone() };
    let refused = sign_in(&other, &dialer).await;
    assert!(
        matches!(&refused, Err(JoinError::CertificateChanged { found: shown, .. }) if *shown == found),
        "{refused:?}"
    );
    let asked = session::check_certificate(&other, &dialer).await;
    assert!(matches!(asked, Err(JoinError::CertificateChanged { .. })), "{asked:?}");
    assert_eq!(listening.heard(), "");

    assert_eq!(
        session::check_certificate(&pinned, &dialer).await.unwrap(),
        CertificateTrust::Trusted
    );
    assert_eq!(listening.heard(), "");
    let (record, _) = sign_in(&pinned, &dialer).await.unwrap();
    assert_eq!(record.address, pinned, "it is pinned as by a link");
    assert!(listening.heard().contains(PASSWORD), "it would have been heard");

    // Whom the system vouches for is not asked about.
    let vouched = Dialer::new(vec![listening.certificate.clone()]);
    assert_eq!(
        session::check_certificate(&listening.address(), &vouched).await.unwrap(),
        CertificateTrust::Trusted
    );
    server.shutdown().await;
}

/// Nobody can tell by a fingerprint whether an authority is good, and it has a remedy of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_somebody_else_signed_is_not_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let dialer = Dialer::new(Vec::new());
    let server = serve(&folder.path().join("server"), company(folder.path()).1, 0).await;
    let address = link(&server).await.address;
    let refused = session::check_certificate(&address, &dialer).await;
    assert!(matches!(refused, Err(JoinError::CertificateUntrusted)), "{refused:?}");
    server.shutdown().await;
}
