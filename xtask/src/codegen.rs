//! The interface's types, written by the bridge.

use anyhow::{Context as _, Result, ensure};

use crate::process::{cargo, command, name};
use crate::tree::{built, root};

const TYPES: &str = "ui/src/generated/bridge.ts";

/// Writes the types, or only says whether they are fresh.
pub(crate) fn run(check: bool) -> Result<()> {
    let print = cargo(&["run", "--quiet", "--package", "homing-bridge", "--bin", "codegen"]);
    compare(print, check)
}

/// Says whether they are fresh, with a bridge that has been built already.
pub(crate) fn check_built() -> Result<()> {
    compare(command(built("codegen"), &[]), true)
}

fn compare(mut print: std::process::Command, check: bool) -> Result<()> {
    let output = print.output().with_context(|| format!("starting {}", name(&print)))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed:\n{said}", name(&print));
    let fresh = String::from_utf8(output.stdout).context("the types are no UTF-8")?;
    let path = root().join(TYPES);
    // Git may have checked it out with other line ends.
    let old = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if old == fresh {
        return Ok(());
    }
    ensure!(!check, "{TYPES} is not what the bridge says; run `cargo xtask codegen`");
    std::fs::write(&path, fresh).with_context(|| format!("writing {TYPES}"))?;
    println!("wrote {TYPES}");
    Ok(())
}
