//! Windows of other programs on the stage: found, waited for and typed into.

use std::process::Stdio;

use anyhow::Result;

use crate::process::Process;
use crate::stage::Stage;
use crate::wait::eventually;

impl Stage {
    /// The visible windows of a process, by X id.
    ///
    /// # Errors
    /// When the display does not answer.
    pub fn windows_of(&self, pid: u32) -> Result<Vec<String>> {
        // xdotool fails when it finds none, which is an answer here.
        let found = self
            .xdotool(&["search", "--onlyvisible", "--pid", &pid.to_string()])
            .unwrap_or_default();
        Ok(found.lines().map(str::to_owned).collect())
    }

    /// The visible windows with these words in their title, by X id.
    #[must_use]
    pub fn windows_named(&self, title: &str) -> Vec<String> {
        // xdotool fails when it finds none, which is an answer here.
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title]).unwrap_or_default();
        found.lines().map(str::to_owned).collect()
    }

    /// Waits for a window of a process.
    ///
    /// # Errors
    /// When none comes.
    pub async fn window_of(&self, pid: u32) -> Result<String> {
        eventually("a window comes", async || Ok(self.windows_of(pid)?.pop())).await
    }

    /// Waits for a window with these words in its title.
    ///
    /// # Errors
    /// When none comes.
    pub async fn window_named(&self, title: &str) -> Result<String> {
        eventually(&format!("a window is called {title:?}"), async || {
            Ok(self.windows_named(title).pop())
        })
        .await
    }

    /// Waits until no window has these words in its title.
    ///
    /// # Errors
    /// When one stays.
    pub async fn no_window_named(&self, title: &str) -> Result<()> {
        eventually(&format!("no window is called {title:?}"), async || {
            Ok(self.windows_named(title).is_empty().then_some(()))
        })
        .await
    }

    /// Types into a window, and presses Enter.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn enter(&self, window: &str, text: &str) -> Result<()> {
        self.focus(window)?;
        self.xdotool(&["type", "--clearmodifiers", text])?;
        self.press(window, "Return")
    }

    /// Presses a key in a window.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn press(&self, window: &str, key: &str) -> Result<()> {
        self.focus(window)?;
        self.xdotool(&["key", "--clearmodifiers", key]).map(|_| ())
    }

    /// Clicks into a window, so far from its left and top.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn click(&self, window: &str, x: u32, y: u32) -> Result<()> {
        let (x, y) = (x.to_string(), y.to_string());
        let there = ["mousemove", "--sync", "--window", window, &x, &y, "click", "1"];
        self.xdotool(&there).map(|_| ())
    }

    /// Opens a window of another program, which stays while what is answered is kept.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn open_other(&self, title: &str) -> Result<Process> {
        let logs = self.subfolder("logs")?;
        let args = ["-title", title, "-size", "320x240", "xc:#8899aa"];
        Process::start(&logs, "other", "display", &args, &self.env, Stdio::null())
    }
}
