//! A space with people in it, made before anything is measured.
//!
//! They come in over the network as everybody does, at a server in this process, which has stopped
//! when [`found`] returns: what is measured then is the real program on the folder it left behind.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use homing_e2e::wire;
use homing_engine::SpaceRecord;
use homing_protocol::Role;
use homing_server::rate_limit::Rate;
use homing_server::{Config, Server, SystemClock, TlsMode};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

const FILE: &str = "identity.json";

/// Who a device is. Its token lies in the open, because a test has no keyring.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) record: SpaceRecord,
    pub(crate) token: String,
}

impl Identity {
    /// The same device, which finds its server at another address.
    pub(crate) fn through(mut self, addr: SocketAddr) -> Self {
        let address = &mut self.record.address;
        (address.host, address.port) = (addr.ip().to_string(), addr.port());
        self
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        let text = serde_json::to_string(self)?;
        std::fs::write(folder.join(FILE), text).with_context(|| folder.display().to_string())
    }

    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// Any free port of the loopback.
pub(crate) const ANYWHERE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Makes a space in `data` with so many people, called `P1`, `P2` and so on. The first owns it.
pub(crate) async fn found(data: &Path, people: usize) -> Result<Vec<Identity>> {
    let mut config = Config { listen: ANYWHERE, tls: TlsMode::Off, ..Config::new(data.to_owned()) };
    // They all come at once, by one address and one invitation.
    config.rates.joins = Rate::per_second(u32::MAX, u32::MAX);
    let stop = CancellationToken::new();
    let server = Server::start(config, Arc::new(SystemClock), stop).await?;
    let addr = server.addr;
    let mut link = server.join_link.clone().context("a new space has no owner yet")?;
    let invite = server.invite(Role::Member).await?;
    let mut identities = Vec::with_capacity(people);
    for (seed, n) in (0..).zip(1..=people) {
        (link.address.host, link.address.port) = (addr.ip().to_string(), addr.port());
        let (record, token) = wire::join(&link, &format!("P{n}"), seed).await;
        identities.push(Identity { record, token: token.reveal().to_owned() });
        link = invite.clone();
    }
    server.shutdown().await;
    Ok(identities)
}
