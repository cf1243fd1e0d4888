//! The settings of this device.

use homing_engine::ConnectionPolicy;
use homing_engine::net::settings::NetworkSettings;
use homing_engine::view::NotifyLevel;
use homing_protocol::SpaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::UpdateChannel;

/// The settings of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    pub language: Language,
    /// Spacing of the interface.
    pub density: Density,
    /// Enter sends and Shift+Enter breaks the line; otherwise the other way round.
    pub enter_sends: bool,
    /// Messages are shown in bubbles, the person's own at the far side.
    pub bubbles: bool,
    /// The general notification level.
    pub notify: NotifyLevel,
    /// Notifications show the beginning of the message.
    pub notify_preview: bool,
    /// Notifications are paused until then, in milliseconds since 1970.
    #[ts(type = "number")]
    pub notify_paused_until: i64,
    pub quiet_hours: QuietHours,
    /// Closing the window keeps the program in the tray.
    pub close_to_tray: bool,
    /// In percent.
    pub zoom: u16,
    pub spell_check: bool,
    /// The global shortcut that opens the window, such as `Ctrl+Alt+KeyH`.
    pub shortcut: Option<String>,
    /// The program starts with the session, in the tray.
    pub autostart: bool,
    /// How the window is rendered.
    pub graphics: Graphics,
    /// Spaces that neither notify nor count as unread.
    pub muted_spaces: Vec<SpaceId>,
    /// The connection policy.
    pub patience: ConnectionPolicy,
    /// The network settings. Changed by `set_network` only.
    pub network: NetworkSettings,
    pub update_channel: UpdateChannel,
    /// Check for new versions once a day.
    pub update_check: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            density: Density::Comfortable,
            enter_sends: true,
            bubbles: true,
            notify: NotifyLevel::All,
            notify_preview: true,
            notify_paused_until: 0,
            quiet_hours: QuietHours::default(),
            close_to_tray: true,
            zoom: 100,
            spell_check: true,
            shortcut: None,
            autostart: false,
            graphics: Graphics::Usual,
            muted_spaces: Vec::new(),
            patience: ConnectionPolicy::default(),
            network: NetworkSettings::default(),
            update_channel: UpdateChannel::Stable,
            update_check: true,
        }
    }
}

/// Colours of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Follows the operating system.
    #[default]
    System,
    Light,
    Dark,
}

/// Language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// Follows the operating system.
    #[default]
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// Spacing of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

/// How the window is rendered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Graphics {
    /// The webview's default.
    #[default]
    Usual,
    /// Without the graphics card, chosen by the person.
    Safe,
    /// Without the graphics card, because the window had stayed blank.
    SafeAfterBlank,
}

impl Graphics {
    /// Whether the graphics card is not used.
    #[must_use]
    pub fn is_safe(self) -> bool {
        self != Self::Usual
    }
}

/// Smallest and largest zoom, in percent.
pub const ZOOM: std::ops::RangeInclusive<u16> = 50..=300;

/// Daily hours without notifications, in local time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct QuietHours {
    /// They are enabled.
    pub on: bool,
    /// Begin, in minutes after midnight.
    pub from: u16,
    /// End, in minutes after midnight; on the next day unless after `from`.
    pub to: u16,
    /// The weekdays on which they begin, from Monday on.
    pub days: [bool; 7],
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { on: false, from: 22 * 60, to: 7 * 60, days: [true; 7] }
    }
}
