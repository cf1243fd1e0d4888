//! The keyring daemon, in the states that a person can meet it in.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};

use crate::bus::Bus;
use crate::process::{Env, Process};
use crate::wait::eventually;

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const INTERFACE: &str = "org.freedesktop.Secret.Service";

/// What the person of this stage would type to unlock the keyring.
const PASSWORD: &str = "stage";

/// How the keyring is found by whoever asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keyring {
    /// It runs, with an unlocked login collection.
    #[default]
    Unlocked,
    /// Nothing answers on the bus.
    Absent,
}

pub(crate) async fn start(bus: &Bus, folder: &Path, logs: &Path, env: &Env) -> Result<Process> {
    std::fs::create_dir_all(folder)?;
    let control = format!("--control-directory={}", folder.display());
    let mut daemon = Process::start(
        logs,
        "keyring",
        "gnome-keyring-daemon",
        &["--foreground", "--unlock", "--components=secrets", &control],
        env,
        Stdio::piped(),
    )?;
    // A password without its newline makes no login collection.
    let mut stdin = daemon.take_stdin().context("the input was piped")?;
    writeln!(stdin, "{PASSWORD}")?;
    drop(stdin);
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

/// The secrets in the keyring as text, whoever wrote them.
pub(crate) async fn secrets(bus: &Bus) -> Result<Vec<String>> {
    let service = zbus::Proxy::new(&bus.connection, SERVICE, ROOT, INTERFACE).await?;
    let empty = OwnedValue::from(zbus::zvariant::Str::from(""));
    let (_, session): (OwnedValue, OwnedObjectPath) =
        service.call("OpenSession", &("plain", empty)).await?;
    let collection = default_collection(bus).await?;
    let items: Vec<OwnedObjectPath> =
        zbus::Proxy::new(&bus.connection, SERVICE, collection, "org.freedesktop.Secret.Collection")
            .await?
            .get_property("Items")
            .await?;
    type Plain = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
    let found: std::collections::HashMap<OwnedObjectPath, Plain> =
        service.call("GetSecrets", &(items, session)).await?;
    Ok(found
        .into_values()
        .map(|(_, _, value, _)| String::from_utf8_lossy(&value).into_owned())
        .collect())
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
