//! What stands in front of a server, each with the example that we ship.
//!
//! Only ports and paths are replaced in an example. What is around it in a system's own files (where
//! modules are, that there is a log) is added here.

use std::fmt;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use homing_e2e::daemon::{Daemon, fit, free_port};

use crate::authority::Authority;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reverse {
    /// `deploy/nginx.conf`
    Nginx,
    /// `deploy/Caddyfile`
    Caddy,
    /// `deploy/apache.conf`
    Apache,
    /// `deploy/haproxy.cfg`
    Haproxy,
    /// `deploy/haproxy.cfg` as its head says for `mode tcp`: TLS and the PROXY protocol, no HTTP.
    HaproxyTcp,
    /// `deploy/lighttpd.conf`
    Lighttpd,
    /// `deploy/varnish.vcl`, behind stunnel, which ends TLS.
    Varnish,
    /// `deploy/stunnel.conf`
    Stunnel,
    /// A port that several protocols share. It has no example: it needs none.
    Sslh,
}

/// Where certificates are in an example.
const CERT: &str = "/etc/letsencrypt/live/chat.example.org/fullchain.pem";
const KEY: &str = "/etc/letsencrypt/live/chat.example.org/privkey.pem";
/// Connections of a test.
const CONNECTIONS: usize = 256;

impl Reverse {
    /// Each.
    pub const ALL: [Self; 9] = [
        Self::Nginx,
        Self::Caddy,
        Self::Apache,
        Self::Haproxy,
        Self::HaproxyTcp,
        Self::Lighttpd,
        Self::Varnish,
        Self::Stunnel,
        Self::Sslh,
    ];

    /// How the server is told of it: its arguments of `homing-server serve`.
    #[must_use]
    pub fn trust(self) -> &'static [&'static str] {
        match self {
            Self::HaproxyTcp | Self::Stunnel => &["--proxy-protocol", "127.0.0.1"],
            // It passes everything on as it came, and says nothing of the client.
            Self::Sslh => &[],
            _ => &["--trust-forwarded", "127.0.0.1"],
        }
    }

    /// Whether it ends TLS.
    #[must_use]
    pub fn tls(self) -> bool {
        self != Self::Sslh
    }

    /// Whether it answers itself, in HTTP, when the server is away.
    #[must_use]
    pub fn answers(self) -> bool {
        !matches!(self, Self::HaproxyTcp | Self::Varnish | Self::Stunnel | Self::Sslh)
    }

    /// Starts it in front of `upstream` and returns once it listens.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start(self, upstream: SocketAddr, authority: &Authority) -> Front {
        match self {
            Self::Nginx => nginx(upstream, authority).await,
            Self::Caddy => caddy(upstream, authority).await,
            Self::Apache => apache(upstream, authority).await,
            Self::Haproxy | Self::HaproxyTcp => haproxy(self, upstream, authority).await,
            Self::Lighttpd => lighttpd(upstream, authority).await,
            Self::Varnish => {
                let varnish = varnish(upstream).await;
                let mut front = stunnel(varnish.addr, authority).await;
                front.behind = Some(varnish);
                front
            }
            Self::Stunnel => stunnel(upstream, authority).await,
            Self::Sslh => {
                let (addr, folder) = (free_port(), folder());
                let args = move |_: &Path| {
                    let (at, to) = (addr.to_string(), upstream.to_string());
                    let args = ["--foreground", "--listen", &at, "--http", &to];
                    args.map(str::to_owned).into()
                };
                Daemon::start("sslh-select", addr, folder, args).await.into()
            }
        }
    }
}

impl fmt::Display for Reverse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nginx => "nginx",
            Self::Caddy => "Caddy",
            Self::Apache => "Apache",
            Self::Haproxy => "HAProxy",
            Self::HaproxyTcp => "HAProxy, mode tcp",
            Self::Lighttpd => "lighttpd",
            Self::Varnish => "Varnish",
            Self::Stunnel => "stunnel",
            Self::Sslh => "sslh",
        })
    }
}

/// One that runs. It ends when it is dropped.
#[derive(Debug)]
pub struct Front {
    /// Where people reach it.
    pub addr: SocketAddr,
    daemon: Daemon,
    behind: Option<Daemon>,
}

impl From<Daemon> for Front {
    fn from(daemon: Daemon) -> Self {
        Self { addr: daemon.addr, daemon, behind: None }
    }
}

impl Front {
    /// What it wrote about itself, for a failure.
    #[must_use]
    pub fn log(&self) -> String {
        let behind = self.behind.as_ref().map(Daemon::log).unwrap_or_default();
        self.daemon.log() + &behind
    }
}

/// One that programs which change their user may look into.
pub(crate) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let all = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), all).expect("a folder of ours");
    }
    folder
}

/// Starts `program`, whose configuration is made of its folder, with these arguments, in which `{}`
/// is that folder.
async fn configured(
    program: &str,
    addr: SocketAddr,
    file: &str,
    text: impl FnOnce(&Path) -> String,
    args: &[&str],
) -> Daemon {
    let folder = folder();
    let text = text(folder.path());
    std::fs::write(folder.path().join(file), text).expect("a healthy disk");
    let args = |folder: &Path| {
        let folder = folder.display().to_string();
        args.iter().map(|arg| arg.replace("{}", &folder)).collect()
    };
    Daemon::start(program, addr, folder, args).await
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

async fn nginx(upstream: SocketAddr, authority: &Authority) -> Front {
    let addr = free_port();
    let site = fit(
        "nginx.conf",
        include_str!("../../../deploy/nginx.conf"),
        &[
            ("listen 443 ssl;", format!("listen {addr} ssl;")),
            ("listen [::]:443 ssl;", String::new()),
            (CERT, path(&authority.cert)),
            (KEY, path(&authority.key)),
            ("proxy_pass http://127.0.0.1:4664;", format!("proxy_pass http://{upstream};")),
        ],
    );
    let text = homing_e2e::nginx::whole(&site);
    let args = ["-p", "{}", "-e", "{}/error.log", "-c", "{}/nginx.conf"];
    configured("nginx", addr, "nginx.conf", |_| text, &args).await.into()
}

async fn caddy(upstream: SocketAddr, authority: &Authority) -> Front {
    let addr = free_port();
    let Authority { cert, key, .. } = authority;
    // The certificate is not from Let's Encrypt here.
    let name = format!("https://{addr} {{\n\tbind 127.0.0.1\n\ttls {} {}\n", path(cert), path(key));
    let site = fit(
        "Caddyfile",
        include_str!("../../../deploy/Caddyfile"),
        &[
            ("\nchat.example.org {\n", format!("\n{name}")),
            ("reverse_proxy 127.0.0.1:4664", format!("reverse_proxy {upstream}")),
        ],
    );
    let text = format!(
        "{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n{site}"
    );
    let args = ["run", "--config", "{}/Caddyfile", "--adapter", "caddyfile"];
    configured("caddy", addr, "Caddyfile", |_| text, &args).await.into()
}

async fn apache(upstream: SocketAddr, authority: &Authority) -> Front {
    let addr = free_port();
    let site = fit(
        "apache.conf",
        include_str!("../../../deploy/apache.conf"),
        &[
            ("<VirtualHost *:443>", format!("<VirtualHost {addr}>")),
            (CERT, path(&authority.cert)),
            (KEY, path(&authority.key)),
            ("http://127.0.0.1:4664/", format!("http://{upstream}/")),
        ],
    );
    let mut text = String::new();
    for module in ["mpm_event", "authz_core", "ssl", "proxy", "proxy_http"] {
        let _infallible =
            writeln!(text, "LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so");
    }
    // In force where root starts it. Without a second process, so that ending it ends all of it.
    text.push_str("User www-data\nGroup www-data\nErrorLog error.log\nPidFile httpd.pid\n");
    text.push_str("ServerName localhost\n");
    let args = ["-X", "-d", "{}", "-f", "{}/apache.conf"];
    let whole = |folder: &Path| {
        let folder = folder.display();
        format!("DefaultRuntimeDir {folder}\nListen {addr}\n{text}{site}")
    };
    configured("apache2", addr, "apache.conf", whole, &args).await.into()
}

async fn haproxy(kind: Reverse, upstream: SocketAddr, authority: &Authority) -> Front {
    let addr = free_port();
    let server = match kind {
        Reverse::HaproxyTcp => format!("{upstream} send-proxy-v2"),
        _ => upstream.to_string(),
    };
    let mut site = fit(
        "haproxy.cfg",
        include_str!("../../../deploy/haproxy.cfg"),
        &[
            (":443 ssl crt /etc/haproxy/chat.example.org.pem", {
                format!("{addr} ssl crt {}", path(&authority.both))
            }),
            ("server homing 127.0.0.1:4664", format!("server homing {server}")),
        ],
    );
    if kind == Reverse::HaproxyTcp {
        site = site.replace("mode http", "mode tcp").replace("option forwardfor\n", "\n");
    }
    let text = format!("global\n    maxconn {CONNECTIONS}\n{site}");
    configured("haproxy", addr, "haproxy.cfg", |_| text, &["-db", "-f", "{}/haproxy.cfg"])
        .await
        .into()
}

async fn lighttpd(upstream: SocketAddr, authority: &Authority) -> Front {
    let addr = free_port();
    let site = fit(
        "lighttpd.conf",
        include_str!("../../../deploy/lighttpd.conf"),
        &[
            ("\":443\"", format!("\"{addr}\"")),
            (CERT, path(&authority.cert)),
            (KEY, path(&authority.key)),
            ("\"port\" => 4664", format!("\"port\" => {}", upstream.port())),
        ],
    );
    let whole = |folder: &Path| {
        let folder = folder.display();
        format!(
            "server.document-root = \"{folder}\"\nserver.bind = \"{folder}/other.sock\"\n\
             server.modules = ()\n{site}"
        )
    };
    let args = ["-D", "-f", "{}/lighttpd.conf"];
    configured("lighttpd", addr, "lighttpd.conf", whole, &args).await.into()
}

/// Where what ends TLS reaches it, by the PROXY protocol.
async fn varnish(upstream: SocketAddr) -> Daemon {
    let addr = free_port();
    let site = fit(
        "varnish.vcl",
        include_str!("../../../deploy/varnish.vcl"),
        &[(".port = \"4664\"", format!(".port = \"{}\"", upstream.port()))],
    );
    let listen = format!("{addr},PROXY");
    #[rustfmt::skip]
    let args = [
        "-F", "-j", "none", "-n", "{}/work", "-f", "{}/varnish.vcl", "-a", &listen,
        "-p", "pipe_timeout=120", "-s", "malloc,8m", "-T", "none",
    ];
    configured("varnishd", addr, "varnish.vcl", |_| site, &args).await
}

async fn stunnel(upstream: SocketAddr, authority: &Authority) -> Front {
    let addr = free_port();
    let site = fit(
        "stunnel.conf",
        include_str!("../../../deploy/stunnel.conf"),
        &[
            ("accept = :::443", format!("accept = {addr}")),
            (CERT, path(&authority.cert)),
            (KEY, path(&authority.key)),
            ("connect = 127.0.0.1:4664", format!("connect = {upstream}")),
        ],
    );
    let text = format!("foreground = yes\npid =\n{site}");
    configured("stunnel4", addr, "stunnel.conf", |_| text, &["{}/stunnel.conf"]).await.into()
}
