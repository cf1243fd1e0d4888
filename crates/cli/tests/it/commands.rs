use std::process::Stdio;

use homing_server::store::AccountUpdate;
use homing_testkit::proxy::{Cut, Flow};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::world::{Said, World, texts};

#[tokio::test]
async fn what_one_sends_the_other_reads() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    let sent = world.run("Ada", &["send", "general", "hello", "Ben", "--json"]).await.expect(0);
    assert_eq!(sent.json()[0]["delivery"]["state"], "sent", "{sent:?}");
    assert!(sent.json()[0]["seq"].is_u64(), "{sent:?}");

    let tail = world.run("Ben", &["tail", "#general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["hello Ben"]);
    let tail = world.run("Ben", &["tail", "general", "-n", "1"]).await.expect(0);
    assert_eq!(tail.lines().len(), 1, "{tail:?}");
    assert!(tail.out.trim_end().ends_with("Ada: hello Ben"), "{tail:?}");

    let rooms = world.run("Ben", &["rooms", "--json"]).await.expect(0);
    assert_eq!(rooms.json()[0]["title"], "#general");
    assert_eq!(rooms.json()[0]["unread"], 1);
    let status = world.run("Ben", &["status", "--json"]).await.expect(0);
    assert_eq!(status.json()[0]["link"]["state"], "up_to_date");
    assert_eq!(status.json()[0]["as"], "Ben");
}

#[tokio::test]
async fn somebody_is_written_to_by_name() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    world.member("Cleo").await;
    let people = world.run("Ben", &["people"]).await.expect(0);
    let shown: Vec<_> =
        people.lines().iter().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(shown, [vec!["Ada", "owner"], vec!["Ben", "member", "you"], vec!["Cleo", "member"]]);
    let people = world.run("Ben", &["people", "--json"]).await.expect(0);
    assert_eq!(people.json()[1]["me"], true, "{people:?}");

    // There is no direct room of the two yet, nor of the three.
    for (to, text) in [("@ada", "one"), ("@Ada", "two"), ("@cleo, ada", "three")] {
        world.run("Ben", &["send", to, text]).await.expect(0);
    }
    let two = world.run("Ada", &["tail", "@ben", "--json"]).await.expect(0);
    assert_eq!(texts(&two), ["one", "two"]);
    let three = world.run("Cleo", &["tail", "@ada,ben", "--json"]).await.expect(0);
    assert_eq!(texts(&three), ["three"]);

    let nobody = world.run("Ben", &["send", "@dora", "hello"]).await.expect(5);
    assert!(nobody.err.contains("homing people"), "{nobody:?}");
    world.change("Cleo", AccountUpdate { gone: Some(true), ..AccountUpdate::default() }).await;
    let gone = world.run("Ben", &["send", "@cleo", "hello"]).await.expect(5);
    assert!(gone.err.contains("disabled"), "{gone:?}");
    // What can't be known is not asked for.
    world.proxy.offline().await;
    world.run("Ben", &["send", "@dora", "hello"]).await.expect(6);
}

#[tokio::test]
async fn without_a_network_it_queues_and_the_next_command_takes_it_along() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    world.run("Ada", &["rooms"]).await.expect(0);

    world.proxy.offline().await;
    for text in ["one", "two"] {
        let queued = world.run("Ada", &["send", "general", text]).await.expect(3);
        assert!(queued.err.contains("queued"), "{queued:?}");
    }
    let status = world.run("Ada", &["status", "--json"]).await.expect(6);
    assert_eq!(status.json()[0]["outbox"]["waiting"], 2, "{status:?}");
    assert_eq!(status.json()[0]["queued"][0]["content"]["body"]["text"], "one");

    world.proxy.online().await;
    // Any command will do; this one does not even send.
    world.run("Ada", &["rooms"]).await.expect(0);
    let status = world.run("Ada", &["status", "--json"]).await.expect(0);
    assert_eq!(status.json()[0]["outbox"]["waiting"], 0);
    let tail = world.run("Ben", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["one", "two"]);
}

#[tokio::test]
async fn silence_delays_and_loses_nothing() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.run("Ada", &["rooms"]).await.expect(0);

    world.proxy.silence();
    world.run("Ada", &["--timeout", "1", "send", "general", "first"]).await.expect(3);
    world.proxy.pass();
    world.run("Ada", &["send", "general", "second"]).await.expect(0);
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["first", "second"]);
}

#[tokio::test]
async fn a_pipe_is_a_message_or_many() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.pipe("Ada", &["send", "general"], "first line\nsecond line\n").await.expect(0);
    let many = world.pipe("Ada", &["send", "general", "--lines", "--json"], "a\n\nb\nc\n").await;
    assert_eq!(many.expect(0).json().len(), 3);
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["first line\nsecond line", "a", "b", "c"]);
    world.pipe("Ada", &["send", "general"], "  \n").await.expect(1);
}

#[tokio::test]
async fn following_shows_each_message_once_through_a_cut() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    world.run("Ada", &["send", "general", "zero"]).await.expect(0);
    let mut follow = world
        .homing("Ben", &["tail", "general", "--follow", "-n", "1", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut next = async || -> String {
        loop {
            let line = lines.next_line().await.unwrap().expect("another line");
            let row: Value = serde_json::from_str(&line).unwrap();
            if let Some(text) = row["content"]["body"]["text"].as_str() {
                return text.to_owned();
            }
        }
    };
    // Where it begins is settled once its beginning was printed.
    assert_eq!(next().await, "zero");
    world.run("Ada", &["send", "general", "one"]).await.expect(0);
    assert_eq!(next().await, "one");
    world.proxy.cut(Cut::Reset).await;
    world.run("Ada", &["send", "general", "two"]).await.expect(0);
    world.run("Ada", &["send", "general", "three"]).await.expect(0);
    assert_eq!(next().await, "two");
    assert_eq!(next().await, "three");
    // Ben's profile has one process.
    world.run("Ben", &["--timeout", "0", "rooms"]).await.expect(8);
}

#[tokio::test]
async fn what_can_not_be_done_says_why() {
    let world = World::start().await;
    let nothing = world.run("Nobody", &["rooms"]).await.expect(5);
    assert!(nothing.err.contains("homing join"), "{nothing:?}");
    world.owner("Ada").await;
    let link = world.link().await;

    let taken = world.run("Ben", &["join", &link.to_string(), "--as", "ada"]).await.expect(4);
    assert!(taken.err.contains("name is already taken"), "{taken:?}");
    let mut wrong = link.clone();
    wrong.code = "WRONG".to_owned();
    let wrong = world.run("Ben", &["join", &wrong.to_string(), "--as", "Ben"]).await.expect(4);
    assert!(wrong.err.contains("join link is invalid"), "{wrong:?}");
    let mut other = link.clone();
    other.address.fingerprint.as_mut().unwrap().0[0] ^= 1;
    let other = world.run("Ben", &["join", &other.to_string(), "--as", "Ben"]).await.expect(6);
    assert!(other.err.contains("certificate"), "{other:?}");

    let room = world.run("Ada", &["send", "nowhere", "hello", "--json"]).await.expect(5);
    assert_eq!(room.json()[0]["error"], "not_found");
    let usage = world.run("Ada", &["send"]).await.expect(2);
    assert!(usage.err.contains("Usage"), "{usage:?}");
    let long = "x".repeat(70_000);
    let long = world.pipe("Ada", &["send", "general"], &long).await.expect(4);
    assert!(long.err.contains("65536"), "{long:?}");
    for (arguments, text) in [
        (&["send", "general"][..], "one\0two"),
        (&["send", "general", "--lines"], "fine\none\0two\n"),
    ] {
        let nul = world.pipe("Ada", arguments, text).await.expect(4);
        assert!(nul.err.contains("U+0000"), "{nul:?}");
    }
    let status = world.run("Ada", &["status", "--json"]).await.expect(0);
    assert_eq!(status.json()[0]["outbox"]["waiting"], 0, "{status:?}");
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert!(texts(&tail).is_empty(), "{tail:?}");

    world.proxy.offline().await;
    let offline = world.run("Ben", &["join", &link.to_string(), "--as", "Ben"]).await.expect(6);
    assert!(offline.err.contains("can't reach the server"), "{offline:?}");
}

#[tokio::test]
async fn a_lost_answer_to_join_costs_neither_name_nor_invitation() {
    let world = World::plain().await;
    let link = world.founding_link().to_string();
    let join = ["--timeout", "1", "join", &link, "--as", "Ada"];
    let joining = world.homing("Ada", &join).spawn().unwrap();
    // The first connection looks whether a device could connect, the second one joins.
    world.proxy.accepted(2).await;
    world.proxy.down(|line| line.flow = Flow::Swallow);
    Said::from(joining.wait_with_output().await.unwrap()).expect(6);
    world.proxy.pass();
    // The request arrived, only its answer did not: the invitation is used up.
    world.run("Ben", &["join", &link, "--as", "Ben"]).await.expect(4);
    world.run("Ada", &["join", &link, "--as", "Ada"]).await.expect(0);
    world.run("Ada", &["status"]).await.expect(0);
}

#[tokio::test]
async fn without_a_keyring_the_person_is_told_and_nothing_is_spent() {
    let world = World::start().await;
    let link = world.founding_link().to_string();
    let join = ["join", &link, "--as", "Ada"];
    let mut bare = world.homing("Ada", &join);
    // No session bus, so no keyring on Linux; elsewhere the system always has one.
    let said: Said = bare.env_remove("HOMING_TOKEN_FILE").output().await.unwrap().into();
    if cfg!(target_os = "linux") {
        let said = said.expect(7);
        assert!(said.err.contains("--token-file"), "{said:?}");
        world.run("Ada", &join).await.expect(0);
    }
    world.run("Ada", &["rooms"]).await.expect(0);
}

#[tokio::test]
async fn the_token_is_in_its_file_and_nowhere_else() {
    let world = World::start().await;
    world.owner("Ada").await;
    let log =
        world.homing("Ada", &["send", "general", "hello"]).env("HOMING_LOG", "trace").output();
    let log = log.await.unwrap();
    assert!(!log.stderr.is_empty(), "it logs when asked to");
    let file = std::fs::read_to_string(world.token_file("Ada")).unwrap();
    let token = file.trim().split_once(' ').unwrap().1;
    assert!(token.len() > 20);
    let holds = |bytes: &[u8]| bytes.windows(token.len()).any(|window| window == token.as_bytes());
    assert!(!holds(&log.stderr) && !holds(&log.stdout), "a log has the token");
    let mut folders = vec![world.data("Ada")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files += 1;
                assert!(!holds(&std::fs::read(entry.path()).unwrap()), "{:?}", entry.path());
            }
        }
    }
    assert!(files > 1, "{files} files");
}
