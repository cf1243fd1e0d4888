//! An interface for a disk that is not the operating system's.
//!
//! A simulator decides the order of everything, so nothing may run on a thread that it does not
//! control. With a [`Disk`] the work is done between two awaits, and takes as long as the disk
//! says.

use std::ffi::CStr;

use futures_util::future::BoxFuture;

/// A simulated disk; see the [module](self).
pub trait Disk: Send + Sync + 'static {
    /// The SQLite VFS of this disk.
    fn vfs(&self) -> &'static CStr;
    /// Waits for as long as an operation takes: before it, and after a commit before it is
    /// acknowledged.
    fn wait(&self) -> BoxFuture<'static, ()>;
}
