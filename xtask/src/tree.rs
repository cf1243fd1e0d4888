//! The files of the project, as git knows them: what is tracked, and what would be.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}

/// A text file, by its path from the root with forward slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// Such as `crates/protocol/src/lib.rs`.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl Source {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
    }

    /// Whether all of it is for tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| matches!(part, "tests" | "tests.rs" | "e2e" | "testing" | "benches"))
            || self.path.ends_with(".test.ts")
    }

    /// The lines that are not in a test module, which by convention is the end of a file, with
    /// their numbers.
    pub(crate) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let test = self.text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        let product = self.text.get(..test).unwrap_or(&self.text);
        product.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// All text files of the project.
pub(crate) fn sources() -> Result<Vec<Source>> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root())
        .output()
        .context("running git")?;
    ensure!(listed.status.success(), "git can't list the files of {}", root().display());
    let mut sources = Vec::new();
    for path in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|path| !path.is_empty())
    {
        // Deleted but not committed, or not text: neither is for us.
        if let Ok(text) = std::fs::read_to_string(root().join(path)) {
            sources.push(Source { path: path.to_owned(), text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Under `target/`, made if it is not there.
pub(crate) fn target(folder: &str) -> Result<PathBuf> {
    let path = target_root().join(folder);
    std::fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
    Ok(path)
}

/// Where cargo builds.
pub(crate) fn target_root() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program that cargo has built in its usual profile.
pub(crate) fn built(program: &str) -> PathBuf {
    target_root().join("debug").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}
