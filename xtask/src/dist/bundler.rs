//! Bundles that Tauri's bundler makes, each on its own system: AppImage, NSIS, MSI and DMG.
//!
//! The bundler is a package of npm with a lock file of its own, because nobody else needs it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::Format;
use crate::process::{check, command, npm_install};
use crate::tree::{root, target_root};

const FOLDER: &str = "packaging/bundler";

/// What the bundler signs with on macOS, where it is set.
const SIGNING: [&str; 6] = [
    "APPLE_CERTIFICATE",
    "APPLE_CERTIFICATE_PASSWORD",
    "APPLE_SIGNING_IDENTITY",
    "APPLE_ID",
    "APPLE_PASSWORD",
    "APPLE_TEAM_ID",
];

/// What the bundler calls a format, if it makes it.
pub(super) const fn name(format: Format) -> Option<&'static str> {
    match format {
        Format::Deb | Format::Rpm | Format::Flatpak => None,
        Format::Appimage => Some("appimage"),
        Format::Nsis => Some("nsis"),
        Format::Msi => Some("msi"),
        Format::Dmg => Some("dmg"),
    }
}

/// Builds the app for release and makes these bundles of it.
pub(super) fn run(formats: &[&str], out: &Path) -> Result<Vec<PathBuf>> {
    npm_install(FOLDER)?;
    let program = root().join(FOLDER).join("node_modules/@tauri-apps/cli/tauri.js");
    // An update for macOS is the app itself, packed.
    let mut formats = formats.to_vec();
    if formats.contains(&"dmg") {
        formats.push("app");
    }
    let mut build = command("node", &[]);
    build.arg(program).args(["build", "--bundles", &formats.join(",")]);
    build.args(["--", "--locked"]).current_dir(root().join("src-tauri"));
    for name in SIGNING {
        // A secret that nobody has set comes as an empty variable, which the bundler would use.
        if std::env::var_os(name).is_some_and(|value| value.is_empty()) {
            build.env_remove(name);
        }
    }
    check(build)?;
    let mut made = Vec::new();
    for format in formats {
        made.extend(collect(format, out)?);
    }
    Ok(made)
}

/// Brings what was made together with the rest.
fn collect(format: &str, out: &Path) -> Result<Vec<PathBuf>> {
    let folder =
        target_root().join("release/bundle").join(if format == "app" { "macos" } else { format });
    if format == "app" {
        let packed = out.join(format!("Homing_{}.app.tar.gz", std::env::consts::ARCH));
        let mut tar = command("tar", &["-czf"]);
        tar.arg(&packed).arg("-C").arg(&folder).arg("Homing.app");
        check(tar)?;
        return Ok(vec![packed]);
    }
    let end = match format {
        "appimage" => "AppImage",
        "nsis" => "exe",
        other => other,
    };
    let mut made = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == end) {
            let to = out.join(path.file_name().context("a bundle has a name")?);
            std::fs::copy(&path, &to)?;
            made.push(to);
        }
    }
    ensure!(!made.is_empty(), "the bundler left no {format} in {}", folder.display());
    Ok(made)
}
