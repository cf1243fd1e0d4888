//! A server that can be killed: the real program, on a port of its own.

use std::ffi::OsStr;
use std::io;
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

/// Names the folder of programs that are there already: built by who runs the tests, or installed.
const PROGRAMS: &str = "HOMING_PROGRAMS";

/// Where the programs of these packages are: in the folder that `HOMING_PROGRAMS` names, else built next
/// to this program, of the same profile.
///
/// # Errors
/// When they can't be built.
pub async fn folder(packages: &[&str]) -> io::Result<PathBuf> {
    if let Some(folder) = std::env::var_os(PROGRAMS) {
        return Ok(folder.into());
    }
    let this = std::env::current_exe()?;
    let folder = this.parent().ok_or_else(|| io::Error::other("a program is in a folder"))?;
    // Tests stand in <profile>/deps.
    let deps = folder.file_name() == Some(OsStr::new("deps"));
    let folder = if deps { folder.parent().unwrap_or(folder) } else { folder };
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--bins"]);
    cargo.args(packages.iter().flat_map(|package| ["--package", *package]));
    if folder.file_name() == Some(OsStr::new("release")) {
        cargo.arg("--release");
    }
    if !cargo.status().await?.success() {
        return Err(io::Error::other(format!("{} can't be built", packages.join(" and "))));
    }
    Ok(folder.to_owned())
}

/// Where a program of a package is.
///
/// # Panics
/// When it is not there and can't be built.
pub async fn built(package: &str, program: &str) -> PathBuf {
    let folder = folder(&[package]).await.expect("programs can be built");
    folder.join(program)
}
