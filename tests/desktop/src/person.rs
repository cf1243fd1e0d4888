//! A person at the app: what they do and what they see.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use homing_protocol::JoinLink;
use homing_stage::{App, AppPlan, MenuEntry, Page, Rectangle, Shown, Stage, TrayItem, eventually};
use serde::Deserialize;
use serde_json::{Value, json};

/// A message as a window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// The row.
    pub key: String,
    /// The delivery state: `queued`, `sending`, `sent`, `delivered`, `wedged`, `received`.
    pub state: String,
    /// What it says.
    pub text: String,
}

/// All messages on the screen, from top to bottom.
const MESSAGES: &str = r#"
return [...document.querySelectorAll('[data-testid="message"]')].map((row) => ({
  key: row.dataset.key,
  state: row.dataset.state,
  text: row.querySelector(".rich").innerText.trim(),
}));
"#;

/// The state of the connection, shown or not.
const LINK: &str =
    r#"return document.querySelector('[data-testid="connection-banner"]')?.dataset.state ?? "";"#;

/// Calls a command of the bridge in the window.
const CALL: &str = r#"
const [command, args] = arguments;
return window.__TAURI_INTERNALS__.invoke("call", { command, args });
"#;

/// A person with the app open before them.
pub struct Person {
    /// The nickname.
    pub name: String,
    plan: AppPlan,
    app: App,
}

impl Person {
    /// Opens the app for a person who has never used it, or not on this computer.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn open(stage: &Stage, name: &str) -> Result<Self> {
        Self::open_with(stage, name, AppPlan::new(&folder(name), &crate::app()?)).await
    }

    /// Opens the app with arguments.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn open_with(stage: &Stage, name: &str, plan: AppPlan) -> Result<Self> {
        // A profile of its own: the copies of two people share this stage's session bus.
        let profile = folder(name);
        let plan =
            AppPlan { args: [vec!["--profile".into(), profile], plan.args].concat(), ..plan };
        let app = App::start(stage, &plan).await?;
        Ok(Self { name: name.to_owned(), plan, app })
    }

    /// Opens the app again after it was quit.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn open_again(stage: &Stage, name: &str, plan: AppPlan) -> Result<Self> {
        let app = App::start(stage, &plan).await?;
        Ok(Self { name: name.to_owned(), plan, app })
    }

    /// Quits the app from its tray icon; returns how to open it again.
    ///
    /// # Errors
    /// When it stays.
    pub async fn quit(self, stage: &Stage) -> Result<AppPlan> {
        let item = self.tray(stage).await?;
        stage.choose_from_tray(&item, "Quit").await?;
        self.app.wait_for_end().await?;
        Ok(self.plan)
    }

    /// Opens the installed app from the menu.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn open_from_menu(
        stage: &Stage,
        name: &str,
        plan: AppPlan,
        entry: &Path,
    ) -> Result<Self> {
        let app = App::start_from_menu(stage, &plan, entry).await?;
        Ok(Self { name: name.to_owned(), plan, app })
    }

    /// The running program.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The page in the window.
    #[must_use]
    pub fn page(&self) -> &Page {
        self.app.page()
    }

    /// How the program was started.
    #[must_use]
    pub fn plan(&self) -> &AppPlan {
        &self.plan
    }

    /// Pastes a join link, enters a name and joins.
    ///
    /// # Errors
    /// With what the window shows instead of the room.
    pub async fn join(&self, link: &JoinLink) -> Result<()> {
        self.page().fill("Join link", &link.to_string()).await?;
        self.come_in().await
    }

    /// Enters a name and joins with the link that is filled in already.
    ///
    /// # Errors
    /// With what the window shows instead of the room.
    pub async fn come_in(&self) -> Result<()> {
        self.page().fill("Your name", &self.name).await?;
        // An input method may take its time with each key.
        let field = self.page().role("textbox", "Your name").await?;
        eventually("the name stands there", async || {
            Ok((field.prop("value").await?.as_ref() == Some(&self.name)).then_some(()))
        })
        .await?;
        self.page().press("button", "Join").await?;
        self.page().role("textbox", "Message to").await?;
        self.wait_for_link("up_to_date").await
    }

    /// Writes a message and sends it with Enter.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn write(&self, text: &str) -> Result<()> {
        let composer = self.page().role("textbox", "Message to").await?;
        composer.click().await?;
        composer.send_keys(text).await?;
        composer.send_keys(&String::from(char::from(Key::Enter))).await?;
        Ok(())
    }

    /// All messages on the screen, from top to bottom.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn messages(&self) -> Result<Vec<Message>> {
        let found = self.page().run(MESSAGES, vec![]).await?;
        serde_json::from_value(found).context("the rows of the timeline have another shape")
    }

    /// Waits until the window shows all of `texts`, and returns every message it shows.
    ///
    /// # Errors
    /// With the texts that are missing.
    pub async fn wait_for_texts(&self, texts: &[String]) -> Result<Vec<Message>> {
        let wanted: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
        let waited = eventually(&format!("{} sees all messages", self.name), async || {
            let shown = self.messages().await?;
            let there: BTreeSet<&str> = shown.iter().map(|one| one.text.as_str()).collect();
            Ok(wanted.is_subset(&there).then_some(shown))
        })
        .await;
        match waited {
            Ok(shown) => Ok(shown),
            Err(error) => {
                let shown = self.messages().await.unwrap_or_default();
                Err(error.context(format!("wanted {texts:?}, shown {shown:?}")))
            }
        }
    }

    /// Waits until all own messages among `texts` are in one of `states`.
    ///
    /// # Errors
    /// With the states in which they are instead.
    pub async fn wait_for_states(&self, texts: &[String], states: &[&str]) -> Result<()> {
        let what = format!("{}'s messages are {}", self.name, states.join(" or "));
        let waited = eventually(&what, async || {
            let shown = self.messages().await?;
            let mine: Vec<_> = shown.iter().filter(|one| texts.contains(&one.text)).collect();
            let all = mine.len() == texts.len();
            let there = mine.iter().all(|one| states.contains(&one.state.as_str()));
            Ok((all && there).then_some(()))
        })
        .await;
        match waited {
            Ok(()) => Ok(()),
            Err(error) => {
                let shown = self.messages().await.unwrap_or_default();
                Err(error.context(format!("shown {shown:?}")))
            }
        }
    }

    /// Waits until the connection is in a state, as the connection banner shows it.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn wait_for_link(&self, state: &str) -> Result<()> {
        eventually(&format!("{} is {state}", self.name), async || {
            let now = self.page().run(LINK, vec![]).await?;
            Ok((now.as_str() == Some(state)).then_some(()))
        })
        .await
    }

    /// Presses Try now, unless the device has reconnected in the meantime.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn try_now(&self) -> Result<()> {
        // Finding and pressing is one script: between two the button may disappear.
        let press = r#"document.querySelector('[data-testid="try-now"]')?.click();"#;
        self.page().run(press, vec![]).await.map(|_| ())
    }

    /// Moves and resizes the window.
    ///
    /// # Errors
    /// When there is none.
    pub async fn place(&self, stage: &Stage, at: Rectangle) -> Result<()> {
        self.app.place(stage, at).await
    }

    /// Focuses the window.
    ///
    /// # Errors
    /// When there is none.
    pub async fn focus(&self, stage: &Stage) -> Result<()> {
        stage.focus(&self.app.window(stage).await?)
    }

    /// Calls a command of the bridge, as the window does.
    ///
    /// # Errors
    /// When the window does not answer, or the command fails.
    pub async fn call(&self, command: &str, args: Value) -> Result<Value> {
        self.page().run(CALL, vec![command.into(), args]).await
    }

    /// Closes the window by its close button, and waits until it is gone and the notice about the tray
    /// is shown.
    ///
    /// # Errors
    /// When it stays.
    pub async fn hide(&self, stage: &Stage) -> Result<()> {
        self.close_to_tray(stage).await?;
        eventually(&format!("{} is told where it went", self.name), async || {
            let told = stage.notifications();
            Ok(told.iter().any(|one| one.summary.contains("still running")).then_some(()))
        })
        .await?;
        stage.close_notifications()
    }

    /// Closes the window by its close button, and waits until it is gone.
    ///
    /// # Errors
    /// When it stays.
    pub async fn close_to_tray(&self, stage: &Stage) -> Result<()> {
        self.close_window(stage).await?;
        eventually(&format!("{}'s window is gone", self.name), async || {
            Ok(stage.windows_of(self.app.pid())?.is_empty().then_some(()))
        })
        .await
    }

    /// The entries of the tray menu, once they are as wanted.
    ///
    /// # Errors
    /// With the entries that are there instead.
    pub async fn menu(
        &self,
        stage: &Stage,
        what: &str,
        is: impl Fn(&[MenuEntry]) -> bool,
    ) -> Result<Vec<MenuEntry>> {
        let mut last = Vec::new();
        let waited = eventually(&format!("{}'s menu {what}", self.name), async || {
            last = stage.tray_menu(&self.tray(stage).await?).await?;
            Ok(is(&last).then(|| last.clone()))
        })
        .await;
        waited.with_context(|| format!("{last:?}"))
    }

    /// Closes the window by its close button.
    ///
    /// # Errors
    /// When there is none.
    pub async fn close_window(&self, stage: &Stage) -> Result<()> {
        stage.close(&self.app.window(stage).await?)
    }

    /// The tray icon of this person's app.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn tray(&self, stage: &Stage) -> Result<TrayItem> {
        eventually(&format!("{}'s icon is in the tray", self.name), async || {
            stage.tray_item_of(self.app.pid()).await
        })
        .await
    }

    /// Waits until a notification is shown that says `text`, in its title or below.
    ///
    /// # Errors
    /// With what was shown instead, and the reasons that the app gives.
    pub async fn wait_for_notification(&self, stage: &Stage, text: &str) -> Result<Shown> {
        let waited = eventually(&format!("{} is notified natively", self.name), async || {
            let all = stage.notifications();
            let says = |one: &Shown| one.body.contains(text) || one.summary.contains(text);
            Ok(all.into_iter().rev().find(says))
        })
        .await;
        match waited {
            Ok(shown) => Ok(shown),
            Err(error) => {
                let why = self.call("notify_decisions", json!({})).await.unwrap_or_default();
                let shown = stage.notifications();
                Err(error.context(format!("shown {shown:?}, decided {why}")))
            }
        }
    }

    /// Waits until the tray shows this number of unread messages; for 0 it shows none.
    ///
    /// # Errors
    /// When it says something else.
    pub async fn wait_for_unread(&self, stage: &Stage, count: usize) -> Result<TrayItem> {
        let says = if count == 0 { String::new() } else { count.to_string() };
        eventually(&format!("{}'s tray says {count} unread", self.name), async || {
            let item = self.tray(stage).await?;
            Ok((item.label == says).then_some(item))
        })
        .await
    }

    /// Kills the app with SIGKILL and opens it again on the same profile.
    ///
    /// # Errors
    /// When it does not die, or does not come back.
    pub async fn killed_and_opened_again(self, stage: &Stage) -> Result<Self> {
        let Self { name, plan, app } = self;
        let pid = app.pid();
        app.kill().await?;
        ensure!(!stage.runs(pid), "process {pid} survived kill -9");
        let app = App::start(stage, &plan).await?;
        Ok(Self { name, plan, app })
    }
}

/// The name of a person's home, and of their profile.
fn folder(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}
