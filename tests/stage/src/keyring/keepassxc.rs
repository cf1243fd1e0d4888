//! KeePassXC, which keeps the secrets of other programs in a group of a database that a person
//! exposed to them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;

use crate::bus::Bus;
use crate::process::{Env, Process};

use super::SERVICE;

/// A database of KeePassXC, open in its window and locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Database {
    /// What it is called; also its collection.
    pub name: &'static str,
    /// Whether a group of it is exposed to other programs.
    pub exposed: bool,
}

impl Database {
    /// What unlocks each of them.
    pub const PASSWORD: &'static str = "stage";
}

/// What a person has set in KeePassXC: its service, and nothing that would come in between. It would
/// also open again what was open when it was quit.
const SETTINGS: &str = "\
[General]
ConfigVersion=2
OpenPreviousDatabasesOnStartup=false
UpdateCheckMessageShown=true

[FdoSecrets]
Enabled=true

[Security]
LockDatabaseIdle=false
";

pub(super) async fn start(
    databases: &[Database],
    bus: &Bus,
    folder: &Path,
    logs: &Path,
    env: &Env,
) -> Result<Process> {
    std::fs::create_dir_all(folder)?;
    let settings = folder.join("keepassxc.ini");
    std::fs::write(&settings, SETTINGS)?;
    let local = folder.join("local.ini");
    let mut args = vec!["--config".to_owned(), text(&settings)?, "--localconfig".into()];
    args.push(text(&local)?);
    for database in databases {
        args.push(text(&made(*database, folder, env)?)?);
    }
    let mut env = env.clone();
    // Two of one person know each other by a file there, and the second goes.
    env.insert("TMPDIR".into(), text(folder)?);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut keepassxc = Process::start(logs, "keepassxc", "keepassxc", &args, &env, Stdio::null())?;
    bus.wait_for_name(SERVICE, &mut keepassxc).await?;
    Ok(keepassxc)
}

/// The file of a database; one that is there is left as it is.
fn made(database: Database, folder: &Path, env: &Env) -> Result<PathBuf> {
    let file = folder.join(format!("{}.kdbx", database.name));
    if file.exists() {
        return Ok(file);
    }
    let source = folder.join("source.xml");
    std::fs::write(&source, xml(database)?)?;
    let mut import = Command::new("keepassxc-cli")
        .args(["import", "--quiet", "--set-password"])
        .args([&source, &file])
        .env_clear()
        .envs(env)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("keepassxc-cli could not be started; is the package keepassxc there?")?;
    let mut typed = String::new();
    for _ in 0..2 {
        writeln!(typed, "{}", Database::PASSWORD)?;
    }
    import.stdin.take().context("the input was piped")?.write_all(typed.as_bytes())?;
    let out = import.wait_with_output()?;
    ensure!(out.status.success(), "keepassxc-cli: {}", String::from_utf8_lossy(&out.stderr));
    Ok(file)
}

/// A database in KeePass's own form, which names the group that is exposed by its id.
fn xml(database: Database) -> Result<String> {
    let id = format!("{:0<16}", database.name);
    let id = id.as_bytes().get(..16).context("the name fits in an id of 16 bytes")?;
    let mut custom = String::new();
    if database.exposed {
        let mut hex = String::new();
        for (at, byte) in id.iter().enumerate() {
            let bar = if [4, 6, 8, 10].contains(&at) { "-" } else { "" };
            write!(hex, "{bar}{byte:02x}")?;
        }
        write!(
            custom,
            "<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key>\
             <Value>{{{hex}}}</Value></Item></CustomData>"
        )?;
    }
    Ok(format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<KeePassFile><Meta><DatabaseName>{name}</DatabaseName>{custom}</Meta>
<Root><Group><UUID>{id}</UUID><Name>{name}</Name></Group></Root></KeePassFile>
"#,
        name = database.name,
        id = BASE64.encode(id),
    ))
}

fn text(path: &Path) -> Result<String> {
    Ok(path.to_str().context("a path of the stage is UTF-8")?.to_owned())
}
