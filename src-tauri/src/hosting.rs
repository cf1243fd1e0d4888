//! A hosted space: the only file that depends on the server crate.
//!
//! The server is the same as in `homing-server` and uses the same port if it is free. Once others
//! have its port in their join links, it never changes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_bridge::error::{Code, Failure};
use homing_bridge::ports::{ConnectedPeople, Host, Hosted};
use homing_protocol::{JoinLink, UserId};
use homing_server::server::read_address;
use homing_server::{Config, Running, Server, StartError, SystemClock};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// Runs a server inside this program.
#[derive(Default)]
pub(crate) struct LocalHost {
    running: Mutex<Option<Running>>,
}

impl LocalHost {
    async fn start_or_find(
        &self,
        folder: PathBuf,
        name: Option<String>,
    ) -> Result<Hosted, Failure> {
        let mut running = self.running.lock().await;
        // Called again after the name was taken or the keyring failed: the space exists already.
        if let Some(running) = &*running {
            return Ok(hosted(running));
        }
        let started = start(&folder, name).await.map_err(|error| failure(&error))?;
        Ok(hosted(running.insert(started)))
    }
}

impl Host for LocalHost {
    fn start(
        &self,
        folder: PathBuf,
        name: Option<String>,
    ) -> BoxFuture<'_, Result<Hosted, Failure>> {
        self.start_or_find(folder, name).boxed()
    }

    fn others(&self, me: Option<UserId>) -> BoxFuture<'_, Option<ConnectedPeople>> {
        async move {
            let running = self.running.lock().await;
            let running = running.as_ref()?;
            let people = u32::try_from(running.people_besides(me)).unwrap_or(u32::MAX);
            // A store that can't be read serves nobody.
            let space_name = running.space_name().await.ok()?;
            Some(ConnectedPeople { space_name, people })
        }
        .boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        async {
            if let Some(running) = self.running.lock().await.take() {
                running.shutdown().await;
            }
        }
        .boxed()
    }
}

async fn start(folder: &Path, name: Option<String>) -> Result<Running, StartError> {
    let mut config = Config::new(folder.to_owned());
    if let Some(name) = name {
        config.space_name = name;
    }
    let known = read_address(folder).map(|address| address.port);
    if let Some(port) = known {
        config.listen.set_port(port);
    }
    let token = CancellationToken::new();
    match Server::start(config.clone(), Arc::new(SystemClock), token.clone()).await {
        // Nobody knows this space's port yet, so any other will do.
        Err(StartError::PortTaken(_)) if known.is_none() => {
            config.listen.set_port(0);
            Server::start(config, Arc::new(SystemClock), token).await
        }
        other => other,
    }
}

fn hosted(running: &Running) -> Hosted {
    Hosted {
        owner_link: running.join_link.as_ref().map(|link| here(link, running.addr).to_string()),
        address: running.address.authority(),
        space: running.space(),
    }
}

/// The owner's link for this computer, which does not depend on its network address.
fn here(link: &JoinLink, listening: SocketAddr) -> JoinLink {
    let mut link = link.clone();
    link.address.host = IpAddr::V4(Ipv4Addr::LOCALHOST).to_string();
    link.address.port = listening.port();
    link
}

/// The error as the interface knows it.
fn failure(error: &StartError) -> Failure {
    let code = match error {
        StartError::PortTaken(_) => Code::PortTaken,
        StartError::Folder { .. } | StartError::ReadOnly(_) => Code::Storage,
        _ => Code::Failed,
    };
    Failure::new(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_joins_by_way_of_this_computer() {
        let link: JoinLink = "homing://join/192.0.2.7:4664/ABCD-EFGH".parse().unwrap();
        let here = here(&link, "0.0.0.0:4999".parse().unwrap());
        assert_eq!(here.to_string(), "homing://join/127.0.0.1:4999/ABCD-EFGH");
    }

    #[test]
    fn each_failure_has_the_code_that_the_interface_explains() {
        let taken = StartError::PortTaken("0.0.0.0:4664".parse().unwrap());
        assert_eq!(failure(&taken).code, Code::PortTaken);
        let full = StartError::ReadOnly("disk full".into());
        assert_eq!(failure(&full).code, Code::Storage);
    }
}
