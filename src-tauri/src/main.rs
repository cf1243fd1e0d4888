//! The desktop program. All of it is in the library; this is its door.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    homing_desktop::main()
}
