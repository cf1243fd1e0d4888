//! Recovering a damaged space: its folder is renamed, and a new one is built with what can be read.
//!
//! ```text
//! <space>                the space in use
//! <space>.new            being built; complete before anything is renamed
//! <space>.damaged-<n>    renamed, and never touched again
//! ```
//!
//! The whole folder is renamed, so a database and its log stay together. A crash between the two
//! renames leaves a complete folder that is put in place at the next start. Messages keep their
//! `cid`, so one that had reached the server is not sent twice. Everything else comes from the
//! server again.
//!
//! A copy of the account, without a secret, is stored beside the database. So even a lost database
//! costs neither the server's address nor the identity of this device.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use homing_protocol::SpaceId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::profile::{DATABASE, private_folder};
use super::record::SpaceRecord;
use crate::store::StoreError;
use crate::store::sqlite::salvage::{Salvage, rebuild, salvage};

/// Beside the database: a copy of [`SpaceRecord`].
const IDENTITY: &str = "space.json";
/// Beside the database: the result of a recovery, until the person has seen it.
const RESCUED: &str = "rescued.json";
/// Inside the new folder: where a copy of the damaged database is read.
const SCRATCH: &str = "reading";
/// The maximum of damaged folders of one space. After that many, the disk is the problem.
const ASIDE: u32 = 1000;

/// The result of recovering a damaged space. The interface has its own words for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// The space's id.
    pub space: SpaceId,
    /// The space's name.
    pub name: String,
    /// Messages that were not sent yet and will be.
    pub queued: usize,
    /// Drafts, read markers and mutes that the server does not have yet.
    pub unsaved: usize,
    /// Messages that were not sent yet and are lost.
    pub unreadable: usize,
    /// The outbox was read completely. If not, more messages may be lost than are known.
    pub whole: bool,
    /// Where the damaged files are.
    pub aside: PathBuf,
    /// The error, in English.
    pub why: String,
}

/// Where the new folder of a space is built.
pub(super) fn new_folder(folder: &Path) -> PathBuf {
    beside(folder, "new")
}

/// Where damaged folders of this space go.
pub(super) fn aside(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = folder.to_owned();
    (1..=ASIDE).map(move |number| beside(&folder, &format!("damaged-{number}")))
}

fn beside(folder: &Path, end: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!("{name}.{end}"))
}

/// The account, from the copy beside the database.
pub(super) fn identity(folder: &Path) -> Option<SpaceRecord> {
    read(&folder.join(IDENTITY))
}

/// Writes the account beside the database, unless it is there already.
pub(super) fn keep_identity(folder: &Path, record: &SpaceRecord) -> io::Result<()> {
    if identity(folder).as_ref() == Some(record) {
        return Ok(());
    }
    write(&folder.join(IDENTITY), record)
}

/// The result that the person has not seen yet.
pub(super) fn pending(folder: &Path) -> Option<Recovery> {
    read(&folder.join(RESCUED))
}

/// The person has seen the result.
pub(super) fn dismiss(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(RESCUED)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Renames the folder and puts a new one in its place. If anything fails, nothing has changed.
pub(super) fn recover(
    folder: &Path,
    space: SpaceId,
    why: &StoreError,
) -> Result<Recovery, StoreError> {
    let new = new_folder(folder);
    _ = fs::remove_dir_all(&new);
    let done = build(folder, &new, space, why).and_then(|recovery| {
        replace(folder, &new, &recovery.aside).map_err(failed)?;
        Ok(recovery)
    });
    match &done {
        Ok(recovery) => tracing::warn!(
            %space,
            queued = recovery.queued,
            unreadable = recovery.unreadable,
            whole = recovery.whole,
            "a damaged database was set aside: {why}"
        ),
        Err(error) => {
            tracing::error!(%space, "a damaged database can't be set aside: {error}");
            _ = fs::remove_dir_all(&new);
        }
    }
    done
}

/// The account of a space whose database can't be read.
pub(super) fn read_record(folder: &Path, space: SpaceId) -> Option<SpaceRecord> {
    let ours = |record: &SpaceRecord| record.space == space;
    identity(folder).filter(ours).or_else(|| {
        let scratch = new_folder(folder);
        let read = salvage(&folder.join(DATABASE), &scratch, None);
        _ = fs::remove_dir_all(&scratch);
        read.ok()?.record.filter(ours)
    })
}

fn build(
    folder: &Path,
    new: &Path,
    space: SpaceId,
    why: &StoreError,
) -> Result<Recovery, StoreError> {
    private_folder(new).map_err(|error| StoreError::Io(error.to_string()))?;
    let salvage: Salvage = salvage(&folder.join(DATABASE), &new.join(SCRATCH), None)?;
    let record = identity(folder).or_else(|| salvage.record.clone());
    let record = record.filter(|record| record.space == space).ok_or_else(|| {
        StoreError::Corrupt("it doesn't say which space it belongs to".to_owned())
    })?;
    rebuild(&new.join(DATABASE), &record, &salvage, None)?;
    let aside = aside(folder).find(|path| !path.exists());
    let recovery = Recovery {
        space,
        name: record.name.clone(),
        queued: salvage.outbox.len(),
        unsaved: salvage.own.len(),
        unreadable: salvage.unreadable(),
        whole: salvage.is_whole(),
        aside: aside.ok_or_else(|| StoreError::Io("it was damaged too often".to_owned()))?,
        why: why.to_string(),
    };
    along(folder, new).map_err(failed)?;
    write(&new.join(IDENTITY), &record).map_err(failed)?;
    write(&new.join(RESCUED), &recovery).map_err(failed)?;
    File::open(new.join(DATABASE)).and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(recovery)
}

/// Copies the other files of the folder.
fn along(folder: &Path, new: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with(DATABASE) && entry.file_type()?.is_file() {
            fs::copy(entry.path(), new.join(name))?;
        }
    }
    Ok(())
}

fn replace(folder: &Path, new: &Path, aside: &Path) -> io::Result<()> {
    fs::rename(folder, aside)?;
    if let Err(error) = fs::rename(new, folder) {
        _ = fs::rename(aside, folder);
        return Err(error);
    }
    sync_folder(folder.parent());
    Ok(())
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes the file atomically.
fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut file = File::create(&new)?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    sync_folder(path.parent());
    Ok(())
}

/// Makes renames durable, where the operating system can sync a folder.
fn sync_folder(folder: Option<&Path>) {
    if let Some(Ok(folder)) = folder.map(File::open) {
        _ = folder.sync_all();
    }
}

fn failed(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Io(error.to_string()),
    }
}
