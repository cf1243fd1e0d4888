//! Remembers, outside the keyring, for which names a secret was written.
//!
//! A file of names, one a line, replaced as a whole so that a crash leaves the old or the new one.
//! It holds no secret; losing it costs a clearer message and nothing else.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The list, on disk.
#[derive(Debug)]
pub struct Marks {
    path: PathBuf,
    names: BTreeSet<String>,
}

impl Marks {
    /// Reads the list; no file is an empty list.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let names = match fs::read_to_string(path) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { path: path.to_owned(), names })
    }

    /// Whether a secret was written under this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Remembers that a secret was written. On disk when it returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, name: &str) -> io::Result<()> {
        if self.names.insert(name.to_owned()) {
            self.write()?;
        }
        Ok(())
    }

    /// Forgets a name whose secret was removed.
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
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let fresh = self.path.with_extension("new");
        let mut file = File::create(&fresh)?;
        for name in &self.names {
            writeln!(file, "{name}")?;
        }
        file.sync_all()?;
        fs::rename(&fresh, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_outlives_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not/there/yet/marks");
        let mut marks = Marks::open(&path).unwrap();
        assert!(!marks.has("a"));
        marks.add("a").unwrap();
        marks.add("b").unwrap();
        marks.remove("a").unwrap();
        let again = Marks::open(&path).unwrap();
        assert!(!again.has("a"));
        assert!(again.has("b"));
    }
}
