//! The program under test: started through WebDriver, so that its window can be looked into.
//!
//! One driver drives one program. The driver starts it, and the program is therefore the driver's
//! child; `kill -9` goes to the program alone, as it would on a person's machine.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::display::Rectangle;
use crate::input;
use crate::page::Page;
use crate::process::{self, Env, Process};
use crate::stage::{Stage, home_env};
use crate::wait::eventually;

/// Which program, as whom.
#[derive(Debug, Clone)]
pub struct AppPlan {
    /// Names the person's home on the stage: starting the same name again finds what it left.
    pub name: String,
    /// The program.
    pub binary: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}

impl AppPlan {
    /// A program without arguments.
    #[must_use]
    pub fn new(name: &str, binary: &Path) -> Self {
        Self { name: name.to_owned(), binary: binary.to_owned(), args: Vec::new() }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }
}

/// A running program.
pub struct App {
    pid: u32,
    page: Page,
    home: PathBuf,
    driver: Process,
}

impl App {
    /// Starts the program and waits for its window.
    ///
    /// # Errors
    /// With what driver and program printed, when there is no window.
    pub async fn start(stage: &Stage, plan: &AppPlan) -> Result<Self> {
        let (page, home, driver) = drive(stage, plan).await?;
        let pid = process::children(driver.id())
            .into_iter()
            .find(|child| process::runs(*child))
            .context("the driver has started no program")?;
        Ok(Self { pid, page, home, driver })
    }

    /// Starts the program of a plan by its entry in the menu, and waits for its window.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_from_menu(stage: &Stage, plan: &AppPlan, entry: &Path) -> Result<Self> {
        // The driver wants a program that stays; what launches from a menu does not.
        let click = stage.folder().join("click");
        let script =
            format!("#!/bin/sh\ngio launch {} && exec tail -f /dev/null\n", entry.display());
        std::fs::write(&click, script)?;
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&click, std::fs::Permissions::from_mode(0o755))?;
        let driven = AppPlan { binary: click, ..plan.clone() };
        let (page, home, driver) = drive(stage, &driven).await?;
        let mut running = process::of_program(&plan.binary).into_iter();
        let pid = running.next().context("the entry has started no program")?;
        Ok(Self { pid, page, home, driver })
    }

    /// Starts the program once more beside a running one, without a driver, and waits for its end:
    /// what a second click on its icon or on a link does.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start_second(stage: &Stage, plan: &AppPlan) -> Result<Output> {
        let mut command = stage.command(plan)?;
        command.stdin(Stdio::null());
        let run = tokio::process::Command::from(command).kill_on_drop(true).output();
        tokio::time::timeout(crate::PATIENCE, run)
            .await
            .context("the second copy did not end")?
            .context("the second copy did not start")
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The process that holds its page, if it has one.
    #[must_use]
    pub fn page_process(&self) -> Option<u32> {
        process::page_process_of(self.pid)
    }

    /// Ends the process behind its page (`kill -9`), as a crash of the webview does.
    ///
    /// # Errors
    /// When there is none.
    pub fn kill_page(&self) -> Result<()> {
        process::end_now(self.page_process().context("there is no page")?)
    }

    /// What its window shows.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The person's home: all that the program has written is below it.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// What program and driver have printed.
    #[must_use]
    pub fn printed(&self) -> String {
        self.driver.printed()
    }

    /// Its visible window, by X id.
    ///
    /// # Errors
    /// When none comes.
    pub async fn window(&self, stage: &Stage) -> Result<String> {
        eventually("the app shows a window", async || {
            Ok(stage.windows_of(self.pid)?.into_iter().next())
        })
        .await
    }

    /// Waits until what its page holds has come to the display, and leaves a picture of that.
    ///
    /// A page is drawn by one process and shown by another, which may be late: the picture of the
    /// display counts once it has half of the colours that the page itself has. An empty window
    /// has far fewer.
    ///
    /// # Errors
    /// When it does not come, or no picture can be taken.
    pub async fn shown(&self, stage: &Stage, picture: &Path) -> Result<()> {
        self.page.painted().await?;
        let inside = picture.with_extension("page.png");
        self.page.picture(&inside).await?;
        let enough = stage.colours(&inside)? / 2;
        std::fs::remove_file(&inside)?;
        eventually("the window's content is on the display", async || {
            stage.picture(picture)?;
            Ok((stage.colours(picture)? >= enough).then_some(()))
        })
        .await
    }

    /// Moves and sizes its window.
    ///
    /// # Errors
    /// When it has none.
    pub async fn place(&self, stage: &Stage, at: Rectangle) -> Result<()> {
        stage.place(&self.window(stage).await?, at)
    }

    /// Ends it at once, as a crash or `kill -9` does, and waits until it is gone.
    ///
    /// # Errors
    /// When it stays.
    pub async fn kill(self) -> Result<()> {
        process::end_now(self.pid)?;
        self.wait_for_end().await
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// When it stays.
    pub async fn wait_for_end(&self) -> Result<()> {
        eventually("the app ends", async || Ok((!process::runs(self.pid)).then_some(()))).await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // The driver's own end does not always reach the program.
        let _ = process::end_now(self.pid);
    }
}

/// A driver, and the window of the program that it has started.
async fn drive(stage: &Stage, plan: &AppPlan) -> Result<(Page, PathBuf, Process)> {
    let (home, mut env) = session(stage, plan)?;
    for key in ["TAURI_AUTOMATION", "TAURI_WEBVIEW_AUTOMATION"] {
        env.insert(key.into(), "true".into());
    }
    let logs = stage.subfolder("logs")?;
    let port = free_port()?;
    let mut driver = Process::start(
        &logs,
        &format!("app-{}", plan.name),
        "WebKitWebDriver",
        &["--host=127.0.0.1", &format!("--port={port}")],
        &env,
        Stdio::null(),
    )?;
    eventually("the driver listens", async || {
        driver.check_alive()?;
        Ok(tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok())
    })
    .await?;
    let client = connect(port, plan)
        .await
        .with_context(|| format!("{} shows no window:\n{}", plan.name, driver.printed()))?;
    Ok((Page::new(client), home, driver))
}

/// What has WebKit draw without a graphics card.
pub const PLAIN: [(&str, &str); 2] =
    [("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")];

/// A person's home and the variables of their session on this stage. None of them tells WebKit how to
/// draw, since a person's session does not either; except where the machine has a graphics card, with
/// which nothing could be drawn on this display.
pub(crate) fn session(stage: &Stage, plan: &AppPlan) -> Result<(PathBuf, Env)> {
    let home = stage.home_of(&plan.name);
    let mut env = home_env(&home)?;
    let always = ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "LANG"];
    for key in always.into_iter().chain(input::VARIABLES) {
        if let Some(value) = stage.env.get(key) {
            env.insert(key.into(), value.clone());
        }
    }
    env.insert("RUST_BACKTRACE".into(), "1".into());
    if Path::new("/dev/dri").exists() {
        env.extend(PLAIN.map(|(name, value)| (name.into(), value.into())));
    }
    Ok((home, env))
}

async fn connect(port: u16, plan: &AppPlan) -> Result<Client> {
    let capabilities = json!({
        "webkitgtk:browserOptions": { "binary": plan.binary, "args": plan.args },
    });
    let serde_json::Value::Object(capabilities) = capabilities else {
        unreachable!("json! of braces is an object");
    };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let address = format!("http://127.0.0.1:{port}");
    Ok(tokio::time::timeout(crate::PATIENCE, builder.connect(&address)).await??)
}

/// A port that nobody listens on. Another process could take it before the driver does; the kernel
/// hands them out in turn, so that takes a whole round within milliseconds.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
