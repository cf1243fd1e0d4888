//! A real nginx in front of a server, configured by the example that we ship.
//!
//! What is not of this machine in `deploy/nginx.conf` is replaced, see [`fit`].

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::daemon::{Daemon, fit, free_port};

const EXAMPLE: &str = include_str!("../../../deploy/nginx.conf");

/// How long nginx waits for a silent connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// As the example says.
    Shipped,
    /// As nginx does when nobody says anything: 60 s.
    Default,
}

/// The certificate that it shows, in PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// A running nginx, on a free port of the loopback. It ends when it is dropped.
#[derive(Debug)]
pub struct Nginx {
    /// Where it listens.
    pub addr: SocketAddr,
    /// As it was started.
    conf: String,
    daemon: Daemon,
}

impl Nginx {
    /// Starts it in front of `upstream` and returns once it listens. Without a certificate it does
    /// no TLS.
    ///
    /// # Panics
    /// When nginx is not installed or does not start.
    pub async fn start(
        upstream: SocketAddr,
        certificate: Option<&Certificate>,
        patience: Patience,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder for nginx");
        let addr = free_port();
        let site = site(EXAMPLE, addr, upstream, certificate, patience);
        let conf = whole(&site);
        std::fs::write(folder.path().join("nginx.conf"), &conf).expect("a healthy disk");
        let daemon = Daemon::start("nginx", addr, folder, args).await;
        Self { addr, conf, daemon }
    }

    /// From now on another line stands in place of each of these in its configuration; without any,
    /// it is as it was started. Whoever is connected is cut off.
    ///
    /// # Panics
    /// When a line is not there once, or nginx does not start.
    pub async fn refit(&mut self, changes: &[(&str, &str)]) {
        let changed = changes.iter().fold(self.conf.clone(), |conf, (from, to)| {
            assert_eq!(conf.matches(from).count(), 1, "the configuration has `{from}` once");
            conf.replace(from, to)
        });
        self.kill().await;
        let file = self.daemon.folder().join("nginx.conf");
        std::fs::write(file, changed).expect("a healthy disk");
        self.restart().await;
    }

    /// kill -9, and until it is dead.
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

/// One process without a master, so that ending it ends all of it.
fn args(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    let args = ["-p", &path(""), "-e", &path("error.log"), "-c", &path("nginx.conf")];
    args.map(str::to_owned).into()
}

/// The file around a site. Relative paths are in nginx's own folder.
#[must_use]
pub fn whole(site: &str) -> String {
    format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\n\
         events {{ worker_connections 4096; }}\n\
         http {{\naccess_log off;\nclient_body_temp_path body;\nproxy_temp_path proxy;\n\
         fastcgi_temp_path fastcgi;\nuwsgi_temp_path uwsgi;\nscgi_temp_path scgi;\n{site}\n}}\n"
    )
}

/// The example, for this machine.
fn site(
    example: &str,
    listen: SocketAddr,
    upstream: SocketAddr,
    certificate: Option<&Certificate>,
    patience: Patience,
) -> String {
    let path = |path: &Path| path.display().to_string();
    let (listen, shown) = match certificate {
        Some(files) => {
            let cert = format!("ssl_certificate {};", path(&files.cert));
            (format!("listen {listen} ssl;"), Some((cert, path(&files.key))))
        }
        None => (format!("listen {listen};"), None),
    };
    let (cert, key) = shown
        .map_or_else(Default::default, |(cert, key)| (cert, format!("ssl_certificate_key {key};")));
    let mut changes = vec![
        ("listen 443 ssl;", listen),
        ("listen [::]:443 ssl;", String::new()),
        ("ssl_certificate     /etc/letsencrypt/live/chat.example.org/fullchain.pem;", cert),
        ("ssl_certificate_key /etc/letsencrypt/live/chat.example.org/privkey.pem;", key),
        ("proxy_pass http://127.0.0.1:4664;", format!("proxy_pass http://{upstream};")),
    ];
    if patience == Patience::Default {
        changes.push(("proxy_read_timeout 120s;", String::new()));
        changes.push(("proxy_send_timeout 120s;", String::new()));
    }
    fit("nginx.conf", example, &changes)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const HERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
    const THERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 2);

    #[test]
    fn the_example_becomes_a_site_of_this_machine() {
        let files = Certificate { cert: "/c.pem".into(), key: "/k.pem".into() };
        let secure = site(EXAMPLE, HERE, THERE, Some(&files), Patience::Shipped);
        for line in [
            "listen 127.0.0.1:1 ssl;",
            "ssl_certificate /c.pem;",
            "ssl_certificate_key /k.pem;",
            "proxy_pass http://127.0.0.1:2;",
            "proxy_read_timeout 120s;",
        ] {
            assert!(secure.contains(line), "{line}\n{secure}");
        }
        let plain = site(EXAMPLE, HERE, THERE, None, Patience::Default);
        for word in ["ssl", "timeout", "443"] {
            let configured = plain.lines().filter(|line| !line.trim_start().starts_with('#'));
            assert_eq!(configured.filter(|line| line.contains(word)).count(), 0, "{word}\n{plain}");
        }
    }
}
