//! The icon in the tray: what is unread, and the way back into a closed window.

use homing_bridge::app::App;
use homing_bridge::dto::Open;
use homing_bridge::ports::{Unread, UnreadRoom};
use homing_bridge::words::Words;
use homing_protocol::{RoomId, SpaceId};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuEvent};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, State, Wry};

use crate::window;

#[cfg(target_os = "linux")]
#[path = "tray/host_linux.rs"]
mod host;

const ID: &str = "homing";

const OPEN: &str = "open";
const SETTINGS: &str = "settings";
const QUIT: &str = "quit";
/// Begins the id of a room's line; space and room follow.
const ROOM: &str = "room";

/// Colour of the mark that says "unread": the accent of the interface.
const MARK: [u8; 4] = [0xe5, 0x48, 0x4d, 0xff];

/// Puts the icon into the tray. A desktop without a tray never shows it, which is no error.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    let nothing = Unread::default();
    let mut tray = TrayIconBuilder::with_id(ID)
        .menu(&menu(app, &nothing)?)
        .tooltip(words(app).unread(0))
        .show_menu_on_left_click(false)
        .on_menu_event(chosen)
        .on_tray_icon_event(clicked);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    let now = app.state::<std::sync::Arc<crate::shell::Shell>>().now();
    show(app, &now)
}

/// Shows what is unread: the mark on the icon, the number beside it, the rooms in the menu.
pub(crate) fn show(app: &AppHandle, unread: &Unread) -> tauri::Result<()> {
    let (Some(tray), Some(icon)) = (app.tray_by_id(ID), app.default_window_icon()) else {
        return Ok(());
    };
    let count = unread.messages;
    tray.set_menu(Some(menu(app, unread)?))?;
    tray.set_tooltip(Some(words(app).unread(count)))?;
    // Hosts on Linux have no tooltip for us, and some show this beside the icon.
    tray.set_title((count > 0).then(|| count.to_string()))?;
    tray.set_icon(Some(if count > 0 {
        marked(icon)
    } else {
        icon.clone()
    }))
}

/// Whether this desktop has a tray to close to.
///
/// Only on Linux is that a question: a status icon is shown there if a panel offers to host it.
pub(crate) async fn is_hosted() -> bool {
    #[cfg(target_os = "linux")]
    return host::is_there().await;
    #[cfg(not(target_os = "linux"))]
    return std::future::ready(true).await;
}

/// The words for the language that the person chose.
pub(crate) fn words(app: &AppHandle) -> Words {
    let bridge: State<'_, App> = app.state();
    Words::of(
        bridge.settings().language,
        sys_locale::get_locale().as_deref(),
    )
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
    menu.text(SETTINGS, words.settings())
        .separator()
        .text(QUIT, words.quit())
        .build()
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
    Some(Open::Room {
        space,
        room,
        key: None,
    })
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

/// The icon with a dot in its corner.
fn marked(icon: &Image<'_>) -> Image<'static> {
    let (width, height) = (icon.width(), icon.height());
    let mut rgba = icon.rgba().to_vec();
    // A dot of two fifths of the icon: to be seen at 16 pixels, where it is 6.
    let radius = i64::from(width.min(height)) / 5;
    let (right, top) = (i64::from(width) - 1 - radius, radius);
    for (pixel, at) in rgba.chunks_exact_mut(4).zip(0i64..) {
        let (x, y) = (at % i64::from(width), at / i64::from(width));
        let far = (x - right).pow(2) + (y - top).pow(2);
        if far <= radius.pow(2) {
            pixel.copy_from_slice(&MARK);
        } else if far <= (radius + 1 + radius / 4).pow(2) {
            // A ring of nothing keeps the dot apart from the drawing.
            pixel.fill(0);
        }
    }
    Image::new_owned(rgba, width, height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn a_line_of_the_menu_opens_its_room() {
        let space = SpaceId::from_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        let room = RoomId::from_str("01890a5d-ac96-774b-bcce-b302099a8058").unwrap();
        let line = UnreadRoom {
            space,
            room,
            title: "#general".into(),
            unread: 3,
        };
        assert_eq!(
            opening(&line_id(&line)),
            Some(Open::Room {
                space,
                room,
                key: None
            })
        );
        assert_eq!(opening(SETTINGS), Some(Open::Settings));
        for other in [OPEN, QUIT, "room/", "room/x/y", "rooms"] {
            assert_eq!(opening(other), None, "{other}");
        }
    }

    #[test]
    fn the_mark_is_in_the_corner_and_the_rest_stays() {
        for side in [16u32, 32, 64] {
            let grey = [9, 9, 9, 255];
            let plain = Image::new_owned(grey.repeat((side * side) as usize), side, side);
            let marked = marked(&plain);
            let pixel = |x: u32, y: u32| &marked.rgba()[((y * side + x) * 4) as usize..][..4];
            assert_eq!(pixel(side - 1 - side / 5, side / 5), MARK, "{side}");
            assert_eq!(pixel(0, side - 1), grey, "{side}");
            assert_eq!(marked.rgba().len(), plain.rgba().len());
        }
    }
}
