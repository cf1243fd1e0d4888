//! A disk in memory for SQLite, which can be unplugged, lose its power and be full.
//!
//! `kill -9` proves nothing about durability: what a process wrote without syncing is safe in the
//! operating system's memory. Losing power takes that away, and a test can't pull a plug. So this
//! is a disk that knows what was synced. After [`Disk::lose_power`] every write since the last sync
//! of its file may be there, or not, or in part, in any combination: the worst that the contract of
//! a disk allows, and worse than most disks do.
//!
//! Connections reach it through a VFS, SQLite's own seam for storage, so what is tested is the real
//! database with the real settings: open `disk.path("space.db")` with the VFS named [`VFS`].
//! Creating and deleting a file count as durable at once: SQLite syncs folders itself, and this
//! disk has none.

mod disk;
mod file;
mod locks;
mod vfs;

pub use disk::{Disk, Image};
pub use vfs::VFS;
