//! What was taken back stands in no file of the data folder.

use std::path::Path;

use homing_protocol::MessageRef;
use homing_protocol::event::{Message, Reply};

use super::*;

/// Which of these texts stand in the files of a folder.
fn found(folder: &Path, texts: &[String]) -> Vec<String> {
    let read = |path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap().path()));
    let files: Vec<String> = files.collect();
    let stands = |text: &&String| files.iter().any(|file| file.contains(text.as_str()));
    texts.iter().filter(stands).cloned().collect()
}

/// Text of a length that has this name at its beginning, middle and end.
fn long_text(name: &str, length: usize) -> String {
    let filler = "x".repeat(length / 2);
    format!("{name} {filler} {name} {filler} {name}")
}

/// Texts of all lengths, edits and excerpts. Returns the messages to take back, every third, with
/// the names of the texts that go with them and of those that stay.
async fn written(subject: &Subject) -> (RoomId, UserId, Vec<MessageRef>, Vec<String>, Vec<String>) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let room = subject.room(ada, &[bob]).await;
    let (mut gone, mut names, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..48 {
        let length = [1, 40, 300, 1500, 3900, 4100, 9000, 30_000][n % 8];
        let name = |part: &str| format!("{part}-{n:03}-{part}");
        let of = subject.post(ada, room, text(&long_text(&name("first"), length))).await;
        subject
            .say(ada, room, &edit(of, &long_text(&name("edit"), 9000 - length.min(8000))))
            .await
            .unwrap();
        let excerpt = name("quote");
        let reply = Some(Reply { user: ada, cid: of.cid, excerpt });
        subject.post(bob, room, Message { reply, ..text(&name("reply")) }).await;
        subject.say(ada, room, &edit(of, &long_text(&name("again"), length))).await.unwrap();
        subject.say(bob, room, &react(of, &name("react"), true)).await.unwrap();
        if n % 3 == 0 {
            gone.push(of);
            names.extend(["first", "edit", "quote", "again"].map(name));
            kept.push(name("reply"));
        } else {
            kept.extend(["first", "edit", "quote", "again", "reply", "react"].map(name));
        }
    }
    (room, ada, gone, names, kept)
}

fn folder(subject: &Subject) -> &Path {
    subject._kept.downcast_ref::<tempfile::TempDir>().unwrap().path()
}

#[tokio::test]
async fn what_was_taken_back_is_in_no_file() {
    let subject = open_sqlite();
    let (room, ada, gone, names, kept) = written(&subject).await;
    assert_eq!(found(folder(&subject), &names), names, "it was there");
    let items = gone.iter().map(|of| content_item(&redact(*of))).collect();
    subject.send_all(ada, room, items).await.unwrap();
    // Answered after what follows the commit.
    subject.store.check_external_writes().await.unwrap();
    let nothing: Vec<String> = Vec::new();
    assert_eq!(found(folder(&subject), &names), nothing);
    assert_eq!(found(folder(&subject), &kept), kept);
    subject.store.close().await;
    assert_eq!(found(folder(&subject), &names), nothing);
    assert_eq!(found(folder(&subject), &kept), kept);
}

#[tokio::test]
async fn a_removed_room_is_in_no_file() {
    let subject = open_sqlite();
    let (room, _, _, names, kept) = written(&subject).await;
    subject.store.remove_room(room).await.unwrap();
    subject.store.check_external_writes().await.unwrap();
    let all = [names, kept].concat();
    assert_eq!(found(folder(&subject), &all), Vec::<String>::new());
}

/// Where many short messages share a page of the file, those that stay are moved when others shrink.
#[tokio::test]
async fn what_is_moved_leaves_no_copy_that_stays() {
    let subject = open_sqlite();
    let ada = subject.join("Ada", Role::Owner).await;
    let room = subject.room(ada, &[]).await;
    let name = |n: usize| format!("name-{n:04}-name");
    let mut messages = Vec::new();
    for part in 0..20 {
        let items: Vec<_> = (part * 16..(part + 1) * 16)
            .map(|n| {
                let length = [5, 60, 200, 700, 1400, 2500][n * n % 6];
                item(cid(), &long_text(&name(n), length))
            })
            .collect();
        messages.extend(items.iter().map(|item| MessageRef { user: ada, cid: item.cid }));
        subject.send_all(ada, room, items).await.unwrap();
    }
    // A prime step goes to all of them, from page to page.
    let order: Vec<usize> = (0..320).map(|n| n * 211 % 320).collect();
    let (gone, kept) = order.split_at(256);
    for part in gone.chunks(16) {
        let items = part.iter().map(|n| content_item(&redact(messages[*n]))).collect();
        subject.send_all(ada, room, items).await.unwrap();
    }
    subject.store.check_external_writes().await.unwrap();
    let names = |which: &[usize]| which.iter().map(|n| name(*n)).collect::<Vec<_>>();
    assert_eq!(found(folder(&subject), &names(gone)), Vec::<String>::new());
    assert_eq!(found(folder(&subject), &names(kept)), names(kept));
}

/// Who reads an old state keeps it in the log. Nobody waits for them, and it is emptied later.
#[tokio::test]
async fn a_reader_delays_it_and_nothing_else() {
    let subject = open_sqlite();
    let (room, ada, gone, names, _) = written(&subject).await;
    let path = folder(&subject).join(sqlite::FILE);
    let reader = rusqlite::Connection::open(path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    let items = gone.iter().map(|of| content_item(&redact(*of))).collect();
    subject.send_all(ada, room, items).await.unwrap();
    subject.store.check_external_writes().await.unwrap();
    assert_ne!(found(folder(&subject), &names).len(), 0);
    subject.write(ada, room, "writing goes on").await.unwrap();
    reader.execute_batch("COMMIT").unwrap();
    subject.store.check_external_writes().await.unwrap();
    assert_eq!(found(folder(&subject), &names), Vec::<String>::new());
}
