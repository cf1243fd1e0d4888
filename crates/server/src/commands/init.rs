//! `homing-server init`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use homing_protocol::limits::SPACE_NAME_CHARS;
use homing_server::auth::name;
use homing_server::config::DEFAULT_NAME;
use homing_server::server;
use homing_server::store::Store as _;

use super::OpenStore;
use crate::output::print_line;

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Name of the space.
    #[arg(long, env = "HOMING_NAME", default_value = DEFAULT_NAME)]
    name: String,
    /// Start a new epoch. Do this once after restoring a backup, before running the server: every
    /// device then downloads everything again. Unsent messages are kept.
    #[arg(long)]
    new_epoch: bool,
}

impl Init {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let _lock = server::lock_folder(&data)?;
        let name = space_name(&self.name)?;
        let create = (!self.new_epoch).then_some(name);
        let opened = OpenStore::open(&data, create).await?;
        let space = if self.new_epoch {
            opened.store.renew_epoch().await?
        } else {
            opened.store.space().await?
        };
        opened.store.close().await;
        print_line(format_args!(
            "{} is ready in {} (space {}, epoch {})",
            space.name,
            data.display(),
            space.id,
            space.epoch
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Validates the name of a space.
pub(crate) fn space_name(text: &str) -> anyhow::Result<String> {
    name::read(text, SPACE_NAME_CHARS)
        .map(|name| name.shown)
        .with_context(|| format!("a space's name needs 1 to {SPACE_NAME_CHARS} visible characters"))
}
