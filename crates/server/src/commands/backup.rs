//! `homing-server backup`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use clap::Args;
use homing_server::store::Store as _;

use super::Visit;
use crate::out::say;

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// File to write. It must not exist yet.
    #[arg(value_name = "FILE")]
    into: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        ensure!(
            !self.into.exists(),
            "{} already exists. Nothing was written. Choose another name",
            self.into.display()
        );
        let visit = Visit::open(&data, None).await?;
        visit.store.back_up(self.into.clone()).await?;
        visit.store.close().await;
        say(format_args!("Backed up to {}", self.into.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
