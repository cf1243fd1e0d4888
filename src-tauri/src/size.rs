//! The window's size, kept from one window to the next.
//!
//! The window-state plugin stores the outer size. Where a window draws its own frame, as on
//! Wayland, that includes a title bar and a shadow; restored as the inner size, it would make the
//! window grow each time. So on Linux the inner size is stored here.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::{AppHandle, LogicalSize, Manager as _, WebviewWindow, Window};

use crate::webview::{Os, Webview as _};

/// File in the profile: width and height in logical pixels.
const FILE: &str = "window-size";

/// Largest height of a frame, in logical pixels: the title bars of GTK are 46 high, those of window
/// managers less.
const FRAME: u32 = 48;

/// Inner width and height in logical pixels.
type Size = (u32, u32);

/// The window's last size, where the plugin does not store it.
pub(crate) struct WindowSize {
    file: PathBuf,
    size: Mutex<Option<Size>>,
}

impl WindowSize {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let size = Mutex::new(std::fs::read_to_string(&file).ok().as_deref().and_then(read));
        Self { file, size }
    }

    fn size(&self) -> MutexGuard<'_, Option<Size>> {
        self.size.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> io::Result<()> {
        match *self.size() {
            Some((width, height)) => std::fs::write(&self.file, format!("{width} {height}\n")),
            None => Ok(()),
        }
    }
}

/// The size changed. Must run on the main thread.
pub(crate) fn changed(window: &Window) {
    if let Some(size) = Os::size_of(window)
        && let Some(kept) = window.try_state::<WindowSize>()
    {
        *kept.size() = Some(size);
    }
}

/// Stores the size for the next start.
pub(crate) fn keep(app: &AppHandle) {
    if let Some(kept) = app.try_state::<WindowSize>()
        && let Err(error) = kept.write()
    {
        tracing::info!(%error, "the size of the window is not kept");
    }
}

/// Gives a new window the last size, as far as its screen has room for it.
pub(crate) fn give(window: &WebviewWindow) -> tauri::Result<()> {
    let Some(kept) = window.try_state::<WindowSize>().and_then(|kept| *kept.size()) else {
        return Ok(());
    };
    let monitor = window.current_monitor()?.or(window.primary_monitor()?);
    let room = monitor.map(|monitor| {
        let area = monitor.work_area().size.to_logical::<u32>(monitor.scale_factor());
        (area.width, area.height)
    });
    let (width, height) = fitted(kept, room);
    window.set_size(LogicalSize::new(width, height))
}

/// A size that fits into the available room, frame included.
fn fitted((width, height): Size, room: Option<Size>) -> Size {
    match room {
        Some((wide, high)) => (width.min(wide), height.min(high.saturating_sub(FRAME))),
        None => (width, height),
    }
}

fn read(text: &str) -> Option<Size> {
    let (width, height) = text.trim_end().split_once(' ')?;
    let side =
        |text: &str| text.parse().ok().filter(|side| (1..=u32::from(u16::MAX)).contains(side));
    Some((side(width)?, side(height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_no_larger_than_its_screen() {
        for (kept, room, size) in [
            ((1000, 700), None, (1000, 700)),
            ((1000, 700), Some((1920, 1040)), (1000, 700)),
            ((1900, 1000), Some((1280, 689)), (1280, 641)),
            ((1280, 641), Some((1280, 689)), (1280, 641)),
            ((400, 3000), Some((1280, 689)), (400, 641)),
            ((400, 300), Some((0, 0)), (0, 0)),
        ] {
            assert_eq!(fitted(kept, room), size, "{kept:?} in {room:?}");
        }
    }

    #[test]
    fn a_size_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let kept = WindowSize::in_folder(folder.path());
        assert_eq!(*kept.size(), None);
        kept.write().unwrap();
        *kept.size() = Some((1000, 700));
        kept.write().unwrap();
        assert_eq!(*WindowSize::in_folder(folder.path()).size(), Some((1000, 700)));
        for text in ["", "1000", "1000 x", "0 0", "-1 5", "99999 5", "1 2 3"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
