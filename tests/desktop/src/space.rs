//! A real server with its own certificate, and join links to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use homing_protocol::{JoinLink, Role};
use homing_server::{Config, Running, Server, SystemClock};
use homing_testkit::Proxy;
use tokio_util::sync::CancellationToken;

/// A space that runs until it is dropped.
pub struct Space {
    server: Running,
    stop: CancellationToken,
}

impl Space {
    /// Starts a server that keeps its files in `folder`, with TLS as on any other machine.
    ///
    /// # Errors
    /// What the server says.
    pub async fn start(folder: &Path, name: &str) -> Result<Self> {
        let mut config = Config::new(folder.join("server"));
        config.space_name = name.to_owned();
        config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let stop = CancellationToken::new();
        let server = Server::start(config, Arc::new(SystemClock), stop.clone()).await?;
        Ok(Self { server, stop })
    }

    /// The address on which it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.addr
    }

    /// The link that makes the first person the owner.
    ///
    /// # Errors
    /// When somebody is already.
    pub fn owner_link(&self) -> Result<JoinLink> {
        self.server.join_link.clone().context("the space has an owner")
    }

    /// A new join link.
    ///
    /// # Errors
    /// What the server says.
    pub async fn invite(&self) -> Result<JoinLink> {
        Ok(self.server.invite(Role::Member).await?)
    }

    /// A new join link that leads through a proxy.
    ///
    /// # Errors
    /// What the server says.
    pub async fn invite_through(&self, network: &Proxy) -> Result<JoinLink> {
        let mut link = self.invite().await?;
        link.address.port = network.addr.port();
        Ok(link)
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
