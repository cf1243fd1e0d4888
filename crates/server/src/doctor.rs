//! Checks what a server needs, one step after the other. Each finding has a verdict, its meaning
//! and advice.
//!
//! [`examine`] checks this machine, [`check_public_address`] the address in the join links. Neither
//! changes anything, except that the folder is created and a file is written and removed as a test.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::{fs, io};

use rusqlite::Connection;
use serde::Serialize;

use crate::clock::Clock;
use crate::config::TlsMode;
use crate::server::lock_folder;
use crate::store::StoreError;
use crate::store::sqlite::{self, FILE};
use crate::{StartError, tls};
use homing_certificate::Certificate;

mod findings;
mod handshake;
mod public_address;

pub use public_address::{ProbeTarget, Trust, check_public_address};

/// Free bytes below which the disk counts as nearly full: a day of a busy team.
const LOW_DISK_SPACE: u64 = 1024 * 1024 * 1024;
/// Free bytes below which writes are about to fail.
const MIN_DISK_SPACE: u64 = 64 * 1024 * 1024;
/// Days before its end from which a certificate gets a warning.
const EXPIRES_SOON_DAYS: i64 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A newest event this far in the future means that the clock was set back. Clocks that differ by
/// more make message times look wrong.
const SKEW_MS: i64 = 60_000;
/// 2024-01-01, before the first release: an earlier time is wrong.
const EARLIEST_NOW_MS: i64 = 1_704_067_200_000;

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to do.
    Fine,
    /// Works, with a warning.
    Doubtful,
    /// Does not work.
    Wrong,
    /// Was not checked.
    Skipped,
}

/// The finding of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub step: &'static str,
    pub verdict: Verdict,
    /// What was observed, and what it means.
    pub meaning: String,
    pub advice: Option<String>,
}

impl Finding {
    fn fine(step: &'static str, meaning: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Fine, meaning: meaning.into(), advice: None }
    }

    fn note(step: &'static str, meaning: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            step,
            verdict: Verdict::Doubtful,
            meaning: meaning.into(),
            advice: Some(advice.into()),
        }
    }

    fn skipped(step: &'static str, meaning: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Skipped, meaning: meaning.into(), advice: None }
    }

    fn wrong(step: &'static str, meaning: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Wrong, meaning: meaning.into(), advice: Some(advice.into()) }
    }
}

/// Checks this machine, in the order in which a start would use each part.
#[must_use]
pub fn examine(data: &Path, listen: SocketAddr, mode: &TlsMode, clock: &dyn Clock) -> Vec<Finding> {
    let running = matches!(lock_folder(data), Err(StartError::Running(_)));
    let database = Database::open(data);
    vec![
        folder(data),
        disk_space(data),
        integrity(&database),
        certificate(data, mode, clock),
        port(listen, running),
        time(&database, clock),
    ]
}

fn folder(data: &Path) -> Finding {
    let probe = data.join("doctor.tmp");
    let tried = fs::write(&probe, b"doctor").and_then(|()| fs::remove_file(&probe));
    match tried {
        Ok(()) => Finding::fine("folder", format!("{} is writable", data.display())),
        Err(error) => Finding::wrong(
            "folder",
            format!("can't write to {}: {error}", data.display()),
            "make the folder writable for this user, or choose another one with --data",
        ),
    }
}

fn disk_space(data: &Path) -> Finding {
    let mib = |bytes: u64| format!("{} MiB free", bytes / (1024 * 1024));
    match fs4::available_space(data) {
        Ok(free) if free < MIN_DISK_SPACE => Finding::wrong(
            "disk",
            mib(free),
            "free up space; the server stops accepting messages when the disk is full",
        ),
        Ok(free) if free < LOW_DISK_SPACE => {
            Finding::note("disk", mib(free), "free up space before the disk is full")
        }
        Ok(free) => Finding::fine("disk", mib(free)),
        Err(error) => Finding::note(
            "disk",
            format!("can't read the free space: {error}"),
            "check it yourself",
        ),
    }
}

enum Database {
    Absent,
    Open(Connection),
    Failed(StoreError),
}

impl Database {
    fn open(data: &Path) -> Self {
        let path = data.join(FILE);
        if !path.exists() {
            return Self::Absent;
        }
        match sqlite::connect(&path, None, false) {
            Ok(sql) => Self::Open(sql),
            Err(error) => Self::Failed(error),
        }
    }
}

const RESTORE: &str =
    "make a copy of the folder, then restore your latest backup; see docs/operations.md";

fn integrity(database: &Database) -> Finding {
    let sql = match database {
        Database::Absent => {
            return Finding::fine("database", "none yet; `homing-server serve` creates it");
        }
        Database::Failed(error) => return Finding::wrong("database", error.to_string(), RESTORE),
        Database::Open(sql) => sql,
    };
    let check = || -> Result<(u32, String), StoreError> {
        let schema = sqlite::identify(sql)?;
        Ok((schema, sql.pragma_query_value(None, "integrity_check", |row| row.get(0))?))
    };
    match check() {
        Err(error @ StoreError::Newer { .. }) => Finding::wrong(
            "database",
            error.to_string(),
            "install the newer version of homing-server that wrote it",
        ),
        Ok((schema, verdict)) if verdict == "ok" => {
            Finding::fine("database", format!("intact, schema {schema}"))
        }
        Ok((_, verdict)) => Finding::wrong("database", verdict, RESTORE),
        Err(error) => Finding::wrong("database", error.to_string(), RESTORE),
    }
}

fn certificate(data: &Path, mode: &TlsMode, clock: &dyn Clock) -> Finding {
    let (path, key) = match mode {
        TlsMode::Off => {
            return Finding::note(
                "certificate",
                "TLS is off",
                "only use this on loopback or behind a reverse proxy",
            );
        }
        TlsMode::SelfSigned => (data.join(tls::CERT), data.join(tls::KEY)),
        TlsMode::Files { cert, key } => (cert.clone(), key.clone()),
    };
    if *mode == TlsMode::SelfSigned && !path.exists() {
        return Finding::fine("certificate", "none yet; `homing-server serve` creates it");
    }
    let days = tls::read(&path, &key).map_err(|error| error.to_string()).and_then(|(chain, _)| {
        let first = chain.first().ok_or("no certificate")?;
        let end = Certificate::read(first).not_after.ok_or("can't read its dates")?;
        Ok(days_left(end, clock.now_ms()))
    });
    match days {
        Ok(days) if days < 0 => Finding::wrong(
            "certificate",
            format!("expired {} ago; no device can connect", in_days(-days)),
            "renew it and restart the server",
        ),
        Ok(days) if days < EXPIRES_SOON_DAYS => Finding::note(
            "certificate",
            format!("expires in {}", in_days(days)),
            "renew it and restart the server",
        ),
        Ok(days) => Finding::fine("certificate", format!("valid for {}", in_days(days))),
        Err(error) => Finding::wrong(
            "certificate",
            error,
            "set PEM files with --cert and --key; to bring back the server's own certificate and \
             key, restore them from a backup, or delete tls-cert.pem to create new ones (join \
             links sent before stop working)",
        ),
    }
}

fn in_days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// Whole days from `now_ms` until `end`, in seconds since 1970. Negative: it has passed.
fn days_left(end: i64, now_ms: i64) -> i64 {
    (end * 1000 - now_ms).div_euclid(DAY_MS)
}

fn port(listen: SocketAddr, running: bool) -> Finding {
    match TcpListener::bind(listen) {
        Ok(_) => Finding::fine("port", format!("{listen} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && running => {
            Finding::fine("port", format!("{listen} is in use by this space's server"))
        }
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Finding::wrong(
            "port",
            format!("{listen} is in use by another program"),
            "stop that program, or choose another port with --listen",
        ),
        Err(error) => Finding::wrong(
            "port",
            format!("can't listen on {listen}: {error}"),
            "choose another address with --listen; ports below 1024 need extra privileges",
        ),
    }
}

fn time(database: &Database, clock: &dyn Clock) -> Finding {
    let now = clock.now_ms();
    if now < EARLIEST_NOW_MS {
        return Finding::wrong(
            "clock",
            "this computer's clock is years behind",
            "set the clock; certificates and message times depend on it",
        );
    }
    let newest: i64 = match database {
        Database::Open(sql) => sql
            .query_row("SELECT coalesce(max(ts), 0) FROM events", [], |row| row.get(0))
            .unwrap_or(0),
        _ => 0,
    };
    if newest > now + SKEW_MS {
        return Finding::note(
            "clock",
            format!(
                "the newest message is {} s in the future; the clock was set back",
                (newest - now) / 1000
            ),
            "correct the clock; message order isn't affected",
        );
    }
    Finding::fine("clock", "looks right")
}
