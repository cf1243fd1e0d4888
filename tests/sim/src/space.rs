//! The space that a world begins with, made by the server's own store.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use homing_engine::SpaceRecord;
use homing_protocol::frame::{Send, SendItem};
use homing_protocol::link::Address;
use homing_protocol::{Cid, DeviceId, Role, RoomId, RoomKind, UserId};
use homing_server::auth::name::{self, Name};
use homing_server::auth::secret::{Hash, new_token};
use homing_server::clock::Random;
use homing_server::store::sqlite::{self, Sqlite};
use homing_server::store::{JoinRequest, NewDevice, NewInvite, NewRoom, Store};
use homing_server::{Clock, Config};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use tokio::sync::mpsc;

use crate::disk::Drive;

/// What the devices are called in a trace. Two people have two.
pub const DEVICES: [&str; 5] = ["Ada", "Ada's phone", "Ben", "Ben's phone", "Cleo"];
const PEOPLE: [&str; 3] = [OWNER, "Ben", "Cleo"];
/// Who may take back what others wrote.
pub const OWNER: &str = "Ada";
/// How the messages begin that were there before anybody connected.
const BEFORE: &str = "before ";
/// Items of one batch, as the protocol allows.
const BATCH: usize = 16;

/// Chance from a seed.
#[derive(Debug)]
pub struct Dice(Mutex<StdRng>);

impl Dice {
    /// Always the same ones for a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// A space with people, devices and rooms.
#[derive(Debug, Clone)]
pub struct Founded {
    /// Who and where, and the token, by device.
    pub devices: Vec<(SpaceRecord, String)>,
    /// The entrance, a public room and a private one.
    pub rooms: Vec<RoomId>,
}

/// How the server's database is opened.
#[must_use]
pub fn options(drive: &Arc<Drive>, clock: Arc<dyn Clock>, config: &Config) -> sqlite::Options {
    sqlite::Options {
        path: drive.disk.path(sqlite::FILE),
        create: Some(config.space_name.clone()),
        max_pages: None,
        clock,
        random: config.random.clone(),
        disk: Some(drive.clone()),
    }
}

/// The settings of the server: a real one's, but for where it is.
#[must_use]
pub fn config(data: &Path, random: Arc<dyn Random>) -> Config {
    Config {
        tls: homing_server::TlsMode::Off,
        listen: ([10, 0, 0, 1], homing_protocol::DEFAULT_PORT).into(),
        random,
        ..Config::new(data.to_owned())
    }
}

/// Makes the space, with so many messages in the entrance.
///
/// # Panics
/// When the store refuses something of it.
pub async fn found(
    drive: Arc<Drive>,
    clock: Arc<dyn Clock>,
    config: Config,
    messages: usize,
) -> Founded {
    // Nobody is connected who could be told.
    let (told, _) = mpsc::channel(1);
    let store = Sqlite::open(options(&drive, clock, &config), told).expect("an empty disk");
    let founded = fill(&store, &config, messages).await;
    store.close().await;
    founded
}

async fn fill(store: &Sqlite, config: &Config, messages: usize) -> Founded {
    let random = &*config.random;
    let space = store.space().await.expect("it was just made");
    let mut joined: Vec<UserId> = Vec::new();
    let mut devices = Vec::new();
    for (index, person) in PEOPLE.iter().enumerate() {
        let role = if index == 0 { Role::Owner } else { Role::Member };
        let code = Hash::of_code(&format!("CODE-{index}"));
        let invite =
            NewInvite { code, role, by: None, uses: Some(1), expires: None, founding: index == 0 };
        store.add_invite(invite).await.expect("a fresh code");
        let (token, device) = new_device(random, "first");
        let joining =
            JoinRequest { code, name: named(person), password: None, device, key: new_cid(random) };
        let came = store.join(joining).await.expect("a valid invitation");
        devices.push((came.person, came.device, token));
        joined.push(came.person);
    }
    let owner = joined.first().copied().expect("somebody came first");
    for (index, person) in joined.iter().copied().enumerate().take(2) {
        let (token, device) = new_device(random, "second");
        let second = store.add_device(person, device).await.expect("a second device is allowed");
        devices.insert(2 * index + 1, (person, second, token));
    }
    let rooms = rooms(store, random, &joined).await;
    let entrance = rooms.first().copied().expect("there is an entrance");
    for first in (0..messages).step_by(BATCH) {
        let numbers = first..messages.min(first + BATCH);
        let items = numbers.map(|number| item(random, &format!("{BEFORE}{number}"))).collect();
        let batch = Send { room: entrance, items };
        store.append(owner, batch).await.expect("the owner may write");
    }
    let record = |(user, device, token): (UserId, DeviceId, String)| {
        let index = joined.iter().position(|joined| *joined == user).unwrap_or_default();
        let record = SpaceRecord {
            space: space.id,
            name: space.name.clone(),
            address: Address {
                host: "10.0.0.1".to_owned(),
                port: homing_protocol::DEFAULT_PORT,
                tls: false,
                fingerprint: None,
            },
            user,
            user_name: PEOPLE.get(index).copied().unwrap_or_default().to_owned(),
            device,
        };
        (record, token)
    };
    Founded { devices: devices.into_iter().map(record).collect(), rooms }
}

async fn rooms(store: &Sqlite, random: &dyn Random, people: &[UserId]) -> Vec<RoomId> {
    let owner = people.first().copied().expect("somebody came first");
    let snapshot = store.snapshot(owner, homing_protocol::Pos(0)).await.expect("it can be read");
    let mut rooms: Vec<RoomId> = snapshot.rooms.iter().map(|info| info.room).collect();
    for (kind, name) in [(RoomKind::Public, "birds"), (RoomKind::Private, "nest")] {
        let room = NewRoom {
            key: new_cid(random),
            kind,
            name: Some(named(name)),
            topic: String::new(),
            people: people.to_vec(),
        };
        rooms.push(store.make_room(owner, room).await.expect("the owner may make rooms").room);
    }
    rooms
}

fn named(text: &str) -> Name {
    name::read(text, homing_protocol::limits::NAME_CHARS).expect("a plain name")
}

fn new_device(random: &dyn Random, name: &str) -> (String, NewDevice) {
    let token = new_token(random);
    let device = NewDevice { name: name.to_owned(), token: Hash::of_token(&token), most: 10 };
    (token, device)
}

fn new_cid(random: &dyn Random) -> Cid {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    Cid(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

fn item(random: &dyn Random, text: &str) -> SendItem {
    SendItem {
        cid: new_cid(random),
        kind: "message".to_owned(),
        body: json!({ "text": text }).into(),
        ts: crate::time::BEGINNING,
        origin: None,
    }
}
