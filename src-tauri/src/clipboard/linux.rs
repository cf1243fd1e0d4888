//! Reads the clipboard with the window's toolkit, which supports X11 and Wayland.

use gtk::Clipboard;
use gtk::gdk::SELECTION_CLIPBOARD;
use tauri::AppHandle;
use tokio::sync::oneshot;

/// The copied text.
pub(crate) async fn text(app: &AppHandle) -> Option<String> {
    let (answer, text) = oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        Clipboard::get(&SELECTION_CLIPBOARD).request_text(move |_, text| {
            // The receiver may have given up.
            _ = answer.send(text.map(str::to_owned));
        });
    });
    asked.ok()?;
    text.await.ok()?
}
