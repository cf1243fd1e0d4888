//! `homing-server space`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use homing_server::store::Store as _;

use super::OpenStore;
use super::init::space_name;
use crate::output::print_line;

#[derive(Debug, Args)]
pub(crate) struct Space {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Give the space another name. A running server shows it to everyone within seconds.
    Rename {
        /// New name of the space.
        name: String,
    },
}

impl Space {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let Action::Rename { name } = self.action;
        let name = space_name(&name)?;
        let opened = OpenStore::open(&data, None).await?;
        let space = opened.store.rename_space(None, name).await?;
        opened.store.close().await;
        print_line(format_args!("The space is now called {}", space.name))?;
        Ok(ExitCode::SUCCESS)
    }
}
