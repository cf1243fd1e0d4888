//! Nothing that was acknowledged is lost when the power goes, on either side.
//!
//! Each life writes until the power fails at a random moment; what was answered before has to be
//! there in the next one. The same on a disk that only pretends to sync shows that this can fail.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use homing_engine::clock::Seed;
use homing_engine::net::connector::{ConnectError, Connector, Transport};
use homing_engine::secret::{Secret, SecretError, SecretStore};
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::store::{Change, RoomRow, Store as _};
use homing_engine::{Config, Deps, Engine, SpaceRecord};
use homing_protocol::frame::{Send, SendItem};
use homing_protocol::link::Address;
use homing_protocol::{Cid, Seq};
use homing_server::store::sqlite::Sqlite;
use homing_server::store::{LogForm, LogRange, Store as _};
use homing_sim::disk::Drive;
use homing_sim::machine::Machine;
use homing_sim::space::{self, Dice, Founded};
use homing_testkit::builders;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Lives of one disk.
const LIVES: u64 = 12;
/// The longest life, in milliseconds: a few dozen commits.
const LIFE: u64 = 300;

type Names = Arc<Mutex<BTreeSet<Cid>>>;

fn name(rng: &mut StdRng) -> Cid {
    Cid(Uuid::from_u128(rng.random()))
}

/// What somebody was told is stored, and is not, in any of the lives of a server's disk.
fn server_loses(seed: u64, forgetful: bool) -> usize {
    let mut rng = StdRng::seed_from_u64(seed);
    let drive = Arc::new(Drive::new(seed));
    let config = space::config(&drive.disk.path(""), Arc::new(Dice::new(seed)));
    let founded: Arc<Mutex<Option<Founded>>> = Arc::default();
    let machine = Machine::start(0, 0);
    let (to, on, with) = (founded.clone(), drive.clone(), config.clone());
    let clock = machine.clock.clone();
    machine.spawn(async move {
        let made = space::found(on, clock, with, 0).await;
        *to.lock().unwrap() = Some(made);
    });
    machine.run_until(60_000);
    let founded = founded.lock().unwrap().take().expect("a minute is enough");
    let room = *founded.rooms.first().expect("there is an entrance");
    let sender = founded.devices.first().expect("somebody is in it").0.user;
    if forgetful {
        drive.disk.forget_syncs();
    }
    let acknowledged = Names::default();
    let mut lost = 0;
    for _ in 0..LIVES {
        let machine = Machine::start(0, 0);
        let (told, _) = mpsc::channel(1);
        let options = space::options(&drive, machine.clock.clone(), &config);
        let opened = machine.within(|| Sqlite::open(options, told));
        let Ok(store) = opened else { return lost + 1 };
        let store = Arc::new(store);
        let missing = Arc::new(Mutex::new(0));
        let (read, from, found) = (acknowledged.clone(), store.clone(), missing.clone());
        machine.spawn(async move {
            let mut there = BTreeSet::new();
            let mut after = Seq(0);
            loop {
                let page =
                    from.pull(sender, room, LogRange::After(after, 200), LogForm::Whole).await;
                let Ok(page) = page else { break };
                let Some(last) = page.items.last() else { break };
                after = last.seq;
                there.extend(page.items.iter().filter_map(|event| event.cid));
            }
            *found.lock().unwrap() = read.lock().unwrap().difference(&there).count();
        });
        machine.run_until(20_000);
        lost += *missing.lock().unwrap();
        let until = 20_000 + rng.random_range(1..LIFE);
        for _ in 0..3 {
            let (store, done) = (store.clone(), acknowledged.clone());
            let mut rng = StdRng::from_rng(&mut rng);
            machine.spawn(async move {
                loop {
                    let cid = name(&mut rng);
                    let body = json!({ "text": "x".repeat(rng.random_range(1..2000)) });
                    let items = vec![SendItem {
                        cid,
                        kind: "message".into(),
                        body: body.into(),
                        ts: 0,
                        origin: None,
                    }];
                    if store.append(sender, Send { room, items }).await.is_ok() {
                        done.lock().unwrap().insert(cid);
                    }
                }
            });
        }
        machine.run_until(until);
        drive.disk.lose_power(&mut rng);
        drop(machine);
    }
    lost
}

struct Nowhere;

impl Connector for Nowhere {
    fn connect<'a>(
        &'a self,
        _: &'a Address,
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<Box<dyn Transport>, ConnectError>> + std::marker::Send + 'a>,
    > {
        Box::pin(std::future::ready(Err(ConnectError::TimedOut)))
    }
}

type Kept<'a, T> =
    std::pin::Pin<Box<dyn Future<Output = Result<T, SecretError>> + std::marker::Send + 'a>>;

impl SecretStore for Nowhere {
    fn get<'a>(&'a self, _: &'a str) -> Kept<'a, Option<Secret>> {
        Box::pin(std::future::ready(Ok(Some(Secret::new("token")))))
    }

    fn set<'a>(&'a self, _: &'a str, _: Secret) -> Kept<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn delete<'a>(&'a self, _: &'a str) -> Kept<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

fn record() -> SpaceRecord {
    SpaceRecord {
        space: builders::space_id(),
        name: "space".into(),
        address: Address { host: "10.0.0.1".into(), port: 1, tls: false, fingerprint: None },
        user: builders::user_id(1),
        user_name: "Ada".into(),
        device: builders::device_id(1),
    }
}

/// The same for what a person was shown as queued, on a device that is never online.
fn device_loses(seed: u64, forgetful: bool) -> usize {
    let mut rng = StdRng::seed_from_u64(seed);
    let drive = Arc::new(Drive::new(seed));
    let info = builders::room(1, 0);
    let room = info.room;
    let known = RoomRow { info, head: Seq(0), cursor: Seq(0), last: None };
    let written = Names::default();
    let mut lost = 0;
    for life in 0..LIVES {
        let machine = Machine::start(0, 0);
        let path = drive.disk.path("device.db");
        let opened = machine.within(|| SqliteStore::open_on(drive.clone(), &path));
        let Ok(store) = opened else { return lost + 1 };
        let store = Arc::new(store);
        let deps = Deps {
            store: store.clone(),
            connector: Arc::new(Nowhere),
            secrets: Arc::new(Nowhere),
            clock: machine.clock.clone(),
            seed: Seed::from_number(seed * 100 + life),
            config: Config::new("power 0"),
        };
        let (done, missing) = (written.clone(), Arc::new(Mutex::new(0)));
        let (found, known) = (missing.clone(), known.clone());
        machine.spawn(async move {
            if life == 0 {
                store.commit(vec![Change::Room(known.clone())]).await.unwrap();
            }
            let Ok(handle) = Engine::start(record(), deps, CancellationToken::new()).await else {
                return;
            };
            let outbox = handle.outbox().await.unwrap();
            let there: BTreeSet<Cid> = outbox.iter().map(|queued| queued.cid).collect();
            *found.lock().unwrap() = done.lock().unwrap().difference(&there).count();
            loop {
                if let Ok(cid) = handle.send(room, "x".repeat(700)).await {
                    done.lock().unwrap().insert(cid);
                }
            }
        });
        machine.run_until(1000 + rng.random_range(0..LIFE));
        lost += *missing.lock().unwrap();
        if forgetful {
            drive.disk.forget_syncs();
        }
        drive.disk.lose_power(&mut rng);
        drop(machine);
    }
    assert!(written.lock().unwrap().len() > 50, "few were written");
    lost
}

#[test]
fn what_the_server_acknowledged_survives_the_loss_of_power() {
    for seed in 0..10 {
        assert_eq!(server_loses(seed, false), 0, "seed {seed}");
    }
}

#[test]
fn what_a_device_has_queued_survives_the_loss_of_power() {
    for seed in 0..10 {
        assert_eq!(device_loses(seed, false), 0, "seed {seed}");
    }
}

#[test]
fn on_a_disk_that_only_pretends_to_sync_something_is_lost() {
    assert!((0..10).any(|seed| server_loses(seed, true) > 0));
    assert!((0..10).any(|seed| device_loses(seed, true) > 0));
}
