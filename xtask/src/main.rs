//! The project's own commands. `./dev` and CI call nothing but these.
//!
//! Everything here is plain work on files and processes, and it depends on little, because every
//! other command waits until this program is built.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

mod codegen;
mod dist;
mod figures;
mod fuzz;
mod icons;
mod manual;
mod process;
mod proxies;
mod run;
mod sim;
mod test;
mod tidy;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build and open the app; without a display, on a virtual one
    Run {
        /// Play the promise: a server, two apps, the network cut in the middle of a conversation
        #[arg(long)]
        demo: bool,
        /// What the app gets, such as `-- --profile second`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run every check and every test, and count
    Test {
        /// Only these stages, and what they need
        #[arg(value_enum)]
        stages: Vec<test::Stage>,
    },
    /// In a few minutes: format, tidy, lints and unit tests of what changed
    Check {
        /// What changed since this commit; without it, since this branch left main
        #[arg(long, value_name = "REVISION")]
        since: Option<String>,
    },
    /// Check what no compiler checks: who imports whom, sizes, words, documents
    Tidy,
    /// Note that docs/protocol.md was read against a change of crates/protocol
    Reread {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Write the interface's types from the bridge
    Codegen {
        /// Only say whether they are fresh
        #[arg(long)]
        check: bool,
    },
    /// Kill, stop and cut off real processes at random, and judge what is true afterwards
    #[command(disable_help_flag = true)]
    Chaos {
        /// As `chaos --help` lists
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure, beside peers where there are any: `jitter` or `reconnect`
    #[command(disable_help_flag = true)]
    Bench {
        /// The bench, and what `bench NAME --help` lists
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Go behind and through every real proxy: join, be silent, kill the server, ask the doctors
    #[command(disable_help_flag = true)]
    Proxies {
        /// As `proxies --help` lists
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Play worlds made from seeds, in which everything goes wrong, and judge what is true afterwards
    #[command(disable_help_flag = true)]
    Sim {
        /// See whether worlds notice bugs that are put in on purpose
        #[arg(long)]
        bugs: bool,
        /// As `sim --help` lists
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Look for bytes from the network that break a promise
    Fuzz {
        /// Only at this door
        #[arg(value_enum)]
        door: Option<fuzz::Door>,
        /// For so long, at each
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Only run this input again
        #[arg(long, requires = "door", conflicts_with = "seconds")]
        input: Option<PathBuf>,
    },
    /// Build and pack what people install
    Dist(dist::Dist),
    /// Write man pages and shell completions from the programs' arguments
    Manual,
    /// Draw all icons from the SVGs in icons/
    Icons {
        /// Only say whether they are fresh
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { demo: true, args } => run::demo(&args),
        Command::Run { demo: false, args } => run::app(&args),
        // What failed was told where it failed: the last line is the count.
        Command::Test { stages } => return exit(test::run(&stages)),
        Command::Check { since } => match test::check(since.as_deref()) {
            Ok(passed) => return exit(passed),
            Err(error) => Err(error),
        },
        Command::Tidy => tidy::run(),
        Command::Reread { yes } => tidy::reread(yes),
        Command::Codegen { check } => codegen::run(check),
        Command::Fuzz { door: Some(door), input: Some(input), .. } => fuzz::again(door, &input),
        Command::Fuzz { door, seconds, .. } => fuzz::run(door, seconds),
        Command::Dist(dist) => dist::run(&dist),
        Command::Manual => manual::run(),
        Command::Icons { check } => icons::run(check),
        Command::Sim { bugs: true, .. } => sim::find_bugs().map(drop),
        Command::Sim { bugs: false, args } => return measured(sim::run(&args)),
        Command::Chaos { args } => return measured(figures::run(&with("chaos", args))),
        Command::Proxies { args } => return measured(proxies::run(&args)),
        Command::Bench { args } => return measured(figures::run(&args)),
    };
    if let Err(error) = &done {
        eprintln!("{error:#}");
    }
    exit(done.is_ok())
}

/// A command of the figures, with its arguments.
fn with(command: &str, args: Vec<String>) -> Vec<String> {
    std::iter::once(command.to_owned()).chain(args).collect()
}

fn measured(done: anyhow::Result<ExitCode>) -> ExitCode {
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::from(figures::NOT_RUN)
    })
}

const fn exit(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
