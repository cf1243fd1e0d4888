//! WebKitGTK.

#[path = "linux/caret.rs"]
mod caret;
#[path = "linux/menu.rs"]
mod menu;

use std::time::Duration;

use gtk::gdk::WindowState;
use gtk::glib::prelude::ObjectExt as _;
use gtk::glib::{setenv, timeout_add_local_once};
use gtk::prelude::{GtkWindowExt as _, WidgetExt as _};
use tauri::{Manager as _, WebviewWindow, Window};
use tauri_plugin_window_state::StateFlags;
use webkit2gtk::{
    InputMethodContextExt as _, LoadEvent, WebContextExt as _, WebProcessTerminationReason,
    WebView, WebViewExt,
};

use crate::graphics;
use crate::shell::words;

/// A page that has not loaded by then is shown anyway, so that the watchdog can check it.
const PAGE_COMES: Duration = Duration::from_secs(2);

/// WebKitGTK.
pub(crate) struct Os;

impl super::Webview for Os {
    const SAFE: &'static [(&'static str, &'static str)] =
        &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")];

    /// Whether there is a rendering device. Mesa's software renderers need none.
    fn has_card() -> bool {
        let devices = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
        devices.into_iter().any(|it| it.file_name().to_string_lossy().starts_with("renderD"))
    }

    // Without a card the driver compiles every shader for the processor, in every new page's
    // process: slower than software rendering, and larger.
    fn prepare() {
        let told = Self::SAFE.iter().any(|(name, _)| std::env::var_os(name).is_some());
        if told || Self::has_card() {
            return;
        }
        for (name, value) in Self::SAFE {
            // Fails only for invalid names.
            _ = setenv(name, value, false);
        }
    }

    fn show(window: &WebviewWindow) -> tauri::Result<()> {
        if !graphics::are_safe() {
            return Ok(());
        }
        window.with_webview(|webview| show_with_its_page(&webview.inner()))
    }

    fn on_end(window: &WebviewWindow, ended: impl Fn() + Send + 'static) -> tauri::Result<()> {
        window.with_webview(move |webview| {
            webview.inner().connect_web_process_terminated(move |_, reason| {
                // A process that we ended ourselves is not reported.
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

    fn take_leave(window: &WebviewWindow, leave: &str) -> tauri::Result<()> {
        window.gtk_window()?.set_startup_id(leave);
        Ok(())
    }

    // The framework turns it off for every window. Without it the page does not know about a
    // composition, and a click, another window or another room discards it.
    fn show_compositions(window: &WebviewWindow) -> tauri::Result<()> {
        window.with_webview(|webview| {
            if let Some(context) = webview.inner().input_method_context() {
                context.set_enable_preedit(true);
            }
        })
    }

    fn end_composition(window: &WebviewWindow) -> tauri::Result<bool> {
        window.with_webview(|webview| {
            if let Some(context) = webview.inner().input_method_context() {
                context.reset();
            }
        })?;
        Ok(true)
    }

    fn limit_menu(
        window: &WebviewWindow,
        open: impl Fn(String) + Clone + Send + 'static,
    ) -> tauri::Result<()> {
        let app = window.app_handle().clone();
        let words = move || {
            let words = words(&app);
            menu::Words { open_link: words.open_link(), copy_link: words.copy_link() }
        };
        window.with_webview(move |webview| menu::limit_in(&webview.inner(), words, open))
    }

    const KEEPS: StateFlags = StateFlags::empty();

    fn size_of(window: &Window) -> Option<(u32, u32)> {
        let window = window.gtk_window().ok()?;
        let fills = WindowState::MAXIMIZED | WindowState::FULLSCREEN | WindowState::TILED;
        if window.window()?.state().intersects(fills) {
            return None;
        }
        let (width, height) = window.size();
        Some((width.try_into().ok()?, height.try_into().ok()?))
    }

    fn rest_caret(window: &WebviewWindow) -> tauri::Result<()> {
        window.with_webview(|webview| caret::rest_in(&webview.inner()))
    }
}

/// Shows a view as soon as it has a page. With software rendering the view is asked for its first
/// picture together with the window, and the main thread waits half a second for it: in vain,
/// because the page's files have to come from the main thread first.
fn show_with_its_page(view: &WebView) {
    // Showing the window shows all that is in it.
    view.set_no_show_all(true);
    view.hide();
    view.connect_load_changed(|view, event| {
        if event == LoadEvent::Finished {
            show_now(view);
        }
    });
    let late = view.downgrade();
    timeout_add_local_once(PAGE_COMES, move || {
        if let Some(view) = late.upgrade() {
            show_now(&view);
        }
    });
}

fn show_now(view: &WebView) {
    if !view.is_visible() {
        view.show();
        view.grab_focus();
    }
}
