//! What the desktop does for the program, beyond notifications.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the window is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Graphics {
    /// As the system's webview does it.
    #[default]
    Usual,
    /// Without the graphics card, because the person wants so.
    Safe,
    /// Without it, because the window had stayed blank.
    SafeAfterBlank,
}

impl Graphics {
    /// Whether the graphics card is left alone.
    #[must_use]
    pub fn is_safe(self) -> bool {
        self != Self::Usual
    }
}

/// What became of what the person chose for the desktop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct DesktopView {
    /// How it stands with the shortcut that brings the window.
    pub shortcut: Shortcut,
    /// Why the program can't be started with the session, in the system's words.
    pub autostart_failed: Option<String>,
    /// How the window of this run is drawn; another choice holds from the next start.
    pub safe_graphics: bool,
    /// What this desktop can do at all.
    pub can: Can,
}

/// What a desktop can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Can {
    /// Start the program with the session.
    pub autostart: bool,
    /// Draw without the graphics card, where there is one.
    pub safe_graphics: bool,
    /// Zoom the window.
    pub zoom: bool,
    /// Bring the window by keys.
    pub shortcut: bool,
}

/// How it stands with the shortcut that brings the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Shortcut {
    /// None is wanted.
    #[default]
    Off,
    /// It brings the window.
    Works,
    /// Another program has these keys.
    Taken,
    /// This desktop gives no keys to programs.
    Unsupported,
    /// Something else.
    Failed {
        /// In the system's words.
        text: String,
    },
}

/// Smallest and largest zoom, in percent.
pub const ZOOM: std::ops::RangeInclusive<u16> = 50..=300;
