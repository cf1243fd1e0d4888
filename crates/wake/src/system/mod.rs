//! The sources of this operating system, one file a system.

use std::sync::Arc;

use homing_engine::clock::Clock;

use crate::Source;
use crate::clock::Clocks;
use crate::interfaces::Interfaces;

#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux::special;
#[cfg(target_os = "macos")]
use macos::special;
#[cfg(windows)]
use windows::special;

/// The sources of this system.
#[must_use]
pub fn sources(clock: Arc<dyn Clock>) -> Vec<Box<dyn Source>> {
    let everywhere: [Box<dyn Source>; 2] = [Box::new(Clocks(clock)), Box::new(Interfaces)];
    everywhere.into_iter().chain(special()).collect()
}
