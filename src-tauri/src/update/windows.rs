//! Windows: a program can't be replaced while it runs. Our installer ends it, which loses nothing,
//! replaces it, and starts it again if wanted.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use homing_bridge::ports::AfterInstall;

use crate::installed::Installed;

/// Whether the installed version starts by itself.
pub(super) const STARTS_AGAIN: bool = true;

/// Starts the installer.
pub(super) fn put(file: &Path, installed: &Installed, then: AfterInstall) -> anyhow::Result<()> {
    let Installed::Windows = installed else {
        bail!(
            "this copy of Homing can't update itself; get the new version where you got this one"
        );
    };
    // Windows recognises a program by this extension.
    let installer = file.with_extension("exe");
    fs::copy(file, &installer).with_context(|| format!("can't write {}", installer.display()))?;
    // Shows its progress and asks nothing.
    let mut command = Command::new(&installer);
    command.args(["/P", "/UPDATE"]);
    if then == AfterInstall::Start {
        command.arg("/R");
    }
    command.spawn().with_context(|| format!("can't start {}", installer.display()))?;
    Ok(())
}
