//! The notification servers of other desktops. What they were asked and what they told is read on the
//! bus; none of them has dunst's record.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::bus::Bus;
use crate::display::run;
use crate::notifications::Server;
use crate::process::{Env, Process};
use crate::wait::eventually;

/// Where Debian keeps those that no person starts.
const XFCE: &str = "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd";
const MATE: &str = "/usr/lib/mate-notification-daemon/mate-notification-daemon";

/// A server, and what it stands on.
pub(crate) struct Servers {
    server: Process,
    /// Where Wayland's is reached.
    env: Env,
    _compositor: Option<Process>,
}

pub(crate) async fn start(
    server: Server,
    bus: &Bus,
    root: &Path,
    logs: &Path,
    env: &Env,
) -> Result<Servers> {
    let mut env = env.clone();
    let mut compositor = None;
    let program = match server {
        Server::Xfce => XFCE,
        Server::Mate => MATE,
        Server::Lxqt => "lxqt-notificationd",
        Server::Mako => {
            compositor = Some(sway(root, logs, &mut env).await?);
            "mako"
        }
        Server::Dunst | Server::Inline => bail!("{server:?} is started elsewhere"),
    };
    let mut server = Process::start(logs, "notifications", program, &[], &env, Stdio::null())?;
    bus.wait_for_name("org.freedesktop.Notifications", &mut server).await?;
    Ok(Servers { server, env, _compositor: compositor })
}

/// mako draws on Wayland alone. sway ends itself where it could become root, which it can't where
/// nobody is.
async fn sway(root: &Path, logs: &Path, env: &mut Env) -> Result<Process> {
    let config = root.join("sway");
    std::fs::write(&config, "default_border none\n")?;
    for (name, value) in
        [("WLR_BACKENDS", "headless"), ("WLR_LIBINPUT_NO_DEVICES", "1"), ("WLR_RENDERER", "pixman")]
    {
        env.insert(name.into(), value.into());
    }
    env.remove("GDK_BACKEND");
    let config = config.to_str().context("a path of the stage is UTF-8")?;
    let args = ["--user", "--map-user=1000", "--map-group=1000", "sway", "-c", config];
    let mut sway = Process::start(logs, "sway", "unshare", &args, env, Stdio::null())?;
    let run = env.get("XDG_RUNTIME_DIR").context("a session has a folder for sockets")?.clone();
    let display = eventually("sway listens", async || {
        sway.check_alive()?;
        let names = std::fs::read_dir(&run)?.flatten().map(|entry| entry.file_name());
        let mut names = names.filter_map(|name| name.into_string().ok());
        Ok(names.find(|name| name.starts_with("wayland-") && !name.ends_with(".lock")))
    })
    .await?;
    env.insert("WAYLAND_DISPLAY".into(), display);
    Ok(sway)
}

impl Servers {
    /// A click on the one notification that is there, as far as somebody can be found to make it.
    pub(crate) fn click(&self, server: Server) -> Result<()> {
        match server {
            Server::Mako => run(&self.env, "makoctl", &["invoke"]).map(|_| ()),
            Server::Mate | Server::Lxqt => {
                let pid = self.server.id().to_string();
                let found = run(&self.env, "xdotool", &["search", "--onlyvisible", "--pid", &pid])?;
                let window = found.lines().last().context("there is nothing to click")?;
                // Left of its middle, where no button is.
                run(
                    &self.env,
                    "xdotool",
                    &["mousemove", "--window", window, "60", "30", "click", "1"],
                )
                .map(|_| ())
            }
            _ => bail!("nobody clicks for {server:?}"),
        }
    }
}
