//! Small files that are whole or not there, and that nobody loses.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Files of one name that were set aside: more than anybody has.
const ASIDE_MOST: u32 = 1000;

/// Writes a file for its owner alone. A crash leaves the old one or the new one.
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

/// The same, and makes its folder if there is none.
pub(crate) fn write_with_folder(path: &Path, text: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    write(path, text)
}

/// Renames a file that is of no use now, so that it is in nobody's way and not lost.
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
    // What a crash left may have other rights.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> io::Result<File> {
    // The person's own folder is theirs alone.
    File::create(path)
}

/// A new name is on the disk when its folder is.
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
