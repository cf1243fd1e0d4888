//! The unread count on the icon in dock or task bar, one file a system.
//!
//! A desktop without badges is no error: the tray shows the count as well.

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

/// Keeps the badge up to date while the program runs.
///
/// Where the badge belongs to the window, a new window starts without one, so it is set again with
/// every window.
pub(crate) async fn follow(
    app: AppHandle,
    mut state: watch::Receiver<Option<TrayState>>,
    mut windows: watch::Receiver<u64>,
) {
    let mut badge = os::Badge::default();
    let mut shown = Some(0);
    loop {
        tokio::select! {
            changed = state.changed() => if changed.is_err() { return },
            built = windows.changed() => if built.is_err() { return } else { shown = None },
        }
        let count = state.borrow_and_update().as_ref().map_or(0, |now| now.unread.messages);
        if shown == Some(count) {
            continue;
        }
        match badge.show(&app, count).await {
            Ok(()) => shown = Some(count),
            Err(error) => tracing::info!("the badge does not show what is unread: {error:#}"),
        }
    }
}
