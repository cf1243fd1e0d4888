//! A Debian package, by Debian's own tools.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Profile;
use super::contents::Scripts;
use super::release::{Release, said};
use super::staging::{MAINTAINER, Staged, finish};
use crate::process::{check, command};

/// Packs a tree.
pub(super) fn pack(
    staged: &Staged,
    release: &Release,
    profile: Profile,
    out: &Path,
) -> Result<PathBuf> {
    let architecture = said(command("dpkg", &["--print-architecture"]))
        .context("debs are made where dpkg is: on Debian, Ubuntu and what comes from them")?;
    let depends = depends(staged)?;
    let control = staged.folder.join("DEBIAN");
    std::fs::create_dir_all(&control)?;
    let text = fields(staged, release, &architecture, &depends, installed_size(staged)?);
    write(&control.join("control"), &text, 0o644, release)?;
    for (name, text) in scripts(&staged.package.scripts()?) {
        write(&control.join(name), &text, 0o755, release)?;
    }
    sums(staged, &control.join("md5sums"), release)?;
    let name =
        format!("{}_{}_{architecture}.deb", staged.package.name(), release.package_version());
    let path = out.join(name);
    let mut build = command("dpkg-deb", &["--root-owner-group"]);
    build.env("SOURCE_DATE_EPOCH", release.time.to_string());
    match profile {
        Profile::Release => build.arg("-Zxz"),
        Profile::Dev => build.args(["-Zgzip", "-z1"]),
    };
    build.arg("--build").arg(&staged.folder).arg(&path).stdout(std::io::stderr());
    check(build)?;
    Ok(path)
}

fn fields(
    staged: &Staged,
    release: &Release,
    architecture: &str,
    depends: &str,
    kilobytes: u64,
) -> String {
    let package = staged.package;
    let recommends = match package.recommends() {
        [] => String::new(),
        some => format!("Recommends: {}\n", some.join(", ")),
    };
    let description: String =
        package.description().iter().map(|line| format!(" {line}\n")).collect();
    format!(
        "Package: {}\nVersion: {}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\n\
         Installed-Size: {kilobytes}\nDepends: {depends}\n{recommends}Section: {}\nPriority: optional\n\
         Homepage: https://github.com/homing-chat/homing\nDescription: {}\n{description}",
        package.name(),
        release.package_version(),
        package.section(),
        package.summary(),
    )
}

/// What the program is linked with, at the versions that have what it calls, and what it loads.
fn depends(staged: &Staged) -> Result<String> {
    // dpkg-shlibdeps wants a source package around it; this is the least that it takes for one.
    let around = staged.folder.with_extension("shlibs");
    std::fs::create_dir_all(around.join("debian"))?;
    let name = staged.package.name();
    std::fs::write(
        around.join("debian/control"),
        format!("Source: {name}\n\nPackage: {name}\nArchitecture: any\n"),
    )?;
    let program = staged.folder.join("usr/bin").join(name);
    let mut ask = command("dpkg-shlibdeps", &["-O", "-e"]);
    ask.arg(program).current_dir(&around);
    let found = said(ask)?;
    let linked =
        found.strip_prefix("shlibs:Depends=").context("dpkg-shlibdeps names no library")?;
    let all: Vec<_> =
        std::iter::once(linked).chain(staged.package.loads().iter().copied()).collect();
    Ok(all.join(", "))
}

/// The scripts that do something, whole.
fn scripts(scripts: &Scripts) -> Vec<(&'static str, String)> {
    [("postinst", &scripts.installed), ("prerm", &scripts.leaving), ("postrm", &scripts.left)]
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(name, lines)| (name, format!("#!/bin/sh\nset -e\n{lines}")))
        .collect()
}

fn installed_size(staged: &Staged) -> Result<u64> {
    let mut bytes = 0;
    for file in &staged.files {
        bytes += std::fs::metadata(staged.folder.join(file))?.len();
    }
    Ok(bytes.div_ceil(1024))
}

fn sums(staged: &Staged, to: &Path, release: &Release) -> Result<()> {
    let mut sum = command("md5sum", &["--"]);
    sum.args(&staged.files).current_dir(&staged.folder);
    write(to, &(said(sum)? + "\n"), 0o644, release)
}

fn write(path: &Path, text: &str, mode: u32, release: &Release) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    finish(path, mode, release)
}

#[cfg(test)]
mod tests {
    use super::super::contents::Package;
    use super::*;

    #[test]
    fn the_fields_are_debian_s() {
        let staged =
            Staged { package: Package::Desktop, folder: PathBuf::new(), files: Vec::new() };
        let release = Release { version: "1.0.0-beta.2".into(), time: 0 };
        let fields = fields(&staged, &release, "amd64", "libc6 (>= 2.36)", 7);
        for line in [
            "Package: homing-desktop",
            "Version: 1.0.0~beta.2",
            "Depends: libc6 (>= 2.36)",
            "Installed-Size: 7",
            "Description: team chat whose messages always arrive",
        ] {
            assert!(fields.lines().any(|found| found == line), "{line}\n{fields}");
        }
        assert!(fields.lines().last().unwrap().starts_with(' '), "{fields}");
    }

    #[test]
    fn a_package_that_does_nothing_has_no_scripts() {
        assert_eq!(scripts(&Package::Terminal.scripts().unwrap()), []);
        let server = scripts(&Package::Server.scripts().unwrap());
        assert_eq!(
            server.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["postinst", "prerm", "postrm"]
        );
        assert!(server.iter().all(|(_, text)| text.starts_with("#!/bin/sh\nset -e\n")));
    }
}
