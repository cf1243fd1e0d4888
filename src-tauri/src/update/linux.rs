//! Linux: an AppImage is one file, which can be replaced while it runs. Every other kind belongs to
//! a package manager.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use homing_bridge::ports::AfterInstall;

use crate::installed::Installed;

/// Whether the installed version starts by itself.
pub(super) const STARTS_AGAIN: bool = false;

/// Installs a new version.
pub(super) fn put(file: &Path, installed: &Installed, _: AfterInstall) -> anyhow::Result<()> {
    match installed {
        Installed::AppImage(place) => {
            replace(file, place).with_context(|| format!("can't replace {}", place.display()))
        }
        _ => bail!("your package manager updates this copy of Homing"),
    }
}

/// Replaces the file atomically: whoever starts it meanwhile starts the old one.
fn replace(file: &Path, place: &Path) -> io::Result<()> {
    let beside = place.with_extension("new");
    let done = fs::copy(file, &beside)
        .and_then(|_| fs::set_permissions(&beside, Permissions::from_mode(0o755)))
        .and_then(|()| File::open(&beside)?.sync_all())
        .and_then(|()| fs::rename(&beside, place));
    if done.is_err() {
        // A partial copy is of no use.
        _ = fs::remove_file(&beside);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_can_be_started() {
        let folder = tempfile::tempdir().unwrap();
        let (new, place) =
            (folder.path().join("new-version"), folder.path().join("Homing.AppImage"));
        fs::write(&new, "new").unwrap();
        fs::write(&place, "old").unwrap();
        put(&new, &Installed::AppImage(place.clone()), AfterInstall::Start).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"new");
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_package_is_not_replaced_behind_its_manager() {
        for installed in [Installed::Deb, Installed::Rpm, Installed::Flatpak, Installed::Copy] {
            let refused =
                put(Path::new("new"), &installed, AfterInstall::End).unwrap_err().to_string();
            assert!(refused.contains("package manager"), "{refused}");
        }
    }

    #[test]
    fn what_can_not_be_replaced_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("new");
        fs::write(&new, "new").unwrap();
        let place = folder.path().join("gone/Homing.AppImage");
        let refused =
            put(&new, &Installed::AppImage(place), AfterInstall::End).unwrap_err().to_string();
        assert!(refused.contains("can't replace"), "{refused}");
    }
}
