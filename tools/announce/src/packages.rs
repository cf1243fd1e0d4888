//! What is fetched, by kind of machine. What a package manager installs is not among it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use homing_updates::Package;
use sha2::{Digest as _, Sha256};

/// How the name of a package ends, and for which kind of machine it is.
const ENDS: [(&str, &str); 4] = [
    ("amd64.AppImage", "linux-x86_64"),
    ("x64-setup.exe", "windows-x86_64"),
    ("aarch64.app.tar.gz", "macos-aarch64"),
    ("x86_64.app.tar.gz", "macos-x86_64"),
];

/// Every package in a folder that programs replace themselves by.
pub(crate) fn found(folder: &Path, base: &str) -> Result<BTreeMap<String, Package>> {
    let mut packages = BTreeMap::new();
    let listed = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in listed {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
        let Some((_, machine)) = ENDS.iter().find(|(end, _)| name.ends_with(end)) else { continue };
        let bytes = std::fs::read(&path)?;
        let package = Package {
            url: format!("{}/{name}", base.trim_end_matches('/')),
            size: bytes.len() as u64,
            sha256: format!("{:x}", Sha256::digest(&bytes)),
        };
        let before = packages.insert((*machine).to_owned(), package);
        ensure!(before.is_none(), "two packages are for {machine}; one of them is {name}");
    }
    ensure!(!packages.is_empty(), "{} holds nothing to announce", folder.display());
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_machine_has_its_package() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "Homing_0.2.0_amd64.AppImage",
            "Homing_0.2.0_x64-setup.exe",
            "Homing_aarch64.app.tar.gz",
            "Homing_x86_64.app.tar.gz",
            "homing-desktop_0.2.0_amd64.deb",
            "SHA256SUMS",
        ] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let found = found(folder.path(), "https://example.org/v0.2.0/").unwrap();
        let machines: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(machines, ["linux-x86_64", "macos-aarch64", "macos-x86_64", "windows-x86_64"]);
        let linux = &found["linux-x86_64"];
        assert_eq!(linux.url, "https://example.org/v0.2.0/Homing_0.2.0_amd64.AppImage");
        assert_eq!(linux.size, 27);
        assert_eq!(linux.sha256.len(), 64);
    }

    #[test]
    fn nothing_is_not_announced_and_two_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        assert!(found(folder.path(), "https://example.org").is_err());
        for name in ["Homing_0.1.0_amd64.AppImage", "Homing_0.2.0_amd64.AppImage"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        assert!(found(folder.path(), "https://example.org").is_err());
    }
}
