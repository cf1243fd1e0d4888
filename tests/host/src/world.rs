//! One server and the people around it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use homing_protocol::{JoinLink, Role};
use homing_server::{Config, Running, Server, SystemClock, TlsMode};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::person::Person;

/// The server's folder in the world's.
const SERVER: &str = "server";

async fn serve(folder: &Path, listen: SocketAddr) -> anyhow::Result<Running> {
    let mut config = Config::new(folder.join(SERVER));
    config.listen = listen;
    config.tls = TlsMode::SelfSigned;
    config.space_name = "Northlight".to_owned();
    Ok(Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await?)
}

/// Everything a test plays with.
pub(crate) struct World {
    server: Mutex<Option<Running>>,
    addr: SocketAddr,
    owners: Mutex<Option<JoinLink>>,
    folder: TempDir,
    people: Mutex<BTreeMap<String, Arc<Person>>>,
}

impl World {
    /// Starts the server.
    pub(crate) async fn start() -> anyhow::Result<Arc<Self>> {
        let folder = tempfile::Builder::new().prefix("homing-host-").tempdir()?;
        let server = serve(folder.path(), ([127, 0, 0, 1], 0).into()).await?;
        let (addr, owners) = (server.addr, Mutex::new(server.join_link.clone()));
        let server = Mutex::new(Some(server));
        Ok(Arc::new(Self { owners, server, addr, folder, people: Mutex::default() }))
    }

    /// A join link straight to the server. The first one makes whoever uses it the owner.
    pub(crate) async fn link(&self) -> anyhow::Result<JoinLink> {
        match self.owners.lock().await.take() {
            Some(link) => Ok(link),
            None => {
                let server = self.server.lock().await;
                let server = server.as_ref().context("there is no server")?;
                Ok(server.invite(Role::Member).await?)
            }
        }
    }

    /// Ends the server and starts it again in its place, with a new certificate.
    pub(crate) async fn recertify(&self) -> anyhow::Result<()> {
        let mut server = self.server.lock().await;
        if let Some(server) = server.take() {
            server.shutdown().await;
        }
        let data = self.folder.path().join(SERVER);
        for file in ["tls-cert.pem", "tls-key.pem"] {
            std::fs::remove_file(data.join(file))?;
        }
        *server = Some(serve(self.folder.path(), self.addr).await?);
        Ok(())
    }

    /// The person of this name; the program starts when it is asked for first.
    pub(crate) async fn person(&self, name: &str) -> anyhow::Result<Arc<Person>> {
        let mut people = self.people.lock().await;
        if let Some(person) = people.get(name) {
            return Ok(person.clone());
        }
        let folder = self.folder.path().join("people").join(name);
        let person = Arc::new(Person::start(folder, self.addr).await?);
        people.insert(name.to_owned(), person.clone());
        Ok(person)
    }
}
