//! Checks that the database is still the file that was opened.
//!
//! On Unix an open file can be removed, moved or replaced, and writes to it still succeed but are
//! lost with the process. So each group checks before it commits. On other systems an open file
//! can't be removed.

use std::path::{Path, PathBuf};

/// The inodes of the database and its write-ahead log at opening.
pub(super) struct FileIdentity {
    files: [(PathBuf, Option<Inode>); 2],
}

/// Device and inode.
type Inode = (u64, u64);

impl FileIdentity {
    /// Of an open database.
    pub(super) fn of(path: &Path) -> Self {
        let log = PathBuf::from(format!("{}-wal", path.display()));
        Self {
            files: [path.to_owned(), log].map(|path| {
                let found = inode(&path);
                (path, found)
            }),
        }
    }

    /// # Errors
    /// What is missing.
    pub(super) fn check(&mut self) -> Result<(), String> {
        for (path, known) in &mut self.files {
            let found = inode(path);
            if known.is_some() && *known != found {
                return Err(format!(
                    "{} was removed or replaced while the server was running, so nothing can be \
                     saved there. Put the folder back, or restart the server",
                    path.display()
                ));
            }
            *known = found;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn inode(path: &Path) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn inode(_: &Path) -> Option<Inode> {
    None
}
