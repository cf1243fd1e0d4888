//! Other programs, run from the root of the workspace.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tree::root;

/// A program, to be run in the root.
pub(crate) fn command(program: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Cargo, as the one that built this program.
pub(crate) fn cargo(args: &[&str]) -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args)
}

/// The interface's folder.
pub(crate) const INTERFACE: &str = "ui";

/// npm in the interface's folder.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" }, args);
    npm.current_dir(root().join(INTERFACE));
    npm
}

/// Runs it to its end and shows what it prints.
pub(crate) fn check(mut command: Command) -> Result<()> {
    let name = name(&command);
    let status = command.status().with_context(|| format!("starting {name}"))?;
    if !status.success() {
        bail!("{name} failed with {status}");
    }
    Ok(())
}

/// As one would type it.
pub(crate) fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Installs the packages of a folder as locked, unless that has been done since the lock changed.
pub(crate) fn npm_install(folder: &str) -> Result<()> {
    let modified = |path: &str| {
        let path = root().join(folder).join(path);
        std::fs::metadata(path).and_then(|data| data.modified()).ok()
    };
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("package-lock.json") {
        return Ok(());
    }
    let mut install = npm(&["ci", "--no-audit", "--no-fund"]);
    // Standard output is for what is measured.
    install.current_dir(root().join(folder)).stdout(std::io::stderr());
    check(install)
}
