//! The window's view state, kept outside the window.
//!
//! A webview that crashes, or is destroyed to free its memory, loses the last writes to its own
//! storage. So the state is kept here: in memory, from which every new window gets it, and in one
//! small file of the profile for the next start. Scrolling alone does not write the file; changing
//! the room and using an emoji do, and so does [`ViewStateFile::flush`] when the program ends. An
//! unreadable file counts as no state.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use homing_protocol::SpaceId;

use crate::dto::{RECENT_EMOJI, ViewState};
use crate::settings::write_whole;

/// The view state and its file.
#[derive(Debug)]
pub(crate) struct ViewStateFile {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Option<ViewState>,
    /// As it is on disk.
    kept: Option<ViewState>,
}

impl ViewStateFile {
    /// Reads the file of the profile in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let path = folder.join("standing.json");
        let kept: Option<ViewState> =
            fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str(&text).ok());
        Self { path, state: Mutex::new(State { now: kept.clone(), kept }) }
    }

    /// The current view state.
    pub(crate) fn now(&self) -> Option<ViewState> {
        self.lock().now.clone()
    }

    /// Changes the view state. `known` says which spaces this device is in; rooms of other spaces
    /// are dropped, so that the file does not grow by spaces that were left, and so are emoji that
    /// were used long ago. Returns the new state even if it can't be written.
    pub(crate) fn keep(
        &self,
        mut view: ViewState,
        known: impl Fn(SpaceId) -> bool,
    ) -> (ViewState, io::Result<()>) {
        view.rooms.retain(|space, _| known(*space));
        view.emoji.recent.truncate(RECENT_EMOJI);
        let mut state = self.lock();
        state.now = Some(view.clone());
        let changed = state.kept.as_ref().is_none_or(|kept| {
            (kept.space, &kept.rooms, &kept.emoji) != (view.space, &view.rooms, &view.emoji)
        });
        let written = if changed { self.write(&mut state) } else { Ok(()) };
        (view, written)
    }

    /// Writes the state if the file is older.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let mut state = self.lock();
        if state.now == state.kept { Ok(()) } else { self.write(&mut state) }
    }

    fn write(&self, state: &mut State) -> io::Result<()> {
        let Some(view) = &state.now else { return Ok(()) };
        write_whole(&self.path, &serde_json::to_string_pretty(view).map_err(io::Error::other)?)?;
        state.kept.clone_from(&state.now);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every critical section leaves a valid value, so a panic in one does not matter.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::{EmojiUse, ScrollAnchor};
    use crate::fixture;
    use homing_protocol::Seq;

    fn view(room: u8, offset: f64) -> ViewState {
        let (space, room) = (fixture::overview().space.id, fixture::room(room, "room").id);
        let anchor = ScrollAnchor { room, key: "row".into(), seq: Seq(7), offset };
        let emoji = EmojiUse::default();
        ViewState { space, rooms: [(space, room)].into(), anchor: Some(anchor), emoji }
    }

    #[test]
    fn a_new_window_gets_the_very_place_and_the_next_start_the_last_room() {
        let folder = tempfile::tempdir().unwrap();
        let file = ViewStateFile::in_folder(folder.path());
        assert_eq!(file.now(), None);
        file.keep(view(1, -12.25), |_| true).1.unwrap();
        file.keep(view(1, -40.0), |_| true).1.unwrap();
        assert_eq!(file.now(), Some(view(1, -40.0)));
        // A crash of the program costs the scrolling, not the room.
        assert_eq!(ViewStateFile::in_folder(folder.path()).now(), Some(view(1, -12.25)));
        file.keep(view(2, 0.0), |_| true).1.unwrap();
        assert_eq!(ViewStateFile::in_folder(folder.path()).now(), Some(view(2, 0.0)));
    }

    #[test]
    fn ending_writes_the_scrolling_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = ViewStateFile::in_folder(folder.path());
        file.keep(view(1, -12.25), |_| true).1.unwrap();
        file.keep(view(1, -40.0), |_| true).1.unwrap();
        file.flush().unwrap();
        assert_eq!(ViewStateFile::in_folder(folder.path()).now(), Some(view(1, -40.0)));
    }

    #[test]
    fn rooms_of_a_space_that_was_left_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = ViewStateFile::in_folder(folder.path());
        let (kept, _) = file.keep(view(1, 0.0), |_| false);
        assert!(kept.rooms.is_empty());
    }

    #[test]
    fn the_last_emoji_are_kept_at_once_and_the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = ViewStateFile::in_folder(folder.path());
        file.keep(view(1, 0.0), |_| true).1.unwrap();
        let used = |count: usize| EmojiUse {
            recent: (0..count).map(|n| n.to_string()).collect(),
            tone: 3,
        };
        file.keep(ViewState { emoji: used(RECENT_EMOJI + 9), ..view(1, 0.0) }, |_| true).1.unwrap();
        let kept = ViewStateFile::in_folder(folder.path()).now().unwrap();
        assert_eq!(kept.emoji, used(RECENT_EMOJI));
    }

    #[test]
    fn a_file_of_an_older_version_keeps_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut older = serde_json::to_value(view(1, -12.25)).unwrap();
        older.as_object_mut().unwrap().remove("emoji").unwrap();
        fs::write(folder.path().join("standing.json"), older.to_string()).unwrap();
        assert_eq!(ViewStateFile::in_folder(folder.path()).now(), Some(view(1, -12.25)));
    }

    #[test]
    fn a_damaged_file_is_no_place() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("standing.json"), "{").unwrap();
        assert_eq!(ViewStateFile::in_folder(folder.path()).now(), None);
    }
}
