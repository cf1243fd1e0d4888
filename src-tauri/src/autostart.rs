//! Starting with the session, in the tray.
//!
//! The system's entry is rewritten at every start, because the program may have moved.

use crate::args::ProfileName;
use crate::paths::ProfilePaths;

#[cfg(target_os = "linux")]
#[path = "autostart/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "autostart/portable.rs"]
mod os;

/// The autostart entry of one profile.
#[derive(Debug, Clone)]
pub(crate) struct Autostart {
    /// Names the entry to the system.
    name: String,
    /// The program's arguments.
    args: Vec<String>,
}

impl Autostart {
    pub(crate) fn of(paths: &ProfilePaths, profile: Option<&ProfileName>) -> Self {
        let mut args = vec!["--hidden".to_owned()];
        if let Some(profile) = profile {
            args.extend(["--profile".to_owned(), profile.to_string()]);
        }
        Self { name: paths.identifier.clone(), args }
    }

    /// Adds or removes the entry. Blocks on the disk.
    pub(crate) fn set(&self, on: bool) -> anyhow::Result<()> {
        os::set(&self.name, &self.args, on)
    }
}
