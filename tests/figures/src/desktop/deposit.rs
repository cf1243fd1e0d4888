//! `deposit`: puts the tokens of a person's devices into the keyring of a stage.
//!
//! A keyring is found by the variables of the session, so this is a process of its own with those.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use homing_engine::secret::{Secret, SecretStore as _};
use homing_secrets::Keyring;

use crate::space::Identity;
use crate::talk::{Driver, say};

/// Where the app looks for its secrets, and for the names of those that it wrote.
const SERVICE: &str = "chat.homing.desktop";
const MARKS: &str = "keyring-names";

/// Whose.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder of the profile
    #[arg(long)]
    profile: PathBuf,
}

/// Takes identities until there are no more, and answers each when it is kept.
pub(crate) async fn run(options: Options) -> Result<()> {
    let keyring = Keyring::open(SERVICE, &options.profile.join(MARKS));
    let mut driver = Driver::new();
    while let Some(Identity { record, token }) = driver.next().await? {
        keyring.set(&record.secret_name(), Secret::new(token)).await?;
        say(&())?;
    }
    Ok(())
}
