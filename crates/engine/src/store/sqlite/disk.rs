//! The seam to a disk that is not the operating system's.
//!
//! A simulator decides what happens at the same time, so nothing may happen on a thread that it does
//! not see. On a [`Disk`] the work is done between two awaits, and takes as long as the disk says.

use std::ffi::CStr;

use futures_util::future::BoxFuture;

/// See the [module](self).
pub trait Disk: Send + Sync + 'static {
    /// The VFS by which SQLite reaches it.
    fn vfs(&self) -> &'static CStr;
    /// Waits as long as a piece of work takes: before it, and after a commit before anybody is told.
    fn wait(&self) -> BoxFuture<'static, ()>;
}
