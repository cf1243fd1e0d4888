//! What stands between an office and the world, with no more configuration than it needs.
//!
//! None asks for a password: that is tried in `tests/e2e`, with one of each kind.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use homing_e2e::daemon::{Daemon, free_port};
use homing_engine::net::settings::{ManualProxy, NetworkSettings, ProxyKind, ProxyMode};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forward {
    /// HTTP
    Squid,
    /// HTTP
    Tinyproxy,
    /// HTTP
    Privoxy,
    /// SOCKS5
    Dante,
}

impl Forward {
    /// Each.
    pub const ALL: [Self; 4] = [Self::Squid, Self::Tinyproxy, Self::Privoxy, Self::Dante];

    /// How it is spoken to.
    #[must_use]
    pub fn kind(self) -> ProxyKind {
        match self {
            Self::Dante => ProxyKind::Socks5,
            _ => ProxyKind::Http,
        }
    }

    /// What a person sets to go through it.
    #[must_use]
    pub fn network(self, addr: SocketAddr) -> NetworkSettings {
        let manual = ManualProxy {
            kind: self.kind(),
            host: addr.ip().to_string(),
            port: addr.port(),
            ..ManualProxy::default()
        };
        NetworkSettings { proxy: ProxyMode::Manual, manual }
    }

    /// Starts it and returns once it listens.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start(self) -> Daemon {
        let addr = free_port();
        let folder = crate::reverse::folder();
        let (program, args) = match self {
            Self::Squid => ("squid", &["-N", "-f"]),
            Self::Tinyproxy => ("tinyproxy", &["-d", "-c"]),
            Self::Privoxy => ("privoxy", &["--no-daemon", ""]),
            Self::Dante => ("danted", &["-f", ""]),
        };
        let file = folder.path().join("proxy.conf");
        std::fs::write(&file, self.text(addr, folder.path())).expect("a healthy disk");
        let args = args.iter().filter(|arg| !arg.is_empty()).map(|arg| (*arg).to_owned());
        let args = args.chain([file.display().to_string()]).collect();
        Daemon::start(program, addr, folder, |_| args).await
    }

    fn text(self, addr: SocketAddr, folder: &Path) -> String {
        let (ip, port, folder) = (addr.ip(), addr.port(), folder.display());
        match self {
            // Debian's lets CONNECT go to port 443 only.
            Self::Squid => format!(
                "http_port {addr}\nacl here src 127.0.0.0/8\nhttp_access allow here\n\
                 pid_filename {folder}/squid.pid\naccess_log none\ncache_log {folder}/error.log\n\
                 cache deny all\ncoredump_dir {folder}\nnetdb_filename none\npinger_enable off\n"
            ),
            Self::Tinyproxy => {
                format!("Listen {ip}\nPort {port}\nTimeout 600\nMaxClients 100\nLogLevel Connect\n")
            }
            Self::Privoxy => {
                format!("confdir {folder}\nlogdir {folder}\nlisten-address {addr}\n")
            }
            Self::Dante => format!(
                "logoutput: stderr\ninternal: {ip} port = {port}\nexternal: lo\n\
                 socksmethod: none\nclientmethod: none\n\
                 client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}\n\
                 socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}\n"
            ),
        }
    }
}

impl fmt::Display for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Squid => "squid",
            Self::Tinyproxy => "tinyproxy",
            Self::Privoxy => "privoxy",
            Self::Dante => "dante",
        })
    }
}
