//! `./dev test`: every check and every test, in an order in which each is built once.
//!
//! The interface is built first, because the desktop app carries it inside. Then one build of the
//! whole workspace, by clippy's compiler, serves the lints, the fresh-types check, the tests, the
//! browser host and the desktop tests. A stage that fails does not stop the others, but a stage
//! that needs what could not be built is counted as failed and not run.
//!
//! `./dev check` is the short form, about what changed.

mod changed;
mod count;
mod packages;
mod stage;

use std::time::{Duration, Instant};

use anyhow::Result;
use count::Count;
pub(crate) use stage::Stage;

/// What one stage found.
struct Row {
    name: String,
    took: Duration,
    count: Count,
}

/// Runs these stages and what they need, or all. Whether everything passed.
pub(crate) fn run(stages: &[Stage]) -> bool {
    let mut done: Vec<(Stage, Row)> = Vec::new();
    for stage in Stage::chosen(stages) {
        let failed = |(before, row): &&(Stage, Row)| row.count.failed > 0 && stage.needs(*before);
        let broken = done.iter().find(failed).map(|(needed, _)| *needed);
        let row = timed(&stage.to_string(), || match broken {
            Some(needed) => {
                println!("not run, because it needs what failed in: {needed}");
                Ok(Count::FAILED)
            }
            None => stage.run(),
        });
        done.push((stage, row));
    }
    report(done.iter().map(|(_, row)| row))
}

/// Format, tidy, lints and unit tests of what changed since a revision, or since main.
///
/// # Errors
///
/// Where git or cargo can't say what changed.
pub(crate) fn check(since: Option<&str>) -> Result<bool> {
    changed::run(since).map(|rows| report(rows.iter()))
}

#[expect(clippy::disallowed_methods, reason = "the time that a stage takes is for people to see")]
fn timed(name: &str, run: impl FnOnce() -> Result<Count>) -> Row {
    println!("\n=== {name}");
    let start = Instant::now();
    let count = run().unwrap_or_else(|error| {
        eprintln!("{error:#}");
        Count::FAILED
    });
    Row { name: name.to_owned(), took: start.elapsed(), count }
}

fn report<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> bool {
    println!("\n{:<16}{:>8}{:>9}{:>9}", "stage", "time", "passed", "failed");
    for Row { name, took, count } in rows.clone() {
        let seconds = took.as_secs();
        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
        println!("{name:<16}{time:>8}{:>9}{:>9}", count.passed, count.failed);
    }
    let all: Count = rows.map(|row| row.count).sum();
    println!("\n{} passed, {} failed", all.passed, all.failed);
    all.failed == 0
}
