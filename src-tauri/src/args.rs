//! What the program is started with.

use std::fmt;
use std::str::FromStr;

use clap::Parser;

/// Longest name of a profile: it becomes part of file and socket names.
const LONGEST: usize = 32;

/// Homing: team chat whose messages always arrive.
#[derive(Debug, Clone, Parser)]
#[command(name = "homing-desktop", version)]
pub(crate) struct Args {
    /// Run a separate copy with its own spaces and settings.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<ProfileName>,

    /// Quit the running copy of this profile, if there is one.
    #[arg(long, conflicts_with = "link")]
    pub(crate) quit: bool,

    /// Start in the tray, without a window.
    #[arg(long)]
    pub(crate) hidden: bool,

    /// Seconds to keep a window that was closed to the tray before its memory is freed.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) window_kept: u64,

    /// homing:// link to open.
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<String>,
}

/// The name of a profile: lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfileName(String);

impl FromStr for ProfileName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > LONGEST || !text.chars().all(fits) {
            return Err(format!("a profile's name can have 1 to {LONGEST} of a-z, 0-9 and -"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_manual_is_fresh() {
        homing_manual::check(&Args::command()).unwrap();
    }

    #[test]
    fn a_profile_and_a_link_can_stand_together() {
        let args =
            Args::try_parse_from(["homing-desktop", "--profile", "work", "homing://join/h/c"]);
        let args = args.unwrap();
        assert_eq!(args.profile.unwrap().to_string(), "work");
        assert_eq!(args.link.unwrap(), "homing://join/h/c");
    }

    #[test]
    fn quitting_opens_nothing() {
        assert!(Args::try_parse_from(["homing-desktop", "--quit"]).unwrap().quit);
        let both = ["homing-desktop", "--quit", "homing://join/h/c"];
        assert!(Args::try_parse_from(both).is_err());
    }

    #[test]
    fn the_window_is_shown_and_kept_a_minute_unless_told_otherwise() {
        let args = Args::try_parse_from(["homing-desktop"]).unwrap();
        assert!(!args.hidden);
        assert_eq!(args.window_kept, 60);
        let args = Args::try_parse_from(["homing-desktop", "--hidden", "--window-kept", "0"]);
        let args = args.unwrap();
        assert!(args.hidden);
        assert_eq!(args.window_kept, 0);
    }

    #[test]
    fn a_name_that_could_leave_its_folder_is_refused() {
        for name in ["", "..", "a/b", "Ä", "A", "a b", &"a".repeat(33)] {
            assert!(name.parse::<ProfileName>().is_err(), "{name:?}");
        }
        for name in ["a", "2", "work-2", &"a".repeat(32)] {
            assert!(name.parse::<ProfileName>().is_ok(), "{name:?}");
        }
    }
}
