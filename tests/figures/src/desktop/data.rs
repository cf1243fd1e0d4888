//! Somebody's spaces: real servers with rooms and messages in them, and all of it on the disk of a
//! device that has been there before.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use homing_e2e::person::Keyring;
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore as _};
use homing_engine::session::profile::Profile;
use homing_engine::store::Store;
use homing_engine::store::sqlite::SqliteStore;
use homing_engine::view::{ConnectionState, Overview};
use homing_engine::{Config, Deps, Engine, Handle, NewRoomSpec};
use homing_protocol::{Limits, RoomId, RoomKind};
use homing_server::config::Rates;
use homing_server::rate_limit::Rate;
use homing_server::{Config as ServerConfig, Running, Server, SystemClock as ServerClock, TlsMode};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::space::{self, ANYWHERE, Identity};

/// What takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(300);
/// More than anybody can do in a second: what is measured is not the making of the data.
const NO_LIMIT: u32 = 1_000_000;

/// How much there is.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(super) struct Size {
    pub(super) spaces: u32,
    /// In all spaces together.
    pub(super) rooms: u32,
    pub(super) messages: u32,
}

/// A space with its server, and somebody who writes there.
pub(super) struct Place {
    pub(super) server: Running,
    pub(super) writer: Handle,
    pub(super) reader: Identity,
    pub(super) room: RoomId,
}

/// Makes the spaces, and leaves them on the disk of the profile in `folder` as if its device had
/// been online until now. Nothing of it is in any keyring.
pub(super) async fn make(under: &Path, profile: &Path, size: Size) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    let profile = Profile::open(profile).context("the profile can't be made")?;
    for n in 0..size.spaces {
        // What does not divide evenly goes to the first ones.
        let share = |all: u32| all / size.spaces + u32::from(n < all % size.spaces);
        let (rooms, messages) = (share(size.rooms), share(size.messages));
        let folder = under.join(format!("space-{n}"));
        places.push(place(&folder, &profile, rooms, messages).await?);
        eprintln!("space {} of {}: {rooms} rooms, {messages} messages", n + 1, size.spaces);
    }
    profile.release();
    Ok(places)
}

async fn place(folder: &Path, profile: &Profile, rooms: u32, messages: u32) -> Result<Place> {
    let data = folder.join("server");
    let [writer, reader] =
        space::found(&data, 2).await?.try_into().ok().context("two were asked for")?;
    let without = Rate::per_second(NO_LIMIT, NO_LIMIT);
    let config = ServerConfig {
        listen: ANYWHERE,
        tls: TlsMode::Off,
        limits: Limits { sends_per_second: NO_LIMIT, send_burst: NO_LIMIT, ..Limits::default() },
        rates: Rates { hellos: without, rooms: without, ..Rates::default() },
        ..ServerConfig::new(data)
    };
    let server = Server::start(config, Arc::new(ServerClock), CancellationToken::new()).await?;
    let (writer, reader) = (writer.through(server.addr), reader.through(server.addr));

    std::fs::create_dir_all(folder)?;
    let reading = reader.record.user;
    let store = SqliteStore::open(&folder.join("writer.db")).await?;
    let writer = engine(writer, Arc::new(store)).await?;
    until(&writer, |now| matches!(now.connection, ConnectionState::UpToDate { .. })).await?;
    let (_, now) = writer.overview().await?;
    let mut all = vec![now.rooms.first().context("there is a room for everybody")?.id];
    for n in 1..rooms {
        let spec = NewRoomSpec {
            attempt: None,
            kind: RoomKind::Public,
            name: format!("room-{n}"),
            topic: format!("What goes on in room {n}"),
            members: vec![reading],
        };
        all.push(writer.create_room(spec).await?);
    }
    for (n, room) in (0..messages).zip(all.iter().cycle()) {
        writer.send(*room, text(n)).await?;
    }
    until(&writer, |now| now.outbox.waiting == 0).await?;

    // The device comes in, takes everything and goes.
    let keyring = Keyring::default();
    let token = Secret::new(reader.token.clone());
    profile.add(&reader.record, token, &keyring).await?;
    let store = Arc::new(profile.store(reader.record.space).await?);
    let device = engine(reader.clone(), store).await?;
    let rooms = all.len();
    until(&device, |now| {
        matches!(now.connection, ConnectionState::UpToDate { .. }) && now.rooms.len() == rooms
    })
    .await?;
    device.shutdown().await;
    let room = *all.first().context("there is a room for everybody")?;
    Ok(Place { server, writer, reader, room })
}

/// As people write: mostly short, now and then with something in it.
fn text(n: u32) -> String {
    match n % 9 {
        0 => format!("The build of **{n}** is green, see https://ci.example/{n}"),
        3 => format!("```rust\nfn main() {{\n    println!(\"{n}\");\n}}\n```"),
        5 => format!("收到，第 {n} 号我来处理。"),
        7 => "👍".to_owned(),
        _ => format!("Message {n}: I had a look at it, and it holds. More after lunch."),
    }
}

async fn engine(identity: Identity, store: Arc<dyn Store>) -> Result<Handle> {
    let Identity { record, token } = identity;
    let keyring = Keyring::default();
    keyring.set(&record.secret_name(), Secret::new(token)).await?;
    let deps = Deps {
        store,
        connector: Arc::new(Dialer::new(Vec::new())),
        secrets: Arc::new(keyring),
        clock: Arc::new(SystemClock),
        seed: Seed::from_system(),
        config: Config::new("bench 0"),
    };
    Ok(Engine::start(record, deps, CancellationToken::new()).await?)
}

async fn until(engine: &Handle, holds: impl Fn(&Overview) -> bool) -> Result<()> {
    let wait = async {
        loop {
            let (_, now, mut batches) = engine.subscribe().await?;
            if holds(&now) {
                return anyhow::Ok(());
            }
            // Behind or not, the whole is looked at again.
            _ = batches.recv().await;
        }
    };
    timeout(PATIENCE, wait).await.context("the data is not made in time")?
}
