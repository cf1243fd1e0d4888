//! By `arboard`, on Windows and macOS.

use arboard::Clipboard;
use tauri::AppHandle;

/// The text that was copied last.
pub(crate) async fn text(_: &AppHandle) -> Option<String> {
    // Another program may hold the clipboard for a moment, and this waits for it.
    let read = || Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).ok();
    tauri::async_runtime::spawn_blocking(read).await.ok()?
}
