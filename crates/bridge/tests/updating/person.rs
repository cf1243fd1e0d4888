//! A person with the program and no space, and what was done to their computer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_bridge::dto::UpdateWay;
use homing_bridge::event::{Change, Push};
use homing_bridge::ports::{
    AfterInstall, Desktop, DesktopNotification, Installer, NotificationKey, TrayState,
};
use homing_bridge::{App, AppConfig, PushOutcome, Subscriber, Updating};
use homing_engine::Config;
use homing_engine::clock::SystemClock;
use homing_engine::net::route::NoSystemProxy;
use homing_engine::session::profile::Profile;
use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_secrets::{Cost, SealedFile};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

use crate::shop::Shop;

/// This only ends a test that waits for what never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A computer: what was installed and what was to come then, and how often the program was started
/// again.
#[derive(Default)]
struct Computer {
    installed: Mutex<Option<(Vec<u8>, AfterInstall)>>,
    restarts: watch::Sender<u32>,
}

impl Installer for Computer {
    fn install(&self, file: PathBuf, then: AfterInstall) -> BoxFuture<'_, Result<(), String>> {
        async move {
            *self.installed.lock().unwrap() = Some((std::fs::read(file).unwrap(), then));
            Ok(())
        }
        .boxed()
    }

    fn restart(&self) {
        self.restarts.send_modify(|count| *count += 1);
    }
}

impl Desktop for Computer {
    fn show(&self, _: DesktopNotification) {}
    fn withdraw(&self, _: NotificationKey) {}
    fn set_tray_state(&self, _: TrayState) {}
    fn quit(&self) {}
}

impl SecretStore for Computer {
    fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        async { Ok(None) }.boxed()
    }

    fn set<'a>(&'a self, _: &'a str, _: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        async { Ok(()) }.boxed()
    }

    fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        async { Ok(()) }.boxed()
    }
}

/// Sees every state of the update that was shown, none left out.
struct Eyes(mpsc::UnboundedSender<Value>);

impl Subscriber for Eyes {
    fn push(&mut self, push: &Push) -> PushOutcome {
        let seen: Vec<_> = match push {
            Push::Snapshot { view, .. } => vec![serde_json::to_value(&view.update).unwrap()],
            Push::Changes { changes, .. } => changes
                .iter()
                .filter_map(|change| match change {
                    Change::Update { update } => Some(serde_json::to_value(update).unwrap()),
                    _ => None,
                })
                .collect(),
        };
        // A test that has seen enough looks no more.
        seen.into_iter().for_each(|update| _ = self.0.send(update));
        PushOutcome::Taken
    }
}

pub(crate) struct Person {
    app: App,
    computer: Arc<Computer>,
    seen: tokio::sync::Mutex<(Value, mpsc::UnboundedReceiver<Value>)>,
    settings: Mutex<Value>,
    folder: TempDir,
}

impl Person {
    pub(crate) async fn start(shop: &Shop, way: UpdateWay) -> Self {
        Self::with(Some(shop), way).await
    }

    pub(crate) async fn by_hand() -> Self {
        Self::with(None, UpdateWay::ByHand).await
    }

    /// With the new version fetched.
    pub(crate) async fn ready(shop: &Shop) -> Self {
        let person = Self::start(shop, UpdateWay::InPlace).await;
        person.ask("look_for_update", json!({})).await;
        person.until_stage("available").await;
        person.ask("fetch_update", json!({})).await;
        person.until_stage("ready").await;
        person
    }

    async fn with(shop: Option<&Shop>, way: UpdateWay) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let computer = Arc::<Computer>::default();
        let source = shop.map(Shop::source);
        let updating = Updating { source, way, installer: computer.clone() };
        let app = App::start(AppConfig {
            profile: Profile::open(folder.path()).unwrap(),
            profile_name: None,
            version: "0.1.0".to_owned(),
            device_name: "test".to_owned(),
            full_name: None,
            locale: None,
            secrets: computer.clone(),
            sealed: Arc::new(SealedFile::at(&folder.path().join("tokens.sealed"), Cost::LEAST)),
            variable: Arc::new(|_: &str| None),
            system_proxy: Arc::new(NoSystemProxy),
            clock: Arc::new(SystemClock),
            zone: || jiff::tz::TimeZone::UTC,
            engine: Config::new("test"),
            desktop: computer.clone(),
            downloads: None,
            host: None,
            updates: Some(updating),
        })
        .await
        .unwrap();
        let (sender, mut seen) = mpsc::unbounded_channel();
        app.listen(Eyes(sender)).await;
        let first = seen.recv().await.unwrap();
        let settings = Mutex::new(serde_json::to_value(app.settings()).unwrap());
        Self { app, computer, seen: tokio::sync::Mutex::new((first, seen)), settings, folder }
    }

    pub(crate) async fn ask(&self, command: &str, args: Value) {
        homing_bridge::call(&self.app, command, args).await.unwrap();
    }

    pub(crate) async fn choose(&self, change: Value) {
        let settings = {
            let mut settings = self.settings.lock().unwrap();
            for (key, value) in change.as_object().unwrap() {
                settings[key] = value.clone();
            }
            settings.clone()
        };
        self.ask("set_settings", settings).await;
    }

    /// The update as soon as it is as wanted, from what is shown now on.
    pub(crate) async fn until(&self, holds: impl Fn(&Value) -> bool) -> Value {
        let mut seen = self.seen.lock().await;
        let wait = async {
            while !holds(&seen.0) {
                seen.0 = seen.1.recv().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("it did not come; there is {:#}", seen.0);
        }
        seen.0.clone()
    }

    /// What is shown next, whether it is news or not.
    pub(crate) async fn next(&self) -> Value {
        let mut seen = self.seen.lock().await;
        let next = tokio::time::timeout(PATIENCE, seen.1.recv()).await;
        seen.0 = next.expect("something is shown").unwrap();
        seen.0.clone()
    }

    pub(crate) async fn until_stage(&self, stage: &str) -> Value {
        self.until(|update| update["stage"] == stage).await
    }

    pub(crate) async fn restarted(&self) {
        let mut restarts = self.computer.restarts.subscribe();
        tokio::time::timeout(PATIENCE, restarts.wait_for(|count| *count == 1))
            .await
            .unwrap()
            .unwrap();
    }

    pub(crate) async fn quit(&self) {
        self.app.shutdown().await;
        self.app.install_on_quit().await;
    }

    pub(crate) fn installed(&self) -> Option<(Vec<u8>, AfterInstall)> {
        self.computer.installed.lock().unwrap().clone()
    }

    /// Somebody writes into what was fetched.
    pub(crate) fn tamper(&self) {
        let mut entries = std::fs::read_dir(self.folder.path().join("updates")).unwrap();
        std::fs::write(entries.next().unwrap().unwrap().path(), b"something evil").unwrap();
    }
}
