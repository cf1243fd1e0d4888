//! A server that can be killed: the real program, on a port of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use homing_protocol::JoinLink;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running `homing-server`.
#[derive(Debug)]
pub struct ServerProcess {
    /// Where it listens.
    pub addr: SocketAddr,
    /// The owner's link, at its first start.
    pub join_link: Option<JoinLink>,
    child: Child,
}

impl ServerProcess {
    /// Starts it and returns once it listens.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(program: &Path, data: &Path, listen: SocketAddr) -> Self {
        Self::start_with(program, data, listen, &["--tls", "off"]).await
    }

    /// As [`start`](Self::start), with these arguments.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(
        program: &Path,
        data: &Path,
        listen: SocketAddr,
        args: &[&str],
    ) -> Self {
        let mut child = Command::new(program)
            .args(["serve", "--print-json", "--log", "warn"])
            .arg("--data")
            .arg(data)
            .args(["--listen", &listen.to_string()])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server's program can be started");
        let out = child.stdout.take().expect("its output is piped");
        let line = BufReader::new(out).lines().next_line().await;
        let line = line.expect("its output can be read").expect("it says where it listens");
        let said: serde_json::Value = serde_json::from_str(&line).expect("it says so in JSON");
        let text = |key: &str| said.get(key).and_then(serde_json::Value::as_str);
        Self {
            addr: text("addr").and_then(|addr| addr.parse().ok()).expect("an address"),
            join_link: text("join_link").map(|link| link.parse().expect("a join link")),
            child,
        }
    }

    /// The number of its process.
    ///
    /// # Panics
    /// When it has ended by itself.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs until it is killed")
    }

    /// kill -9, and until it is dead.
    ///
    /// # Panics
    /// When it can't be killed.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a child of ours can be killed");
    }
}

/// Builds the server's program next to this test's and answers where it is.
///
/// # Panics
/// When it can't be built.
pub async fn program() -> PathBuf {
    built("homing-server", "homing-server").await
}

/// Builds a program of a package next to this test's and answers where it is.
///
/// # Panics
/// When it can't be built.
pub async fn built(package: &str, program: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", package, "--bin", program])
        .status()
        .await
        .expect("cargo can be started");
    assert!(built.success(), "{program} can be built");
    let test = std::env::current_exe().expect("this test knows its own program");
    let folder = test.parent().and_then(Path::parent).expect("tests stand in <profile>/deps");
    folder.join(program)
}
