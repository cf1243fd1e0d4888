//! macOS: an application is a folder, which can be moved away while it runs and replaced.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use homing_bridge::ports::AfterInstall;

use crate::installed::Installed;

/// Whether the installed version starts by itself.
pub(super) const STARTS_AGAIN: bool = false;

/// Where the old version is during the exchange.
const OLD: &str = "old.app";

/// Installs a new version.
pub(super) fn put(file: &Path, installed: &Installed, _: AfterInstall) -> anyhow::Result<()> {
    let Installed::Mac(place) = installed else {
        bail!(
            "this copy of Homing can't update itself; get the new version where you got this one"
        );
    };
    let failed = || format!("can't replace {}", place.display());
    let beside = place.with_extension("new");
    clear(&beside).with_context(failed)?;
    fs::create_dir(&beside).with_context(failed)?;
    let done = unpack(file, &beside).and_then(|()| exchange(&beside, place));
    // If the old version could not be put back, it is the only one left.
    if done.is_ok() || !beside.join(OLD).exists() {
        clear(&beside)?;
    }
    done.with_context(failed)
}

/// Unpacks with the system's own tool, which preserves the signature's attributes.
fn unpack(file: &Path, into: &Path) -> anyhow::Result<()> {
    let unpacked =
        Command::new("/usr/bin/tar").arg("-xzf").arg(file).arg("-C").arg(into).status()?;
    ensure!(unpacked.success(), "can't unpack the download");
    Ok(())
}

fn exchange(beside: &Path, place: &Path) -> anyhow::Result<()> {
    let (new, old) = (beside.join("Homing.app"), beside.join(OLD));
    ensure!(new.is_dir(), "the download has no Homing.app");
    fs::rename(place, &old)?;
    if let Err(error) = fs::rename(&new, place) {
        // Restore the old version.
        fs::rename(&old, place)?;
        return Err(error.into());
    }
    Ok(())
}

fn clear(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
