//! Which version, of when.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{command, name};
use crate::tree::{Source, root};

/// What is released.
#[derive(Debug, Clone)]
pub(super) struct Release {
    /// As Cargo writes it, such as `0.2.0-beta.1`.
    pub(super) version: String,
    /// Of the commit, in seconds since 1970: all files get it, so that the same sources give the
    /// same packages.
    pub(super) time: u64,
}

impl Release {
    pub(super) fn read(version: Option<String>) -> Result<Self> {
        let version = match version {
            Some(version) => version,
            None => workspace_version(&std::fs::read_to_string(root().join("Cargo.toml"))?)?,
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
        ensure!(
            version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(fits),
            "{version} is no version"
        );
        let time = said(command("git", &["log", "-1", "--format=%ct"]))?;
        Ok(Self { version, time: time.parse().context("git tells no time")? })
    }

    /// For packages, where a pre-release has to come before its release: `0.2.0~beta.1`.
    pub(super) fn package_version(&self) -> String {
        self.version.replacen('-', "~", 1)
    }

    /// The day, as `2026-11-24`.
    pub(super) fn day(&self) -> Result<String> {
        self.date("+%Y-%m-%d")
    }

    /// The time as a Debian changelog has it.
    pub(super) fn mail_time(&self) -> Result<String> {
        self.date("+%a, %d %b %Y %H:%M:%S +0000")
    }

    fn date(&self, format: &str) -> Result<String> {
        let mut date = Command::new("date");
        date.env("LC_ALL", "C").args(["--utc", &format!("--date=@{}", self.time), format]);
        said(date)
    }
}

/// What a program says on one line.
pub(super) fn said(mut command: Command) -> Result<String> {
    let what = name(&command);
    let output = command.output().with_context(|| format!("starting {what}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{what} failed with {}:\n{error}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn workspace_version(manifest: &str) -> Result<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[workspace.package]")
        .find_map(|line| Some(line.strip_prefix("version = \"")?.trim_end_matches('"').to_owned()))
        .context("Cargo.toml has no version of the workspace")
}

/// A text of the project.
pub(super) fn text(path: &str) -> Result<String> {
    let text = std::fs::read_to_string(root().join(path)).with_context(|| path.to_owned())?;
    Ok(text.replace('\r', ""))
}

/// The paths below a folder of the project, from the root.
pub(super) fn listed(sources: &[Source], folder: &str) -> Vec<String> {
    let below = |source: &&Source| Path::new(&source.path).starts_with(folder);
    sources.iter().filter(below).map(|source| source.path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pre_release_comes_before_its_release() {
        for (version, package) in [("1.2.3", "1.2.3"), ("1.2.3-beta.1", "1.2.3~beta.1")] {
            let release = Release { version: version.into(), time: 0 };
            assert_eq!(release.package_version(), package);
        }
    }

    #[test]
    fn the_version_is_the_workspace_s() {
        let manifest = "[x]\nversion = \"9\"\n[workspace.package]\nversion = \"0.1.0\"\n";
        assert_eq!(workspace_version(manifest).unwrap(), "0.1.0");
        assert!(workspace_version("[x]\nversion = \"9\"\n").is_err());
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for version in ["", "v1", "1 2", "1.0/..", "1.0\n"] {
            assert!(Release::read(Some(version.into())).is_err(), "{version:?}");
        }
    }
}
