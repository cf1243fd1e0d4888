//! `homing-sim`: many worlds, and one line of JSON about them.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use clap::Parser;
use serde_json::json;

/// Lines of a failing seed's trace that are printed.
const TAIL: usize = 400;

/// Plays seeds and says which promises were broken.
#[derive(Debug, Parser)]
#[command(name = "homing-sim")]
struct Arguments {
    /// How many; 100 if left out, or only the one that --seed names
    #[arg(long)]
    seeds: Option<u64>,
    /// The first one
    #[arg(long)]
    seed: Option<u64>,
    /// Worlds at once; as many as there are cores if left out
    #[arg(long)]
    jobs: Option<usize>,
    /// Print the whole trace
    #[arg(long)]
    trace: bool,
    /// End with the first seed that fails
    #[arg(long)]
    stop: bool,
}

#[expect(clippy::disallowed_methods, reason = "how long it took is for people to see")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let first = arguments.seed.unwrap_or(1);
    let count = arguments.seeds.unwrap_or(if arguments.seed.is_some() { 1 } else { 100 });
    let cores = thread::available_parallelism().map_or(1, Into::into);
    let jobs = arguments.jobs.unwrap_or(cores);
    let next = AtomicU64::new(first);
    let (told, reports) = mpsc::channel();
    let mut sum = Sum::default();
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (next, told) = (&next, told.clone());
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count || told.send((seed, homing_sim::run(seed))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(told);
        for (seed, report) in reports {
            sum.add(seed, &report, arguments.trace);
            if arguments.stop && !sum.failed.is_empty() {
                next.fetch_add(count, Ordering::Relaxed);
            }
        }
    });
    let pass = sum.failed.is_empty();
    sum.failed.sort_unstable();
    println!(
        "{}",
        json!({
            "sim": { "first_seed": first, "seeds": sum.done, "jobs": jobs, "cores": cores },
            "seconds": began.elapsed().as_secs(),
            "violations": sum.violations,
            "failed_seeds": sum.failed,
            "messages": sum.messages,
            "faults": sum.faults,
            "virtual_hours": sum.virtual_ms / 3_600_000,
            "pass": pass,
        })
    );
    if pass { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Sum {
    done: u64,
    violations: usize,
    failed: Vec<u64>,
    messages: usize,
    faults: BTreeMap<&'static str, u32>,
    virtual_ms: u64,
}

impl Sum {
    fn add(&mut self, seed: u64, report: &homing_sim::Report, whole: bool) {
        self.done += 1;
        self.messages += report.messages;
        self.virtual_ms += report.virtual_ms;
        for (name, count) in &report.faults {
            *self.faults.entry(name).or_default() += count;
        }
        if whole || !report.violations.is_empty() {
            let count = if whole { usize::MAX } else { TAIL };
            report.trace.tail(count).iter().for_each(|line| eprintln!("{line}"));
        }
        if !report.violations.is_empty() {
            eprintln!("\nseed {seed} broke {} promises:", report.violations.len());
            report.violations.iter().take(20).for_each(|violation| eprintln!("  {violation}"));
            eprintln!("again: cargo xtask sim --seed {seed} --trace\n");
            self.violations += report.violations.len();
            self.failed.push(seed);
        }
        if self.done.is_multiple_of(100) {
            eprintln!("{} seeds, {} failed", self.done, self.failed.len());
        }
    }
}
