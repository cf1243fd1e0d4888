//! The application behind the interface: its spaces, their engines, and the ports it uses.
//!
//! An [`App`] does not depend on a window: engines run, messages arrive and notifications are shown
//! whether there is a subscriber or not. It starts without waiting for the network, the keyring or
//! the hosted server.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_engine::clock::Clock;
use homing_engine::net::connector::Connector;
use homing_engine::net::dialer::{DialerDeps, EnvironmentReader};
use homing_engine::net::route::{self, SystemProxy};
use homing_engine::session::profile::{Profile, ProfileSpace};
use homing_engine::session::{SealedStore, SecretStore};
use homing_engine::trace::Traffic;
use homing_engine::{Config, Handle, SpaceRecord, SystemEvent};
use homing_protocol::SpaceId;
use homing_protocol::link::Address;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dto::{
    AppView, DesktopView, Graphics, Hosting, Keyring, Open, Settings, Update, ViewState,
};
use crate::error::{Code, Failure};
use crate::event::Change;
use crate::handlers;
use crate::inspections::Inspections;
use crate::network_access::NetworkAccess;
use crate::ports::{AfterInstall, Desktop, Host};
use crate::pump::{Pump, PumpDeps, PumpInput, Subscriber};
use crate::settings::{ActiveSettings, SettingsStore};
use crate::tokens::Tokens;
use crate::updates::{self, Updates, Updating};
use crate::view_state::ViewStateFile;

mod hosting;
mod leaving;
mod network;
mod spaces;
mod tokens;

use hosting::Question;
pub use hosting::QuitDecision;
pub(crate) use tokens::KeepToken;

/// The limit of the numbers that tell saved files of one name apart.
const SAVED_BY_ONE_NAME: u32 = 1000;

/// What a host passes to [`App::start`].
pub struct AppConfig {
    /// The profile's folder, locked as long as the app runs.
    pub profile: Profile,
    /// The profile's name, unless it is the default one.
    pub profile_name: Option<String>,
    /// The version shown to the person.
    pub version: String,
    /// What to call this device in lists of devices.
    pub device_name: String,
    /// The person's full name as the operating system knows it, if it is more than the account's
    /// name.
    pub full_name: Option<String>,
    /// The operating system's locale, such as `zh_CN.UTF-8`.
    pub locale: Option<String>,
    /// The system's keyring, which keeps tokens.
    pub secrets: Arc<dyn SecretStore>,
    /// The encrypted file that keeps tokens instead if the person chooses a passphrase.
    pub sealed: Arc<dyn SealedStore>,
    /// Reads environment variables, which may name a proxy.
    pub variable: EnvironmentReader,
    /// The operating system's proxy settings.
    pub system_proxy: Arc<dyn SystemProxy>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The time zone, such as `TimeZone::system`. Asked each time because people travel.
    pub zone: fn() -> TimeZone,
    /// The engines' configuration: name, version and timeouts.
    pub engine: Config,
    /// Where notifications and the badge go.
    pub desktop: Arc<dyn Desktop>,
    /// The downloads folder; none where the system has no such folder.
    pub downloads: Option<PathBuf>,
    /// Runs a server inside this program, if the host can.
    pub host: Option<Arc<dyn Host>>,
    /// How this copy is updated, if it is.
    pub updates: Option<Updating>,
}

/// The application. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: AppConfig,
    tokens: Arc<Tokens>,
    settings_store: Arc<SettingsStore>,
    /// Held while a setting is changed and announced, so that the last change is also announced
    /// last.
    choosing: tokio::sync::Mutex<()>,
    network_access: NetworkAccess,
    view_state: ViewStateFile,
    engines: Mutex<Vec<(SpaceRecord, Handle)>>,
    hosting: Mutex<Option<Hosting>>,
    question: Mutex<Question>,
    pump: Pump,
    updates: Updates,
    inspections: Inspections,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl App {
    /// Starts every space of the profile. A space that can't be opened is shown as such and does
    /// not keep the others from starting.
    ///
    /// # Errors
    /// [`Code::Storage`] when the profile can't be read.
    pub async fn start(config: AppConfig) -> Result<Self, Failure> {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let settings_store = Arc::new(SettingsStore::in_folder(config.profile.folder()));
        let view_state = ViewStateFile::in_folder(config.profile.folder());
        let (mut records, mut unreadable) = (Vec::new(), Vec::new());
        for ProfileSpace { space, record } in config.profile.list().await? {
            match record {
                Ok(record) => records.push(record),
                Err(error) => {
                    tracing::error!(%space, "a space can't be opened: {error}");
                    unreadable.push(spaces::unreadable(space, &error));
                }
            }
        }
        let chosen = settings_store.now().settings;
        let network = chosen.network.clone();
        let view = AppView {
            version: config.version.clone(),
            profile: config.profile_name.clone(),
            full_name: config.full_name.clone(),
            spaces: Vec::new(),
            unreadable,
            rescued: Vec::new(),
            settings: chosen,
            keyring: Keyring::Untried,
            sealed: config.sealed.seal().into(),
            hosting: None,
            update: config.updates.as_ref().map_or_else(Update::default, updates::at_start),
            open: None,
            desktop: DesktopView::default(),
            standing: view_state.now(),
        };
        let deps = PumpDeps {
            desktop: config.desktop.clone(),
            clock: config.clock.clone(),
            zone: config.zone,
            locale: config.locale.clone(),
        };
        let pump = Pump::start(view, deps, &tasks, stop.clone());
        let tokens = Arc::new(Tokens::new(config.secrets.clone(), config.sealed.clone()));
        let dialer = DialerDeps {
            secrets: tokens.clone(),
            variable: config.variable.clone(),
            variable_source: route::ProxySource::Environment,
            system: config.system_proxy.clone(),
        };
        let folder = config.profile.folder();
        let network_access = NetworkAccess::start(folder, network, dialer, config.clock.clone());
        let (updates, waiting) = Updates::new();
        let app = Self(Arc::new(Inner {
            config,
            tokens,
            settings_store,
            choosing: tokio::sync::Mutex::default(),
            network_access,
            view_state,
            engines: Mutex::default(),
            hosting: Mutex::default(),
            question: Mutex::default(),
            pump,
            updates,
            inspections: Inspections::default(),
            tasks,
            stop,
        }));
        app.watch_tokens();
        app.start_all(records).await;
        app.host_again();
        if let Some(updating) = app.0.config.updates.clone() {
            app.0.tasks.spawn(updates::keep(app.clone(), updating, waiting));
        }
        Ok(app)
    }

    /// Adds a subscriber. It gets a snapshot first, then the changes.
    pub async fn listen(&self, listener: impl Subscriber) {
        self.0.pump.tell(PumpInput::Listen(Box::new(listener))).await;
    }

    /// Opens something in the window, now or as soon as there is a window.
    pub async fn open(&self, open: Open) {
        // The system hands every link of ours to the program in the same way.
        let open = match open {
            Open::Link { link } => match link.parse() {
                Ok(link) => Open::Message { message: handlers::messages::linked(link) },
                Err(_) => Open::Link { link },
            },
            open => open,
        };
        self.0.pump.change(Change::Open { open }).await;
    }

    /// Tells every space about an event of the machine or its network.
    pub async fn system_event(&self, event: SystemEvent) {
        for engine in self.engines() {
            engine.system_event(event).await;
        }
    }

    /// Sets what the desktop reports about itself.
    pub async fn desktop(&self, desktop: DesktopView) {
        self.0.pump.change(Change::Desktop { desktop }).await;
    }

    /// Sets how the window is drawn, on the person's behalf.
    ///
    /// # Errors
    /// When the settings can't be written.
    pub async fn draw(&self, graphics: Graphics) -> io::Result<()> {
        self.change(move |chosen| chosen.settings.graphics = graphics).await.map(drop)
    }

    /// The current settings.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.0.settings_store.now().settings
    }

    /// Stops everything: each engine closes its connection, the hosted server drains, and the
    /// profile is released for another process.
    pub async fn shutdown(&self) {
        // First, because it is fast and the rest may be cut short.
        if let Err(error) = self.0.view_state.flush() {
            tracing::warn!(%error, "the next start will not stand where this one did");
        }
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

    /// Installs the new version that was planned for quitting, if there is one. Call it last and
    /// let it finish: nothing else of the program is needed any more.
    pub async fn install_on_quit(&self) {
        let (Some(fetched), Some(updating)) = (self.0.updates.planned(), &self.0.config.updates)
        else {
            return;
        };
        if let Err(trouble) = fetched.install(&*updating.installer, AfterInstall::End).await {
            tracing::warn!(%trouble, "the new version is not installed; it is offered again");
        }
    }

    pub(crate) fn pump(&self) -> &Pump {
        &self.0.pump
    }

    pub(crate) fn updates(&self) -> &Updates {
        &self.0.updates
    }

    pub(crate) fn version(&self) -> &str {
        &self.0.config.version
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.config.profile.folder()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.config.clock.now_ms()
    }

    pub(crate) fn stopped(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// Opens the Inspector for a space.
    pub(crate) fn inspect(&self, space: SpaceId) -> Result<Traffic, Failure> {
        let (engine, inner) = (self.engine(space)?, &self.0);
        Ok(inner.inspections.inspect(space, &engine, &inner.pump, &inner.tasks, &inner.stop))
    }

    /// Starts the Doctor for a space's connection.
    pub(crate) fn examine(&self, space: SpaceId) -> Result<(), Failure> {
        let (engine, inner) = (self.engine(space)?, &self.0);
        inner.inspections.examine(space, engine, &inner.pump, &inner.tasks, &inner.stop);
        Ok(())
    }

    pub(crate) fn inspections(&self) -> &Inspections {
        &self.0.inspections
    }

    /// Writes a file into the downloads folder. An existing file is never overwritten.
    pub(crate) fn save(&self, name: &str, end: &str, text: &str) -> Result<PathBuf, Failure> {
        let storage = |words: String| Failure::new(Code::Storage, words);
        let folder = self.0.config.downloads.as_deref();
        let folder = folder.ok_or_else(|| storage("this system has no downloads folder".into()))?;
        let failed = |error| storage(format!("can't write {}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        for number in 1..=SAVED_BY_ONE_NAME {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{name}{number}.{end}"));
            match std::fs::File::create_new(&path).and_then(|mut to| to.write_all(text.as_bytes()))
            {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done.map(|()| path).map_err(failed),
            }
        }
        let folder = folder.display();
        Err(storage(format!("{folder} has too many {name} files. Delete those you no longer need")))
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.config.clock.as_ref()
    }

    pub(crate) fn connector(&self) -> &dyn Connector {
        &**self.0.network_access.dialer()
    }

    pub(crate) fn network_access(&self) -> &NetworkAccess {
        &self.0.network_access
    }

    /// The device's name.
    pub(crate) fn name(&self) -> &str {
        &self.0.config.engine.app
    }

    pub(crate) fn device_name(&self) -> &str {
        &self.0.config.device_name
    }

    /// Changes the settings, saves them and announces them. Returns the settings before and after.
    pub(crate) async fn choose(
        &self,
        change: impl FnOnce(&mut ActiveSettings) + Send + 'static,
    ) -> Result<(ActiveSettings, ActiveSettings), Failure> {
        self.change(change).await.map_err(|error| {
            Failure::new(Code::Storage, format!("can't save the settings: {error}"))
        })
    }

    async fn change(
        &self,
        change: impl FnOnce(&mut ActiveSettings) + Send + 'static,
    ) -> io::Result<(ActiveSettings, ActiveSettings)> {
        let _choosing = self.0.choosing.lock().await;
        let settings_store = self.0.settings_store.clone();
        let changed = tokio::task::spawn_blocking(move || settings_store.change(change)).await;
        let (before, now) = changed.map_err(io::Error::other)??;
        self.0.network_access.set_network(now.settings.network.clone());
        self.0.pump.change(Change::Settings { settings: now.settings.clone() }).await;
        Ok((before, now))
    }

    /// Saves the window's view state. If the file can't be written, the next window still gets it
    /// from memory.
    pub(crate) async fn keep_standing(&self, state: ViewState) -> io::Result<()> {
        let (kept, written) = self.0.view_state.keep(state, |space| self.engine(space).is_ok());
        self.0.pump.tell(PumpInput::ViewState(kept)).await;
        written
    }

    pub(crate) fn engines(&self) -> Vec<Handle> {
        self.lock_engines().iter().map(|(_, engine)| engine.clone()).collect()
    }

    pub(crate) fn engine(&self, space: SpaceId) -> Result<Handle, Failure> {
        let engines = self.lock_engines();
        let found = engines.iter().find(|(record, _)| record.space == space);
        found.map(|(_, engine)| engine.clone()).ok_or_else(|| not_in(space))
    }

    /// Changes the address or the certificate of a space's server.
    pub(crate) async fn readdress(&self, space: SpaceId, address: Address) -> Result<(), Failure> {
        let left: Vec<_> =
            self.lock_engines().extract_if(.., |(one, _)| one.space == space).collect();
        for (record, engine) in left {
            engine.shutdown().await;
            let moved = SpaceRecord { address: address.clone(), ..record.clone() };
            let kept = self.0.config.profile.readdress(&moved).await;
            let record = if kept.is_ok() { moved } else { record };
            self.0.inspections.forget(space);
            self.start_engine(record).await?;
            kept?;
        }
        Ok(())
    }

    fn lock_engines(&self) -> MutexGuard<'_, Vec<(SpaceRecord, Handle)>> {
        self.0.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_in(space: SpaceId) -> Failure {
    Failure::new(Code::NotFound, format!("this device isn't in space {space}"))
}
