//! Further devices, and a damaged database.

use std::path::{Path, PathBuf};

use crate::world::{World, texts};

#[tokio::test]
async fn a_further_device_comes_in_by_a_link() {
    let world = World::start().await;
    world.owner("Ada").await;
    let shown = world.run("Ada", &["link"]).await.expect(0);
    assert!(shown.out.contains("homing://link/127.0.0.1:"), "{shown:?}");
    assert!(shown.out.contains("to sign in to Loft as Ada. It works once"), "{shown:?}");
    // The parts, where the link can't be opened.
    let part = |name: &str| {
        let mut lines = shown.lines().into_iter();
        let line = lines.find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name}: {shown:?}")).trim().to_owned()
    };
    let whole =
        format!("homing://link/{}/{}?fp={}", part("Server "), part("Code "), part("Fingerprint "));
    assert!(shown.lines().contains(&whole.as_str()), "{shown:?}");
    assert!(shown.out.contains('█') || shown.out.contains('▀'), "there is a code: {shown:?}");
    let made = world.run("Ada", &["link", "--json"]).await.expect(0);
    let made = &made.json()[0];
    assert_eq!(made["lifetime_s"], 300);
    let [link, server, code, fingerprint] = ["link", "server", "code", "fingerprint"]
        .map(|part| made[part].as_str().unwrap().to_owned());
    assert_eq!(server, world.proxy.addr.to_string());
    assert_eq!(link, format!("homing://link/{server}/{code}?fp={fingerprint}"));

    let joined = world.run("phone", &["join", &link]).await.expect(0);
    assert!(joined.out.contains("Joined Loft as Ada."), "{joined:?}");
    world.run("phone", &["send", "general", "from the phone"]).await.expect(0);
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["from the phone"]);

    let late = world.run("tablet", &["join", &link]).await.expect(4);
    assert!(late.err.contains("invalid, used or expired. Create a new one"), "{late:?}");
    let nameless = world.run("Ben", &["join", &world.link().await.to_string()]).await.expect(1);
    assert!(nameless.err.contains("--as NAME"), "{nameless:?}");
}

fn database(folder: &Path) -> PathBuf {
    let spaces = std::fs::read_dir(folder.join("spaces")).unwrap();
    spaces.map(|space| space.unwrap().path().join("space.db")).next().unwrap()
}

#[tokio::test]
async fn what_is_rescued_from_a_damaged_database_is_told_once_and_sent() {
    let world = World::start().await;
    world.owner("Ada").await;
    world.run("Ada", &["rooms"]).await.expect(0);
    world.proxy.offline().await;
    world.run("Ada", &["send", "general", "kept"]).await.expect(3);
    let path = database(&world.data("Ada"));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    world.proxy.online().await;
    let rooms = world.run("Ada", &["rooms"]).await.expect(0);
    assert!(rooms.err.contains("Unsent messages rescued: 1, none lost"), "{rooms:?}");
    let tail = world.run("Ada", &["tail", "general", "--json"]).await.expect(0);
    assert_eq!(texts(&tail), ["kept"]);
    assert!(!tail.err.contains("rescued"), "{tail:?}");
}
