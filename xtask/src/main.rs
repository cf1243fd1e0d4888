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
mod icons;
mod process;
mod run;
mod test;
mod tidy;
mod tree;

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
        Command::Tidy => tidy::run(),
        Command::Reread { yes } => tidy::reread(yes),
        Command::Codegen { check } => codegen::run(check),
        Command::Icons { check } => icons::run(check),
    };
    if let Err(error) = &done {
        eprintln!("{error:#}");
    }
    exit(done.is_ok())
}

const fn exit(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
