//! `homing`: a command-line client for people, scripts and bots.
//!
//! It runs the engine of the desktop app, with the same outbox, for the duration of one command. So
//! `homing send` without a network stores the message, and the next `homing` command that connects
//! sends it. It signs in as a device of its own and does not share a profile with the desktop app.
//!
//! Results go to standard output, as text or, with `--json`, as one JSON value per line. Everything
//! else goes to standard error. The exit code says how it ended, see [`failure::Code`].

mod args;
mod commands;
mod dialer;
mod failure;
mod message;
mod output;
mod profile;
mod room;
#[cfg(test)]
mod samples;
mod space;
mod text;
mod time;
mod tokens;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::failure::{Code, Failure};
use crate::output::Output;

fn main() -> ExitCode {
    let args = match args::read(std::env::args_os()) {
        Ok(args) => args,
        Err(stop) => return stop.report(),
    };
    // No logs by default: scripts use the exit code.
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HOMING_LOG")
                .unwrap_or_else(|_| "off".into()),
        )
        // Colours only for a terminal.
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_writer(std::io::stderr)
        // It would panic when the log can't be written.
        .log_internal_errors(false)
        .init();
    let out = Output { json: args.common.json };
    ExitCode::from(out.finish(run(args)).number())
}

fn run(args: Args) -> Result<Code, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Code::Failed, format!("can't start: {error}")))?;
    let common = &args.common;
    let result = runtime.block_on(async {
        match args.command {
            Command::Join(join) => commands::join::run(common, join).await,
            Command::Link => commands::link::run(common).await,
            Command::Rooms => commands::rooms::run(common).await,
            Command::Room(room) => commands::room::run(common, room).await,
            Command::People => commands::people::run(common).await,
            Command::Send(send) => commands::send::run(common, send).await,
            Command::Reply(reply) => commands::send::reply(common, reply).await,
            Command::Edit(edit) => commands::change::edit(common, edit).await,
            Command::React(react) => commands::change::react(common, react).await,
            Command::Delete(delete) => commands::change::delete(common, delete).await,
            Command::Pin(pin) => commands::change::pin(common, pin).await,
            Command::Tail(tail) => commands::tail::run(common, tail).await,
            Command::Status => commands::status::run(common).await,
            Command::Doctor(doctor) => commands::doctor::run(common, doctor).await,
        }
    });
    // Don't wait for a keyring that hangs.
    runtime.shutdown_background();
    result
}
