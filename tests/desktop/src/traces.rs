//! Searches files for content that must not be on the disk.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// The files below a folder that contain these bytes.
///
/// # Errors
/// When one cannot be read.
pub fn files_with(folder: &Path, needle: &[u8]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path());
                // A file that the running app has just removed holds nothing.
                let holds = bytes.is_ok_and(|b| b.windows(needle.len()).any(|w| w == needle));
                if holds {
                    found.push(entry.path());
                }
            }
        }
    }
    Ok(found)
}
