//! An overlay dot on the icon in the task bar. Windows shows no number there, and no icon without a
//! window.

use anyhow::Context as _;
use tauri::{AppHandle, Manager as _, include_image};

/// The badge.
#[derive(Default)]
pub(crate) struct Badge;

impl Badge {
    /// Shows the dot, or none for 0.
    #[expect(clippy::unused_async, reason = "other systems wait here")]
    pub(crate) async fn show(&mut self, app: &AppHandle, count: u32) -> anyhow::Result<()> {
        let windows = app.webview_windows();
        let window = windows.values().next().context("there's no window")?;
        let dot = include_image!("../icons/tray/on-light-unread.png");
        window.set_overlay_icon((count > 0).then_some(dot))?;
        Ok(())
    }
}
