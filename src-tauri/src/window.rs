//! The window, which may come and go while the program stays.
//!
//! Closing hides it to the tray, or minimises it on a desktop without one, or quits, as the person
//! chose. A window that stays hidden is destroyed after a while, and its memory with it; opening
//! builds it anew, and the interface finds its place again by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use homing_bridge::app::App;
use homing_bridge::dto::Open;
use tauri::plugin::TauriPlugin;
use tauri::utils::config::WindowConfig;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Manager as _, State, Theme, Url, WebviewWindow, WebviewWindowBuilder, Window,
    WindowEvent, Wry,
};
use tauri_plugin_window_state::StateFlags;
use tokio::sync::mpsc;

use crate::channel::Channels;
use crate::shell::{Shell, words};
use crate::tray_host;

const LABEL: &str = "main";

/// How long a hidden window is kept, for whoever closed it by mistake.
const KEPT: Duration = Duration::from_secs(60);

/// Where the fact is kept that the person was told about the tray.
const TOLD: &str = "told-about-tray";

/// Counts the openings, so that a planned end knows that the window was opened again.
#[derive(Debug, Default)]
pub(crate) struct Openings(AtomicU64);

/// Keeps size and place of the window from one start to the next. Whether it is to be seen is not
/// kept: a program that was closed to the tray starts with its window.
pub(crate) fn keep_place() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}

/// Brings the window before the person's eyes, building it if need be.
pub(crate) fn open(app: &AppHandle) {
    app.state::<Openings>().0.fetch_add(1, Ordering::AcqRel);
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Err(error) = open_now(&handle) {
            tracing::error!(%error, "the window cannot be opened");
        }
    });
    if let Err(error) = asked {
        tracing::info!(%error, "the program is ending; its window stays closed");
    }
}

/// Brings the window for every clicked notification, and what that was about.
pub(crate) async fn open_clicked(app: AppHandle, mut clicked: mpsc::Receiver<Option<Open>>) {
    while let Some(what) = clicked.recv().await {
        open(&app);
        if let Some(what) = what {
            let bridge: State<'_, App> = app.state();
            bridge.open(what).await;
        }
    }
}

/// The colours of the desktop, as far as the window knows them.
pub(crate) fn theme(app: &AppHandle) -> Theme {
    let window = app.get_webview_window(LABEL);
    let theme = window.and_then(|window| window.theme().ok());
    theme.unwrap_or(Theme::Light)
}

fn open_now(app: &AppHandle) -> tauri::Result<()> {
    let window = match app.get_webview_window(LABEL) {
        Some(window) => window,
        None => build(app)?,
    };
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

fn build(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let windows = &app.config().app.windows;
    let config: &WindowConfig =
        windows.iter().find(|config| config.label == LABEL).ok_or(tauri::Error::WindowNotFound)?;
    WebviewWindowBuilder::from_config(app, config)?
        // The interface is one page of ours; a link in it goes through a command, or nowhere.
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
}

/// Where the framework serves our own files from.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// What the window system tells: the program decides what the cross means, and knows by itself when
/// nobody looks.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            let window = window.clone();
            tauri::async_runtime::spawn(async move {
                if let Err(error) = close(&window).await {
                    tracing::warn!(%error, "the window cannot be closed");
                }
            });
        }
        WindowEvent::Focused(false) => look_away(window.app_handle(), true),
        WindowEvent::Destroyed => look_away(window.app_handle(), false),
        _ => {}
    }
}

/// Tells the bridge that nothing is before the person's eyes. The interface says so too, but a
/// hidden, crashed or destroyed one may not get to it, and what is taken for seen never notifies.
fn look_away(app: &AppHandle, active: bool) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let bridge: State<'_, App> = app.state();
        let look = serde_json::json!({ "focused": false, "active": active, "room": null });
        if let Err(failure) = homing_bridge::call(&bridge, "look", look).await {
            tracing::warn!(%failure, "the bridge does not hear that nobody looks");
        }
    });
}

async fn close(window: &Window) -> tauri::Result<()> {
    let app = window.app_handle();
    let bridge: State<'_, App> = app.state();
    if !bridge.settings().close_to_tray {
        crate::quit(app);
        return Ok(());
    }
    let has_tray = tray_host::is_there().await;
    tell_once(app, has_tray);
    if !has_tray {
        return window.minimize();
    }
    window.hide()?;
    destroy_later(app);
    Ok(())
}

/// Says once where the window went.
fn tell_once(app: &AppHandle, has_tray: bool) {
    let shell = app.state::<Arc<Shell>>();
    let words = words(app);
    let (title, body) = if has_tray { words.stays_in_tray() } else { words.no_tray() };
    shell.tell_once(TOLD, title, body);
}

fn destroy_later(app: &AppHandle) {
    let planned = app.state::<Openings>().0.load(Ordering::Acquire);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(KEPT).await;
        if app.state::<Openings>().0.load(Ordering::Acquire) != planned {
            return;
        }
        let Some(window) = app.get_webview_window(LABEL) else {
            return;
        };
        app.state::<Channels>().end();
        match window.destroy() {
            Ok(()) => tracing::info!("the hidden window gave back its memory"),
            Err(error) => tracing::warn!(%error, "the hidden window stays"),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_with_our_own_files() {
        for (text, ours) in [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html#/room", true),
            ("http://tauri.localhost/", true),
            ("https://example.org/", false),
            ("http://localhost:1420/", false),
            ("tauri://example.org/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(is_ours(&Url::parse(text).unwrap()), ours, "{text}");
        }
    }
}
