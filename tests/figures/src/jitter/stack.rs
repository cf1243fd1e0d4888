//! One stack under the profile: its server, its crowd, and what came out.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use homing_e2e::process::ServerProcess;
use serde::Serialize;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use super::crowd;
use super::plan::Plan;
use super::score::{Record, Score};
use crate::load::processor_seconds;
use crate::space::{self, Identity};
use crate::talk::Talker;

/// What came out of one run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ran {
    #[serde(flatten)]
    pub(super) score: Score,
    /// From the first message to the end.
    pub(super) seconds: f64,
    /// From the kill until the next server listened.
    pub(super) server_away_ms: Option<f64>,
    /// Of the servers, if one was killed.
    pub(super) server_processor_seconds: f64,
    /// Of the clients. Near two of these a second, on two cores, it would be the clients that are
    /// measured.
    pub(super) clients_processor_seconds: f64,
}

/// A peer's stack, as the script calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// A bare WebSocket: what TCP gives.
    Ws,
    /// As it comes.
    SocketIo,
    /// With connection state recovery turned on.
    SocketIoRecovery,
}

impl Peer {
    pub(super) const ALL: [Self; 3] = [Self::SocketIoRecovery, Self::SocketIo, Self::Ws];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::SocketIo => "socket.io",
            Self::SocketIoRecovery => "socket.io-recovery",
        }
    }
}

/// Ours: the real server, a crowd of real engines. With `kill`, the server is killed with SIGKILL
/// after so long and started again at once.
pub(super) async fn ours(program: &Path, plan: &Plan, kill: Option<Duration>) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    eprintln!("  {} people come in", plan.outages.len() + 1);
    let identities = space::found(&data, plan.outages.len() + 1).await?;
    let mut server = ServerProcess::start(program, &data, space::ANYWHERE).await;
    let addr = server.addr;
    let identities: Vec<Identity> =
        identities.into_iter().map(|identity| identity.through(addr)).collect();
    let write = |name, text: String| std::fs::write(folder.path().join(name), text);
    write(crowd::IDENTITIES, serde_json::to_string(&identities)?)?;
    write(crowd::PLAN, serde_json::to_string(plan)?)?;

    eprintln!("  {} engines come online", identities.len());
    let mut crowd =
        Talker::ours(["crowd".as_ref(), "--folder".as_ref(), folder.path().as_os_str()])?;
    ready(&mut crowd).await?;
    let mut load = Used::since(&[server.id(), crowd.id()?])?;
    let begin = Instant::now();
    crowd.tell(&"go").await?;
    if let Some(after) = kill {
        sleep(after).await;
        load.ends(0);
        let killed = Instant::now();
        server.kill().await;
        server = ServerProcess::start(program, &data, addr).await;
        load.away = Some(killed.elapsed().as_secs_f64() * 1000.0);
        load.follows(0, server.id());
        crowd.tell(&"up").await?;
        eprintln!("  the server was killed, and is back");
    }
    load.finish(crowd.hear().await?, begin)
}

/// A peer: its server and its clients, each in a process of its own.
pub(super) async fn peer(peer: Peer, plan: &Plan) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(crowd::PLAN);
    std::fs::write(&path, serde_json::to_string(plan)?)?;
    let node = |script: &str, args: &[&str]| {
        let mut node = Command::new("node");
        node.arg(scripts().join(script)).arg(peer.name()).args(args);
        Talker::start(&mut node).context("the peers need Node.js 20 or newer")
    };
    let mut server = node("server.mjs", &[])?;
    let addr: SocketAddr = server.hear().await?;
    let plan = path.to_str().context("a temporary folder has a plain name")?;
    let mut crowd = node("crowd.mjs", &[&addr.to_string(), plan])?;
    ready(&mut crowd).await?;
    let load = Used::since(&[server.id()?, crowd.id()?])?;
    let begin = Instant::now();
    crowd.tell(&"go").await?;
    load.finish(crowd.hear().await?, begin)
}

/// Names and versions.
pub(super) type Versions = BTreeMap<String, Option<serde_json::Value>>;

/// What the peers are made of, from their lock file.
pub(super) fn versions() -> Result<Versions> {
    let lock = std::fs::read_to_string(scripts().join("package-lock.json"))?;
    let lock: serde_json::Value = serde_json::from_str(&lock)?;
    let version = |name| lock.pointer(&format!("/packages/node_modules~1{name}/version")).cloned();
    let names = ["socket.io", "socket.io-client", "ws"];
    Ok(names.into_iter().map(|name| (name.to_owned(), version(name))).collect::<Versions>())
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

async fn ready(crowd: &mut Talker) -> Result<()> {
    let said: String = crowd.hear().await?;
    ensure!(said == "ready", "the crowd says {said:?}");
    Ok(())
}

/// Processor time of a server and its clients from a moment on, across a restart.
struct Used {
    /// Process, its time when we began to look, and what those before it used.
    parts: [(u32, f64, f64); 2],
    /// Milliseconds that the server was not there.
    away: Option<f64>,
}

impl Used {
    fn since(ids: &[u32; 2]) -> Result<Self> {
        let part = |id| processor_seconds(id).map(|used| (id, used, 0.0));
        let [server, clients] = ids.map(part);
        let gone = "a process ended at once";
        Ok(Self { parts: [server.context(gone)?, clients.context(gone)?], away: None })
    }

    fn of(&self, part: usize) -> f64 {
        self.parts.get(part).map_or(0.0, |(id, from, before)| {
            before + processor_seconds(*id).map_or(0.0, |used| used - from)
        })
    }

    fn ends(&mut self, part: usize) {
        let used = self.of(part);
        if let Some(part) = self.parts.get_mut(part) {
            part.2 = used;
        }
    }

    fn follows(&mut self, part: usize, id: u32) {
        if let Some(part) = self.parts.get_mut(part) {
            (part.0, part.1) = (id, 0.0);
        }
    }

    fn finish(self, record: Record, begin: Instant) -> Result<Ran> {
        ensure!(!record.sent.is_empty(), "nothing was sent");
        Ok(Ran {
            score: record.score(),
            seconds: begin.elapsed().as_secs_f64(),
            server_away_ms: self.away,
            server_processor_seconds: self.of(0),
            clients_processor_seconds: self.of(1),
        })
    }
}
