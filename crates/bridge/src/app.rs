//! The program behind the interface: its spaces, their engines, and what it needs from outside.
//!
//! An [`App`] does not depend on anybody looking: engines run, messages arrive and notify whether
//! there is a listener or not. It starts without waiting for network, keyring or hosted server.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_engine::clock::{Clock, Seed};
use homing_engine::net::connector::Connector;
use homing_engine::session::profile::{Listed, Profile};
use homing_engine::session::{Secret, SecretStore};
use homing_engine::{Config, Deps, Engine, Handle, SpaceRecord};
use homing_protocol::SpaceId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dto::{AppView, Entered, Hosting, Keyring, Open, Settings, Unreadable};
use crate::error::{Code, Failure};
use crate::keyring::{ForSession, WatchedKeyring};
use crate::ports::{Desktop, Host, Hosted};
use crate::pump::{Input, Listener, Pump};
use crate::settings::SettingsFile;

/// The folder of a profile that holds the hosted space.
const HOSTING_FOLDER: &str = "hosting";

/// What a program gives to its [`App`].
pub struct AppConfig {
    /// The folder with everything of this profile; locked for as long as it is open.
    pub profile: Profile,
    /// The profile's name, unless it is the default one.
    pub profile_name: Option<String>,
    /// The version to show.
    pub version: String,
    /// What to call this device in lists of devices.
    pub device_name: String,
    /// The operating system's locale, such as `zh_CN.UTF-8`.
    pub locale: Option<String>,
    /// Where tokens are.
    pub secrets: Arc<dyn SecretStore>,
    /// How servers are reached.
    pub connector: Arc<dyn Connector>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// How engines present themselves and how patient they are.
    pub engine: Config,
    /// Where notifications and the badge go.
    pub desktop: Arc<dyn Desktop>,
    /// What runs a server inside this program, if anything does.
    pub host: Option<Arc<dyn Host>>,
}

/// Where a new token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepToken {
    InKeyring,
    ForSession,
}

impl KeepToken {
    pub(crate) fn of(session_only: bool) -> Self {
        if session_only { Self::ForSession } else { Self::InKeyring }
    }
}

/// The program behind the interface. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: AppConfig,
    keyring: Arc<WatchedKeyring>,
    settings: SettingsFile,
    engines: Mutex<Vec<(SpaceRecord, Handle)>>,
    hosting: Mutex<Option<Hosting>>,
    pump: Pump,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl App {
    /// Starts every space of the profile. One that can't be opened is shown as such and does not
    /// keep the others from starting.
    ///
    /// # Errors
    /// [`Code::Storage`] when the profile can't be read.
    pub async fn start(config: AppConfig) -> Result<Self, Failure> {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let settings = SettingsFile::in_folder(config.profile.folder());
        let (mut spaces, mut unreadable) = (Vec::new(), Vec::new());
        for Listed { space, record } in config.profile.list().await? {
            match record {
                Ok(record) => spaces.push(record),
                Err(error) => {
                    tracing::error!(%space, "a space can't be opened: {error}");
                    unreadable.push(Unreadable { space, text: error.to_string() });
                }
            }
        }
        let view = AppView {
            version: config.version.clone(),
            profile: config.profile_name.clone(),
            spaces: Vec::new(),
            unreadable,
            settings: settings.load(),
            keyring: Keyring::Untried,
            hosting: None,
            open: None,
        };
        let desktop = config.desktop.clone();
        let pump = Pump::start(view, desktop, config.locale.clone(), &tasks, stop.clone());
        let keyring = Arc::new(WatchedKeyring::new(config.secrets.clone()));
        let app = Self(Arc::new(Inner {
            config,
            keyring,
            settings,
            engines: Mutex::default(),
            hosting: Mutex::default(),
            pump,
            tasks,
            stop,
        }));
        app.watch_keyring();
        for record in spaces {
            app.start_engine(record).await?;
        }
        app.host_again();
        Ok(app)
    }

    /// Shows everything from now on to `listener`: first the snapshot, then what changes.
    pub async fn listen(&self, listener: impl Listener) {
        self.0.pump.tell(Input::Listen(Box::new(listener))).await;
    }

    /// Brings something before the person's eyes, now or as soon as there is a window.
    pub async fn open(&self, open: Open) {
        self.0.pump.tell(Input::Open(open)).await;
    }

    /// What the person chose.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.0.settings.load()
    }

    /// Stops everything: each engine says goodbye, the hosted server drains, and the profile is
    /// free for another process.
    pub async fn shutdown(&self) {
        let engines = self.engines();
        futures_util::future::join_all(engines.iter().map(Handle::shutdown)).await;
        if let Some(host) = &self.0.config.host {
            host.stop().await;
        }
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.config.profile.release();
    }

    pub(crate) fn pump(&self) -> &Pump {
        &self.0.pump
    }

    pub(crate) fn connector(&self) -> &dyn Connector {
        self.0.config.connector.as_ref()
    }

    pub(crate) fn device_name(&self) -> &str {
        &self.0.config.device_name
    }

    pub(crate) fn keep_settings(&self, settings: &Settings) -> io::Result<()> {
        self.0.settings.save(settings)
    }

    pub(crate) fn engines(&self) -> Vec<Handle> {
        self.lock_engines().iter().map(|(_, engine)| engine.clone()).collect()
    }

    pub(crate) fn engine(&self, space: SpaceId) -> Result<Handle, Failure> {
        let engines = self.lock_engines();
        let found = engines.iter().find(|(record, _)| record.space == space);
        found.map(|(_, engine)| engine.clone()).ok_or_else(|| {
            Failure::new(Code::NotFound, format!("this device is not in space {space}"))
        })
    }

    /// Keeps a membership that was just gained and starts its engine.
    ///
    /// If the keyring does not take the token, nothing is kept and the same attempt can be made
    /// again, for which the server gives the same member.
    pub(crate) async fn enter(
        &self,
        record: SpaceRecord,
        token: Secret,
        keep: KeepToken,
    ) -> Result<Entered, Failure> {
        let space = record.space;
        if self.engine(space).is_ok() {
            return Err(Failure::new(Code::AlreadyJoined, "this device is in the space already"));
        }
        let keyring = self.0.keyring.clone();
        let secrets: Arc<dyn SecretStore> = match keep {
            KeepToken::InKeyring => keyring,
            KeepToken::ForSession => Arc::new(ForSession(keyring)),
        };
        self.0.config.profile.add(&record, token, secrets.as_ref()).await?;
        self.start_engine(record).await?;
        Ok(Entered { space })
    }

    /// Signs out of a space and removes it from this device.
    pub(crate) async fn leave(&self, space: SpaceId) -> Result<(), Failure> {
        self.engine(space)?.sign_out().await?;
        let left: Vec<_> =
            self.lock_engines().extract_if(.., |(one, _)| one.space == space).collect();
        if self.hosting().as_ref().is_some_and(|hosting| hosting.space == space) {
            if let Some(host) = &self.0.config.host {
                host.stop().await;
            }
            self.set_hosting(None).await;
        }
        for (record, _) in left {
            self.0.config.profile.remove(&record, self.0.keyring.as_ref()).await?;
        }
        self.0.pump.tell(Input::Left(space)).await;
        Ok(())
    }

    /// Starts the server inside this program; `name` makes a new space if there is none.
    pub(crate) async fn host(&self, name: Option<String>) -> Result<Hosted, Failure> {
        let Some(host) = &self.0.config.host else {
            return Err(Failure::new(Code::Failed, "this program can't host a space"));
        };
        let folder = self.0.config.profile.folder().join(HOSTING_FOLDER);
        let hosted = host.start(folder, name).await?;
        let hosting = Hosting { space: hosted.space, address: hosted.address.clone() };
        self.set_hosting(Some(hosting)).await;
        Ok(hosted)
    }

    /// Where others reach the space, if its server runs inside this program.
    pub(crate) fn hosted_at(&self, space: SpaceId) -> Option<(String, u16)> {
        let hosting = self.hosting().as_ref().filter(|hosting| hosting.space == space).cloned()?;
        let (host, port) = hosting.address.rsplit_once(':')?;
        Some((host.trim_matches(['[', ']']).to_owned(), port.parse().ok()?))
    }

    async fn start_engine(&self, record: SpaceRecord) -> Result<(), Failure> {
        let (space, config) = (record.space, &self.0.config);
        let deps = Deps {
            store: Arc::new(config.profile.store(space).await?),
            connector: config.connector.clone(),
            secrets: self.0.keyring.clone(),
            clock: config.clock.clone(),
            seed: Seed::from_system(),
            config: config.engine.clone(),
        };
        let engine = Engine::start(record.clone(), deps, self.0.stop.child_token()).await?;
        self.0.pump.follow(space, engine.clone(), &self.0.tasks).await?;
        self.lock_engines().push((record, engine));
        Ok(())
    }

    /// Starts the hosted server again, in the background: the window does not wait for it.
    fn host_again(&self) {
        if self.0.config.host.is_none()
            || !self.0.config.profile.folder().join(HOSTING_FOLDER).exists()
        {
            return;
        }
        let app = self.clone();
        self.0.tasks.spawn(async move {
            match app.host(None).await {
                Ok(hosted) => {
                    if let Ok(engine) = app.engine(hosted.space) {
                        engine.try_now().await;
                    }
                }
                Err(failure) => tracing::error!("the hosted space did not start: {failure}"),
            }
        });
    }

    fn watch_keyring(&self) {
        let (mut state, pump, stop) =
            (self.0.keyring.state(), self.0.pump.clone(), self.0.stop.clone());
        self.0.tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = state.changed() => if changed.is_err() { return },
                }
                let keyring = state.borrow_and_update().clone();
                pump.tell(Input::Keyring(keyring)).await;
            }
        });
    }

    async fn set_hosting(&self, hosting: Option<Hosting>) {
        self.hosting().clone_from(&hosting);
        self.0.pump.tell(Input::Hosting(hosting)).await;
    }

    fn hosting(&self) -> MutexGuard<'_, Option<Hosting>> {
        self.0.hosting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_engines(&self) -> MutexGuard<'_, Vec<(SpaceRecord, Handle)>> {
        self.0.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
