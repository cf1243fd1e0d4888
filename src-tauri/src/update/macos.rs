//! macOS: an application is a folder, which is moved away while it runs and replaced by another.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use homing_bridge::ports::AfterInstall;

use crate::installed::Installed;

/// Whether what is put in place starts by itself.
pub(super) const STARTS_AGAIN: bool = false;

/// Where the old one lies while it is exchanged.
const OLD: &str = "old.app";

/// Puts a new version in place.
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
    // An old one that could not be put back is all there is.
    if done.is_ok() || !beside.join(OLD).exists() {
        clear(&beside)?;
    }
    done.with_context(failed)
}

/// With the system's own tool, which keeps what signatures need.
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
        // The old one is better than none.
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
