//! The store in one SQLite file.
//!
//! One thread owns the only writing connection and commits in groups, see [`writer`]. A few reading
//! connections serve pulls and digests, each call in its own read transaction, so a result is
//! consistent. In WAL mode readers and the writer don't block each other. `synchronous=FULL` makes
//! a commit survive a power loss, as an `ok` promises.
//!
//! Here are connections, commits and statements. What is written is decided by the
//! [`rules`](super::rules) over a [`transaction`].

mod backup;
mod disk;
mod file_identity;
mod group_commit;
mod member_cache;
mod migrate;
mod reader;
mod rekey;
mod row;
mod tables;
mod transaction;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_protocol::frame::{CommittedItem, Send as NewEvents, Uevent, UserKey};
use homing_protocol::http::{Device, MemberReceipt, Revisions};
use homing_protocol::{DeviceId, InviteId, MessageRef, Pos, RoomId, Seq, Useq, UserId};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tokio::sync::mpsc;

use super::rules::{account, device, invite, link, log, own, page, read, removal, room, space};
use super::transaction::{ReadTransaction as _, WriteTransaction as _};
use super::{
    AccountUpdate, Change, Credentials, Heads, InvitePreview, JoinRequest, Joined, LinkPreview,
    LinkSignIn, LogForm, LogPage, LogRange, MemberSummary, NewDevice, NewInvite, NewRoom, OwnPage,
    Principal, RoomMade, RoomSummary, RoomsPage, Snapshot, Space, Store, StoreError, StoreFuture,
    StoredInvite,
};
use crate::auth::secret::Hash;
use crate::clock::{Clock, Random};
use crate::files;
use crate::metrics::Commits;

use file_identity::FileIdentity;
use group_commit::GroupCommit;
use member_cache::MemberCache;
use transaction::{ReadTx, WriteContext, WriteTx, run_ready};

pub use disk::Disk;
pub use migrate::KNOWN_SCHEMA;
pub(crate) use migrate::identify;
pub(crate) use row::classify;

/// File name of the database in the data folder.
pub const FILE: &str = "space.db";

/// How long to wait for a second process (`homing-server invite`), which writes for milliseconds at
/// a time.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How to open a database.
#[derive(Clone)]
pub struct Options {
    pub path: PathBuf,
    /// Creates a space with this name if there is none.
    pub create: Option<String>,
    /// Maximum size in pages of 4 KiB. For tests of a full disk.
    pub max_pages: Option<u32>,
    pub clock: Arc<dyn Clock>,
    /// The source of ids and epochs.
    pub random: Arc<dyn Random>,
    /// A simulated disk; none: the operating system's.
    pub disk: Option<Arc<dyn Disk>>,
}

/// A store in a SQLite file.
pub struct Sqlite {
    path: PathBuf,
    disk: Option<Arc<dyn Disk>>,
    writer: writer::Writer,
    readers: reader::Readers,
}

impl Sqlite {
    /// Opens the file; migrates or creates it as needed. The changes of each commit go to
    /// `changes`. A slow receiver slows writing down and loses nothing.
    ///
    /// # Errors
    /// [`StoreError::Absent`], [`StoreError::Corrupt`], [`StoreError::Newer`], [`StoreError::ReadOnly`] or [`StoreError::Failed`]. The file is unchanged.
    pub fn open(options: Options, changes: mpsc::Sender<Change>) -> Result<Self, StoreError> {
        let disk = options.disk;
        if options.create.is_none() && disk.is_none() && !options.path.exists() {
            return Err(StoreError::Absent);
        }
        if disk.is_none() {
            restrict_access(&options.path)?;
        }
        let mut sql = connect(&options.path, disk.as_deref(), true)?;
        migrate::check(&sql)?;
        migrate::migrate(&mut sql)?;
        migrate::check_tables(&sql)?;
        if let Some(name) = &options.create {
            let writing = WriteContext {
                changes: &mut Vec::new(),
                member_cache: &mut MemberCache::default(),
                erased: &mut false,
                clock: &*options.clock,
                random: &*options.random,
            };
            run_ready(space::create(&mut WriteTx::new(&sql, writing), name))?;
        }
        if let Some(pages) = options.max_pages {
            sql.pragma_update(None, "max_page_count", pages).map_err(classify)?;
        }
        run_ready(space::read(&mut ReadTx::new(&sql, ())))?;
        let readers = reader::Readers::open(&options.path, disk.clone())?;
        let file = disk.is_none().then(|| FileIdentity::of(&options.path));
        let groups = GroupCommit::new(sql, file, options.clock, options.random);
        let writer = writer::Writer::start(groups, changes, disk.clone())?;
        Ok(Self { path: options.path, disk, writer, readers })
    }

    fn write<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&mut WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.writer.run(job).boxed()
    }

    fn read<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&mut ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.readers.run(job).boxed()
    }
}

/// The file has all messages. SQLite gives its log the same permissions.
fn restrict_access(path: &Path) -> Result<(), StoreError> {
    let (log, shared) = (beside(path, "-wal"), beside(path, "-shm"));
    let there = [&log, &shared].into_iter().filter(|file| file.exists());
    for file in there.chain([&path.to_owned()]) {
        files::create_or_restrict(file)
            .map_err(|source| StoreError::File { path: file.clone(), source })?;
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// Opens a connection with all settings.
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
        sql.busy_timeout(BUSY_TIMEOUT)?;
        if writing {
            sql.pragma_update(None, "journal_mode", "WAL")?;
            sql.pragma_update(None, "synchronous", "FULL")?;
            // Without it, macOS acknowledges a sync before the drive has done it. No effect
            // elsewhere.
            sql.pragma_update(None, "fullfsync", true)?;
            sql.pragma_update(None, "checkpoint_fullfsync", true)?;
            // What is deleted or replaced is overwritten.
            sql.pragma_update(None, "secure_delete", true)?;
            // The WAL is truncated to this size after a burst.
            sql.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        }
        sql.pragma_update(None, "foreign_keys", true)?;
        sql.pragma_update(None, "cache_size", -8 * 1024)?;
        // Plans must not depend on bound values: such a statement is prepared again at every use,
        // even if it is cached.
        sql.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // All statements fit.
        sql.set_prepared_statement_cache_capacity(128);
        Ok(())
    };
    set(&sql).map_err(classify)?;
    Ok(sql)
}

impl Store for Sqlite {
    fn space(&self) -> StoreFuture<'_, Space> {
        self.read(async |tx| space::read(tx).await)
    }

    fn commits(&self) -> Commits {
        self.writer.commits()
    }

    fn check_external_writes(&self) -> StoreFuture<'_, ()> {
        self.writer.check().boxed()
    }

    fn invite(&self, code: Hash) -> StoreFuture<'_, InvitePreview> {
        let now = self.writer.now();
        self.read(async move |tx| invite::usable(tx, code, now).await)
    }

    fn add_invite(&self, invite: NewInvite) -> StoreFuture<'_, ()> {
        self.write(async move |tx| invite::add(tx, &invite).await)
    }

    fn invites(&self, viewer: Option<UserId>) -> StoreFuture<'_, Vec<StoredInvite>> {
        let now = self.writer.now();
        self.read(async move |tx| invite::list(tx, viewer, now).await)
    }

    fn withdraw_invite(&self, by: Option<UserId>, id: InviteId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| invite::withdraw(tx, by, id).await)
    }

    fn join(&self, joining: JoinRequest) -> StoreFuture<'_, Joined> {
        self.write(async move |tx| account::join(tx, &joining).await)
    }

    fn credentials(&self, name_key: String) -> StoreFuture<'_, Option<Credentials>> {
        self.read(async move |tx| tx.credentials(&name_key).await)
    }

    fn add_device(&self, person: UserId, device: NewDevice) -> StoreFuture<'_, DeviceId> {
        self.write(async move |tx| device::add(tx, person, &device, None).await)
    }

    fn offer_link(&self, device: DeviceId, code: Hash, expires: i64) -> StoreFuture<'_, ()> {
        self.write(async move |tx| tx.put_link(device, code, expires).await)
    }

    fn withdraw_link(&self, device: DeviceId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| tx.delete_link(device).await)
    }

    fn find_link(&self, code: Hash) -> StoreFuture<'_, LinkPreview> {
        let now = self.writer.now();
        self.read(async move |tx| link::find(tx, code, now).await)
    }

    fn link(&self, linking: LinkSignIn) -> StoreFuture<'_, Joined> {
        self.write(async move |tx| link::link(tx, &linking).await)
    }

    fn principal(&self, token: Hash) -> StoreFuture<'_, Option<Principal>> {
        self.read(async move |tx| tx.principal(token).await)
    }

    fn touch(&self, device: DeviceId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| device::touch(tx, device).await)
    }

    fn devices(&self, person: UserId) -> StoreFuture<'_, Vec<Device>> {
        self.read(async move |tx| tx.devices(person).await)
    }

    fn rename_device(&self, person: UserId, device: DeviceId, name: String) -> StoreFuture<'_, ()> {
        self.write(async move |tx| device::rename(tx, person, device, &name).await)
    }

    fn remove_device(&self, person: UserId, device: DeviceId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| device::remove(tx, person, device).await)
    }

    fn password(&self, person: UserId) -> StoreFuture<'_, Option<String>> {
        self.read(async move |tx| tx.password(person).await)
    }

    fn change_person(&self, person: UserId, changed: AccountUpdate) -> StoreFuture<'_, ()> {
        self.write(async move |tx| account::change(tx, person, &changed).await)
    }

    fn remove_person(&self, person: UserId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| account::remove(tx, person).await)
    }

    fn people(&self) -> StoreFuture<'_, Vec<MemberSummary>> {
        self.read(async |tx| tx.people().await)
    }

    fn public_rooms(&self, viewer: UserId, after: String) -> StoreFuture<'_, RoomsPage> {
        self.read(async move |tx| read::public_rooms(tx, viewer, &after).await)
    }

    fn make_room(&self, maker: UserId, room: NewRoom) -> StoreFuture<'_, RoomMade> {
        self.write(async move |tx| room::make(tx, maker, &room).await)
    }

    fn rooms(&self) -> StoreFuture<'_, Vec<RoomSummary>> {
        self.read(async |tx| tx.rooms().await)
    }

    fn remove_room(&self, room: RoomId) -> StoreFuture<'_, ()> {
        async move {
            self.write(async move |tx| removal::empty(tx, room).await).await?;
            let part = || self.write(async move |tx| removal::delete_part(tx, room).await);
            while part().await? == removal::Remaining::Events {}
            Ok(())
        }
        .boxed()
    }

    fn enter(&self, person: UserId, room: RoomId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| room::enter(tx, person, room).await)
    }

    fn leave(&self, person: UserId, room: RoomId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| room::leave(tx, person, room).await)
    }

    fn add_members(&self, by: UserId, room: RoomId, people: Vec<UserId>) -> StoreFuture<'_, ()> {
        self.write(async move |tx| room::add(tx, by, room, &people).await)
    }

    fn remove_member(&self, by: UserId, room: RoomId, person: UserId) -> StoreFuture<'_, ()> {
        self.write(async move |tx| room::remove(tx, by, room, person).await)
    }

    fn members(&self, viewer: UserId, room: RoomId) -> StoreFuture<'_, Vec<UserId>> {
        self.read(async move |tx| read::members(tx, viewer, room).await)
    }

    fn receipts(&self, viewer: UserId, room: RoomId) -> StoreFuture<'_, Vec<MemberReceipt>> {
        self.read(async move |tx| read::receipts(tx, viewer, room).await)
    }

    fn audience(&self, room: RoomId) -> StoreFuture<'_, Vec<UserId>> {
        self.read(async move |tx| tx.members(room).await)
    }

    fn append(&self, sender: UserId, batch: NewEvents) -> StoreFuture<'_, Vec<CommittedItem>> {
        self.write(async move |tx| log::append(tx, sender, batch).await)
    }

    fn pull(
        &self,
        viewer: UserId,
        room: RoomId,
        range: LogRange,
        form: LogForm,
    ) -> StoreFuture<'_, LogPage> {
        self.read(async move |tx| page::pull(tx, viewer, room, range, form).await)
    }

    fn revisions(
        &self,
        viewer: UserId,
        room: RoomId,
        of: MessageRef,
        after: Seq,
    ) -> StoreFuture<'_, Revisions> {
        self.read(async move |tx| page::revisions(tx, viewer, room, of, after).await)
    }

    fn own(&self, person: UserId, after: Useq, limit: u32) -> StoreFuture<'_, OwnPage> {
        self.read(async move |tx| read::own(tx, person, after, limit).await)
    }

    fn mark(&self, person: UserId, room: RoomId, seq: Seq) -> StoreFuture<'_, Option<Uevent>> {
        self.write(async move |tx| own::mark(tx, person, room, seq).await)
    }

    fn set(&self, person: UserId, key: UserKey, value: Value) -> StoreFuture<'_, Uevent> {
        self.write(async move |tx| own::set(tx, person, key, value).await)
    }

    fn ack(&self, person: UserId, rooms: Vec<(RoomId, Seq)>) -> StoreFuture<'_, ()> {
        self.write(async move |tx| own::ack(tx, person, &rooms).await)
    }

    fn snapshot(&self, person: UserId, since: Pos) -> StoreFuture<'_, Snapshot> {
        self.read(async move |tx| read::snapshot(tx, person, since).await)
    }

    fn heads(&self, person: UserId, device: DeviceId) -> StoreFuture<'_, Heads> {
        self.read(async move |tx| read::heads(tx, person, device).await)
    }

    fn back_up(&self, into: PathBuf) -> StoreFuture<'_, ()> {
        let (path, disk) = (self.path.clone(), self.disk.clone());
        // On its own connection: copying takes long and can't run inside a read transaction.
        let copy = move || {
            let sql = connect(&path, disk.as_deref(), false)?;
            match disk {
                None => backup::write(&sql, &into),
                Some(_) => backup::copy(&sql, &into),
            }
        };
        async { tokio::task::spawn_blocking(copy).await.map_err(|_| StoreError::Closed)? }.boxed()
    }

    fn renew_epoch(&self) -> StoreFuture<'_, Space> {
        self.write(async |tx| space::renew_epoch(tx).await)
    }

    fn rename_space(&self, by: Option<UserId>, name: String) -> StoreFuture<'_, Space> {
        self.write(async move |tx| space::rename(tx, by, &name).await)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.writer.close().boxed()
    }
}

#[cfg(test)]
mod tests {
    use homing_protocol::{Cid, ErrorCode, Role, RoomKind};
    use rusqlite::StatementStatus;
    use uuid::Uuid;

    use super::*;
    use crate::auth::{confusable, name};
    use crate::clock::{SystemClock, SystemRandom};
    use crate::store::change::Audience;
    use crate::store::rows::{Marks, MemberInsert, PersonInsert, RoomInsert, RoomKeys};

    /// Two people in a room, as rows.
    async fn insert_room(
        tx: &mut WriteTx<'_>,
        room: RoomId,
        people: [UserId; 2],
    ) -> Result<(), StoreError> {
        let (pos, seq) = (Pos(1), Seq(0));
        for (id, called) in people.into_iter().zip(["Ada", "Bob"]) {
            let name = name::read(called, 64).unwrap();
            let skeletons = confusable::skeletons(&name);
            let person = PersonInsert {
                id,
                name: &name,
                skeletons: &skeletons,
                role: Role::Member,
                password: None,
                pos,
                created: 0,
            };
            tx.insert_person(&person).await?;
        }
        let keys =
            RoomKeys { kind: RoomKind::Private, public: None, people: None, entrance: false };
        let row = RoomInsert {
            id: room,
            keys,
            name: "room",
            topic: "",
            made_by: people[0],
            made_key: Cid(room.0),
            pos,
            created: 0,
        };
        tx.insert_room(&row).await?;
        for person in people {
            let marks = Marks { read: seq, delivered: seq };
            tx.insert_member(MemberInsert { room, person, joined: seq.next(), marks, pos }).await?;
        }
        Ok(())
    }

    /// Whatever a rule has written before it refuses: neither a row stays nor a change, and whoever
    /// was in a room is told what happens there.
    #[tokio::test]
    async fn of_a_refused_request_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            path: folder.path().join(FILE),
            create: Some("space".into()),
            max_pages: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            disk: None,
        };
        let (changes, mut published) = mpsc::channel(8);
        let store = Sqlite::open(options, changes).unwrap();
        let room = RoomId(Uuid::from_u128(1));
        let people = [2, 3].map(|n| UserId(Uuid::from_u128(n)));
        let [ada, bob] = people;
        store.write(async move |tx| insert_room(tx, room, people).await).await.unwrap();
        let refused = store.write(async move |tx| {
            tx.delete_member(room, bob).await?;
            assert_eq!(*tx.audience(room).await?, [ada]);
            tx.publish(Change::Digest { to: Audience::All, pos: Pos(2) });
            Err::<(), _>(StoreError::refused(ErrorCode::Forbidden, "no"))
        });
        assert_eq!(refused.await.unwrap_err().code(), ErrorCode::Forbidden);
        let audience = store.write(async move |tx| tx.audience(room).await).await.unwrap();
        assert_eq!(*audience, people);
        assert_eq!(store.audience(room).await.unwrap(), people);
        store.check_external_writes().await.unwrap();
        assert!(published.try_recv().is_err(), "nobody is told");
    }

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
