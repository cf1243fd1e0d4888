//! Windows of other programs on the stage: found, waited for and typed into.

use anyhow::Result;

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
}
