//! What is seen behind one proxy, or through it.
//!
//! Somebody joins, is silent for a while, and both doctors look. The server is killed, somebody writes
//! meanwhile, and the doctors look again; it is started again, and what was written arrives.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use homing_e2e::daemon::{Daemon, free_port};
use homing_e2e::person::{Keyring, hasty};
use homing_e2e::process::ServerProcess;
use homing_engine::clock::{Seed, SystemClock, new_cid};
use homing_engine::diff::Diff;
use homing_engine::doctor::{self, Account, Target};
use homing_engine::net::dialer::{Dialer, DialerDeps};
use homing_engine::net::route::{NoSystemProxy, ProxySource};
use homing_engine::secret::SecretStore as _;
use homing_engine::store::memory::MemoryStore;
use homing_engine::timeouts::Timeouts;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_engine::{Config, Deps, Engine, Handle, session};
use homing_protocol::JoinLink;
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::authority::Authority;
use crate::forward::Forward;
use crate::programs::{Programs, Said};
use crate::reverse::{Front, Reverse};

/// How long anything may take that has no reason to wait: twice the longest wait between two tries.
const PATIENCE: Duration = Duration::from_secs(60);
/// The server's address for who asks a proxy for it: 127.0.0.1 to a resolver, and a name to us, who
/// never take a proxy to this machine.
const NAME: &str = "0x7f000001";
/// More than an address may guess wrongly at once, and what it gains while it tries.
const GUESSES: u8 = 60;

/// What is visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Behind it.
    Behind(Reverse),
    /// Through it.
    Through(Forward),
}

impl Place {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let behind = Reverse::ALL.into_iter().map(Self::Behind);
        behind.chain(Forward::ALL.into_iter().map(Self::Through))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind(reverse) => reverse.fmt(f),
            Self::Through(forward) => forward.fmt(f),
        }
    }
}

/// What was seen.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Every word about the connection during the silence, but that it stands: of one connection
    /// there are none.
    pub interrupted: Vec<ConnectionState>,
    /// What both doctors say while everything is well: the server's, where it can go the same way,
    /// and that of somebody who was invited.
    pub well: (Option<Said>, Said),
    /// What a member's device says while the server is away.
    pub away: ConnectionFailure,
    /// And both doctors.
    pub ill: (Option<Said>, Said),
    /// From the server's start until everything is here.
    pub back: Duration,
    /// Whether the address that a client claims is believed. None: nobody tells the server addresses.
    pub believes: Option<bool>,
}

impl Visit {
    /// What is not as it should be.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !self.interrupted.is_empty() {
            faults.push(format!("the silence was interrupted: {:?}", self.interrupted));
        }
        let well = [self.well.0.as_ref(), Some(&self.well.1)].into_iter().flatten();
        faults.extend(well.filter_map(Said::wrong).map(|wrong| format!("a doctor says {wrong}")));
        let mut ill = [self.ill.0.as_ref(), Some(&self.ill.1)].into_iter().flatten();
        if ill.any(|said| said.wrong().is_none()) {
            faults.push("a doctor says that all is fine while the server is away".to_owned());
        }
        if self.believes == Some(true) {
            faults.push("a client is taken to be where it claims".to_owned());
        }
        faults
    }
}

/// What stands in between.
enum Between {
    Front(Box<Front>, Reverse),
    Proxy(Box<Daemon>, Forward),
}

struct Scene {
    programs: Programs,
    folder: TempDir,
    authority: Authority,
    between: Between,
    upstream: SocketAddr,
}

impl Scene {
    async fn set(programs: &Programs, place: Place) -> Self {
        let folder = crate::reverse::folder();
        let authority = Authority::new(folder.path());
        let upstream = free_port();
        let between = match place {
            Place::Behind(reverse) => {
                Between::Front(Box::new(reverse.start(upstream, &authority).await), reverse)
            }
            Place::Through(forward) => Between::Proxy(Box::new(forward.start().await), forward),
        };
        Self { programs: programs.clone(), folder, authority, between, upstream }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("server")
    }

    /// How the server is told about its place, as for `serve` and for `doctor`.
    fn public(&self) -> Vec<String> {
        match &self.between {
            Between::Front(front, reverse) => {
                let scheme = if reverse.tls() { "https://" } else { "" };
                vec![
                    "--tls".into(),
                    "off".into(),
                    "--public".into(),
                    format!("{scheme}{}", front.addr),
                ]
            }
            Between::Proxy(..) => vec!["--tls".into(), "self".into()],
        }
    }

    async fn serve(&self) -> ServerProcess {
        let mut args = self.public();
        if let Between::Front(_, reverse) = &self.between {
            args.extend(reverse.trust().iter().map(|word| (*word).to_owned()));
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        ServerProcess::start_with(&self.programs.server(), &self.data(), self.upstream, &args).await
    }

    /// The link as somebody far away would hold it.
    fn link(&self, server: &ServerProcess) -> Result<JoinLink> {
        let mut link = server.join_link.clone().context("a new server has an owner's link")?;
        if let Between::Proxy(..) = self.between {
            NAME.clone_into(&mut link.address.host);
        }
        Ok(link)
    }

    fn dialer(&self, keyring: &Arc<Keyring>) -> Dialer {
        match &self.between {
            Between::Front(..) => Dialer::new(vec![self.authority.trusted.clone()]),
            Between::Proxy(daemon, forward) => {
                let outside = DialerDeps {
                    secrets: keyring.clone(),
                    variable: Arc::new(|_: &str| None),
                    system: Arc::new(NoSystemProxy),
                    variable_source: ProxySource::Environment,
                };
                Dialer::with_settings(forward.network(daemon.addr), outside, Vec::new())
            }
        }
    }

    /// Both doctors. The server's goes to people's address, which behind an office's proxy is its own.
    async fn doctors(&self, link: &JoinLink) -> Result<(Option<Said>, Said)> {
        let nobody = self.folder.path().join("nobody");
        let ca = self.authority.ca.as_path();
        match &self.between {
            Between::Front(..) => {
                let (public, listen) = (self.public(), self.upstream.to_string());
                let mut args = vec!["doctor", "--listen", &listen];
                args.extend(public.iter().map(String::as_str));
                let server = self.programs.doctor("homing-server", &self.data(), ca, &args).await?;
                let args = ["doctor", &link.to_string(), "--proxy", "none"];
                Ok((Some(server), self.programs.doctor("homing", &nobody, ca, &args).await?))
            }
            // The program would read the name as the address that it is, and go past the proxy.
            Between::Proxy(..) => Ok((None, self.device_doctor(link).await)),
        }
    }

    /// What `homing doctor LINK` does, through the proxy.
    async fn device_doctor(&self, link: &JoinLink) -> Said {
        let dialer = self.dialer(&Arc::new(Keyring::default()));
        let patient = Target {
            connector: &dialer,
            address: &link.address,
            account: Account::None,
            clock: &SystemClock,
            app: "proxies 0",
            timeouts: Timeouts::default(),
            history: None,
        };
        let mut findings = Vec::new();
        doctor::examine(patient, |finding| {
            findings.push(json!({
                "step": finding.step,
                "verdict": finding.verdict,
                "meaning": finding.outcome.meaning(),
            }));
        })
        .await;
        Said { findings }
    }

    /// What it wrote about itself, for a failure.
    fn log(&self) -> String {
        match &self.between {
            Between::Front(front, _) => front.log(),
            Between::Proxy(daemon, _) => daemon.log(),
        }
    }
}

/// Goes there and looks. Without `silence` everything that can be quick is.
///
/// # Errors
/// What could not be done, with what the proxy wrote about itself.
///
/// # Panics
/// When a program can't be started.
pub async fn visit(programs: &Programs, place: Place, silence: Option<Duration>) -> Result<Visit> {
    let scene = Scene::set(programs, place).await;
    let seen = look(&scene, silence).await;
    seen.with_context(|| format!("{place} wrote: {}", scene.log()))
}

async fn look(scene: &Scene, silence: Option<Duration>) -> Result<Visit> {
    let server = scene.serve().await;
    let link = scene.link(&server)?;
    let keyring = Arc::new(Keyring::default());
    let handle = come_in(&link, scene.dialer(&keyring), keyring, silence.is_none()).await?;
    let interrupted = match silence {
        Some(silence) => be_silent(&handle, silence).await?,
        None => Vec::new(),
    };
    let well = scene.doctors(&link).await?;

    server.kill().await;
    let away = is_away(&handle).await?;
    let room = handle.overview().await?.1.rooms.first().context("everybody has a room")?.id;
    handle.send(room, "while it was away").await?;
    let ill = scene.doctors(&link).await?;
    let server = scene.serve().await;
    let begin = Instant::now();
    is_here(&handle).await?;
    let back = begin.elapsed();
    let believes = match &scene.between {
        Between::Front(front, reverse) if *reverse != Reverse::Sslh => {
            Some(believes(front.addr, &scene.authority).await?)
        }
        _ => None,
    };
    handle.shutdown().await;
    server.kill().await;
    Ok(Visit { interrupted, well, away, ill, back, believes })
}

/// Joins, and is there. In a hurry it comes back within a moment, and asks all the time whether the
/// connection stands; else it is as patient as the app.
async fn come_in(
    link: &JoinLink,
    dialer: Dialer,
    keyring: Arc<Keyring>,
    hurry: bool,
) -> Result<Handle> {
    let key = new_cid(0, &mut Seed::from_number(1).grow());
    let joined = session::join(link, "Ada", None, "test", key, &dialer).await;
    let (record, token) = joined.context("joining")?;
    keyring.set(&record.secret_name(), token).await?;
    let config = Config::new("proxies 0");
    let config = if hurry { Config { timeouts: hasty(), ..config } } else { config };
    let deps = Deps {
        store: Arc::new(MemoryStore::default()),
        connector: Arc::new(dialer),
        secrets: keyring,
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(1),
        config,
    };
    let handle = Engine::start(record, deps, CancellationToken::new()).await?;
    is_here(&handle).await?;
    Ok(handle)
}

/// Until everything is here and nothing waits to be sent.
async fn is_here(handle: &Handle) -> Result<()> {
    until(handle, "everything to be here", |link, waiting| {
        (matches!(link, ConnectionState::UpToDate { .. }) && waiting == 0).then_some(())
    })
    .await
}

/// Until a try has failed; why.
async fn is_away(handle: &Handle) -> Result<ConnectionFailure> {
    // The first word is that the connection ended, which it did; what a try says is told later.
    until(handle, "a try that failed", |link, _| match link {
        ConnectionState::Waiting { why, attempt, .. } if *attempt > 1 => Some(why.clone()),
        ConnectionState::Refused { why } => Some(why.clone()),
        _ => None,
    })
    .await
}

async fn until<T>(
    handle: &Handle,
    what: &str,
    pick: impl Fn(&ConnectionState, u64) -> Option<T>,
) -> Result<T> {
    let begin = Instant::now();
    loop {
        let overview = handle.overview().await?.1;
        if let Some(found) = pick(&overview.connection, u64::from(overview.outbox.waiting)) {
            return Ok(found);
        }
        if begin.elapsed() > PATIENCE {
            bail!("no end of waiting for {what}: {:?}, {:?}", overview.connection, overview.outbox);
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Every word about the connection while nothing is said over it, but that it stands.
async fn be_silent(handle: &Handle, silence: Duration) -> Result<Vec<ConnectionState>> {
    let (_, overview, mut batches) = handle.subscribe().await?;
    let mut words = vec![overview.connection];
    let listening = async {
        while let Some(batch) = batches.recv().await? {
            words.extend(batch.diffs.iter().filter_map(|diff| match diff {
                Diff::Connection { connection: link } => Some(link.clone()),
                _ => None,
            }));
        }
        anyhow::Ok(())
    };
    if let Ok(ended) = timeout(silence, listening).await {
        ended?;
        bail!("the engine ended");
    }
    words.retain(|link| !matches!(link, ConnectionState::UpToDate { .. }));
    Ok(words)
}

/// Whether a client is taken to be where it claims: somebody who guesses at invitations, each time
/// from a place of his own, is not stopped then. Somebody else's guess must be let through after.
async fn believes(front: SocketAddr, authority: &Authority) -> Result<bool> {
    for guess in 0..GUESSES {
        if status(front, authority, 2, guess).await? == 429 {
            let other = status(front, authority, 3, guess).await?;
            ensure!(other == 404, "somebody else pays for it, with {other}");
            return Ok(false);
        }
    }
    Ok(true)
}

/// The status of an invitation that nobody made, asked from 127.0.0.`from` with a claim.
async fn status(front: SocketAddr, authority: &Authority, from: u8, claim: u8) -> Result<u16> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 0, 0, from), 0).into())?;
    let stream = socket.connect(front).await?;
    let mut roots = RootCertStore::empty();
    roots.add(authority.trusted.clone())?;
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = front.ip().into();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let head = format!(
        "GET /v1/invites/X HTTP/1.1\r\nHost: {front}\r\nX-Forwarded-For: 203.0.113.{claim}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    // Not every proxy says goodbye on the level of TLS.
    let _ended = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.with_context(|| format!("no answer of HTTP: {answer:?}"))
}

/// Which version of its package is installed, where a package says so.
#[must_use]
pub fn version(place: Place) -> Option<String> {
    let package = match place {
        Place::Behind(Reverse::Nginx) => "nginx",
        Place::Behind(Reverse::Caddy) => "caddy",
        Place::Behind(Reverse::Apache) => "apache2",
        Place::Behind(Reverse::Haproxy | Reverse::HaproxyTcp) => "haproxy",
        Place::Behind(Reverse::Lighttpd) => "lighttpd",
        Place::Behind(Reverse::Varnish) => "varnish",
        Place::Behind(Reverse::Stunnel) => "stunnel4",
        Place::Behind(Reverse::Sslh) => "sslh",
        Place::Through(Forward::Squid) => "squid",
        Place::Through(Forward::Tinyproxy) => "tinyproxy",
        Place::Through(Forward::Privoxy) => "privoxy",
        Place::Through(Forward::Dante) => "dante-server",
    };
    let mut ask = std::process::Command::new("dpkg-query");
    let output = ask.args(["--show", "--showformat=${Version}", package]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
