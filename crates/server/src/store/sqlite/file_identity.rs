//! Whether the database is still where it was opened.
//!
//! On Unix an open file can be removed, moved or replaced, and writing into it goes on without an
//! error: everything acknowledged from then on would be gone with the process. So each group looks
//! before it commits. Elsewhere an open file can't be removed.

use std::path::{Path, PathBuf};

/// The database's file and its write-ahead log, as they were found first.
pub(super) struct FileIdentity {
    files: [(PathBuf, Option<Inode>); 2],
}

/// Device and inode.
type Inode = (u64, u64);

impl FileIdentity {
    /// Of a database that is open.
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
