//! `homing-server backup`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use clap::Args;
use homing_server::store::Store as _;

use super::OpenStore;
use crate::output::print_line;

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
        let opened = OpenStore::open(&data, None).await?;
        opened.store.back_up(self.into.clone()).await?;
        opened.store.close().await;
        print_line(format_args!("Backed up to {}", self.into.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
