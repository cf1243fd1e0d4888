//! `homing-server space`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use homing_server::store::Store as _;
use homing_server::{StartError, server};

use super::Visit;
use super::init::space_name;
use crate::out::say;

#[derive(Debug, Args)]
pub(crate) struct Space {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Give the space another name. A running server shows it after a restart.
    Rename {
        /// New name of the space.
        name: String,
    },
}

impl Space {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let Action::Rename { name } = self.action;
        let name = space_name(&name)?;
        let visit = Visit::open(&data, None).await?;
        let space = visit.store.rename_space(name).await?;
        visit.store.close().await;
        say(format_args!("The space is now called {}", space.name))?;
        if matches!(server::lock_folder(&data), Err(StartError::Running(_))) {
            say("Restart the server to show the new name to everyone")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
