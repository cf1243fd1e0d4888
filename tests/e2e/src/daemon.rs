//! Programs of others that listen on a port: reverse proxies, proxies of offices.
//!
//! Each is one process in a folder of its own, in the foreground, so that ending it ends all of it;
//! and each shows on failure what it wrote about itself.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// How long it may take to listen. Varnish compiles its configuration first.
const START: Duration = Duration::from_secs(30);
/// Where it writes about itself, in its folder.
const LOG: &str = "program.log";

/// A running program. It ends when it is dropped.
#[derive(Debug)]
pub struct Daemon {
    /// Where it listens.
    pub addr: SocketAddr,
    program: String,
    args: Vec<String>,
    child: Child,
    folder: TempDir,
}

/// A port of the loopback that is free at this moment.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> SocketAddr {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    free.local_addr().expect("the address just bound")
}

impl Daemon {
    /// Starts `program`, which listens at `addr` when it is ready. `args` are made of its folder;
    /// the working directory is that folder, too.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start(
        program: &str,
        addr: SocketAddr,
        folder: TempDir,
        args: impl FnOnce(&Path) -> Vec<String>,
    ) -> Self {
        let args = args(folder.path());
        let child = launch(program, &args, folder.path());
        let mut daemon = Self { addr, program: program.to_owned(), args, folder, child };
        daemon.listens().await;
        daemon
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// kill -9, and until it is dead. Whatever it carried is cut.
    ///
    /// # Panics
    /// When it can't be killed.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a child of ours can be killed");
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        self.child = launch(&self.program, &self.args, self.folder.path());
        self.listens().await;
    }

    async fn listens(&mut self) {
        let begin = Instant::now();
        while TcpStream::connect(self.addr).await.is_err() {
            let ended = self.child.try_wait().expect("a child of ours can be asked");
            let program = &self.program;
            assert!(ended.is_none(), "{program} ended at once:\n{}", self.log());
            assert!(begin.elapsed() < START, "{program} does not listen:\n{}", self.log());
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it wrote about itself.
    #[must_use]
    pub fn log(&self) -> String {
        let read =
            |name| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        [LOG, "error.log"].map(read).concat()
    }
}

fn launch(program: &str, args: &[String], folder: &Path) -> Child {
    let log = std::fs::File::create(folder.join(LOG)).expect("a healthy disk");
    let copy = log.try_clone().expect("a file can be opened twice");
    // Debian keeps most of them where only an administrator's shell looks.
    let usual = Path::new("/usr/sbin").join(program);
    Command::new(if usual.exists() { usual.as_path() } else { Path::new(program) })
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(copy)
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{program} is not installed ({error}): ./dev does it where it can, see tests/stage/packages.txt")
        })
}

/// An example that we ship, for this machine: each of `changes` replaces what is in it once, so that an
/// example that changed its shape is not tested by accident.
///
/// # Panics
/// When something of it is not there once.
#[must_use]
pub fn fit(name: &str, example: &str, changes: &[(&str, String)]) -> String {
    changes.iter().fold(example.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "deploy/{name} has `{from}` once");
        text.replace(from, to)
    })
}
