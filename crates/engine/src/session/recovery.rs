//! A damaged space: set aside, and built anew with what could be read of it.
//!
//! ```text
//! <space>                the space as it is used
//! <space>.new            being built; whole before anything is moved
//! <space>.damaged-<n>    set aside: renamed and never touched again
//! ```
//!
//! The whole folder moves, so a database and its log never part, and a crash between the two renames
//! leaves a whole folder to be put in place at the next start. Messages keep their names, so what
//! had reached the server before is not there twice. Everything else comes from the server again.
//!
//! Where the server is and which device this is stands beside the database too, without a secret:
//! a file that is lost altogether costs neither.

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

/// Beside the database: what [`SpaceRecord`] says.
const IDENTITY: &str = "space.json";
/// Beside the database: what was rescued, until the person was told.
const RESCUED: &str = "rescued.json";
/// The folder in which a copy is read, inside the new one.
const SCRATCH: &str = "reading";
/// Damaged folders of one space. A disk that fails more often is the thing to look at.
const ASIDE: u32 = 1000;

/// What became of a damaged space. The words are the interface's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Which.
    pub space: SpaceId,
    /// What it is called.
    pub name: String,
    /// Messages that were not sent yet and still will be.
    pub queued: usize,
    /// Drafts, read markers and mutes that were not at the server yet.
    pub unsaved: usize,
    /// Messages that were not sent yet and can't be read.
    pub unreadable: usize,
    /// The outbox was read from end to end; otherwise there may have been more than is known of.
    pub whole: bool,
    /// Where the damaged files are.
    pub aside: PathBuf,
    /// What was wrong, in English.
    pub why: String,
}

/// Where the folder of a space is built anew.
pub(super) fn new_folder(folder: &Path) -> PathBuf {
    beside(folder, "new")
}

/// Folders of this space that were set aside.
pub(super) fn aside(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = folder.to_owned();
    (1..=ASIDE).map(move |number| beside(&folder, &format!("damaged-{number}")))
}

fn beside(folder: &Path, end: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!("{name}.{end}"))
}

/// Who this device is, from beside the database.
pub(super) fn identity(folder: &Path) -> Option<SpaceRecord> {
    read(&folder.join(IDENTITY))
}

/// Keeps who this device is beside the database, unless it stands there already.
pub(super) fn keep_identity(folder: &Path, record: &SpaceRecord) -> io::Result<()> {
    if identity(folder).as_ref() == Some(record) {
        return Ok(());
    }
    write(&folder.join(IDENTITY), record)
}

/// What was rescued and not told yet.
pub(super) fn pending(folder: &Path) -> Option<Recovery> {
    read(&folder.join(RESCUED))
}

/// The person was told.
pub(super) fn dismiss(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(RESCUED)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Sets the folder aside and puts a new one in its place. If anything fails, all is as it was.
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

/// The record of a space whose database can't say it.
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

/// What else stands in the folder goes along.
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

/// Whole or not at all.
fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut file = File::create(&new)?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    sync_folder(path.parent());
    Ok(())
}

/// Makes renames durable, where a folder can be asked to.
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
