//! A message that was taken back is gone: from every device, and from every file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::Person;
use homing_engine::TimelineWindow;
use homing_engine::store::Store as _;
use homing_engine::view::Item;
use homing_protocol::event::{Edit, Redact, Reply};
use homing_protocol::{Cid, Content, Message, MessageRef, Role, RoomId};
use homing_server::{Config, Server, SystemClock, TlsMode};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long what must come may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is taken back: the first text of a message, and its second.
const TEXTS: [&str; 2] = ["the password is heliotrope", "the password is chrysoprase"];
/// What stays, and must be found, or the search finds nothing at all.
const KEPT: &str = "an answer that stays where it is";

/// Waits until a row shows what it should.
async fn shows(person: &Person, room: RoomId, cid: Cid, is: impl Fn(&Item) -> bool) {
    let (_, _, mut batches) = person.handle.subscribe().await.unwrap();
    let key = cid.to_string();
    loop {
        let page = person.handle.timeline(room, TimelineWindow::Latest, 50).await.unwrap();
        if page.items.iter().any(|item| item.key == key && is(item)) {
            return;
        }
        let batch = timeout(PATIENCE, batches.recv()).await;
        batch.expect("it comes within a minute").unwrap();
    }
}

/// Waits until a message has this text.
async fn says(person: &Person, room: RoomId, cid: Cid, said: &str) {
    let is =
        |item: &Item| matches!(&item.content, Content::Message(message) if message.text == said);
    shows(person, room, cid, is).await;
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The files in a folder that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    files(folder, &mut all);
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    all.into_iter().filter(holds).collect()
}

/// Both texts of the message were on the server and on three devices, and its first in what quotes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_in_no_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: TlsMode::Off,
        ..Config::new(folder.path().join("server"))
    };
    let server =
        Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await.unwrap();
    let link = server.join_link.clone().unwrap();
    let ada = Person::join(&link, "Ada", folder.path().to_owned(), 1).await;
    let invite = ada.handle.invite(Role::Member, None, None).await.unwrap();
    let ben = Person::join(&invite, "Ben", folder.path().to_owned(), 2).await;
    let cleo = Person::join(&invite, "Cleo", folder.path().to_owned(), 3).await;
    let people = [&ada, &ben, &cleo];
    let room = ada.entrance().await;
    for person in people {
        person.entrance().await;
        person.settle().await;
    }

    let [first, second] = TEXTS;
    let cid = ben.write(room, first.to_owned()).await;
    for person in people {
        says(person, room, cid, first).await;
    }
    let of = MessageRef { user: ben.record.user, cid };
    let reply = Some(Reply { user: of.user, cid, excerpt: first.to_owned() });
    let answer = Message { text: KEPT.to_owned(), mentions: Vec::new(), reply };
    let answer = cleo.handle.write(room, Content::Message(answer)).await.unwrap();
    let edit = Edit { of, text: second.to_owned(), mentions: Vec::new() };
    ben.handle.write(room, Content::Edit(edit)).await.unwrap();
    for person in people {
        says(person, room, cid, second).await;
        says(person, room, answer, KEPT).await;
    }
    for text in TEXTS {
        assert!(!holding(folder.path(), text).is_empty(), "{text} was never anywhere");
    }

    ada.handle.write(room, Content::Redact(Redact { of })).await.unwrap();
    let owner = Some(ada.record.user);
    for person in people {
        shows(person, room, cid, |item| item.gone == owner).await;
        let quotes_nothing = |item: &Item| match &item.content {
            Content::Message(message) => {
                message.reply.as_ref().is_some_and(|reply| reply.excerpt.is_empty())
            }
            _ => false,
        };
        shows(person, room, answer, quotes_nothing).await;
        person.settle().await;
    }
    for person in people {
        person.handle.shutdown().await;
        person.disk.close().await;
    }
    server.shutdown().await;
    for text in TEXTS {
        assert_eq!(holding(folder.path(), text), Vec::<PathBuf>::new(), "{text}");
    }
    // The server's, and each device's.
    assert_eq!(holding(folder.path(), KEPT).len(), 4);
}
