//! Files with private data (messages and keys), readable only by their owner.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file that only this user can read, from the first byte on.
///
/// # Errors
/// As `OpenOptions::open` with `create_new`: it exists, or can't be made.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Creates the file if it is absent; otherwise removes access for other users. Group access may be
/// intended and stays. A file of another user stays as it is, with a warning.
///
/// # Errors
/// When it can't be created.
pub(crate) fn create_or_restrict(path: &Path) -> io::Result<()> {
    match create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if let Err(error) = restrict_access(path) {
                let path = path.display();
                tracing::warn!(%path, %error, "others on this machine may read what people write");
            }
            Ok(())
        }
        made => made.map(drop),
    }
}

#[cfg(unix)]
fn restrict_access(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = fs::metadata(path)?.permissions();
    let mode = permissions.mode();
    if mode & 0o007 == 0 {
        return Ok(());
    }
    permissions.set_mode(mode & !0o007);
    fs::set_permissions(path, permissions)
}

#[cfg(not(unix))]
fn restrict_access(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Syncs a complete file and renames it into place, so that it survives a power loss.
///
/// # Errors
/// Of the file system.
pub(crate) fn persist_as(beside: &Path, path: &Path) -> io::Result<()> {
    // Opened for writing, because Windows syncs only such files.
    OpenOptions::new().write(true).open(beside)?.sync_all()?;
    fs::rename(beside, path)?;
    sync_folder(path)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// On Windows the rename needs no sync.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
