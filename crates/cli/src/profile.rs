//! The profile of this program: its folder, its secrets and its device name.

use std::path::PathBuf;
use std::sync::Arc;

use directories::BaseDirs;
use homing_engine::session::SecretStore;
use homing_engine::session::profile::{Profile, ProfileError};
use homing_secrets::Keyring;
use tokio::time::{Duration, Instant, sleep};

use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::tokens::TokenFile;

/// The name of the folder and of the entries in the keyring. Different from the desktop app's,
/// because a profile has one process and the app would lock scripts out.
const IDENTIFIER: &str = "chat.homing.cli";
/// Records which devices' tokens are in the keyring.
const KEYRING_MARKS: &str = "keyring-names";
/// How often to retry while another process has the profile.
const RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// The folder of the profile.
fn folder(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(folder) = &common.data {
        return Ok(folder.clone());
    }
    let dirs = BaseDirs::new().ok_or_else(|| {
        Failure::new(Code::Failed, "this user has no home folder. Choose a folder with --data")
    })?;
    Ok(dirs.data_local_dir().join(IDENTIFIER).join("profile"))
}

/// Opens the profile. Waits while another `homing` uses it.
pub(crate) async fn open(common: &Common) -> Result<Profile, Failure> {
    let folder = folder(common)?;
    let deadline = Instant::now() + common.timeout;
    loop {
        match Profile::open(&folder) {
            Err(ProfileError::InUse(_)) if Instant::now() < deadline => sleep(RETRY_INTERVAL).await,
            opened => return Ok(opened?),
        }
    }
}

/// The token store: the file from `--token-file`, or the system's keyring.
pub(crate) fn secrets(common: &Common, profile: &Profile) -> Arc<dyn SecretStore> {
    match &common.token_file {
        Some(file) => Arc::new(TokenFile::new(file)),
        None => Arc::new(Keyring::open(IDENTIFIER, &profile.folder().join(KEYRING_MARKS))),
    }
}

/// The default name of this device.
pub(crate) fn device_name() -> String {
    name_from(whoami::devicename(), whoami::hostname)
}

/// The name that its owner gave the machine, else the host's name: most Linux machines have no name
/// for people, which the library answers with an error.
fn name_from<E>(given: Result<String, E>, host: impl FnOnce() -> Result<String, E>) -> String {
    let names = [given].into_iter().chain(std::iter::once_with(host));
    match names.flatten().find(|name| !name.is_empty()) {
        Some(name) => format!("homing on {name}"),
        None => "homing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_name_for_people_is_called_as_its_host() {
        for (given, host, name) in [
            (Ok("Ada's laptop"), Ok("box"), "homing on Ada's laptop"),
            (Err(()), Ok("box"), "homing on box"),
            (Ok(""), Ok("box"), "homing on box"),
            (Err(()), Ok(""), "homing"),
            (Err(()), Err(()), "homing"),
        ] {
            let found = name_from(given.map(str::to_owned), || host.map(str::to_owned));
            assert_eq!(found, name, "{given:?} {host:?}");
        }
    }
}
