//! What the system's webview has to offer beyond the framework, one file for each way.

use tauri::WebviewWindow;

#[cfg(target_os = "linux")]
#[path = "webview/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "webview/portable.rs"]
mod os;

pub(crate) use os::Os;

/// A system's webview.
pub(crate) trait Webview {
    /// The variables under which it leaves the graphics card alone; none where it has no such way.
    const SAFE: &'static [(&'static str, &'static str)];

    /// Whether there is a graphics card to leave alone. Where nobody can tell there is one.
    fn has_card() -> bool;

    /// Sets [`Self::SAFE`] where there is no card, unless whoever started the program has set any of
    /// it. To be called before there is a second thread.
    fn prepare();

    /// Shows the window's page when its way of being drawn allows. To be called before it is there.
    fn show(window: &WebviewWindow) -> tauri::Result<()>;

    /// Calls `ended` whenever the process behind the window's page has ended.
    fn on_end(window: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()>;

    /// Checks the spelling of what is written, in these languages, or no longer.
    fn check_spelling(
        window: &WebviewWindow,
        on: bool,
        languages: Vec<String>,
    ) -> tauri::Result<()>;

    /// Lets the caret stop blinking while nobody writes, where it would keep the machine awake.
    fn rest_caret(window: &WebviewWindow) -> tauri::Result<()>;
}
