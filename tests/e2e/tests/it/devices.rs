//! Devices of one person: brought along by a link, signed out from another one, and damaged.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use homing_e2e::person::{Keyring, hasty};
use homing_engine::clock::{Seed, SystemClock, new_cid};
use homing_engine::diff::Diff;
use homing_engine::net::dialer::Dialer;
use homing_engine::session::profile::Profile;
use homing_engine::session::{self, JoinError, Secret, SecretStore};
use homing_engine::view::{ConnectionFailure, ConnectionState, Overview};
use homing_engine::{Config, Deps, Engine, Handle, SpaceRecord, TimelineWindow};
use homing_protocol::{Cid, Content, DeviceLink, JoinLink, Message, RoomId};
use homing_server::{Config as ServerConfig, Running, Server, SystemClock as ServerClock, TlsMode};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long what must come may take.
const PATIENCE: Duration = Duration::from_secs(60);

async fn server(folder: &Path) -> Running {
    let config = ServerConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: TlsMode::Off,
        ..ServerConfig::new(folder.join("server"))
    };
    Server::start(config, Arc::new(ServerClock), CancellationToken::new()).await.unwrap()
}

fn attempt() -> Cid {
    new_cid(0, &mut Seed::from_system().grow())
}

/// One device: a folder, a keyring, and an engine while it runs.
struct Device {
    folder: PathBuf,
    keyring: Arc<Keyring>,
    record: SpaceRecord,
    running: Option<(Handle, Profile)>,
}

impl Device {
    async fn new(folder: PathBuf, record: SpaceRecord, token: Secret) -> Self {
        let keyring = Arc::new(Keyring::default());
        let mut device = Self { folder, keyring, record: record.clone(), running: None };
        device.come_in(record, token).await;
        device
    }

    async fn join(folder: PathBuf, link: &JoinLink, name: &str) -> Self {
        let dialer = Dialer::new(Vec::new());
        let (record, token) =
            session::join(link, name, None, name, attempt(), &dialer).await.unwrap();
        Self::new(folder, record, token).await
    }

    /// Keeps what coming in gave, and starts.
    async fn come_in(&mut self, record: SpaceRecord, token: Secret) {
        self.stop().await;
        let profile = Profile::open(&self.folder).unwrap();
        profile.add(&record, token, &*self.keyring).await.unwrap();
        drop(profile);
        self.record = record;
        self.start().await;
    }

    async fn start(&mut self) {
        let profile = Profile::open(&self.folder).unwrap();
        let listed = profile.list().await.unwrap();
        let record = listed.into_iter().next().unwrap().record.unwrap();
        let deps = Deps {
            store: Arc::new(profile.store(record.space).await.unwrap()),
            connector: Arc::new(Dialer::new(Vec::new())),
            secrets: self.keyring.clone(),
            clock: Arc::new(SystemClock),
            seed: Seed::from_system(),
            config: Config { timeouts: hasty(), ..Config::new("e2e 0") },
        };
        let handle = Engine::start(record, deps, CancellationToken::new()).await.unwrap();
        self.running = Some((handle, profile));
    }

    async fn stop(&mut self) {
        if let Some((handle, _profile)) = self.running.take() {
            handle.shutdown().await;
        }
    }

    fn handle(&self) -> &Handle {
        &self.running.as_ref().unwrap().0
    }

    fn profile(&self) -> &Profile {
        &self.running.as_ref().unwrap().1
    }

    /// Waits until something is true of what is seen.
    async fn until(&self, what: &str, is: impl Fn(&Overview) -> bool) -> Overview {
        let wait = async {
            let (_, mut overview, mut batches) = self.handle().subscribe().await.unwrap();
            while !is(&overview) {
                _ = batches.recv().await;
                (_, overview, batches) = self.handle().subscribe().await.unwrap();
            }
            overview
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}"))
    }

    async fn settled(&self) -> RoomId {
        let up = |seen: &Overview| {
            matches!(seen.connection, ConnectionState::UpToDate { .. })
                && seen.outbox.waiting == 0
                && !seen.rooms.is_empty()
        };
        let seen = self.until("everything is sent and here", up).await;
        seen.rooms.first().expect("it was waited for").id
    }

    async fn offer(&self) -> DeviceLink {
        self.handle().create_device_link().await.unwrap().link
    }

    /// What the room says, in order.
    async fn texts(&self, room: RoomId) -> Vec<String> {
        let page = self.handle().timeline(room, TimelineWindow::Latest, 200).await.unwrap();
        let text = |content| match content {
            Content::Message(Message { text, .. }) => Some(text),
            _ => None,
        };
        page.items.into_iter().filter_map(|item| text(item.content)).collect()
    }
}

async fn link(link: &DeviceLink, name: &str) -> Result<(SpaceRecord, Secret), JoinError> {
    session::link_device(link, name, attempt(), &Dialer::new(Vec::new())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_linked_signed_out_and_linked_again_and_its_message_arrives_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path()).await;
    let owner = server.join_link.clone().unwrap();
    let laptop = Device::join(folder.path().join("laptop"), &owner, "Ada").await;
    let room = laptop.settled().await;

    let offer = laptop.offer().await;
    let seen = session::inspect_device_link(&offer, &Dialer::new(Vec::new())).await.unwrap();
    assert_eq!((seen.user, seen.name.as_str()), (laptop.record.user, "Ada"));
    let (_, _, mut batches) = laptop.handle().subscribe().await.unwrap();
    let (record, token) = link(&offer, "Ada's phone").await.unwrap();
    let first = record.secret_name();
    let told = timeout(PATIENCE, async {
        loop {
            let batch = batches.recv().await.unwrap().unwrap();
            let devices = batch.diffs.iter().find_map(|diff| match diff {
                Diff::Devices { devices } => Some(devices.clone()),
                _ => None,
            });
            if let Some(devices) = devices {
                return devices;
            }
        }
    });
    let told: Vec<_> = told.await.unwrap().into_iter().map(|device| device.name).collect();
    assert_eq!(told, ["Ada's phone", "Ada"]);
    assert!(matches!(link(&offer, "Eve's").await, Err(JoinError::LinkInvalid)), "it is used up");
    let withdrawn = laptop.offer().await;
    laptop.handle().revoke_device_link().await.unwrap();
    assert!(matches!(link(&withdrawn, "Eve's").await, Err(JoinError::LinkInvalid)));

    let mut phone = Device::new(folder.path().join("phone"), record, token).await;
    phone.settled().await;
    phone.handle().stay_offline().await;
    phone.until("it is offline", |seen| matches!(seen.connection, ConnectionState::Stopped)).await;
    phone.handle().send(room, "From the phone").await.unwrap();
    laptop.handle().revoke_device(phone.record.device).await.unwrap();
    phone.handle().go_online().await;
    let out = |seen: &Overview| {
        matches!(&seen.connection, ConnectionState::Refused { why: ConnectionFailure::SignedOut })
    };
    let seen = phone.until("it knows that it was signed out", out).await;
    assert_eq!(seen.outbox.waiting, 1, "what was written is kept");
    // It stays so over a restart, with everything that waits.
    phone.stop().await;
    phone.start().await;
    phone.until("it still knows", out).await;
    let queued = phone.handle().outbox().await.unwrap();
    let kept = Message { text: "From the phone".to_owned(), ..Message::default() };
    assert_eq!(queued[0].content, Content::Message(kept));

    let (record, token) = link(&laptop.offer().await, "Ada's phone").await.unwrap();
    phone.come_in(record, token).await;
    phone.settled().await;
    laptop.settled().await;
    for device in [&phone, &laptop] {
        device
            .until("it has the message", |seen| {
                seen.rooms[0].last.as_ref().is_some_and(|last| last.text == "From the phone")
            })
            .await;
        assert_eq!(device.texts(room).await, ["From the phone"]);
    }
    assert_eq!(phone.keyring.get(&first).await.unwrap(), None, "the old token is forgotten");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_online_while_signed_out_is_told_at_once_and_keeps_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path()).await;
    let owner = server.join_link.clone().unwrap();
    let laptop = Device::join(folder.path().join("laptop"), &owner, "Ada").await;
    laptop.settled().await;
    let (record, token) = link(&laptop.offer().await, "phone").await.unwrap();
    let phone = Device::new(folder.path().join("phone"), record, token).await;
    let room = phone.settled().await;
    laptop.handle().revoke_device(phone.record.device).await.unwrap();
    let out = |seen: &Overview| {
        matches!(&seen.connection, ConnectionState::Refused { why: ConnectionFailure::SignedOut })
    };
    phone.until("it was closed with 4502", out).await;
    phone.handle().send(room, "Written after").await.unwrap();
    assert_eq!(phone.handle().outbox().await.unwrap().len(), 1);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_rescued_from_a_damaged_database_arrives_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path()).await;
    let owner = server.join_link.clone().unwrap();
    let mut ada = Device::join(folder.path().join("ada"), &owner, "Ada").await;
    let room = ada.settled().await;
    let mut expected = Vec::new();
    for n in 0..3 {
        let text = format!("Sent {n}");
        ada.handle().send(room, text.clone()).await.unwrap();
        expected.push(text);
    }
    ada.settled().await;
    ada.handle().stay_offline().await;
    ada.until("it is offline", |seen| matches!(seen.connection, ConnectionState::Stopped)).await;
    for n in 0..3 {
        let text = format!("Queued {n}");
        ada.handle().send(room, text.clone()).await.unwrap();
        expected.push(text);
    }
    ada.stop().await;

    let space = ada.folder.join("spaces").join(ada.record.space.to_string());
    let database = space.join("space.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[..4096].fill(0xa5);
    std::fs::write(&database, bytes).unwrap();

    ada.start().await;
    let rescue = ada.profile().pending_recovery(ada.record.space).unwrap();
    assert_eq!((rescue.queued, rescue.unreadable), (3, 0));
    ada.settled().await;
    ada.until("the room is here again", |seen| {
        seen.rooms[0].last.as_ref().is_some_and(|last| last.text == "Queued 2")
    })
    .await;
    assert_eq!(ada.texts(room).await, expected);
    server.shutdown().await;
}
