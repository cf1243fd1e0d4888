//! Small files that are written atomically and never deleted.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// The limit of the numbers that tell files put aside under one name apart.
const ASIDE_MOST: u32 = 1000;

/// Writes a file that only its owner can read. After a crash it has either the old or the new
/// content.
///
/// # Errors
/// When the disk is full or the folder can't be written.
pub fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = private(&fresh)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    keep_names(path)
}

/// The same; creates the folder if necessary.
pub(crate) fn write_with_folder(path: &Path, text: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    write(path, text)
}

/// Renames an unusable file, so that it is out of the way but not lost.
///
/// # Errors
/// When the folder can't be written.
pub fn set_aside(path: &Path) -> io::Result<()> {
    for number in 1..=ASIDE_MOST {
        let aside = path.with_extension(format!("aside-{number}"));
        if fs::symlink_metadata(&aside).is_err() {
            tracing::warn!(to = %aside.display(), "a file is set aside");
            fs::rename(path, &aside)?;
            return keep_names(path);
        }
    }
    Err(io::Error::other("too many files were set aside"))
}

#[cfg(unix)]
fn private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // A file left by a crash may have other permissions.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> io::Result<File> {
    // The person's own folder is readable to them alone.
    File::create(path)
}

/// A rename is durable once its folder is synced.
#[cfg(unix)]
fn keep_names(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(not(unix))]
fn keep_names(_: &Path) -> io::Result<()> {
    Ok(())
}
