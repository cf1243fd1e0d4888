//! Reads the clipboard with `arboard`, on Windows and macOS.

use arboard::Clipboard;
use tauri::AppHandle;

/// The copied text.
pub(crate) async fn text(_: &AppHandle) -> Option<String> {
    // Blocks while another program holds the clipboard.
    let read = || Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).ok();
    tauri::async_runtime::spawn_blocking(read).await.ok()?
}
