//! Real proxies from the system's packages: microsocks for SOCKS5, tinyproxy for HTTP.

use std::net::SocketAddr;
use std::path::Path;

use homing_engine::net::settings::ProxyKind;

use crate::daemon::{Daemon, free_port};

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
    daemon: Daemon,
}

impl RealProxy {
    /// Starts it and returns once it listens.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start(kind: ProxyKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the proxy");
        let addr = free_port();
        let daemon = match kind {
            ProxyKind::Socks5 => Daemon::start("microsocks", addr, folder, |_| socks(addr)).await,
            ProxyKind::Http => {
                Daemon::start("tinyproxy", addr, folder, |folder| http(addr, folder)).await
            }
        };
        Self { kind, addr, daemon }
    }

    /// kill -9, and until it is dead. Whatever it carried is cut.
    ///
    /// # Panics
    /// When it can't be killed.
    pub async fn kill(&mut self) {
        self.daemon.kill().await;
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        self.daemon.restart().await;
    }
}

fn socks(addr: SocketAddr) -> Vec<String> {
    let (ip, port) = (addr.ip().to_string(), addr.port().to_string());
    ["-i", &ip, "-p", &port, "-u", USER, "-P", PASSWORD].map(str::to_owned).into()
}

fn http(addr: SocketAddr, folder: &Path) -> Vec<String> {
    let file = folder.join("tinyproxy.conf");
    let text = format!(
        "Listen {}\nPort {}\nTimeout 600\nMaxClients 100\nLogFile \"{}\"\n\
         LogLevel Connect\nBasicAuth {USER} {PASSWORD}\n",
        addr.ip(),
        addr.port(),
        folder.join("log").display()
    );
    std::fs::write(&file, text).expect("a healthy disk");
    vec!["-d".into(), "-c".into(), file.display().to_string()]
}
