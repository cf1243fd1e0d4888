//! `cargo xtask dist`: what people install.
//!
//! A deb and an rpm are packed from the same tree by each system's own tool, which knows best what
//! a program needs: `dpkg-shlibdeps` reads it from the libraries that the program was linked with,
//! and rpm does so itself. The bundles of the other systems, and AppImages, are made by Tauri's bundler on
//! those systems; a Flatpak's folder here, the bundle itself by `flatpak-builder`.
//!
//! Packing needs no root and writes nothing outside of `target/dist`. The same sources at the same
//! commit give the same tree, with the times of the commit.

mod bundler;
mod contents;
mod deb;
mod flatpak;
mod licences;
mod release;
mod rpm;
mod staging;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use sha2::{Digest as _, Sha256};

use crate::process::{cargo, check};
use crate::run::interface;
use crate::tree::{target, target_root};
use contents::Package;
use release::Release;
use staging::Staged;

/// What can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For Debian, Ubuntu and what comes from them
    Deb,
    /// For Fedora, openSUSE and what comes from them
    Rpm,
    /// One file for any Linux
    Appimage,
    /// For flatpak-builder: its folder, and the bundle where that program is there
    Flatpak,
    /// For Windows, as an installer
    Nsis,
    /// For Windows, for administrators
    Msi,
    /// For macOS
    Dmg,
}

/// Which programs are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// As shipped
    Release,
    /// As everyday builds leave them: for tests of the packages
    Dev,
}

/// What `cargo xtask dist` takes.
#[derive(Debug, Args)]
pub(crate) struct Dist {
    /// What to make, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "deb")]
    targets: Vec<Format>,
    /// Which programs to pack
    #[arg(long, value_enum, default_value = "release")]
    profile: Profile,
    /// Pack the programs that are there, without building them
    #[arg(long)]
    built: bool,
    /// Call it by another version; only for tests of upgrades
    #[arg(long, value_name = "VERSION")]
    package_version: Option<String>,
    /// Where to put it [default: target/dist]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Builds and packs.
pub(crate) fn run(dist: &Dist) -> Result<()> {
    let out = match &dist.out {
        Some(out) => out.clone(),
        None => target("dist")?,
    };
    std::fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    let mut made = Vec::new();
    let ours: Vec<_> =
        dist.targets.iter().filter(|format| bundler::name(**format).is_none()).collect();
    if !ours.is_empty() {
        ensure!(cfg!(target_os = "linux"), "deb, rpm and flatpak are made on Linux");
        if !dist.built {
            build(dist.profile)?;
        }
        let release = Release::read(dist.package_version.clone())?;
        let programs = programs(dist.profile);
        for format in ours {
            made.extend(pack(*format, &release, &programs, dist.profile, &out)?);
        }
    }
    let theirs: Vec<_> = dist.targets.iter().filter_map(|format| bundler::name(*format)).collect();
    if !theirs.is_empty() {
        made.extend(bundler::run(&theirs, &out)?);
    }
    sums(&out, &made)?;
    for path in made {
        let size = std::fs::metadata(&path)?.len();
        println!("{} ({:.1} MB)", path.display(), megabytes(size));
    }
    Ok(())
}

/// Packs the programs that everyday builds have left, quickly, as this version or another.
pub(crate) fn for_tests(out: &Path, version: Option<&str>) -> Result<()> {
    run(&Dist {
        targets: vec![Format::Deb, Format::Rpm],
        profile: Profile::Dev,
        built: true,
        package_version: version.map(str::to_owned),
        out: Some(out.to_owned()),
    })
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn build(profile: Profile) -> Result<()> {
    interface()?;
    let mut build = vec!["build", "--locked"];
    if profile == Profile::Release {
        build.push("--release");
    }
    for package in ["homing", "homing-desktop", "homing-server"] {
        build.extend(["--package", package]);
    }
    check(cargo(&build))
}

fn programs(profile: Profile) -> PathBuf {
    target_root().join(match profile {
        Profile::Release => "release",
        Profile::Dev => "debug",
    })
}

fn pack(
    format: Format,
    release: &Release,
    programs: &Path,
    profile: Profile,
    out: &Path,
) -> Result<Vec<PathBuf>> {
    let stage = |package: Package, by: &str| -> Result<Staged> {
        let folder = out.join("tree").join(by).join(package.name());
        staging::stage(package, by, release, programs, &folder)
    };
    let all = |by: &str, pack: fn(&Staged, &Release, Profile, &Path) -> Result<PathBuf>| {
        let packed = Package::ALL.into_iter().map(|package| {
            let made = pack(&stage(package, by)?, release, profile, out)?;
            if profile == Profile::Release {
                weigh(package, std::fs::metadata(&made)?.len())?;
            }
            Ok(made)
        });
        packed.collect()
    };
    match format {
        Format::Deb => all("deb", deb::pack),
        Format::Rpm => all("rpm", rpm::pack),
        Format::Flatpak => flatpak::pack(&stage(Package::Desktop, "flatpak")?, out),
        Format::Appimage | Format::Nsis | Format::Msi | Format::Dmg => Ok(Vec::new()),
    }
}

/// A package as shipped may not grow unnoticed.
fn weigh(package: Package, bytes: u64) -> Result<()> {
    let (name, may) = (package.name(), package.ceiling());
    ensure!(
        bytes <= may,
        "the package {name} weighs {:.1} MB and may weigh {:.1} MB",
        megabytes(bytes),
        megabytes(may)
    );
    Ok(())
}

/// The SHA-256 of everything that was made, as `sha256sum --check` reads it.
fn sums(out: &Path, made: &[PathBuf]) -> Result<()> {
    let mut text = String::new();
    for path in made {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let name = path.file_name().context("a package has a name")?.to_string_lossy();
        let _ = writeln!(text, "{:x}  {name}", Sha256::digest(&bytes));
    }
    Ok(std::fs::write(out.join("SHA256SUMS"), text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_grew_is_not_made() {
        for package in Package::ALL {
            let may = package.ceiling();
            assert!(weigh(package, may).is_ok(), "{}", package.name());
            let error = weigh(package, may + 1).unwrap_err().to_string();
            assert!(error.contains(package.name()), "{error}");
        }
    }
}
