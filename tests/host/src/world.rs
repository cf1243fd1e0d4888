//! One server and the people around it.

use std::collections::BTreeMap;
use std::sync::Arc;

use homing_protocol::{JoinLink, Role};
use homing_server::{Config, Running, Server, SystemClock, TlsMode};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::person::Person;

/// Everything a test plays with.
pub(crate) struct World {
    server: Running,
    owners: Mutex<Option<JoinLink>>,
    folder: TempDir,
    people: Mutex<BTreeMap<String, Arc<Person>>>,
}

impl World {
    /// Starts the server.
    pub(crate) async fn start() -> anyhow::Result<Arc<Self>> {
        let folder = tempfile::Builder::new().prefix("homing-host-").tempdir()?;
        let mut config = Config::new(folder.path().join("server"));
        config.listen = ([127, 0, 0, 1], 0).into();
        config.tls = TlsMode::SelfSigned;
        config.space_name = "Northlight".to_owned();
        let server = Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await?;
        let owners = Mutex::new(server.join_link.clone());
        Ok(Arc::new(Self { owners, server, folder, people: Mutex::default() }))
    }

    /// A join link straight to the server. The first one makes whoever uses it the owner.
    pub(crate) async fn link(&self) -> anyhow::Result<JoinLink> {
        match self.owners.lock().await.take() {
            Some(link) => Ok(link),
            None => Ok(self.server.invite(Role::Member).await?),
        }
    }

    /// The person of this name; the program starts when it is asked for first.
    pub(crate) async fn person(&self, name: &str) -> anyhow::Result<Arc<Person>> {
        let mut people = self.people.lock().await;
        if let Some(person) = people.get(name) {
            return Ok(person.clone());
        }
        let folder = self.folder.path().join("people").join(name);
        let person = Arc::new(Person::start(folder, self.server.addr).await?);
        people.insert(name.to_owned(), person.clone());
        Ok(person)
    }
}
