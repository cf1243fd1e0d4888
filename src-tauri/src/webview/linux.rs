//! WebKitGTK.

#[path = "linux/caret.rs"]
mod caret;

use tauri::WebviewWindow;
use webkit2gtk::{
    HardwareAccelerationPolicy, SettingsExt as _, WebContextExt as _, WebProcessTerminationReason,
    WebViewExt as _,
};

/// WebKitGTK.
pub(crate) struct Os;

impl super::Webview for Os {
    const SAFE: &'static [(&'static str, &'static str)] =
        &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")];

    fn draw(window: &WebviewWindow) -> tauri::Result<()> {
        if has_graphics_card() {
            return Ok(());
        }
        // Without one the driver is a program that compiles every shader for the processor, in every
        // new page's process: slower than plain drawing, and larger.
        window.with_webview(|webview| {
            if let Some(settings) = webview.inner().settings() {
                settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            }
        })
    }

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

/// Whether there is a device to draw with. Mesa's programs for the processor need none.
fn has_graphics_card() -> bool {
    let devices = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    devices.into_iter().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}
