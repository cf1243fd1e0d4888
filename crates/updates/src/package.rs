//! Fetching what is installed, and knowing that it is whole.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use crate::fetch::{Answer, FetchError, Web};

/// The largest package that is fetched: ten times what ours have.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// How often a broken download is taken up again at once, as long as each time something came.
const TRIES: usize = 5;
/// Read at a time while what is there already is counted into the sum.
const PIECE: usize = 64 * 1024;

/// A package as an announcement has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Where.
    pub url: String,
    /// How long.
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// Why a package is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// It did not come.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came is not what was announced; nothing of it is kept.
    #[error("the download isn't what was announced")]
    Differs,
    /// The announcement asks for something that can't be.
    #[error("the announcement has no package that fits: {0}")]
    Unfit(&'static str),
    /// The disk is full, or the folder can't be written.
    #[error("can't save it in {folder}: {error}")]
    Disk {
        /// Where.
        folder: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
}

impl Package {
    /// Whether a file is this package, whole and unchanged.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn is(&self, path: &Path) -> io::Result<bool> {
        let mut sum = Sha256::new();
        let length = add(&mut File::open(path).await?, &mut sum).await?;
        Ok(length == self.size && hex(sum) == self.sha256)
    }

    /// What the file is called on this disk: by its sum, so that what is left of another version
    /// is never continued.
    fn name(&self) -> Result<&str, PackageError> {
        let fits = self.sha256.len() == 64
            && self
                .sha256
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !fits {
            return Err(PackageError::Unfit("its sum is none"));
        }
        if self.size == 0 || self.size > LARGEST {
            return Err(PackageError::Unfit("its size can't be"));
        }
        Ok(&self.sha256)
    }
}

/// Fetches a package into a folder of its own and says where it is. `progress` hears how many bytes
/// are there.
///
/// What came before a broken connection, a cancelled download or the end of the program is
/// continued. What turns out to differ is thrown away.
///
/// # Errors
/// When it is not there in the end.
pub async fn fetch_package(
    web: Web<'_>,
    package: &Package,
    folder: &Path,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<PathBuf, PackageError> {
    let name = package.name()?;
    let disk = |error| PackageError::Disk { folder: folder.to_owned(), error };
    tokio::fs::create_dir_all(folder).await.map_err(disk)?;
    let (whole, part) = (folder.join(name), folder.join(format!("{name}.part")));
    clear(folder, &[&whole, &part]).await.map_err(disk)?;
    if package.is(&whole).await.unwrap_or(false) {
        progress(package.size);
        return Ok(whole);
    }
    let mut tries = 0;
    loop {
        let before = length(&part).await;
        match fetch_rest(web, package, &part, folder, progress).await {
            Ok(()) => break,
            Err(PackageError::Fetch(error)) if tries < TRIES && length(&part).await > before => {
                tries += 1;
                tracing::info!(%error, tries, "the download broke and goes on");
            }
            Err(error) => return Err(error),
        }
    }
    if !package.is(&part).await.map_err(disk)? {
        tokio::fs::remove_file(&part).await.map_err(disk)?;
        return Err(PackageError::Differs);
    }
    tokio::fs::rename(&part, &whole).await.map_err(disk)?;
    Ok(whole)
}

/// Fetches what is missing at the end of `part`.
async fn fetch_rest(
    web: Web<'_>,
    package: &Package,
    part: &Path,
    folder: &Path,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), PackageError> {
    let disk = |error| PackageError::Disk { folder: folder.to_owned(), error };
    let mut there = length(part).await;
    if there >= package.size {
        return Ok(());
    }
    let mut answer: Answer = web.open(&package.url, there).await?;
    let mut file =
        File::options().create(true).write(true).truncate(false).open(part).await.map_err(disk)?;
    // A server that knows no ranges begins anew.
    there = answer.from;
    file.set_len(there).await.map_err(disk)?;
    file.seek(io::SeekFrom::End(0)).await.map_err(disk)?;
    progress(there);
    loop {
        let Some(piece) = answer.next().await? else { break };
        there += piece.len() as u64;
        if there > package.size {
            drop(file);
            tokio::fs::remove_file(part).await.map_err(disk)?;
            return Err(PackageError::Differs);
        }
        file.write_all(&piece).await.map_err(disk)?;
        // Heard of is written: whoever cancels now goes on from here.
        file.flush().await.map_err(disk)?;
        progress(there);
    }
    file.sync_all().await.map_err(disk)
}

async fn length(path: &Path) -> u64 {
    tokio::fs::metadata(path).await.map_or(0, |data| data.len())
}

/// Removes what is left of other versions.
async fn clear(folder: &Path, keep: &[&Path]) -> io::Result<()> {
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        if !keep.contains(&entry.path().as_path()) && entry.file_type().await?.is_file() {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}

async fn add(file: &mut File, sum: &mut Sha256) -> io::Result<u64> {
    let (mut piece, mut length) = (vec![0; PIECE], 0);
    loop {
        let read = file.read(&mut piece).await?;
        let Some(read) = piece.get(..read).filter(|read| !read.is_empty()) else {
            return Ok(length);
        };
        sum.update(read);
        length += read.len() as u64;
    }
}

fn hex(sum: Sha256) -> String {
    format!("{:x}", sum.finalize())
}
