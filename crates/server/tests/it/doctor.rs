//! The doctor, on everything that it can be shown broken.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use homing_server::doctor::{Finding, Verdict, examine};
use homing_server::store::sqlite::FILE;
use homing_server::{Clock, SystemClock, TlsMode, tls};

use crate::space::Space;

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
        assert_eq!(finding.advice.is_none(), finding.verdict == Verdict::Fine, "{finding:?}");
    }
    let unwell = findings.iter().filter(|finding| finding.verdict != Verdict::Fine);
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
