//! `serve`: the real server, which lets a device come back as often as it likes.
//!
//! A device may say hello ten times a minute; five thousand cycles would take a working day. That
//! limit, and the one on messages, are all that differs from `homing-server serve`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use homing_protocol::Limits;
use homing_server::config::Rates;
use homing_server::rate_limit::Rate;
use homing_server::{Config, Server, SystemClock, TlsMode};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::Count;
use crate::space::ANYWHERE;
use crate::talk::{Driver, say};

/// More than anybody can do in a second.
const NO_LIMIT: u32 = 1_000_000;

/// Where the space is.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Its folder.
    #[arg(long)]
    data: PathBuf,
}

/// What the driver asks. Before it asks anything it is told the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    /// Answered by a [`Count`].
    Count,
}

/// Runs until the driver is gone.
pub(crate) async fn run(options: Options) -> Result<()> {
    let without = Rate::per_second(NO_LIMIT, NO_LIMIT);
    let config = Config {
        listen: ANYWHERE,
        tls: TlsMode::Off,
        limits: Limits { sends_per_second: NO_LIMIT, send_burst: NO_LIMIT, ..Limits::default() },
        rates: Rates { hellos: without, ..Rates::default() },
        ..Config::new(options.data)
    };
    let server = Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await?;
    say(&server.addr)?;
    let mut driver = Driver::new();
    while let Some(Ask::Count) = driver.next().await? {
        say(&Count::here())?;
    }
    server.shutdown().await;
    Ok(())
}
