//! A window of the same framework with a page of a few lines: no engine, no script, no style. Like an
//! app that lives in a tray, it goes on when its window is closed, and ends with the session.
//!
//! `cargo xtask bench desktop` measures the app beside it, in the same run.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use tauri::RunEvent;

fn main() -> ExitCode {
    let Ok(app) = tauri::Builder::default().build(tauri::generate_context!()) else {
        return ExitCode::FAILURE;
    };
    app.run(|_, event| {
        // Without a code it was not asked to end: its last window was closed.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
        }
    });
    ExitCode::SUCCESS
}
