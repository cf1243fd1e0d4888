//! The store in one SQLite file.
//!
//! One thread owns the only writing connection and commits in groups, see [`writer`]; a few reading
//! connections serve pulls and digests beside it, each call in a read transaction of its own, so an
//! answer is of one moment. WAL keeps the two from waiting for one another. `synchronous=FULL`
//! makes a commit survive the loss of power, which is what an `ok` promises.

mod account;
mod backup;
mod depth;
mod desk;
mod disk;
mod invite;
mod link;
mod log;
mod migrate;
mod names;
mod own;
mod place;
mod read;
mod reader;
mod removal;
mod room;
mod row;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_protocol::event::Event;
use homing_protocol::frame::{CommittedItem, Send as NewEvents, Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt};
use homing_protocol::{DeviceId, InviteId, Pos, RoomId, Seq, Useq, UserId};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    Answer, Change, Changed, Credentials, InviteKept, InviteSeen, Joined, Joining, LinkSeen,
    Linking, Member, NewDevice, NewInvite, NewRoom, OwnPage, PageOf, Range, RoomKept, RoomMade,
    RoomsPage, Snapshot, Space, Standing, Store, StoreError, Vitals,
};
use crate::auth::secret::Hash;
use crate::clock::{Clock, Random};
use crate::files;
use crate::metrics::Commits;

pub use disk::Disk;
pub use migrate::KNOWN_SCHEMA;
pub(crate) use migrate::identify;
pub(crate) use row::classify;

/// The database's name inside the data folder.
pub const FILE: &str = "space.db";

/// How to open a database.
#[derive(Clone)]
pub struct Options {
    /// The file.
    pub path: PathBuf,
    /// Make a space of this name if there is none.
    pub create: Option<String>,
    /// Pages of 4 KiB that the file may grow to. For tests of a full disk.
    pub most_pages: Option<u32>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// For ids.
    pub random: Arc<dyn Random>,
    /// Where the file is; none: on the operating system's disk.
    pub disk: Option<Arc<dyn Disk>>,
}

/// See the module's head.
pub struct Sqlite {
    path: PathBuf,
    disk: Option<Arc<dyn Disk>>,
    writer: writer::Writer,
    readers: reader::Readers,
}

impl Sqlite {
    /// Opens the file, migrating or creating it as needed. What each commit changes goes to
    /// `changes`; a slow receiver slows writing down and loses nothing.
    ///
    /// # Errors
    /// [`StoreError::Absent`], [`StoreError::Corrupt`], [`StoreError::Newer`],
    /// [`StoreError::ReadOnly`] or [`StoreError::Failed`]. The file is left as it was.
    pub fn open(options: Options, changes: mpsc::Sender<Change>) -> Result<Self, StoreError> {
        let disk = options.disk;
        if options.create.is_none() && disk.is_none() && !options.path.exists() {
            return Err(StoreError::Absent);
        }
        if disk.is_none() {
            close_to_others(&options.path)?;
        }
        let mut sql = connect(&options.path, disk.as_deref(), true)?;
        migrate::check(&sql)?;
        migrate::migrate(&mut sql)?;
        migrate::check_tables(&sql)?;
        if let Some(name) = &options.create {
            account::found(&sql, name, &*options.clock, &*options.random).map_err(classify)?;
        }
        if let Some(pages) = options.most_pages {
            sql.pragma_update(None, "max_page_count", pages).map_err(classify)?;
        }
        read::space(&sql)?;
        let readers = reader::Readers::open(&options.path, disk.clone())?;
        let place = disk.is_none().then(|| place::Place::of(&options.path));
        let desk = desk::Desk::new(sql, place, options.clock, options.random);
        let writer = writer::Writer::start(desk, changes, disk.clone())?;
        Ok(Self { path: options.path, disk, writer, readers })
    }

    fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut desk::Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        self.writer.run(job).boxed()
    }

    fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        self.readers.run(job).boxed()
    }
}

/// Whoever may read the file reads what everybody wrote. SQLite gives its log the same permissions.
fn close_to_others(path: &Path) -> Result<(), StoreError> {
    let (log, shared) = (beside(path, "-wal"), beside(path, "-shm"));
    let there = [&log, &shared].into_iter().filter(|file| file.exists());
    for file in there.chain([&path.to_owned()]) {
        files::create_or_close(file)
            .map_err(|source| StoreError::File { path: file.clone(), source })?;
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// A connection with everything set that a connection must have.
pub(crate) fn connect(
    path: &Path,
    disk: Option<&dyn Disk>,
    writing: bool,
) -> Result<Connection, StoreError> {
    let access = if writing {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let access = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match disk {
        None => Connection::open_with_flags(path, access),
        Some(disk) => Connection::open_with_flags_and_vfs(path, access, disk.vfs()),
    };
    let sql = opened.map_err(classify)?;
    let set = |sql: &Connection| -> rusqlite::Result<()> {
        // A second process (`homing-server invite`) writes for milliseconds at a time.
        sql.busy_timeout(std::time::Duration::from_secs(5))?;
        if writing {
            sql.pragma_update(None, "journal_mode", "WAL")?;
            sql.pragma_update(None, "synchronous", "FULL")?;
            // Without it, macOS answers a sync before the drive has done it. No effect elsewhere.
            sql.pragma_update(None, "fullfsync", true)?;
            sql.pragma_update(None, "checkpoint_fullfsync", true)?;
            // The WAL is cut back to this size after a burst, so that it does not stay for ever.
            sql.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        }
        sql.pragma_update(None, "foreign_keys", true)?;
        sql.pragma_update(None, "cache_size", -8 * 1024)?;
        // A plan may not depend on what is bound: a statement whose plan does is prepared anew at
        // every use, whether it was kept or not.
        sql.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // All there are.
        sql.set_prepared_statement_cache_capacity(128);
        Ok(())
    };
    set(&sql).map_err(classify)?;
    Ok(sql)
}

impl Store for Sqlite {
    fn space(&self) -> Answer<'_, Space> {
        self.read(read::space)
    }

    fn commits(&self) -> Commits {
        self.writer.commits()
    }

    fn look(&self) -> Answer<'_, ()> {
        self.writer.look().boxed()
    }

    fn invite(&self, code: Hash) -> Answer<'_, InviteSeen> {
        let now = self.writer.now();
        self.read(move |sql| invite::valid(sql, code, now))
    }

    fn add_invite(&self, invite: NewInvite) -> Answer<'_, ()> {
        self.write(move |tx| invite::add(tx, &invite))
    }

    fn invites(&self, viewer: Option<UserId>) -> Answer<'_, Vec<InviteKept>> {
        let now = self.writer.now();
        self.read(move |sql| invite::list(sql, viewer, now))
    }

    fn withdraw_invite(&self, by: Option<UserId>, id: InviteId) -> Answer<'_, ()> {
        self.write(move |tx| invite::withdraw(tx, by, id))
    }

    fn join(&self, joining: Joining) -> Answer<'_, Joined> {
        self.write(move |tx| account::join(tx, &joining))
    }

    fn credentials(&self, name_key: String) -> Answer<'_, Option<Credentials>> {
        self.read(move |sql| read::credentials(sql, &name_key))
    }

    fn add_device(&self, person: UserId, device: NewDevice) -> Answer<'_, DeviceId> {
        self.write(move |tx| account::add_device(tx, person, &device, None))
    }

    fn offer_link(&self, device: DeviceId, code: Hash, expires: i64) -> Answer<'_, ()> {
        self.write(move |tx| link::offer(tx, device, code, expires))
    }

    fn withdraw_link(&self, device: DeviceId) -> Answer<'_, ()> {
        self.write(move |tx| link::withdraw(tx, device))
    }

    fn find_link(&self, code: Hash) -> Answer<'_, LinkSeen> {
        let now = self.writer.now();
        self.read(move |sql| link::valid(sql, code, now))
    }

    fn link(&self, linking: Linking) -> Answer<'_, Joined> {
        self.write(move |tx| link::link(tx, &linking))
    }

    fn standing(&self, token: Hash) -> Answer<'_, Option<Standing>> {
        self.read(move |sql| read::standing(sql, token))
    }

    fn touch(&self, device: DeviceId) -> Answer<'_, ()> {
        self.write(move |tx| account::touch(tx, device))
    }

    fn devices(&self, person: UserId) -> Answer<'_, Vec<Device>> {
        self.read(move |sql| read::devices(sql, person))
    }

    fn rename_device(&self, person: UserId, device: DeviceId, name: String) -> Answer<'_, ()> {
        self.write(move |tx| account::rename_device(tx, person, device, &name))
    }

    fn remove_device(&self, person: UserId, device: DeviceId) -> Answer<'_, ()> {
        self.write(move |tx| account::remove_device(tx, person, device))
    }

    fn password(&self, person: UserId) -> Answer<'_, Option<String>> {
        self.read(move |sql| read::password(sql, person))
    }

    fn change_person(&self, person: UserId, changed: Changed) -> Answer<'_, ()> {
        self.write(move |tx| account::change(tx, person, &changed))
    }

    fn remove_person(&self, person: UserId) -> Answer<'_, ()> {
        self.write(move |tx| account::remove(tx, person))
    }

    fn people(&self) -> Answer<'_, Vec<Member>> {
        self.read(read::people)
    }

    fn public_rooms(&self, viewer: UserId, after: String) -> Answer<'_, RoomsPage> {
        self.read(move |sql| read::public_rooms(sql, viewer, &after))
    }

    fn make_room(&self, maker: UserId, room: NewRoom) -> Answer<'_, RoomMade> {
        self.write(move |tx| room::make(tx, maker, &room))
    }

    fn rooms(&self) -> Answer<'_, Vec<RoomKept>> {
        self.read(removal::rooms)
    }

    fn remove_room(&self, room: RoomId) -> Answer<'_, ()> {
        async move {
            self.write(move |tx| removal::empty(tx, room)).await?;
            while !self.write(move |tx| removal::delete_part(tx, room)).await? {}
            Ok(())
        }
        .boxed()
    }

    fn enter(&self, person: UserId, room: RoomId) -> Answer<'_, ()> {
        self.write(move |tx| room::enter(tx, person, room))
    }

    fn leave(&self, person: UserId, room: RoomId) -> Answer<'_, ()> {
        self.write(move |tx| room::leave(tx, person, room))
    }

    fn add_members(&self, by: UserId, room: RoomId, people: Vec<UserId>) -> Answer<'_, ()> {
        self.write(move |tx| room::add(tx, by, room, &people))
    }

    fn remove_member(&self, by: UserId, room: RoomId, person: UserId) -> Answer<'_, ()> {
        self.write(move |tx| room::remove(tx, by, room, person))
    }

    fn members(&self, viewer: UserId, room: RoomId) -> Answer<'_, Vec<UserId>> {
        self.read(move |sql| read::members(sql, viewer, room))
    }

    fn receipts(&self, viewer: UserId, room: RoomId) -> Answer<'_, Vec<MemberReceipt>> {
        self.read(move |sql| read::receipts(sql, viewer, room))
    }

    fn audience(&self, room: RoomId) -> Answer<'_, Vec<UserId>> {
        self.read(move |sql| Ok(read::people_of(sql, room)?))
    }

    fn append(&self, sender: UserId, batch: NewEvents) -> Answer<'_, Vec<CommittedItem>> {
        self.write(move |tx| log::append(tx, sender, batch))
    }

    fn pull(&self, viewer: UserId, room: RoomId, range: Range) -> Answer<'_, PageOf<Event>> {
        self.read(move |sql| read::pull(sql, viewer, room, range))
    }

    fn own(&self, person: UserId, after: Useq, limit: u32) -> Answer<'_, OwnPage> {
        self.read(move |sql| read::own(sql, person, after, limit))
    }

    fn mark(&self, person: UserId, room: RoomId, seq: Seq) -> Answer<'_, Option<Uevent>> {
        self.write(move |tx| own::mark(tx, person, room, seq))
    }

    fn set(&self, person: UserId, key: UserKey, value: Value) -> Answer<'_, Uevent> {
        self.write(move |tx| own::set(tx, person, key, value))
    }

    fn ack(&self, person: UserId, rooms: Vec<(RoomId, Seq)>) -> Answer<'_, ()> {
        self.write(move |tx| own::ack(tx, person, &rooms))
    }

    fn snapshot(&self, person: UserId, since: Pos) -> Answer<'_, Snapshot> {
        self.read(move |sql| read::snapshot(sql, person, since))
    }

    fn vitals(&self, person: UserId, device: DeviceId) -> Answer<'_, Vitals> {
        self.read(move |sql| read::vitals(sql, person, device))
    }

    fn back_up(&self, into: PathBuf) -> Answer<'_, ()> {
        let (path, disk) = (self.path.clone(), self.disk.clone());
        // A connection of its own: copying takes as long as it takes, and can't be done inside the
        // transaction of a read.
        let copy = move || {
            let sql = connect(&path, disk.as_deref(), false)?;
            match disk {
                None => backup::write(&sql, &into),
                Some(_) => backup::copy(&sql, &into),
            }
        };
        async { tokio::task::spawn_blocking(copy).await.map_err(|_| StoreError::Closed)? }.boxed()
    }

    fn renew_epoch(&self) -> Answer<'_, Space> {
        self.write(|tx| {
            account::renew_epoch(tx)?;
            read::space(tx.sql)
        })
    }

    fn rename_space(&self, by: Option<UserId>, name: String) -> Answer<'_, Space> {
        self.write(move |tx| account::rename_space(tx, by, &name))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.writer.close().boxed()
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn what_is_bound_does_not_prepare_a_kept_statement_anew() {
        let folder = tempfile::tempdir().unwrap();
        let sql = connect(&folder.path().join("homing.db"), None, true).unwrap();
        let mut again = 0;
        for most in [10_i64, 20, 30] {
            let mut kept = sql.prepare_cached("SELECT name FROM sqlite_schema LIMIT ?1").unwrap();
            assert!(!kept.exists([most]).unwrap());
            again = kept.get_status(StatementStatus::RePrepare);
        }
        assert_eq!(again, 0);
    }
}
