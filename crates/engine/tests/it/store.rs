//! The contract of every store: one suite, run over each of them.

use std::path::Path;
use std::sync::Arc;

use homing_engine::store::memory::MemoryStore;
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::store::{
    Change, DraftState, LastMessage, Loaded, OutboxItem, OutboxState, OwnRow, RoomRow, Store,
    StoreError, SyncPoint, UnreadKind,
};
use homing_engine::view::{Hole, WedgeReason};
use homing_protocol::frame::UserKey;
use homing_protocol::{Epoch, Event, Pos, Seq, Useq};
use homing_testkit::builders::{cid, log, message, person, room, room_id, user_id};
use rusqlite::Connection;
use serde_json::json;

use crate::bed::record;

fn item(place: u64, room: u64, state: OutboxState) -> OutboxItem {
    OutboxItem {
        place,
        room: room_id(room),
        cid: cid(place),
        kind: "message".to_owned(),
        body: json!({ "text": format!("queued {place}") }).into(),
        ts: 7,
        state,
    }
}

fn row(n: u64, cursor: u64) -> RoomRow {
    let last = LastMessage { seq: Seq(2), sender: user_id(2), text: "hi".to_owned(), ts: 9 };
    RoomRow { info: room(n, 5), head: Seq(6), cursor: Seq(cursor), last: Some(last) }
}

fn stored(event: Event, notice: UnreadKind) -> Change {
    Change::Event(Arc::new(event), notice)
}

const POINT: SyncPoint =
    SyncPoint { epoch: Some(Epoch(u64::MAX)), pos: Some(Pos(3)), useq: Useq(4) };

/// Commits of all kinds, and the expected content.
async fn everything(store: &dyn Store) {
    let hole = |from, to, expired| Hole { from: Seq(from), to: Seq(to), expired };
    let own = |key, value, pending| OwnRow { key, value, pending, fork: None };
    let theirs = Some("of another device".to_owned());
    let kept = vec!["of this device".to_owned()];
    let fork =
        DraftState { here: true, apart: true, said: true, sent: Some(json!(null)), theirs, kept };
    let draft = OwnRow {
        fork: Some(fork.clone()),
        ..own(UserKey::Draft(room_id(1)), json!("unsent"), true)
    };
    // Ended here while the other device's is offered.
    let offered =
        OwnRow { fork: Some(fork), ..own(UserKey::Draft(room_id(2)), json!(null), false) };
    let wedged = item(3, 1, OutboxState::Wedged(WedgeReason::Forbidden));
    store
        .commit(vec![
            Change::SyncPoint(POINT),
            Change::Room(RoomRow { last: None, ..row(2, 0) }),
            Change::Room(row(1, 1)),
            Change::Room(row(1, 5)),
            Change::Person(person(2)),
            Change::Holes(room_id(1), vec![hole(1, 2, true), hole(4, 4, false)]),
            Change::Outbox(item(2, 1, OutboxState::Queued)),
            Change::Outbox(item(1, 2, OutboxState::Queued)),
            Change::Outbox(item(1, 2, OutboxState::Offered)),
            Change::Outbox(wedged.clone()),
            Change::Own(draft.clone()),
            Change::Own(offered.clone()),
            Change::Own(own(UserKey::Mute(room_id(1)), json!(true), false)),
        ])
        .await
        .unwrap();
    let mut loaded = Loaded {
        sync: POINT,
        rooms: vec![row(1, 5), RoomRow { last: None, ..row(2, 0) }],
        holes: vec![(room_id(1), hole(1, 2, true)), (room_id(1), hole(4, 4, false))],
        people: vec![person(2)],
        own: vec![draft, offered, own(UserKey::Mute(room_id(1)), json!(true), false)],
        outbox: vec![item(1, 2, OutboxState::Offered), item(2, 1, OutboxState::Queued), wedged],
    };
    assert_eq!(store.load().await.unwrap(), loaded);

    store
        .commit(vec![
            Change::OutboxGone(cid(2)),
            Change::Own(own(UserKey::Mute(room_id(1)), json!(null), false)),
            Change::RoomGone(room_id(1)),
        ])
        .await
        .unwrap();
    loaded.rooms.remove(0);
    loaded.holes.clear();
    loaded.own.pop();
    // Messages queued for a room that was left stay.
    loaded.outbox.remove(1);
    assert_eq!(store.load().await.unwrap(), loaded);
}

async fn events(store: &dyn Store) {
    let mut changes: Vec<Change> =
        log(1, 9).into_iter().map(|event| stored(event, UnreadKind::Message)).collect();
    changes.push(stored(message(2, 1, 2, "elsewhere"), UnreadKind::Mention));
    store.commit(changes).await.unwrap();
    let seqs = |events: Vec<Event>| events.iter().map(|event| event.seq.0).collect::<Vec<_>>();
    let room = room_id(1);
    assert_eq!(seqs(store.before(room, Seq(u64::MAX), 3).await.unwrap()), [7, 8, 9]);
    assert_eq!(seqs(store.before(room, Seq(3), 9).await.unwrap()), [1, 2]);
    assert_eq!(seqs(store.after(room, Seq(7), 9).await.unwrap()), [8, 9]);
    assert_eq!(seqs(store.after(room, Seq(0), 2).await.unwrap()), [1, 2]);
    assert_eq!(store.after(room, Seq(4), 1).await.unwrap(), [log(1, 5).remove(4)]);

    // A position is taken once and for ever.
    let usurper = stored(message(1, 9, 1, "not me"), UnreadKind::None);
    store.commit(vec![usurper]).await.unwrap();
    assert_eq!(store.after(room, Seq(8), 9).await.unwrap(), [log(1, 9).remove(8)]);

    store
        .commit(vec![
            stored(message(1, 10, 1, "mine"), UnreadKind::None),
            stored(message(1, 11, 2, "@ada"), UnreadKind::Mention),
        ])
        .await
        .unwrap();
    assert_eq!(store.unread(room, Seq(7)).await.unwrap(), (3, 1));
    assert_eq!(store.unread(room, Seq(11)).await.unwrap(), (0, 0));
    store.commit(vec![Change::RoomGone(room)]).await.unwrap();
    assert_eq!(store.after(room, Seq(0), 9).await.unwrap(), []);
    assert_eq!(store.after(room_id(2), Seq(0), 9).await.unwrap().len(), 1);
}

async fn reset(store: &dyn Store) {
    let own = |key, pending| Change::Own(OwnRow { key, value: json!(1), pending, fork: None });
    store
        .commit(vec![
            Change::SyncPoint(POINT),
            Change::Room(row(1, 1)),
            Change::Person(person(2)),
            stored(message(1, 1, 2, "old"), UnreadKind::Message),
            Change::Outbox(item(1, 1, OutboxState::Offered)),
            own(UserKey::Read(room_id(1)), true),
            own(UserKey::Draft(room_id(1)), true),
            own(UserKey::Mute(room_id(1)), false),
            Change::Reset,
            Change::SyncPoint(SyncPoint::default()),
        ])
        .await
        .unwrap();
    let loaded = store.load().await.unwrap();
    let draft = UserKey::Draft(room_id(1));
    assert_eq!(
        loaded,
        Loaded {
            own: vec![OwnRow { key: draft, value: json!(1), pending: true, fork: None }],
            outbox: vec![item(1, 1, OutboxState::Offered)],
            ..Loaded::default()
        }
    );
    assert_eq!(store.after(room_id(1), Seq(0), 9).await.unwrap(), []);
}

macro_rules! contract {
    ($name:ident, $make:expr) => {
        mod $name {
            #[tokio::test]
            async fn keeps_everything_and_forgets_what_is_gone() {
                let (store, _folder) = $make.await;
                super::everything(&store).await;
            }

            #[tokio::test]
            async fn keeps_events_at_their_place() {
                let (store, _folder) = $make.await;
                super::events(&store).await;
            }

            #[tokio::test]
            async fn a_reset_keeps_the_outbox_and_what_is_pending() {
                let (store, _folder) = $make.await;
                super::reset(&store).await;
            }
        }
    };
}

contract!(memory, async { (super::MemoryStore::default(), ()) });
contract!(sqlite, super::fresh());

async fn fresh() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("space.db")).await.unwrap();
    (store, folder)
}

async fn reopen(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(&path.join("space.db")).await
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let (store, folder) = fresh().await;
    store.commit(vec![Change::Record(record())]).await.unwrap();
    store.commit(vec![Change::Outbox(item(1, 1, OutboxState::Queued))]).await.unwrap();
    // No orderly close: as after a kill.
    drop(store);
    let store = reopen(folder.path()).await.unwrap();
    assert_eq!(store.record().await.unwrap(), Some(record()));
    assert_eq!(store.load().await.unwrap().outbox, [item(1, 1, OutboxState::Queued)]);
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let (store, folder) = fresh().await;
    store.close().await;
    let raw = Connection::open(folder.path().join("space.db")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let error = reopen(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
}

#[tokio::test]
async fn an_older_database_is_brought_forward_with_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let raw = Connection::open(folder.path().join("space.db")).unwrap();
    // As the version before the last one made it.
    raw.execute_batch(include_str!("../../src/store/sqlite/001.sql")).unwrap();
    raw.execute_batch(include_str!("../../src/store/sqlite/002.sql")).unwrap();
    raw.pragma_update(None, "user_version", 2).unwrap();
    raw.pragma_update(None, "application_id", 0x486f_6d67).unwrap();
    let (draft, mute) = (UserKey::Draft(room_id(1)), UserKey::Mute(room_id(1)));
    for (key, value, pending) in [(&draft, "\"unsent\"", true), (&mute, "true", false)] {
        raw.execute(
            "INSERT INTO own (key, value, pending) VALUES (?1, ?2, ?3)",
            (key.to_string(), value, pending),
        )
        .unwrap();
    }
    drop(raw);
    let store = reopen(folder.path()).await.unwrap();
    let mut draft = OwnRow { key: draft, value: json!("unsent"), pending: true, fork: None };
    let mute = OwnRow { key: mute, value: json!(true), pending: false, fork: None };
    assert_eq!(store.load().await.unwrap().own, [draft.clone(), mute.clone()]);
    // It holds what only this version writes.
    draft.fork =
        Some(DraftState { here: true, theirs: Some("ok".to_owned()), ..DraftState::default() });
    store.commit(vec![Change::Own(draft.clone())]).await.unwrap();
    drop(store);
    let store = reopen(folder.path()).await.unwrap();
    assert_eq!(store.load().await.unwrap().own, [draft, mute]);
}

#[tokio::test]
async fn a_damaged_database_is_named_and_left_as_it_is() {
    let (store, folder) = fresh().await;
    let many = (1..400).map(|n| Change::Outbox(item(n, 1, OutboxState::Queued))).collect();
    store.commit(many).await.unwrap();
    store.close().await;
    let path = folder.path().join("space.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let error = reopen(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    std::fs::write(&path, "this is no database at all, and never was one").unwrap();
    let error = reopen(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[tokio::test]
async fn another_programs_database_is_not_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let raw = Connection::open(folder.path().join("space.db")).unwrap();
    raw.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(raw);
    let error = reopen(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing_behind() {
    let (store, _folder) = fresh().await;
    store.commit(vec![Change::Outbox(item(1, 1, OutboxState::Queued))]).await.unwrap();
    // Two items at one position: the second is invalid, so the first change is not committed
    // either.
    let clash = OutboxItem { cid: cid(9), ..item(1, 1, OutboxState::Queued) };
    let changes = vec![Change::Person(person(1)), Change::Outbox(clash)];
    let error = store.commit(changes).await.unwrap_err();
    assert!(matches!(error, StoreError::Io(_)), "{error}");
    assert_eq!(store.load().await.unwrap().people, []);
    store.commit(vec![Change::Person(person(1))]).await.unwrap();
    assert_eq!(store.load().await.unwrap().people.len(), 1);
}

#[test]
fn a_stored_state_is_read_as_it_was_written() {
    use OutboxState::{Offered, Queued, Wedged};
    let reasons = [
        WedgeReason::NotMember,
        WedgeReason::Forbidden,
        WedgeReason::TooLarge,
        WedgeReason::CidReused,
        WedgeReason::Refused,
        WedgeReason::HoldsNul,
    ];
    let numbers: Vec<u8> = reasons.map(|reason| Wedged(reason).number()).to_vec();
    assert_eq!(numbers, [30, 31, 32, 33, 34, 35]);
    for state in [Queued, Offered].into_iter().chain(reasons.map(Wedged)) {
        assert_eq!(OutboxState::from_number(state.number()), Some(state));
    }
    assert_eq!(OutboxState::from_number(11), None);
}
