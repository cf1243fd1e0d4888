//! The settings, in one small file of the profile.
//!
//! A file that can't be read is put aside and not overwritten; the defaults apply and the log says
//! so. Single values out of bounds are replaced by their defaults.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::dto::{Settings, ZOOM};

/// The settings file.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The file of the profile in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("settings.json") }
    }

    /// The saved settings, or the defaults.
    #[must_use]
    pub fn load(&self) -> Settings {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Settings::default(),
            Err(error) => {
                tracing::warn!(%error, "the settings can't be read; the defaults hold");
                return Settings::default();
            }
        };
        let settings: Settings = serde_json::from_str(&text).unwrap_or_else(|error| {
            let aside = self.path.with_extension("json.damaged");
            tracing::warn!(%error, "the settings are damaged; they are set aside");
            _ = fs::rename(&self.path, aside);
            Settings::default()
        });
        if let Err(unfit) = settings.patience.check() {
            tracing::warn!("the settings of the connection are mended: {unfit}");
        }
        Settings {
            patience: settings.patience.sanitized(),
            quiet_hours: settings.quiet_hours.mended(),
            zoom: settings.zoom.clamp(*ZOOM.start(), *ZOOM.end()),
            ..settings
        }
    }

    /// Saves the settings atomically.
    ///
    /// # Errors
    /// When the disk is full or the folder can't be written.
    pub fn save(&self, settings: &Settings) -> io::Result<()> {
        let text = serde_json::to_string_pretty(settings).map_err(io::Error::other)?;
        write_whole(&self.path, &text)
    }
}

/// The settings in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ActiveSettings {
    pub(crate) settings: Settings,
    /// The proxy's password is in memory only.
    pub(crate) password_for_session: bool,
}

impl ActiveSettings {
    /// What is saved for the next start.
    fn lasting(&self) -> Settings {
        let mut settings = self.settings.clone();
        settings.network.manual.password_kept &= !self.password_for_session;
        settings
    }
}

/// The one owner of the settings while the program runs, in memory and on disk.
#[derive(Debug)]
pub(crate) struct SettingsStore {
    file: SettingsFile,
    /// Held during a change and its write, so that changes do not overtake each other. Readers do
    /// not wait for the disk.
    turn: Mutex<()>,
    now: Mutex<ActiveSettings>,
}

impl SettingsStore {
    /// Reads the file of the profile in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let file = SettingsFile::in_folder(folder);
        let now = ActiveSettings { settings: file.load(), password_for_session: false };
        Self { file, turn: Mutex::default(), now: Mutex::new(now) }
    }

    /// The current settings.
    pub(crate) fn now(&self) -> ActiveSettings {
        self.lock().clone()
    }

    /// Changes the settings and returns those before and after. A change that can't be written does
    /// not take effect. Blocks until it is on disk.
    pub(crate) fn change(
        &self,
        change: impl FnOnce(&mut ActiveSettings),
    ) -> io::Result<(ActiveSettings, ActiveSettings)> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.now();
        let mut now = before.clone();
        change(&mut now);
        self.file.save(&now.lasting())?;
        self.lock().clone_from(&now);
        Ok((before, now))
    }

    fn lock(&self) -> MutexGuard<'_, ActiveSettings> {
        // Every critical section leaves a valid value, so a panic in one does not matter.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a file atomically: after a crash it has either the old or the new content.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut file = fs::File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::Theme;
    use homing_engine::ConnectionPolicy;

    #[test]
    fn what_was_chosen_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        assert_eq!(file.load(), Settings::default());
        let chosen = Settings { theme: Theme::Dark, enter_sends: false, ..Settings::default() };
        file.save(&chosen).unwrap();
        assert_eq!(file.load(), chosen);
    }

    #[test]
    fn a_file_of_an_older_version_keeps_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        fs::write(folder.path().join("settings.json"), r#"{"theme":"dark","gone":1}"#).unwrap();
        assert_eq!(file.load(), Settings { theme: Theme::Dark, ..Settings::default() });
    }

    #[test]
    fn a_figure_that_can_not_be_is_its_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        let text = r#"{"theme":"dark","patience":{"probe_every_ms":1,"ask_after":4}}"#;
        fs::write(folder.path().join("settings.json"), text).unwrap();
        let patience = ConnectionPolicy { ask_after: 4, ..ConnectionPolicy::default() };
        let expected = Settings { theme: Theme::Dark, patience, ..Settings::default() };
        assert_eq!(file.load(), expected);
    }

    #[test]
    fn a_zoom_in_which_nothing_can_be_read_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        for (written, zoom) in [(0, 50), (50, 50), (125, 125), (9000, 300)] {
            fs::write(folder.path().join("settings.json"), format!(r#"{{"zoom":{written}}}"#))
                .unwrap();
            assert_eq!(file.load().zoom, zoom);
        }
    }

    #[test]
    fn a_damaged_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        fs::write(folder.path().join("settings.json"), "{\"theme\":").unwrap();
        assert_eq!(file.load(), Settings::default());
        assert!(folder.path().join("settings.json.damaged").exists());
    }

    #[test]
    fn what_many_choose_at_once_is_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let choices = SettingsStore::in_folder(folder.path());
        let mute = |n: u8| {
            let space = homing_protocol::SpaceId(uuid::Uuid::from_u128(n.into()));
            choices.change(|chosen| chosen.settings.muted_spaces.push(space)).unwrap();
        };
        std::thread::scope(|scope| {
            for part in 0..8 {
                scope.spawn(move || (0..10).for_each(|n| mute(part * 10 + n)));
            }
        });
        let kept = SettingsFile::in_folder(folder.path()).load();
        assert_eq!(kept.muted_spaces.len(), 80);
        assert_eq!(choices.now().settings, kept);
    }

    #[test]
    fn what_can_not_be_written_does_not_hold() {
        let folder = tempfile::tempdir().unwrap();
        let choices = SettingsStore::in_folder(&folder.path().join("gone"));
        assert!(choices.change(|chosen| chosen.settings.theme = Theme::Dark).is_err());
        assert_eq!(choices.now(), ActiveSettings::default());
    }

    #[test]
    fn a_password_for_the_session_is_at_hand_and_not_kept() {
        for (for_session, on_disk) in [(false, true), (true, false)] {
            let folder = tempfile::tempdir().unwrap();
            let choices = SettingsStore::in_folder(folder.path());
            let kept = |settings: &Settings| settings.network.manual.password_kept;
            choices
                .change(|chosen| {
                    chosen.settings.network.manual.password_kept = true;
                    chosen.password_for_session = for_session;
                })
                .unwrap();
            assert!(kept(&choices.now().settings));
            assert_eq!(kept(&SettingsStore::in_folder(folder.path()).now().settings), on_disk);
        }
    }
}
