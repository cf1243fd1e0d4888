//! The dock's badge. It belongs to the program; the framework sets it through any window.

use anyhow::Context as _;
use tauri::{AppHandle, Manager as _};

/// The badge.
#[derive(Default)]
pub(crate) struct Badge;

impl Badge {
    /// Shows the count, or no badge for 0.
    #[expect(clippy::unused_async, reason = "other systems wait here")]
    pub(crate) async fn show(&mut self, app: &AppHandle, count: u32) -> anyhow::Result<()> {
        let windows = app.webview_windows();
        let window = windows.values().next().context("there's no window")?;
        window.set_badge_count((count > 0).then(|| i64::from(count)))?;
        Ok(())
    }
}
