//! Real proxies from the system's packages: microsocks for SOCKS5, tinyproxy for HTTP.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use homing_engine::net::settings::ProxyKind;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// How long it may take to listen.
const START: Duration = Duration::from_secs(10);

/// Who one has to be to a proxy.
pub const USER: &str = "ada";
/// And its password.
pub const PASSWORD: &str = "pass-word_3";

/// A running proxy that asks for name and password, on a free port of the loopback. It ends when
/// it is dropped.
#[derive(Debug)]
pub struct RealProxy {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Where it listens.
    pub addr: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl RealProxy {
    /// Starts it and returns once it listens.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start(kind: ProxyKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the proxy");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let addr = free.local_addr().expect("the address just bound");
        drop(free);
        let child = launch(kind, addr, folder.path());
        let mut proxy = Self { kind, addr, child, folder };
        proxy.listens().await;
        proxy
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
        self.child = launch(self.kind, self.addr, self.folder.path());
        self.listens().await;
    }

    async fn listens(&mut self) {
        let begin = Instant::now();
        while TcpStream::connect(self.addr).await.is_err() {
            let ended = self.child.try_wait().expect("a child of ours can be asked");
            assert!(ended.is_none(), "the {:?} proxy ended at once", self.kind);
            assert!(begin.elapsed() < START, "the {:?} proxy does not listen", self.kind);
            sleep(Duration::from_millis(20)).await;
        }
    }
}

fn launch(kind: ProxyKind, addr: SocketAddr, folder: &Path) -> Child {
    let mut command = match kind {
        ProxyKind::Socks5 => {
            let mut command = Command::new("microsocks");
            let (ip, port) = (addr.ip().to_string(), addr.port().to_string());
            command.args(["-i", &ip, "-p", &port, "-u", USER, "-P", PASSWORD]);
            command
        }
        ProxyKind::Http => {
            let file = folder.join("tinyproxy.conf");
            let (port, log) = (addr.port(), folder.join("log"));
            let text = format!(
                "Listen {}\nPort {port}\nTimeout 600\nMaxClients 100\nLogFile \"{}\"\n\
                 LogLevel Connect\nBasicAuth {USER} {PASSWORD}\n",
                addr.ip(),
                log.display()
            );
            std::fs::write(&file, text).expect("a healthy disk");
            let mut command = Command::new("tinyproxy");
            command.arg("-d").arg("-c").arg(file);
            command
        }
    };
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the proxy is installed: ./dev does it where it can, else apt-get install microsocks tinyproxy")
}
