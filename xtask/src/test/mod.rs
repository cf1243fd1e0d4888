//! `./dev test`: every check and every test, in an order in which each is built once.
//!
//! The interface is built first, because the desktop app carries it inside. Then one build of the
//! whole workspace, by clippy's compiler, serves the lints, the fresh-types check, the tests, the
//! browser host and the desktop tests. A stage that fails does not stop the others, but a stage
//! that needs what could not be built is counted as failed and not run.

mod count;
mod packages;
mod stage;

use std::time::{Duration, Instant};

use count::Count;
pub(crate) use stage::Stage;

struct Done {
    stage: Stage,
    took: Duration,
    count: Count,
}

/// Runs these stages and what they need, or all. Whether everything passed.
#[expect(clippy::disallowed_methods, reason = "the time that a stage takes is for people to see")]
pub(crate) fn run(stages: &[Stage]) -> bool {
    let mut done: Vec<Done> = Vec::new();
    for stage in Stage::chosen(stages) {
        println!("\n=== {stage}");
        let start = Instant::now();
        let broken = done.iter().find(|done| done.count.failed > 0 && stage.needs(done.stage));
        let count = match broken {
            Some(Done { stage: needed, .. }) => {
                println!("not run, because it needs what failed in: {needed}");
                Count::FAILED
            }
            None => stage.run().unwrap_or_else(|error| {
                eprintln!("{error:#}");
                Count::FAILED
            }),
        };
        done.push(Done { stage, took: start.elapsed(), count });
    }
    report(&done)
}

fn report(done: &[Done]) -> bool {
    println!("\n{:<16}{:>8}{:>9}{:>9}", "stage", "time", "passed", "failed");
    for Done { stage, took, count } in done {
        let (name, seconds) = (stage.to_string(), took.as_secs());
        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
        println!("{name:<16}{time:>8}{:>9}{:>9}", count.passed, count.failed);
    }
    let all: Count = done.iter().map(|done| done.count).sum();
    println!("\n{} passed, {} failed", all.passed, all.failed);
    all.failed == 0
}
