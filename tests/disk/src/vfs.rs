//! SQLite's side of the disk: what it calls in C, one line each to [`Open`] and [`Disk`].
//!
//! All unsafe code of this crate. It rests on what SQLite documents for a VFS: it hands every
//! file structure first to `open` and last to `close`, uses it from one thread at a time, and passes
//! buffers of the lengths it names.

#![expect(unsafe_code, reason = "SQLite asks for its disk in C")]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;
use std::sync::{Mutex, MutexGuard, Once, PoisonError, Weak};

use rusqlite::ffi;

use crate::disk::{Disk, Failure, Inner, Open};
use crate::locks::Level;

/// What the VFS is called, for `Connection::open_with_flags_and_vfs`.
pub const VFS: &CStr = c"homing-disk";

/// Longest path that SQLite may ask for.
const PATH_BYTES: c_int = 512;

static DISKS: Mutex<BTreeMap<u64, Weak<Inner>>> = Mutex::new(BTreeMap::new());
static REGISTERED: Once = Once::new();

/// What SQLite holds of an open file. The first field is SQLite's own view of it.
#[repr(C)]
struct VfsFile {
    base: ffi::sqlite3_file,
    /// From `Box::into_raw` in `open` to `Box::from_raw` in `close`.
    open: *mut Open,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // 2 is the first with shared memory, which a write-ahead log needs.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes a disk reachable by its number.
pub(crate) fn add(number: u64, disk: Weak<Inner>) {
    REGISTERED.call_once(register);
    disks().insert(number, disk);
}

/// Forgets a disk that is gone.
pub(crate) fn remove(number: u64) {
    disks().remove(&number);
}

fn disks() -> MutexGuard<'static, BTreeMap<u64, Weak<Inner>>> {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn register() {
    // SAFETY: without a name SQLite answers its default VFS, which is never taken away.
    let system = unsafe { ffi::sqlite3_vfs_find(ptr::null()).as_ref() };
    let system = system.expect("SQLite has a VFS of its own");
    let vfs = ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: c_int::try_from(size_of::<VfsFile>()).expect("two pointers"),
        mxPathname: PATH_BYTES,
        pNext: ptr::null_mut(),
        zName: VFS.as_ptr(),
        pAppData: ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_path),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        // Chance and time are SQLite's own: it salts its log with them and orders nothing by them.
        xRandomness: system.xRandomness,
        xSleep: system.xSleep,
        xCurrentTime: system.xCurrentTime,
        xGetLastError: None,
        xCurrentTimeInt64: system.xCurrentTimeInt64,
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    };
    // SAFETY: a registered VFS must live as long as the process, so it is never freed.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0) };
    assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes a VFS");
}

/// The disk and the file that a path names.
fn find(path: &str) -> Option<(Disk, &str)> {
    let path = Path::new(path).strip_prefix("/").ok()?;
    let number = path.iter().next()?.to_str()?;
    let file = path.strip_prefix(number).ok()?.to_str()?;
    let disk = disks().get(&number.parse().ok()?).and_then(Weak::upgrade)?;
    Some((Disk::of(disk), file))
}

/// # Safety
/// `path` must be a C string that outlives the answer, as SQLite's arguments do for a call.
unsafe fn text<'a>(path: *const c_char) -> Option<&'a str> {
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(path) }.to_str().ok()
}

/// # Safety
/// `file` must have been opened by [`open`] and not yet closed; SQLite uses it from one thread at a
/// time.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Open {
    // SAFETY: as the caller promises, it is the structure that `open` filled.
    unsafe { &mut *(*file.cast::<VfsFile>()).open }
}

fn code<T>(done: Result<T, Failure>, otherwise: c_int) -> c_int {
    match done {
        Ok(_) => ffi::SQLITE_OK,
        Err(Failure::Gone) => otherwise,
        Err(Failure::Full) => ffi::SQLITE_FULL,
        Err(Failure::Busy) => ffi::SQLITE_BUSY,
    }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives room for `szOsFile` bytes. Without methods it does not call `close`.
    unsafe { (*file).pMethods = ptr::null() };
    // A file without a name is a temporary one, of no disk in particular: it gets one of its own.
    let found = if path.is_null() {
        Some((Disk::new(), None))
    } else {
        // SAFETY: SQLite passes a C string.
        unsafe { text(path) }.and_then(find).map(|(disk, name)| (disk, Some(name)))
    };
    let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let Some(mut open) = found.and_then(|(disk, name)| disk.open(name, create)) else {
        return ffi::SQLITE_CANTOPEN;
    };
    if flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0 {
        open.temporary();
    }
    // SAFETY: as above; the flags are an out parameter that may be absent.
    unsafe {
        let file = file.cast::<VfsFile>();
        (*file).open = Box::into_raw(Box::new(open));
        (*file).base.pMethods = &raw const METHODS;
        if let Some(out) = out.as_mut() {
            *out = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int) -> c_int {
    // SAFETY: SQLite passes a C string.
    match unsafe { text(path) }.and_then(find) {
        Some((disk, file)) => {
            disk.delete(file);
            ffi::SQLITE_OK
        }
        None => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a C string and a place for the answer.
    unsafe {
        let found = text(path).and_then(find).is_some_and(|(disk, file)| disk.exists(file));
        *out = c_int::from(found);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a C string, and `room` bytes that do not overlap it.
    unsafe {
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if usize::try_from(room).is_ok_and(|room| bytes.len() <= room) {
            ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
            ffi::SQLITE_OK
        } else {
            ffi::SQLITE_CANTOPEN
        }
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the last call for this file; what `open` leaked is taken back.
    drop(unsafe { Box::from_raw((*file.cast::<VfsFile>()).open) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    most: c_int,
    at: i64,
) -> c_int {
    let (Ok(most), Ok(at)) = (usize::try_from(most), usize::try_from(at)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite passes a buffer of `most` bytes.
    let (open, into) =
        unsafe { (opened(file), std::slice::from_raw_parts_mut(into.cast::<u8>(), most)) };
    match open.read(at, into) {
        Ok(read) if read == most => ffi::SQLITE_OK,
        Ok(read) => {
            // SQLite wants the rest to be zero.
            into.iter_mut().skip(read).for_each(|byte| *byte = 0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(failure) => code::<()>(Err(failure), ffi::SQLITE_IOERR_READ),
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: i64,
) -> c_int {
    let (Ok(bytes), Ok(at)) = (usize::try_from(bytes), usize::try_from(at)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite passes a buffer of so many bytes.
    let (open, from) =
        unsafe { (opened(file), std::slice::from_raw_parts(from.cast::<u8>(), bytes)) };
    code(open.write(at, from), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, to: i64) -> c_int {
    let Ok(to) = usize::try_from(to) else { return ffi::SQLITE_IOERR_TRUNCATE };
    // SAFETY: an open file.
    code(unsafe { opened(file) }.truncate(to), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.sync(), ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: an open file, and a place for the answer.
    unsafe {
        let size = opened(file).size();
        if let Ok(size) = size {
            *out = i64::try_from(size).unwrap_or(i64::MAX);
        }
        code(size, ffi::SQLITE_IOERR_FSTAT)
    }
}

fn level(level: c_int) -> Option<Level> {
    match level {
        ffi::SQLITE_LOCK_SHARED => Some(Level::Shared),
        ffi::SQLITE_LOCK_RESERVED => Some(Level::Reserved),
        ffi::SQLITE_LOCK_PENDING => Some(Level::Pending),
        ffi::SQLITE_LOCK_EXCLUSIVE => Some(Level::Exclusive),
        _ => None,
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    let Some(wanted) = level(wanted) else { return ffi::SQLITE_OK };
    // SAFETY: an open file.
    code(unsafe { opened(file) }.lock(wanted), ffi::SQLITE_IOERR_LOCK)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, to: c_int) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.unlock(level(to)), ffi::SQLITE_IOERR_UNLOCK)
}

unsafe extern "C" fn check_reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file, and a place for the answer.
    unsafe {
        let reserved = opened(file).reserved();
        *out = c_int::from(reserved == Ok(true));
        code(reserved, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK)
    }
}

unsafe extern "C" fn control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

/// As SQLite's own VFS says.
unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// As SQLite's own VFS says: a write cut short harms no byte beside it.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    _: c_int,
    make: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let Ok(region) = usize::try_from(region) else { return ffi::SQLITE_IOERR_SHMMAP };
    // SAFETY: an open file, and a place for the answer. The memory lives until the file is closed
    // and allows changes through a shared pointer, being of atomics.
    unsafe {
        let mapped = opened(file).map(region, make != 0);
        *out = match mapped {
            Ok(Some(memory)) => memory.as_ptr().cast(),
            _ => ptr::null_mut(),
        };
        code(mapped, ffi::SQLITE_IOERR_SHMMAP)
    }
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    let (Ok(first), Ok(count)) = (usize::try_from(first), usize::try_from(count)) else {
        return ffi::SQLITE_IOERR_SHMLOCK;
    };
    let (slots, exclusive) = (first..first + count, flags & ffi::SQLITE_SHM_EXCLUSIVE != 0);
    // SAFETY: an open file.
    let open = unsafe { opened(file) };
    let done = if flags & ffi::SQLITE_SHM_UNLOCK == 0 {
        open.lock_slots(slots, exclusive)
    } else {
        open.unlock_slots(slots, exclusive)
    };
    code(done, ffi::SQLITE_IOERR_SHMLOCK)
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, forget: c_int) -> c_int {
    // SAFETY: an open file.
    code(unsafe { opened(file) }.unmap(forget != 0), ffi::SQLITE_IOERR_SHMMAP)
}
