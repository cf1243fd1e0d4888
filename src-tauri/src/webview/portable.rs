//! WebView2 and WKWebView, where the page itself and the framework do what is to be done.
//!
//! The end of a page's process is told by the framework on macOS. Windows tells it through an
//! interface that needs `unsafe` code, which the app has none of: there a page that is gone is
//! noticed because it does not answer when its window gets the focus or is opened. Spelling is
//! checked by the system where the page's field wants it.

use tauri::WebviewWindow;

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

    fn rest_caret(_: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }
}
