//! The number on the icon in dock or task bar: what is unread, over all spaces.
//!
//! Each system has its own way, one file each. None of them fails loudly: a desktop without badges is
//! no error, and the tray says the same.

use homing_bridge::ports::Glance;
use tauri::AppHandle;
use tokio::sync::watch;

#[cfg(target_os = "linux")]
#[path = "badge/linux.rs"]
mod os;
#[cfg(target_os = "macos")]
#[path = "badge/macos.rs"]
mod os;
#[cfg(target_os = "windows")]
#[path = "badge/windows.rs"]
mod os;

/// Keeps the badge up to date for as long as the program runs.
pub(crate) async fn follow(app: AppHandle, mut glance: watch::Receiver<Option<Glance>>) {
    let mut badge = os::Badge::default();
    let mut shown = 0;
    while glance.changed().await.is_ok() {
        let count = glance.borrow_and_update().as_ref().map_or(0, |now| now.unread.messages);
        if count == shown {
            continue;
        }
        match badge.show(&app, count).await {
            Ok(()) => shown = count,
            Err(error) => tracing::info!("the badge does not show what is unread: {error:#}"),
        }
    }
}
