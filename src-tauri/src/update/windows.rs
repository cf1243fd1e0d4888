//! Windows: a program can't be replaced while it runs. Our installer waits for its end, replaces it
//! and starts it again.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::installed::Installed;

/// Whether what is put in place starts by itself.
pub(super) const STARTS_AGAIN: bool = true;

/// Has the installer ready to put a new version in place.
pub(super) fn put(file: &Path, installed: &Installed) -> anyhow::Result<()> {
    let Installed::Windows = installed else {
        bail!("this copy is replaced by whoever built it");
    };
    // By its end the system knows that it is a program.
    let installer = file.with_extension("exe");
    fs::copy(file, &installer)
        .with_context(|| format!("{} can't be written", installer.display()))?;
    // Shows how far it is, asks nothing, and starts the program again.
    Command::new(&installer)
        .args(["/P", "/R", "/UPDATE"])
        .spawn()
        .with_context(|| format!("{} can't be started", installer.display()))?;
    Ok(())
}
