//! Windows: a program can't be replaced while it runs. Our installer ends what still runs of it, which
//! loses nothing, replaces it, and starts it again if that is wanted.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use homing_bridge::ports::AfterInstall;

use crate::installed::Installed;

/// Whether what is put in place starts by itself.
pub(super) const STARTS_AGAIN: bool = true;

/// Has the installer ready to put a new version in place.
pub(super) fn put(file: &Path, installed: &Installed, then: AfterInstall) -> anyhow::Result<()> {
    let Installed::Windows = installed else {
        bail!(
            "this copy of Homing can't update itself; get the new version where you got this one"
        );
    };
    // By its end the system knows that it is a program.
    let installer = file.with_extension("exe");
    fs::copy(file, &installer).with_context(|| format!("can't write {}", installer.display()))?;
    // Shows how far it is and asks nothing.
    let mut command = Command::new(&installer);
    command.args(["/P", "/UPDATE"]);
    if then == AfterInstall::Start {
        command.arg("/R");
    }
    command.spawn().with_context(|| format!("can't start {}", installer.display()))?;
    Ok(())
}
