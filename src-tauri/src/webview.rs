//! The system's webview, beyond what the framework offers; one file a kind.

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
    /// The variables that turn the graphics card off; empty where there is no such way.
    const SAFE: &'static [(&'static str, &'static str)];

    /// Whether there is a graphics card. True where that can't be told.
    fn has_card() -> bool;

    /// Sets [`Self::SAFE`] where there is no card, unless the environment has set any of it. Must
    /// run before there is a second thread.
    fn prepare();

    /// Shows the window's page as soon as its rendering allows. Must run before the window is
    /// shown.
    fn show(window: &WebviewWindow) -> tauri::Result<()>;

    /// Calls `ended` whenever the page's process has ended.
    fn on_end(window: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()>;

    /// Checks spelling in these languages, or stops checking.
    fn check_spelling(
        window: &WebviewWindow,
        on: bool,
        languages: Vec<String>,
    ) -> tauri::Result<()>;

    /// Passes the activation token to the window. Must run on the main thread, before the window is
    /// raised.
    fn take_leave(window: &WebviewWindow, leave: &str) -> tauri::Result<()>;

    /// Lets the page show, and receive events about, an input method's composition.
    fn show_compositions(window: &WebviewWindow) -> tauri::Result<()>;

    /// Ends a composition in the page from the program's side. Returns whether the system needs
    /// that: elsewhere removing the focus from the field is enough.
    fn end_composition(window: &WebviewWindow) -> tauri::Result<bool>;

    /// Limits the page's context menu to actions on text and links; `open` opens an address
    /// outside.
    fn limit_menu(
        window: &WebviewWindow,
        open: impl Fn(String) + Clone + Send + 'static,
    ) -> tauri::Result<()>;

    /// What the window-state plugin stores beside the position.
    const KEEPS: StateFlags;

    /// The inner size in logical pixels, where `KEEPS` leaves it out. None for a maximised window.
    /// Must run on the main thread.
    fn size_of(window: &Window) -> Option<(u32, u32)>;

    /// Stops the caret's blinking while nobody types, where it would keep the machine awake.
    fn rest_caret(window: &WebviewWindow) -> tauri::Result<()>;
}
