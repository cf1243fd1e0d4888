//! What can be asked on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Group, Parser, Subcommand};
use homing_engine::net::route;
use homing_protocol::AnyLink;

/// The table at the end of `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done; a message that was sent is on the server's disk
  1  something else failed
  2  the arguments can't be read
  3  queued: the message is safe on this disk, and the next homing that reaches the server sends it
  4  the server refused, and would again
  5  no such space or room here
  6  the server can't be reached, and nothing can be done without it
  7  the token can't be read or kept (keyring locked or absent)
  8  another program uses this profile

`doctor` ends with the code of the first thing that is wrong: 4, 6 or 7; notes do not count.
Messages that are queued go out with any of the other commands.";

/// A space in a terminal, for people, scripts and bots.
#[derive(Debug, Parser)]
#[command(name = "homing", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Group)]
pub(crate) struct Common {
    /// One JSON value a line instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Which space, by name, if this device is in several
    #[arg(long, global = true, value_name = "NAME", env = "HOMING_SPACE")]
    pub(crate) space: Option<String>,
    /// Keep the token in this file instead of the keyring; only for machines that have none
    #[arg(long, global = true, value_name = "FILE", env = "HOMING_TOKEN_FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Where spaces and queued messages are kept [default: the system's folder for such data]
    #[arg(long, global = true, value_name = "FOLDER", env = "HOMING_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// How long to wait for the server, in seconds
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value = "10",
        env = "HOMING_TIMEOUT",
        value_parser = seconds
    )]
    pub(crate) timeout: Duration,
    /// Reach servers through this proxy, such as http://user:password@proxy:3128 or
    /// socks5://proxy:1080; `none` for no proxy [default: as the environment (https_proxy,
    /// all_proxy, no_proxy), else the system says]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "HOMING_PROXY",
        hide_env_values = true,
        value_parser = proxy
    )]
    pub(crate) proxy: Option<ProxyArg>,
    /// Trust the certificate authorities in this PEM file, beside the system's
    #[arg(long, global = true, value_name = "FILE", env = "HOMING_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// The proxy of the command line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum ProxyArg {
    /// None at all.
    None,
    /// This one, as it was written.
    Through(String),
}

/// It may hold a password.
impl std::fmt::Debug for ProxyArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Through(_) => "Through(…)",
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Join a space with an invitation, or bring this device along with a device link
    Join(Join),
    /// Show a link and a QR code by which another device of yours comes in
    Link,
    /// List your rooms
    Rooms,
    /// Send a message; without a network it is queued
    Send(Send),
    /// Show the last messages of a room
    Tail(Tail),
    /// Say how the connection stands and what is queued
    Status,
    /// Look for what is wrong with the connection, step by step
    Doctor(Doctor),
}

#[derive(Debug, Group)]
pub(crate) struct Join {
    /// The link, as in homing://join/chat.example/5RT9-K2QX, or homing://link/… from another device
    pub(crate) link: AnyLink,
    /// Your name there; a device link needs none
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What to call this device in the list of devices [default: this computer's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
}

#[derive(Debug, Group)]
pub(crate) struct Send {
    /// general or #general, @ada for a direct message, or a room's id
    pub(crate) room: String,
    /// The message; without it, standard input is sent
    pub(crate) text: Vec<String>,
    /// Send each line of standard input as a message of its own
    #[arg(long, conflicts_with = "text")]
    pub(crate) lines: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Tail {
    /// general or #general, @ada for a direct room, or a room's id
    pub(crate) room: String,
    /// How many messages
    #[arg(short = 'n', long, default_value = "10", value_parser = clap::value_parser!(u32).range(0..=200))]
    pub(crate) number: u32,
    /// Stay, and show what is written from now on
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Doctor {
    /// A join link, to see whether its server can be reached, or the name of a space of this device
    pub(crate) what: Option<String>,
    /// Leave out where the server is: for a report that others will read
    #[arg(long)]
    pub(crate) mask: bool,
}

fn proxy(text: &str) -> Result<ProxyArg, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(ProxyArg::None);
    }
    // The text itself is not repeated: it may hold a password.
    route::read(text)
        .map(|_| ProxyArg::Through(text.to_owned()))
        .ok_or_else(|| "no proxy that can be used; one begins with http:// or socks5://".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_password_is_neither_repeated_nor_listed() {
        let line = "homing status --proxy socks4://ada:s3cret@proxy:1080";
        let refused = Args::try_parse_from(line.split(' ')).unwrap_err().to_string();
        assert!(refused.contains("begins with http://"), "{refused}");
        let line = "homing status --proxy http://ada:s3cret@proxy:1080";
        let read = format!("{:?}", Args::try_parse_from(line.split(' ')).unwrap());
        assert!(!read.contains("s3cret"), "{read}");
    }

    #[test]
    fn the_manual_is_fresh() {
        homing_manual::check(&Args::command()).unwrap();
    }

    #[test]
    fn what_was_meant_is_read() {
        for (line, meant) in [
            ("homing send general hello there", true),
            ("homing send general --lines", true),
            ("homing send general hello --lines", false),
            ("homing send", false),
            ("homing tail general -f -n 200 --json", true),
            ("homing tail general -n 201", false),
            ("homing join homing://join/chat.example/ABCD --as Ada", true),
            ("homing join homing://link/chat.example/ABCD", true),
            ("homing link --json", true),
            ("homing join https://chat.example --as Ada", false),
            ("homing doctor", true),
            ("homing doctor homing://join/chat.example/ABCD --json --mask", true),
            ("homing --timeout 0.5 status", true),
            ("homing --timeout -1 status", false),
            ("homing status --proxy socks5://ada:s3cret@proxy:1080 --ca-file ca.pem", true),
            ("homing status --proxy none", true),
            ("homing status --proxy https://proxy", false),
        ] {
            assert_eq!(Args::try_parse_from(line.split(' ')).is_ok(), meant, "{line}");
        }
    }
}
