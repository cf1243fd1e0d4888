//! `./dev check`: what can be said in a few minutes about what one has changed.
//!
//! What differs from the common ancestor with main is looked at, committed or not: the packages in
//! Rust that hold a changed file, and of the interface the files that import one. What stands on a
//! changed package is not built; that is `./dev test`'s work, as is everything that runs a program.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::count::Count;
use super::stage::{self, Stage};
use super::{Row, timed};
use crate::process::{INTERFACE, cargo, check, command, npm, npm_install};
use crate::tree::root;

/// What changed since a commit.
struct Changed {
    /// The commit.
    since: String,
    /// The packages in Rust, by name.
    packages: BTreeSet<String>,
    /// Files of the interface that are there still, by their path in its folder.
    interface: Vec<String>,
}

/// Looks at what changed since a revision; without one, since this branch left main.
pub(super) fn run(since: Option<&str>) -> Result<Vec<Row>> {
    let changed = Changed::since(since)?;
    changed.tell();
    let mut rows =
        vec![timed("format", || format(&changed.interface)), timed("tidy", || Stage::Tidy.run())];
    if !changed.packages.is_empty() {
        let select = select(&changed.packages);
        rows.push(timed("lints", || lints(&select)));
        rows.push(timed("tests", || stage::unit_tests(&select)));
    }
    if !changed.interface.is_empty() {
        npm_install(INTERFACE)?;
        rows.push(timed("types", || Stage::Types.run()));
        rows.push(timed("lint", || lint(&changed.interface)));
        let since = format!("--changed={}", changed.since);
        rows.push(timed("unit", || stage::unit(&[&since, "--passWithNoTests"])));
    }
    Ok(rows)
}

impl Changed {
    fn since(revision: Option<&str>) -> Result<Self> {
        let since = match revision {
            Some(revision) => git(&["rev-parse", "--verify", &format!("{revision}^{{commit}}")])?,
            None => left_main()?,
        };
        let since = since.trim().to_owned();
        let tracked = git(&["diff", "--name-only", "-z", &since])?;
        let others = git(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let files: BTreeSet<&str> =
            tracked.split('\0').chain(others.split('\0')).filter(|path| !path.is_empty()).collect();
        let inside = format!("{INTERFACE}/");
        let interface = files
            .iter()
            .filter_map(|path| path.strip_prefix(&inside))
            .filter(|path| root().join(INTERFACE).join(path).is_file())
            .map(str::to_owned)
            .collect();
        let folders = folders()?;
        Ok(Self { since, packages: packages(&files, &folders), interface })
    }

    /// Says what is looked at, so that nobody takes little for everything.
    fn tell(&self) {
        let short: String = self.since.chars().take(9).collect();
        let packages: Vec<&str> = self.packages.iter().map(String::as_str).collect();
        let packages = if packages.is_empty() { "none".to_owned() } else { packages.join(", ") };
        println!("since {short}: packages in Rust: {packages}");
        println!("               files of the interface: {}", self.interface.len());
    }
}

/// Where this branch left main: the one of the remote, if there is one. Without a main, the last commit.
fn left_main() -> Result<String> {
    for main in ["origin/main", "main"] {
        if let Ok(ancestor) = git(&["merge-base", "HEAD", main]) {
            return Ok(ancestor);
        }
    }
    git(&["rev-parse", "HEAD"])
}

fn git(args: &[&str]) -> Result<String> {
    let mut git = command("git", args);
    let said = git.stderr(Stdio::piped()).output().context("running git")?;
    let error = String::from_utf8_lossy(&said.stderr);
    ensure!(said.status.success(), "git {}: {}", args.join(" "), error.trim());
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

/// The folder of each package, from the root and with a slash at its end, and its name.
fn folders() -> Result<Vec<(String, String)>> {
    let said = cargo(&["metadata", "--no-deps", "--format-version=1"])
        .stderr(Stdio::inherit())
        .output()
        .context("starting cargo metadata")?;
    ensure!(said.status.success(), "cargo metadata failed with {}", said.status);
    let metadata: Value = serde_json::from_slice(&said.stdout).context("cargo metadata")?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let root = root().to_string_lossy().replace('\\', "/");
    let text = |package: &Value, key: &str| {
        package.get(key).and_then(Value::as_str).map(|text| text.replace('\\', "/"))
    };
    let folder = |package: &Value| {
        let manifest = text(package, "manifest_path")?;
        let inside = manifest.strip_prefix(&root)?.strip_suffix("Cargo.toml")?;
        Some((inside.trim_start_matches('/').to_owned(), text(package, "name")?))
    };
    Ok(packages.context("cargo metadata has no packages")?.iter().filter_map(folder).collect())
}

/// The packages that hold these files; of a package within another, the inner one.
fn packages(files: &BTreeSet<&str>, folders: &[(String, String)]) -> BTreeSet<String> {
    let holder = |file: &&str| {
        let holds = folders.iter().filter(|(folder, _)| file.starts_with(folder.as_str()));
        holds.max_by_key(|(folder, _)| folder.len()).map(|(_, name)| name.clone())
    };
    files.iter().filter_map(holder).collect()
}

fn select(packages: &BTreeSet<String>) -> Vec<&str> {
    packages.iter().flat_map(|package| ["--package", package]).collect()
}

/// Everything in Rust, which takes a second, and the changed files of the interface.
fn format(interface: &[String]) -> Result<Count> {
    let rust = Stage::Format.run()?;
    if interface.is_empty() {
        return Ok(rust);
    }
    npm_install(INTERFACE)?;
    let prettier = over("prettier", &["--check", "--ignore-unknown"], interface);
    Ok([rust, one(prettier)].into_iter().sum())
}

fn lints(select: &[&str]) -> Result<Count> {
    let build = [&["build"], select, &["--all-targets"]].concat();
    check(stage::linting(&[&build[..], &["--quiet"]].concat()))?;
    stage::warnings_of(&build)
}

fn lint(interface: &[String]) -> Result<Count> {
    let scripts = |path: &&String| {
        path.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "ts" | "vue" | "js" | "mjs"))
    };
    let files: Vec<String> = interface.iter().filter(scripts).cloned().collect();
    if files.is_empty() {
        return Ok(Count::default());
    }
    Ok(one(over("eslint", &["--max-warnings", "0", "--no-warn-ignored"], &files)))
}

/// A tool of the interface over these files.
fn over(tool: &str, options: &[&str], files: &[String]) -> Command {
    let files = files.iter().map(String::as_str);
    let args: Vec<&str> =
        ["exec", "--", tool].into_iter().chain(options.iter().copied()).chain(files).collect();
    npm(&args)
}

fn one(program: Command) -> Count {
    match check(program) {
        Ok(()) => Count::PASSED,
        Err(error) => {
            eprintln!("{error:#}");
            Count::FAILED
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_innermost_package() {
        let folders =
            [("xtask/", "xtask"), ("tests/e2e/", "homing-e2e"), ("tests/e2e/in/", "inner")]
                .map(|(folder, name)| (folder.to_owned(), name.to_owned()));
        for (file, package) in [
            ("xtask/src/main.rs", Some("xtask")),
            ("tests/e2e/src/lib.rs", Some("homing-e2e")),
            ("tests/e2e/in/src/lib.rs", Some("inner")),
            ("xtask-notes.md", None),
            ("Cargo.toml", None),
        ] {
            let found = packages(&BTreeSet::from([file]), &folders);
            assert_eq!(found, package.into_iter().map(str::to_owned).collect(), "{file}");
        }
    }

    #[test]
    fn the_packages_of_this_workspace_are_found_by_their_folders() {
        let folders = folders().unwrap();
        assert!(folders.contains(&("crates/engine/".to_owned(), "homing-engine".to_owned())));
        assert!(folders.contains(&("xtask/".to_owned(), "xtask".to_owned())));
    }
}
