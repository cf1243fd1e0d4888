//! The global shortcut that opens the window.
//!
//! Off by default: on X11 the library polls the keys twenty times a second. Wayland gives programs
//! no global shortcuts; there the desktop's own settings can start the program by a key, which
//! opens the window.

use std::cell::RefCell;

use global_hotkey::hotkey::HotKey;
use global_hotkey::{Error, GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};
use homing_bridge::dto::Shortcut;
use tauri::AppHandle;

use crate::window;

thread_local! {
    // Systems bind it to the main thread.
    static KEYS: RefCell<Option<GlobalHotKeyManager>> = const { RefCell::new(None) };
}

/// Handles the shortcut while the program runs.
pub(crate) fn listen(app: &AppHandle) {
    let app = app.clone();
    GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
        if event.state == HotKeyState::Pressed {
            window::open(&app);
        }
    }));
}

/// Registers these keys in place of earlier ones. Must run on the main thread.
pub(crate) fn choose(keys: Option<&str>) -> Shortcut {
    KEYS.with_borrow_mut(|held| {
        // Dropping a manager releases its keys.
        *held = None;
        let Some(keys) = keys else { return Shortcut::Off };
        if is_wayland(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
            return Shortcut::Unsupported;
        }
        match take(keys) {
            Ok(manager) => {
                *held = Some(manager);
                Shortcut::Works
            }
            Err(shortcut) => shortcut,
        }
    })
}

fn take(keys: &str) -> Result<GlobalHotKeyManager, Shortcut> {
    let failed = |error: &dyn std::fmt::Display| Shortcut::Failed { text: error.to_string() };
    let keys: HotKey = keys.parse().map_err(|error| failed(&error))?;
    let manager = GlobalHotKeyManager::new().map_err(|error| failed(&error))?;
    match manager.register(keys) {
        Ok(()) => Ok(manager),
        Err(Error::AlreadyRegistered(_)) => Err(Shortcut::Taken),
        Err(error) => Err(failed(&error)),
    }
}

/// Under Wayland there are no global shortcuts, even for windows drawn through X11.
fn is_wayland(is_set: impl Fn(&str) -> bool) -> bool {
    cfg!(target_os = "linux") && is_set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_writes_keys_as_the_library_reads_them() {
        for keys in ["Ctrl+Alt+KeyH", "Super+Shift+Digit1", "Alt+F9", "Ctrl+Shift+Space"] {
            assert!(keys.parse::<HotKey>().is_ok(), "{keys}");
        }
        for keys in ["", "Ctrl+", "Ctrl+Nonsense", "KeyA+KeyB"] {
            assert!(keys.parse::<HotKey>().is_err(), "{keys}");
        }
    }
}
