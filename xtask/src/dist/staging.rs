//! A package's tree, laid out as it will be on a person's machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};

use super::contents::{From, Package, missing};
use super::licences;
use super::release::{Release, text};
use crate::process::{check, command};
use crate::tree::root;

/// Who answers for the packages, as both kinds of package ask.
pub(super) const MAINTAINER: &str = "Homing contributors <homing-chat@users.noreply.github.com>";

/// A laid out tree.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) package: Package,
    pub(super) folder: PathBuf,
    /// Every file, from the folder.
    pub(super) files: Vec<String>,
}

/// Lays it out anew in `folder`.
pub(super) fn stage(
    package: Package,
    by: &str,
    release: &Release,
    programs: &Path,
    folder: &Path,
) -> Result<Staged> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("clearing {}", folder.display()));
        }
        _ => {}
    }
    let mut items = package.items(by, release)?;
    let gone = missing(&items);
    ensure!(gone.is_empty(), "missing in the project: {}", gone.join(", "));
    let documents = format!("usr/share/doc/{}", package.name());
    let mut add = |to: String, from| items.push(super::contents::Item { to, from });
    add(format!("{documents}/copyright"), From::Text(text("packaging/linux/copyright")?));
    add(format!("{documents}/third-party.txt.gz"), From::Packed(licences::text(package)?));
    add(format!("{documents}/changelog.gz"), From::Packed(changelog(package, release)?));
    let mut files = Vec::new();
    for item in items {
        let to = folder.join(&item.to);
        let above = to.parent().context("a file has a folder")?;
        std::fs::create_dir_all(above)?;
        let mode = if matches!(item.from, From::Program(_)) { 0o755 } else { 0o644 };
        match &item.from {
            From::Program(name) => program(&programs.join(name), &to)?,
            From::Tree(path) => {
                let bytes = std::fs::read(root().join(path))?;
                std::fs::write(&to, bytes)?;
            }
            From::Text(text) => std::fs::write(&to, text)?,
            From::Packed(text) => std::fs::write(&to, gzip(text)?)?,
        }
        finish(&to, mode, release)?;
        files.push(item.to);
    }
    files.sort();
    Ok(Staged { package, folder: folder.to_owned(), files })
}

/// A program without what only a debugger reads.
fn program(from: &Path, to: &Path) -> Result<()> {
    ensure!(from.is_file(), "{} is not built", from.display());
    let mut strip = command("strip", &["--strip-unneeded", "--remove-section=.comment"]);
    strip.arg("-o").arg(to).arg(from);
    check(strip)
}

/// Packed without name and time, so that the same text gives the same bytes.
fn gzip(text: &str) -> Result<Vec<u8>> {
    let mut gzip = command("gzip", &["-9", "--no-name"]);
    let mut child =
        gzip.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting gzip")?;
    let mut stdin = child.stdin.take().context("gzip has a standard input")?;
    // Written from beside, or both would wait once the pipes are full.
    let text = text.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().ok().context("the writer to gzip broke")??;
    ensure!(output.status.success(), "gzip failed with {}", output.status);
    Ok(output.stdout)
}

/// Sets mode and time.
pub(super) fn finish(path: &Path, mode: u32, release: &Release) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = mode;
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(release.time);
    Ok(std::fs::File::options().append(true).open(path)?.set_modified(time)?)
}

/// As Debian has it: which version came when. What changed stands in one place, the project's own.
fn changelog(package: Package, release: &Release) -> Result<String> {
    let (name, version) = (package.name(), release.package_version());
    Ok(format!(
        "{name} ({version}) unstable; urgency=medium\n\n  * What changed stands in\n    \
         https://github.com/homing-chat/homing/blob/main/CHANGELOG.md\n\n -- {MAINTAINER}  {}\n",
        release.mail_time()?
    ))
}
