//! The icon in the tray: unread counts, the person's status, and the way back to a closed window.

mod menu;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_bridge::ports::TrayState;
use tauri::image::Image;
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Theme, include_image};
use tokio::sync::watch;

use self::menu::{Choice, Lines, StatusChoice};
use crate::bridge::bridge;
use crate::shell::{Shell, words};
use crate::window;

const ID: &str = "homing";

/// The tray's menu.
struct TrayMenu(Mutex<Lines>);

impl TrayMenu {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Creates the icon. A desktop without a tray never shows it, which is no error.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    let lines = Lines::new(app, words(app))?;
    TrayIconBuilder::with_id(ID)
        .menu(lines.menu())
        .tooltip(words(app).unread(0))
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, Choice::of(event.id().as_ref())))
        .on_tray_icon_event(clicked)
        .icon(ground(app).icon(false))
        .icon_as_template(true)
        .build(app)?;
    app.manage(TrayMenu(Mutex::new(lines)));
    match app.state::<Arc<Shell>>().now() {
        Some(now) => show(app, &now),
        None => Ok(()),
    }
}

/// Keeps the icon up to date while the program runs.
pub(crate) async fn follow(app: AppHandle, mut state: watch::Receiver<Option<TrayState>>) {
    while state.changed().await.is_ok() {
        let Some(now) = state.borrow_and_update().clone() else {
            continue;
        };
        on_main(&app, move |app| show(app, &now));
    }
}

/// The desktop's theme changed, so the icon may need other colours.
pub(crate) fn repaint(app: &AppHandle) {
    if let Some(now) = app.state::<Arc<Shell>>().now() {
        on_main(app, move |app| show(app, &now));
    }
}

/// Runs a change of the tray on the main thread, which owns menus. From elsewhere each line would
/// wait for that thread by itself, and the menu would be visible half changed.
fn on_main(app: &AppHandle, change: impl FnOnce(&AppHandle) -> tauri::Result<()> + Send + 'static) {
    let there = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Err(error) = change(&there) {
            tracing::warn!(%error, "the tray is not up to date");
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the tray is not up to date");
    }
}

/// Shows the unread counts: the mark on the icon, the number beside it, the rooms in the menu.
fn show(app: &AppHandle, state: &TrayState) -> tauri::Result<()> {
    let (Some(tray), Some(kept)) = (app.tray_by_id(ID), app.try_state::<TrayMenu>()) else {
        return Ok(());
    };
    kept.lines().show(app, state)?;
    let count = state.unread.messages;
    tray.set_tooltip(Some(state.words.unread(count)))?;
    // Trays on Linux support no tooltip, and some show the title beside the icon.
    tray.set_title((count > 0).then(|| count.to_string()))?;
    tray.set_icon_with_as_template(Some(ground(app).icon(count > 0)), true)
}

/// The background of the icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrayBackground {
    Light,
    Dark,
    /// The system colours the icon.
    Template,
}

impl TrayBackground {
    /// The likely background of a desktop's panel. GNOME's is dark in every theme.
    fn of(os: &str, desktop: &str, theme: Theme) -> Self {
        match (os, theme) {
            ("macos", _) => Self::Template,
            _ if desktop.contains("GNOME") => Self::Dark,
            (_, Theme::Dark) => Self::Dark,
            _ => Self::Light,
        }
    }

    fn icon(self, unread: bool) -> Image<'static> {
        match (self, unread) {
            (Self::Light, false) => include_image!("../icons/tray/on-light.png"),
            (Self::Light, true) => include_image!("../icons/tray/on-light-unread.png"),
            (Self::Dark, false) => include_image!("../icons/tray/on-dark.png"),
            (Self::Dark, true) => include_image!("../icons/tray/on-dark-unread.png"),
            (Self::Template, false) => include_image!("../icons/tray/template.png"),
            (Self::Template, true) => include_image!("../icons/tray/template-unread.png"),
        }
    }
}

fn ground(app: &AppHandle) -> TrayBackground {
    let theme = window::theme(app);
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    TrayBackground::of(std::env::consts::OS, &desktop, theme)
}

fn chosen(app: &AppHandle, choice: Choice) {
    let app = app.clone();
    match choice {
        Choice::Quit => crate::quit_or_ask(&app),
        Choice::Open(what) => {
            window::open(&app);
            if let Some(what) = what {
                tauri::async_runtime::spawn(async move {
                    bridge(&app).await.open(what).await;
                });
            }
        }
        Choice::Say(said) => _ = tauri::async_runtime::spawn(say(app, said)),
    }
}

/// Applies a choice made in the menu, and shows its result.
async fn say(app: AppHandle, said: StatusChoice) {
    let bridge = bridge(&app).await;
    let kept = match said {
        StatusChoice::Status(status) => bridge.say(status).await,
        StatusChoice::Pause(pause) => bridge.pause(pause).await,
    };
    if let Err(failure) = kept {
        tracing::warn!(%failure, "a choice in the tray was not kept");
    }
    on_main(&app, |app| app.state::<TrayMenu>().lines().recheck());
}

fn clicked(tray: &TrayIcon, event: TrayIconEvent) {
    if let TrayIconEvent::Click {
        button: MouseButton::Left,
        button_state: MouseButtonState::Up,
        ..
    } = event
    {
        window::open(tray.app_handle());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_stands_out_from_its_panel() {
        for (os, desktop, theme, ground) in [
            ("linux", "XFCE", Theme::Light, TrayBackground::Light),
            ("linux", "KDE", Theme::Dark, TrayBackground::Dark),
            ("linux", "ubuntu:GNOME", Theme::Light, TrayBackground::Dark),
            ("windows", "", Theme::Light, TrayBackground::Light),
            ("macos", "", Theme::Dark, TrayBackground::Template),
        ] {
            assert_eq!(TrayBackground::of(os, desktop, theme), ground, "{os} {desktop}");
        }
    }

    #[test]
    fn something_unread_can_be_seen() {
        for ground in [TrayBackground::Light, TrayBackground::Dark, TrayBackground::Template] {
            assert_ne!(ground.icon(false).rgba(), ground.icon(true).rgba(), "{ground:?}");
        }
    }
}
