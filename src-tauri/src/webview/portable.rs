//! WebView2 and WKWebView, where the page itself and the framework do most of this.
//!
//! On macOS the framework reports the end of a page's process. On Windows that would need `unsafe`
//! code, which the app has none of; there a dead page is noticed because it does not answer when
//! its window gets the focus or is opened. The system checks spelling where the page's field wants
//! it.

use tauri::{WebviewWindow, Window};
use tauri_plugin_window_state::StateFlags;

/// The systems' own webviews.
pub(crate) struct Os;

impl super::Webview for Os {
    #[cfg(windows)]
    const SAFE: &'static [(&'static str, &'static str)] =
        &[("WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS", "--disable-gpu")];
    #[cfg(not(windows))]
    const SAFE: &'static [(&'static str, &'static str)] = &[];

    fn has_card() -> bool {
        true
    }

    fn prepare() {}

    fn show(_: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }

    fn on_end(_: &WebviewWindow, _: impl Fn() + Send + 'static) -> tauri::Result<()> {
        Ok(())
    }

    fn check_spelling(_: &WebviewWindow, _: bool, _: Vec<String>) -> tauri::Result<()> {
        Ok(())
    }

    fn take_leave(_: &WebviewWindow, _: &str) -> tauri::Result<()> {
        Ok(())
    }

    fn show_compositions(_: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }

    fn end_composition(_: &WebviewWindow) -> tauri::Result<bool> {
        Ok(false)
    }

    // The framework has no API for it; anything that would load something is refused where it is
    // loaded.
    fn limit_menu(
        _: &WebviewWindow,
        _: impl Fn(String) + Clone + Send + 'static,
    ) -> tauri::Result<()> {
        Ok(())
    }

    const KEEPS: StateFlags = StateFlags::SIZE;

    fn size_of(_: &Window) -> Option<(u32, u32)> {
        None
    }

    fn rest_caret(_: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }
}
