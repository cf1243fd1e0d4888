//! Applies the settings that concern the desktop: zoom, spelling, shortcut, autostart.
//!
//! Each is applied when the program starts, when a window is built or seen, and when it is changed.
//! The result is reported to the bridge, which shows it in the settings.

use std::sync::Arc;
use std::time::Duration;

use homing_bridge::app::App;
use homing_bridge::dto::{DesktopCapabilities, DesktopView, Language, Settings, Shortcut};
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tokio::sync::{oneshot, watch};

use crate::autostart::Autostart;
use crate::shell::Shell;
use crate::webview::{Os, Webview as _};
use crate::{graphics, shortcut, window};

/// Delay between a page's first paint and the start of its spell checking. Reading the dictionaries
/// blocks the thread that shows the page for a tenth of a second and more.
const SPELLING_AFTER: Duration = Duration::from_secs(2);
/// A language without a dictionary (ISO 639-2: no linguistic content). Without any language WebKit
/// takes the system's.
const NO_LANGUAGE: &str = "zxx";

/// Applies the settings while the program runs.
pub(crate) async fn follow(
    app: AppHandle,
    bridge: App,
    autostart: Autostart,
    mut settings: watch::Receiver<Settings>,
) {
    shortcut::listen(&app);
    let can = DesktopCapabilities {
        autostart: true,
        safe_graphics: graphics::are_a_choice(),
        zoom: true,
        shortcut: true,
    };
    let mut view =
        DesktopView { safe_graphics: graphics::are_safe(), can, ..DesktopView::default() };
    let mut before: Option<Settings> = None;
    loop {
        let now = settings.borrow_and_update().clone();
        let other = |what: fn(&Settings, &Settings) -> bool| {
            before.as_ref().is_none_or(|before| what(before, &now))
        };
        if other(|a, b| a.shortcut != b.shortcut) {
            view.shortcut = choose_keys(&app, now.shortcut.clone()).await;
        }
        if other(|a, b| a.autostart != b.autostart) {
            view.autostart_failed = set_autostart(autostart.clone(), now.autostart).await;
        }
        if before.is_some()
            && other(|a, b| {
                (a.zoom, a.spell_check, a.language) != (b.zoom, b.spell_check, b.language)
            })
            && let Some(window) = window::there(&app)
        {
            apply(&window, &now);
            check_spelling(&window, &now);
        }
        bridge.desktop(view.clone()).await;
        before = Some(now);
        if settings.changed().await.is_err() {
            return;
        }
    }
}

/// Applies the settings that are visible at once.
pub(crate) fn apply(window: &WebviewWindow, settings: &Settings) {
    if let Err(error) = window.set_zoom(f64::from(settings.zoom) / 100.0) {
        tracing::warn!(%error, "the window can't be zoomed");
    }
}

/// Starts spell checking in a window whose page was just painted.
pub(crate) fn check_spelling_soon(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SPELLING_AFTER).await;
        let settings = app.state::<Arc<Shell>>().settings();
        if let Some(window) = window::there(&app) {
            check_spelling(&window, &settings);
        }
    });
}

/// Releases the dictionaries together with a window.
pub(crate) fn forget_spelling(window: &WebviewWindow) {
    if let Err(error) = Os::check_spelling(window, false, vec![NO_LANGUAGE.to_owned()]) {
        tracing::info!(%error, "the dictionaries stay in memory");
    }
}

fn check_spelling(window: &WebviewWindow, settings: &Settings) {
    let languages = languages(settings.language, sys_locale::get_locale().as_deref());
    if let Err(error) = Os::check_spelling(window, settings.spell_check, languages) {
        tracing::warn!(%error, "spelling can't be checked");
    }
}

async fn choose_keys(app: &AppHandle, keys: Option<String>) -> Shortcut {
    let (answer, chosen) = oneshot::channel();
    // The receiver may be gone at the end of the program.
    let asked = app.run_on_main_thread(move || _ = answer.send(shortcut::choose(keys.as_deref())));
    match asked {
        Ok(()) => chosen.await.unwrap_or_default(),
        Err(error) => Shortcut::Failed { text: error.to_string() },
    }
}

async fn set_autostart(autostart: Autostart, on: bool) -> Option<String> {
    let set = tauri::async_runtime::spawn_blocking(move || autostart.set(on)).await;
    let error = match set {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => format!("{error:#}"),
        Err(error) => error.to_string(),
    };
    tracing::warn!(error, "the program can't be started with the session");
    Some(error)
}

/// The dictionaries for spell checking: the system's language, and English, which is written
/// everywhere. Whoever uses the program in English on a Chinese system writes both.
fn languages(chosen: Language, locale: Option<&str>) -> Vec<String> {
    let system = locale.map(|locale| locale.split('.').next().unwrap_or(locale).replace('-', "_"));
    let chinese = (chosen == Language::Chinese).then(|| "zh_CN".to_owned());
    let mut languages: Vec<String> = chinese.into_iter().chain(system).collect();
    if !languages.iter().any(|language| language.starts_with("en")) {
        languages.push("en_US".to_owned());
    }
    languages.retain(|language| !matches!(language.as_str(), "C" | "POSIX"));
    languages.dedup();
    languages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_checked_in_the_system_s_language_and_in_english() {
        for (chosen, locale, wanted) in [
            (Language::System, Some("de-DE"), &["de_DE", "en_US"][..]),
            (Language::System, Some("en_GB.UTF-8"), &["en_GB"]),
            (Language::English, Some("zh-CN"), &["zh_CN", "en_US"]),
            (Language::Chinese, Some("zh-CN"), &["zh_CN", "en_US"]),
            (Language::Chinese, Some("en-US"), &["zh_CN", "en_US"]),
            (Language::System, Some("C"), &["en_US"]),
            (Language::System, None, &["en_US"]),
        ] {
            assert_eq!(languages(chosen, locale), wanted, "{chosen:?} {locale:?}");
        }
    }
}
