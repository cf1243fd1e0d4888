//! The interface to a simulated disk.
//!
//! A simulator controls concurrency, so no work may run on threads that it does not see. With a
//! [`Disk`], work runs between two awaits of the caller and takes as long as the disk says.

use std::ffi::CStr;

use futures_util::future::BoxFuture;

/// A simulated disk.
pub trait Disk: Send + Sync + 'static {
    /// The name of its SQLite VFS.
    fn vfs(&self) -> &'static CStr;
    /// Waits for the duration of some work: before it, and after a read or commit before its caller
    /// learns of it.
    fn wait(&self) -> BoxFuture<'static, ()>;
}
