//! The stage itself: everything a desktop session has, in one folder, for one test.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::app::{AppPlan, session};
use crate::bus::Bus;
use crate::display::{self, Display, Rectangle};
use crate::inline::{self, Inline};
use crate::input::InputMethod;
use crate::keyring::{self, Dialog, Keyring};
use crate::notifications::{self, Server, Shown};
use crate::process::{self, Env, Process};
use crate::servers::{self, Servers};
use crate::tray::{self, MenuEntry, TrayItem};
use crate::watch::{self, Watch};

/// The folder of the frame buffer's file.
const FRAMES: &str = "frames";

/// What a stage has. The default is a complete desktop.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Size of the display.
    pub size: (u32, u32),
    /// The keyring's state when an app asks first.
    pub keyring: Keyring,
    /// Whether a panel hosts status icons.
    pub tray: bool,
    /// Whether windows can be seen through, which one that draws its own frame needs on X11.
    pub compositor: bool,
    /// What shows notifications.
    pub notifications: Server,
    /// What makes signs of keys, where letters are not enough.
    pub input_method: Option<InputMethod>,
    /// `LANG` of the session.
    pub language: String,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            // Two windows side by side, each as wide as the interface is designed for.
            size: (2000, 1080),
            keyring: Keyring::Unlocked,
            tray: true,
            compositor: false,
            notifications: Server::Dunst,
            input_method: None,
            // The one locale with UTF-8 that every system has.
            language: "C.UTF-8".into(),
        }
    }
}

/// Where its keyring keeps its own things, and everything writes what it prints.
const KEYRING: &str = "keyring";
const LOGS: &str = "logs";

/// What a replaced keyring held.
const OLD_SECRETS: &str = "old-secrets";

/// A running desktop. Dropping it ends everything that it started.
///
/// Fields are dropped in this order: what needs the bus and the display goes before them.
pub struct Stage {
    panel: Option<Process>,
    keyring: Option<Process>,
    _notifications: Option<Process>,
    inline: Option<Inline>,
    servers: Option<(Server, Servers)>,
    input_method: Option<(InputMethod, Option<Process>)>,
    _manager: Process,
    pub(crate) bus: Bus,
    pub(crate) env: Env,
    _display: Display,
    folder: tempfile::TempDir,
}

impl Stage {
    /// A complete desktop.
    ///
    /// # Errors
    /// Names the part that did not come up, with what it printed.
    pub async fn build() -> Result<Self> {
        Self::with(Plan::default()).await
    }

    /// The desktop that a plan describes.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub async fn with(plan: Plan) -> Result<Self> {
        // Short names: a socket's path has 108 bytes at most.
        let folder = tempfile::Builder::new().prefix("stage-").tempdir()?;
        let root = folder.path();
        let home = root.join("home");
        let logs = root.join(LOGS);
        std::fs::create_dir_all(&logs)?;
        let frames = root.join(FRAMES);
        std::fs::create_dir_all(&frames)?;
        let mut env = home_env(&home)?;
        env.insert("LANG".into(), plan.language.clone());
        let display = Display::start(plan.size.0, plan.size.1, &frames, &env)?;
        env.insert("DISPLAY".into(), display.name.clone());
        display.paint(&env)?;
        let bus = Bus::start(root, &logs, &env).await?;
        env.insert("DBUS_SESSION_BUS_ADDRESS".into(), bus.address.clone());
        let mut manager = Process::start(
            &logs,
            "xfwm4",
            "xfwm4",
            &[if plan.compositor { "--compositor=on" } else { "--compositor=off" }],
            &env,
            std::process::Stdio::null(),
        )?;
        display.wait_for_manager(&env, &mut manager).await?;
        let input_method = match plan.input_method {
            Some(method) => Some((method, method.prepare(&logs, &mut env).await?)),
            None => None,
        };
        // The keyring comes before anything that could ask for it.
        let keyring = keyring::start(plan.keyring, &bus, &root.join(KEYRING), &logs, &env).await?;
        let (mut notifications, mut inline, mut servers) = (None, None, None);
        match plan.notifications {
            Server::Dunst => {
                notifications = Some(notifications::start(&bus, root, &logs, &env).await?);
            }
            Server::Inline => inline = Some(inline::start(&bus).await?),
            other => {
                servers = Some((other, servers::start(other, &bus, root, &logs, &env).await?));
            }
        }
        let panel =
            if plan.tray { Some(tray::start(&bus, &home, &logs, &env).await?) } else { None };
        Ok(Self {
            panel,
            keyring,
            _notifications: notifications,
            inline,
            servers,
            input_method,
            _manager: manager,
            bus,
            env,
            _display: display,
            folder,
        })
    }

    /// Where the stage keeps everything. Gone with the stage.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The display's name, as in `DISPLAY`.
    #[must_use]
    pub fn display(&self) -> &str {
        self.env.get("DISPLAY").map_or("", String::as_str)
    }

    /// The session bus' address, as in `DBUS_SESSION_BUS_ADDRESS`.
    #[must_use]
    pub fn bus_address(&self) -> &str {
        &self.bus.address
    }

    /// The file in which the display keeps its picture, as an X window dump: what is on the screen
    /// can be read there without asking anybody.
    #[must_use]
    pub fn frame_buffer(&self) -> PathBuf {
        self.folder.path().join(FRAMES).join("Xvfb_screen0")
    }

    /// The home of a person on this stage.
    #[must_use]
    pub fn home_of(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program in a person's session, as a click on its icon starts it: nothing drives it, nothing
    /// waits for it, and it does not end with the stage.
    ///
    /// # Errors
    /// When the person's home can't be made.
    pub fn command(&self, plan: &AppPlan) -> Result<Command> {
        let (_, env) = session(self, plan)?;
        let mut command = Command::new(&plan.binary);
        command.args(&plan.args).env_clear().envs(env);
        Ok(command)
    }

    /// A folder with a name, made if need be.
    pub(crate) fn subfolder(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// Writes a picture of the whole display.
    ///
    /// # Errors
    /// When the picture cannot be taken or written.
    pub fn picture(&self, path: &Path) -> Result<()> {
        display::picture(&self.env, path)
    }

    /// Writes a picture of a part of the display.
    ///
    /// # Errors
    /// When the picture cannot be taken or written.
    pub fn picture_of(&self, part: Rectangle, path: &Path) -> Result<()> {
        display::picture(&self.env, path)?;
        display::crop(&self.env, path, part)
    }

    /// How many colours a picture has.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn colours(&self, path: &Path) -> Result<u32> {
        display::colours(&self.env, path)
    }

    /// Runs `xdotool`.
    ///
    /// # Errors
    /// When it reports one, with its words.
    pub fn xdotool(&self, args: &[&str]) -> Result<String> {
        display::xdotool(&self.env, args)
    }

    /// Where a window is.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn place_of(&self, window: &str) -> Result<Rectangle> {
        let said = self.xdotool(&["getwindowgeometry", "--shell", window])?;
        let number = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            // Left of the screen or above it is nowhere on it.
            line.and_then(|value| value.parse::<i64>().ok())
                .map(|value| u32::try_from(value).unwrap_or(u32::MAX))
                .with_context(|| format!("xdotool says no {name}: {said}"))
        };
        let (x, y) = (number("X")?, number("Y")?);
        Ok(Rectangle { x, y, width: number("WIDTH")?, height: number("HEIGHT")? })
    }

    /// Which share of their pixels two pictures of the display have not in common.
    ///
    /// # Errors
    /// When they cannot be read, or have not the same size.
    pub fn difference(&self, one: &Path, other: &Path) -> Result<f64> {
        display::difference(&self.env, one, other)
    }

    /// Moves and sizes a window.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn place(&self, window: &str, at: Rectangle) -> Result<()> {
        let [x, y, width, height] = [at.x, at.y, at.width, at.height].map(|n| n.to_string());
        self.xdotool(&["windowsize", "--sync", window, &width, &height])?;
        self.xdotool(&["windowmove", window, &x, &y])?;
        Ok(())
    }

    /// Moves the keyboard to a window, as a click on its frame does.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn focus(&self, window: &str) -> Result<()> {
        self.xdotool(&["windowactivate", "--sync", window]).map(|_| ())
    }

    /// Asks a window to close, as its cross does.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn close(&self, window: &str) -> Result<()> {
        self.focus(window)?;
        self.xdotool(&["key", "--clearmodifiers", "alt+F4"]).map(|_| ())
    }

    /// Puts the input method in charge of the field that has the keyboard.
    ///
    /// # Errors
    /// When the plan has none, or it does not answer.
    pub async fn choose_input_method(&mut self) -> Result<()> {
        let logs = self.subfolder(LOGS)?;
        let (method, framework) =
            self.input_method.as_mut().context("the stage has no input method")?;
        if framework.is_none() {
            *framework = Some(method.start(&self.bus, &logs, &self.env).await?);
        }
        method.choose(&self.env).await
    }

    /// Locks the keyring. Nobody is there to unlock it.
    ///
    /// # Errors
    /// When there is none or it refuses.
    pub async fn lock_keyring(&self) -> Result<()> {
        keyring::lock(&self.bus).await
    }

    /// Starts the keyring with its password, as a person who signs in does: an absent one comes, a
    /// locked one is replaced by an unlocked one over the same secrets.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn unlock_keyring(&mut self) -> Result<()> {
        self.keyring = None;
        self.start_keyring(Keyring::Unlocked).await
    }

    /// Starts a keyring in the place of the one that is there, over what that has kept.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_keyring(&mut self, keyring: Keyring) -> Result<()> {
        self.keyring = None;
        let (folder, logs) = (self.subfolder(KEYRING)?, self.subfolder(LOGS)?);
        self.keyring = keyring::start(keyring, &self.bus, &folder, &logs, &self.env).await?;
        Ok(())
    }

    /// Starts the program that shows the dialogs of GNOME Keyring, for as long as what is answered is
    /// kept.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn show_dialogs(&self) -> Result<Process> {
        keyring::show_dialogs(&self.bus, &self.subfolder(LOGS)?, &self.env).await
    }

    /// Unlocks the keyring in the daemon that runs, as the keyring's own program does.
    ///
    /// # Errors
    /// When there is none or it refuses.
    pub async fn unlock_keyring_in_place(&self) -> Result<()> {
        keyring::unlock(&self.bus).await
    }

    /// Opens the keyring's dialog for a password, with nobody to answer it.
    ///
    /// # Errors
    /// When the bus refuses it.
    pub async fn open_dialog(&self) -> Result<Dialog> {
        Dialog::open(&self.bus).await
    }

    /// Ends the keyring's daemon.
    pub fn end_keyring(&mut self) {
        self.keyring = None;
    }

    /// Ends the keyring's program after what it was given is on disk.
    ///
    /// # Errors
    /// When there is none or it does not save.
    pub async fn quit_keyring(&mut self) -> Result<()> {
        // Asking it to end is not enough: KeePassXC forgets that when it saves just then, and takes
        // no second signal.
        keyring::lock_all(&self.bus).await?;
        self.end_keyring();
        Ok(())
    }

    /// Waits for a window of the keyring's own program.
    ///
    /// # Errors
    /// When there is no keyring or none comes.
    pub async fn keyring_window(&self) -> Result<String> {
        self.window_of(self.keyring.as_ref().context("there is no keyring")?.id()).await
    }

    /// Stops the keyring's daemon where it is: whoever asks waits.
    ///
    /// # Errors
    /// When there is none.
    pub fn stop_keyring(&self) -> Result<()> {
        self.keyring.as_ref().context("there is no keyring")?.stop()
    }

    /// Lets it go on, and answer what it was asked.
    ///
    /// # Errors
    /// When there is none.
    pub fn let_keyring_go_on(&self) -> Result<()> {
        self.keyring.as_ref().context("there is no keyring")?.go_on()
    }

    /// Puts an empty keyring in the place of the one that is there, as a new installation or
    /// another desktop does.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn replace_keyring(&mut self) -> Result<()> {
        self.keyring = None;
        std::fs::rename(self.secrets_folder(), self.folder.path().join(OLD_SECRETS))?;
        self.unlock_keyring().await
    }

    /// Brings back the one that was replaced.
    ///
    /// # Errors
    /// When none was, or it does not come up.
    pub async fn restore_keyring(&mut self) -> Result<()> {
        self.keyring = None;
        std::fs::remove_dir_all(self.secrets_folder())?;
        std::fs::rename(self.folder.path().join(OLD_SECRETS), self.secrets_folder())?;
        self.unlock_keyring().await
    }

    /// Where the daemon keeps what it was given.
    fn secrets_folder(&self) -> PathBuf {
        self.folder.path().join("home/.local/share/keyrings")
    }

    /// All secrets in the keyring, as text.
    ///
    /// # Errors
    /// When it is locked or gone.
    pub async fn secrets(&self) -> Result<Vec<String>> {
        keyring::secrets(&self.bus).await
    }

    /// Every notification that was shown, oldest first.
    #[must_use]
    pub fn notifications(&self) -> Vec<Shown> {
        notifications::shown(self.folder())
    }

    /// How many notifications can be seen now.
    ///
    /// # Errors
    /// When the notification server does not answer.
    pub fn displayed(&self) -> Result<u32> {
        notifications::displayed(&self.env)
    }

    /// What the notification server remembers of closed notifications, newest first.
    ///
    /// # Errors
    /// When the notification server does not answer.
    pub fn notification_history(&self) -> Result<Vec<Shown>> {
        notifications::history(&self.env)
    }

    /// Closes all notifications.
    ///
    /// # Errors
    /// When the notification server does not answer.
    pub fn close_notifications(&self) -> Result<()> {
        notifications::close_all(&self.env)
    }

    /// Takes the default action of the newest notification.
    ///
    /// # Errors
    /// When the notification server does not answer.
    pub fn click_notification(&self) -> Result<()> {
        match &self.servers {
            Some((which, servers)) => servers.click(*which),
            None => notifications::click(&self.env),
        }
    }

    /// Takes an action of the newest notification by what it is called to the person.
    ///
    /// # Errors
    /// When the notification server does not answer.
    pub fn act_on_notification(&self, label: &str) -> Result<()> {
        notifications::act(self.folder(), &self.env, label)
    }

    /// The notification server with a field for answers.
    ///
    /// # Errors
    /// When the plan has another.
    pub fn inline(&self) -> Result<&Inline> {
        self.inline.as_ref().context("the stage's notification server takes no answers")
    }

    /// Looks at the session bus for a call or a signal from now on.
    ///
    /// # Errors
    /// When the bus does not allow it.
    pub async fn watch(&self, interface: &str, member: &str) -> Result<Watch> {
        watch::watch(&self.bus, interface, member).await
    }

    /// The status icons in the tray.
    ///
    /// # Errors
    /// When there is no tray.
    pub async fn tray(&self) -> Result<Vec<TrayItem>> {
        tray::items(&self.bus).await
    }

    /// The status icon of a process.
    ///
    /// # Errors
    /// When there is no tray.
    pub async fn tray_item_of(&self, pid: u32) -> Result<Option<TrayItem>> {
        for item in self.tray().await? {
            if self.bus.owner_pid(&item.owner).await? == pid {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// The menu of a status icon.
    ///
    /// # Errors
    /// When its owner does not answer.
    pub async fn tray_menu(&self, item: &TrayItem) -> Result<Vec<MenuEntry>> {
        tray::menu(&self.bus, item).await
    }

    /// Chooses the line of a status icon's menu whose text contains `label`.
    ///
    /// # Errors
    /// When there is no such line; the message lists those that are.
    pub async fn choose_from_tray(&self, item: &TrayItem, label: &str) -> Result<()> {
        tray::choose(&self.bus, item, label).await
    }

    /// Takes the tray away, as a desktop that has none.
    pub fn end_tray(&mut self) {
        self.panel = None;
    }

    /// Whether a process runs.
    #[must_use]
    pub fn runs(&self, pid: u32) -> bool {
        process::runs(pid)
    }
}

/// The variables of a session whose home is `home`: made, and nothing inherited but the path.
pub(crate) fn home_env(home: &Path) -> Result<Env> {
    let mut env = Env::new();
    env.insert("PATH".into(), std::env::var("PATH").context("PATH is not set")?);
    let mut folder = |key: &str, below: &str| -> Result<()> {
        let path = home.join(below);
        std::fs::create_dir_all(&path)?;
        let text = path.to_str().context("a path of the stage is UTF-8")?;
        env.insert(key.into(), text.into());
        Ok(())
    };
    folder("HOME", "")?;
    folder("XDG_CONFIG_HOME", ".config")?;
    folder("XDG_DATA_HOME", ".local/share")?;
    folder("XDG_STATE_HOME", ".local/state")?;
    folder("XDG_CACHE_HOME", ".cache")?;
    folder("XDG_RUNTIME_DIR", "run")?;
    for (key, value) in [
        ("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
        ("XDG_CURRENT_DESKTOP", "XFCE"),
        ("XDG_SESSION_TYPE", "x11"),
        ("GDK_BACKEND", "x11"),
        // There is no accessibility bus on the stage; without this every program waits for one.
        ("NO_AT_BRIDGE", "1"),
        // There is no graphics card either.
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ] {
        env.insert(key.into(), value.into());
    }
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(home.join("run"), std::fs::Permissions::from_mode(0o700))?;
    Ok(env)
}
