//! Where the results go: a pipe that nobody reads any more, and a full device.

use std::fs::File;
use std::process::Stdio;

use homing_server::store::AccountUpdate;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::world::{Said, World, texts};

/// A pipe without a reader.
fn deserted() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[cfg(target_os = "linux")]
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// Not by `output()`, which puts pipes of its own in the place of whatever was chosen.
async fn ended(mut command: Command) -> Said {
    command.spawn().unwrap().wait_with_output().await.unwrap().into()
}

async fn into(world: &World, out: Stdio, args: &[&str]) -> Said {
    let mut command = world.homing("Ada", args);
    command.stdout(out);
    ended(command).await
}

const COMMANDS: [&[&str]; 9] = [
    &["rooms"],
    &["rooms", "--json"],
    &["tail", "general"],
    &["status"],
    &["status", "--json"],
    &["link"],
    &["doctor"],
    &["send", "general", "hello", "--json"],
    &["--help"],
];

#[tokio::test]
async fn a_pipe_that_nobody_reads_is_the_end_and_no_fault() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.run("Ada", &["send", "general", "something to show"]).await.expect(0);
    for args in COMMANDS.into_iter().chain([&["tail", "general", "-f"][..]]) {
        let said = into(&world, deserted(), args).await;
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
    }
    // What failed fails all the same.
    let said = into(&world, deserted(), &["send", "nowhere", "hello", "--json"]).await;
    assert_eq!(said.code, 5, "{said:?}");
    let mut mute = world.homing("Ada", &["status"]);
    mute.stderr(deserted());
    ended(mute).await.expect(0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_device_is_an_error_of_its_own() {
    let world = World::start().await;
    world.owner("Ada").await;
    for args in COMMANDS {
        let said = into(&world, full(), args).await.expect(9);
        assert!(said.err.contains("can't write the result: No space left"), "{args:?}: {said:?}");
        assert_eq!(said.err.lines().count(), 1, "{args:?}: {said:?}");
    }
    // The code says that it was sent, and it was.
    let sent = into(&world, full(), &["send", "general", "sent", "--json"]).await.expect(9);
    assert!(sent.err.contains("Your messages are saved on the server"), "{sent:?}");
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["hello", "sent"]);
    // What is only queued is more important to know than that it could not be written.
    world.proxy.offline().await;
    into(&world, full(), &["send", "general", "queued", "--json"]).await.expect(3);
}

/// Not when the next message comes, which may be tomorrow.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn following_ends_when_its_reader_has_gone() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.run("Ada", &["send", "general", "one"]).await.expect(0);
    let mut follow = world.homing("Ada", &["tail", "general", "-f"]).spawn().unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    while !lines.next_line().await.unwrap().expect("a line").ends_with("Ada: one") {}
    drop(lines);
    assert!(follow.wait().await.unwrap().success());
}

#[tokio::test]
async fn following_says_why_nothing_comes_any_more() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    world.run("Ada", &["send", "general", "one"]).await.expect(0);
    let mut follow = world.homing("Ben", &["tail", "general", "-f"]).spawn().unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    // What was there is shown first, and nothing is left but to follow.
    while !lines.next_line().await.unwrap().expect("a line").ends_with("Ada: one") {}
    world.change("Ben", AccountUpdate { gone: Some(true), ..AccountUpdate::default() }).await;
    let said = Said::from(follow.wait_with_output().await.unwrap()).expect(4);
    assert!(said.err.contains("signed"), "{said:?}");
    // Nor does it wait for what can't come from the start.
    let said = world.run("Ben", &["tail", "general", "-f"]).await;
    assert!(said.code == 4 && !said.err.is_empty(), "{said:?}");
}

#[tokio::test]
async fn times_are_those_of_the_place_unless_asked_otherwise() {
    let world = World::start().await;
    world.owner("Ada").await;
    for (zone, args, ending) in [
        ("Asia/Kathmandu", &["tail", "general"][..], ""),
        ("Asia/Kathmandu", &["tail", "general", "--utc"], "Z"),
    ] {
        let said = world.homing("Ada", args).env("TZ", zone).output().await.unwrap();
        let said = Said::from(said).expect(0);
        let time = said.lines()[0].split(" * ").next().unwrap().to_owned();
        assert_eq!(time.ends_with('Z'), ending == "Z", "{said:?}");
        assert!(said.out.contains("Ada created this room"), "{said:?}");
    }
}

#[tokio::test]
async fn lines_that_can_not_all_go_are_named() {
    let world = World::start().await;
    world.owner("Ada").await;
    let long = format!("one\n{}\nthree\n", "x".repeat(70_000));
    let said = world.pipe("Ada", &["send", "general", "--lines"], &long).await.expect(4);
    assert!(said.err.contains("line 2") && said.err.contains("Nothing was sent"), "{said:?}");
    // As JSON it is longer than it looks, which only the engine sees.
    let quoted = format!("one\ntwo\n{}\nfour\n", "\"".repeat(40_000));
    let said = world.pipe("Ada", &["send", "general", "--lines"], &quoted).await.expect(4);
    assert!(said.err.contains("stopped at message 3 of 4"), "{said:?}");
    assert!(said.err.contains("The 2 messages before it were sent or queued"), "{said:?}");
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["one", "two"]);
}
