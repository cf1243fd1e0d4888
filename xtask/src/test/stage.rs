//! The stages, in order.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;

use super::count::{self, Count};
use super::packages;
use crate::process::{INTERFACE, cargo, check, name, npm, npm_install};
use crate::tree::{root, target, target_root};
use crate::{codegen, figures, sim, tidy};

/// The package whose tests need the whole desktop.
const DESKTOP_TESTS: [&str; 2] = ["homing-desktop-tests", "homing-stage"];

/// All targets, as the tests need them: another selection would be another set of features, and most
/// of the workspace would be built twice.
const BUILD: [&str; 3] = ["build", "--workspace", "--all-targets"];

/// Names the folder of programs for tests that run them.
const PROGRAMS: &str = "HOMING_PROGRAMS";

/// One kind of check or test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Whether rustfmt would change anything
    Format,
    /// What no compiler checks
    Tidy,
    /// Install and build the interface
    Interface,
    /// Build everything that runs later
    Build,
    /// What clippy said of it; a warning is an error
    Clippy,
    /// Whether the interface's types are fresh
    Codegen,
    /// Unit, contract and integration tests in Rust
    Rust,
    /// A bounded look for bytes that break what reads from the network
    Fuzz,
    /// Worlds made from seeds, and whether they notice bugs put in on purpose
    Sim,
    /// Chaos and benches, each for less than a minute
    Figures,
    /// The interface's types
    Types,
    /// The interface's lints
    Lint,
    /// The interface's unit tests
    Unit,
    /// The interface in a browser, with the real engine and server behind it
    Browser,
    /// The real app on a desktop without a screen
    Desktop,
    /// The packages: made, looked at, and installed where the machine may be changed
    Dist,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Format => "format",
            Self::Tidy => "tidy",
            Self::Interface => "interface",
            Self::Build => "build",
            Self::Clippy => "clippy",
            Self::Codegen => "codegen",
            Self::Rust => "rust",
            Self::Fuzz => "fuzz",
            Self::Sim => "sim",
            Self::Figures => "figures",
            Self::Types => "types",
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Browser => "browser",
            Self::Desktop => "desktop",
            Self::Dist => "dist",
        })
    }
}

impl Stage {
    /// In the order in which they run.
    pub(super) const ALL: [Self; 16] = [
        Self::Format,
        Self::Tidy,
        Self::Interface,
        Self::Build,
        Self::Clippy,
        Self::Codegen,
        Self::Rust,
        Self::Fuzz,
        Self::Sim,
        Self::Figures,
        Self::Types,
        Self::Lint,
        Self::Unit,
        Self::Browser,
        Self::Desktop,
        Self::Dist,
    ];

    /// Whether it can't say anything when `other` has failed.
    pub(super) fn needs(self, other: Self) -> bool {
        match other {
            // The desktop app carries the built interface inside.
            Self::Interface => self == Self::Build,
            Self::Build => {
                matches!(
                    self,
                    Self::Clippy
                        | Self::Codegen
                        | Self::Rust
                        | Self::Figures
                        | Self::Browser
                        | Self::Desktop
                        | Self::Dist
                )
            }
            _ => false,
        }
    }

    /// These, and all that they need; none means all.
    pub(super) fn chosen(wanted: &[Self]) -> Vec<Self> {
        let mut chosen: Vec<Self> = Vec::new();
        // Backwards, because what is needed stands before what needs it.
        for stage in Self::ALL.into_iter().rev() {
            let needed = chosen.iter().any(|later| later.needs(stage));
            if wanted.is_empty() || wanted.contains(&stage) || needed {
                chosen.push(stage);
            }
        }
        chosen.reverse();
        chosen
    }

    pub(super) fn run(self) -> Result<Count> {
        match self {
            Self::Format => one(cargo(&["fmt", "--all", "--check"])),
            Self::Tidy => tidy::run().map(|()| Count::PASSED),
            Self::Interface => {
                npm_install(INTERFACE)?;
                one(npm(&["run", "build"]))
            }
            Self::Build => one(linting(&[&BUILD[..], &["--quiet"]].concat())),
            Self::Clippy => warnings_of(&BUILD),
            Self::Codegen => codegen::check_built().map(|()| Count::PASSED),
            Self::Rust => {
                let [tests, stage] = DESKTOP_TESTS;
                rust(Tests::Without(&[tests, stage, packages::INSTALLING]), None)
            }
            Self::Fuzz => fuzz(),
            Self::Sim => sim::quick().map(|runs| Count { passed: runs, failed: 0 }),
            Self::Figures => figures::quick().map(|runs| Count { passed: runs, failed: 0 }),
            Self::Types => {
                npm_install(INTERFACE)?;
                one(npm(&["run", "check"]))
            }
            Self::Lint => {
                npm_install(INTERFACE)?;
                one(npm(&["run", "lint"]))
            }
            Self::Unit => unit(&[]),
            Self::Browser => browser(),
            Self::Desktop => rust(Tests::Of(&DESKTOP_TESTS), None),
            Self::Dist => dist(),
        }
    }
}

/// A program that is one check.
fn one(program: Command) -> Result<Count> {
    check(program).map(|()| Count::PASSED)
}

/// Cargo, with clippy's compiler for our own packages: it warns of what clippy sees and makes the same
/// programs. So what is built for the tests is linted too, and nothing is compiled twice. Every call
/// that is to find these programs fresh has to be made so.
pub(super) fn linting(args: &[&str]) -> Command {
    let mut cargo = cargo(args);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    cargo
}

/// The warnings of a build that is done: cargo keeps them, and tells them again. One is a failure.
pub(super) fn warnings_of(build: &[&str]) -> Result<Count> {
    let mut again = linting(&[build, &["--quiet", "--message-format=json"]].concat());
    let told = again.output().with_context(|| format!("starting {}", name(&again)))?;
    ensure!(told.status.success(), "{} failed with {}", name(&again), told.status);
    let warnings = count::warnings(&String::from_utf8_lossy(&told.stdout))?;
    for warning in &warnings {
        println!("{warning}");
    }
    Ok(if warnings.is_empty() { Count::PASSED } else { Count::FAILED })
}

/// Which tests in Rust.
#[derive(Clone, Copy)]
enum Tests<'a> {
    /// All but those of these packages.
    Without(&'a [&'a str]),
    /// Those of these packages.
    Of(&'a [&'a str]),
    /// The one file of tests that is called so.
    File(&'a str),
}

impl Tests<'_> {
    /// For nextest: always chosen from the whole workspace, whose set of features is built already.
    fn filter(self) -> String {
        let any = |packages: &[&str]| {
            packages
                .iter()
                .map(|package| format!("package({package})"))
                .collect::<Vec<_>>()
                .join(" | ")
        };
        match self {
            Self::Without(packages) => format!("not ({})", any(packages)),
            Self::Of(packages) => any(packages),
            Self::File(file) => format!("binary({file})"),
        }
    }

    /// How many run at once. A test of the desktop keeps a processor busy with drawing; most others
    /// wait for clocks and disks half of their time.
    fn at_once(self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        match self {
            Self::Without(_) => 2 * processors,
            Self::Of(_) | Self::File(_) => processors,
        }
    }

    /// For cargo itself.
    fn select(self) -> Vec<String> {
        let each = |option: &str, packages: &[&str]| {
            packages.iter().flat_map(|package| [option.to_owned(), (*package).to_owned()]).collect()
        };
        match self {
            Self::Without(packages) => {
                let mut select: Vec<String> = each("--exclude", packages);
                select.extend(["--workspace", "--all-targets"].map(str::to_owned));
                select
            }
            Self::Of(packages) => {
                let mut select: Vec<String> = each("--package", packages);
                select.push("--all-targets".to_owned());
                select
            }
            Self::File(file) => ["--workspace", "--test", file].map(str::to_owned).into(),
        }
    }
}

/// Tests in Rust, by nextest where it is installed: it runs each in a process of its own. They find the
/// programs that the build stage has made.
fn rust(tests: Tests<'_>, with: Option<(&str, PathBuf)>) -> Result<Count> {
    let programs = (PROGRAMS, target_root().join("debug"));
    let with = with.into_iter().chain([programs]);
    if has_nextest() {
        let filter = tests.filter();
        let mut args = [&NEXTEST[..], &["--workspace"]].concat();
        args.extend(["--filterset", &filter]);
        let threads = tests.at_once().to_string();
        args.extend(["--test-threads", &threads]);
        let (printed, success) = watch(cargo_with(&args, with), Channel::Error)?;
        Ok(count::nextest(&printed).of_run(success))
    } else {
        println!("(cargo-nextest is not installed; cargo test takes its place)");
        let select = tests.select();
        let mut args = vec!["test", "--no-fail-fast", "--quiet"];
        args.extend(select.iter().map(String::as_str));
        let (printed, success) = watch(cargo_with(&args, with), Channel::Output)?;
        Ok(count::cargo_test(&printed).of_run(success))
    }
}

/// The tests within the sources of the selected packages: those that start no program.
pub(super) fn unit_tests(select: &[&str]) -> Result<Count> {
    if has_nextest() {
        let within = ["--filterset", "kind(lib) | kind(bin)"];
        let args = [&NEXTEST[..], select, &within].concat();
        let (printed, success) = watch(linting(&args), Channel::Error)?;
        Ok(count::nextest(&printed).of_run(success))
    } else {
        // It refuses `--lib` where no package has a library, so the tests beside the sources run too.
        println!("(cargo-nextest is not installed; cargo test runs all tests of these packages)");
        let args = [&["test", "--no-fail-fast", "--quiet"], select].concat();
        let (printed, success) = watch(linting(&args), Channel::Output)?;
        Ok(count::cargo_test(&printed).of_run(success))
    }
}

/// A run of nextest that goes on after a failure and prints only those.
const NEXTEST: [&str; 7] = [
    "nextest",
    "run",
    "--no-fail-fast",
    "--no-tests=pass",
    "--status-level=fail",
    "--final-status-level=fail",
    "--cargo-quiet",
];

fn has_nextest() -> bool {
    cargo(&["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Cargo for the programs of the build stage, with these variables.
fn cargo_with<'a>(args: &[&str], with: impl Iterator<Item = (&'a str, PathBuf)>) -> Command {
    let mut cargo = linting(args);
    cargo.envs(with);
    cargo
}

/// What is looked at is a check each; what is installed, a test.
fn dist() -> Result<Count> {
    if !cfg!(target_os = "linux") {
        println!("(packages are made and installed on Linux)");
        return Ok(Count::PASSED);
    }
    let (folder, looked) = packages::look()?;
    if looked.failed > 0 || !packages::may_install() {
        return Ok(looked);
    }
    let installed = rust(Tests::File(packages::INSTALLING_TEST), Some(packages::from(&folder)))?;
    Ok([looked, installed].into_iter().sum())
}

/// Each door is one check.
fn fuzz() -> Result<Count> {
    let looked = crate::fuzz::bounded()?;
    let count = |(door, held): (crate::fuzz::Door, Result<()>)| match held {
        Ok(()) => Count::PASSED,
        Err(error) => {
            eprintln!("{}: {error:#}", door.name());
            Count::FAILED
        }
    };
    Ok(looked.into_iter().map(count).sum())
}

/// The interface's unit tests, with these options of vitest.
pub(super) fn unit(options: &[&str]) -> Result<Count> {
    npm_install(INTERFACE)?;
    let report = target("test")?.join("vitest.json");
    remove(&report)?;
    let output = format!("--outputFile={}", report.display());
    let vitest = ["exec", "--", "vitest", "run", "--reporter=default", "--reporter=json", &output];
    let run = npm(&[&vitest[..], options].concat());
    let success = check(run).inspect_err(|error| eprintln!("{error:#}")).is_ok();
    let report = std::fs::read_to_string(&report).context("vitest left no report")?;
    Ok(count::vitest(&report)?.of_run(success))
}

/// Every script of the interface that is called `e2e` or `e2e:…`.
fn browser() -> Result<Count> {
    let manifest = std::fs::read_to_string(root().join("ui/package.json"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    let scripts = manifest.get("scripts").and_then(|scripts| scripts.as_object());
    let scripts = scripts.context("ui/package.json has no scripts")?;
    let mut all = Count::default();
    for script in scripts.keys().filter(|name| *name == "e2e" || name.starts_with("e2e:")) {
        let report = target("test")?.join(format!("{}.json", script.replace(':', "-")));
        remove(&report)?;
        let mut run = npm(&["run", script, "--", "--reporter=list,json"]);
        run.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
        if let Some(browser) = chromium() {
            run.env("CHROMIUM", browser);
        }
        let success = check(run).inspect_err(|error| eprintln!("{error:#}")).is_ok();
        let report = std::fs::read_to_string(&report).context("Playwright left no report")?;
        let count = count::playwright(&report)?.of_run(success);
        all = [all, count].into_iter().sum();
    }
    Ok(all)
}

/// The system's browser, by the names that distributions give it.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// An old report must not be taken for a new one.
fn remove(report: &Path) -> Result<()> {
    match std::fs::remove_file(report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", report.display()))
        }
        _ => Ok(()),
    }
}

enum Channel {
    Output,
    Error,
}

/// Runs it, shows what it prints, and gives back what it printed on one channel.
fn watch(mut command: Command, channel: Channel) -> Result<(String, bool)> {
    match channel {
        Channel::Output => command.stdout(Stdio::piped()),
        Channel::Error => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().with_context(|| format!("starting {}", name(&command)))?;
    let mut printed = String::new();
    let mut show = |line: &str| {
        println!("{line}");
        printed.push_str(line);
        printed.push('\n');
    };
    let mut read = |from: &mut dyn std::io::Read| -> Result<()> {
        for line in BufReader::new(from).split(b'\n') {
            show(&String::from_utf8_lossy(&line?));
        }
        Ok(())
    };
    if let Some(mut output) = child.stdout.take() {
        read(&mut output)?;
    }
    if let Some(mut error) = child.stderr.take() {
        read(&mut error)?;
    }
    Ok((printed, child.wait()?.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_brings_what_it_needs() {
        for (wanted, chosen) in [
            (&[][..], &Stage::ALL[..]),
            (&[Stage::Tidy], &[Stage::Tidy]),
            (&[Stage::Clippy], &[Stage::Interface, Stage::Build, Stage::Clippy]),
            (&[Stage::Desktop], &[Stage::Interface, Stage::Build, Stage::Desktop]),
            (&[Stage::Unit, Stage::Format], &[Stage::Format, Stage::Unit]),
        ] {
            assert_eq!(Stage::chosen(wanted), chosen, "{wanted:?}");
        }
    }
}
