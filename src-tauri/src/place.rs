//! Where a profile keeps its files, and what the system calls it.

use std::path::PathBuf;

use anyhow::Context as _;
use directories::{BaseDirs, UserDirs};
use jiff::tz::TimeZone;

use crate::args::ProfileName;

/// The name of the default profile to the system. Also the name of its folder.
const IDENTIFIER: &str = "chat.homing.desktop";

/// The place of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfilePaths {
    /// The name under which the system knows this copy.
    pub(crate) identifier: String,
    /// The default profile, the one that links open.
    pub(crate) default: bool,
    /// Spaces and settings.
    pub(crate) data: PathBuf,
    /// The logs.
    pub(crate) logs: PathBuf,
}

impl ProfilePaths {
    /// The place of a profile, under the folder that the system has for such files.
    pub(crate) fn of(profile: Option<&ProfileName>) -> anyhow::Result<Self> {
        let dirs = BaseDirs::new().context("this user has no home folder")?;
        Ok(Self::under(dirs.data_local_dir().to_owned(), profile))
    }

    fn under(base: PathBuf, profile: Option<&ProfileName>) -> Self {
        let identifier = match profile {
            // A part of a D-Bus name may not begin with a digit; a profile's name may.
            Some(name) => format!("{IDENTIFIER}.profile-{name}"),
            None => IDENTIFIER.to_owned(),
        };
        let folder = base.join(&identifier);
        Self {
            default: profile.is_none(),
            data: folder.join("profile"),
            logs: folder.join("logs"),
            identifier,
        }
    }
}

/// Where files go that the person asks for.
pub(crate) fn downloads() -> Option<PathBuf> {
    let dirs = UserDirs::new()?;
    // A system without the folder's name has a home all the same.
    Some(dirs.download_dir().map_or_else(|| dirs.home_dir().join("Downloads"), Into::into))
}

/// Where the person is now. The library would keep its last answer for five minutes, and the tray
/// tells times of the wall.
pub(crate) fn zone() -> TimeZone {
    jiff::tz::reset_system_time_zone_cache();
    TimeZone::system()
}

/// The person's full name, where the account has one: its own name alone is no name for people.
pub(crate) fn full_name() -> Option<String> {
    let account = whoami::username().ok();
    let name = whoami::realname().ok()?.trim().to_owned();
    (!name.is_empty() && Some(&name) != account.as_ref()).then_some(name)
}

/// What to call this computer in lists of devices: as its owner called it, else its name in the network.
pub(crate) fn device_name() -> String {
    // Most Linux machines have no name for people, which the library answers with an error.
    let host = whoami::devicename().or_else(|_| whoami::hostname()).unwrap_or_default();
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    };
    if host.is_empty() { system.to_owned() } else { format!("{host} ({system})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_share_nothing() {
        let name: ProfileName = "2work".parse().unwrap();
        let one = ProfilePaths::under("/data".into(), None);
        let two = ProfilePaths::under("/data".into(), Some(&name));
        assert_eq!(one.identifier, "chat.homing.desktop");
        assert_eq!(two.identifier, "chat.homing.desktop.profile-2work");
        assert!(!two.data.starts_with(one.data.parent().unwrap()));
        assert!(one.default && !two.default);
    }
}
