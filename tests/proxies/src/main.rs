//! `homing-proxies`: Homing behind and through every proxy that a test knows, with the silence that a
//! person at lunch makes. `cargo xtask proxies` builds and starts it.
//!
//! A table for people on standard error, one line of JSON on standard output. It ends with 0, with 1
//! when something is not as it should be, with 2 when it could not be run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "one line of JSON for scripts, a table for people"
)]

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use homing_proxies::programs::{Programs, Said};
use homing_proxies::visit::{Place, Visit, version, visit};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Something is not as it should be.
const MISSED: u8 = 1;
/// It could not be run.
const NOT_RUN: u8 = 2;

/// Homing behind and through real proxies: join, silence, a server that is killed, the doctors.
#[derive(Debug, Parser)]
#[command(name = "proxies", version)]
struct Options {
    /// How long nobody says anything, with every proxy at the same time
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    silence: u64,
    /// Only these, by the beginning of their names
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(MISSED),
        Err(error) => {
            eprintln!("not run: {error:#}");
            ExitCode::from(NOT_RUN)
        }
    }
}

async fn run(options: &Options) -> Result<bool> {
    let programs = Programs::build().await?;
    let silence = Duration::from_secs(options.silence);
    let wanted = |place: &Place| {
        let name = place.to_string().to_lowercase();
        let begins = |only: &String| name.starts_with(&only.to_lowercase());
        options.only.is_empty() || options.only.iter().any(begins)
    };
    let places: Vec<Place> = Place::all().filter(wanted).collect();
    anyhow::ensure!(!places.is_empty(), "no proxy is called {}", options.only.join(" or "));
    eprintln!("{} proxies, silent for {} s", places.len(), options.silence);
    let mut visits = JoinSet::new();
    for (n, place) in places.iter().copied().enumerate() {
        let programs = programs.clone();
        visits.spawn(async move { (n, visit(&programs, place, Some(silence)).await) });
    }
    let mut seen: Vec<(usize, Result<Visit>)> = Vec::new();
    while let Some(ended) = visits.join_next().await {
        // What can't be started panics, and says why where it stands.
        let ended = ended.map_err(|_| anyhow!("one could not be visited; why stands above"))?;
        seen.push(ended);
    }
    seen.sort_by_key(|(n, _)| *n);
    let seen: Vec<(Place, Result<Visit>)> =
        places.into_iter().zip(seen.into_iter().map(|(_, visit)| visit)).collect();
    for line in table(&seen) {
        eprintln!("{line}");
    }
    let rows: Vec<Value> = seen.iter().map(|(place, visit)| row(*place, visit)).collect();
    let good = |visit: &Result<Visit>| visit.as_ref().is_ok_and(|visit| visit.faults().is_empty());
    let pass = seen.iter().all(|(_, visit)| good(visit));
    let figures = json!({
        "run": "proxies",
        "silence_s": options.silence,
        "proxies": rows,
        "pass": pass,
    });
    println!("{}", serde_json::to_string(&figures).context("figures are plain JSON")?);
    Ok(pass)
}

fn table(seen: &[(Place, Result<Visit>)]) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<18} {:<24} {:<8} {:>7}  {:<8} {:<8} while the server was away",
        "proxy", "version", "silence", "back", "server's", "device's"
    )];
    for (place, visit) in seen {
        let version = version(*place).unwrap_or_default();
        lines.push(match visit {
            Ok(visit) => format!(
                "{place:<18} {version:<24} {:<8} {:>5.1} s  {:<8} {:<8} {}",
                if visit.interrupted.is_empty() { "one" } else { "several" },
                visit.back.as_secs_f64(),
                visit.well.0.as_ref().map_or("-", verdict),
                verdict(&visit.well.1),
                visit.ill.0.as_ref().unwrap_or(&visit.ill.1).wrong().unwrap_or_default(),
            ),
            Err(error) => format!("{place:<18} {version:<24} {error:#}"),
        });
        let faults = visit.as_ref().map(Visit::faults).unwrap_or_default();
        lines.extend(faults.into_iter().map(|fault| format!("    {fault}")));
    }
    lines
}

fn verdict(said: &Said) -> &'static str {
    match (said.wrong(), said.doubtful().is_empty()) {
        (Some(_), _) => "WRONG",
        (None, false) => "note",
        (None, true) => "fine",
    }
}

fn row(place: Place, visit: &Result<Visit>) -> Value {
    let (name, version) = (place.to_string(), version(place));
    let visit = match visit {
        Ok(visit) => visit,
        Err(error) => {
            return json!({ "proxy": name, "version": version, "error": format!("{error:#}") });
        }
    };
    let said = |said: &Said| json!({ "verdict": verdict(said), "wrong": said.wrong(), "notes": said.doubtful() });
    json!({
        "proxy": name,
        "version": version,
        "joined": true,
        "interruptions": visit.interrupted.len(),
        "back_s": visit.back.as_secs_f64(),
        "server_doctor": visit.well.0.as_ref().map(said),
        "device_doctor": said(&visit.well.1),
        "away": {
            "device": visit.away,
            "server_doctor": visit.ill.0.as_ref().map(said),
            "device_doctor": said(&visit.ill.1),
        },
        "believes_claims": visit.believes,
        "faults": visit.faults(),
    })
}
