//! One server, the network in front of it, and people with a `homing` each.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;

use homing_protocol::{JoinLink, Role};
use homing_server::store::{AccountUpdate, Store as _};
use homing_server::{Config, Running, Server, SystemClock, TlsMode, server};
use homing_testkit::Proxy;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) struct World {
    pub(crate) proxy: Proxy,
    server: Running,
    folder: TempDir,
}

/// What a run said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(TlsMode::SelfSigned).await
    }

    /// Without encryption, so that the first byte that goes up is the request.
    pub(crate) async fn plain() -> Self {
        Self::with(TlsMode::Off).await
    }

    async fn with(tls: TlsMode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path().join("server"));
        config.listen = ([127, 0, 0, 1], 0).into();
        config.tls = tls;
        config.space_name = "Loft".to_owned();
        let stop = CancellationToken::new();
        let server = Server::start(config, Arc::new(SystemClock), stop).await.unwrap();
        Self { proxy: Proxy::start(server.addr), server, folder }
    }

    /// Changes somebody, as `homing-server member` does beside the running server.
    pub(crate) async fn change(&self, name: &str, changed: AccountUpdate) {
        let config = Config::new(self.folder.path().join("server"));
        let (told, _changes) = mpsc::channel(server::COMMAND_CHANGES);
        let store = server::open(&config, Arc::new(SystemClock), None, told).await.unwrap();
        let people = store.people().await.unwrap();
        let member = people.iter().find(|member| member.person.name == name).unwrap();
        store.change_person(member.person.id, changed).await.unwrap();
        store.close().await;
    }

    /// A link that leads through the proxy. The first one makes its user the owner.
    pub(crate) async fn link(&self) -> JoinLink {
        let mut link = self.server.invite(Role::Member).await.unwrap();
        link.address.host = self.proxy.addr.ip().to_string();
        link.address.port = self.proxy.addr.port();
        link
    }

    pub(crate) fn founding_link(&self) -> JoinLink {
        let mut link = self.server.join_link.clone().unwrap();
        link.address.host = self.proxy.addr.ip().to_string();
        link.address.port = self.proxy.addr.port();
        link
    }

    /// The owner, in the space.
    pub(crate) async fn owner(&self, name: &str) {
        self.run(name, &["join", &self.founding_link().to_string(), "--as", name]).await.expect(0);
    }

    /// A further member, in the space.
    pub(crate) async fn member(&self, name: &str) {
        self.run(name, &["join", &self.link().await.to_string(), "--as", name]).await.expect(0);
    }

    pub(crate) fn token_file(&self, who: &str) -> PathBuf {
        self.folder.path().join(format!("{who}.token"))
    }

    pub(crate) fn data(&self, who: &str) -> PathBuf {
        self.folder.path().join(who)
    }

    /// A person's `homing`. Nothing of this machine's own session reaches it.
    pub(crate) fn homing(&self, who: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homing"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("HOMING_DATA", self.data(who))
            .env("HOMING_TOKEN_FILE", self.token_file(who))
            .env("HOMING_TIMEOUT", "30")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, who: &str, args: &[&str]) -> Said {
        self.homing(who, args).output().await.unwrap().into()
    }

    pub(crate) async fn pipe(&self, who: &str, args: &[&str], input: &str) -> Said {
        let mut child = self.homing(who, args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        child.wait_with_output().await.unwrap().into()
    }
}

/// The texts of messages, from `tail --json`.
pub(crate) fn texts(said: &Said) -> Vec<String> {
    said.json()
        .iter()
        .filter_map(|row| row["content"]["body"]["text"].as_str().map(str::to_owned))
        .collect()
}
