//! Replies, edits, reactions, deletions and pins: by the number of a message or its ID, as they are
//! read later and as they happen.

use homing_testkit::proxy::Cut;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::world::{World, texts};

/// Sends a message. Returns its number and its ID.
async fn send(world: &World, who: &str, text: &str) -> (String, String) {
    let sent = world.run(who, &["send", "general", text, "--json"]).await.expect(0);
    let sent = &sent.json()[0];
    (sent["seq"].to_string(), sent["cid"].as_str().unwrap().to_owned())
}

/// The row with this number, as `who` reads it.
async fn row(world: &World, who: &str, number: &str) -> Value {
    let tail = world.run(who, &["tail", "general", "-n", "50", "--json"]).await.expect(0);
    let number: u64 = number.parse().unwrap();
    tail.json().into_iter().find(|row| row["seq"] == number).unwrap()
}

/// The last line of the room without its time, as `who` reads it.
async fn last_line(world: &World, who: &str) -> String {
    let tail = world.run(who, &["tail", "general", "-n", "1", "--utc"]).await.expect(0);
    let line = tail.out.trim_end().split_once("Z ");
    line.unwrap_or_else(|| panic!("{tail:?}")).1.to_owned()
}

async fn world() -> World {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    world.member("Cleo").await;
    world
}

#[tokio::test]
async fn a_message_is_answered_and_changed_by_its_number_and_by_its_id() {
    let world = world().await;
    let (number, id) = send(&world, "Ben", "lunch  at\nnoom?").await;
    let numbered = world.run("Ada", &["tail", "general", "-n", "1", "--numbers"]).await.expect(0);
    assert_eq!(numbered.out.split_whitespace().next(), Some(&*number), "{numbered:?}");

    for (named, text) in [(&number, "one"), (&id, "two")] {
        world.run("Ada", &["reply", "general", named, text]).await.expect(0);
        let shown = last_line(&world, "Cleo").await;
        assert_eq!(shown, format!("Ada, replying to Ben \"lunch at noom?\": {text}"));
    }
    let piped = world.pipe("Ada", &["reply", "general", &number, "--json"], "three\n").await;
    assert_eq!(piped.expect(0).json()[0]["delivery"]["state"], "sent");

    let edit = ["edit", "general", &id, "lunch", "at", "noon?", "--json"];
    let edited = world.run("Ben", &edit).await.expect(0);
    assert_eq!(edited.json()[0]["kind"], "edit", "{edited:?}");
    assert_eq!(edited.json()[0]["target"].to_string(), number, "{edited:?}");
    assert_eq!(edited.json()[0]["delivery"]["state"], "sent", "{edited:?}");
    world.run("Ada", &["react", "general", &number, "👍"]).await.expect(0);
    world.run("Cleo", &["react", "general", &id, "👍"]).await.expect(0);
    world.run("Cleo", &["react", "general", &number, "🎉"]).await.expect(0);
    world.run("Cleo", &["react", "general", &number, "🎉", "--remove"]).await.expect(0);
    world.run("Cleo", &["pin", "general", &number]).await.expect(0);
    assert_eq!(last_line(&world, "Ada").await, "* Cleo pinned \"lunch at noon?\"");
    let message = row(&world, "Ada", &number).await;
    assert_eq!(message["content"]["body"]["text"], "lunch at noon?");
    assert_eq!((&message["edited"], &message["pinned"]), (&json!(true), &json!(true)));
    assert_eq!(message["reactions"].as_array().unwrap().len(), 1, "{message}");
    assert_eq!(message["reactions"][0]["count"], 2, "{message}");
    assert_eq!(message["reactions"][0]["mine"], true, "{message}");
    let lines = world.run("Ben", &["tail", "general", "-n", "50"]).await.expect(0);
    assert!(lines.out.contains("lunch at noon?  (edited)  (pinned)  [👍 2]"), "{lines:?}");

    world.run("Ada", &["pin", "general", &number, "--remove"]).await.expect(0);
    assert_eq!(last_line(&world, "Ben").await, "* Ada unpinned \"lunch at noon?\"");
    assert_eq!(row(&world, "Ben", &number).await["pinned"], false);

    world.run("Ben", &["delete", "general", &id]).await.expect(0);
    let lines = world.run("Cleo", &["tail", "general", "-n", "50"]).await.expect(0);
    assert!(lines.out.contains("* Ben deleted a message"), "{lines:?}");
    assert!(!lines.out.contains("noo"), "also not in quotes: {lines:?}");
    assert!(lines.out.contains("Ada, replying to Ben: one"), "{lines:?}");
    // Again does no harm.
    world.run("Ben", &["redact", "general", &number]).await.expect(0);
}

#[tokio::test]
async fn what_can_not_be_changed_says_why() {
    let world = world().await;
    let (number, id) = send(&world, "Ada", "hello").await;
    let (other, _) = send(&world, "Ben", "hi").await;
    let strange = "01900000-0000-7004-8000-00000000ffff";
    // Shared out: the server slows down who connects too often.
    for (who, args) in [
        ("Ada", &["edit", "general", "999", "yes"][..]),
        ("Ben", &["reply", "general", "999", "yes"]),
        ("Cleo", &["react", "general", "999", "👍"]),
        ("Ada", &["pin", "general", strange]),
        ("Cleo", &["delete", "general", strange]),
    ] {
        let said = world.run(who, args).await.expect(5);
        assert!(said.err.contains("homing tail --numbers"), "{said:?}");
    }
    let said = world.run("Cleo", &["pin", "general", "1"]).await.expect(5);
    assert!(said.err.contains("1 in #general isn't a message"), "{said:?}");
    let said = world.run("Cleo", &["pin", "nowhere", &number]).await.expect(5);
    assert!(said.err.contains("homing rooms"), "{said:?}");

    let said = world.run("Ben", &["edit", "general", &id, "bye", "--json"]).await.expect(4);
    assert_eq!(said.json()[0]["error"], "refused");
    assert!(said.out.contains("you can only edit your own messages"), "{said:?}");
    let said = world.run("Ben", &["delete", "general", &number]).await.expect(4);
    assert!(said.err.contains("you can only delete your own messages"), "{said:?}");
    // The owner may.
    world.run("Ada", &["delete", "general", &other]).await.expect(0);
    let shown = last_line(&world, "Cleo").await;
    assert_eq!(shown, "* Ada deleted a message from Ben");

    for (who, args) in [
        ("Ben", &["edit", "general", &other, "yes"][..]),
        ("Ben", &["reply", "general", &other, "yes"]),
        ("Cleo", &["react", "general", &other, "👍"]),
        ("Cleo", &["pin", "general", &other]),
    ] {
        let said = world.run(who, args).await.expect(5);
        assert!(said.err.contains("was deleted"), "{said:?}");
    }
    let said = world.run("Ben", &["react", "general", &number, "not one"]).await.expect(2);
    assert!(said.err.contains("not an emoji"), "{said:?}");
    for args in [["edit", "general", &number], ["reply", "general", &number]] {
        let said = world.pipe("Ada", &args, " \n").await.expect(1);
        assert!(said.err.contains("empty"), "{said:?}");
        let said = world.pipe("Ada", &args, &"x".repeat(70_000)).await.expect(4);
        assert!(said.err.contains("65536"), "{said:?}");
    }
    let status = world.run("Ben", &["status", "--json"]).await.expect(0);
    assert_eq!(status.json()[0]["queued"], json!([]));
    assert_eq!(texts(&world.run("Cleo", &["tail", "general", "--json"]).await), ["hello", ""]);
}

#[tokio::test]
async fn without_a_network_changes_are_queued_and_go_with_the_next_command() {
    let world = world().await;
    let (number, _) = send(&world, "Ada", "helo").await;
    world.proxy.offline().await;
    let queued = world.run("Ada", &["send", "general", "unsent", "--json"]).await.expect(3);
    let unsent = queued.json()[0]["cid"].as_str().unwrap().to_owned();
    for args in [
        &["edit", "general", &number, "hello"][..],
        &["react", "general", &number, "👍"],
        &["react", "general", &unsent, "🎉"],
        &["pin", "general", &number],
        &["reply", "general", &unsent, "a reply"],
    ] {
        let said = world.run("Ada", args).await.expect(3);
        assert!(said.err.contains("queued"), "{said:?}");
    }
    // What never left this device is changed there.
    world.run("Ada", &["react", "general", &number, "🎉"]).await.expect(3);
    world.run("Ada", &["react", "general", &number, "🎉", "--remove"]).await.expect(0);
    let said = world.run("Ada", &["pin", "general", "999"]).await.expect(6);
    assert!(said.err.contains("isn't on this device: not connected to Loft"), "{said:?}");

    let status = world.run("Ada", &["status"]).await.expect(6);
    for line in [
        "queued for #general: unsent",
        "queued for #general: edit of a message: hello",
        "queued for #general: reaction 👍",
        "queued for #general: pin of a message",
    ] {
        assert!(status.lines().contains(&line), "{line}: {status:?}");
    }
    let status = world.run("Ada", &["status", "--json"]).await.expect(6);
    let kinds: Vec<_> = status.json()[0]["queued"]
        .as_array()
        .unwrap()
        .iter()
        .map(|queued| queued["content"]["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["message", "edit", "react", "react", "pin", "message"], "{status:?}");
    let shown = world.run("Ada", &["tail", "general"]).await.expect(0);
    assert!(
        shown.out.contains("Ada: hello  (edited)  (pinned)  [👍 1]  (pin queued)"),
        "{shown:?}"
    );
    assert!(shown.out.contains("Ada, replying to Ada \"unsent\": a reply"), "{shown:?}");

    world.proxy.online().await;
    world.run("Ada", &["rooms"]).await.expect(0);
    let shown = world.run("Ben", &["tail", "general"]).await.expect(0);
    assert!(shown.out.contains("Ada: hello  (edited)  (pinned)  [👍 1]\n"), "{shown:?}");
    assert!(shown.out.contains("Ada: unsent  [🎉 1]\n"), "{shown:?}");
}

/// `tail -f --json` of somebody.
struct Follow {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Follow {
    fn start(world: &World, who: &str, args: &[&str]) -> Self {
        let all = [&["tail", "general", "--follow"], args].concat();
        let mut process = world.homing(who, &all).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { _process: process, lines }
    }

    async fn line(&mut self) -> String {
        self.lines.next_line().await.unwrap().expect("another line")
    }

    /// The next line without its time.
    async fn words(&mut self) -> String {
        let line = self.line().await;
        line.split_once("Z ").unwrap_or_else(|| panic!("{line}")).1.to_owned()
    }

    async fn json(&mut self) -> Value {
        serde_json::from_str(&self.line().await).unwrap()
    }
}

#[tokio::test]
async fn following_shows_changes_as_they_happen_and_once() {
    let world = world().await;
    let (number, id) = send(&world, "Ada", "helo").await;
    let mut text = Follow::start(&world, "Ben", &["-n", "1", "--utc"]);
    let mut lines = Follow::start(&world, "Cleo", &["-n", "1", "--json"]);
    assert_eq!(text.words().await, "Ada: helo");
    assert_eq!(lines.json().await["content"]["body"]["text"], "helo");

    world.run("Ada", &["edit", "general", &number, "hello"]).await.expect(0);
    assert_eq!(text.words().await, "* Ada edited \"helo\": hello");
    let edit = lines.json().await;
    let of = json!({"user": edit["sender"], "cid": id});
    assert_eq!(edit["content"], json!({"kind": "edit", "body": {"of": of, "text": "hello"}}));
    assert_eq!(edit["name"], "Ada");
    assert_eq!(edit["target"].to_string(), number);
    assert_eq!((&edit["key"], &edit["seq"]), (&Value::Null, &Value::Null));

    world.proxy.cut(Cut::Reset).await;
    world.run("Ada", &["react", "general", &number, "👍"]).await.expect(0);
    assert_eq!(text.words().await, "* Ada reacted with 👍 to \"hello\"");
    let react = lines.json().await;
    assert_eq!(react["content"]["body"], json!({"to": of, "emoji": "👍", "on": true}));
    assert_eq!(react["count"], 1);
    world.run("Ada", &["pin", "general", &number]).await.expect(0);
    assert_eq!(text.words().await, "* Ada pinned \"hello\"");
    let pin = lines.json().await;
    assert_eq!(pin["content"], json!({"kind": "pin", "body": {"of": of, "on": true}}));
    assert_eq!(pin["target"].to_string(), number);
    // A row behind seqs that have none.
    world.run("Ada", &["reply", "general", &number, "me"]).await.expect(0);
    assert_eq!(text.words().await, "Ada, replying to Ada \"hello\": me");
    assert_eq!(lines.json().await["content"]["body"]["reply"]["excerpt"], "hello");
    world.run("Ada", &["delete", "general", &number]).await.expect(0);
    let said = text.words().await;
    assert!(said.starts_with("* Ada deleted a message from Ada, sent "), "{said}");
    assert_eq!(lines.json().await["content"], json!({"kind": "redact", "body": {"of": of}}));
    send(&world, "Ada", "the end").await;
    assert_eq!(text.words().await, "Ada: the end");
    assert_eq!(lines.json().await["content"]["body"]["text"], "the end");
}

/// Neither on the device that showed them, nor on the one that wrote them.
#[tokio::test]
async fn deleted_words_are_in_no_file_of_a_device() {
    let world = world().await;
    let (number, _) = send(&world, "Ada", "xylophone").await;
    world.run("Ben", &["reply", "general", &number, "what?"]).await.expect(0);
    world.run("Ada", &["edit", "general", &number, "another xylophone"]).await.expect(0);
    world.run("Ben", &["tail", "general"]).await.expect(0);
    world.run("Ada", &["delete", "general", &number]).await.expect(0);
    for who in ["Ada", "Ben"] {
        let said = world.run(who, &["tail", "general", "--json"]).await.expect(0);
        assert_eq!(texts(&said), ["", "what?"], "{who}");
        assert!(!said.out.contains("xylophone"), "{said:?}");
        let (mut folders, mut files) = (vec![world.data(who)], 0);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                files += 1;
                let bytes = std::fs::read(entry.path()).unwrap();
                let holds = bytes.windows(9).any(|window| window == b"xylophone");
                assert!(!holds, "{:?}", entry.path());
            }
        }
        assert!(files > 1, "{files} files");
    }
}
