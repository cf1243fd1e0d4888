//! `engine`: one real engine that comes back at once, and counts how often it did.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use homing_e2e::person::Keyring;
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::diff::Diff;
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore as _};
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::timeouts::Timeouts;
use homing_engine::view::ConnectionState;
use homing_engine::{Config, Deps, Engine, Handle};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Count;
use crate::space::Identity;
use crate::talk::{Driver, say};

/// Where the engine is kept.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// With the identity, and for the database.
    #[arg(long)]
    folder: PathBuf,
}

/// What the driver asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    /// Answer once the engine has been up to date more often than so often. Answered by how often
    /// that is now.
    Up(u64),
    /// Write a message. Answered once it is on the disk.
    Write,
    /// Answered by a [`Count`].
    Count,
}

/// Every wait of a connection is as short as it goes, because it is the cycles that are measured.
fn at_once() -> Timeouts {
    Timeouts {
        backoff_first: Duration::from_millis(1),
        backoff_most: Duration::from_millis(2),
        attempts_window: Duration::from_millis(1),
        ..Timeouts::default()
    }
}

/// Runs until the driver is gone.
pub(crate) async fn run(options: Options) -> Result<()> {
    let Identity { record, token } = Identity::read(&options.folder)?;
    let keyring = Keyring::default();
    keyring.set(&record.secret_name(), Secret::new(token)).await?;
    let deps = Deps {
        store: Arc::new(SqliteStore::open(&options.folder.join("device.db")).await?),
        connector: Arc::new(Dialer::new(Vec::new())),
        secrets: Arc::new(keyring),
        clock: Arc::new(SystemClock),
        seed: Seed::from_number(1),
        config: Config { timeouts: at_once(), ..Config::new("reconnect 0") },
    };
    let handle = Engine::start(record, deps, CancellationToken::new()).await?;
    let (ups, mut up) = watch::channel(0);
    let tasks = TaskTracker::new();
    tasks.spawn(count(handle.clone(), ups));
    let mut driver = Driver::new();
    while let Some(ask) = driver.next().await? {
        match ask {
            Ask::Up(before) => say(&*up.wait_for(|ups| *ups > before).await?)?,
            Ask::Write => {
                let (_, overview) = handle.overview().await?;
                let room = overview.rooms.first().context("there is a room for everybody")?;
                handle.send(room.id, "still here").await?;
                say(&())?;
            }
            Ask::Count => say(&Count::here())?,
        }
    }
    Ok(())
}

/// Counts how often the engine became up to date. After falling behind it counts at most one less.
async fn count(handle: Handle, ups: watch::Sender<u64>) {
    while let Ok((_, overview, mut batches)) = handle.subscribe().await {
        let mut is_up = matches!(overview.connection, ConnectionState::UpToDate { .. });
        ups.send_modify(|ups| *ups += u64::from(is_up));
        while let Ok(batch) = batches.recv().await {
            let Some(batch) = batch else { return };
            for diff in &batch.diffs {
                let Diff::Connection { connection: link } = diff else { continue };
                let was_up =
                    std::mem::replace(&mut is_up, matches!(link, ConnectionState::UpToDate { .. }));
                if is_up && !was_up {
                    ups.send_modify(|ups| *ups += 1);
                }
            }
        }
    }
}
