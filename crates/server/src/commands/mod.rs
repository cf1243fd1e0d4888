//! One file per command: parse arguments, call the library, print the result.

pub(crate) mod backup;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod invite;
pub(crate) mod member;
pub(crate) mod room;
pub(crate) mod serve;
pub(crate) mod space;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use homing_protocol::VERSION;
use homing_server::store::sqlite::{KNOWN_SCHEMA, Sqlite};
use homing_server::store::{Change, StoreError};
use homing_server::{Config, StartError, SystemClock, server};
use tokio::sync::mpsc;

use crate::output::{OutputError, print_line};

/// The data folder: the given one, or the default of this user.
pub(crate) fn data_folder(given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    match given {
        Some(data) => Ok(data),
        None => directories::ProjectDirs::from("chat", "Homing", "homing-server")
            .map(|folders| folders.data_dir().to_owned())
            .context("this user has no home folder. Choose a folder with --data"),
    }
}

/// Prints the versions.
pub(crate) fn version() -> Result<(), OutputError> {
    print_line(format_args!("homing-server {}", env!("CARGO_PKG_VERSION")))?;
    print_line(format_args!("protocol homing.v{VERSION}"))?;
    print_line(format_args!("database schema {KNOWN_SCHEMA}"))
}

/// A space's store, opened by a command while a server may be running on it.
pub(crate) struct OpenStore {
    pub(crate) store: Sqlite,
    /// Kept open and not read: the server detects these changes itself.
    _changes: mpsc::Receiver<Change>,
}

impl OpenStore {
    /// Opens the space in a folder. Without `create`, a name, it must exist.
    pub(crate) async fn open(data: &Path, create: Option<String>) -> anyhow::Result<Self> {
        let config = Config::new(data.to_owned());
        // Large enough that the writer never waits for this channel.
        let (told, changes) = mpsc::channel(server::COMMAND_CHANGES);
        let clock = Arc::new(SystemClock);
        let store = match server::open(&config, clock, create, told).await {
            Err(StartError::Store(StoreError::Absent)) => {
                return Err(StoreError::Absent)
                    .with_context(|| format!("can't open {}", data.display()));
            }
            other => other?,
        };
        Ok(Self { store, _changes: changes })
    }
}
