//! `./dev run --demo`: plays the promise, and leaves pictures and a summary.

#![expect(clippy::print_stdout, reason = "it is a command")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use homing_desktop_tests::demo;

/// Two people, two windows, a cut network and a kill -9: everything arrives, once, in order.
#[derive(Debug, Parser)]
struct Args {
    /// Where the pictures go
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let pictures = match Args::parse().pictures {
        Some(folder) => folder,
        None => beside_the_build()?,
    };
    // Pictures of an earlier run would look like this one's.
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures)?;
    }
    std::fs::create_dir_all(&pictures)?;
    let report = demo::play(&pictures, |line| println!("{line}")).await;
    println!("\n{report}");
    println!("Pictures: {}", pictures.display());
    Ok(if report.held() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `target/demo`, wherever this build's target folder is.
fn beside_the_build() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let target = me.ancestors().nth(2).context("this program lies in target/*/")?;
    Ok(target.join("demo"))
}
