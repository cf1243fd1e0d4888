//! The real app on a virtual desktop: two people, two windows, a real server, and a network that
//! can be cut.
//!
//! The tests here are about what only a desktop has: windows, trays, notifications, keyrings,
//! links, processes that die. The interface alone is tested in a browser, and the engine
//! without a window. The same people and space run the demonstration of `./dev run --demo`.

pub mod demo;
pub mod device;
pub mod notification_latency;
pub mod person;
pub mod report;
pub mod space;
pub mod traces;

pub use device::Device;
pub use person::{Message, Person};
pub use space::Space;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// The desktop program in the target folder of the caller.
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
