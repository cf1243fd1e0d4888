//! The contract of every store: one suite, run over each of them.

use std::path::Path;
use std::sync::Arc;

use homing_engine::store::memory::MemoryStore;
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::store::{
    Change, DraftState, FoldUpdate, LastMessage, Loaded, MessageState, OutboxItem, OutboxState,
    OwnRow, RoomRow, Store, StoreError, SyncPoint, UnreadKind,
};
use homing_engine::view::{Hole, WedgeReason};
use homing_protocol::event::{Edit, Redact, Reply};
use homing_protocol::fold::Revision;
use homing_protocol::frame::UserKey;
use homing_protocol::{
    Body, Content, Epoch, Event, Fold, Message, MessageRef, Origin, Pos, Seq, Useq,
};
use homing_testkit::builders::{self, cid, log, message, person, room, room_id, user_id};
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
        given_back: None,
    }
}

fn row(n: u64, cursor: u64) -> RoomRow {
    let (sender, text) = (user_id(2), "hi".to_owned());
    let last = LastMessage { seq: Seq(2), sender, text, ts: 9, gone: false };
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
        has_lost: false,
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

fn fold(seq: u64, as_of: u64) -> Fold {
    let (edit, mine, gone, of) = (None, None, None, None);
    let (seq, as_of) = (Seq(seq), Seq(as_of));
    Fold { seq, as_of, edit, reactions: Vec::new(), mine, pinned: false, gone, of }
}

fn edited(as_of: u64, text: &str) -> Fold {
    let edit = Revision { text: text.to_owned(), mentions: Vec::new(), ts: 7 };
    Fold { edit: Some(edit), ..fold(1, as_of) }
}

fn folded(fold: Fold, mentions_me: bool) -> Change {
    let update = FoldUpdate { fold, own: None };
    Change::Fold { room: room_id(1), update, mentions_me }
}

async fn states(store: &dyn Store) {
    let room = room_id(1);
    let name = |seq: u64| MessageRef { user: user_id(2), cid: cid(1 << 32 | seq) };
    let read = async || store.states(room, Seq(1), Seq(9)).await.unwrap();
    let texts = async || {
        let states = read().await;
        let text = |state: &MessageState| state.fold.edit.as_ref().map(|edit| edit.text.clone());
        states.iter().filter_map(text).collect::<Vec<_>>()
    };
    // Of what is not stored there is no state.
    store.commit(vec![folded(edited(5, "early"), false)]).await.unwrap();
    assert_eq!(read().await, []);
    let stored_log = log(1, 3).into_iter().map(|event| stored(event, UnreadKind::Message));
    store.commit(stored_log.collect()).await.unwrap();
    assert_eq!(store.find(room, name(2)).await.unwrap(), Some(Seq(2)));
    assert_eq!(store.find(room_id(2), name(2)).await.unwrap(), None);
    let other = MessageRef { user: user_id(3), ..name(2) };
    assert_eq!(store.find(room, other).await.unwrap(), None);
    let found = store.at(room, vec![Seq(3), Seq(1), Seq(7)]).await.unwrap();
    assert_eq!(found, [log(1, 3).remove(2), log(1, 3).remove(0)]);
    // The newer one holds, and counts.
    store.commit(vec![folded(edited(6, "newer"), true)]).await.unwrap();
    store.commit(vec![folded(edited(5, "older"), false)]).await.unwrap();
    assert_eq!(texts().await, ["newer"]);
    assert_eq!(store.unread(room, Seq(0)).await.unwrap(), (3, 1));
    store.commit(vec![folded(edited(7, "nobody"), false)]).await.unwrap();
    assert_eq!(store.unread(room, Seq(0)).await.unwrap(), (3, 0));
    // What is gone is gone for good, and with it what quotes it.
    let reply = Reply { user: user_id(2), cid: name(1).cid, excerpt: "message 1".to_owned() };
    let answer = Message { text: "no".to_owned(), mentions: Vec::new(), reply: Some(reply) };
    let answer = |seq| {
        let event = Event { body: Body::new(&answer), ..message(1, seq, 1, "") };
        stored(event, UnreadKind::None)
    };
    store.commit(vec![answer(4)]).await.unwrap();
    let gone = Fold { gone: Some(user_id(2)), of: Some(name(1)), ..fold(1, 8) };
    store.commit(vec![folded(gone.clone(), false)]).await.unwrap();
    store.commit(vec![folded(edited(7, "older"), false)]).await.unwrap();
    let [state] = &*read().await else { panic!("one message was changed") };
    assert_eq!(state.fold, gone);
    assert_eq!(store.unread(room, Seq(0)).await.unwrap(), (2, 0));
    // It was written before its writer learned of that.
    store.commit(vec![answer(5)]).await.unwrap();
    let bodies: Vec<String> = store
        .at(room, vec![Seq(1), Seq(4), Seq(5)])
        .await
        .unwrap()
        .iter()
        .map(|event| event.body.as_json().to_owned())
        .collect();
    assert_eq!(bodies.len(), 3);
    assert!(!bodies.concat().contains("message 1"), "{bodies:?}");
    store.commit(vec![Change::RoomGone(room)]).await.unwrap();
    assert_eq!(read().await, []);
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
            Change::Reset { me: user_id(1), epoch: None },
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

/// The own events of an epoch, in the order of the log: none of a message that is gone but its
/// redaction, which has the same name on every device, and none of what changed the room.
async fn lost(store: &dyn Store) {
    let (me, ts) = (user_id(1), |seq: u64| message(1, seq, 1, "").ts);
    let target = MessageRef { user: me, cid: cid(1 << 32 | 2) };
    let change = |seq: u64, content: Content| {
        let (kind, body) = content.encode().unwrap();
        let (kind, quiet) = (kind.to_owned(), true);
        Event { cid: Some(cid(50 + seq)), kind, body, quiet, ..builders::event(1, seq, 1) }
    };
    let edit =
        |of: MessageRef| Content::Edit(Edit { of, text: "again".to_owned(), mentions: Vec::new() });
    let kind = Content::DESCRIBED.to_owned();
    let origin = Some(Origin { ts: 5 });
    let kept = MessageRef { user: me, cid: cid(1 << 32 | 1) };
    let gone = Fold { gone: Some(user_id(2)), of: Some(target), ..fold(2, 8) };
    let set_aside = || {
        let other = message(1, 4, 2, "of somebody else");
        vec![
            stored(Event { origin, ..message(1, 1, 1, "kept") }, UnreadKind::None),
            stored(message(1, 2, 1, "taken back"), UnreadKind::None),
            stored(Event { kind: kind.clone(), ..message(1, 3, 1, "") }, UnreadKind::None),
            stored(other, UnreadKind::Message),
            Change::OwnChange(change(6, edit(kept)).into()),
            Change::OwnChange(change(7, edit(target)).into()),
            folded(gone.clone(), false),
        ]
    };
    store.commit(set_aside()).await.unwrap();
    assert_eq!(store.lost().await.unwrap(), []);
    assert!(!store.load().await.unwrap().has_lost);
    store.commit(vec![Change::Reset { me, epoch: POINT.epoch }]).await.unwrap();
    assert!(store.load().await.unwrap().has_lost);
    let found = store.lost().await.unwrap();
    let [message, edited, redaction] = &found[..] else { panic!("{found:?}") };
    assert_eq!((message.seq, message.cid, message.ts), (Seq(1), kept.cid, 5));
    assert_eq!((edited.seq, edited.cid, edited.ts), (Seq(6), cid(56), ts(6)));
    assert_eq!((redaction.seq, &*redaction.kind), (Seq(8), Content::REDACT));
    assert_eq!(redaction.body, Body::new(&Redact { of: target }));
    assert!(found.iter().all(|event| event.epoch == POINT.epoch && event.room == room_id(1)));
    // What was put aside and not given back yet stays as it is.
    store.commit(set_aside()).await.unwrap();
    store.commit(vec![Change::Reset { me, epoch: Some(Epoch(9)) }]).await.unwrap();
    assert_eq!(store.lost().await.unwrap(), found);
    store.commit(vec![Change::GivenBack]).await.unwrap();
    assert_eq!(store.lost().await.unwrap(), []);
    // Own changes of a room that was left are gone with it.
    store.commit(set_aside()).await.unwrap();
    store.commit(vec![Change::RoomGone(room_id(1))]).await.unwrap();
    store.commit(vec![Change::Reset { me, epoch: None }]).await.unwrap();
    assert_eq!(store.lost().await.unwrap(), []);
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
            async fn the_newest_state_of_a_message_holds_and_what_is_gone_is_erased() {
                let (store, _folder) = $make.await;
                super::states(&store).await;
            }

            #[tokio::test]
            async fn a_reset_keeps_the_outbox_and_what_is_pending() {
                let (store, _folder) = $make.await;
                super::reset(&store).await;
            }

            #[tokio::test]
            async fn a_reset_puts_aside_what_can_be_given_back() {
                let (store, _folder) = $make.await;
                super::lost(&store).await;
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

/// Also in free pages and in the write-ahead log.
#[tokio::test]
async fn no_file_has_the_words_of_what_is_gone() {
    let (store, folder) = fresh().await;
    let secret = "correct horse battery staple";
    let found = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let has = |path: std::path::PathBuf| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
        };
        files.map(|file| file.unwrap().path()).filter(|path| has(path.clone())).count()
    };
    let queued =
        OutboxItem { body: json!({ "text": secret }).into(), ..item(1, 1, OutboxState::Queued) };
    store.commit(vec![Change::Outbox(queued.clone())]).await.unwrap();
    let event = Event { cid: Some(queued.cid), ..message(1, 1, 2, secret) };
    let committed = vec![Change::OutboxGone(queued.cid), stored(event, UnreadKind::None)];
    store.commit(committed).await.unwrap();
    store.commit(vec![folded(edited(2, secret), false)]).await.unwrap();
    assert!(found() > 0, "the search finds what is there");
    let gone = Fold { gone: Some(user_id(2)), ..fold(1, 3) };
    store.commit(vec![folded(gone, false)]).await.unwrap();
    assert_eq!(found(), 0);
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
        WedgeReason::NoSuchMessage,
    ];
    let numbers: Vec<u8> = reasons.map(|reason| Wedged(reason).number()).to_vec();
    assert_eq!(numbers, [30, 31, 32, 33, 34, 35, 36]);
    for state in [Queued, Offered].into_iter().chain(reasons.map(Wedged)) {
        assert_eq!(OutboxState::from_number(state.number()), Some(state));
    }
    assert_eq!(OutboxState::from_number(11), None);
}
