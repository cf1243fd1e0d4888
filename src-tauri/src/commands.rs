//! The window's commands: one adapter for the bridge's contract, the channel, and links.

use homing_bridge::error::{Code, Failure};
use homing_bridge::event::Push;
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};
use url::Url;

use crate::bridge::Bridge;
use crate::channel::Channels;
use crate::clipboard;
use crate::desktop_settings;
use crate::page_watchdog::PageWatchdog;
use crate::webview::{Os, Webview as _};

/// Runs a command of the contract.
#[tauri::command]
pub(crate) async fn call(
    bridge: State<'_, Bridge>,
    command: String,
    args: Value,
) -> Result<Value, Failure> {
    homing_bridge::call(bridge.ready().await, &command, args).await
}

/// Subscribes a channel: the snapshot first, then the changes.
#[tauri::command]
pub(crate) async fn subscribe(
    bridge: State<'_, Bridge>,
    channels: State<'_, Channels>,
    channel: Channel<Push>,
) -> Result<(), Failure> {
    // Numbered before the first await, so that the page that asks later is the newer one.
    let listener = channels.newest(channel);
    bridge.ready().await.listen(listener).await;
    Ok(())
}

/// The copied link to a space, and nothing else of the clipboard.
#[tauri::command]
pub(crate) async fn copied_link(app: AppHandle) -> Option<String> {
    clipboard::copied_link(&app).await
}

/// The page was painted.
#[tauri::command]
pub(crate) fn painted(app: AppHandle, watchdog: State<'_, PageWatchdog>) {
    if watchdog.painted() {
        desktop_settings::check_spelling_soon(&app);
    }
}

/// Ends an input method's composition in the page, which keeps the text that the input method
/// loses. Returns false where the page's own way is enough.
#[tauri::command]
pub(crate) fn end_composition(window: WebviewWindow) -> Result<bool, Failure> {
    Os::end_composition(&window).map_err(|error| Failure::new(Code::Failed, error.to_string()))
}

/// Opens an address in the browser or the mail program.
#[tauri::command]
pub(crate) async fn open_link(url: String) -> Result<(), Failure> {
    let refused = |text: String| Failure::new(Code::BadCommand, text);
    let url = outside(&url).map_err(refused)?;
    let opened = tauri::async_runtime::spawn_blocking(move || open::that_detached(url.as_str()));
    match opened.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::new(Code::Failed, error.to_string())),
        Err(error) => Err(Failure::new(Code::Failed, error.to_string())),
    }
}

/// Checks that an address may be opened outside. Files and scripts may not, because a message is
/// written by somebody else.
fn outside(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" | "mailto" => Ok(url),
        other => Err(format!("{other}: links of this kind aren't opened")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_and_mail_leave_the_program() {
        for text in ["https://example.org/a?b#c", "http://[::1]:8/", "mailto:a@example.org"] {
            assert!(outside(text).is_ok(), "{text}");
        }
        for text in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://host/share",
            "/usr/bin/true",
            "--help",
            "",
        ] {
            assert!(outside(text).is_err(), "{text}");
        }
    }
}
