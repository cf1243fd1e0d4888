//! A list, outside the keyring, of the names for which a secret was written.
//!
//! The file has one name a line and is replaced atomically. It contains no secret; losing it costs
//! a clearer message and nothing else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::file;

/// The list on disk.
#[derive(Debug)]
pub struct Marks {
    path: PathBuf,
    names: BTreeSet<String>,
}

impl Marks {
    /// Reads the list; without a file it is empty. An unreadable file is put aside, so that the
    /// program starts.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        let names = match fs::read_to_string(path) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the list of written secrets cannot be read");
                    _ = file::set_aside(path);
                }
                BTreeSet::new()
            }
        };
        Self { path: path.to_owned(), names }
    }

    /// Whether a secret was written under this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Records that a secret was written. On disk when it returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, name: &str) -> io::Result<()> {
        if self.names.insert(name.to_owned()) {
            self.write()?;
        }
        Ok(())
    }

    /// Removes the name of a deleted secret.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn remove(&mut self, name: &str) -> io::Result<()> {
        if self.names.remove(name) {
            self.write()?;
        }
        Ok(())
    }

    fn write(&self) -> io::Result<()> {
        let text: String = self.names.iter().map(|name| format!("{name}\n")).collect();
        file::write_with_folder(&self.path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_outlives_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not/there/yet/marks");
        let mut marks = Marks::open(&path);
        assert!(!marks.has("a"));
        marks.add("a").unwrap();
        marks.add("b").unwrap();
        marks.remove("a").unwrap();
        let again = Marks::open(&path);
        assert!(!again.has("a"));
        assert!(again.has("b"));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("marks");
        fs::write(&path, [0xff, 0xfe]).unwrap();
        let mut marks = Marks::open(&path);
        assert!(!marks.has("a"));
        marks.add("a").unwrap();
        assert!(Marks::open(&path).has("a"));
        assert_eq!(fs::read(path.with_extension("aside-1")).unwrap(), [0xff, 0xfe]);
    }
}
