//! The operating system's proxy settings, one file a system.
//!
//! They are read for every connection, because a person changes them or takes the laptop to another
//! network while programs run. If they can't be read, there is no proxy.

use std::sync::Arc;

use homing_engine::net::route::SystemProxy;

#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(not(target_os = "linux"))]
pub mod portable;

#[cfg(target_os = "linux")]
use linux::Portal as Settings;
#[cfg(not(target_os = "linux"))]
use portable::Settings;

/// The settings of this system.
#[must_use]
pub fn system() -> Arc<dyn SystemProxy> {
    Arc::new(Settings::default())
}
