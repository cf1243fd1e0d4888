//! What the system's webview has to offer beyond the framework, one file for each way.

use tauri::{WebviewWindow, Window};
use tauri_plugin_window_state::StateFlags;

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

    /// Hands the window the window system's leave to come before the person's eyes. To be called on
    /// the main thread, before the window is raised.
    fn take_leave(window: &WebviewWindow, leave: &str) -> tauri::Result<()>;

    /// Lets the page show, and know of, what an input method composes.
    fn show_compositions(window: &WebviewWindow) -> tauri::Result<()>;

    /// Ends what is composed in the page from the program's side. Answers whether the system needs
    /// that: where it does not, taking the focus from the field is enough.
    fn end_composition(window: &WebviewWindow) -> tauri::Result<bool>;

    /// Keeps the page's own menu to what can be done with text and links; `open` opens an address
    /// outside.
    fn limit_menu(
        window: &WebviewWindow,
        open: impl Fn(String) + Clone + Send + 'static,
    ) -> tauri::Result<()>;

    /// What the plugin that keeps the window's place keeps beside it.
    const KEEPS: StateFlags;

    /// Width and height of what is inside the frame, in logical pixels, where `KEEPS` leaves the size
    /// out. None of a window that fills its screen. To be called on the main thread.
    fn size_of(window: &Window) -> Option<(u32, u32)>;

    /// Lets the caret stop blinking while nobody writes, where it would keep the machine awake.
    fn rest_caret(window: &WebviewWindow) -> tauri::Result<()>;
}
