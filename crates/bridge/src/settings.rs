//! What the person chose, in one small file of the profile.
//!
//! A file that can't be read is set aside, not overwritten: the defaults hold and the log says so.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::dto::Settings;

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

    /// What was chosen; the defaults where nothing was.
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
        serde_json::from_str(&text).unwrap_or_else(|error| {
            let aside = self.path.with_extension("json.damaged");
            tracing::warn!(%error, "the settings are damaged; they are set aside");
            _ = fs::rename(&self.path, aside);
            Settings::default()
        })
    }

    /// Keeps what is chosen: whole or not at all.
    ///
    /// # Errors
    /// When the disk is full or the folder can't be written.
    pub fn save(&self, settings: &Settings) -> io::Result<()> {
        let text = serde_json::to_string_pretty(settings).map_err(io::Error::other)?;
        let new = self.path.with_extension("json.new");
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(new, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::Theme;

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
    fn a_damaged_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        fs::write(folder.path().join("settings.json"), "{\"theme\":").unwrap();
        assert_eq!(file.load(), Settings::default());
        assert!(folder.path().join("settings.json.damaged").exists());
    }
}
