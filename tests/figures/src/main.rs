//! `homing-figures`: what is promised in public, measured.
//!
//! `chaos` and the benches run real processes over real sockets and print one line of JSON;
//! `cargo xtask chaos` and `cargo xtask bench` build them for release and start them. The other
//! commands are the processes that those start: this program again, told by its driver what to do.
//!
//! It reads `/proc`, sends signals and starts nginx, so it is for Linux.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "one line of JSON for scripts, progress for people"
)]

mod chaos;
mod desktop;
mod jitter;
mod load;
mod machine;
mod namespace;
mod outcome;
mod reconnect;
mod space;
mod talk;
mod wake;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::{Parser, Subcommand};

use self::outcome::{NOT_RUN, Outcome};

/// What is promised in public, measured.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Measure, and let the bound decide nothing
    #[arg(long, global = true)]
    no_check: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Real processes that are killed, stopped and cut off, and what is true afterwards
    Chaos(chaos::Options),
    /// A crowd that is cut off and comes back, for ours and for its peers: what arrives, and when?
    Jitter(jitter::Options),
    /// One engine and one server, cut and connected again: does either grow?
    Reconnect(reconnect::Options),
    /// A network that goes and comes back, and a machine that wakes: when is everything here?
    Wake(wake::Options),
    /// The app on a desktop beside a bare window: starting, memory, doing nothing, a click
    Desktop(desktop::Options),
    /// Tokens into the keyring of a stage, for `desktop`
    #[command(hide = true)]
    Deposit(desktop::deposit::Options),
    /// One engine and somebody who writes, for `chaos`
    #[command(hide = true)]
    Device(chaos::device::Options),
    /// Many engines, for `jitter`
    #[command(hide = true)]
    Crowd(jitter::crowd::Options),
    /// One engine that comes back at once, for `reconnect`
    #[command(hide = true)]
    Engine(reconnect::client::Options),
    /// A server without limits, for `reconnect`
    #[command(hide = true)]
    Serve(reconnect::server::Options),
}

fn main() -> ExitCode {
    let Arguments { no_check, command } = Arguments::parse();
    // In a thread, because what the tests share panics where it can't go on.
    let ran = std::thread::spawn(move || run(command)).join();
    match ran.unwrap_or_else(|_| Err(anyhow!("it could not go on; why stands above"))) {
        Ok(Some(outcome)) => outcome.report(!no_check),
        Ok(None) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("not measured: {error:#}");
            ExitCode::from(NOT_RUN)
        }
    }
}

fn run(command: Command) -> Result<Option<Outcome>> {
    if let Command::Chaos(options) = &command {
        options.settle_in()?;
    }
    if let Command::Wake(options) = &command {
        options.settle_in()?;
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if matches!(command, Command::Device(_)) {
        // Twenty of them share a machine.
        runtime.worker_threads(1);
    }
    let runtime = runtime.enable_all().build().context("no threads can be started")?;
    let ran = runtime.block_on(async {
        match command {
            Command::Chaos(options) => chaos::run(options).await.map(Some),
            Command::Jitter(options) => jitter::run(options).await.map(Some),
            Command::Wake(options) => wake::run(options).await.map(Some),
            Command::Crowd(options) => jitter::crowd::run(options).await.map(|()| None),
            Command::Reconnect(options) => reconnect::run(options).await.map(Some),
            Command::Desktop(options) => desktop::run(options).await.map(Some),
            Command::Deposit(options) => desktop::deposit::run(options).await.map(|()| None),
            Command::Device(options) => chaos::device::run(options).await.map(|()| None),
            Command::Engine(options) => reconnect::client::run(options).await.map(|()| None),
            Command::Serve(options) => reconnect::server::run(options).await.map(|()| None),
        }
    });
    // Standard input is read by a thread that can't be interrupted.
    runtime.shutdown_background();
    ran
}

/// A program that was built beside this one.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe().context("this program does not know where it is")?;
    let path = here.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let missing = || format!("{} is missing; `cargo xtask` builds it", path.display());
    path.is_file().then_some(()).with_context(missing)?;
    Ok(path)
}
