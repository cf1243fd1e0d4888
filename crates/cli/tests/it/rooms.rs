use std::time::Duration;

use homing_server::store::AccountUpdate;
use homing_testkit::Proxy;

use crate::front::{Front, Then};
use crate::world::{Said, World};

fn titles(said: &Said) -> Vec<String> {
    said.json().iter().map(|room| room["title"].as_str().unwrap().to_owned()).collect()
}

fn names(said: &Said) -> Vec<String> {
    said.json().iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_room_is_created_found_joined_and_left() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    let create = ["room", "create", "#Ops", "--topic", "On call", "--json"];
    let made = world.run("Ada", &create).await.expect(0);
    let rooms = world.run("Ada", &["rooms", "--json"]).await.expect(0);
    assert_eq!(titles(&rooms), ["#Ops", "#general"]);
    assert_eq!(made.json(), rooms.json()[..1], "the form of `homing rooms`");
    assert_eq!(made.json()[0]["topic"], "On call");
    assert_eq!(made.json()[0]["kind"], "public");
    let secret = world.run("Ada", &["room", "create", "den", "--private", "--json"]).await;
    assert_eq!(secret.expect(0).json()[0]["kind"], "private");

    // Neither the private one nor the one that Ben is in.
    let browse = world.run("Ben", &["room", "browse", "--json"]).await.expect(0);
    assert_eq!(titles(&browse), ["#Ops"]);
    assert_eq!(browse.json()[0]["members"], 1);
    assert_eq!(browse.json()[0]["topic"], "On call");
    let browse = world.run("Ben", &["room", "browse"]).await.expect(0);
    assert!(browse.out.contains("#Ops") && browse.out.contains("1 member  On call"), "{browse:?}");

    let joined = world.run("Ben", &["room", "join", "#ops", "--json"]).await.expect(0);
    assert_eq!(titles(&joined), ["#Ops"]);
    assert!(world.run("Ben", &["room", "browse"]).await.expect(0).out.is_empty());
    let members = world.run("Ben", &["room", "members", "ops", "--json"]).await.expect(0);
    assert_eq!(names(&members), ["Ada", "Ben"]);
    let again = world.run("Ben", &["room", "join", "ops", "--json"]).await.expect(0);
    assert!(again.err.contains("already in ops"), "{again:?}");
    assert_eq!(titles(&again), ["#Ops"]);

    let left = world.run("Ben", &["room", "leave", "ops"]).await.expect(0);
    assert_eq!(left.lines(), ["left #Ops"]);
    // It is gone from this device, too.
    world.proxy.offline().await;
    let rooms = world.run("Ben", &["rooms", "--json"]).await.expect(0);
    assert_eq!(titles(&rooms), ["#general"]);
}

/// The answer to the call may overtake the word on the socket. Whoever left does not find the room in
/// the next command, with or without a network.
#[tokio::test]
async fn who_leaves_waits_until_this_device_knows() {
    let world = World::plain().await;
    world.owner("Ada").await;
    world.run("Ada", &["room", "create", "ops"]).await.expect(0);
    // From the first call on, what the socket brings comes later than a device takes to say goodbye.
    let socket = Proxy::start(world.proxy.addr);
    let (carried, server) = (socket.clone(), world.proxy.addr);
    let front = Front::start(move |asked| {
        if asked.starts_with("GET /v1/socket") {
            return Then::Pass(carried.addr);
        }
        if asked.contains("/leave") {
            carried.down(|line| line.latency = Duration::from_secs(3));
        }
        Then::Pass(server)
    })
    .await;
    let mut link = world.link().await;
    link.address.port = front.addr.port();
    world.run("Ben", &["join", &link.to_string(), "--as", "Ben"]).await.expect(0);
    world.run("Ben", &["room", "join", "ops"]).await.expect(0);
    world.run("Ben", &["room", "leave", "ops"]).await.expect(0);
    assert_ne!(socket.traffic().down, 0);
    drop(front);
    let rooms = world.run("Ben", &["rooms", "--json"]).await.expect(0);
    assert_eq!(titles(&rooms), ["#general"]);
}

#[tokio::test]
async fn people_are_added_once() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    world.member("Cleo").await;
    world.run("Ada", &["room", "create", "den", "--private"]).await.expect(0);
    let added = world.run("Ada", &["room", "add", "den", "@ben"]).await.expect(0);
    assert_eq!(added.lines(), ["added Ben to #den"]);
    let added = world.run("Ada", &["room", "add", "den", "ben", "cleo", "--json"]).await.expect(0);
    let done: Vec<_> =
        added.json().iter().map(|one| (one["name"].clone(), one["added"].clone())).collect();
    assert_eq!(done, [("Ben".into(), false.into()), ("Cleo".into(), true.into())]);
    let again = world.run("Ada", &["room", "add", "den", "cleo"]).await.expect(0);
    assert!(again.err.contains("Cleo is already in #den"), "{again:?}");
    let members = world.run("Cleo", &["room", "members", "#den"]).await.expect(0);
    let shown: Vec<_> =
        members.lines().iter().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    let expected = [vec!["Ada", "owner"], vec!["Ben", "member"], vec!["Cleo", "member", "you"]];
    assert_eq!(shown, expected);
    // A private room that one is in.
    let joined = world.run("Cleo", &["room", "join", "den"]).await.expect(0);
    assert!(joined.err.contains("already in den"), "{joined:?}");

    let nobody = world.run("Ada", &["room", "add", "den", "dora"]).await.expect(5);
    assert!(nobody.err.contains("homing people"), "{nobody:?}");
    world.change("Ben", AccountUpdate { gone: Some(true), ..AccountUpdate::default() }).await;
    let gone = world.run("Ada", &["room", "add", "den", "ben"]).await.expect(5);
    assert!(gone.err.contains("can't add a disabled account"), "{gone:?}");
}

#[tokio::test]
async fn what_can_not_be_done_with_a_room_says_why() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.member("Ben").await;
    for command in ["join", "leave", "members"] {
        let unknown = world.run("Ben", &["room", command, "nowhere"]).await.expect(5);
        assert!(unknown.err.contains("homing room browse"), "{unknown:?}");
    }
    let unknown = world.run("Ben", &["room", "add", "nowhere", "ada"]).await.expect(5);
    assert!(unknown.err.contains("homing room browse"), "{unknown:?}");

    let taken = world.run("Ben", &["room", "create", "General"]).await.expect(4);
    assert!(taken.err.contains("already a room called General"), "{taken:?}");
    for _ in 0..2 {
        world.run("Ben", &["room", "create", "twins", "--private"]).await.expect(0);
    }
    let several = world.run("Ben", &["room", "leave", "twins"]).await.expect(5);
    assert!(several.err.contains("Use an ID"), "{several:?}");
    world.run("Ben", &["send", "@ada", "hello"]).await.expect(0);
    let direct = world.run("Ben", &["room", "leave", "@ada"]).await.expect(4);
    assert!(direct.err.contains("can't leave a direct message"), "{direct:?}");

    world.proxy.offline().await;
    for arguments in [
        &["room", "create", "ops"][..],
        &["room", "browse"],
        &["room", "join", "general"],
        &["room", "leave", "general"],
        &["room", "members", "general"],
        &["room", "add", "general", "ada"],
    ] {
        let offline = world.run("Ben", arguments).await.expect(6);
        assert!(offline.err.contains("not connected to Loft"), "{offline:?}");
        assert!(offline.out.is_empty(), "{offline:?}");
    }
}
