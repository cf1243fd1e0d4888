//! What the person chose for this device.

use homing_engine::ConnectionPolicy;
use homing_engine::net::settings::NetworkSettings;
use homing_engine::view::NotifyLevel;
use homing_protocol::SpaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::UpdateChannel;

/// What the person chose for this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Words.
    pub language: Language,
    /// Space between lines.
    pub density: Density,
    /// Enter sends and Shift+Enter breaks the line; the other way round if false.
    pub enter_sends: bool,
    /// Own messages stand at the far side, in bubbles.
    pub bubbles: bool,
    /// What raises a notification.
    pub notify: NotifyLevel,
    /// A notification shows the beginning of the message.
    pub notify_preview: bool,
    /// No notifications until then, in milliseconds since 1970.
    #[ts(type = "number")]
    pub notify_paused_until: i64,
    /// No notifications at these times.
    pub quiet_hours: QuietHours,
    /// Closing the window leaves the program in the tray.
    pub close_to_tray: bool,
    /// How large everything is, in percent.
    pub zoom: u16,
    /// Words are checked for their spelling while they are written.
    pub spell_check: bool,
    /// The keys that bring the window from anywhere, such as `Ctrl+Alt+KeyH`.
    pub shortcut: Option<String>,
    /// The program starts with the session, in the tray.
    pub autostart: bool,
    /// How the window is drawn.
    pub graphics: Graphics,
    /// Spaces that neither notify nor count.
    pub muted_spaces: Vec<SpaceId>,
    /// How patient connections are.
    pub patience: ConnectionPolicy,
    /// How servers are reached. Changed by `set_network` only.
    pub network: NetworkSettings,
    /// Which new versions are announced.
    pub update_channel: UpdateChannel,
    /// Look for new versions once a day.
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
    /// As the operating system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// As the operating system has it.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// Space between lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// For reading.
    #[default]
    Comfortable,
    /// For seeing much.
    Compact,
}

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

/// Smallest and largest zoom, in percent.
pub const ZOOM: std::ops::RangeInclusive<u16> = 50..=300;

/// Hours in which the person is not to be disturbed, by the clock where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct QuietHours {
    /// They are kept.
    pub on: bool,
    /// They begin, in minutes after midnight.
    pub from: u16,
    /// They end, in minutes after midnight: on the next day if that is not after `from`.
    pub to: u16,
    /// The days on which they begin, from Monday on.
    pub days: [bool; 7],
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { on: false, from: 22 * 60, to: 7 * 60, days: [true; 7] }
    }
}
