//! Backups of the database while it is in use.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use crate::files;
use crate::store::StoreError;

/// Copies into a file that only this user can read. It gets its name once it is complete and
/// synced; a failed attempt leaves nothing.
pub(super) fn write(sql: &Connection, into: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::File { path: into.to_owned(), source };
    if into.exists() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let part = PartialFile::beside(into);
    files::create(&part.0).map_err(failed)?;
    copy(sql, &part.0)?;
    files::persist_as(&part.0, into).map_err(failed)
}

/// Copies with `VACUUM INTO`; the target is absent or empty.
pub(super) fn copy(sql: &Connection, into: &Path) -> Result<(), StoreError> {
    sql.execute("VACUUM INTO ?1", [into.to_string_lossy()])?;
    Ok(())
}

/// A temporary file, removed unless it was renamed.
struct PartialFile(PathBuf);

impl PartialFile {
    fn beside(into: &Path) -> Self {
        let mut name = into.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", Uuid::now_v7().simple()));
        Self(into.with_file_name(name))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        let _renamed = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("copy.db");
        let sql = Connection::open_in_memory().unwrap();
        sql.execute_batch("CREATE TABLE t (n); BEGIN").unwrap();
        // Nothing is copied within a transaction.
        let failed = write(&sql, &into);
        assert!(failed.is_err(), "{failed:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        sql.execute_batch("COMMIT").unwrap();
        write(&sql, &into).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
