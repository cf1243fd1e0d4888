//! `homing tail -f`, the real program, through kills of the real server and a restore.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use homing_e2e::person::Person;
use homing_e2e::process::{self, ServerProcess};
use homing_protocol::Role;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

const KILLS: u32 = 20;
/// After so many the database is copied, and after so many more the copy is served.
const COPIED: u32 = 8;
const RESTORED: u32 = 12;
const SEED: u64 = 20_260_731;
const LAST: &str = "that is all";
/// A client that was cut off twenty times in a row waits for up to half a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// Somebody's terminal.
struct Terminal {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Terminal {
    /// Joins, and follows the entrance.
    async fn follow(homing: &Path, data: &Path, link: &str, name: &str, json: bool) -> Self {
        let command = || {
            let mut command = Command::new(homing);
            command.env_clear().env("HOME", data).env("HOMING_DATA", data.join(name));
            command.env("HOMING_TOKEN_FILE", data.join(format!("{name}.token")));
            command.env("TZ", "UTC").stdin(Stdio::null()).kill_on_drop(true);
            command
        };
        let joined = command().args(["join", link, "--as", name]).output().await.unwrap();
        assert!(joined.status.success(), "{joined:?}");
        let mut tail = command();
        tail.args(["tail", "general", "-f", "-n", "200"]).args(json.then_some("--json"));
        let mut process = tail.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { _process: process, lines }
    }

    /// Everything that it shows up to the last message.
    async fn until_the_end(mut self) -> Vec<String> {
        let mut shown = Vec::new();
        let all = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                let over = line.contains(LAST);
                shown.push(line);
                if over {
                    return true;
                }
            }
            false
        };
        let ended = timeout(PATIENCE, all).await;
        assert!(ended == Ok(true), "{ended:?} after {shown:#?}");
        shown
    }
}

fn restore(data: &Path, copy: &Path) {
    for part in ["space.db", "space.db-wal", "space.db-shm"] {
        // Not all of them are there.
        _ = std::fs::remove_file(data.join(part));
    }
    std::fs::copy(copy, data.join("space.db")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_shows_everything_once_and_in_order_through_kills_and_a_restore() {
    let program = process::program().await;
    let homing = process::built("homing", "homing").await;
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("server"), folder.path().join("copy.db"));
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut server = ServerProcess::start(&program, &data, anywhere).await;
    let addr = server.addr;
    let mut link = server.join_link.clone().unwrap();
    link.address.host = addr.ip().to_string();
    let ada = Person::join(&link, "Ada", folder.path().to_owned(), 1).await;
    let room = ada.entrance().await;
    let invite = ada.handle.invite(Role::Member, None, None).await.unwrap().to_string();
    let terminals = [("Ben", true), ("Cleo", false)];
    let mut following = Vec::new();
    for (name, json) in terminals {
        following.push(Terminal::follow(&homing, folder.path(), &invite, name, json).await);
    }

    let ours = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.args(args).arg("--data").arg(&data);
        command
    };
    let mut rng = StdRng::seed_from_u64(SEED);
    for kill in 1..=KILLS {
        for part in 0..rng.random_range(2..5) {
            ada.write(room, format!("message {kill}.{part} from Ada")).await;
        }
        sleep(Duration::from_millis(rng.random_range(0..400))).await;
        if kill == COPIED {
            let copied = ours(&["backup"]).arg(&copy).output().await.unwrap();
            assert!(copied.status.success(), "{copied:?}");
        }
        server.kill().await;
        if kill == RESTORED {
            restore(&data, &copy);
            let renewed = ours(&["init", "--new-epoch"]).output().await.unwrap();
            assert!(renewed.status.success(), "{renewed:?}");
        }
        server = ServerProcess::start(&program, &data, addr).await;
    }
    ada.settle().await;
    ada.write(room, LAST.to_owned()).await;
    ada.settle().await;

    let log: Vec<String> = ada
        .log(room)
        .await
        .iter()
        .filter_map(|entry| entry.cid)
        .map(|cid| cid.to_string())
        .collect();
    assert!(log.len() > 30, "{} messages", log.len());
    let mut shown = Vec::new();
    for terminal in following {
        shown.push(terminal.until_the_end().await);
    }
    let [json, lines] = &shown[..] else { panic!("two follow") };

    // What was lost with the restore was shown before, in its place.
    let keys: Vec<String> = json
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| row["key"].as_str().unwrap().to_owned())
        .collect();
    let once: BTreeSet<&String> = keys.iter().collect();
    assert_eq!(once.len(), keys.len(), "twice: {keys:#?}");
    let in_log: Vec<&String> = keys.iter().filter(|key| log.contains(key)).collect();
    assert_eq!(in_log, log.iter().collect::<Vec<_>>());

    // The lines for people say the same.
    let said = |line: &String| line.split_once("Ada: ").map(|(_, text)| text.to_owned());
    let texts: Vec<String> = lines.iter().filter_map(said).collect();
    let once: BTreeSet<&String> = texts.iter().collect();
    assert_eq!(once.len(), texts.len(), "twice: {texts:#?}");
    let logged: BTreeSet<String> = json
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|row| log.iter().any(|cid| row["key"] == **cid))
        .filter_map(|row| row["content"]["body"]["text"].as_str().map(str::to_owned))
        .collect();
    let missing: Vec<_> = logged.iter().filter(|text| !texts.contains(text)).collect();
    assert!(missing.is_empty(), "never shown to people: {missing:?} in {texts:#?}");
    server.kill().await;
}
