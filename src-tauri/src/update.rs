//! Installs a new version, one file a system.
//!
//! The bridge decides when to check and what to trust. The address of the announcements and the
//! public key are set at build time, by `HOMING_UPDATE_URL` and `HOMING_UPDATE_KEY`; a copy built
//! without them never checks.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_bridge::Updating;
use homing_bridge::ports::{AfterInstall, Installer};
use homing_updates::{Key, Source};
use tauri::AppHandle;

use crate::installed::Installed;

#[cfg(target_os = "linux")]
#[path = "update/linux.rs"]
mod os;
#[cfg(target_os = "macos")]
#[path = "update/macos.rs"]
mod os;
#[cfg(windows)]
#[path = "update/windows.rs"]
mod os;

/// How this copy is updated.
pub(crate) fn updating(app: &AppHandle) -> Updating {
    let installed = Installed::now();
    let source = source(option_env!("HOMING_UPDATE_URL"), option_env!("HOMING_UPDATE_KEY"));
    let way = installed.way();
    Updating { source, way, installer: Arc::new(UpdateInstaller { app: app.clone(), installed }) }
}

fn source(address: Option<&str>, key: Option<&str>) -> Option<Source> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let (address, key) = (given(address)?, given(key)?);
    match Key::read(&key) {
        Ok(key) => Some(Source { address, key }),
        Err(error) => {
            tracing::error!(%error, "the key for updates is damaged; there will be none");
            None
        }
    }
}

/// The bridge's [`Installer`].
struct UpdateInstaller {
    app: AppHandle,
    installed: Installed,
}

impl Installer for UpdateInstaller {
    fn install(&self, file: PathBuf, then: AfterInstall) -> BoxFuture<'_, Result<(), String>> {
        let installed = self.installed.clone();
        async move {
            let put =
                tauri::async_runtime::spawn_blocking(move || os::put(&file, &installed, then));
            match put.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(format!("{error:#}")),
                Err(error) => Err(error.to_string()),
            }
        }
        .boxed()
    }

    fn restart(&self) {
        if os::STARTS_AGAIN {
            crate::quit(&self.app);
        } else {
            crate::quit_with(&self.app, AppHandle::request_restart);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_without_a_source_asks_nobody() {
        let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        assert!(source(None, Some(key)).is_none());
        assert!(source(Some("https://example.org/{channel}.json"), None).is_none());
        assert!(source(Some(""), Some("")).is_none());
        assert!(source(Some("https://example.org/{channel}.json"), Some("no key")).is_none());
        assert!(source(Some("https://example.org/{channel}.json"), Some(key)).is_some());
    }
}
