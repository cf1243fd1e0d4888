//! Starts, runs and stops the server.

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use homing_protocol::link::{Address, Fingerprint};
use homing_protocol::{JoinLink, Role, SpaceId, UserId};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::{self, App, Parts};
use crate::auth::secret::{Hash, new_code};
use crate::clock::{Clock, new_id};
use crate::config::{Config, TlsMode};
use crate::hints::{Hints, NodeId, local::LocalHints};
use crate::listen::Listener;
use crate::metrics::Metrics;
use crate::rate_limit::Rate;
use crate::rooms::fan_out::{CHANGE_BACKLOG, FanOut};
use crate::rooms::hub::Hub;
use crate::store::sqlite::{self, Disk, Sqlite};
use crate::store::{NewInvite, Store, StoreError};
use crate::tls::{self, Tls, TlsError};
use crate::{http, listen};

/// Locked while a server runs on the folder. The folder itself is locked too, because a deleted
/// lock file could be created again.
const LOCK: &str = "lock";
/// The public address of the current or last run, for join links made by the command line.
const ADDRESS: &str = "address.json";

/// Channel size for the changes of one command: the largest removes a member from every room.
pub const COMMAND_CHANGES: usize = 65_536;

/// Why the server could not start. Each says what happened, what it means and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder can't be created or written.
    #[error(
        "can't use the data folder {path}: {source}. Make it writable for this user, or choose \
         another one with --data"
    )]
    Folder { path: PathBuf, source: io::Error },
    /// Another server uses the folder.
    #[error(
        "another homing-server is running on {0}. Stop it, or choose another folder with --data"
    )]
    Running(PathBuf),
    /// The port is in use.
    #[error("port {} on {} is already in use. Stop the program that uses it, or choose another \
             port with --listen", .0.port(), .0.ip())]
    PortTaken(SocketAddr),
    /// Can't listen on the address.
    #[error("can't listen on {address}: {source}. Choose another address with --listen")]
    Listen { address: SocketAddr, source: io::Error },
    /// TLS is off on an address that others can reach.
    #[error(
        "TLS is off, but others can reach {0}, so anyone on the way could read everything. Use \
         --tls self, listen on 127.0.0.1, or allow it with --allow-plain"
    )]
    Plain(SocketAddr),
    /// The database is damaged.
    #[error(
        "the database {path} is damaged: {detail}. Nothing was changed. Make a copy of the \
         folder, then restore your latest backup (see docs/operations.md)"
    )]
    Corrupt {
        path: PathBuf,
        /// SQLite's message.
        detail: String,
    },
    /// A newer version has written the database.
    #[error(
        "the database was written by a newer homing-server (schema {found}; this version \
         supports up to {known}). Nothing was changed. Install the newer version again"
    )]
    Newer {
        /// The schema of the file.
        found: u32,
        /// The newest schema of this build.
        known: u32,
    },
    /// The disk is full or fails.
    #[error(
        "can't write to the database: {0}. The disk may be full or read-only. Free up space and \
         start again; nothing was lost"
    )]
    ReadOnly(String),
    /// Any other error of the store.
    #[error("database error: {0}")]
    Store(#[source] StoreError),
    /// The certificate can't be used.
    #[error("can't set up TLS: {0}")]
    Tls(#[from] TlsError),
}

/// The server. See [`Server::start`].
#[derive(Debug)]
pub struct Server;

/// The platform of a server: the operating system's network and disk, or a simulator's.
pub struct Environment<L> {
    /// The source of connections.
    pub listener: L,
    /// The address of the listener.
    pub addr: SocketAddr,
    /// TLS; none: plain text.
    pub tls: Option<Tls>,
    /// The disk of the database; none: the data folder.
    pub disk: Option<Arc<dyn Disk>>,
}

/// A running server. Dropping this handle does not stop it; the token given at the start does.
pub struct Running {
    /// The listening address.
    pub addr: SocketAddr,
    /// The link that makes its first user the owner. None once there is an owner.
    pub join_link: Option<JoinLink>,
    /// The fingerprint of its self-signed certificate.
    pub fingerprint: Option<Fingerprint>,
    /// The address in join links.
    pub address: Address,
    app: Arc<App>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    /// Creates or opens the space in `config.data` and serves it until `shutdown`.
    ///
    /// # Errors
    /// [`StartError`]. Existing files are unchanged.
    pub async fn start(
        config: Config,
        clock: Arc<dyn Clock>,
        shutdown: CancellationToken,
    ) -> Result<Running, StartError> {
        if config.tls == TlsMode::Off && !config.allow_plain && !config.listen.ip().is_loopback() {
            return Err(StartError::Plain(config.listen));
        }
        let lock = lock_folder(&config.data)?;
        let listener = bind(config.listen).await?;
        let addr = listener
            .local_addr()
            .map_err(|source| StartError::Listen { address: config.listen, source })?;
        let plain = app::address(&config, addr, None);
        let tls = tls::prepare(&config.tls, &config.data, &plain)?;
        let fingerprint = tls.as_ref().and_then(|tls| tls.fingerprint);
        write_address(&config.data, &app::address(&config, addr, fingerprint))?;
        let environment = Environment { listener, addr, tls, disk: None };
        Self::run(config, clock, environment, Some(lock), shutdown).await
    }

    /// As [`start`](Self::start), in another environment. Uses no file and no socket of the
    /// operating system.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_in<L: Listener>(
        config: Config,
        clock: Arc<dyn Clock>,
        environment: Environment<L>,
        shutdown: CancellationToken,
    ) -> Result<Running, StartError> {
        Self::run(config, clock, environment, None, shutdown).await
    }

    async fn run<L: Listener>(
        config: Config,
        clock: Arc<dyn Clock>,
        environment: Environment<L>,
        lock: Option<FolderLock>,
        shutdown: CancellationToken,
    ) -> Result<Running, StartError> {
        let Environment { listener, addr, tls, disk } = environment;
        let fingerprint = tls.as_ref().and_then(|tls| tls.fingerprint);
        let address = app::address(&config, addr, fingerprint);
        let (published, changes) = mpsc::channel(CHANGE_BACKLOG);
        let create = Some(config.space_name.clone());
        let store = open_in(disk, &config, clock.clone(), create, published).await?;
        let store: Arc<dyn Store> = Arc::new(store);
        let space = store.space().await.map_err(|error| of_store(&config.data, error))?;

        let metrics = Arc::new(Metrics::default());
        let sends = Rate::per_second(config.limits.sends_per_second, config.limits.send_burst);
        let hub = Arc::new(Hub::new(sends, config.rates, metrics.clone()));
        let node = NodeId(new_id(&*clock, &*config.random));
        let tick = config.timers.tick;
        let founded = space.founded;
        let app = Arc::new(App::new(Parts {
            config,
            clock,
            store: store.clone(),
            hub: hub.clone(),
            space,
            metrics,
            address: address.clone(),
        }));
        let join_link = if founded { None } else { Some(founding_link(&app).await?) };

        let background = TaskTracker::new();
        let background_stop = CancellationToken::new();
        let hints: Arc<dyn Hints> = Arc::new(LocalHints::default());
        let fan_out = FanOut { hub, store: store.clone(), hints, node, tick };
        background.spawn(fan_out.run(changes, background_stop.clone()));
        background.spawn(watch_external_writes(store, tick, background_stop.clone()));
        let shutdown_order =
            ShutdownOrder { app: app.clone(), background, background_stop, _lock: lock };
        let router = http::router(app.clone());
        let tls = tls.map(|tls| tls.config);
        let tasks = TaskTracker::new();
        let stop = shutdown.child_token();
        let task = tasks.spawn({
            let stop = stop.clone();
            async move {
                listen::run(shutdown_order.app.clone(), listener, tls, router, stop).await;
                shutdown_order.end().await;
            }
        });
        Ok(Running { addr, join_link, fingerprint, address, app, stop, task })
    }
}

impl Running {
    /// Creates an invitation without limits of uses and time.
    ///
    /// # Errors
    /// When it can't be stored.
    pub async fn invite(&self, role: Role) -> Result<JoinLink, StoreError> {
        let code = new_code(&*self.app.config.random);
        let invite = NewInvite {
            code: Hash::of_code(&code),
            role,
            by: None,
            uses: None,
            expires: None,
            founding: false,
        };
        self.app.store.add_invite(invite).await?;
        Ok(self.app.link(code))
    }

    /// The space that it serves.
    #[must_use]
    pub fn space(&self) -> SpaceId {
        self.app.space
    }

    /// The current name of the space.
    ///
    /// # Errors
    /// If the store can't be read.
    pub async fn space_name(&self) -> Result<String, StoreError> {
        Ok(self.app.store.space().await?.name)
    }

    /// The number of connected people, except for `person`.
    #[must_use]
    pub fn people_besides(&self, person: Option<UserId>) -> usize {
        self.app.hub.people_besides(person)
    }

    /// Waits until it has stopped by the token given at the start.
    pub async fn wait(self) {
        // The runtime has logged a panic of the task.
        let _ended = self.task.await;
    }

    /// Stops it: closes all connections, finishes what was started, closes the database.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.wait().await;
    }
}

/// Everything that must end in order: first the connections, then the fan-out, then the store.
struct ShutdownOrder {
    app: Arc<App>,
    background: TaskTracker,
    background_stop: CancellationToken,
    _lock: Option<FolderLock>,
}

impl ShutdownOrder {
    async fn end(self) {
        self.app.stop.cancel();
        self.app.tasks.close();
        self.app.tasks.wait().await;
        self.background_stop.cancel();
        self.background.close();
        self.background.wait().await;
        self.app.store.close().await;
        tracing::info!("stopped");
    }
}

/// Detects what commands such as `homing-server member` wrote.
async fn watch_external_writes(
    store: Arc<dyn Store>,
    tick: std::time::Duration,
    background_stop: CancellationToken,
) {
    loop {
        tokio::select! {
            biased;
            () = background_stop.cancelled() => return,
            () = tokio::time::sleep(tick) => {}
        }
        if store.check_external_writes().await.is_err() {
            return;
        }
    }
}

async fn founding_link(app: &App) -> Result<JoinLink, StartError> {
    let code = new_code(&*app.config.random);
    let invite = NewInvite {
        code: Hash::of_code(&code),
        role: Role::Owner,
        by: None,
        uses: Some(1),
        expires: None,
        founding: true,
    };
    let stored = app.store.add_invite(invite).await;
    stored.map_err(|error| of_store(&app.config.data, error))?;
    Ok(app.link(code))
}

/// Opens the database of a folder. Creates it if a name is given.
///
/// # Errors
/// [`StartError`].
pub async fn open(
    config: &Config,
    clock: Arc<dyn Clock>,
    create: Option<String>,
    changes: mpsc::Sender<crate::store::Change>,
) -> Result<Sqlite, StartError> {
    open_in(None, config, clock, create, changes).await
}

async fn open_in(
    disk: Option<Arc<dyn Disk>>,
    config: &Config,
    clock: Arc<dyn Clock>,
    create: Option<String>,
    changes: mpsc::Sender<crate::store::Change>,
) -> Result<Sqlite, StartError> {
    let simulated = disk.is_some();
    let options = sqlite::Options {
        path: config.data.join(sqlite::FILE),
        create,
        max_pages: config.max_pages,
        clock,
        random: config.random.clone(),
        disk,
    };
    let opened = if simulated {
        Sqlite::open(options, changes)
    } else {
        let opened = tokio::task::spawn_blocking(move || Sqlite::open(options, changes)).await;
        opened.unwrap_or(Err(StoreError::Closed))
    };
    opened.map_err(|error| of_store(&config.data, error))
}

fn of_store(data: &Path, error: StoreError) -> StartError {
    match error {
        StoreError::Corrupt(detail) => {
            StartError::Corrupt { path: data.join(sqlite::FILE), detail }
        }
        StoreError::Newer { found, known } => StartError::Newer { found, known },
        StoreError::ReadOnly(why) => StartError::ReadOnly(why),
        StoreError::File { path, source } => StartError::Folder { path, source },
        other => StartError::Store(other),
    }
}

/// Creates the folder if needed, and keeps other servers out while the lock is held.
///
/// # Errors
/// [`StartError::Folder`] or [`StartError::Running`].
pub fn lock_folder(data: &Path) -> Result<FolderLock, StartError> {
    let unusable = |source| StartError::Folder { path: data.into(), source };
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        folder.mode(0o700);
    }
    folder.create(data).map_err(unusable)?;
    let file = File::create(data.join(LOCK)).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StartError::Running(data.into())),
        Err(TryLockError::Error(source)) => return Err(unusable(source)),
    }
    Ok(FolderLock { _file: file, _folder: lock_folder_itself(data)? })
}

/// Keeps other servers out of a folder until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
    _folder: Option<File>,
}

#[cfg(unix)]
fn lock_folder_itself(data: &Path) -> Result<Option<File>, StartError> {
    let unusable = |source| StartError::Folder { path: data.into(), source };
    let folder = File::open(data).map_err(unusable)?;
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Err(StartError::Running(data.into())),
        // Some network file systems can't lock folders; the lock file must do.
        Err(TryLockError::Error(error)) => {
            tracing::debug!(%error, "the folder itself can't be locked");
            Ok(None)
        }
    }
}

/// On other systems an open file can't be deleted, so the lock file is enough.
#[cfg(not(unix))]
fn lock_folder_itself(_: &Path) -> Result<Option<File>, StartError> {
    Ok(None)
}

fn write_address(data: &Path, address: &Address) -> Result<(), StartError> {
    let text = serde_json::to_string(address).expect("an address is plain JSON");
    fs::write(data.join(ADDRESS), text)
        .map_err(|source| StartError::Folder { path: data.into(), source })
}

/// The public address of the folder's server, if it ever ran.
#[must_use]
pub fn read_address(data: &Path) -> Option<Address> {
    let text = fs::read_to_string(data.join(ADDRESS)).ok()?;
    serde_json::from_str(&text).ok()
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken(address),
        _ => StartError::Listen { address, source },
    })
}
