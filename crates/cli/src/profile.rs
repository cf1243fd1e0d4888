//! Where this copy keeps its files, and what it calls itself.

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

/// The name of the folder, and under which the system lists our secrets. Not the desktop app's: a
/// profile has one process, and a window that is open all day would lock every script out.
const IDENTIFIER: &str = "chat.homing.cli";
/// The file that remembers for which devices the keyring was given a token.
const KEYRING_MARKS: &str = "keyring-names";
/// Two scripts at once take turns: how often the second looks.
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

/// Opens the profile, and waits for its turn if another `homing` is at it.
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

/// Where tokens are: the file that the person named, else the system's keyring.
pub(crate) fn secrets(common: &Common, profile: &Profile) -> Arc<dyn SecretStore> {
    match &common.token_file {
        Some(file) => Arc::new(TokenFile::new(file)),
        None => Arc::new(Keyring::open(IDENTIFIER, &profile.folder().join(KEYRING_MARKS))),
    }
}

/// What to call this device in the list of devices.
pub(crate) fn device_name() -> String {
    // Most Linux machines have no name for people, which the library answers with an error.
    match whoami::devicename().or_else(|_| whoami::hostname()) {
        Ok(host) if !host.is_empty() => format!("homing on {host}"),
        _ => "homing".to_owned(),
    }
}
