//! The doctor, on everything that it can be shown broken.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use homing_protocol::link::Fingerprint;
use homing_server::doctor::{Finding, ProbeTarget, Trust, Verdict, check_public_address, examine};
use homing_server::store::sqlite::FILE;
use homing_server::{Clock, SystemClock, TlsMode, tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::space::{Space, raw_call};

/// A clock that stands.
struct At(i64);

impl Clock for At {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The own certificate ends with this day, 2120-01-01, counted from 1970.
const LAST_DAY: i64 = 54_786;

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What is not fine.
fn complaints(findings: &[Finding]) -> Vec<(&'static str, Verdict)> {
    for finding in findings {
        // Whatever is not fine says what to do.
        match finding.verdict {
            Verdict::Fine => assert_eq!(finding.advice, None, "{finding:?}"),
            Verdict::Doubtful | Verdict::Wrong => assert!(finding.advice.is_some(), "{finding:?}"),
            Verdict::Skipped => {}
        }
    }
    let unwell = findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Doubtful | Verdict::Wrong));
    unwell.map(|finding| (finding.step, finding.verdict)).collect()
}

/// A space that has run with its own certificate, and rests.
async fn rested() -> Space {
    let mut space = Space::start_with(|config| config.tls = TlsMode::SelfSigned).await;
    space.stop().await;
    space
}

fn pragma(data: &Path, name: &str, value: i32) {
    let sql = rusqlite::Connection::open(data.join(FILE)).unwrap();
    sql.pragma_update(None, name, value).unwrap();
}

fn scribble(path: PathBuf) {
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096).take(20_000) {
        *byte ^= 0xa5;
    }
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn it_finds_what_is_broken_and_nothing_else() {
    /// What is broken, how, and what should be found.
    type Case = (&'static str, fn(&Path), &'static [(&'static str, Verdict)]);
    let table: &[Case] = &[
        ("nothing", |_| (), &[]),
        ("no folder yet", |data| fs::remove_dir_all(data).unwrap(), &[]),
        (
            "a file in the folder's place",
            |data| {
                fs::remove_dir_all(data).unwrap();
                fs::write(data, "in the way").unwrap();
            },
            &[("folder", Verdict::Wrong)],
        ),
        ("a damaged database", |data| scribble(data.join(FILE)), &[("database", Verdict::Wrong)]),
        (
            "no database at all",
            |data| fs::write(data.join(FILE), "somebody's letters ".repeat(100)).unwrap(),
            &[("database", Verdict::Wrong)],
        ),
        (
            "a folder in the database's place",
            |data| {
                fs::remove_file(data.join(FILE)).unwrap();
                fs::create_dir(data.join(FILE)).unwrap();
            },
            &[("database", Verdict::Wrong)],
        ),
        (
            "a newer database",
            |data| pragma(data, "user_version", 99),
            &[("database", Verdict::Wrong)],
        ),
        (
            "another program's database",
            |data| pragma(data, "application_id", 7),
            &[("database", Verdict::Wrong)],
        ),
        (
            "no certificate in the file",
            |data| fs::write(data.join(tls::CERT), "none").unwrap(),
            &[("certificate", Verdict::Wrong)],
        ),
        (
            "no key in the file",
            |data| fs::write(data.join(tls::KEY), "none").unwrap(),
            &[("certificate", Verdict::Wrong)],
        ),
        (
            "a certificate without its key",
            |data| fs::remove_file(data.join(tls::KEY)).unwrap(),
            &[("certificate", Verdict::Wrong)],
        ),
    ];
    for (what, spoil, expected) in table {
        let space = rested().await;
        let data = &space.config.data;
        spoil(data);
        let findings = examine(data, free_port(), &TlsMode::SelfSigned, &SystemClock);
        assert_eq!(complaints(&findings), *expected, "{what}: {findings:?}");
    }
}

#[tokio::test]
async fn a_key_of_another_certificate_and_files_that_are_not_there() {
    let (space, other) = (rested().await, rested().await);
    let cert = space.config.data.join(tls::CERT);
    for (cert, key, expected) in [
        (cert.clone(), space.config.data.join(tls::KEY), None),
        (cert, other.config.data.join(tls::KEY), Some("certificate")),
        ("no.pem".into(), "no.pem".into(), Some("certificate")),
    ] {
        let mode = TlsMode::Files { cert, key };
        let findings = examine(&space.config.data, free_port(), &mode, &SystemClock);
        let expected: Vec<_> = expected.into_iter().map(|step| (step, Verdict::Wrong)).collect();
        assert_eq!(complaints(&findings), expected, "{findings:?}");
    }
    let findings = examine(&space.config.data, free_port(), &TlsMode::Off, &SystemClock);
    assert_eq!(complaints(&findings), [("certificate", Verdict::Doubtful)]);
}

/// Every step of the way, in order.
const WAY: [&str; 8] = [
    "public name",
    "public port",
    "public TLS",
    "public upgrade",
    "public health",
    "public clock",
    "sign-in",
    "round trip",
];

/// What is not fine on the way to an address, and what is said of it. Everything is told, once.
async fn way(
    host: &str,
    port: u16,
    trust: Trust,
) -> (Vec<(&'static str, Verdict)>, impl Fn(&str) -> String) {
    let outside = ProbeTarget { host: host.into(), port, trust };
    let findings = check_public_address(Some(&outside), &SystemClock).await;
    assert_eq!(findings.iter().map(|finding| finding.step).collect::<Vec<_>>(), WAY);
    let unwell = complaints(&findings);
    (unwell, move |step| {
        findings.iter().find(|finding| finding.step == step).unwrap().meaning.clone()
    })
}

#[tokio::test]
async fn the_way_to_a_server_with_its_own_certificate() {
    let space = Space::start_with(|config| config.tls = TlsMode::SelfSigned).await;
    let running = space.running.as_ref().unwrap();
    let (data, port) = (&space.config.data, running.addr.port());
    // Found by itself, and by what was said.
    let public = Some("127.0.0.1".parse().unwrap());
    for public in [None, public] {
        let outside = ProbeTarget::of(data, running.addr, &TlsMode::SelfSigned, public).unwrap();
        assert_eq!(outside.trust, Trust::Pinned(running.fingerprint.unwrap()));
        let (unwell, said) = way(&outside.host, outside.port, outside.trust).await;
        assert_eq!(unwell, []);
        assert!(said("public TLS").contains("TLS 1.3"), "{}", said("public TLS"));
        assert!(said("public upgrade").contains("asks for a token"), "{}", said("public upgrade"));
        assert_eq!(said("sign-in"), "needs a device");
    }
    // What links expect another certificate of; what stands behind it is looked at all the same.
    let (unwell, said) = way("127.0.0.1", port, Trust::Pinned(Fingerprint([7; 32]))).await;
    assert_eq!(unwell, [("public TLS", Verdict::Wrong)]);
    assert!(said("public TLS").contains(&Fingerprint([7; 32]).to_string()));
    assert!(said("public TLS").contains("Homing space"), "whose it is");
    // As if a proxy in front showed it.
    let (unwell, said) =
        way("127.0.0.1", port, Trust::System { given: None, extra: Vec::new() }).await;
    assert_eq!(unwell, [("public TLS", Verdict::Wrong)]);
    assert!(said("public TLS").contains("not trusted by this system"), "{}", said("public TLS"));
    // Without a word of TLS to it.
    let (unwell, _) = way("127.0.0.1", port, Trust::Off).await;
    assert_eq!(unwell, [("public upgrade", Verdict::Wrong)]);
}

#[tokio::test]
async fn the_way_to_a_server_with_given_files() {
    let space = Space::start_with(|config| {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = config.data.parent().unwrap();
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        fs::write(&cert, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        config.tls = TlsMode::Files { cert, key };
    })
    .await;
    let TlsMode::Files { cert, .. } = &space.config.tls else { unreachable!("it was set above") };
    let extra = tls::read_chain(cert).unwrap();
    let own = tls::fingerprint(&extra[0]);
    let ours = space.running.as_ref().unwrap().addr;
    let public = Some("localhost".parse().unwrap());
    let outside = ProbeTarget::of(&space.config.data, ours, &space.config.tls, public).unwrap();
    assert_eq!(outside.trust, Trust::System { given: Some(own), extra: Vec::new() });
    for (host, given, extra, expected) in [
        ("localhost", Some(own), &extra[..], None),
        ("localhost", Some(Fingerprint([7; 32])), &extra[..], Some(Verdict::Doubtful)),
        ("localhost", Some(own), &[], Some(Verdict::Wrong)),
        ("127.0.0.1", Some(own), &extra[..], Some(Verdict::Wrong)),
    ] {
        let trust = Trust::System { given, extra: extra.to_vec() };
        let (unwell, said) = way(host, ours.port(), trust).await;
        let expected: Vec<_> =
            expected.into_iter().map(|verdict| ("public TLS", verdict)).collect();
        assert_eq!(unwell, expected, "{host}: {}", said("public TLS"));
    }
}

#[tokio::test]
async fn the_way_to_nobody_and_to_strangers() {
    let space = Space::start().await;
    let ours = space.running.as_ref().unwrap().addr;
    assert_eq!(way("127.0.0.1", ours.port(), Trust::Off).await.0, []);
    let wrong_tls = [("public TLS", Verdict::Wrong)];
    let system = Trust::System { given: None, extra: Vec::new() };
    assert_eq!(way("127.0.0.1", ours.port(), system).await.0, wrong_tls, "it speaks plain HTTP");
    let nobody = free_port().port();
    let unreached = [("public port", Verdict::Doubtful)];
    assert_eq!(way("127.0.0.1", nobody, Trust::Off).await.0, unreached);
    let unnamed = [("public name", Verdict::Wrong)];
    assert_eq!(way("nobody.invalid", nobody, Trust::Off).await.0, unnamed);

    let upgrade = ("public upgrade", Verdict::Wrong);
    let health = ("public health", Verdict::Doubtful);
    for (answer, expected, words) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nHello",
            &[upgrade, health][..],
            "another program",
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
            &[upgrade, health],
            "can't reach it",
        ),
        ("220 mail.example ESMTP\r\n", &[upgrade], "isn't HTTP"),
        ("", &[upgrade], "closed before a response"),
    ] {
        let (port, _stranger) = stranger(answer).await;
        let (unwell, said) = way("127.0.0.1", port, Trust::Off).await;
        assert_eq!(unwell, expected, "{answer}");
        assert!(said("public upgrade").contains(words), "{}", said("public upgrade"));
    }
}

/// Says the same to everybody who asks something, until it is dropped.
async fn stranger(answer: &'static str) -> (u16, JoinSet<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _asked = stream.read(&mut asked).await;
            let _gone = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, tasks)
}

#[tokio::test]
async fn a_proxy_that_drops_the_upgrade_is_told_from_one_that_does_not() {
    let space = Space::start().await;
    let address = space.address();
    let upgrade = [
        ("connection", "upgrade".to_owned()),
        ("upgrade", "websocket".to_owned()),
        ("sec-websocket-version", "13".to_owned()),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==".to_owned()),
        ("sec-websocket-protocol", "homing.v1".to_owned()),
    ];
    for (headers, expected) in [(&upgrade[..], 401), (&upgrade[2..], 400), (&upgrade[..4], 400)] {
        let asked = raw_call(&address, "GET", "/v1/socket", headers, String::new());
        assert_eq!(asked.await.0, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_space_that_was_never_served_has_no_way_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let outside = ProbeTarget::of(folder.path(), free_port(), &TlsMode::SelfSigned, None);
    assert_eq!(outside, None);
    let findings = check_public_address(None, &SystemClock).await;
    assert_eq!(findings.iter().map(|finding| finding.step).collect::<Vec<_>>(), WAY);
    assert!(findings.iter().all(|finding| finding.verdict == Verdict::Skipped));
}

#[tokio::test]
async fn a_port_is_free_or_ours_or_taken() {
    let mut space = Space::start().await;
    let ours = space.running.as_ref().unwrap().addr;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken_at = taken.local_addr().unwrap();
    let data = space.config.data.clone();
    let port = |listen| {
        let findings = examine(&data, listen, &TlsMode::SelfSigned, &SystemClock);
        findings.into_iter().find(|finding| finding.step == "port").unwrap().verdict
    };
    assert_eq!(port(ours), Verdict::Fine, "the server itself");
    assert_eq!(port("203.0.113.1:1".parse().unwrap()), Verdict::Wrong, "no address of ours");
    space.stop().await;
    let findings = examine(&space.config.data, taken_at, &TlsMode::SelfSigned, &SystemClock);
    assert_eq!(complaints(&findings), [("port", Verdict::Wrong)]);
}

#[tokio::test]
async fn time_that_has_gone_wrong() {
    let mut space = Space::start_with(|config| config.tls = TlsMode::SelfSigned).await;
    space.stop().await;
    space.config.tls = TlsMode::Off;
    space.go().await;
    // Who joins first makes the first event.
    space.join("Ada").await;
    space.stop().await;
    let now = SystemClock.now_ms();
    for (at, expected) in [
        (now, &[][..]),
        (0, &[("clock", Verdict::Wrong)]),
        (now - DAY_MS, &[("clock", Verdict::Doubtful)]),
        ((LAST_DAY - 5) * DAY_MS, &[("certificate", Verdict::Doubtful)]),
        ((LAST_DAY + 5) * DAY_MS, &[("certificate", Verdict::Wrong)]),
    ] {
        let findings = examine(&space.config.data, free_port(), &TlsMode::SelfSigned, &At(at));
        assert_eq!(complaints(&findings), expected, "{findings:?}");
    }
}
