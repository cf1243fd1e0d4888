//! `cargo xtask manual`: man pages and completions, written anew.

use anyhow::Result;

use crate::process::{cargo, check};
use crate::run::interface;

/// As `homing_manual::WRITE`.
const WRITE: &str = "HOMING_WRITE_MANUAL";

/// Has every program's own test write what it otherwise compares.
pub(crate) fn run() -> Result<()> {
    // The app carries the interface inside, also when only its arguments are wanted.
    interface()?;
    // The whole workspace, as every other command builds it, so that nothing is compiled anew.
    let mut tests = cargo(&["test", "--quiet", "--workspace", "--bins", "--lib"]);
    tests.args(["--", "the_manual_is_fresh"]).env(WRITE, "1");
    check(tests)
}
