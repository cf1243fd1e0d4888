//! The paths of a profile, and its identifier.

use std::path::PathBuf;

use anyhow::Context as _;
use directories::{BaseDirs, UserDirs};
use jiff::tz::TimeZone;

use crate::args::ProfileName;

/// Identifier of the default profile, also the name of its folder.
const IDENTIFIER: &str = "chat.homing.desktop";

/// The paths of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfilePaths {
    /// The system's identifier of this copy.
    pub(crate) identifier: String,
    /// The default profile, which opens links.
    pub(crate) default: bool,
    /// Spaces and settings.
    pub(crate) data: PathBuf,
    /// Logs.
    pub(crate) logs: PathBuf,
}

impl ProfilePaths {
    /// The paths of a profile, under the system's folder for such files.
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

/// The downloads folder.
pub(crate) fn downloads() -> Option<PathBuf> {
    let dirs = UserDirs::new()?;
    // A system that names no downloads folder still has a home.
    Some(dirs.download_dir().map_or_else(|| dirs.home_dir().join("Downloads"), Into::into))
}

/// The current time zone. The library would cache its last answer for five minutes, and the tray
/// shows local times.
pub(crate) fn zone() -> TimeZone {
    jiff::tz::reset_system_time_zone_cache();
    TimeZone::system()
}

/// The person's full name, if the account has one. A bare user name is not offered as a name.
pub(crate) fn full_name() -> Option<String> {
    let account = whoami::username().ok();
    let name = whoami::realname().ok()?.trim().to_owned();
    (!name.is_empty() && Some(&name) != account.as_ref()).then_some(name)
}

/// The device's name for lists of devices: the one its owner gave it, otherwise the host name.
pub(crate) fn device_name() -> String {
    name_from(whoami::devicename(), whoami::hostname)
}

/// Most Linux machines have no name that an owner gave, which the library reports as an error.
fn name_from<E>(given: Result<String, E>, host: impl FnOnce() -> Result<String, E>) -> String {
    let names = [given].into_iter().chain(std::iter::once_with(host));
    let name = names.flatten().find(|name| !name.is_empty());
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    };
    name.map_or_else(|| system.to_owned(), |name| format!("{name} ({system})"))
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

    #[test]
    fn a_machine_without_a_given_name_is_called_as_its_host() {
        for (given, host, name) in [
            (Ok("Ada's laptop"), Ok("box"), Some("Ada's laptop")),
            (Err(()), Ok("box"), Some("box")),
            (Ok(""), Ok("box"), Some("box")),
            (Err(()), Ok(""), None),
            (Err(()), Err(()), None),
        ] {
            let found = name_from(given.map(str::to_owned), || host.map(str::to_owned));
            assert_eq!(
                found.strip_suffix(')').and_then(|found| Some(found.rsplit_once(" (")?.0)),
                name
            );
            assert!(!found.is_empty());
        }
    }
}
