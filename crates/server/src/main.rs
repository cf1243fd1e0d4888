//! `homing-server`: arguments, logs, signals and exit codes; everything else is in the library.

mod commands;
mod exit;
mod out;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{backup, doctor, init, invite, member, room, serve};
use tracing_subscriber::EnvFilter;

/// The server of a Homing space.
///
/// Run `homing-server serve`: it makes a space, prints the link that makes you its owner, and
/// serves it. Everything else is optional.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    /// The folder with the space's database and certificate.
    #[arg(long, global = true, env = "HOMING_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// What to log, such as `info` or `homing_server=debug`. Goes to standard error.
    #[arg(long, global = true, env = "HOMING_LOG", default_value = "info", value_name = "FILTER")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the space if there is none, and serve it.
    Serve(Box<serve::Serve>),
    /// Make the space without serving it; or start a new epoch after restoring a backup.
    Init(init::Init),
    /// Print a join link for further people.
    Invite(invite::Invite),
    /// Look after members: list, role, disable, enable, remove, reset-password.
    Member(member::Member),
    /// Look after rooms: list, remove.
    Room(room::Room),
    /// Copy the database into a file while the server runs.
    Backup(backup::Backup),
    /// Check everything a server needs, and say what to do.
    Doctor(Box<doctor::Doctor>),
    /// Print the versions of the program, the wire and the database.
    Version,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => return exit::told(&told),
    };
    let filter = EnvFilter::try_new(&arguments.log).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours(std::io::stderr().is_terminal()))
        .with_writer(std::io::stderr)
        // Its complaint about a log that can't be written would be a panic.
        .log_internal_errors(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(error) => Err(anyhow::Error::new(error).context("no threads can be started")),
    };
    exit::report(result)
}

/// Colours are for a person who looks on and did not turn them off, never for a file
/// (<https://no-color.org>).
fn colours(is_terminal: bool) -> bool {
    is_terminal && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data = commands::data_folder(arguments.data)?;
    match arguments.command {
        Command::Serve(serve) => serve.run(data).await,
        Command::Init(init) => init.run(data).await,
        Command::Invite(invite) => invite.run(data).await,
        Command::Member(member) => member.run(data).await,
        Command::Room(room) => room.run(data).await,
        Command::Backup(backup) => backup.run(data).await,
        Command::Doctor(doctor) => doctor.run(data).await,
        Command::Version => {
            commands::version()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_log_in_a_file_has_no_colours() {
        assert!(!colours(false));
    }

    #[test]
    fn the_manual_is_fresh() {
        homing_manual::check(&Arguments::command()).unwrap();
    }
}
