//! By the toolkit of the window, which speaks to X11 and to Wayland as every other program of the desktop.

use gtk::Clipboard;
use gtk::gdk::SELECTION_CLIPBOARD;
use tauri::AppHandle;
use tokio::sync::oneshot;

/// The text that was copied last.
pub(crate) async fn text(app: &AppHandle) -> Option<String> {
    let (answer, text) = oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        Clipboard::get(&SELECTION_CLIPBOARD).request_text(move |_, text| {
            // Whoever asked may have given up.
            _ = answer.send(text.map(str::to_owned));
        });
    });
    asked.ok()?;
    text.await.ok()?
}
