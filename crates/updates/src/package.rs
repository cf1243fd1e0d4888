//! Downloading and verifying a package.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use crate::fetch::{Answer, FetchError, Web};

/// Largest package: ten times the size of ours.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// How often an interrupted download is resumed at once, as long as each attempt made progress.
const TRIES: usize = 5;
/// Buffer size for hashing what was downloaded before.
const PIECE: usize = 64 * 1024;

/// A package, as announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its address.
    pub url: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// Why a package could not be downloaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The transfer failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The content differs from the announcement; it was deleted.
    #[error("the download isn't what was announced")]
    Differs,
    /// The announcement contains impossible values.
    #[error("the announcement has no package that fits: {0}")]
    Unfit(&'static str),
    /// The disk is full, or the folder can't be written.
    #[error("can't save it in {folder}: {error}")]
    Disk {
        /// The path.
        folder: PathBuf,
        /// The cause.
        #[source]
        error: io::Error,
    },
}

impl Package {
    /// Whether a file is exactly this package.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn is(&self, path: &Path) -> io::Result<bool> {
        let mut sum = Sha256::new();
        let length = add(&mut File::open(path).await?, &mut sum).await?;
        Ok(length == self.size && hex(sum) == self.sha256)
    }

    /// The file's name, which contains the hash, so that the partial download of another version is
    /// never continued.
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

/// Downloads a package into a folder of its own and returns its path. `progress` is given the
/// number of bytes so far.
///
/// A download that was interrupted, cancelled, or ended with the program is continued. Content that
/// differs from the announcement is deleted.
///
/// # Errors
/// When the package is not complete in the end.
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

/// Downloads the missing rest of `part`.
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
    // A server without range support starts from the beginning.
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
        // Reported bytes are on disk, so that a cancelled download continues from there.
        file.flush().await.map_err(disk)?;
        progress(there);
    }
    file.sync_all().await.map_err(disk)
}

async fn length(path: &Path) -> u64 {
    tokio::fs::metadata(path).await.map_or(0, |data| data.len())
}

/// Deletes partial downloads of other versions.
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
