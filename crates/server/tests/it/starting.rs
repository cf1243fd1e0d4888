//! What can stand in the way of a start, what survives one, and a disk that fills up.

use std::fs;
use std::sync::Arc;

use homing_protocol::ErrorCode;
use homing_protocol::frame::UserKey;
use homing_server::store::sqlite::{FILE, KNOWN_SCHEMA, Sqlite};
use homing_server::store::{Change, Store as _};
use homing_server::{Config, Running, Server, StartError, SystemClock, TlsMode};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::client::message;
use crate::space::{Person, Space, config, raw_call};

async fn start(config: Config) -> Result<Running, StartError> {
    Server::start(config, Arc::new(SystemClock), CancellationToken::new()).await
}

async fn refusal(config: Config) -> StartError {
    match start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => {
            // Each says what happened and what to do.
            assert!(error.to_string().contains(". "), "{error}");
            error
        }
    }
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let mut space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut a = ada.online().await;
    let room = a.general();
    let seq = a.write(room, "remember me").await;
    a.mark(room, seq.0).await;
    // That Ada came into the room may be told once more before it.
    while a.uevent().await.key != UserKey::Read(room) {}
    let before = a.welcome.clone().unwrap();
    drop(a);
    space.stop().await;
    space.go().await;
    let ada = Person { address: space.address(), ..ada };
    let mut a = ada.connect().await;
    let after = a.hello(Some(before.epoch), Some(before.pos), None).await.clone();
    assert_eq!((after.epoch, after.space, after.reset), (before.epoch, before.space, false));
    assert!(after.pos > before.pos && after.useq > before.useq);
    let info = a.digests[0].rooms[0].clone();
    assert_eq!((info.head, info.read), (seq, seq));
    let page = a.pull(room, Some(seq.0 - 1), None, 9).await;
    assert_eq!(page.events[0].body.value()["text"], "remember me");
    assert_eq!(a.write(room, "next").await, seq.next());
}

#[tokio::test]
async fn a_taken_port_a_taken_folder_and_a_file_in_its_place() {
    let space = Space::start().await;
    let other = space.folder.path().join("other");
    let mut wanted = config(other.clone());
    wanted.listen = space.running.as_ref().unwrap().addr;
    assert!(matches!(refusal(wanted).await, StartError::PortTaken(_)));
    let same = config(space.config.data.clone());
    assert!(matches!(refusal(same).await, StartError::Running(_)));
    let file = space.folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    assert!(matches!(refusal(config(file.clone())).await, StartError::Folder { .. }));
    assert_eq!(fs::read(&file).unwrap(), b"in the way");
    start(config(other)).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn a_damaged_a_foreign_and_a_newer_database_are_left_alone() {
    let mut space = Space::start().await;
    space.join("Ada").await;
    space.stop().await;
    let path = space.config.data.join(FILE);
    let good = fs::read(&path).unwrap();

    let mut damaged = good.clone();
    for byte in damaged.iter_mut().skip(4096).take(20_000) {
        *byte ^= 0xa5;
    }
    fs::write(&path, &damaged).unwrap();
    assert!(matches!(refusal(space.config.clone()).await, StartError::Corrupt { .. }));
    assert_eq!(fs::read(&path).unwrap(), damaged);

    fs::write(&path, "this is no database, but it is somebody's ".repeat(40)).unwrap();
    assert!(matches!(refusal(space.config.clone()).await, StartError::Corrupt { .. }));

    fs::write(&path, &good).unwrap();
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.pragma_update(None, "user_version", 99).unwrap();
    drop(sql);
    let newer = refusal(space.config.clone()).await;
    assert!(matches!(newer, StartError::Newer { found: 99, known: KNOWN_SCHEMA }));

    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.pragma_update(None, "user_version", KNOWN_SCHEMA).unwrap();
    sql.pragma_update(None, "application_id", 7).unwrap();
    drop(sql);
    assert!(matches!(refusal(space.config.clone()).await, StartError::Corrupt { .. }));

    for side in ["-wal", "-shm"] {
        let _absent = fs::remove_file(format!("{}{side}", path.display()));
    }
    fs::write(&path, &good).unwrap();
    space.go().await;
}

#[tokio::test]
async fn a_database_that_lacks_something_is_refused_and_says_what() {
    let mut space = Space::start().await;
    space.join("Ada").await;
    space.stop().await;
    let path = space.config.data.join(FILE);
    let good = fs::read(&path).unwrap();
    for (damage, missing) in [
        ("DROP TABLE mentions", "mentions"),
        ("DROP TABLE links", "links"),
        ("DROP TABLE reactions", "reactions"),
        ("ALTER TABLE members DROP COLUMN own_after", "own_after"),
        ("DROP INDEX events_by_cid", "events_by_cid"),
    ] {
        let sql = rusqlite::Connection::open(&path).unwrap();
        sql.execute_batch(damage).unwrap();
        drop(sql);
        let StartError::Corrupt { detail, .. } = refusal(space.config.clone()).await else {
            panic!("{damage}");
        };
        assert!(detail.contains(missing), "{detail}");
        for side in ["-wal", "-shm"] {
            let _absent = fs::remove_file(format!("{}{side}", path.display()));
        }
        fs::write(&path, &good).unwrap();
    }
    space.go().await;
}

/// What everybody wrote is for nobody else on the machine, whatever the folder allows.
#[cfg(unix)]
#[tokio::test]
async fn what_people_wrote_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("open");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let running = start(config(data.clone())).await.unwrap();
    let path = data.join(FILE);
    for file in ["", "-wal", "-shm"].map(|side| format!("{}{side}", path.display())) {
        assert_eq!(mode(file.as_ref()), 0o600, "{file}");
    }
    running.shutdown().await;
    // One that was made by an older version is closed to strangers.
    for (before, after) in [(0o644, 0o640), (0o666, 0o660), (0o640, 0o640)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
        start(config(data.clone())).await.unwrap().shutdown().await;
        assert_eq!(mode(&path), after, "{before:o}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_second_server_runs_beside_the_first_when_the_lock_is_deleted() {
    let space = Space::start().await;
    fs::remove_file(space.config.data.join("lock")).unwrap();
    let second = refusal(config(space.config.data.clone())).await;
    assert!(matches!(second, StartError::Running(_)));
    fs::remove_file(space.config.data.join("lock")).unwrap();
}

#[tokio::test]
async fn plain_text_is_not_offered_to_others_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let mut wanted = config(folder.path().into());
    wanted.listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(refusal(wanted.clone()).await, StartError::Plain(_)));
    wanted.allow_plain = true;
    start(wanted.clone()).await.unwrap().shutdown().await;
    wanted.tls =
        TlsMode::Files { cert: folder.path().join("no.pem"), key: folder.path().join("no.pem") };
    let error = start(wanted).await.err().unwrap();
    assert!(matches!(error, StartError::Tls(_)) && error.to_string().contains("no.pem"));
}

#[tokio::test]
async fn a_full_disk_refuses_clearly_reads_on_and_recovers() {
    let mut space = Space::start_with(|config| {
        config.limits.send_burst = 100_000;
        config.limits.sends_per_second = 100_000;
        config.max_pages = Some(120);
    })
    .await;
    let ada = space.join("Ada").await;
    let mut a = ada.online().await;
    let room = a.general();
    let text = "x".repeat(20_000);
    let mut acknowledged = 0;
    let refused = loop {
        let item = message(&text);
        a.send(room, vec![item.clone()]).await;
        let answer = a
            .expect(|frame| match frame {
                homing_protocol::ServerFrame::Ok(_) => Some(Ok(())),
                homing_protocol::ServerFrame::Err(failure) => Some(Err(failure)),
                _ => None,
            })
            .await;
        match answer {
            Ok(()) => acknowledged += 1,
            Err(failure) => {
                assert_eq!((failure.code, failure.temporary), (ErrorCode::ReadOnly, true));
                assert!(failure.retry_after_ms.is_some());
                break item;
            }
        }
        assert!(acknowledged < 1000);
    };
    assert!(acknowledged > 0);
    let (status, _, text) = raw_call(&space.address(), "GET", "/readyz", &[], String::new()).await;
    assert_eq!(status, 503);
    assert!(text.contains("read-only"));
    // Reading goes on, for newcomers too.
    let mut again = ada.online().await;
    let head = again.pull(room, Some(0), None, 1).await.head;
    assert_eq!(head.0, 1 + acknowledged);
    // Something small may still fit: the server tries each time, by itself.
    drop((a, again));
    space.stop().await;
    space.config.max_pages = None;
    space.go().await;
    let ada = Person { address: space.address(), ..ada };
    let mut a = ada.online().await;
    a.send(room, vec![refused]).await;
    let item = a.ok().await.items.remove(0);
    assert_eq!((item.seq.0, item.dup), (2 + acknowledged, false));
}

#[tokio::test]
async fn with_its_own_certificate_the_link_carries_the_fingerprint() {
    use homing_protocol::link::Fingerprint;
    use rustls::pki_types::ServerName;
    use tokio_rustls::TlsConnector;

    let space = Space::start_with(|config| config.tls = TlsMode::SelfSigned).await;
    let running = space.running.as_ref().unwrap();
    let link = running.join_link.clone().unwrap();
    assert!(link.address.tls);
    let told: Fingerprint = link.address.fingerprint.unwrap();
    assert_eq!(Some(told), running.fingerprint);
    // The certificate that is shown is the one in the link.
    let chain = homing_server::tls::read_chain(&space.config.data.join(homing_server::tls::CERT));
    let chain = chain.unwrap();
    assert_eq!(homing_server::tls::fingerprint(&chain[0]), told);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(chain[0].clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(running.addr).await.unwrap();
    let connector = TlsConnector::from(Arc::new(client));
    let name = ServerName::try_from("localhost").unwrap();
    let stream = connector.connect(name, stream).await.unwrap();
    let (_, session) = stream.get_ref();
    let shown = &session.peer_certificates().unwrap()[0];
    assert_eq!(homing_server::tls::fingerprint(shown), told);
    // Plain text is not understood there.
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut plain = tokio::net::TcpStream::connect(running.addr).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _reset = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
}

/// The store of a space whose server is stopped, and what is told of its changes.
async fn store_of(space: &Space) -> (Sqlite, mpsc::Receiver<Change>) {
    let (told, changes) = mpsc::channel(64);
    let clock = Arc::new(SystemClock);
    let store = homing_server::server::open(&space.config, clock, None, told).await.unwrap();
    (store, changes)
}

#[tokio::test]
async fn a_renamed_space_tells_its_new_name() {
    let mut space = Space::start().await;
    let ada = space.join("Ada").await;
    let before = ada.online().await.welcome.clone().unwrap();
    space.stop().await;
    let (store, _changes) = store_of(&space).await;
    let renamed = store.rename_space(None, "Loft".to_owned()).await.unwrap();
    store.close().await;
    assert_eq!((renamed.name.as_str(), renamed.epoch), ("Loft", before.epoch));
    space.go().await;
    let ada = Person { address: space.address(), ..ada };
    let mut a = ada.connect().await;
    let welcome = a.hello(Some(before.epoch), Some(before.pos), None).await;
    assert_eq!((welcome.space_name.as_str(), welcome.reset), ("Loft", false));
}

#[tokio::test]
async fn a_space_that_is_renamed_beside_a_running_server_is_called_so_at_once() {
    let space = Space::start().await;
    let ada = space.join("Ada").await;
    let mut a = ada.online().await;
    let (store, _changes) = store_of(&space).await;
    store.rename_space(None, "Loft".to_owned()).await.unwrap();
    store.close().await;
    assert_eq!(a.digest().await.space_name.as_deref(), Some("Loft"));
    let mut again = ada.connect().await;
    let welcome = again.hello(None, None, None).await;
    assert_eq!(welcome.space_name, "Loft");
}

#[tokio::test]
async fn a_new_epoch_resets_every_client() {
    let mut space = Space::start().await;
    let ada = space.join("Ada").await;
    let before = ada.online().await.welcome.clone().unwrap();
    space.stop().await;
    let (store, _changes) = store_of(&space).await;
    let renewed = store.renew_epoch().await.unwrap();
    store.close().await;
    assert_ne!(renewed.epoch, before.epoch);
    space.go().await;
    let ada = Person { address: space.address(), ..ada };
    let mut a = ada.connect().await;
    let welcome = a.hello(Some(before.epoch), Some(before.pos), None).await;
    assert!(welcome.reset);
    assert_eq!(welcome.epoch, renewed.epoch);
}
