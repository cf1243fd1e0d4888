//! What every store must do, whatever it is made of. One macro, one line for each store.
//!
//! The integration tests see most of a store's promises through the wire; here stand those that
//! need two things at once, or that a client can't see.

mod erasing;
mod folds;
mod histories;
mod host;
mod restores;

use std::sync::Arc;

use futures_util::future::join_all;
use homing_protocol::event::Event;
use homing_protocol::frame::{CommittedItem, Send as NewEvents, SendItem, UserKey};
use homing_protocol::{Cid, ErrorCode, Pos, Role, RoomId, RoomKind, Seq, Useq, UserId, mention};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::change::Audience;
use super::*;
use crate::auth::name;
use crate::auth::secret::{new_code, new_token};
use crate::clock::{SystemClock, SystemRandom};
use folds::*;
use histories::*;
use host::*;
use restores::*;

/// A store to test, what it tells, and what must outlive it.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) changes: mpsc::Receiver<Change>,
    _kept: Box<dyn std::any::Any>,
}

fn cid() -> Cid {
    Cid(Uuid::now_v7())
}

fn item(cid: Cid, text: &str) -> SendItem {
    let body = json!({"text": text}).into();
    SendItem { cid, kind: "message".into(), body, ts: 0, origin: None }
}

impl Subject {
    pub(crate) async fn join(&self, called: &str, role: Role) -> UserId {
        let code = Hash::of_code(&new_code(&SystemRandom));
        let invite =
            NewInvite { code, role, by: None, uses: Some(1), expires: None, founding: false };
        self.store.add_invite(invite).await.unwrap();
        let joining = JoinRequest {
            code,
            name: name::read(called, 64).unwrap(),
            password: None,
            device: NewDevice {
                name: "device".into(),
                token: Hash::of_token(&new_token(&SystemRandom)),
                most: 10,
            },
            key: cid(),
        };
        self.store.join(joining).await.unwrap().person
    }

    pub(crate) async fn room(&self, maker: UserId, people: &[UserId]) -> RoomId {
        let room = NewRoom {
            key: cid(),
            kind: RoomKind::Private,
            name: name::read("room", 64),
            topic: String::new(),
            people: people.to_vec(),
        };
        self.store.make_room(maker, room).await.unwrap().room
    }

    pub(crate) async fn write(
        &self,
        by: UserId,
        room: RoomId,
        text: &str,
    ) -> Result<Seq, StoreError> {
        let items = vec![item(cid(), text)];
        let done = self.store.append(by, NewEvents { room, items }).await?;
        Ok(done[0].seq)
    }

    /// Everything told so far. Changes are told after their answers, so a look goes first: it is
    /// answered when all before it is told.
    pub(crate) async fn told(&mut self) -> Vec<Change> {
        self.store.check_external_writes().await.unwrap();
        std::iter::from_fn(|| self.changes.try_recv().ok()).collect()
    }

    async fn log(&self, viewer: UserId, room: RoomId) -> Vec<Event> {
        let mut log: Vec<Event> = Vec::new();
        loop {
            let after = log.last().map_or(Seq(0), |event| event.seq);
            let page = self
                .store
                .pull(viewer, room, LogRange::After(after, 200), LogForm::Whole)
                .await
                .unwrap();
            log.extend(page.items);
            if !page.more {
                return log;
            }
        }
    }
}

fn refused(result: Result<impl std::fmt::Debug, StoreError>) -> ErrorCode {
    result.unwrap_err().code()
}

/// The same cids, sent by many tasks at once, make each event once; the log has no hole.
async fn a_crowd_of_duplicates_makes_each_event_once(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    let cids: Vec<_> = (0..20).map(|_| cid()).collect();
    let tries = (0..8).flat_map(|turn| {
        let mut cids = cids.clone();
        cids.rotate_left(turn);
        cids.into_iter().map(|cid| {
            let items = vec![item(cid, "x")];
            subject.store.append(ada, NewEvents { room, items })
        })
    });
    let mut first = std::collections::HashMap::new();
    let mut fresh = 0;
    for done in join_all(tries).await {
        let done = done.unwrap().remove(0);
        fresh += u32::from(!done.dup);
        assert_eq!(*first.entry(done.cid).or_insert(done.seq), done.seq);
    }
    assert_eq!(fresh, 20);
    let log = subject.log(ada, room).await;
    for (event, seq) in log.iter().zip(1..) {
        assert_eq!(event.seq, Seq(seq));
    }
    assert_eq!(log.iter().filter(|event| event.kind == "message").count(), 20);
    let told: Vec<Event> = subject
        .told()
        .await
        .into_iter()
        .filter_map(|change| match change {
            Change::Event { event, .. } if event.room == room => Some(event),
            _ => None,
        })
        .collect();
    assert_eq!(told, log, "what was told is what is kept, in its order");
}

/// While one person goes in and out and another writes, every event is told to exactly those who
/// were in the room when it was committed (I7).
async fn events_are_told_to_who_was_inside(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    subject.told().await;
    let writing = async {
        for n in 0..40 {
            subject.write(ada, room, &n.to_string()).await.unwrap();
        }
    };
    let moving = async {
        for _ in 0..10 {
            subject.store.remove_member(ada, room, bob).await.unwrap();
            subject.store.add_members(ada, room, vec![bob]).await.unwrap();
        }
    };
    tokio::join!(writing, moving);
    let mut inside = true;
    let mut last = Seq(0);
    for change in subject.told().await {
        match change {
            Change::Event { event, to, .. } => {
                assert!(last == Seq(0) || event.seq == last.next());
                last = event.seq;
                if event.kind == "membership" {
                    inside = event.body.value()["change"] == "added";
                }
                assert_eq!(to.contains(&bob), inside, "{event:?}");
                assert!(to.contains(&ada));
            }
            Change::Own { person, change }
                if person == bob && change.key == UserKey::Room(room) =>
            {
                assert!(inside, "told of leaving before, and of entering after, the others");
            }
            _ => {}
        }
    }
    let log = subject.log(ada, room).await;
    assert_eq!(log.len(), 2 + 40 + 20);
}

/// A refused batch leaves nothing behind: no event, no position, no word to anybody.
async fn a_refused_batch_leaves_no_trace(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    let known = cid();
    let items = vec![item(known, "one")];
    subject.store.append(ada, NewEvents { room, items }).await.unwrap();
    let before = subject.store.snapshot(ada, Pos(0)).await.unwrap();
    subject.told().await;
    let items = vec![item(cid(), "fine"), item(known, "another")];
    let batch = NewEvents { room, items };
    assert_eq!(refused(subject.store.append(ada, batch).await), ErrorCode::CidReused);
    assert_eq!(subject.store.snapshot(ada, Pos(0)).await.unwrap(), before);
    assert_eq!(subject.told().await, []);
}

/// Who was sent away before an answer reached them learns what was committed: a batch that is
/// committed is answered as such, and of a mixed one only the rest is refused.
async fn a_refusal_is_not_about_what_was_committed(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let (known, new) = (cid(), cid());
    let batch = |items| NewEvents { room, items };
    let first = subject.store.append(bob, batch(vec![item(known, "one")])).await.unwrap();
    subject.store.remove_member(ada, room, bob).await.unwrap();
    let again = subject.store.append(bob, batch(vec![item(known, "one")])).await.unwrap();
    assert_eq!((again[0].seq, again[0].dup), (first[0].seq, true));
    let mixed = batch(vec![item(known, "one"), item(new, "two")]);
    match subject.store.append(bob, mixed).await {
        Err(StoreError::Refused(refusal)) => {
            assert_eq!((refusal.code, refusal.cids), (ErrorCode::NoSuchRoom, vec![new]));
        }
        other => panic!("{other:?}"),
    }
    match subject.store.append(bob, batch(vec![item(new, "two")])).await {
        Err(StoreError::Refused(refusal)) => assert_eq!(refusal.cids, []),
        other => panic!("{other:?}"),
    }
}

/// Whoever asks what changed since the last answer is told of every change after it (never omit).
async fn a_digest_never_omits(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let mut known = std::collections::HashMap::new();
    let mut since = Pos(0);
    let mut rooms = Vec::new();
    for round in 0..12 {
        if round % 3 == 0 {
            rooms.push(subject.room(bob, &[ada]).await);
        }
        let room = rooms[round % rooms.len()];
        subject.write(bob, room, "news").await.unwrap();
        let digest = subject.store.snapshot(ada, since).await.unwrap();
        assert!(digest.pos > since);
        for info in digest.rooms {
            known.insert(info.room, info);
        }
        since = digest.pos;
        for info in subject.store.snapshot(ada, Pos(0)).await.unwrap().rooms {
            assert_eq!(known.get(&info.room), Some(&info), "round {round}");
        }
    }
    let nothing = subject.store.snapshot(ada, since).await.unwrap();
    assert!(nothing.rooms.is_empty() && nothing.people.is_empty());
}

/// Replaying the own stream from any cursor gives the same values.
async fn the_own_stream_is_whole_from_any_cursor(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let key = |n: u64| UserKey::Setting((n % 5).to_string());
    for n in 0..30 {
        let value = if n % 7 == 0 { Value::Null } else { json!(n) };
        subject.store.set(ada, key(n), value).await.unwrap();
    }
    let whole = subject.store.own(ada, Useq(0), 500).await.unwrap();
    assert_eq!(whole.upto, whole.head);
    for limit in [1, 2, 500] {
        let mut after = Useq(0);
        let mut replayed = Vec::new();
        while after < whole.head {
            let page = subject.store.own(ada, after, limit).await.unwrap();
            assert!(page.upto > after);
            after = page.upto;
            replayed.extend(page.items);
        }
        assert_eq!(replayed, whole.items);
    }
}

/// Unread and mentions as a person would count them, whatever the marks and messages between.
async fn unread_counts_are_exact(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let mut read = subject.log(bob, room).await.len() as u64;
    for round in 0u64..40 {
        let (by, mentions) = match round % 4 {
            0 => (bob, vec![ada]),
            1 => (ada, vec![bob, ada]),
            _ => (ada, vec![]),
        };
        let mut message = item(cid(), "x");
        let tokens: String = mentions.iter().map(|user| mention::person(*user, "x")).collect();
        message.body = json!({"text": format!("x{tokens}"), "mentions": mentions}).into();
        if round % 5 == 4 {
            message.kind = "example.reaction".into();
        }
        let items = vec![message];
        subject.store.append(by, NewEvents { room, items }).await.unwrap();
        if round % 6 == 5 {
            read += 3;
            subject.store.mark(bob, room, Seq(read)).await.unwrap();
        }
        let log = subject.log(bob, room).await;
        let unread: Vec<_> = log
            .iter()
            .filter(|e| e.seq > Seq(read) && e.kind == "message" && e.sender != bob)
            .collect();
        let mentions =
            unread.iter().filter(|e| e.body.value()["mentions"] == json!([bob, ada])).count();
        let snapshot = subject.store.snapshot(bob, Pos(0)).await.unwrap();
        let info = snapshot.rooms.iter().find(|info| info.room == room).unwrap();
        assert_eq!(
            (info.unread as usize, info.mentions as usize, info.read),
            (unread.len(), mentions, Seq(read)),
            "round {round}"
        );
    }
}

/// There is always an owner, and one name belongs to one person.
async fn the_last_owner_stays(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let role = |role| AccountUpdate { role: Some(role), ..AccountUpdate::default() };
    subject.told().await;
    let store = subject.store.clone();
    assert_eq!(refused(store.change_person(ada, role(Role::Admin)).await), ErrorCode::Forbidden);
    assert_eq!(refused(store.remove_person(ada).await), ErrorCode::Forbidden);
    store.change_person(bob, role(Role::Owner)).await.unwrap();
    store.remove_person(ada).await.unwrap();
    let people = store.people().await.unwrap();
    assert_eq!((people[0].person.gone, people[0].devices), (true, 0));
    let told = subject.told().await;
    assert!(told.iter().any(|c| matches!(c, Change::Digest { to: Audience::All, .. })));
    assert!(told.iter().any(|c| matches!(c, Change::Dismissed { person, .. } if *person == ada)));
    let room = subject.room(bob, &[]).await;
    assert_eq!(refused(subject.write(ada, room, "x").await), ErrorCode::NoSuchRoom);
}

/// A copy made while others write is whole, and is of one moment.
async fn a_backup_is_of_one_moment(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    subject.write(ada, room, "before").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join(sqlite::FILE);
    let writing = async {
        for n in 0..20 {
            subject.write(ada, room, &n.to_string()).await.unwrap();
        }
    };
    let (copied, ()) = tokio::join!(subject.store.back_up(into.clone()), writing);
    copied.unwrap();
    let (told, _changes) = mpsc::channel(1);
    let copy = sqlite::Sqlite::open(options(into, None), told).unwrap();
    let page = copy.pull(ada, room, LogRange::After(Seq(0), 200), LogForm::Whole).await.unwrap();
    assert_eq!(page.items.len() as u64, page.head.0);
    assert!(page.items.iter().any(|event| event.body.value()["text"] == "before"));
    let again = subject.store.back_up(folder.path().join(sqlite::FILE)).await;
    assert!(again.is_err(), "a backup is never written over");
    // What can't be written leaves nothing that would stand in the way of the next try.
    let nowhere = folder.path().join("absent");
    let failed = subject.store.back_up(nowhere.join(sqlite::FILE)).await;
    assert!(matches!(failed, Err(StoreError::File { .. })), "{failed:?}");
    std::fs::create_dir(&nowhere).unwrap();
    subject.store.back_up(nowhere.join(sqlite::FILE)).await.unwrap();
    assert_eq!(std::fs::read_dir(&nowhere).unwrap().count(), 1, "nothing lies beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(nowhere.join(sqlite::FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// After closing, calls fail and nothing hangs.
async fn a_closed_store_says_so(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    subject.store.close().await;
    let result = subject.store.mark(ada, RoomId(Uuid::nil()), Seq(1)).await;
    assert!(matches!(result, Err(StoreError::Closed)));
    subject.store.close().await;
}

fn new_device(most: u32) -> NewDevice {
    let token = Hash::of_token(&new_token(&SystemRandom));
    NewDevice { name: "further".into(), token, most }
}

fn far() -> i64 {
    i64::MAX
}

/// One of a crowd comes in by a device link; the others find it used, whichever comes first.
async fn a_device_link_is_used_once(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let first = subject.store.devices(ada).await.unwrap()[0].id;
    let code = Hash::of_code("once");
    subject.store.offer_link(first, code, far()).await.unwrap();
    let seen = subject.store.find_link(code).await.unwrap();
    assert_eq!((seen.person, seen.name.as_str()), (ada, "Ada"));
    assert_eq!(seen.device_name, "device");
    subject.told().await;
    let tries = (0..8)
        .map(|_| subject.store.link(LinkSignIn { code, device: new_device(10), key: cid() }))
        .collect::<Vec<_>>();
    let (came, late): (Vec<_>, Vec<_>) = join_all(tries).await.into_iter().partition(Result::is_ok);
    assert_eq!((came.len(), late.len()), (1, 7));
    for late in late {
        assert_eq!(refused(late), ErrorCode::LinkInvalid);
    }
    assert_eq!(refused(subject.store.find_link(code).await), ErrorCode::LinkInvalid);
    let linked = came.into_iter().next().unwrap().unwrap();
    assert_eq!(linked.person, ada);
    assert_ne!(linked.device, first);
    // The first device hears of the second, and of its end.
    let told = async |subject: &mut Subject| {
        subject.told().await.into_iter().find_map(|change| match change {
            Change::Own { person, change } if person == ada && change.key == UserKey::Devices => {
                change.value.as_array().map(Vec::len)
            }
            _ => None,
        })
    };
    assert_eq!(told(&mut subject).await, Some(2));
    subject.store.remove_device(ada, linked.device).await.unwrap();
    assert_eq!(told(&mut subject).await, Some(1));
}

/// An answer may be lost: the same key and code bring the same device again, and no other.
async fn a_device_link_may_be_used_again_by_the_same_attempt(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let first = subject.store.devices(ada).await.unwrap()[0].id;
    let (code, key) = (Hash::of_code("again"), cid());
    subject.store.offer_link(first, code, far()).await.unwrap();
    let (lost, device) = (new_device(10), new_device(10));
    let newest = device.token;
    let one = subject.store.link(LinkSignIn { code, device: lost.clone(), key }).await.unwrap();
    let two = subject.store.link(LinkSignIn { code, device, key }).await.unwrap();
    assert_eq!(one, two);
    assert_eq!(subject.store.devices(ada).await.unwrap().len(), 2);
    assert_eq!(subject.store.principal(lost.token).await.unwrap(), None);
    assert_eq!(subject.store.principal(newest).await.unwrap().unwrap().device, one.device);
    let other = Hash::of_code("other");
    subject.store.offer_link(first, other, far()).await.unwrap();
    let reused = subject.store.link(LinkSignIn { code: other, device: new_device(10), key }).await;
    assert_eq!(refused(reused), ErrorCode::Invalid, "a key belongs to one code");
}

/// A device link ends with its time, its device, its account, the next one, and when it is asked to.
async fn a_device_link_ends(subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let store = &subject.store;
    let device = store.devices(bob).await.unwrap()[0].id;
    let is_good = async |code| match store.find_link(code).await {
        Ok(seen) => seen.person == bob,
        Err(error) => error.code() != ErrorCode::LinkInvalid,
    };
    let (past, one, two) = (Hash::of_code("past"), Hash::of_code("one"), Hash::of_code("two"));
    store.offer_link(device, past, 1).await.unwrap();
    assert!(!is_good(past).await, "its time is over");
    store.offer_link(device, one, far()).await.unwrap();
    assert!(is_good(one).await);
    store.offer_link(device, two, far()).await.unwrap();
    assert!(!is_good(one).await && is_good(two).await, "a device has one at a time");
    store.withdraw_link(device).await.unwrap();
    store.withdraw_link(device).await.unwrap();
    assert!(!is_good(two).await, "it was withdrawn");
    // Past the limit nothing is used up.
    store.offer_link(device, one, far()).await.unwrap();
    let full = store.link(LinkSignIn { code: one, device: new_device(1), key: cid() }).await;
    assert_eq!(refused(full), ErrorCode::TooManyDevices);
    assert!(is_good(one).await);
    let gone = |gone| AccountUpdate { gone: Some(gone), ..AccountUpdate::default() };
    store.change_person(bob, gone(true)).await.unwrap();
    assert!(!is_good(one).await, "the account is disabled");
    store.change_person(bob, gone(false)).await.unwrap();
    assert!(!is_good(one).await, "what was handed out stays ended");
    store.offer_link(device, one, far()).await.unwrap();
    assert!(is_good(one).await);
    store.remove_device(bob, device).await.unwrap();
    assert!(!is_good(one).await, "the device was signed out");
    assert_eq!(refused(store.remove_device(ada, device).await), ErrorCode::NotFound);
}

/// A device is renamed by its person alone, and all of their devices hear of it.
async fn a_device_is_renamed_by_its_person(mut subject: Subject) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let first = subject.store.devices(ada).await.unwrap()[0].id;
    let second = subject.store.add_device(ada, new_device(10)).await.unwrap();
    subject.told().await;
    let store = &subject.store;
    let foreign = store.rename_device(bob, first, "His".into()).await;
    assert_eq!(refused(foreign), ErrorCode::NotFound);
    let unknown = store.rename_device(ada, DeviceId(Uuid::nil()), "None".into()).await;
    assert_eq!(refused(unknown), ErrorCode::NotFound);
    assert!(subject.told().await.is_empty(), "nothing was changed");
    subject.store.rename_device(ada, first, "Work laptop".into()).await.unwrap();
    let named = json!([
        {"id": second, "name": "further"},
        {"id": first, "name": "Work laptop"},
    ]);
    let told = subject.told().await;
    let [Change::Own { person, change }] = &told[..] else { panic!("told {told:?}") };
    assert_eq!((*person, &change.key, &change.value), (ada, &UserKey::Devices, &named));
    let kept = subject.store.devices(ada).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|device| (device.id, device.name.as_str())).collect();
    assert_eq!(kept, [(second, "further"), (first, "Work laptop")]);
    assert_eq!(subject.store.devices(bob).await.unwrap()[0].name, "device");
}

macro_rules! store_contract {
    ($store:ident, $open:expr, [$($test:ident),* $(,)?]) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test($open).await;
                }
            )*
        }
    };
}

fn options(path: PathBuf, create: Option<String>) -> sqlite::Options {
    sqlite::Options {
        path,
        create,
        max_pages: None,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        disk: None,
    }
}

pub(crate) fn open_sqlite() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let (told, changes) = mpsc::channel(4096);
    let options = options(folder.path().join(sqlite::FILE), Some("space".into()));
    Subject {
        store: Arc::new(sqlite::Sqlite::open(options, told).unwrap()),
        changes,
        _kept: Box::new(folder),
    }
}

store_contract!(
    sqlite_store,
    super::open_sqlite(),
    [
        a_crowd_of_duplicates_makes_each_event_once,
        events_are_told_to_who_was_inside,
        a_refused_batch_leaves_no_trace,
        a_refusal_is_not_about_what_was_committed,
        a_digest_never_omits,
        the_own_stream_is_whole_from_any_cursor,
        unread_counts_are_exact,
        the_last_owner_stays,
        a_backup_is_of_one_moment,
        a_closed_store_says_so,
        a_device_link_is_used_once,
        a_device_link_may_be_used_again_by_the_same_attempt,
        a_device_link_ends,
        a_device_is_renamed_by_its_person,
        a_space_is_renamed,
        an_invitation_has_the_rights_of_now,
        public_rooms_come_in_pages,
        a_removed_room_is_gone_with_all_that_was_said,
        a_name_is_one_persons,
        who_may_change_what,
        mentions_are_those_of_the_text,
        everybody_is_mentioned_by_who_may,
        what_is_given_back_says_when_it_happened,
        a_reply_may_quote_what_it_likes_but_not_at_length,
        a_change_is_told_with_what_it_leaves,
        a_message_has_fifty_different_reactions,
        a_change_sent_again_is_answered_with_the_state_of_now,
        a_quote_does_not_bring_back_what_is_gone,
        the_texts_of_a_message_are_for_members_while_it_is_there,
        ten_thousand_reactions_are_ten_folds,
        a_page_has_five_hundred_folds,
        what_has_no_room_is_in_another_page,
        unread_messages_are_counted_up_to_a_thousand,
        whatever_happens_folds_pages_and_counts_are_a_recount_of_the_log,
    ]
);
