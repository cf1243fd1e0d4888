//! A list that is longer than one answer.

use std::sync::Arc;

use futures_util::future::join_all;
use homing_e2e::person::Person;
use homing_protocol::limits::PAGE_ROOMS;
use homing_protocol::{Cid, RoomKind};
use homing_server::auth::name;
use homing_server::clock::{SystemRandom, new_id};
use homing_server::server::{self, COMMAND_CHANGES};
use homing_server::store::{NewRoom, Store as _};
use homing_server::{Config, Server, SystemClock, TlsMode};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_public_rooms_are_read_however_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: TlsMode::Off,
        ..Config::new(folder.path().join("server"))
    };
    let stop = CancellationToken::new();
    let server = Server::start(config.clone(), Arc::new(SystemClock), stop).await.unwrap();
    let link = server.join_link.clone().unwrap();
    let ada = Person::join(&link, "Ada", folder.path().to_owned(), 1).await;
    // Beside the running server, as its command line would.
    let (told, _changes) = mpsc::channel(COMMAND_CHANGES);
    let store = server::open(&config, Arc::new(SystemClock), None, told).await.unwrap();
    let names: Vec<String> = (0..2 * PAGE_ROOMS).map(|n| format!("room {n:04}")).collect();
    let made = names.iter().map(|called| {
        let room = NewRoom {
            key: Cid(new_id(&SystemClock, &SystemRandom)),
            kind: RoomKind::Public,
            name: name::read(called, 64),
            topic: String::new(),
            people: Vec::new(),
        };
        store.make_room(ada.record.user, room)
    });
    for made in join_all(made).await {
        made.unwrap();
    }
    let rooms = ada.handle.public_rooms().await.unwrap();
    let told: Vec<String> = rooms.into_iter().map(|room| room.name).collect();
    assert_eq!(told[0], "general");
    assert_eq!(told[1..], names);
    server.shutdown().await;
}
