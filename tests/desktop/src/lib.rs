//! The real app on the stage: two people, two windows, a real server, and a network that can be cut.
//!
//! The tests here are about what only a desktop has: windows, trays, notifications, keyrings,
//! links, processes that die. What the interface does by itself is tested in a browser, and what
//! the engine promises is tested without any window. The same people and the same space play the
//! demonstration behind `./dev run --demo`.

pub mod demo;
pub mod device;
pub mod person;
pub mod promptness;
pub mod report;
pub mod space;
pub mod traces;

pub use device::Device;
pub use person::{Message, Person};
pub use space::Space;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// The desktop program, built beside whatever asks.
///
/// # Errors
/// When it is not there, with the command that builds it.
pub fn app() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    // A test lies in `deps`, below the programs.
    let folders = me.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("homing-desktop")).find(|path| path.exists());
    let app = found.context("homing-desktop is not built: cargo build -p homing-desktop")?;
    ensure!(app.is_file(), "{} is no program", app.display());
    Ok(app)
}
