//! `homing-server` under kill -9.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::Person;
use homing_e2e::process::{self, ServerProcess};
use homing_testkit::history::History;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Notify;
use tokio::time::sleep;

const KILLS: u32 = 200;
const PEOPLE: [&str; 5] = ["Ada", "Ben", "Cleo", "Dan", "Eve"];
const SEED: u64 = 20_260_101;

/// Five people write while the server is killed two hundred times at random moments: nothing that
/// was acknowledged is lost, nothing is there twice, everybody ends up with the same log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let program = process::program().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut server = ServerProcess::start(&program, &data, anywhere).await;
    let addr = server.addr;
    let mut link = server.join_link.clone().expect("the first start prints the owner's link");
    link.address.host = addr.ip().to_string();

    let owner = Person::join(&link, PEOPLE[0], folder.path().to_owned(), 1).await;
    let invite = owner
        .handle
        .invite(homing_protocol::Role::Member, None, None)
        .await
        .expect("an owner may invite");
    let mut people = vec![Arc::new(owner)];
    for (seed, name) in (2..).zip(&PEOPLE[1..]) {
        let person = Person::join(&invite, name, folder.path().to_owned(), seed).await;
        people.push(Arc::new(person));
    }
    let room = people[0].entrance().await;
    for person in &people {
        person.entrance().await;
        person.settle().await;
    }

    let enough = Arc::new(Notify::new());
    let mut writers = tokio::task::JoinSet::new();
    for (n, person) in (0..).zip(people.clone()) {
        let enough = enough.clone();
        writers.spawn(async move {
            let mut rng = StdRng::seed_from_u64(SEED + n);
            let stop = enough.notified();
            tokio::pin!(stop);
            let mut count = 0_u32;
            loop {
                // Slower than the server's limit of ten a second, in bursts and pauses.
                let pause = Duration::from_millis(rng.random_range(0..400));
                tokio::select! {
                    biased;
                    () = &mut stop => return count,
                    () = sleep(pause) => {}
                }
                count += 1;
                person.write(room, format!("{} {count}", person.record.user_name)).await;
            }
        });
    }

    let mut rng = StdRng::seed_from_u64(SEED);
    for _ in 0..KILLS {
        sleep(Duration::from_millis(rng.random_range(0..400))).await;
        server.kill().await;
        server = ServerProcess::start(&program, &data, addr).await;
    }
    enough.notify_waiters();
    let written: u32 = writers.join_all().await.into_iter().sum();

    for person in &people {
        person.settle().await;
    }
    let mut history = History::default();
    let mut heads = Vec::new();
    for person in &people {
        heads.extend(person.log(room).await.last().map(|entry| entry.seq));
    }
    let head = heads.into_iter().max().expect("something was written");
    for person in &people {
        person.reach(room, head).await;
        let account = person.account(room).await;
        history.devices.insert(person.record.user_name.clone(), account);
    }
    // The server's log, as it gives it to somebody who holds nothing.
    let witness = Arc::into_inner(people.remove(0)).expect("the writers have ended");
    let witness = witness.forget_everything().await;
    witness.entrance().await;
    witness.settle().await;
    witness.reach(room, head).await;
    let log = witness.log(room).await;
    history.server = log;

    let violations = history.violations();
    assert!(violations.is_empty(), "seed {SEED}, {written} messages: {violations:#?}");
    let acknowledged: usize = history.devices.values().map(|device| device.shown_sent.len()).sum();
    assert!(written > 300 && acknowledged > 300, "{written} written, {acknowledged} acknowledged");
    server.kill().await;
}
