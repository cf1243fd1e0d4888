//! Opens a database file: settings, migrations, and rejection of files that can't be used.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::super::StoreError;
use super::{Disk, read};
use crate::session::record::SpaceRecord;

/// Each migration upgrades a file by one version; the first one creates it. Only ever appended to.
const MIGRATIONS: &[&str] = &[
    include_str!("001.sql"),
    include_str!("002.sql"),
    include_str!("003.sql"),
    include_str!("004.sql"),
    include_str!("005.sql"),
];

/// "Homg": distinguishes our files from other programs' SQLite files.
const APPLICATION_ID: i64 = 0x486f_6d67;

/// Files up to this size are checked whenever they are opened, larger ones only after an unclean
/// shutdown. Nobody notices the time to read 32 MiB.
const CHECKED_BYTES: u64 = 32 * 1024 * 1024;

/// A version that is further ahead than this is a damaged number.
const AHEAD: i64 = 1000;

/// How long to wait for another process that has locked the file, for example for a backup.
const BUSY: Duration = Duration::from_secs(2);

/// Reads the record without checking or changing the file; `None` in an empty file.
pub(super) fn peek(path: &Path) -> Result<Option<SpaceRecord>, StoreError> {
    refuse_a_folder(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    if version(&connection)? == 0 { Ok(None) } else { read::record(&connection) }
}

pub(super) fn open(path: &Path, disk: Option<&dyn Disk>) -> Result<Connection, StoreError> {
    if disk.is_none() {
        refuse_a_folder(path)?;
    }
    let unclean = disk.is_some() || is_unclean(path);
    let mut connection = match disk {
        None => Connection::open(path)?,
        Some(disk) => Connection::open_with_flags_and_vfs(path, OpenFlags::default(), disk.vfs())?,
    };
    connection.busy_timeout(BUSY)?;
    // The version is checked before anything is changed, including the journal mode.
    let version = version(&connection)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: a message that was taken back must not stay in a free page.
    connection.pragma_update(None, "secure_delete", true)?;
    // The page cache, in KiB. A chat reads the ends of its logs, and the operating system caches
    // the file too. Every space has its own cache, also while the app is in the tray.
    connection.pragma_update(None, "cache_size", -512)?;
    // Query plans must not depend on bound values: a statement with such a plan is prepared again
    // for every use, although it is cached.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Enough for all our statements.
    connection.set_prepared_statement_cache_capacity(64);
    migrate(&mut connection, version)?;
    if unclean || fs::metadata(path).is_ok_and(|file| file.len() <= CHECKED_BYTES) {
        check(&connection)?;
    }
    Ok(connection)
}

/// A file that was closed properly has no write-ahead log.
fn is_unclean(path: &Path) -> bool {
    fs::metadata(format!("{}-wal", path.display())).is_ok_and(|log| log.len() > 0)
}

fn refuse_a_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::Corrupt("a folder stands in its place".to_owned()));
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let any: Option<i64> = connection
        .query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |row| row.get(0))
        .optional()?;
    if any.is_some() && id != APPLICATION_ID {
        return Err(StoreError::Corrupt("the file is another program's database".to_owned()));
    }
    if found > known && found <= known + AHEAD {
        return Err(StoreError::Newer { found, known });
    }
    usize::try_from(found)
        .ok()
        .filter(|version| *version <= MIGRATIONS.len())
        .ok_or_else(|| StoreError::Corrupt(format!("version {found}")))
}

fn migrate(connection: &mut Connection, version: usize) -> Result<(), StoreError> {
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        let reached = i64::try_from(index + 1).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", reached)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()?;
    }
    Ok(())
}

/// `quick_check` reads every page, but does not compare indexes with tables. It finds what makes a
/// file unusable, in a tenth of the time.
fn check(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Corrupt(verdict)) }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let words = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(words),
            Some(ErrorCode::SystemIoFailure) => Self::Failing(words),
            Some(_) => Self::Io(words),
            // A column has another type than the one we write.
            None if is_reading(&error) => Self::Corrupt(words),
            None => Self::Io(words),
        }
    }
}

fn is_reading(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..)
    )
}

/// The error for a column that can't be read.
pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn what_is_bound_does_not_prepare_a_kept_statement_anew() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&folder.path().join("homing.db"), None).unwrap();
        let mut again = 0;
        for most in [10_i64, 20, 30] {
            let mut kept = connection.prepare_cached("SELECT seq FROM events LIMIT ?1").unwrap();
            assert!(!kept.exists([most]).unwrap());
            again = kept.get_status(StatementStatus::RePrepare);
        }
        assert_eq!(again, 0);
    }
}
