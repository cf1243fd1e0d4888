//! The files of the interface that the bridge writes: the types and the English words of Rust.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{cargo, command, name};
use crate::tree::{built, root};

const FOLDER: &str = "ui/src/generated";
const FILES: [&str; 2] = ["bridge.ts", "english.ts"];

/// Writes the files, or only says whether they are fresh.
pub(crate) fn run(check: bool) -> Result<()> {
    let run = ["run", "--quiet", "--package", "homing-bridge", "--bin", "codegen", "--"];
    FILES.iter().try_for_each(|file| {
        let mut print = cargo(&run);
        print.arg(file);
        compare(print, file, check)
    })
}

/// Says whether they are fresh, with a bridge that has been built already.
pub(crate) fn check_built() -> Result<()> {
    FILES.iter().try_for_each(|file| compare(command(built("codegen"), &[file]), file, true))
}

fn compare(mut print: Command, file: &str, check: bool) -> Result<()> {
    let output = print.output().with_context(|| format!("starting {}", name(&print)))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed:\n{said}", name(&print));
    let fresh = String::from_utf8(output.stdout).with_context(|| format!("{file} is no UTF-8"))?;
    let file = format!("{FOLDER}/{file}");
    let path = root().join(&file);
    // Git may have checked it out with other line ends.
    let old = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if old == fresh {
        return Ok(());
    }
    ensure!(!check, "{file} is not what the bridge says; run `cargo xtask codegen`");
    std::fs::write(&path, fresh).with_context(|| format!("writing {file}"))?;
    println!("wrote {file}");
    Ok(())
}
