//! What is on the server's disk, read without the server.

use std::collections::BTreeMap;

use homing_protocol::event::{Change, Content, Membership};
use homing_protocol::{Body, Cid, RoomId, Seq, UserId};
use homing_server::store::sqlite;
use homing_testkit::history::LogEntry;
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use crate::disk::Drive;

/// An event of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its place, and its name as devices show it: the sender's, or else the server's.
    pub entry: LogEntry,
    /// Who caused it.
    pub sender: UserId,
    /// What it says by now: a redaction empties it.
    pub content: Content,
    /// It only changes other events, so no device has a row for it.
    pub quiet: bool,
    /// When it happened.
    pub ts: i64,
    /// It was given back after a restore.
    pub given_back: bool,
}

impl Logged {
    /// Whose membership it is about, and whether they are a member by it.
    #[must_use]
    pub fn member(&self) -> Option<(UserId, bool)> {
        match &self.content {
            Content::Membership(Membership { user, change }) => {
                Some((*user, matches!(change, Change::Joined | Change::Added)))
            }
            _ => None,
        }
    }

    /// Whether a person wrote it on a device: a message, or a change of one.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self.content, Content::Message(_)) || self.content.target().is_some()
    }
}

/// Every room's log.
pub type Truth = BTreeMap<RoomId, Vec<Logged>>;

/// Where each room's log begins by now.
///
/// # Errors
/// What SQLite says.
pub fn beginnings(drive: &Drive) -> rusqlite::Result<BTreeMap<RoomId, Seq>> {
    let sql = open(drive)?;
    let mut read = sql.prepare("SELECT id, min FROM rooms")?;
    let rows = read.query_map([], |row| {
        let min = u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
        Ok((RoomId(Uuid::from_bytes(row.get(0)?)), Seq(min)))
    })?;
    rows.collect()
}

/// How far everybody has read, by room.
///
/// # Errors
/// What SQLite says.
pub fn markers(drive: &Drive) -> rusqlite::Result<BTreeMap<(RoomId, UserId), Seq>> {
    let sql = open(drive)?;
    let mut read = sql.prepare("SELECT room, person, read FROM members")?;
    let rows = read.query_map([], |row| {
        let marker = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
        let (room, person) = (Uuid::from_bytes(row.get(0)?), Uuid::from_bytes(row.get(1)?));
        Ok(((RoomId(room), UserId(person)), Seq(marker)))
    })?;
    rows.collect()
}

/// Reads the logs.
///
/// # Errors
/// What SQLite says.
pub fn read(drive: &Drive) -> rusqlite::Result<Truth> {
    let sql = open(drive)?;
    let mut read = sql.prepare(
        "SELECT room, seq, id, cid, sender, kind, body, ts, origin FROM events
             ORDER BY room, seq",
    )?;
    let mut rows = read.query([])?;
    let mut truth = Truth::new();
    while let Some(row) = rows.next()? {
        let uuid = |column: &str| row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes);
        let cid: Option<[u8; 16]> = row.get("cid")?;
        let name = cid.map_or_else(|| uuid("id"), |cid| Ok(Uuid::from_bytes(cid)))?;
        let (kind, body): (String, String) = (row.get("kind")?, row.get("body")?);
        let content = Body::from_json(body)
            .map_err(homing_protocol::Decode::from)
            .and_then(|body| Content::read(&kind, &body))
            .unwrap_or(Content::Unknown);
        let seq = Seq(u64::try_from(row.get::<_, i64>("seq")?).unwrap_or_default());
        let origin: Option<i64> = row.get("origin")?;
        truth.entry(RoomId(uuid("room")?)).or_default().push(Logged {
            entry: LogEntry { seq, id: None, cid: Some(Cid(name)) },
            sender: UserId(uuid("sender")?),
            quiet: Content::is_quiet(&kind),
            ts: origin.map_or_else(|| row.get("ts"), Ok)?,
            given_back: origin.is_some(),
            content,
        });
    }
    Ok(truth)
}

/// Drops the events of a room before `min`, as a retention rule would, while no server runs.
///
/// # Errors
/// What SQLite says.
pub fn drop_before(drive: &Drive, room: RoomId, min: Seq) -> rusqlite::Result<()> {
    let sql = open(drive)?;
    let min = i64::try_from(min.0).unwrap_or(i64::MAX);
    let id = room.0.into_bytes();
    sql.execute_batch("BEGIN IMMEDIATE")?;
    sql.execute("DELETE FROM events WHERE room = ?1 AND seq < ?2", (id, min))?;
    sql.execute("UPDATE space SET pos = pos + 1", [])?;
    sql.execute(
        "UPDATE rooms SET min = ?2, pos = (SELECT pos FROM space) WHERE id = ?1",
        (id, min),
    )?;
    sql.execute_batch("COMMIT")
}

fn open(drive: &Drive) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags_and_vfs(drive.disk.path(sqlite::FILE), flags, homing_disk::VFS)
}
