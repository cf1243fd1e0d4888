//! The window, which may come and go while the program stays.
//!
//! Closing hides it to the tray, minimises it on a desktop without one, or quits, as the person
//! chose. A window that stays hidden is destroyed after a while to free its memory. Opening builds
//! it again, and the interface restores its view state. [`page_watchdog`] handles a page that dies
//! or stays blank.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::utils::config::WindowConfig;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, DragDropEvent, Manager as _, Theme, Url, WebviewWindow, WebviewWindowBuilder,
    Window, WindowEvent, Wry,
};
use tauri_plugin_window_state::StateFlags;
use tokio::sync::{mpsc, watch};

use crate::bridge::bridge;
use crate::notifications::NotificationAnswer;
use crate::shell::{Shell, words};
use crate::webview::{Os, Webview as _};
use crate::{commands, desktop_settings, page_watchdog, size, tray, tray_host};

const LABEL: &str = "main";

/// How long a hidden start waits for a tray: panels start with the session too.
const TRAY_COMES: Duration = Duration::from_secs(20);
/// Interval at which the tray is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// How long a window's memory is still being freed after the window system reports it gone.
const SETTLES: Duration = Duration::from_secs(2);

/// File that records that the person was told about the tray.
const TOLD: &str = "told-about-tray";

/// How long a hidden window is kept, in case it was closed by mistake.
pub(crate) struct HiddenWindowLifetime(pub(crate) Duration);

/// Counts the openings, so that a planned destruction notices that the window was opened again.
#[derive(Debug, Default)]
pub(crate) struct Openings {
    count: AtomicU64,
    /// The count when the window was destroyed, until the window system reports it gone.
    going: Mutex<Option<u64>>,
    /// Number of windows built.
    built: watch::Sender<u64>,
}

impl Openings {
    fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    fn going(&self) -> MutexGuard<'_, Option<u64>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A window is gone. Returns whether it was asked for meanwhile.
    fn gone(&self) -> bool {
        self.going().take().is_some_and(|then| self.count() > then)
    }
}

/// Stores the window's size and position between starts. Its visibility is not stored: a program
/// that was closed to the tray starts with its window.
pub(crate) fn keep_place() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(Os::KEEPS | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}

/// Shows and focuses the window, building it if necessary.
pub(crate) fn open(app: &AppHandle) {
    open_with(app, None);
}

/// [`open`] with the window system's activation token, if there is one. Without it the window may
/// only blink in the task bar.
fn open_with(app: &AppHandle, leave: Option<String>) {
    app.state::<Openings>().count.fetch_add(1, Ordering::AcqRel);
    on_main(app, move |app| {
        if let Err(error) = open_now(app, leave.as_deref()) {
            tracing::error!(%error, "the window cannot be opened");
        }
    });
}

/// Stays without a window, unless there is no tray to open it from.
pub(crate) async fn stay_hidden(app: AppHandle) {
    let began = tokio::time::Instant::now();
    while began.elapsed() < TRAY_COMES {
        if tray_host::is_there().await {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
    // It may have been asked for meanwhile.
    if app.state::<Openings>().count() == 0 {
        open(&app);
    }
}

/// The window, if there is one.
pub(crate) fn there(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Whether the window is visible. Waits for the window system.
pub(crate) fn is_in_view(app: &AppHandle) -> bool {
    there(app).is_some_and(|window| {
        window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
    })
}

/// Whether there is a window that is neither shown nor minimised. Waits for the window system.
pub(crate) fn is_hidden(app: &AppHandle) -> bool {
    there(app).is_some_and(|window| !window.is_visible().unwrap_or(false))
}

/// Passes the person's actions on notifications to the bridge, and opens the window for those that
/// continue in it.
pub(crate) async fn take_answers(app: AppHandle, mut answered: mpsc::Receiver<NotificationAnswer>) {
    while let Some(NotificationAnswer { answer, leave }) = answered.recv().await {
        if answer.wants_window() {
            open_with(&app, leave);
        }
        bridge(&app).await.answer(answer).await;
    }
}

/// The desktop's theme, as far as the window knows it.
pub(crate) fn theme(app: &AppHandle) -> Theme {
    let window = there(app);
    let theme = window.and_then(|window| window.theme().ok());
    theme.unwrap_or(Theme::Light)
}

fn open_now(app: &AppHandle, leave: Option<&str>) -> tauri::Result<()> {
    if app.state::<Openings>().going().is_some() {
        // It can't be shown any more; a new one is built once it is gone.
        return Ok(());
    }
    let window = match there(app) {
        Some(window) => {
            page_watchdog::asked(app);
            window
        }
        None => build(app)?,
    };
    if let Some(leave) = leave {
        Os::take_leave(&window, leave)?;
    }
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

fn build(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let windows = &app.config().app.windows;
    let config: &WindowConfig =
        windows.iter().find(|config| config.label == LABEL).ok_or(tauri::Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app, config)?
        // The interface is a single page; links go through a command or nowhere.
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // The webview loads nothing past the app's own connections and writes no files unasked.
        .on_download(|_, _| false)
        // The page's title, with room and unread count, is the window's title.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "the window keeps its old title");
            }
        })
        .build()?;
    size::give(&window)?;
    desktop_settings::apply(&window, &app.state::<Arc<Shell>>().settings());
    Os::show(&window)?;
    let handle = app.clone();
    Os::on_end(&window, move || page_watchdog::ended(&handle))?;
    Os::show_compositions(&window)?;
    Os::limit_menu(&window, open_link)?;
    Os::rest_caret(&window)?;
    page_watchdog::wait_for_first(app);
    app.state::<Openings>().built.send_modify(|built| *built += 1);
    Ok(window)
}

/// Opens an address from the page's menu.
fn open_link(url: String) {
    tauri::async_runtime::spawn(async move {
        if let Err(failure) = commands::open_link(url).await {
            tracing::info!(%failure, "a link was not opened");
        }
    });
}

/// Changes with every window that is built.
pub(crate) fn built(app: &AppHandle) -> watch::Receiver<u64> {
    app.state::<Openings>().built.subscribe()
}

/// Whether the framework serves the address from our own files.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Handles the window system's events: the program decides what closing means.
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
        WindowEvent::Focused(true) => page_watchdog::ask(window.app_handle()),
        WindowEvent::Focused(false) => look_away(window.app_handle(), true),
        WindowEvent::DragDrop(drag) => tell_dragged(window, drag),
        WindowEvent::Resized(_) => size::changed(window),
        WindowEvent::ThemeChanged(_) => tray::repaint(window.app_handle()),
        WindowEvent::Destroyed => gone(window.app_handle()),
        _ => {}
    }
}

/// Tells the page whether files are dragged over it, which WebKitGTK does not.
fn tell_dragged(window: &Window, drag: &DragDropEvent) {
    let files = match drag {
        DragDropEvent::Enter { paths, .. } => paths.iter().any(|path| path.is_absolute()),
        DragDropEvent::Drop { .. } | DragDropEvent::Leave => false,
        _ => return,
    };
    let told = format!("dispatchEvent(new CustomEvent('homing:dragged', {{ detail: {files} }}))");
    if let Some(page) = there(window.app_handle())
        && let Err(error) = page.eval(told)
    {
        tracing::info!(%error, "the page does not hear of what is dragged over it");
    }
}

/// Tells the bridge that nothing is visible. The interface does so too, but a hidden, crashed or
/// destroyed one may fail to, and a message that counts as seen never notifies.
pub(crate) fn look_away(app: &AppHandle, active: bool) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { looked_away(&app, active).await });
}

async fn looked_away(app: &AppHandle, active: bool) {
    let look = serde_json::json!({ "focused": false, "active": active, "room": null });
    if let Err(failure) = homing_bridge::call(&bridge(app).await, "look", look).await {
        tracing::warn!(%failure, "the bridge does not hear that nobody looks");
    }
}

async fn close(window: &Window) -> tauri::Result<()> {
    let app = window.app_handle();
    if !bridge(app).await.settings().close_to_tray {
        crate::quit_or_ask(app);
        return Ok(());
    }
    let has_tray = tray_host::is_there().await;
    tell_once(app, has_tray);
    if !has_tray {
        return window.minimize();
    }
    // Nothing is visible from here on, also before the window system reports it.
    looked_away(app, true).await;
    // Counted before the window is hidden, so that any later opening keeps it.
    let planned = app.state::<Openings>().count();
    window.hide()?;
    destroy_later(app, planned);
    Ok(())
}

/// Tells once that the window is in the tray.
fn tell_once(app: &AppHandle, has_tray: bool) {
    let shell = app.state::<Arc<Shell>>();
    let words = words(app);
    let (title, body) = if has_tray { words.stays_in_tray() } else { words.no_tray() };
    shell.tell_once(TOLD, title, body, words.open());
}

/// Destroys the window after a while, unless it is opened again.
fn destroy_later(app: &AppHandle, planned: u64) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(app.state::<HiddenWindowLifetime>().0).await;
        if app.state::<Openings>().count() == planned {
            let_go(&app);
        }
    });
}

/// Destroys a hidden window. One that was opened meanwhile stays.
pub(crate) fn let_go(app: &AppHandle) {
    on_main(app, |app| {
        if is_hidden(app) {
            destroy(app);
        }
    });
}

/// Builds the window again, whatever it shows.
pub(crate) fn build_anew(app: &AppHandle) {
    on_main(app, |app| {
        destroy(app);
        open(app);
    });
}

/// Runs on the main thread, where windows are opened, so that nobody opens one between a check and
/// its destruction.
fn on_main(app: &AppHandle, act: impl FnOnce(&AppHandle) + Send + 'static) {
    let there = app.clone();
    if let Err(error) = app.run_on_main_thread(move || act(&there)) {
        tracing::info!(%error, "the program is ending; its window ends with it");
    }
}

fn destroy(app: &AppHandle) {
    let Some(window) = there(app) else { return };
    page_watchdog::goes(app);
    desktop_settings::forget_spelling(&window);
    let openings = app.state::<Openings>();
    *openings.going() = Some(openings.count());
    match window.destroy() {
        Ok(()) => tracing::info!("the window gave back its memory"),
        Err(error) => {
            *openings.going() = None;
            tracing::warn!(%error, "the window stays");
        }
    }
}

fn gone(app: &AppHandle) {
    size::keep(app);
    look_away(app, false);
    if app.state::<Openings>().gone() {
        let app = app.clone();
        // The framework forgets the old one only after this.
        tauri::async_runtime::spawn(async move { open(&app) });
    } else {
        settle(app);
    }
}

/// Returns a window's freed heap to the system, unless there is a new one by then.
fn settle(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SETTLES).await;
        if there(&app).is_some() {
            return;
        }
        let given = tauri::async_runtime::spawn_blocking(homing_heap::release_free_memory).await;
        if given.is_ok_and(|given| given) {
            tracing::info!("the heap gave back what the window left");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_a_window_that_goes_gets_a_new_one() {
        let openings = Openings::default();
        // One that ends with the program is nobody's wish.
        openings.count.fetch_add(1, Ordering::AcqRel);
        assert!(!openings.gone());
        *openings.going() = Some(openings.count());
        assert!(!openings.gone(), "nobody asked");
        *openings.going() = Some(openings.count());
        openings.count.fetch_add(1, Ordering::AcqRel);
        assert!(openings.gone());
        assert!(!openings.gone(), "it is gone once");
    }

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
