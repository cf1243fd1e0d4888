//! What only a real desktop can show.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};

use homing_stage::Rectangle;

mod demo;
mod devices;
mod injection;
mod input_methods;
mod keyring;
mod keyring_kinds;
mod keyring_states;
mod links;
mod notifications;
mod passphrase;
mod room_switching;
mod safety;
mod scene;
mod spaces;
mod tools;
mod tray;
mod window;
mod window_title;

/// The place of a window in tests that need no other.
const ROOMY: Rectangle = Rectangle { x: 0, y: 0, width: 1180, height: 760 };

/// The path of a screenshot that a test leaves for people.
fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"))
}

/// A file of that name in a folder or below it.
fn file_named(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() { file_named(&path, name) } else { path.ends_with(name).then_some(path) }
    })
}
