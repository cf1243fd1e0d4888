//! The binary `homing-server`: arguments, logs, signals and exit codes. Everything else is in the
//! library.

mod commands;
mod exit;
mod output;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{backup, doctor, init, invite, member, room, serve, space};
use tracing_subscriber::EnvFilter;

/// Run the server of a Homing space.
///
/// Start with `homing-server serve`: it creates the space, prints the link that makes you its owner,
/// and runs the server. Everything else is optional.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    /// Folder with the space's database and certificate.
    #[arg(long, global = true, env = "HOMING_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// What to log to standard error, such as `info` or `homing_server=debug`.
    #[arg(long, global = true, env = "HOMING_LOG", default_value = "info", value_name = "FILTER")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server, creating the space if there is none.
    Serve(Box<serve::Serve>),
    /// Create the space without running the server, or start a new epoch after restoring a backup.
    Init(init::Init),
    /// Create a join link, list open invitations, or revoke one.
    Invite(invite::Invite),
    /// Manage members: list, role, disable, enable, remove, reset-password.
    Member(member::Member),
    /// Manage rooms: list, remove.
    Room(room::Room),
    /// Manage the space: rename.
    Space(space::Space),
    /// Back up the database to a file. The server can keep running.
    Backup(backup::Backup),
    /// Find out what's wrong with the server, and how to fix it.
    Doctor(Box<doctor::Doctor>),
    /// Print the versions of the program, the protocol and the database.
    Version,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => return exit::report_usage(&usage),
    };
    let filter = EnvFilter::try_new(&arguments.log).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours(std::io::stderr().is_terminal()))
        .with_writer(std::io::stderr)
        // It would panic when the log can't be written.
        .log_internal_errors(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(error) => Err(anyhow::Error::new(error).context("can't start threads")),
    };
    exit::report(result)
}

/// Colours only for a terminal, and unless turned off (<https://no-color.org>).
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
        Command::Space(space) => space.run(data).await,
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
