//! Rendering without the graphics card, for drivers with which the webview stays blank.
//!
//! The webview reads its rendering mode from the environment once, when its first process starts.
//! So the program restarts itself with other variables; on Unix the process stays the same. Where
//! there is no card, the variables are set at the very start instead ([`Webview::prepare`]).
//!
//! [`Webview::prepare`]: crate::webview::Webview::prepare

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use homing_bridge::settings::SettingsFile;
use tauri::AppHandle;

use crate::webview::{Os, Webview as _};

/// Whether this run uses no graphics card, because of us or of the environment it was started in.
pub(crate) fn are_safe() -> bool {
    !Os::SAFE.is_empty() && Os::SAFE.iter().all(|(name, _)| is_on(std::env::var_os(name)))
}

/// Whether a variable is set. WebKit takes a zero as not set.
fn is_on(value: Option<OsString>) -> bool {
    value.is_some_and(|value| value != "0")
}

/// Whether there is a card and a way not to use it.
pub(crate) fn are_a_choice() -> bool {
    !Os::SAFE.is_empty() && Os::has_card()
}

/// Restarts the program if the profile in `folder` wants safe graphics and this run has none.
/// Returns if there is nothing to do or if the restart fails, in which case the usual graphics
/// apply.
pub(crate) fn as_chosen(folder: &Path) -> Option<std::process::ExitCode> {
    let wanted = SettingsFile::in_folder(folder).load().graphics.is_safe();
    if !wanted || are_safe() || Os::SAFE.is_empty() { None } else { replace() }
}

/// Restarts the program after the engines have closed their connections.
pub(crate) fn start_again(app: &AppHandle) {
    // Otherwise the new process would take this one for a running copy and hand over to it.
    tauri_plugin_single_instance::destroy(app);
    if succeed() {
        app.exit(0);
    }
}

/// The command that starts this program with the same arguments and with safe graphics.
fn again() -> Option<Command> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.args(std::env::args_os().skip(1)).envs(Os::SAFE.iter().copied());
    Some(command)
}

/// Replaces this process by that program, or starts it; then this one has to end if it still runs.
fn succeed() -> bool {
    // On Unix this is reached only if `exec` failed.
    #[cfg(unix)]
    return replace().is_some();
    #[cfg(not(unix))]
    match again().map(|mut command| command.spawn()) {
        Some(Ok(_)) => true,
        Some(Err(error)) => {
            tracing::error!(%error, "the program can't start itself again");
            false
        }
        None => false,
    }
}

/// Replaces the process. Returns only on failure.
#[cfg(unix)]
fn replace() -> Option<std::process::ExitCode> {
    use std::os::unix::process::CommandExt as _;
    let error = again()?.exec();
    tracing::error!(%error, "the program can't start itself again");
    None
}

/// Starts that program and waits for its end, so that whoever started us sees one program.
#[cfg(not(unix))]
fn replace() -> Option<std::process::ExitCode> {
    let status = again()?.status().ok()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Some(std::process::ExitCode::from(code.unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_says_no_is_not_set() {
        for (value, on) in [(None, false), (Some("0"), false), (Some("1"), true), (Some(""), true)]
        {
            assert_eq!(is_on(value.map(OsString::from)), on, "{value:?}");
        }
    }
}
