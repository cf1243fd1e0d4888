//! What is watched on this operating system. One file for each; the choice is made here.

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

/// Everything there is to watch here.
#[must_use]
pub fn sources(clock: Arc<dyn Clock>) -> Vec<Box<dyn Source>> {
    let everywhere: [Box<dyn Source>; 2] = [Box::new(Clocks(clock)), Box::new(Interfaces)];
    everywhere.into_iter().chain(special()).collect()
}
