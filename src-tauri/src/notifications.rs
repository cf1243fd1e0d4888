//! Native notifications: one a key, replaced and not stacked, with a click that opens.
//!
//! The framework's own plugin has no click on a desktop, so the notifier is ours, one file for each
//! way that systems have. What is shown and when is decided in the bridge.

use homing_bridge::dto::Open;
use homing_bridge::ports::NoteKey;

#[cfg(target_os = "linux")]
#[path = "notifications/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "notifications/portable.rs"]
mod os;

pub(crate) use os::run;

/// Which notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// One that the bridge decided about.
    Bridge(NoteKey),
    /// About the window itself.
    Window,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// First line.
    pub(crate) title: String,
    /// The rest.
    pub(crate) body: String,
    /// What a click opens, beside the window.
    pub(crate) open: Option<Open>,
}

/// What the system is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Job {
    /// Show it, in place of one with the same key.
    Show(Key, Text),
    /// Take it back.
    Withdraw(Key),
}
