//! A server that is restored from a copy gets back what it had acknowledged since.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use homing_e2e::person::Person;
use homing_e2e::process::{self, ServerProcess};
use homing_engine::TimelineWindow;
use homing_engine::view::{ConnectionState, Delivery, Item, TimelinePosition};
use homing_protocol::event::{Edit, React, Redact};
use homing_protocol::{Cid, Content, MessageRef, Role, RoomId, Seq};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

/// People, and messages of each of them. The server takes ten a second of a person.
const SIZE: (usize, usize) = (5, 80);
/// The same where `HOMING_RESTORE_FULL` is set: ten thousand messages.
const FULL: (usize, usize) = (20, 500);
/// Until everybody holds everything: twice what the server's limit asks for the full size.
const PATIENCE: Duration = Duration::from_secs(240);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// Rows of one part of a timeline.
const ROWS: u32 = 500;

/// All messages of a room, in the order of its log.
async fn rows(person: &Person, room: RoomId) -> Vec<Item> {
    let mut rows: Vec<Item> = Vec::new();
    let mut window = TimelineWindow::Latest;
    loop {
        let page = person.handle.timeline(room, window, ROWS).await.unwrap();
        let first = page.items.iter().find_map(|item| match item.place {
            TimelinePosition::Log(seq) => Some(seq),
            TimelinePosition::Outbox(_) => None,
        });
        rows.splice(0..0, page.items);
        match first.filter(|_| page.more_before) {
            Some(seq) if seq > Seq(1) => window = TimelineWindow::Before(seq),
            _ => break,
        }
    }
    rows.retain(|item| matches!(item.content, Content::Message(_)));
    rows
}

/// What a row shows, but for its place.
fn shown(item: &Item) -> (String, (Content, i64, bool, usize)) {
    let reactions = item.reactions.len();
    (item.key.clone(), (item.content.clone(), item.ts, item.edited, reactions))
}

/// Waits until all show the same, and nothing is under way.
async fn agree(people: &[Person], room: RoomId) -> Vec<Item> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut all = Vec::new();
        for person in people {
            let (_, overview) = person.handle.overview().await.unwrap();
            let up = matches!(overview.connection, ConnectionState::UpToDate { .. });
            if !up || overview.outbox.waiting > 0 {
                break;
            }
            let rows = rows(person, room).await;
            let is_sent = |item: &Item| {
                item.change.is_none()
                    && item.delivery.as_ref().is_none_or(|sent| *sent == Delivery::Sent)
            };
            if rows.iter().all(is_sent) {
                all.push(rows);
            }
        }
        let same = |rows: &Vec<Item>| {
            all.first().is_some_and(|first| {
                rows.len() == first.len()
                    && rows
                        .iter()
                        .zip(first)
                        .all(|(a, b)| (shown(a), a.place) == (shown(b), b.place))
            })
        };
        if all.len() == people.len() && all.iter().all(same) {
            return all.swap_remove(0);
        }
        let lengths: Vec<usize> = all.iter().map(Vec::len).collect();
        assert!(Instant::now() < until, "they don't agree: {lengths:?}");
        sleep(LOOK).await;
    }
}

fn restore(data: &Path, copy: &Path) {
    for part in ["space.db", "space.db-wal", "space.db-shm"] {
        // Not all of them are there.
        _ = std::fs::remove_file(data.join(part));
    }
    std::fs::copy(copy, data.join("space.db")).unwrap();
}

async fn write(person: &Person, room: RoomId, content: Content) -> Cid {
    person.handle.write(room, content).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_server_gets_back_what_it_had_acknowledged() {
    let (crowd, messages) =
        if std::env::var_os("HOMING_RESTORE_FULL").is_some() { FULL } else { SIZE };
    let program = process::program().await;
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("server"), folder.path().join("copy.db"));
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = ServerProcess::start(&program, &data, anywhere).await;
    let addr = server.addr;
    let mut link = server.join_link.clone().unwrap();
    link.address.host = addr.ip().to_string();
    let owner = Person::join(&link, "Person 0", folder.path().to_owned(), 1).await;
    let invite = owner.handle.invite(Role::Member, None, None).await.unwrap();
    let mut people = vec![owner];
    for seed in 1..crowd {
        let name = format!("Person {seed}");
        let seed = u64::try_from(seed).unwrap() + 1;
        people.push(Person::join(&invite, &name, folder.path().to_owned(), seed).await);
    }
    let room = people[0].entrance().await;
    let mut before = Vec::new();
    for person in &people {
        person.entrance().await;
        before.push(person.write(room, "yesterday".to_owned()).await);
    }
    agree(&people, room).await;

    let ours = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.args(args).arg("--data").arg(&data);
        command
    };
    let copied = ours(&["backup"]).arg(&copy).output().await.unwrap();
    assert!(copied.status.success(), "{copied:?}");

    // What the copy has is changed, and what it does not have is written, changed and taken back.
    let name = |index: usize, cid: Cid| MessageRef { user: people[index].record.user, cid };
    let secret = people[0].write(room, "a secret".to_owned()).await;
    for n in 0..messages {
        for (index, person) in people.iter().enumerate() {
            person.write(room, format!("{n} of {index}")).await;
        }
    }
    write(&people[0], room, Content::Redact(Redact { of: name(0, secret) })).await;
    write(&people[1], room, Content::Redact(Redact { of: name(1, before[1]) })).await;
    let (of, text) = (name(2, before[2]), "yesterday, edited".to_owned());
    write(&people[2], room, Content::Edit(Edit { of, text, mentions: Vec::new() })).await;
    let last = people[4].write(room, "the last one".to_owned()).await;
    agree(&people, room).await;
    for to in [name(2, before[2]), name(4, last)] {
        write(&people[3], room, Content::React(React { to, emoji: "👍".to_owned(), on: true }))
            .await;
    }
    let mut acknowledged: BTreeMap<_, _> = agree(&people, room).await.iter().map(shown).collect();
    assert_eq!(acknowledged.len(), crowd * (messages + 1) + 2);
    // Nobody gets the words back of what was taken back.
    acknowledged.remove(&secret.to_string()).unwrap();

    server.kill().await;
    restore(&data, &copy);
    let renewed = ours(&["init", "--new-epoch"]).output().await.unwrap();
    assert!(renewed.status.success(), "{renewed:?}");
    let server = ServerProcess::start(&program, &data, addr).await;

    let until = Instant::now() + PATIENCE;
    let restored = loop {
        let rows = agree(&people, room).await;
        if rows.len() >= acknowledged.len() || Instant::now() > until {
            break rows;
        }
        sleep(LOOK).await;
    };
    let found: BTreeMap<_, _> = restored.iter().map(shown).collect();
    assert_eq!(found.len(), restored.len(), "some are there twice");
    let missing: Vec<_> = acknowledged.keys().filter(|key| !found.contains_key(*key)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "{} are missing", missing.len());
    assert_eq!(found, acknowledged);
    // Each person's messages are in the order in which they were written.
    for person in &people {
        let written = person.saw().written;
        let place = |cid: &Cid| restored.iter().position(|item| item.key == cid.to_string());
        let places: Vec<usize> = written.iter().filter_map(place).collect();
        assert!(places.is_sorted());
    }
    // Only the person knows that it is theirs, and nobody was told of old messages as if they were new.
    let newcomer = Person::join(&invite, "Newcomer", folder.path().to_owned(), 99).await;
    newcomer.entrance().await;
    people.push(newcomer);
    let all: BTreeMap<_, _> = agree(&people, room).await.iter().map(shown).collect();
    assert_eq!(all, acknowledged);
    server.kill().await;
}
