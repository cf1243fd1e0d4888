//! A real database on the disk, with the settings that Homing uses.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

use homing_disk::{Disk, VFS};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::{Connection, ErrorCode, OpenFlags};

fn open(disk: &Disk) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let sql = Connection::open_with_flags_and_vfs(disk.path("test.db"), flags, VFS)?;
    sql.pragma_update(None, "journal_mode", "WAL")?;
    sql.pragma_update(None, "synchronous", "FULL")?;
    sql.execute_batch("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, body TEXT) STRICT")?;
    Ok(sql)
}

fn add(sql: &Connection, n: u32) -> rusqlite::Result<()> {
    sql.execute("INSERT INTO t VALUES (?1, ?2)", (n, "x".repeat(n as usize % 3000))).map(drop)
}

fn numbers(sql: &Connection) -> Vec<u32> {
    let verdict: String = sql.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut read = sql.prepare("SELECT n FROM t ORDER BY n").unwrap();
    read.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Writes, loses power somewhere, and answers what was there after each loss beside what should be.
fn losses(disk: &Disk, seed: u64) -> Vec<(Vec<u32>, u32)> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut n, mut seen) = (0, Vec::new());
    for _ in 0..20 {
        let sql = open(disk).unwrap();
        for _ in 0..rng.random_range(0..30) {
            n += 1;
            add(&sql, n).unwrap();
        }
        if rng.random() {
            sql.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        }
        disk.lose_power(&mut rng);
        drop(sql);
        let sql = open(disk).unwrap();
        seen.push((numbers(&sql), n));
    }
    seen
}

#[test]
fn what_was_committed_survives_the_loss_of_power() {
    for seed in 0..20 {
        for (found, last) in losses(&Disk::new(), seed) {
            assert_eq!(found, (1..=last).collect::<Vec<_>>(), "seed {seed}");
        }
    }
}

#[test]
fn a_disk_that_forgets_its_syncs_is_found_out() {
    let lost = (0..20).any(|seed| {
        let disk = Disk::new();
        let sql = open(&disk).unwrap();
        add(&sql, 1).unwrap();
        disk.forget_syncs();
        add(&sql, 2).unwrap();
        disk.lose_power(&mut StdRng::seed_from_u64(seed));
        drop(sql);
        numbers(&open(&disk).unwrap()) != [1, 2]
    });
    assert!(lost);
}

#[test]
fn unplugging_is_the_end_of_a_process() {
    let disk = Disk::new();
    let (one, other) = (open(&disk).unwrap(), open(&disk).unwrap());
    add(&one, 1).unwrap();
    assert_eq!(numbers(&other), [1], "two connections see one database");
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    add(&other, 2).unwrap();
    disk.unplug();
    assert!(add(&one, 3).is_err(), "it is not there any more");
    // The lock of the transaction that was open went with its process.
    let next = open(&disk).unwrap();
    assert_eq!(numbers(&next), [1]);
    add(&next, 4).unwrap();
    drop((one, other));
    assert_eq!(numbers(&next), [1, 4]);
}

#[test]
fn a_full_disk_says_so_and_works_again_with_room() {
    let disk = Disk::new();
    let sql = open(&disk).unwrap();
    add(&sql, 1).unwrap();
    disk.limit(Some(disk.used()));
    let error = add(&sql, 2999).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
    disk.limit(None);
    add(&sql, 2).unwrap();
    assert_eq!(numbers(&sql), [1, 2]);
}

#[test]
fn an_image_brings_a_moment_back() {
    let disk = Disk::new();
    let sql = open(&disk).unwrap();
    add(&sql, 1).unwrap();
    let image = disk.image();
    add(&sql, 2).unwrap();
    disk.restore(image);
    drop(sql);
    assert_eq!(numbers(&open(&disk).unwrap()), [1]);
}
