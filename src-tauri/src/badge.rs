//! The number on the icon in dock or task bar: what is unread, over all spaces.
//!
//! Each system has its own way, one file each. None of them fails loudly: a desktop without badges is
//! no error, and the tray says the same.

use homing_bridge::ports::TrayState;
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
///
/// Where the badge is the window's, a new window has none yet and one that is gone can't be told: it is
/// shown again with every window.
pub(crate) async fn follow(
    app: AppHandle,
    mut glance: watch::Receiver<Option<TrayState>>,
    mut windows: watch::Receiver<u64>,
) {
    let mut badge = os::Badge::default();
    let mut shown = Some(0);
    loop {
        tokio::select! {
            changed = glance.changed() => if changed.is_err() { return },
            built = windows.changed() => if built.is_err() { return } else { shown = None },
        }
        let count = glance.borrow_and_update().as_ref().map_or(0, |now| now.unread.messages);
        if shown == Some(count) {
            continue;
        }
        match badge.show(&app, count).await {
            Ok(()) => shown = Some(count),
            Err(error) => tracing::info!("the badge does not show what is unread: {error:#}"),
        }
    }
}
