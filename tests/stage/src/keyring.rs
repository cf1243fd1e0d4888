//! The keyring daemon, in the states that a person can meet it in.

mod keepassxc;
mod kwallet;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::sync::watch;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};

use crate::bus::Bus;
use crate::process::{Env, Process};
use crate::wait::eventually;

pub use keepassxc::Database;

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const INTERFACE: &str = "org.freedesktop.Secret.Service";

/// The name of the program that shows the dialogs of GNOME Keyring.
const PROMPTER: &str = "org.gnome.keyring.SystemPrompter";

/// What unlocks the keyring of this stage. The daemon takes all of its input for the password, the
/// newline too, and makes no login collection without one.
const PASSWORD: &str = "stage\n";

/// How the keyring is found by whoever asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keyring {
    /// GNOME Keyring runs, with an unlocked login collection.
    #[default]
    Unlocked,
    /// GNOME Keyring runs without a login collection: nobody signed in with a password.
    Bare,
    /// KeePassXC runs with these databases, the last of them in front.
    KeePassXc(&'static [Database]),
    /// KWallet runs and has no wallet, as for a fresh account.
    KWallet,
    /// KWallet runs, with the wallet that signing in opens.
    KWalletSignedIn,
    /// Nothing answers on the bus.
    Absent,
}

/// Starts a keyring; `None` where there is to be none.
pub(crate) async fn start(
    keyring: Keyring,
    bus: &Bus,
    folder: &Path,
    logs: &Path,
    env: &Env,
) -> Result<Option<Process>> {
    std::fs::create_dir_all(folder)?;
    Ok(Some(match keyring {
        Keyring::Absent => return Ok(None),
        Keyring::Unlocked => unlocked(bus, folder, logs, env).await?,
        Keyring::Bare => {
            let control = format!("--control-directory={}", folder.display());
            let args = ["--foreground", "--components=secrets", &control];
            let mut daemon =
                Process::start(logs, "keyring", "gnome-keyring-daemon", &args, env, Stdio::null())?;
            bus.wait_for_name(SERVICE, &mut daemon).await?;
            daemon
        }
        Keyring::KeePassXc(databases) => {
            keepassxc::start(databases, bus, folder, logs, env).await?
        }
        Keyring::KWallet => kwallet::start(bus, logs, env).await?,
        Keyring::KWalletSignedIn => {
            let first = kwallet::start(bus, logs, env).await?;
            kwallet::sign_in(bus).await?;
            drop(first);
            let daemon = kwallet::start(bus, logs, env).await?;
            kwallet::sign_in(bus).await?;
            daemon
        }
    }))
}

/// Starts the program that shows the dialogs of GNOME Keyring.
pub(crate) async fn show_dialogs(bus: &Bus, logs: &Path, env: &Env) -> Result<Process> {
    let mut prompter =
        Process::start(logs, "prompter", "/usr/libexec/gcr-prompter", &[], env, Stdio::null())?;
    bus.wait_for_name(PROMPTER, &mut prompter).await?;
    Ok(prompter)
}

async fn unlocked(bus: &Bus, folder: &Path, logs: &Path, env: &Env) -> Result<Process> {
    let control = format!("--control-directory={}", folder.display());
    let mut daemon = Process::start(
        logs,
        "keyring",
        "gnome-keyring-daemon",
        &["--foreground", "--unlock", "--components=secrets", &control],
        env,
        Stdio::piped(),
    )?;
    daemon.take_stdin().context("the input was piped")?.write_all(PASSWORD.as_bytes())?;
    bus.wait_for_name(SERVICE, &mut daemon).await?;
    eventually("the keyring has an unlocked collection", async || {
        Ok((!is_locked(bus).await?).then_some(()))
    })
    .await?;
    Ok(daemon)
}

/// Locks the default collection, as a lid that closes or a person does.
pub(crate) async fn lock(bus: &Bus) -> Result<()> {
    let collection = default_collection(bus).await?;
    let reply = bus
        .connection
        .call_method(Some(SERVICE), ROOT, Some(INTERFACE), "Lock", &(vec![collection]))
        .await?;
    let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) = reply.body().deserialize()?;
    ensure!(locked.len() == 1, "the keyring did not lock");
    Ok(())
}

/// Locks every collection, and waits until each is. KeePassXC saves what it was given before it
/// locks, and refuses while it saves.
pub(crate) async fn lock_all(bus: &Bus) -> Result<()> {
    let service = zbus::Proxy::new(&bus.connection, SERVICE, ROOT, INTERFACE).await?;
    let collections: Vec<OwnedObjectPath> = service.get_property("Collections").await?;
    eventually("the keyring is locked", async || {
        let (locked, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            service.call("Lock", &(&collections,)).await?;
        if locked.len() == collections.len() {
            return Ok(Some(()));
        }
        ensure!(prompt.as_str() != "/", "the keyring did not lock");
        // This one shows no dialog.
        zbus::Proxy::new(&bus.connection, SERVICE, prompt, "org.freedesktop.Secret.Prompt")
            .await?
            .call::<_, _, ()>("Prompt", &"")
            .await?;
        Ok(None)
    })
    .await
}

/// Unlocks the default collection in the daemon that runs, without a dialog.
///
/// The interface is the one that GNOME Keyring keeps for the programs around it.
pub(crate) async fn unlock(bus: &Bus) -> Result<()> {
    let (collection, session) = (default_collection(bus).await?, session(bus).await?);
    let password: Plain = (session, Vec::new(), PASSWORD.into(), "text/plain".to_owned());
    let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
    zbus::Proxy::new(&bus.connection, SERVICE, ROOT, interface)
        .await?
        .call::<_, _, ()>("UnlockWithMasterPassword", &(collection, password))
        .await?;
    ensure!(!is_locked(bus).await?, "the keyring did not unlock");
    Ok(())
}

/// A secret on the bus, in a session that does not encrypt: session, parameters, value, type.
type Plain = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

async fn session(bus: &Bus) -> Result<OwnedObjectPath> {
    let service = zbus::Proxy::new(&bus.connection, SERVICE, ROOT, INTERFACE).await?;
    let empty = OwnedValue::from(zbus::zvariant::Str::from(""));
    let (_, session): (OwnedValue, OwnedObjectPath) =
        service.call("OpenSession", &("plain", empty)).await?;
    Ok(session)
}

/// The secrets in the keyring as text, whoever wrote them.
pub(crate) async fn secrets(bus: &Bus) -> Result<Vec<String>> {
    let service = zbus::Proxy::new(&bus.connection, SERVICE, ROOT, INTERFACE).await?;
    let (collection, session) = (default_collection(bus).await?, session(bus).await?);
    let items: Vec<OwnedObjectPath> =
        zbus::Proxy::new(&bus.connection, SERVICE, collection, "org.freedesktop.Secret.Collection")
            .await?
            .get_property("Items")
            .await?;
    let found: std::collections::HashMap<OwnedObjectPath, Plain> =
        service.call("GetSecrets", &(items, session)).await?;
    Ok(found
        .into_values()
        .map(|(_, _, value, _)| String::from_utf8_lossy(&value).into_owned())
        .collect())
}

/// The dialog in which a person unlocks the keyring, with nobody in front of it: it comes up and
/// stays. Without one on the bus the daemon takes every question for dismissed.
///
/// The names are those of `gcr`, which shows it for GNOME Keyring.
#[derive(Debug)]
pub struct Dialog {
    asked: watch::Receiver<u32>,
    _connection: zbus::Connection,
}

impl Dialog {
    pub(crate) async fn open(bus: &Bus) -> Result<Self> {
        let (questions, asked) = watch::channel(0);
        let connection = zbus::connection::Builder::address(bus.address.as_str())?
            .serve_at("/org/gnome/keyring/Prompter", Prompter { questions })?
            .name(PROMPTER)?
            .build()
            .await?;
        Ok(Self { asked, _connection: connection })
    }

    /// How often a daemon has asked with it.
    #[must_use]
    pub fn times_asked(&self) -> u32 {
        *self.asked.borrow()
    }

    /// Waits until it was asked with so often.
    ///
    /// # Errors
    /// When it is not in time.
    pub async fn was_asked(&self, times: u32) -> Result<()> {
        eventually(&format!("the keyring has asked {times} times"), async || {
            Ok((self.times_asked() >= times).then_some(()))
        })
        .await
    }
}

struct Prompter {
    questions: watch::Sender<u32>,
}

#[zbus::interface(name = "org.gnome.keyring.internal.Prompter")]
impl Prompter {
    /// Somebody wants the dialog, and is told on `_callback` when it is his: never.
    fn begin_prompting(&self, _callback: ObjectPath<'_>) {
        self.questions.send_modify(|asked| *asked += 1);
    }

    fn stop_prompting(&self, _callback: ObjectPath<'_>) {}
}

async fn is_locked(bus: &Bus) -> Result<bool> {
    let collection = default_collection(bus).await?;
    Ok(zbus::Proxy::new(&bus.connection, SERVICE, collection, "org.freedesktop.Secret.Collection")
        .await?
        .get_property("Locked")
        .await?)
}

async fn default_collection(bus: &Bus) -> Result<ObjectPath<'static>> {
    let path: OwnedObjectPath = bus
        .connection
        .call_method(Some(SERVICE), ROOT, Some(INTERFACE), "ReadAlias", &("default"))
        .await?
        .body()
        .deserialize()?;
    ensure!(path.as_str() != "/", "the keyring has no default collection");
    Ok(path.into_inner())
}
