//! An rpm, by rpm's own tool. What the program is linked with it finds out by itself.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::Profile;
use super::contents::Package;
use super::release::Release;
use super::staging::{MAINTAINER, Staged};
use crate::process::{check, command};

/// Packs a tree.
pub(super) fn pack(
    staged: &Staged,
    release: &Release,
    profile: Profile,
    out: &Path,
) -> Result<PathBuf> {
    let name = staged.package.name();
    let work = staged.folder.with_extension("rpmbuild");
    std::fs::create_dir_all(&work)?;
    let spec = work.join(format!("{name}.spec"));
    std::fs::write(&spec, text(staged, release, profile)?)?;
    let (architecture, version) = (std::env::consts::ARCH, release.package_version());
    let mut build = command("rpmbuild", &["-bb", "--quiet", "--target", architecture]);
    for (key, value) in [
        ("_topdir", work.display().to_string()),
        ("_rpmdir", out.display().to_string()),
        ("_rpmfilename", "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm".to_owned()),
    ] {
        build.arg("--define").arg(format!("{key} {value}"));
    }
    build.env("SOURCE_DATE_EPOCH", release.time.to_string()).arg(&spec);
    check(build).context("rpms are made by rpmbuild, which Debian has in the package rpm")?;
    let path = out.join(format!("{name}-{version}-1.{architecture}.rpm"));
    ensure!(path.is_file(), "rpmbuild left no {}", path.display());
    Ok(path)
}

fn text(staged: &Staged, release: &Release, profile: Profile) -> Result<String> {
    let package = staged.package;
    let scripts = package.scripts()?;
    let packing = match profile {
        Profile::Release => "w19.zstdio",
        Profile::Dev => "w1.gzdio",
    };
    let mut spec = format!(
        "Name: {}\nVersion: {}\nRelease: 1\nSummary: {}\nLicense: MIT\n\
         URL: https://github.com/homing-chat/homing\nPackager: {MAINTAINER}\n",
        package.name(),
        release.package_version(),
        package.summary(),
    );
    for library in package.loads_library() {
        // Marked as rpm marks what it finds for itself.
        let _ = writeln!(spec, "Requires: {library}()(64bit)");
    }
    if package == Package::Desktop {
        spec += "Recommends: hicolor-icon-theme\nRecommends: xdg-utils\n";
    }
    // The tree is finished: it is neither stripped nor packed nor split again.
    for line in [
        "%global debug_package %{nil}".to_owned(),
        "%global __os_install_post %{nil}".to_owned(),
        "%global _build_id_links none".to_owned(),
        "%global use_source_date_epoch_as_buildtime 1".to_owned(),
        "%global clamp_mtime_to_source_date_epoch 1".to_owned(),
        format!("%global _binary_payload {packing}"),
    ] {
        let _ = writeln!(spec, "{line}");
    }
    let folder = staged.folder.display();
    let _ = write!(spec, "\n%description\n{}\n", package.description().join("\n"));
    let _ =
        write!(spec, "\n%install\nmkdir -p %{{buildroot}}\ncp -a \"{folder}/.\" %{{buildroot}}/\n");
    for (name, lines) in
        [("post", &scripts.installed), ("preun", &scripts.leaving), ("postun", &scripts.left)]
    {
        if !lines.is_empty() {
            let _ = write!(spec, "\n%{name}\n{lines}");
        }
    }
    spec += "\n%files\n%defattr(-,root,root)\n";
    for file in &staged.files {
        let mark = if file.starts_with("usr/share/doc/") || file.starts_with("usr/share/man/") {
            "%doc "
        } else {
            ""
        };
        let _ = writeln!(spec, "{mark}\"/{file}\"");
    }
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spec_names_every_file_and_what_is_loaded() {
        let files =
            vec!["usr/bin/homing-desktop".to_owned(), "usr/share/man/man1/a.1.gz".to_owned()];
        let staged = Staged { package: Package::Desktop, folder: "/tree".into(), files };
        let release = Release { version: "1.0.0-beta.2".into(), time: 0 };
        let spec = text(&staged, &release, Profile::Release).unwrap();
        for line in [
            "Version: 1.0.0~beta.2",
            "Requires: libayatana-appindicator3.so.1()(64bit)",
            "\"/usr/bin/homing-desktop\"",
            "%doc \"/usr/share/man/man1/a.1.gz\"",
            "%post",
            "%postun",
        ] {
            assert!(spec.lines().any(|found| found == line), "{line}\n{spec}");
        }
        assert!(!spec.contains("%preun"), "{spec}");
    }
}
