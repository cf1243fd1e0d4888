//! A disk: files, who holds them, and what can happen to all of them at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::Rng;

use crate::file::File;
use crate::locks::{FileLocks, Holder, Level, SlotLocks};
use crate::vfs;

/// What the next disk of this process is called.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// Words of one region of shared memory: 32 KiB, the only size that SQLite asks for.
const REGION_WORDS: usize = 32 * 1024 / size_of::<u64>();

/// What a disk does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It was unplugged since the file was opened, or the file was deleted.
    Gone,
    /// There is no room.
    Full,
    /// Somebody else holds it.
    Busy,
}

/// See the [crate](crate). Clones are the same disk, and the last one takes it along.
#[derive(Debug, Clone)]
pub struct Disk {
    inner: Arc<Inner>,
}

/// Everything on a disk at one moment, as a process sees it.
#[derive(Debug, Clone)]
pub struct Image(BTreeMap<String, File>);

#[derive(Debug)]
pub(crate) struct Inner {
    /// This process's name for it.
    number: u64,
    state: Mutex<State>,
    holders: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, File>,
    locks: BTreeMap<String, FileLocks>,
    shared: BTreeMap<String, Shared>,
    /// Counts the times it was unplugged: what was opened before is void.
    plugged: u64,
    capacity: Option<usize>,
    syncs: u64,
    forgetful: bool,
}

/// The memory that the connections to one write-ahead log share. Never moved, and never freed while
/// a connection lives: each holds the regions it has mapped.
#[derive(Debug, Default)]
struct Shared {
    regions: Vec<Region>,
    slots: SlotLocks,
}

/// SQLite reads and writes it behind our back, which only atomics may allow.
type Region = Arc<[AtomicU64]>;

/// A file as one connection has it open.
#[derive(Debug)]
pub(crate) struct Open {
    inner: Arc<Inner>,
    name: String,
    holder: Holder,
    plugged: u64,
    temporary: bool,
    mapped: Vec<Region>,
}

impl Disk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let inner = Inner { number, state: Mutex::default(), holders: AtomicU64::new(0) };
        let disk = Self { inner: Arc::new(inner) };
        vfs::add(number, Arc::downgrade(&disk.inner));
        disk
    }

    pub(crate) fn of(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// Where SQLite finds a file of this disk, through the VFS [`VFS`](crate::VFS).
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/{}/{file}", self.inner.number))
    }

    /// Takes the disk away from everybody who has a file open, as the end of a process does. What
    /// they wrote stays; whatever they try from now on fails.
    pub fn unplug(&self) {
        let mut state = self.state();
        state.plugged += 1;
        state.locks.clear();
        state.shared.clear();
    }

    /// As [`unplug`](Self::unplug), and of what was not synced anything may be missing.
    pub fn lose_power(&self, rng: &mut impl Rng) {
        self.unplug();
        for file in self.state().files.values_mut() {
            file.lose_power(rng);
        }
    }

    /// Bytes that all files together may have; none: no limit. What is there already stays.
    pub fn limit(&self, bytes: Option<usize>) {
        self.state().capacity = bytes;
    }

    /// Bytes of all files.
    #[must_use]
    pub fn used(&self) -> usize {
        self.state().used()
    }

    /// How often something was synced.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// From now on syncing answers and does nothing, as cheap drives have been known to. With it a
    /// test of durability shows that it can fail.
    pub fn forget_syncs(&self) {
        self.state().forgetful = true;
    }

    /// A copy of everything, such as a backup of a running machine would take.
    #[must_use]
    pub fn image(&self) -> Image {
        Image(self.state().files.clone())
    }

    /// Makes everything as it was. Whoever has a file open loses it.
    pub fn restore(&self, image: Image) {
        self.unplug();
        self.state().files = image.0;
    }

    pub(crate) fn open(&self, file: Option<&str>, create: bool) -> Option<Open> {
        let holder = self.inner.holders.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        let name = file.map_or_else(|| format!("temporary-{holder}"), str::to_owned);
        if !state.files.contains_key(&name) {
            if !create && file.is_some() {
                return None;
            }
            state.files.insert(name.clone(), File::default());
        }
        let (inner, plugged) = (self.inner.clone(), state.plugged);
        let temporary = file.is_none();
        Some(Open { inner, name, holder, plugged, temporary, mapped: Vec::new() })
    }

    pub(crate) fn delete(&self, file: &str) {
        self.state().files.remove(file);
    }

    pub(crate) fn exists(&self, file: &str) -> bool {
        self.state().files.contains_key(file)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state()
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        vfs::remove(self.number);
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn used(&self) -> usize {
        self.files.values().map(File::size).sum()
    }
}

impl Open {
    /// Whether it shall be deleted when it is closed.
    pub(crate) fn temporary(&mut self) {
        self.temporary = true;
    }

    fn with<T>(&self, act: impl FnOnce(&mut File) -> T) -> Result<T, Failure> {
        let mut state = self.plugged()?;
        state.files.get_mut(&self.name).map(act).ok_or(Failure::Gone)
    }

    fn plugged(&self) -> Result<MutexGuard<'_, State>, Failure> {
        let state = self.inner.state();
        if state.plugged == self.plugged { Ok(state) } else { Err(Failure::Gone) }
    }

    pub(crate) fn size(&self) -> Result<usize, Failure> {
        self.with(|file| file.size())
    }

    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> Result<usize, Failure> {
        self.with(|file| file.read(at, into))
    }

    pub(crate) fn write(&self, at: usize, bytes: &[u8]) -> Result<(), Failure> {
        let mut state = self.plugged()?;
        let (used, capacity) = (state.used(), state.capacity);
        let file = state.files.get_mut(&self.name).ok_or(Failure::Gone)?;
        let more = (at + bytes.len()).saturating_sub(file.size());
        if more > 0 && capacity.is_some_and(|most| used + more > most) {
            return Err(Failure::Full);
        }
        file.write(at, bytes);
        Ok(())
    }

    pub(crate) fn truncate(&self, to: usize) -> Result<(), Failure> {
        self.with(|file| file.truncate(to))
    }

    pub(crate) fn sync(&self) -> Result<(), Failure> {
        let mut state = self.plugged()?;
        state.syncs += 1;
        if state.forgetful {
            return Ok(());
        }
        state.files.get_mut(&self.name).map(File::sync).ok_or(Failure::Gone)
    }

    pub(crate) fn lock(&self, level: Level) -> Result<(), Failure> {
        let mut state = self.plugged()?;
        let locks = state.locks.entry(self.name.clone()).or_default();
        if locks.lock(self.holder, level) { Ok(()) } else { Err(Failure::Busy) }
    }

    pub(crate) fn unlock(&self, to: Option<Level>) -> Result<(), Failure> {
        let mut state = self.plugged()?;
        state.locks.entry(self.name.clone()).or_default().unlock(self.holder, to);
        Ok(())
    }

    pub(crate) fn reserved(&self) -> Result<bool, Failure> {
        Ok(self.plugged()?.locks.get(&self.name).is_some_and(FileLocks::reserved))
    }

    /// Where a region of shared memory is; none if it is not there and shall not be made.
    pub(crate) fn map(
        &mut self,
        region: usize,
        make: bool,
    ) -> Result<Option<NonNull<AtomicU64>>, Failure> {
        let mut state = self.inner.state();
        if state.plugged != self.plugged {
            return Err(Failure::Gone);
        }
        let shared = state.shared.entry(self.name.clone()).or_default();
        while shared.regions.len() <= region {
            if !make {
                return Ok(None);
            }
            shared.regions.push((0..REGION_WORDS).map(|_| AtomicU64::new(0)).collect());
        }
        let found = shared.regions.get(region).cloned();
        drop(state);
        self.mapped.extend(found.clone());
        Ok(found.and_then(|region| region.first().map(NonNull::from)))
    }

    pub(crate) fn lock_slots(
        &self,
        slots: std::ops::Range<usize>,
        exclusive: bool,
    ) -> Result<(), Failure> {
        let mut state = self.plugged()?;
        let shared = state.shared.entry(self.name.clone()).or_default();
        let granted = shared.slots.lock(self.holder, slots, exclusive);
        if granted { Ok(()) } else { Err(Failure::Busy) }
    }

    pub(crate) fn unlock_slots(
        &self,
        slots: std::ops::Range<usize>,
        exclusive: bool,
    ) -> Result<(), Failure> {
        let mut state = self.plugged()?;
        let shared = state.shared.entry(self.name.clone()).or_default();
        shared.slots.unlock(self.holder, slots, exclusive);
        Ok(())
    }

    /// Lets go of shared memory; the last one out may ask for it to be forgotten.
    pub(crate) fn unmap(&mut self, forget: bool) -> Result<(), Failure> {
        let mut state = self.inner.state();
        if state.plugged != self.plugged {
            return Err(Failure::Gone);
        }
        if let Some(shared) = state.shared.get_mut(&self.name) {
            shared.slots.release(self.holder);
        }
        if forget {
            state.shared.remove(&self.name);
        }
        Ok(())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Ok(mut state) = self.plugged() {
            if let Some(locks) = state.locks.get_mut(&self.name) {
                locks.unlock(self.holder, None);
            }
            if let Some(shared) = state.shared.get_mut(&self.name) {
                shared.slots.release(self.holder);
            }
            if self.temporary {
                state.files.remove(&self.name);
            }
        }
    }
}
