//! `proxies`: builds the programs and visits every real proxy with them, see `tests/proxies`.
//!
//! Nothing is measured by the clock here, so it is the debug build, which is there already. The arguments and
//! the exit status are the program's own.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::figures::NOT_RUN;
use crate::process::{cargo, check, command, name};
use crate::tree::built;

const PROGRAM: &str = "homing-proxies";

/// Builds it and runs it.
pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    check(cargo(&["build", "--quiet", "--package", PROGRAM]))?;
    let mut proxies = command(built(PROGRAM), &[]);
    proxies.args(args);
    let ended = proxies.status().with_context(|| format!("starting {}", name(&proxies)))?;
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(NOT_RUN)))
}
