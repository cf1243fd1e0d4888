//! Reads what can still be read from a damaged file, the outbox first, row by row.
//!
//! SQLite does the reading; this queries it in a way that survives errors. Queued messages are read
//! from the front and from the back until a page can't be read, and one by one in between. The
//! first page holds the header and the root of each table. If it is damaged, a copy of the file
//! gets the first page of a new database, where the tables have the same roots. The damaged file
//! itself is only read.
//!
//! It does not read free pages. They contain messages that were sent or deleted and must not come
//! back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use homing_protocol::{Person, RoomInfo, Seq};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, params};
use serde::de::DeserializeOwned;

use super::super::{Change, OutboxItem, OwnRow, RoomRow, StoreError};
use super::{Disk, open, read, write};
use crate::session::record::SpaceRecord;

/// After this many missing rows in a row, reading one by one ends. It is more than an unreadable
/// page can hold, including the pages below it.
const MISSES: u32 = 8192;
/// The maximum of rooms, people and own values, because a damaged tree may be circular.
const ROWS: u32 = 100_000;
/// The page size of our files.
const PAGE: usize = 4096;
/// The position of the number of pages in the header.
const PAGES: std::ops::Range<usize> = 28..32;

/// What was read from a damaged file.
#[derive(Debug, Default)]
pub(crate) struct Salvage {
    pub(crate) record: Option<SpaceRecord>,
    pub(crate) outbox: BTreeMap<i64, OutboxItem>,
    /// Values that were written here and not echoed: drafts, read markers, mutes.
    pub(crate) own: BTreeMap<String, OwnRow>,
    pub(crate) rooms: Vec<RoomInfo>,
    pub(crate) people: Vec<Person>,
    /// Positions of messages, as far as a row or the index still shows them.
    named: BTreeSet<i64>,
    /// The outbox was read completely.
    whole: bool,
}

impl Salvage {
    /// The number of messages that can't be read.
    pub(crate) fn unreadable(&self) -> usize {
        self.named.iter().filter(|place| !self.outbox.contains_key(place)).count()
    }

    /// Whether there is no sign of further messages.
    pub(crate) const fn is_whole(&self) -> bool {
        self.whole
    }
}

/// Reads what can be read. `scratch` is a folder for a copy, if one is needed.
pub(crate) fn salvage(
    path: &Path,
    scratch: &Path,
    disk: Option<&dyn Disk>,
) -> Result<Salvage, StoreError> {
    let mut salvage = Salvage::default();
    if let Ok(db) = connect(path, disk) {
        take(&db, &mut salvage);
    }
    if !salvage.whole && disk.is_none() && path.is_file() {
        let copy = transplanted(path, scratch)?;
        if let Ok(db) = connect(&copy, None) {
            take(&db, &mut salvage);
        }
        fs::remove_dir_all(scratch).map_err(failed)?;
    }
    Ok(salvage)
}

/// Creates a new file with everything that was read.
pub(crate) fn rebuild(
    path: &Path,
    record: &SpaceRecord,
    salvage: &Salvage,
    disk: Option<&dyn Disk>,
) -> Result<(), StoreError> {
    let mut changes = vec![Change::Record(record.clone())];
    for info in &salvage.rooms {
        // Only the room's description: its log is fetched again.
        let info = RoomInfo { head: Seq(0), read: Seq(0), delivered: Seq(0), ..info.clone() };
        changes.push(Change::Room(RoomRow { info, head: Seq(0), cursor: Seq(0), last: None }));
    }
    changes.extend(salvage.people.iter().cloned().map(Change::Person));
    changes.extend(salvage.own.values().cloned().map(Change::Own));
    changes.extend(salvage.outbox.values().cloned().map(Change::Outbox));
    let mut db = open::open(path, disk)?;
    write::commit(&mut db, changes.iter())?;
    // Checkpoints the write-ahead log, because only the main file is moved.
    db.close().map_err(|(_, error)| error.into())
}

/// A connection that does not change the file or its log.
fn connect(path: &Path, disk: Option<&dyn Disk>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = match disk {
        None => Connection::open_with_flags(path, flags)?,
        Some(disk) => Connection::open_with_flags_and_vfs(path, flags, disk.vfs())?,
    };
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

fn take(db: &Connection, salvage: &mut Salvage) {
    if salvage.record.is_none() {
        salvage.record = read::record(db).ok().flatten();
    }
    // A file of an older version has no checksums.
    let has = |column: &str| db.prepare(&format!("SELECT {column} FROM outbox LIMIT 0")).is_ok();
    let columns = match (has("sum"), has("given_back")) {
        (_, true) => "place, room, cid, kind, body, ts, state, sum, coalesce(given_back, 0)",
        (true, false) => "place, room, cid, kind, body, ts, state, sum, 0",
        (false, false) => "place, room, cid, kind, body, ts, state, NULL, 0",
    };
    let Salvage { outbox, named, own, .. } = salvage;
    named.extend(places(db));
    let table = Table { db, name: "outbox", key: "place", columns };
    salvage.whole |= table.rows(named, read::outbox_item, outbox);
    // A `cid` is unique. A second row with it is a result of the damage.
    let mut names = BTreeSet::new();
    outbox.retain(|_, item| names.insert(item.cid));
    // The draft state is absent in older files, and may be what is damaged. Then a pending draft
    // counts as typed on this device.
    for columns in ["key, value, pending, fork", "key, value, pending, NULL"] {
        from_both_ends(db, columns, "own", "key", |row| {
            if let Ok(row) = read::own_row(row)
                && (row.pending || row.fork.is_some())
            {
                own.entry(row.key.to_string()).or_insert(row);
            }
        });
    }
    if salvage.rooms.is_empty() {
        salvage.rooms = parsed(db, "rooms", "room");
    }
    if salvage.people.is_empty() {
        salvage.people = parsed(db, "people", "person");
    }
}

/// The positions in the index of `cid`, which is on other pages than the rows.
fn places(db: &Connection) -> Vec<i64> {
    let mut found = Vec::new();
    let index = "SELECT place FROM outbox INDEXED BY sqlite_autoindex_outbox_1 ORDER BY cid";
    each(db, index, [], |row| {
        found.extend(row.get::<_, i64>(0));
        true
    });
    found
}

/// Reads the rows of a table from both ends, until a page can't be read.
fn from_both_ends(
    db: &Connection,
    columns: &str,
    table: &str,
    key: &str,
    mut take: impl FnMut(&Row<'_>),
) {
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {key} {order}");
        let mut rows = 0;
        let all = each(db, &sql, [], |row| {
            take(row);
            rows += 1;
            rows < ROWS
        });
        if all {
            return;
        }
    }
}

/// Reads the descriptions of rooms or people.
fn parsed<T: DeserializeOwned>(db: &Connection, table: &str, key: &str) -> Vec<T> {
    let mut texts = BTreeSet::new();
    from_both_ends(db, "info", table, key, |row| texts.extend(row.get::<_, String>(0)));
    texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

/// Passes each row to `take` until it returns false. Returns whether all rows could be read.
fn each(
    db: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    mut take: impl FnMut(&Row<'_>) -> bool,
) -> bool {
    let Ok(mut statement) = db.prepare_cached(sql) else { return false };
    let Ok(mut rows) = statement.query(values) else { return false };
    loop {
        match rows.next() {
            Ok(Some(row)) if take(row) => {}
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
}

/// A table with numbered rows.
struct Table<'a> {
    db: &'a Connection,
    name: &'a str,
    key: &'a str,
    /// The number first.
    columns: &'a str,
}

impl Table<'_> {
    /// Reads the rows, and returns whether all of them could be read. Rows that exist but can't be
    /// parsed are counted in `named`.
    fn rows<T>(
        &self,
        named: &mut BTreeSet<i64>,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
        found: &mut BTreeMap<i64, T>,
    ) -> bool {
        let Self { db, name, key, columns } = self;
        // The last place whose row is whole: a damaged row may claim any other.
        let whole = std::cell::Cell::new(i64::MIN);
        let mut keep = |row: &Row<'_>| -> Option<i64> {
            let place = row.get::<_, i64>(0).ok()?;
            named.insert(place);
            if let Ok(read) = read(row) {
                found.entry(place).or_insert(read);
                whole.set(place);
            }
            Some(place)
        };
        let (mut front, mut back) = (i64::MIN, i64::MAX);
        let forwards = format!("SELECT {columns} FROM {name} ORDER BY {key}");
        // Numbers that do not increase are damage, and may be circular.
        let mut stuck = false;
        let all = each(db, &forwards, [], |row| {
            let next = keep(row).filter(|place| *place > front);
            front = next.unwrap_or(front);
            stuck = next.is_none();
            !stuck
        });
        let begin = whole.get();
        if all && !stuck {
            return true;
        }
        let backwards = format!("SELECT {columns} FROM {name} ORDER BY {key} DESC");
        each(db, &backwards, [], |row| {
            let next = keep(row).filter(|place| *place < back && *place > begin);
            back = next.unwrap_or(back);
            next.is_some()
        });
        let one = format!("SELECT {columns} FROM {name} WHERE {key} = ?1");
        let mut probe = |place: i64, misses: &mut u32| {
            let mut hit = false;
            each(db, &one, params![place], |row| {
                hit = keep(row).is_some();
                hit
            });
            *misses = if hit { 0 } else { *misses + 1 };
            *misses < MISSES
        };
        let (mut misses, mut place) = (0, begin.max(0));
        while place < back && probe(place, &mut misses) {
            place += 1;
        }
        if back < i64::MAX {
            let (mut misses, mut from_behind) = (0, back - 1);
            while from_behind > place && probe(from_behind, &mut misses) {
                from_behind -= 1;
            }
        }
        false
    }
}

/// A copy of the file and its log, with the first page of a new database.
fn transplanted(path: &Path, scratch: &Path) -> Result<PathBuf, StoreError> {
    fs::create_dir_all(scratch).map_err(failed)?;
    let copy = scratch.join("copy.db");
    fs::copy(path, &copy).map_err(failed)?;
    let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    if log(path).is_file() {
        fs::copy(log(path), log(&copy)).map_err(failed)?;
    }
    let mut page = first_page(scratch)?;
    // The header contains the number of pages.
    let pages = fs::metadata(&copy).map_err(failed)?.len() / PAGE as u64;
    let pages = u32::try_from(pages).unwrap_or(u32::MAX).to_be_bytes();
    drop(page.splice(PAGES, pages));
    let mut file = fs::OpenOptions::new().write(true).open(&copy).map_err(failed)?;
    file.seek(io::SeekFrom::Start(0)).map_err(failed)?;
    file.write_all(&page).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(copy)
}

/// A first page for our tables. Their roots are the same in each of our files, because the first
/// migration creates them in the same order.
fn first_page(scratch: &Path) -> Result<Vec<u8>, StoreError> {
    let whole = scratch.join("new.db");
    let db = open::open(&whole, None)?;
    let mut begins: Vec<(String, i64)> = Vec::new();
    {
        let mut tables =
            db.prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")?;
        let mut rows = tables.query([])?;
        while let Some(row) = rows.next()? {
            begins.push((row.get(0)?, row.get(1)?));
        }
    }
    drop(db);
    // Only the columns that are read here, and no comments, so that the schema fits on the page.
    let page = scratch.join("page.db");
    let db = Connection::open(&page)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.execute_batch(
        "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value) WITHOUT ROWID;
         CREATE TABLE rooms (room NOT NULL PRIMARY KEY, info) WITHOUT ROWID;
         CREATE TABLE people (person NOT NULL PRIMARY KEY, info) WITHOUT ROWID;
         CREATE TABLE own (key TEXT NOT NULL PRIMARY KEY, value, pending, fork) WITHOUT ROWID;
         CREATE TABLE outbox (place INTEGER NOT NULL PRIMARY KEY, room, cid NOT NULL UNIQUE, kind,
                              body, ts, state, sum, given_back);
         PRAGMA writable_schema = ON;",
    )?;
    for (name, begins) in begins {
        db.execute(
            "UPDATE sqlite_schema SET rootpage = ?2 WHERE name = ?1",
            params![name, begins],
        )?;
    }
    db.close().map_err(|(_, error)| StoreError::from(error))?;
    let mut bytes = fs::read(&page).map_err(failed)?;
    bytes.truncate(PAGE);
    Ok(bytes)
}

fn failed(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Io(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use futures_util::future::BoxFuture;
    use homing_testkit::builders::{cid, room_id};
    use serde_json::json;

    use super::*;
    use crate::store::OutboxState;

    struct Small(homing_disk::Disk);

    impl Disk for Small {
        fn vfs(&self) -> &'static CStr {
            homing_disk::VFS
        }

        fn wait(&self) -> BoxFuture<'static, ()> {
            Box::pin(std::future::ready(()))
        }
    }

    fn record() -> SpaceRecord {
        let id = "01900000-0000-7006-8000-000000000001";
        let address = json!({ "host": "localhost", "port": 1, "tls": false });
        serde_json::from_value(json!({
            "space": id, "name": "Loft", "address": address, "user": id, "user_name": "Ada", "device": id,
        }))
        .unwrap()
    }

    #[test]
    fn a_disk_that_is_full_changes_nothing_and_is_tried_again() {
        let disk = Small(homing_disk::Disk::new());
        let (old, new) = (disk.0.path("space.db"), disk.0.path("new.db"));
        let mut changes = vec![Change::Record(record())];
        changes.extend((1..=100).map(|place| {
            Change::Outbox(OutboxItem {
                place,
                room: room_id(1),
                cid: cid(place),
                kind: "message".to_owned(),
                body: json!({ "text": "x".repeat(500) }).into(),
                ts: 7,
                state: OutboxState::Queued,
                given_back: None,
            })
        }));
        let mut db = open::open(&old, Some(&disk)).unwrap();
        write::commit(&mut db, changes.iter()).unwrap();
        db.close().unwrap();
        let before = disk.0.used();
        for room in [0, 8 * 1024, 40 * 1024] {
            disk.0.limit(Some(before + room));
            let salvage = salvage(&old, Path::new("/nowhere"), Some(&disk));
            let rebuilt =
                salvage.and_then(|salvage| rebuild(&new, &record(), &salvage, Some(&disk)));
            assert!(matches!(rebuilt, Err(StoreError::Full)), "{room}: {rebuilt:?}");
            disk.0.limit(None);
        }
        let salvage = salvage(&old, Path::new("/nowhere"), Some(&disk)).unwrap();
        assert_eq!(
            (salvage.outbox.len(), salvage.unreadable(), salvage.is_whole()),
            (100, 0, true)
        );
        let again = disk.0.path("again.db");
        rebuild(&again, &record(), &salvage, Some(&disk)).unwrap();
        let db = open::open(&again, Some(&disk)).unwrap();
        assert_eq!(read::load(&db).unwrap().outbox.len(), 100);
        assert_eq!(read::record(&db).unwrap(), Some(record()));
    }
}
