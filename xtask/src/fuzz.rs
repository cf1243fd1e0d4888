//! `cargo xtask fuzz`: libFuzzer on every door to the network, see `tests/fuzz`.
//!
//! A fuzzer has to see which code an input reaches. The compiler's own passes do that, on stable too,
//! so there is no second toolchain and no cargo plugin: these are the flags that cargo-fuzz would
//! give, in a folder of their own, so that nothing else is built twice.
//!
//! What breaks a promise is kept as a file, and the last line says which and how to run it again.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;

use crate::process::{cargo, check};
use crate::tree::{root, target, target_root};

/// Where the corpus of each door stands.
const CORPUS: &str = "tests/fuzz/corpus";
/// Count which edges were taken and how often, and tell the fuzzer what was compared with what.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
                     -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Bytes of an input. What is special about larger ones is only their size, which plain tests try.
const INPUT_BYTES: u32 = 4096;
/// An input that costs more memory than this, the fuzzer's own included, is a finding. It needs some
/// 60 MB for itself.
const MEMORY_MB: u32 = 256;
/// An input that takes longer is a finding. Honest ones take microseconds.
const SECONDS_EACH: u32 = 5;
/// Inputs of a run that must end by itself: some seconds, and as many on a slow machine as on a fast.
const BOUNDED_RUNS: u64 = 100_000;

/// A door to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Door {
    /// A text message that a server gets
    ClientFrame,
    /// A text message that a client gets
    ServerFrame,
    /// A link that somebody pasted
    JoinLink,
    /// A link to a message
    MessageLink,
    /// The body of an HTTP call, or of its answer
    HttpBody,
}

impl Door {
    pub(crate) const ALL: [Self; 5] =
        [Self::ClientFrame, Self::ServerFrame, Self::JoinLink, Self::MessageLink, Self::HttpBody];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ClientFrame => "client_frame",
            Self::ServerFrame => "server_frame",
            Self::JoinLink => "join_link",
            Self::MessageLink => "message_link",
            Self::HttpBody => "http_body",
        }
    }
}

/// How long to look.
#[derive(Debug, Clone, Copy)]
enum Bound {
    Seconds(u64),
    Runs(u64),
}

/// Looks for so long, at one door or at each in turn.
pub(crate) fn run(door: Option<Door>, seconds: u64) -> Result<()> {
    build()?;
    for door in Door::ALL.into_iter().filter(|any| door.is_none_or(|door| door == *any)) {
        println!("=== {}, {seconds} s", door.name());
        look(door, Bound::Seconds(seconds))?;
    }
    Ok(())
}

/// Runs one input again.
pub(crate) fn again(door: Door, input: &Path) -> Result<()> {
    ensure!(input.is_file(), "there is no file {}", input.display());
    build()?;
    let mut command = program(door)?;
    let status = command.arg(input).status().context("starting the fuzzer")?;
    ensure!(status.success(), "{} still breaks a promise of {}", input.display(), door.name());
    println!("{} keeps every promise of {}", input.display(), door.name());
    Ok(())
}

/// A look of a bounded number of inputs at each door, always the same ones. Answers which doors held.
pub(crate) fn bounded() -> Result<Vec<(Door, Result<()>)>> {
    build()?;
    Ok(Door::ALL.map(|door| (door, look(door, Bound::Runs(BOUNDED_RUNS)))).into())
}

fn build() -> Result<()> {
    let host = host()?;
    let folder = folder("")?;
    let folder = folder.to_str().context("the target folder's name is no UTF-8")?;
    // Named, so that the flags are for what runs on it and not for build scripts, which could not
    // be linked with them.
    let args = ["build", "--quiet", "--package", "homing-fuzz", "--features", "libfuzzer"];
    let place = ["--bins", "--profile", "fuzz", "--target", &host, "--target-dir", folder];
    let mut build = cargo(&[&args[..], &place[..]].concat());
    build.env("RUSTFLAGS", FLAGS).env_remove("CARGO_ENCODED_RUSTFLAGS");
    check(build)
}

/// What the compiler makes programs for.
fn host() -> Result<String> {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(compiler).arg("-vV").output().context("starting rustc")?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say what it is for")?.to_owned())
}

/// Under `target/fuzz/`, made if it is not there.
fn folder(below: &str) -> Result<PathBuf> {
    target(&format!("fuzz/{below}"))
}

fn program(door: Door) -> Result<Command> {
    let name = format!("{}{}", door.name(), std::env::consts::EXE_SUFFIX);
    let path = target_root().join("fuzz").join(host()?).join("fuzz").join(name);
    let mut command = Command::new(path);
    command.current_dir(root());
    command.args([
        format!("-max_len={INPUT_BYTES}"),
        format!("-rss_limit_mb={MEMORY_MB}"),
        format!("-timeout={SECONDS_EACH}"),
        // Else a line for each new input, of which there are thousands.
        "-verbosity=0".to_owned(),
    ]);
    Ok(command)
}

fn look(door: Door, bound: Bound) -> Result<()> {
    let found = folder(&format!("found/{}", door.name()))?;
    let before = files(&found)?;
    let mut fuzzer = program(door)?;
    fuzzer.arg(format!("-artifact_prefix={}/", found.display()));
    // The first folder is written to.
    match bound {
        // What earlier looks have learnt is where this begins.
        Bound::Seconds(seconds) => {
            fuzzer.arg(format!("-max_total_time={seconds}")).arg("-print_final_stats=1");
            fuzzer.arg(folder(&format!("learnt/{}", door.name()))?);
        }
        // The same inputs everywhere: a finding in CI is a finding at home.
        Bound::Runs(runs) => {
            let empty = folder(&format!("bounded/{}", door.name()))?;
            std::fs::remove_dir_all(&empty)
                .and_then(|()| std::fs::create_dir(&empty))
                .with_context(|| format!("emptying {}", empty.display()))?;
            fuzzer.arg(format!("-runs={runs}")).arg("-seed=1").arg(empty);
        }
    }
    fuzzer.arg(root().join(CORPUS).join(door.name()));
    let status = fuzzer.status().context("starting the fuzzer")?;
    if status.success() {
        return Ok(());
    }
    let new = files(&found)?.into_iter().find(|file| !before.contains(file));
    bail!("{}", finding(door, status, new.as_deref()))
}

/// What to say when it ended badly.
fn finding(door: Door, status: ExitStatus, input: Option<&Path>) -> String {
    let name = door.name();
    let Some(input) = input else {
        return format!("the fuzzer of {name} failed with {status}, and left no input");
    };
    format!(
        "an input breaks a promise of {name}: what is said above. It is kept in\n  {input}\n\
         Run it again:  cargo xtask fuzz {name} --input {input}\n\
         Once it is mended, move it to {CORPUS}/{name}/, where it is tried for ever.",
        input = input.display(),
    )
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = std::fs::read_dir(folder);
    let listed = listed.with_context(|| format!("listing {}", folder.display()))?;
    listed.map(|entry| Ok(entry?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_door_has_its_corpus() {
        for door in Door::ALL {
            let value = door.to_possible_value().expect("none is hidden");
            assert_eq!(value.get_name(), door.name());
            assert!(root().join(CORPUS).join(door.name()).is_dir(), "{}", door.name());
        }
    }
}
