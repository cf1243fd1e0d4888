//! The icon in the tray: what is unread, and the way back into a closed window.

use std::sync::Arc;

use homing_bridge::app::App;
use homing_bridge::dto::Open;
use homing_bridge::ports::{Unread, UnreadRoom};
use homing_protocol::{RoomId, SpaceId};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuEvent};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, State, Theme, Wry, include_image};
use tokio::sync::watch;

use crate::shell::{Shell, words};
use crate::window;

const ID: &str = "homing";

const OPEN: &str = "open";
const SETTINGS: &str = "settings";
const QUIT: &str = "quit";
/// Begins the id of a room's line; space and room follow.
const ROOM: &str = "room";

/// Puts the icon into the tray. A desktop without a tray never shows it, which is no error.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    let nothing = Unread::default();
    TrayIconBuilder::with_id(ID)
        .menu(&menu(app, &nothing)?)
        .tooltip(words(app).unread(0))
        .show_menu_on_left_click(false)
        .on_menu_event(chosen)
        .on_tray_icon_event(clicked)
        .icon(ground(app).icon(false))
        .icon_as_template(true)
        .build(app)?;
    let now = app.state::<Arc<Shell>>().now();
    show(app, &now)
}

/// Keeps the icon up to date for as long as the program runs.
pub(crate) async fn follow(app: AppHandle, mut unread: watch::Receiver<Unread>) {
    while unread.changed().await.is_ok() {
        let now = unread.borrow_and_update().clone();
        if let Err(error) = show(&app, &now) {
            tracing::warn!(%error, "the tray does not show what is unread");
        }
    }
}

/// Shows what is unread: the mark on the icon, the number beside it, the rooms in the menu.
fn show(app: &AppHandle, unread: &Unread) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(ID) else {
        return Ok(());
    };
    let count = unread.messages;
    tray.set_menu(Some(menu(app, unread)?))?;
    tray.set_tooltip(Some(words(app).unread(count)))?;
    // Hosts on Linux have no tooltip for us, and some show this beside the icon.
    tray.set_title((count > 0).then(|| count.to_string()))?;
    tray.set_icon_with_as_template(Some(ground(app).icon(count > 0)), true)
}

/// What the icon stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Light,
    Dark,
    /// The system gives the icon its colour.
    Template,
}

impl Ground {
    /// What a desktop's panel most likely is. GNOME's is dark whatever the theme.
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

fn ground(app: &AppHandle) -> Ground {
    let theme = window::theme(app);
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    Ground::of(std::env::consts::OS, &desktop, theme)
}

fn menu(app: &AppHandle, unread: &Unread) -> tauri::Result<Menu<Wry>> {
    let words = words(app);
    let mut menu = MenuBuilder::new(app).text(OPEN, words.open()).separator();
    for room in &unread.rooms {
        menu = menu.text(line_id(room), format!("{} ({})", room.title, room.unread));
    }
    if !unread.rooms.is_empty() {
        menu = menu.separator();
    }
    menu.text(SETTINGS, words.settings()).separator().text(QUIT, words.quit()).build()
}

fn line_id(room: &UnreadRoom) -> String {
    format!("{ROOM}/{}/{}", room.space, room.room)
}

/// What a line of the menu asks to be opened.
fn opening(id: &str) -> Option<Open> {
    if id == SETTINGS {
        return Some(Open::Settings);
    }
    let (space, room) = id.strip_prefix(ROOM)?.strip_prefix('/')?.split_once('/')?;
    let (space, room): (SpaceId, RoomId) = (space.parse().ok()?, room.parse().ok()?);
    Some(Open::Room { space, room, key: None })
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let id = event.id().as_ref();
    if id == QUIT {
        return crate::quit(app);
    }
    window::open(app);
    if let Some(open) = opening(id) {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let bridge: State<'_, App> = app.state();
            bridge.open(open).await;
        });
    }
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
    use std::str::FromStr;

    #[test]
    fn a_line_of_the_menu_opens_its_room() {
        let space = SpaceId::from_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        let room = RoomId::from_str("01890a5d-ac96-774b-bcce-b302099a8058").unwrap();
        let line = UnreadRoom { space, room, title: "#general".into(), unread: 3 };
        assert_eq!(opening(&line_id(&line)), Some(Open::Room { space, room, key: None }));
        assert_eq!(opening(SETTINGS), Some(Open::Settings));
        for other in [OPEN, QUIT, "room/", "room/x/y", "rooms"] {
            assert_eq!(opening(other), None, "{other}");
        }
    }

    #[test]
    fn the_icon_stands_out_from_its_panel() {
        for (os, desktop, theme, ground) in [
            ("linux", "XFCE", Theme::Light, Ground::Light),
            ("linux", "KDE", Theme::Dark, Ground::Dark),
            ("linux", "ubuntu:GNOME", Theme::Light, Ground::Dark),
            ("windows", "", Theme::Light, Ground::Light),
            ("macos", "", Theme::Dark, Ground::Template),
        ] {
            assert_eq!(Ground::of(os, desktop, theme), ground, "{os} {desktop}");
        }
    }

    #[test]
    fn something_unread_can_be_seen() {
        for ground in [Ground::Light, Ground::Dark, Ground::Template] {
            assert_ne!(ground.icon(false).rgba(), ground.icon(true).rgba(), "{ground:?}");
        }
    }
}
