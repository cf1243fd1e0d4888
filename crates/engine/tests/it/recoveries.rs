//! A damaged database: what is readable is recovered, and the rest is reported.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use homing_engine::session::profile::{Profile, ProfileError};
use homing_engine::session::{Recovery, Secret};
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::store::{
    Change, DraftState, OutboxItem, OutboxState, OwnRow, RoomRow, Store, StoreError, SyncPoint,
};
use homing_protocol::Seq;
use homing_protocol::frame::UserKey;
use homing_testkit::builders::{cid, person, room, room_id};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::bed::{Keyring, record};

/// Enough for several pages, with interior pages above them.
const MANY: u64 = 600;

fn keyring() -> Keyring {
    Keyring::new(Ok(None))
}

fn text(place: u64) -> String {
    // Of different lengths; now and then longer than a page.
    let length = 20 + (place * 7919 % 300) + if place.is_multiple_of(97) { 6000 } else { 0 };
    format!("{place} {}", "x".repeat(usize::try_from(length).unwrap()))
}

fn fork(kept: &str) -> DraftState {
    DraftState { kept: vec![kept.to_owned()], ..DraftState::default() }
}

fn item(place: u64) -> OutboxItem {
    OutboxItem {
        place,
        room: room_id(1),
        cid: cid(place),
        kind: "message".to_owned(),
        body: json!({ "text": text(place) }).into(),
        ts: 7,
        state: OutboxState::Queued,
        given_back: None,
    }
}

/// A profile with one space and this many queued messages.
struct Bed {
    profile: Profile,
    folder: tempfile::TempDir,
}

impl Bed {
    async fn with(queued: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        profile.add(&record(), Secret::new("t"), &keyring()).await.unwrap();
        let store = profile.store(record().space).await.unwrap();
        let info = RoomRow { info: room(1, 5), head: Seq(6), cursor: Seq(5), last: None };
        let draft = OwnRow {
            key: UserKey::Draft(room_id(1)),
            value: json!("d"),
            pending: true,
            fork: Some(fork("of another device")),
        };
        // The server has none, and an offer exists on this device only.
        let offered = OwnRow {
            key: UserKey::Draft(room_id(2)),
            value: json!(null),
            pending: false,
            fork: Some(fork("of this device")),
        };
        let mute = OwnRow {
            key: UserKey::Mute(room_id(1)),
            value: json!(true),
            pending: false,
            fork: None,
        };
        let mut changes = vec![
            Change::Room(info),
            Change::Person(person(2)),
            Change::Own(draft),
            Change::Own(offered),
            Change::Own(mute),
        ];
        changes.extend((1..=queued).map(item).map(Change::Outbox));
        store.commit(changes).await.unwrap();
        // Some were sent and remain as free space.
        let sent =
            (1..=queued).filter(|place| place % 5 == 0).map(|place| Change::OutboxGone(cid(place)));
        store.commit(sent.collect()).await.unwrap();
        store.close().await;
        Self { profile, folder }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("spaces").join(record().space.to_string())
    }

    fn database(&self) -> PathBuf {
        self.home().join("space.db")
    }

    /// Starts with what is there; returns what is queued afterwards, and the report.
    async fn start(&self) -> Result<(Vec<OutboxItem>, Option<Recovery>), StoreError> {
        let listed = self.profile.list().await.unwrap();
        assert_eq!(listed.len(), 1, "the space is there whatever happens to its database");
        let space = listed.into_iter().next().unwrap().record?.space;
        match self.profile.store(space).await {
            Ok(store) => {
                let loaded = store.load().await.unwrap();
                assert_eq!(store.record().await.unwrap(), Some(record()));
                store.close().await;
                Ok((loaded.outbox, self.profile.pending_recovery(space)))
            }
            Err(ProfileError::Store(error)) => Err(error),
            Err(other) => panic!("{other}"),
        }
    }
}

fn waiting(queued: u64) -> Vec<OutboxItem> {
    (1..=queued).filter(|place| place % 5 != 0).map(item).collect()
}

type Row = (Vec<u8>, Vec<u8>, String, String, i64, i64, Option<i64>);

/// The rows that SQLite itself finds by their rowid.
fn rows(path: &Path, queued: u64) -> BTreeMap<u64, Row> {
    let copy = tempfile::tempdir().unwrap();
    let file = copy.path().join("copy.db");
    fs::copy(path, &file).unwrap();
    let Ok(db) = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return BTreeMap::new();
    };
    let sql = "SELECT room, cid, kind, body, ts, state, sum FROM outbox WHERE place = ?1";
    let found = |place: u64| {
        let place = i64::try_from(place).unwrap();
        db.query_row(sql, [place], |row| {
            let (room, cid, kind, body) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((room, cid, kind, body, row.get(4)?, row.get(5)?, row.get(6)?))
        })
    };
    (1..=queued).filter_map(|place| Some((place, found(place).ok()?))).collect()
}

/// Damages a file at a pseudo-random position; the same seed gives the same damage.
fn damage(path: &Path, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bytes = fs::read(path).unwrap();
    for _ in 0..rng.random_range(1..=4) {
        let at = rng.random_range(0..bytes.len());
        let length = [1, 16, 300, 4096, 20_000].into_iter().nth(rng.random_range(0..5)).unwrap();
        for byte in bytes.iter_mut().skip(at).take(length) {
            *byte = if length == 1 { *byte ^ 0x20 } else { rng.random_range(0..=255) };
        }
    }
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn whatever_is_damaged_no_readable_message_is_lost_and_none_is_sent_changed() {
    let bed = Bed::with(MANY).await;
    let whole = fs::read(bed.database()).unwrap();
    let written = rows(&bed.database(), MANY);
    for seed in 0..60 {
        for entry in fs::read_dir(bed.folder.path().join("spaces")).unwrap() {
            fs::remove_dir_all(entry.unwrap().path()).unwrap();
        }
        bed.profile.add(&record(), Secret::new("t"), &keyring()).await.unwrap();
        for end in ["-wal", "-shm"] {
            _ = fs::remove_file(format!("{}{end}", bed.database().display()));
        }
        fs::write(bed.database(), &whole).unwrap();
        damage(&bed.database(), seed);
        let found = rows(&bed.database(), MANY);
        let readable = found.iter().filter(|(place, row)| written.get(place) == Some(*row));
        let readable: BTreeSet<u64> = readable.map(|(place, _)| *place).collect();
        let (outbox, rescue) = match bed.start().await {
            Ok(started) => started,
            // Two bytes of the header may claim that a newer version wrote it. Nothing is touched
            // then.
            Err(StoreError::Newer { .. }) => continue,
            Err(error) => panic!("seed {seed}: {error}"),
        };
        let rescued: BTreeSet<u64> = outbox.iter().map(|item| item.place).collect();
        let lost: Vec<_> = readable.difference(&rescued).collect();
        assert!(lost.is_empty(), "seed {seed}: {lost:?} could have been read");
        for found in &outbox {
            assert_ne!(found.place % 5, 0, "seed {seed}: {} was sent before", found.place);
            assert_eq!(found, &item(found.place), "seed {seed}: changed by the damage");
        }
        let all = waiting(MANY).len();
        let silent = rescue.as_ref().is_none_or(|rescue| rescue.unreadable == 0 && rescue.whole);
        assert!(rescued.len() == all || !silent, "seed {seed}: {} of {all}", rescued.len());
        if let Some(rescue) = rescue {
            assert!(rescue.aside.join("space.db").exists(), "seed {seed}: it was set aside");
            assert_eq!(rescue.queued, rescued.len(), "seed {seed}");
        }
    }
}

/// Kinds of damage, and how many of ten messages (two of them sent) remain.
#[tokio::test]
async fn what_can_happen_to_a_file() {
    type Mishap = fn(&Path);
    let truncated: Mishap = |path| {
        let bytes = fs::read(path).unwrap();
        // The pages of the outbox are the last ones.
        fs::write(path, &bytes[..4096 * 3]).unwrap();
    };
    let cases: &[(&str, Mishap, usize, bool)] = &[
        ("nothing", |_| (), 8, false),
        ("header", |path| overwrite(path, 0, 100), 8, true),
        ("first page", |path| overwrite(path, 0, 4096), 8, true),
        ("truncated", truncated, 0, true),
        ("empty", |path| fs::write(path, "").unwrap(), 0, true),
        ("words", |path| fs::write(path, "no database at all").unwrap(), 0, true),
        ("gone", |path| fs::remove_file(path).unwrap(), 0, true),
        (
            "a folder",
            |path| {
                fs::remove_file(path).unwrap();
                fs::create_dir(path).unwrap();
            },
            0,
            true,
        ),
        (
            "another program's",
            |path| {
                fs::remove_file(path).unwrap();
                Connection::open(path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
            },
            0,
            true,
        ),
        ("no log", |path| _ = fs::remove_file(format!("{}-wal", path.display())), 8, false),
    ];
    for (what, mishap, kept, set_aside) in cases {
        let bed = Bed::with(10).await;
        mishap(&bed.database());
        let (outbox, rescue) = bed.start().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(outbox.len(), *kept, "{what}");
        assert_eq!(rescue.is_some(), *set_aside, "{what}");
        if *kept == 8 {
            assert_eq!(outbox, waiting(10), "{what}");
        }
        // Reported until dismissed, and put aside once.
        let (again, rescue) = bed.start().await.unwrap();
        assert_eq!((again, rescue.is_some()), (outbox, *set_aside), "{what}");
        bed.profile.dismiss_recovery(record().space).unwrap();
        assert_eq!(bed.profile.pending_recovery(record().space), None, "{what}");
    }
}

fn overwrite(path: &Path, from: usize, length: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes.iter_mut().skip(from).take(length).for_each(|byte| *byte = 0xa5);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn drafts_rooms_and_people_come_along_and_nothing_that_the_server_has() {
    let bed = Bed::with(10).await;
    overwrite(&bed.database(), 0, 4096);
    let (_, rescue) = bed.start().await.unwrap();
    assert_eq!(rescue.unwrap().unsaved, 2);
    let store = bed.profile.store(record().space).await.unwrap();
    let loaded = store.load().await.unwrap();
    let [draft, offered] = &loaded.own[..] else {
        panic!("the mute is at the server: {:?}", loaded.own)
    };
    assert_eq!((&draft.value, &draft.fork), (&json!("d"), &Some(fork("of another device"))));
    assert_eq!(offered.fork, Some(fork("of this device")));
    assert_eq!(loaded.people, [person(2)]);
    let [room] = loaded.rooms.as_slice() else { panic!("{:?}", loaded.rooms) };
    assert_eq!((room.head, room.cursor, room.info.room), (Seq(0), Seq(0), room_id(1)));
    assert_eq!(loaded.sync, SyncPoint::default());
}

#[tokio::test]
async fn a_rescue_that_was_cut_off_is_finished() {
    let bed = Bed::with(10).await;
    let home = bed.home();
    // As after the first rename: the new folder is complete, the old one is put aside.
    fs::rename(&home, home.with_extension("new")).unwrap();
    let (outbox, _) = bed.start().await.unwrap();
    assert_eq!(outbox, waiting(10));
    // As before it: a partial new folder is left over, and is built again when needed.
    fs::create_dir(home.with_extension("new")).unwrap();
    overwrite(&bed.database(), 0, 100);
    let (outbox, rescue) = bed.start().await.unwrap();
    assert_eq!((outbox, rescue.is_some()), (waiting(10), true));
}

#[tokio::test]
async fn a_newer_database_is_refused_and_nothing_is_set_aside() {
    let bed = Bed::with(10).await;
    let db = Connection::open(bed.database()).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let refused = bed.start().await;
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, .. })), "{refused:?}");
    assert_eq!(fs::read_dir(bed.folder.path().join("spaces")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_space_that_is_left_takes_what_was_set_aside_with_it() {
    let bed = Bed::with(10).await;
    overwrite(&bed.database(), 0, 100);
    bed.start().await.unwrap();
    assert_eq!(fs::read_dir(bed.folder.path().join("spaces")).unwrap().count(), 2);
    bed.profile.remove(&record(), &keyring()).await.unwrap();
    assert_eq!(fs::read_dir(bed.folder.path().join("spaces")).unwrap().count(), 0);
}

#[tokio::test]
async fn without_a_copy_the_database_says_who_this_device_is() {
    let bed = Bed::with(10).await;
    fs::remove_file(bed.home().join("space.json")).unwrap();
    overwrite(&bed.database(), 0, 4096);
    let (outbox, _) = bed.start().await.unwrap();
    assert_eq!(outbox, waiting(10));
}

#[tokio::test]
async fn a_message_that_a_byte_was_changed_in_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("space.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.commit(vec![Change::Outbox(item(1))]).await.unwrap();
    store.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|window| window == b"{\"text\":\"").unwrap() + 12;
    bytes[at] = b'y';
    fs::write(&path, bytes).unwrap();
    // SQLite finds no damage.
    let store = SqliteStore::open(&path).await.unwrap();
    assert!(matches!(store.load().await, Err(StoreError::Corrupt(_))));
}
