//! `homing-server serve`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homing_server::config::DEFAULT_NAME;
use homing_server::{Config, PublicAddress, Running, Server, SystemClock, TlsMode, TrustedProxies};
use tokio_util::sync::CancellationToken;

use crate::output::print_line;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    /// With the server's own certificate.
    #[value(name = "self")]
    SelfSigned,
    /// No encryption: on loopback, or behind a reverse proxy.
    Off,
    /// With --cert and --key.
    Files,
}

/// Where and how to listen.
#[derive(Debug, Args)]
pub(crate) struct ListenOptions {
    /// Address and port to listen on. Port 0 picks a free one.
    #[arg(long, env = "HOMING_LISTEN", default_value = "0.0.0.0:4664", value_name = "IP:PORT")]
    pub(crate) listen: SocketAddr,
    /// How to encrypt connections.
    #[arg(long, env = "HOMING_TLS", default_value = "self")]
    pub(crate) tls: Tls,
    /// Certificate chain in PEM format, for --tls files.
    #[arg(long, env = "HOMING_CERT", value_name = "FILE", required_if_eq("tls", "files"))]
    pub(crate) cert: Option<PathBuf>,
    /// Private key in PEM format, for --tls files.
    #[arg(long, env = "HOMING_KEY", value_name = "FILE", required_if_eq("tls", "files"))]
    pub(crate) key: Option<PathBuf>,
}

impl ListenOptions {
    pub(crate) fn mode(&self) -> anyhow::Result<TlsMode> {
        Ok(match self.tls {
            Tls::SelfSigned => TlsMode::SelfSigned,
            Tls::Off => TlsMode::Off,
            Tls::Files => TlsMode::Files {
                cert: self.cert.clone().context("--tls files needs --cert")?,
                key: self.key.clone().context("--tls files needs --key")?,
            },
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    listen_options: ListenOptions,
    /// Where people reach the server, for join links: host, host:port, or https://host[:port] behind
    /// a reverse proxy that handles TLS. No path: the proxy has to pass on a whole host or port.
    #[arg(long, env = "HOMING_PUBLIC", value_name = "ADDRESS")]
    public: Option<PublicAddress>,
    /// Allow --tls off on an address that others can reach.
    #[arg(long, env = "HOMING_ALLOW_PLAIN")]
    allow_plain: bool,
    /// Name of the space when it is created. To rename it later: homing-server space rename.
    #[arg(long, env = "HOMING_NAME", default_value = DEFAULT_NAME)]
    name: String,
    /// Origin of web pages that may use this server. Repeat for more.
    #[arg(long = "origin", env = "HOMING_ORIGINS", value_delimiter = ',', value_name = "ORIGIN")]
    origins: Vec<String>,
    /// Take clients' addresses from X-Forwarded-For when a proxy at one of these addresses sends it:
    /// addresses and networks, separated by commas [without a value: loopback]. The proxy must set
    /// the header itself; if it passes on what it receives, anyone can claim any address.
    #[arg(
        long,
        env = "HOMING_TRUST_FORWARDED",
        value_name = "ADDRESSES",
        num_args = 0..=1,
        default_value = "",
        hide_default_value = true,
        default_missing_value = "loopback"
    )]
    trust_forwarded: TrustedProxies,
    /// Expect the PROXY protocol (version 1 or 2) from proxies at these addresses, for those that
    /// can't set headers, such as stunnel, sslh and TCP load balancers [without a value: loopback].
    /// Connections from there without it are rejected.
    #[arg(
        long,
        env = "HOMING_PROXY_PROTOCOL",
        value_name = "ADDRESSES",
        num_args = 0..=1,
        default_value = "",
        hide_default_value = true,
        default_missing_value = "loopback"
    )]
    proxy_protocol: TrustedProxies,
    /// Maximum number of TCP connections.
    #[arg(long, env = "HOMING_MAX_CONNECTIONS", default_value_t = 10_000, value_name = "N")]
    max_connections: usize,
    /// Maximum number of connections from one address, such as an office. Those from this computer
    /// don't count.
    #[arg(
        long,
        env = "HOMING_MAX_CONNECTIONS_PER_ADDRESS",
        default_value_t = 1000,
        value_name = "N"
    )]
    max_connections_per_address: usize,
    /// Print the address and the join link as one line of JSON, instead of text.
    #[arg(long)]
    print_json: bool,
}

impl Serve {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let folder = data.clone();
        let config = Config {
            listen: self.listen_options.listen,
            public: self.public,
            tls: self.listen_options.mode()?,
            allow_plain: self.allow_plain,
            space_name: super::init::space_name(&self.name)?,
            origins: self.origins,
            trust_forwarded: self.trust_forwarded,
            proxy_protocol: self.proxy_protocol,
            max_connections: self.max_connections,
            max_connections_per_address: self.max_connections_per_address,
            ..Config::new(data)
        };
        let stop = CancellationToken::new();
        let running = Server::start(config, Arc::new(SystemClock), stop.clone()).await?;
        let space = running.space_name().await?;
        let said = if self.print_json {
            print_line(as_json(&running, &space))
        } else {
            print_line(as_text(&running, &space, &folder))
        };
        if let Err(unsaid) = said {
            // Without the output nobody can open the owner's join link.
            running.shutdown().await;
            return Err(unsaid.into());
        }
        stop_signal().await?;
        tracing::info!("stopping; press Ctrl-C again to stop immediately");
        tokio::select! {
            () = running.shutdown() => Ok(ExitCode::SUCCESS),
            again = stop_signal() => again.map(|()| ExitCode::FAILURE),
        }
    }
}

fn as_json(running: &Running, space: &str) -> serde_json::Value {
    serde_json::json!({
        "addr": running.addr,
        "tls": running.address.tls,
        "fingerprint": running.fingerprint,
        "space": space,
        "join_link": running.join_link.as_ref().map(ToString::to_string),
    })
}

/// The output once the server runs: space, address, data folder and the next step.
fn as_text(running: &Running, space: &str, data: &Path) -> String {
    let (at, folder) = (running.addr, data.display());
    let next = match &running.join_link {
        Some(link) => {
            format!("Open this link in Homing to become the owner of {space}:\n\n  {link}\n")
        }
        None => "To invite people, use the app or run: homing-server invite".to_owned(),
    };
    let rename = if running.join_link.is_some() && space == DEFAULT_NAME {
        "To give the space a name of its own, run: homing-server space rename NAME\n"
    } else {
        ""
    };
    format!("{space} is running at {at}\nData folder: {folder}\n{rename}\n{next}")
}

#[cfg(unix)]
async fn stop_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn stop_signal() -> anyhow::Result<()> {
    Ok(tokio::signal::ctrl_c().await?)
}
