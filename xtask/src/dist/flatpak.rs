//! The folder from which `flatpak-builder` makes a Flatpak.
//!
//! It is the tree of the other packages, with the library of the tray icon beside it: the runtime
//! has the webview and not that one. So the Flatpak holds the very program that is in the deb, and
//! building it fetches nothing but the runtime.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use super::release::said;
use super::staging::Staged;
use crate::process::{check, command};
use crate::tree::root;

/// The tray icon's library and what that one needs beyond the runtime.
const LIBRARIES: [&str; 5] = [
    "libayatana-appindicator3.so.1",
    "libayatana-indicator3.so.7",
    "libayatana-ido3-0.4.so.0",
    "libdbusmenu-gtk3.so.4",
    "libdbusmenu-glib.so.4",
];

const MANIFEST: &str = "chat.homing.desktop.yml";

/// Lays the folder out, and makes the bundle if the program for it is there.
pub(super) fn pack(staged: &Staged, out: &Path) -> Result<Vec<PathBuf>> {
    let folder = out.join("flatpak");
    let lib = folder.join("tree/lib");
    match std::fs::remove_dir_all(folder.join("tree")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => std::fs::create_dir_all(&lib)?,
    }
    for file in &staged.files {
        // A Flatpak's /app is what /usr is elsewhere.
        let below = file.strip_prefix("usr/").context("everything is below usr")?;
        let to = folder.join("tree").join(below);
        std::fs::create_dir_all(to.parent().context("a file has a folder")?)?;
        std::fs::copy(staged.folder.join(file), to)?;
    }
    let known = said(command("/sbin/ldconfig", &["-p"]))?;
    for library in LIBRARIES {
        let from = place(&known, library)
            .with_context(|| format!("{library} is not installed; see tests/stage/packages.txt"))?;
        std::fs::copy(from, lib.join(library))?;
    }
    std::fs::copy(root().join("packaging/flatpak").join(MANIFEST), folder.join(MANIFEST))?;
    if !there("flatpak-builder") {
        println!("{} is ready; flatpak-builder is not here to make the bundle", folder.display());
        return Ok(Vec::new());
    }
    let mut build = command("flatpak-builder", &["--force-clean", "--user", "--repo=repo"]);
    build.args(["--install-deps-from=flathub", "build", MANIFEST]).current_dir(&folder);
    check(build)?;
    let bundle = out.join("homing-desktop.flatpak");
    let mut export = command("flatpak", &["build-bundle", "repo"]);
    export.arg(&bundle).arg("chat.homing.desktop").current_dir(&folder);
    check(export)?;
    ensure!(bundle.is_file(), "flatpak left no {}", bundle.display());
    Ok(vec![bundle])
}

/// Where the system's loader finds a library.
fn place<'a>(known: &'a str, library: &str) -> Option<&'a str> {
    known.lines().find_map(|line| {
        let (name, path) = line.split_once(" => ")?;
        (name.split_whitespace().next() == Some(library)).then_some(path.trim())
    })
}

fn there(program: &str) -> bool {
    command(program, &["--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_found_by_its_whole_name() {
        let known = "2 libs found\n\tliba.so.10 (libc6,x86-64) => /lib/liba.so.10\n\
                     \tliba.so.1 (libc6,x86-64) => /lib/liba.so.1\n";
        assert_eq!(place(known, "liba.so.1"), Some("/lib/liba.so.1"));
        assert_eq!(place(known, "libb.so.1"), None);
    }
}
