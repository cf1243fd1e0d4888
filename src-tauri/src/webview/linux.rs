//! WebKitGTK.

#[path = "linux/caret.rs"]
mod caret;

use tauri::WebviewWindow;
use webkit2gtk::{WebContextExt as _, WebProcessTerminationReason, WebViewExt as _};

/// WebKitGTK.
pub(crate) struct Os;

impl super::Webview for Os {
    const SAFE: &'static [(&'static str, &'static str)] =
        &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")];

    fn on_end(window: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
        window.with_webview(move |webview| {
            webview.inner().connect_web_process_terminated(move |_, reason| {
                // What we ended ourselves is no news.
                if reason != WebProcessTerminationReason::TerminatedByApi {
                    ended();
                }
            });
        })
    }

    fn check_spelling(
        window: &WebviewWindow,
        on: bool,
        languages: Vec<String>,
    ) -> tauri::Result<()> {
        window.with_webview(move |webview| {
            let Some(context) = webview.inner().context() else { return };
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_spell_checking_languages(&languages);
            context.set_spell_checking_enabled(on);
        })
    }

    fn rest_caret(window: &WebviewWindow) -> tauri::Result<()> {
        window.with_webview(|webview| caret::rest_in(&webview.inner()))
    }
}
