//! Input methods, which turn keys into the signs of a language: each as its packages leave it, with its
//! own framework, and never with what it has learned on another stage.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::bus::Bus;
use crate::display::run;
use crate::process::{Env, Process};
use crate::wait::eventually;

/// An input method of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputMethod {
    /// Pinyin for Chinese, in ibus.
    IbusPinyin,
    /// Hangul for Korean, in ibus. It begins with Latin letters; Shift and Space changes that.
    IbusHangul,
    /// Pinyin for Chinese, in fcitx5.
    FcitxPinyin,
}

/// What tells programs of a session where their input method is.
pub(crate) const VARIABLES: [&str; 3] = ["GTK_IM_MODULE", "XMODIFIERS", "IBUS_ADDRESS"];

/// What a person has set up in fcitx5: pinyin, everywhere.
const PROFILE: &str = "\
[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=keyboard-us

[Groups/0/Items/1]
Name=pinyin

[GroupOrder]
0=Default
";

/// No words from the network, no notifications of its own.
const WITHOUT: &str = "--disable=cloudpinyin,notifications,notificationitem,wayland";

impl InputMethod {
    /// Its name in its framework.
    fn name(self) -> &'static str {
        match self {
            Self::IbusPinyin => "libpinyin",
            Self::IbusHangul => "hangul",
            Self::FcitxPinyin => "pinyin",
        }
    }

    /// Tells the session of its framework, and starts that unless it is to come later.
    pub(crate) async fn prepare(self, logs: &Path, env: &mut Env) -> Result<Option<Process>> {
        if self == Self::FcitxPinyin {
            env.insert("GTK_IM_MODULE".into(), "fcitx".into());
            env.insert("XMODIFIERS".into(), "@im=fcitx".into());
            return Ok(None);
        }
        ibus(logs, env).await.map(Some)
    }

    /// Starts what comes later: fcitx5, which loses keys of WebDriver's, and which programs find also
    /// when they were there before it.
    pub(crate) async fn start(self, bus: &Bus, logs: &Path, env: &Env) -> Result<Process> {
        let settings =
            env.get("XDG_CONFIG_HOME").context("the session has a folder for settings")?;
        let folder = Path::new(settings).join("fcitx5");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("profile"), PROFILE)?;
        let mut daemon = Process::start(logs, "fcitx5", "fcitx5", &[WITHOUT], env, Stdio::null())?;
        bus.wait_for_name("org.fcitx.Fcitx5", &mut daemon).await?;
        Ok(daemon)
    }

    /// Puts it in charge of the field that has the keyboard.
    pub(crate) async fn choose(self, env: &Env) -> Result<()> {
        eventually(&format!("{} is chosen", self.name()), async || {
            let now = if self == Self::FcitxPinyin {
                run(env, "fcitx5-remote", &["-o"])?;
                run(env, "fcitx5-remote", &["-n"])?
            } else {
                // It ends with 1 where it can't set the keyboard's layout as well, which nobody asked for.
                let _ = run(env, "ibus", &["engine", self.name()]);
                run(env, "ibus", &["engine"])?
            };
            ensure!(now.trim() == self.name(), "it is {now:?}");
            Ok(Some(()))
        })
        .await
    }
}

async fn ibus(logs: &Path, env: &mut Env) -> Result<Process> {
    let runtime = env.get("XDG_RUNTIME_DIR").context("the session has a folder at run time")?;
    let socket = Path::new(runtime).join("ibus");
    let address = format!("unix:path={}", socket.display());
    env.insert("GTK_IM_MODULE".into(), "ibus".into());
    env.insert("XMODIFIERS".into(), "@im=ibus".into());
    env.insert("IBUS_ADDRESS".into(), address.clone());
    let mut own = env.clone();
    // Nothing on the stage keeps settings for GNOME's programs.
    own.insert("GSETTINGS_BACKEND".into(), "memory".into());
    let args = ["--panel", "disable", "--emoji-extension", "disable", "--address", &address];
    let mut daemon = Process::start(logs, "ibus", "ibus-daemon", &args, &own, Stdio::null())?;
    eventually("ibus listens", async || {
        daemon.check_alive()?;
        Ok(UnixStream::connect(&socket).is_ok().then_some(()))
    })
    .await?;
    Ok(daemon)
}
