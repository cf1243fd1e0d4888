//! A window of the same framework with a page of a few lines: no engine, no script, no style.
//!
//! `cargo xtask bench desktop` measures the app beside it, in the same run.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match tauri::Builder::default().run(tauri::generate_context!()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
