//! KWallet, as a fresh account and as a person who has signed in meets it. It never has its
//! cryptographic plugin here, as where a system leaves out what is only recommended: then it takes
//! secrets in the clear alone.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};

use crate::bus::Bus;
use crate::process::{Env, Process};

use super::SERVICE;

const OWN_NAME: &str = "org.kde.kwalletd5";
const PATH: &str = "/modules/kwalletd5";
const INTERFACE: &str = "org.kde.KWallet";

/// What a person's password becomes before it reaches the daemon, which takes any 56 bytes.
const HASH: [u8; 56] = [0x6b; 56];

/// Starts it with the wallets that are there.
pub(super) async fn start(bus: &Bus, logs: &Path, env: &Env) -> Result<Process> {
    let plugins = plugins();
    let hidden = "mount -t tmpfs none \"$1\" && exec kwalletd5";
    let (program, args): (_, &[&str]) = match &plugins {
        Some(folder) => {
            ("unshare", &["--map-root-user", "--mount", "sh", "-c", hidden, "sh", folder])
        }
        None => ("kwalletd5", &[]),
    };
    let mut daemon = Process::start(logs, "kwalletd5", program, args, env, Stdio::null())?;
    bus.wait_for_name(OWN_NAME, &mut daemon).await?;
    bus.wait_for_name(SERVICE, &mut daemon).await?;
    Ok(daemon)
}

/// Where the plugin is, if somebody has installed it.
fn plugins() -> Option<String> {
    let libraries = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut folders = libraries.map(|folder| folder.path().join("qca-qt5"));
    folders.find(|folder| folder.is_dir())?.to_str().map(str::to_owned)
}

/// Opens the wallet as signing in does, and makes it if there is none. One that was made becomes a
/// keyring for other programs with the daemon's next start only.
pub(super) async fn sign_in(bus: &Bus) -> Result<()> {
    bus.connection
        .call_method(
            Some(OWN_NAME),
            PATH,
            Some(INTERFACE),
            "pamOpen",
            &("kdewallet", HASH.as_slice(), 0i32),
        )
        .await
        .context("KWallet opens no wallet")?;
    Ok(())
}
