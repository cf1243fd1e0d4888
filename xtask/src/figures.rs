//! `chaos` and `bench`: builds the programs for release and runs them.
//!
//! What is measured is what is shipped, so these never run a debug build. Their arguments and their
//! exit status are the program's own.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::process::{INTERFACE, cargo, check, command, name, npm, npm_install};
use crate::tree::{built, target_root};

const PROGRAM: &str = "homing-figures";
/// As the program's own status where it could not measure.
pub(crate) const NOT_RUN: u8 = 2;

/// Where the peers are that a bench compares us with.
const PEERS: &str = "tests/figures/peers";
/// Each in under a minute. That everything arrives once is judged on any machine; memory after three
/// hundred cycles, and times on a busy machine, say nothing.
const QUICK: [&[&str]; 5] = [
    &["chaos", "--quick"],
    &["jitter", "--quick"],
    &["reconnect", "--quick", "--no-check"],
    &["wake", "--quick", "--no-check"],
    &["desktop", "--quick", "--no-check"],
];

/// Builds what is measured and what measures, and runs a command of it.
pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    npm_install(PEERS)?;
    let mut build = vec!["build", "--release", "--quiet"];
    let mut packages = vec!["homing-figures", "homing-server"];
    if args.first().is_some_and(|bench| bench == "desktop") {
        // The app carries the built interface inside.
        npm_install(INTERFACE)?;
        check(npm(&["run", "build"]))?;
        packages.extend(["homing-desktop", "homing-bare"]);
    }
    build.extend(packages.iter().flat_map(|package| ["--package", package]));
    check(cargo(&build))?;
    let program = target_root().join("release").join(PROGRAM);
    let mut figures = command(program, &[]);
    figures.args(args);
    let ended = figures.status().with_context(|| format!("starting {}", name(&figures)))?;
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(NOT_RUN)))
}

/// Runs each of them quickly, to see that it works. How many there are.
pub(crate) fn quick() -> Result<u64> {
    npm_install(PEERS)?;
    for args in QUICK {
        check(command(built(PROGRAM), args))?;
    }
    Ok(QUICK.len().try_into()?)
}
