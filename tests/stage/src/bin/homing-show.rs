//! Opens the app on the stage and takes its picture: what `./dev run` does on a machine without a
//! display. Since nobody could see the window, it is closed again.
//!
//! `homing-show PROGRAM FOLDER [ARGUMENT…]`

#![expect(clippy::print_stdout, reason = "it tells where the picture is")]

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use homing_stage::{App, AppPlan, Plan, Stage, eventually};

/// As large as the window wants to be, and a margin.
const DISPLAY: (u32, u32) = (1280, 860);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let program = PathBuf::from(args.next().context("which program?")?);
    let folder = PathBuf::from(args.next().context("which folder for the picture?")?);
    let mut plan = AppPlan::new("you", &program);
    plan.args.extend(args);

    let stage = Stage::with(Plan { size: DISPLAY, ..Plan::default() }).await?;
    let app = App::start(&stage, &plan).await?;
    let shown = eventually("the window shows something", async || {
        let text = app.page().text().await?;
        Ok((!text.trim().is_empty()).then_some(text))
    })
    .await?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let picture = folder.join("homing.png");
    app.shown(&stage, &picture).await?;
    let first = shown.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    println!("It opened, and says: {first}");
    println!("Picture: {}", picture.display());
    app.kill().await
}
