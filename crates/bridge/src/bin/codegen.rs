//! Prints a file of `ui/src/generated`. `cargo xtask codegen` keeps the printed text in the tree.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is all it does")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("bridge.ts") => print!("{}", homing_bridge::typescript()),
        Some("english.ts") => print!("{}", homing_bridge::english()),
        _ => {
            eprintln!("usage: codegen bridge.ts|english.ts");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
