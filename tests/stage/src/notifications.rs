//! The notification server: what it was asked to show, and a click on it.
//!
//! dunst runs a script for everything it shows, also for a notification that replaces another; its
//! own history holds only what was closed. So the script's record is what a test reads.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::bus::Bus;
use crate::display::run;
use crate::process::{Env, Process};

/// What shows notifications on a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// A real one.
    Dunst,
    /// One with a field for answers, of the stage's own.
    Inline,
    /// Xfce's.
    Xfce,
    /// MATE's.
    Mate,
    /// LXQt's.
    Lxqt,
    /// That of many Wayland desktops.
    Mako,
}

/// A notification as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The server's number for it; a replacement keeps it.
    pub id: u32,
    /// Who sent it.
    pub app: String,
    /// First line.
    pub summary: String,
    /// The rest.
    pub body: String,
}

/// Separates the fields of a record and ends it: never part of a text.
const FIELD: char = '\u{1f}';
const RECORD: char = '\u{1e}';

pub(crate) async fn start(bus: &Bus, root: &Path, logs: &Path, env: &Env) -> Result<Process> {
    let script = root.join("dunst-record");
    fs::write(
        &script,
        format!(
            "#!/bin/sh\nprintf '%s\\037%s\\037%s\\037%s\\036' \"$DUNST_ID\" \"$DUNST_APP_NAME\" \
             \"$DUNST_SUMMARY\" \"$DUNST_BODY\" >> '{}'\n",
            record(root).display()
        ),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let config = root.join("dunstrc");
    fs::write(&config, configuration(&script, &menu(root)?))?;
    let mut daemon = Process::start(
        logs,
        "dunst",
        "dunst",
        &["-config", config.to_str().context("a path of the stage is UTF-8")?],
        env,
        Stdio::null(),
    )?;
    bus.wait_for_name("org.freedesktop.Notifications", &mut daemon).await?;
    Ok(daemon)
}

fn record(root: &Path) -> PathBuf {
    root.join("notifications")
}

/// All that was shown so far, oldest first.
pub(crate) fn shown(root: &Path) -> Vec<Shown> {
    let text = fs::read_to_string(record(root)).unwrap_or_default();
    text.split_terminator(RECORD)
        .filter_map(|entry| {
            let mut fields = entry.splitn(4, FIELD);
            Some(Shown {
                id: fields.next()?.parse().ok()?,
                app: fields.next()?.to_owned(),
                summary: fields.next()?.to_owned(),
                body: fields.next()?.to_owned(),
            })
        })
        .collect()
}

/// How many can be seen now.
pub(crate) fn displayed(env: &Env) -> Result<u32> {
    Ok(run(env, "dunstctl", &["count", "displayed"])?.trim().parse()?)
}

/// Closes what can be seen, as a person who does not care.
pub(crate) fn close_all(env: &Env) -> Result<()> {
    run(env, "dunstctl", &["close-all"]).map(|_| ())
}

/// Takes the default action of the newest, as a click on it does.
pub(crate) fn click(env: &Env) -> Result<()> {
    run(env, "dunstctl", &["action", "0"]).map(|_| ())
}

/// Takes an action by its label, as a person does in the menu that dunst opens for them.
pub(crate) fn act(root: &Path, env: &Env, label: &str) -> Result<()> {
    fs::write(root.join(CHOICE), label)?;
    run(env, "dunstctl", &["context"]).map(|_| ())
}

/// Where stands what is to be chosen next.
const CHOICE: &str = "dunst-choice";

/// In place of a menu on the screen: chooses the line that begins with what stands in the file.
fn menu(root: &Path) -> Result<PathBuf> {
    let menu = root.join("dunst-menu");
    let choice = root.join(CHOICE);
    fs::write(&menu, format!("#!/bin/sh\ngrep -m 1 \"^#$(cat '{}')\"\n", choice.display()))?;
    fs::set_permissions(&menu, fs::Permissions::from_mode(0o755))?;
    Ok(menu)
}

/// The server's own memory of what was closed, newest first.
pub(crate) fn history(env: &Env) -> Result<Vec<Shown>> {
    let answer: Value = serde_json::from_str(&run(env, "dunstctl", &["history"])?)?;
    let text = |entry: &Value, key: &str| {
        entry
            .pointer(&format!("/{key}/data"))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(answer
        .pointer("/data/0")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|entry| Shown {
            id: entry
                .pointer("/id/data")
                .and_then(Value::as_u64)
                .and_then(|id| u32::try_from(id).ok())
                .unwrap_or_default(),
            app: text(entry, "appname"),
            summary: text(entry, "summary"),
            body: text(entry, "body"),
        })
        .collect())
}

/// Nothing expires by itself: a test decides when a notification goes.
fn configuration(script: &Path, menu: &Path) -> String {
    format!(
        "[global]\n\
         follow = none\n\
         show_indicators = no\n\
         origin = top-right\n\
         offset = 16x16\n\
         width = 380\n\
         font = Inter 11\n\
         frame_width = 1\n\
         frame_color = \"#d4d4d8\"\n\
         corner_radius = 10\n\
         padding = 12\n\
         horizontal_padding = 14\n\
         enable_recursive_icon_lookup = true\n\
         idle_threshold = 0\n\
         dmenu = {}\n\
         mouse_left_click = do_action, close_current\n\
         [urgency_low]\ntimeout = 0\nbackground = \"#ffffff\"\nforeground = \"#18181b\"\n\
         [urgency_normal]\ntimeout = 0\nbackground = \"#ffffff\"\nforeground = \"#18181b\"\n\
         [urgency_critical]\ntimeout = 0\nbackground = \"#ffffff\"\nforeground = \"#18181b\"\n\
         [record]\nsummary = \"*\"\nscript = {}\n",
        menu.display(),
        script.display()
    )
}
