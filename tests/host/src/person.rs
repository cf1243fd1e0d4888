//! One person: a program with a profile, and the network between it and the server.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use homing_bridge::ports::{Desktop, DesktopNotification, NotificationKey, TrayState};
use homing_bridge::{App, AppConfig};
use homing_engine::Config;
use homing_engine::clock::SystemClock;
use homing_engine::net::route::NoSystemProxy;
use homing_engine::session::profile::Profile;
use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_secrets::{Cost, SealedFile};
use homing_testkit::proxy::Proxy;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::Mutex as AsyncMutex;

/// A keyring that forgets when the test ends.
#[derive(Default)]
struct Keyring(Mutex<BTreeMap<String, Secret>>);

impl SecretStore for Keyring {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        Box::pin(async { Ok(found) })
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret);
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Box::pin(async { Ok(()) })
    }
}

/// A notification as a test sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    title: String,
    body: String,
}

/// What is on the person's desktop.
#[derive(Default)]
pub(crate) struct Screen(Mutex<BTreeMap<NotificationKey, Shown>>);

impl Screen {
    /// The notifications that are there now.
    pub(crate) fn notes(&self) -> Vec<Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Desktop for Screen {
    fn show(&self, note: DesktopNotification) {
        let shown = Shown { title: note.title, body: note.body };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(note.key, shown);
    }

    fn withdraw(&self, key: NotificationKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    fn set_tray_state(&self, _: TrayState) {}

    /// Each test ends the program itself.
    fn quit(&self) {}
}

/// A person with their program.
pub(crate) struct Person {
    folder: PathBuf,
    pub(crate) proxy: Proxy,
    pub(crate) screen: Arc<Screen>,
    keyring: Arc<Keyring>,
    app: AsyncMutex<App>,
}

impl Person {
    /// Starts the program behind a proxy to `server`.
    pub(crate) async fn start(folder: PathBuf, server: SocketAddr) -> anyhow::Result<Self> {
        let (screen, keyring) = (Arc::new(Screen::default()), Arc::new(Keyring::default()));
        let app = start_app(&folder, &screen, &keyring).await?;
        let proxy = Proxy::start(server);
        Ok(Self { folder, proxy, screen, keyring, app: AsyncMutex::new(app) })
    }

    /// The program that runs now.
    pub(crate) async fn app(&self) -> App {
        self.app.lock().await.clone()
    }

    /// Ends the program and starts it again on the same profile.
    pub(crate) async fn restart(&self) -> anyhow::Result<()> {
        let mut app = self.app.lock().await;
        app.shutdown().await;
        *app = start_app(&self.folder, &self.screen, &self.keyring).await?;
        Ok(())
    }
}

async fn start_app(
    folder: &Path,
    screen: &Arc<Screen>,
    keyring: &Arc<Keyring>,
) -> anyhow::Result<App> {
    let config = AppConfig {
        profile: Profile::open(folder)?,
        profile_name: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device_name: "Browser host".to_owned(),
        full_name: None,
        locale: None,
        secrets: keyring.clone(),
        sealed: Arc::new(SealedFile::at(&folder.join("tokens.sealed"), Cost::LEAST)),
        variable: Arc::new(|_: &str| None),
        system_proxy: Arc::new(NoSystemProxy),
        clock: Arc::new(SystemClock),
        zone: TimeZone::system,
        engine: Config::new(concat!("homing-test-host ", env!("CARGO_PKG_VERSION"))),
        desktop: screen.clone(),
        downloads: Some(folder.join("downloads")),
        host: None,
        updates: None,
    };
    Ok(App::start(config).await?)
}
