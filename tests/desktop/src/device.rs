//! A device without a window: the real engine in the process of the test. It belongs to another
//! person, or is a second device of the person at the app.

use std::sync::Arc;

use anyhow::{Context, Result};
use homing_e2e::person::Keyring;
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::net::dialer::Dialer;
use homing_engine::session::{self, Secret, SecretStore as _};
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::{ConnectionState, Overview, Room};
use homing_engine::{Config, Deps, Engine, Handle, SpaceRecord};
use homing_protocol::link::Address;
use homing_protocol::{Cid, JoinLink};
use homing_stage::eventually;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// A device. Dropping it stops its engine.
pub struct Device {
    engine: Handle,
    _stop: DropGuard,
}

impl Device {
    /// Joins with a join link.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn join(link: &JoinLink, name: &str) -> Result<Self> {
        let key = Cid(Uuid::now_v7());
        let dialer = Dialer::new(Vec::new());
        let (record, token) = session::join(link, name, None, "elsewhere", key, &dialer).await?;
        Self::start(record, token).await
    }

    /// Signs a member in on another device.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn sign_in(address: &Address, name: &str, password: &str) -> Result<Self> {
        let (password, dialer) = (Secret::new(password), Dialer::new(Vec::new()));
        let (record, token) =
            session::sign_in(address, name, &password, "elsewhere", &dialer).await?;
        Self::start(record, token).await
    }

    async fn start(record: SpaceRecord, token: Secret) -> Result<Self> {
        let keyring = Arc::new(Keyring::default());
        keyring.set(&record.secret_name(), token).await?;
        let deps = Deps {
            store: Arc::new(MemoryStore::default()),
            connector: Arc::new(Dialer::new(Vec::new())),
            secrets: keyring,
            clock: Arc::new(SystemClock),
            seed: Seed::from_system(),
            config: Config::new("elsewhere 0"),
        };
        let stop = CancellationToken::new();
        let engine = Engine::start(record, deps, stop.clone()).await?;
        let device = Self { engine, _stop: stop.drop_guard() };
        device
            .until("is up to date", |one| {
                matches!(one.connection, ConnectionState::UpToDate { .. })
            })
            .await?;
        Ok(device)
    }

    /// Its engine.
    #[must_use]
    pub fn engine(&self) -> &Handle {
        &self.engine
    }

    /// Waits until its view of the space fulfils a condition.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn until(&self, what: &str, is: impl Fn(&Overview) -> bool) -> Result<Overview> {
        eventually(&format!("the other device {what}"), async || {
            let (_, overview) = self.engine.overview().await?;
            Ok(is(&overview).then_some(overview))
        })
        .await
    }

    /// A room, as soon as the device knows of it.
    ///
    /// # Errors
    /// When it does not.
    pub async fn room(&self, name: &str) -> Result<Room> {
        let there = |overview: &Overview| overview.rooms.iter().any(|room| room.name == name);
        let overview = self.until(&format!("knows of {name}"), there).await?;
        let found = overview.rooms.into_iter().find(|room| room.name == name);
        found.context("it was there a moment ago")
    }

    /// Writes a message.
    ///
    /// # Errors
    /// When there is no such room.
    pub async fn write(&self, room: &str, text: &str) -> Result<()> {
        let room = self.room(room).await?;
        self.engine.send(room.id, text).await?;
        Ok(())
    }
}
