//! Drawing without the graphics card: for drivers with which the system's webview shows nothing.
//!
//! The webview reads how to draw from its environment, once, when its first process starts. So the
//! program starts itself again with other variables; on Unix that is the same process. Where there is
//! no card it sets them for itself instead, before anything else ([`Webview::prepare`]).
//!
//! [`Webview::prepare`]: crate::webview::Webview::prepare

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use homing_bridge::settings::SettingsFile;
use tauri::AppHandle;

use crate::webview::{Os, Webview as _};

/// Whether this run leaves the graphics card alone: because of us, or because whoever started the
/// program wants so.
pub(crate) fn are_safe() -> bool {
    !Os::SAFE.is_empty() && Os::SAFE.iter().all(|(name, _)| is_on(std::env::var_os(name)))
}

/// Whether a variable is set. For WebKit a zero says that it is not.
fn is_on(value: Option<OsString>) -> bool {
    value.is_some_and(|value| value != "0")
}

/// Whether there is a card, and a way to leave it alone.
pub(crate) fn are_a_choice() -> bool {
    !Os::SAFE.is_empty() && Os::has_card()
}

/// Starts the program again if the profile in `folder` wants safe graphics and this run has none.
/// Returns when there is nothing to do, or when it can't be done: then the usual graphics hold.
pub(crate) fn as_chosen(folder: &Path) -> Option<std::process::ExitCode> {
    let wanted = SettingsFile::in_folder(folder).load().graphics.is_safe();
    if !wanted || are_safe() || Os::SAFE.is_empty() { None } else { replace() }
}

/// Ends this run, which has said goodbye, and starts the program again.
pub(crate) fn start_again(app: &AppHandle) {
    // The new one must not take us for a first copy to hand over to.
    tauri_plugin_single_instance::destroy(app);
    if succeed() {
        app.exit(0);
    }
}

/// This program with the same arguments and the variables that leave the graphics card alone.
fn again() -> Option<Command> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.args(std::env::args_os().skip(1)).envs(Os::SAFE.iter().copied());
    Some(command)
}

/// Starts that program in place of this one, which is to end if it is still there.
fn succeed() -> bool {
    // On Unix this is not reached by who became the other one.
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

/// Becomes that program. Returns only when it can't.
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
