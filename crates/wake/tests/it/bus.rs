//! logind and NetworkManager, played on a message bus of the test's own.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use homing_engine::SystemEvent;
use homing_wake::system::linux::SystemBus;
use homing_wake::{Source, WatchError};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zbus::connection::Builder;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, interface};

use super::next;

/// A bus that ends with the test.
pub(crate) struct Bus {
    pub(crate) address: String,
    _daemon: Child,
    _folder: tempfile::TempDir,
}

impl Bus {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = format!("--address=unix:path={}", folder.path().join("bus").display());
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1", &listen])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon is installed");
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
        let address = lines.next_line().await.unwrap().expect("it says where it listens");
        Self { address, _daemon: daemon, _folder: folder }
    }
}

/// logind. The watcher asks it last, once it listens to everything.
struct Logind {
    asked: Arc<Notify>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    #[zbus(property)]
    fn preparing_for_sleep(&self) -> bool {
        self.asked.notify_one();
        false
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

#[derive(Clone)]
struct Nm(Arc<Mutex<(u32, u32, &'static str)>>);

#[interface(name = "org.freedesktop.NetworkManager")]
impl Nm {
    #[zbus(property)]
    fn state(&self) -> u32 {
        self.0.lock().unwrap().0
    }

    #[zbus(property)]
    fn connectivity(&self) -> u32 {
        self.0.lock().unwrap().1
    }

    #[zbus(property)]
    fn primary_connection(&self) -> OwnedObjectPath {
        OwnedObjectPath::try_from(self.0.lock().unwrap().2).unwrap()
    }
}

/// The two services, and the watcher that listens to them.
struct Stage {
    bus: Bus,
    services: Connection,
    nm: Nm,
    heard: mpsc::Receiver<SystemEvent>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

const LOGIND: &str = "/org/freedesktop/login1";
const NM: &str = "/org/freedesktop/NetworkManager";

impl Stage {
    /// A machine that is online, with or without NetworkManager.
    async fn set(with_nm: bool) -> Self {
        let bus = Bus::start().await;
        let asked = Arc::new(Notify::new());
        let nm = Nm(Arc::new(Mutex::new((70, 4, "/home"))));
        let mut builder = Builder::address(bus.address.as_str())
            .unwrap()
            .name("org.freedesktop.login1")
            .unwrap()
            .serve_at(LOGIND, Logind { asked: asked.clone() })
            .unwrap();
        if with_nm {
            builder = builder.name("org.freedesktop.NetworkManager").unwrap();
            builder = builder.serve_at(NM, nm.clone()).unwrap();
        }
        let services = builder.build().await.unwrap();
        let (events, heard) = mpsc::channel(32);
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let source = SystemBus { address: Some(bus.address.clone()) };
        let until = stop.clone();
        tasks.spawn(async move {
            let watched = until.run_until_cancelled(source.watch(&events)).await;
            assert!(watched.is_none(), "{watched:?}");
        });
        tokio::time::timeout(super::PATIENCE, asked.notified()).await.expect("it listens");
        Self { bus, services, nm, heard, stop, tasks }
    }

    async fn sleep(&self, start: bool) {
        let emitter = SignalEmitter::new(&self.services, LOGIND).unwrap();
        Logind::prepare_for_sleep(&emitter, start).await.unwrap();
    }

    /// NetworkManager says something else, all at once.
    async fn network(&self, now: (u32, u32, &'static str)) {
        *self.nm.0.lock().unwrap() = now;
        let iface = self.services.object_server().interface::<_, Nm>(NM).await.unwrap();
        let emitter = iface.signal_emitter();
        let nm = iface.get().await;
        nm.state_changed(emitter).await.unwrap();
        nm.connectivity_changed(emitter).await.unwrap();
        nm.primary_connection_changed(emitter).await.unwrap();
    }

    async fn strike(mut self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        // What was not expected was not raised.
        assert_eq!(self.heard.recv().await, None);
        drop(self.bus);
    }
}

#[tokio::test]
async fn waking_up_is_heard_from_logind_and_falling_asleep_is_no_news() {
    for with_nm in [true, false] {
        let mut stage = Stage::set(with_nm).await;
        for _ in 0..2 {
            stage.sleep(true).await;
            stage.sleep(false).await;
            assert_eq!(next(&mut stage.heard).await, SystemEvent::Woke);
        }
        stage.strike().await;
    }
}

#[tokio::test]
async fn networks_that_come_and_change_are_heard_from_network_manager() {
    use SystemEvent::{NetworkChanged, NetworkUp};
    let mut stage = Stage::set(true).await;
    for (now, news) in [
        ((20, 1, "/"), vec![NetworkChanged]),
        ((40, 1, "/"), vec![]),
        ((70, 2, "/train"), vec![NetworkUp, NetworkChanged]),
        ((70, 4, "/train"), vec![NetworkChanged]),
        ((70, 4, "/office"), vec![NetworkChanged]),
    ] {
        stage.network(now).await;
        for expected in news {
            assert_eq!(next(&mut stage.heard).await, expected, "{now:?}");
        }
    }
    stage.strike().await;
}

#[tokio::test]
async fn a_bus_that_is_not_there_is_an_error_and_no_end() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!("unix:path={}", folder.path().join("none").display());
    let (events, _heard) = mpsc::channel(1);
    let watched = SystemBus { address: Some(nowhere) }.watch(&events).await;
    assert!(matches!(watched, Err(WatchError::Bus(_))), "{watched:?}");
}
