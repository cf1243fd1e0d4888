//! The command-line arguments.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args as Group, Parser, Subcommand};
use homing_engine::net::route;
use homing_protocol::{AnyLink, Cid, Seq, emoji};

use crate::failure::Code;
use crate::output::{self, Output};

/// Maximum timeout. Longer ones are mistakes, and some overflow the system's clock.
const MOST_PATIENCE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The table at the end of `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done; a message you sent is saved on the server
  1  another error
  2  invalid arguments
  3  queued: the message is saved on this device, and the next homing command that connects sends it
  4  rejected by the server; trying again won't help
  5  no such space, room, person or message
  6  the server can't be reached, and this command needs it
  7  the token can't be read or saved (keyring locked or missing)
  8  another program is using this profile
  9  done, but the result couldn't be written, as on a full disk; a message you sent is saved on the
     server
When the output is closed, as by `head`, homing stops with 0.
An edit, a reaction, a deletion or a pin ends with the same codes as a message.

`tail -f` stops only when nothing more can arrive, and says why: with 4 if this device was signed out,
the account was disabled or this version is too old, with 5 if you're no longer in the room, with 7 if
the token can't be read.
`doctor` ends with the code of the first error: 4, 6 or 7. Warnings don't count.
Every other command also sends queued messages.";

/// The end of `tail --help`.
const TAIL_JSON: &str = "\
With --json, each line is a message or another entry of the room:
  seq        its number; null while it is queued
  key        its ID: a message's can be used instead of its number
  sender     who wrote or did it; `name` is their name
  ts         when, in milliseconds since 1970
  content    `kind` and `body`: message, membership, created, described, pin …
  delivery   how far your own message got: queued, sending, sent or wedged (rejected)
  edited, pinned, reactions
             what others made of a message; a text is always the newest one
  gone       who deleted the message, whose text is empty then
  change     your latest change of it that isn't on the server yet
  target     the number of the message that was pinned or unpinned

With --follow, an edit, a reaction or a deletion of one of the latest messages is a line of its own:
its `key` and `seq` are null, `content` is an edit, react or redact, `target` is the number of the
message, and `ts` is when this device learned of it. `count` is how many people now react with that
emoji; `sender` is null if only the number is known.";

/// Homing in a terminal, for people, scripts and bots.
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
    /// Print JSON, one value per line, instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Space to use, by name, if this device is in several
    #[arg(long, global = true, value_name = "NAME", env = "HOMING_SPACE")]
    pub(crate) space: Option<String>,
    /// Keep the token in this file instead of the keyring; only for computers without one
    #[arg(long, global = true, value_name = "FILE", env = "HOMING_TOKEN_FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Folder for spaces and queued messages [default: the system's folder for such data]
    #[arg(long, global = true, value_name = "FOLDER", env = "HOMING_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Seconds to wait for the server
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value = "10",
        env = "HOMING_TIMEOUT",
        value_parser = seconds
    )]
    pub(crate) timeout: Duration,
    /// Connect through this proxy, such as http://user:password@proxy:3128 or socks5://proxy:1080;
    /// `none` for no proxy [default: from the environment (https_proxy, all_proxy, no_proxy), else
    /// from the system]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "HOMING_PROXY",
        hide_env_values = true,
        value_parser = proxy
    )]
    pub(crate) proxy: Option<ProxyArg>,
    /// Trust the certificate authorities in this PEM file, in addition to the system's
    #[arg(long, global = true, value_name = "FILE", env = "HOMING_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// The proxy argument.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum ProxyArg {
    /// No proxy.
    None,
    /// This proxy URL.
    Through(String),
}

/// Hides the URL, which may hold a password.
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
    /// Join a space with a join link, or sign in to it with a device link
    Join(Join),
    /// Link another device: show a link and a QR code that sign it in as you
    Link,
    /// List your rooms
    Rooms,
    /// Create, browse, join and leave rooms, list their members and add people
    #[command(subcommand)]
    Room(Room),
    /// List the people in the space
    People,
    /// Send a message; while you're offline it is queued
    Send(Send),
    /// Reply to a message
    Reply(Reply),
    /// Edit a message you sent
    Edit(Edit),
    /// React to a message with an emoji, or remove your reaction
    React(React),
    /// Delete a message for everyone. Its text is erased; this can't be undone
    #[command(visible_alias = "redact")]
    Delete(Delete),
    /// Pin a message in its room, or unpin it
    Pin(Pin),
    /// Show the latest messages in a room
    Tail(Tail),
    /// Show the connection and queued messages
    Status,
    /// Find out what's wrong with the connection, step by step
    Doctor(Doctor),
}

#[derive(Debug, Group)]
pub(crate) struct Join {
    /// Join link, as in homing://join/chat.example/5RT9-K2QX, or device link, as in homing://link/…
    pub(crate) link: AnyLink,
    /// Your name in the space; not needed with a device link
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Name of this device in your list of devices [default: this computer's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
}

#[derive(Debug, Group)]
pub(crate) struct Send {
    /// general or #general, @ada or @ada,ben for a direct message, or a room's ID
    pub(crate) room: String,
    /// Message to send [default: standard input]. Put -- before one that starts with a dash: homing
    /// send general -- -5 degrees
    pub(crate) text: Vec<String>,
    /// Send each line of standard input as a separate message
    #[arg(long, conflicts_with = "text")]
    pub(crate) lines: bool,
}

/// A message, by its room and its number or ID.
#[derive(Debug, Group)]
pub(crate) struct Target {
    /// general or #general, @ada or @ada,ben for a direct message, or a room's ID
    pub(crate) room: String,
    /// Number of the message, as `homing tail --numbers` shows it, or its ID, as --json shows it
    #[arg(value_parser = message)]
    pub(crate) message: MessageArg,
}

/// What names a message in its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageArg {
    /// Its place in the room.
    Number(Seq),
    /// Its sender's ID for it, which it has from the start.
    Cid(Cid),
}

impl std::fmt::Display for MessageArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(seq) => write!(f, "{}", seq.0),
            Self::Cid(cid) => write!(f, "{cid}"),
        }
    }
}

#[derive(Debug, Group)]
pub(crate) struct Reply {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Reply to send [default: standard input]. Put -- before one that starts with a dash
    pub(crate) text: Vec<String>,
}

#[derive(Debug, Group)]
pub(crate) struct Edit {
    #[command(flatten)]
    pub(crate) target: Target,
    /// New text of the message [default: standard input]. Put -- before one that starts with a dash
    pub(crate) text: Vec<String>,
}

#[derive(Debug, Group)]
pub(crate) struct React {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The emoji itself, as in 👍
    #[arg(value_parser = reaction)]
    pub(crate) emoji: String,
    /// Remove your reaction
    #[arg(long)]
    pub(crate) remove: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Delete {
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Group)]
pub(crate) struct Pin {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Unpin the message
    #[arg(long)]
    pub(crate) remove: bool,
}

#[derive(Debug, Group)]
#[command(after_help = TAIL_JSON)]
pub(crate) struct Tail {
    /// general or #general, @ada or @ada,ben for a direct message, or a room's ID
    pub(crate) room: String,
    /// Number of messages
    #[arg(short = 'n', long, default_value = "10", value_parser = clap::value_parser!(u32).range(0..=200))]
    pub(crate) number: u32,
    /// Keep showing new messages, and changes of the latest ones
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Show the number of each message, for `reply`, `edit`, `react`, `delete` and `pin`
    #[arg(long)]
    pub(crate) numbers: bool,
    /// Show times in UTC instead of local time. In JSON they are milliseconds since 1970
    #[arg(long)]
    pub(crate) utc: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Room {
    /// Create a room and show it
    Create(CreateRoom),
    /// List the rooms you can join
    Browse,
    /// Join a room that anyone in the space can join
    Join {
        /// general or #general, or a room's ID
        room: String,
    },
    /// Leave a room
    Leave {
        /// general or #general, or a room's ID
        room: String,
    },
    /// List the people in one of your rooms
    Members {
        /// general or #general, @ada or @ada,ben for a direct message, or a room's ID
        room: String,
    },
    /// Add people to one of your rooms
    Add {
        /// general or #general, or a room's ID
        room: String,
        /// People to add, as in ada or @ada
        #[arg(required = true, value_name = "PERSON")]
        people: Vec<String>,
    },
}

#[derive(Debug, Group)]
pub(crate) struct CreateRoom {
    /// Name of the room, with or without #
    pub(crate) name: String,
    /// What the room is for
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) topic: String,
    /// Let in only people who are added
    #[arg(long)]
    pub(crate) private: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Doctor {
    /// Join link whose server to check, or name of a space on this device
    pub(crate) what: Option<String>,
    /// Hide the server's address, for a report that others will read
    #[arg(long)]
    pub(crate) mask: bool,
}

fn proxy(text: &str) -> Result<ProxyArg, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(ProxyArg::None);
    }
    // The error does not repeat the text, which may hold a password.
    route::parse(text).map(|_| ProxyArg::Through(text.to_owned())).ok_or_else(|| {
        "not a proxy that Homing can use; it must start with http:// or socks5://".to_owned()
    })
}

fn message(text: &str) -> Result<MessageArg, String> {
    let number = text.parse().ok().filter(|number| *number > 0).map(|n| MessageArg::Number(Seq(n)));
    number.or_else(|| text.parse().ok().map(MessageArg::Cid)).ok_or_else(|| {
        "not the number or ID of a message; `homing tail --numbers` shows the numbers".to_owned()
    })
}

fn reaction(text: &str) -> Result<String, String> {
    let valid = emoji::is_reaction(text).then(|| text.to_owned());
    valid.ok_or_else(|| "not an emoji".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    let duration = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if duration > MOST_PATIENCE {
        return Err(format!("more than {} seconds, which is a year", MOST_PATIENCE.as_secs()));
    }
    Ok(duration)
}

/// Parses the command line.
///
/// # Errors
/// What to print instead: help, a version, or an error.
pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Args, ParseStop> {
    let args: Vec<OsString> = args.into_iter().collect();
    Args::try_parse_from(&args).map_err(|error| match leading_dash_hint(&args, error.kind()) {
        Some(text) => ParseStop::LeadingDash(text),
        None => ParseStop::Clap(error),
    })
}

/// Why there is no command to run.
#[derive(Debug)]
pub(crate) enum ParseStop {
    /// Help, a version, or an error.
    Clap(clap::Error),
    /// A message starts with a dash.
    LeadingDash(String),
}

impl ParseStop {
    /// Prints it and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Clap(error) if error.use_stderr() => {
                // If it can't be printed, the exit code still says so.
                _ = error.print();
                ExitCode::from(2)
            }
            Self::Clap(error) => {
                let told = error.print().map_err(output::unwritten).map(|()| Code::Done);
                ExitCode::from(Output { json: false }.finish(told).number())
            }
            Self::LeadingDash(text) => {
                Output { json: false }.note(text);
                ExitCode::from(2)
            }
        }
    }
}

/// The hint for a message that was parsed as an option. If help were printed with code 0, a script
/// would think that the message was sent.
fn leading_dash_hint(args: &[OsString], kind: ErrorKind) -> Option<String> {
    if !matches!(kind, ErrorKind::DisplayHelp | ErrorKind::UnknownArgument) {
        return None;
    }
    let dash = |arg: &OsString| arg.to_string_lossy().starts_with('-');
    for (index, text) in args.iter().enumerate().filter(|(_, arg)| dash(arg)) {
        let (before, with) = (args.get(..index)?, args.get(..=index)?);
        let Ok(Args { command, .. }) = Args::try_parse_from(before) else { continue };
        let Some((command, nothing)) = with_text(&command) else { continue };
        if Args::try_parse_from(with).is_err() {
            let text = text.to_string_lossy();
            let quoted = if text.contains(char::is_whitespace) {
                format!("\"{text}\"")
            } else {
                text.into_owned()
            };
            let name = command.split(' ').next().unwrap_or_default();
            return Some(format!(
                "{quoted} looks like an option, so nothing was {nothing}. Put -- before a message \
                 that starts with a dash:\n\n  homing {command} -- {quoted}\n\nFor help: \
                 homing {name} --help"
            ));
        }
    }
    None
}

/// The beginning of a command that takes the text of a message, and what it does with the text.
fn with_text(command: &Command) -> Option<(String, &'static str)> {
    let on = |target: &Target| format!("{} {}", target.room, target.message);
    Some(match command {
        Command::Send(send) => (format!("send {}", send.room), "sent"),
        Command::Reply(reply) => (format!("reply {}", on(&reply.target)), "sent"),
        Command::Edit(edit) => (format!("edit {}", on(&edit.target)), "changed"),
        _ => return None,
    })
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
        assert!(refused.contains("must start with http://"), "{refused}");
        let line = "homing status --proxy http://ada:s3cret@proxy:1080";
        let read = format!("{:?}", Args::try_parse_from(line.split(' ')).unwrap());
        assert!(!read.contains("s3cret"), "{read}");
    }

    #[test]
    fn the_manual_is_fresh() {
        homing_manual::check(&Args::command()).unwrap();
    }

    /// None of these is sent, and none may end with 0.
    #[test]
    fn a_text_that_looks_like_an_option_is_told_how_to_be_sent() {
        for (args, shown) in [
            (&["send", "general", "-h"][..], Some("homing send general -- -h")),
            (&["send", "general", "--help"], Some("homing send general -- --help")),
            (&["send", "general", "-x"], Some("homing send general -- -x")),
            (&["send", "general", "well", "-x"], Some("homing send general -- -x")),
            (&["send", "@ada", "-5 degrees"], Some("homing send @ada -- \"-5 degrees\"")),
            (&["send", "general", "- done"], Some("homing send general -- \"- done\"")),
            (&["send", "g", "--lines of code"], Some("homing send g -- \"--lines of code\"")),
            (&["--json", "send", "general", "-x"], Some("homing send general -- -x")),
            (
                &["reply", "general", "4", "-5 degrees"],
                Some("homing reply general 4 -- \"-5 degrees\""),
            ),
            (&["edit", "general", "4", "no", "-x"], Some("homing edit general 4 -- -x")),
            (&["reply", "general", "-h"], None),
            (&["react", "general", "4", "-x"], None),
            (&["send", "-h"], None),
            (&["send", "--jsno", "general"], None),
            (&["--jsno", "send", "general", "text"], None),
            (&["-h"], None),
            (&["tail", "general", "-x"], None),
        ] {
            let args = ["homing"].iter().chain(args).map(OsString::from);
            let told = match read(args.clone()) {
                Err(ParseStop::LeadingDash(text)) => Some(text),
                Err(ParseStop::Clap(_)) => None,
                Ok(read) => panic!("{read:?}"),
            };
            match (&told, shown) {
                (Some(told), Some(shown)) => {
                    assert!(told.lines().any(|line| line == format!("  {shown}")), "{told}");
                }
                (told, shown) => assert_eq!(told.as_deref(), shown, "{args:?}"),
            }
        }
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
            ("homing join https://chat.example/join#ABCD --as Ada", true),
            ("homing join https://chat.example --as Ada", false),
            ("homing doctor", true),
            ("homing doctor homing://join/chat.example/ABCD --json --mask", true),
            ("homing --timeout 0.5 status", true),
            ("homing --timeout -1 status", false),
            ("homing --timeout 31536000 status", true),
            ("homing --timeout 31536001 status", false),
            ("homing --timeout 1e18 status", false),
            ("homing --timeout 1e300 status", false),
            ("homing --timeout inf status", false),
            ("homing --timeout NaN status", false),
            ("homing send general -5 degrees", false),
            ("homing send general -- -5 degrees", true),
            ("homing tail general --utc", true),
            ("homing tail general --numbers -f", true),
            ("homing reply general 42 yes please", true),
            ("homing reply general 42", true),
            ("homing reply general", false),
            ("homing reply general 0 yes", false),
            ("homing reply general -1 yes", false),
            ("homing reply general first yes", false),
            ("homing edit @ada 01900000-0000-7004-8000-000000000001 yes", true),
            ("homing edit general 42 -- -5 degrees", true),
            ("homing react general 42 👍", true),
            ("homing react general 42 👍 --remove --json", true),
            ("homing react general 42 \u{fe0f}", false),
            ("homing react general 42", false),
            ("homing react general 42 👍 👎", false),
            ("homing delete general 42", true),
            ("homing redact general 42", true),
            ("homing delete general 42 43", false),
            ("homing pin general 42", true),
            ("homing pin general 42 --remove", true),
            ("homing pin general", false),
            ("homing room", false),
            ("homing room create ops --topic on-call --private --json", true),
            ("homing room create", false),
            ("homing room add ops", false),
            ("homing room add ops @ada ben", true),
            ("homing status --proxy socks5://ada:s3cret@proxy:1080 --ca-file ca.pem", true),
            ("homing status --proxy none", true),
            ("homing status --proxy https://proxy", false),
        ] {
            assert_eq!(Args::try_parse_from(line.split(' ')).is_ok(), meant, "{line}");
        }
    }
}
