//! One real engine, and waiting for what it shows.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use homing_e2e::person::Keyring;
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore as _};
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::view::{ConnectionState, Overview};
use homing_engine::{Config, Deps, Engine, Handle};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::space::Identity;

/// What takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(120);

/// One engine with the durations that everybody has.
pub(super) struct Device {
    pub(super) handle: Handle,
    name: String,
}

impl Device {
    pub(super) async fn start(identity: Identity, folder: &Path) -> Result<Self> {
        let Identity { record, token } = identity;
        let keyring = Keyring::default();
        keyring.set(&record.secret_name(), Secret::new(token)).await?;
        let name = record.user_name.clone();
        let deps = Deps {
            store: Arc::new(SqliteStore::open(&folder.join(format!("{name}.db"))).await?),
            connector: Arc::new(Dialer::new(Vec::new())),
            secrets: Arc::new(keyring),
            clock: Arc::new(SystemClock),
            seed: Seed::from_system(),
            config: Config::new("wake 0"),
        };
        Ok(Self { handle: Engine::start(record, deps, CancellationToken::new()).await?, name })
    }

    /// Everything up to this place in the room's log is here.
    pub(super) async fn up_to_date(&self, head: u64) -> Result<()> {
        self.until("up to date", |now| {
            matches!(now.connection, ConnectionState::UpToDate { .. })
                && now.rooms.first().is_some_and(|room| room.head.0 >= head)
        })
        .await
    }

    /// The connection banner says that there is no connection.
    pub(super) async fn offline(&self) -> Result<()> {
        let offline = |now: &Overview| {
            matches!(
                now.connection,
                ConnectionState::Waiting { .. } | ConnectionState::Connecting { .. }
            )
        };
        self.until("offline", offline).await
    }

    /// Writes so many messages. Answers where the last of them stands, once it is on the server.
    pub(super) async fn write(&self, messages: u32) -> Result<u64> {
        let (_, now) = self.handle.overview().await?;
        let room = now.rooms.first().context("there is a room for everybody")?.clone();
        for n in 1..=messages {
            self.handle.send(room.id, format!("while you were away {n}")).await?;
        }
        let head = room.head.0 + u64::from(messages);
        self.up_to_date(head).await?;
        Ok(head)
    }

    async fn until(&self, what: &str, holds: impl Fn(&Overview) -> bool) -> Result<()> {
        let wait = async {
            loop {
                let (_, now, mut batches) = self.handle.subscribe().await?;
                if holds(&now) {
                    return anyhow::Ok(());
                }
                // Behind or not, the whole is looked at again.
                _ = batches.recv().await;
            }
        };
        timeout(PATIENCE, wait).await.with_context(|| format!("{} is not {what}", self.name))?
    }
}
