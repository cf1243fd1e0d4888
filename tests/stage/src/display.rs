//! The display of the stage, its window manager, and what can be seen and clicked on it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::process::{Env, Process};
use crate::wait::eventually;

/// A place on the display, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// Neither light nor dark, so that windows of both kinds stand out.
const BACKGROUND: &str = "#4a6f74";

/// A running X server.
pub(crate) struct Display {
    /// `:N`, as in `DISPLAY`.
    pub(crate) name: String,
    server: std::process::Child,
}

impl Display {
    /// Starts a server on a number that is free; the server itself chooses it, so two stages never
    /// meet.
    pub(crate) fn start(width: u32, height: u32, frames: &Path, env: &Env) -> Result<Self> {
        let mut server = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "Xvfb", "-displayfd", "1"])
            .args(["-screen", "0", &format!("{width}x{height}x24")])
            .args(["-nolisten", "tcp", "-noreset"])
            .arg("-fbdir")
            .arg(frames)
            .env_clear()
            .envs(env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb could not be started; is the package xvfb there?")?;
        let out = server.stdout.take().context("the output was piped")?;
        let mut number = String::new();
        // Ends with the number when the display is ready, or empty when the server gives up.
        BufReader::new(out).read_line(&mut number)?;
        let number = number.trim();
        if number.is_empty() {
            let status = server.wait()?;
            bail!("Xvfb found no display to serve and ended with {status}");
        }
        Ok(Self { name: format!(":{number}"), server })
    }

    /// Paints the background: a black one would hide the edges of dark windows in the pictures.
    pub(crate) fn paint(&self, env: &Env) -> Result<()> {
        let size = xdotool(env, &["getdisplaygeometry"])?;
        let size = size.trim().replace(' ', "x");
        let colour = format!("xc:{BACKGROUND}");
        // It ends with 1 also when it has painted, and a stage without paint is a stage.
        let _ = run(env, "display", &["-window", "root", "-size", &size, &colour]);
        Ok(())
    }

    /// Waits until a window manager answers.
    pub(crate) async fn wait_for_manager(&self, env: &Env, manager: &mut Process) -> Result<()> {
        eventually("the window manager manages", async || {
            manager.check_alive()?;
            Ok(xdotool(env, &["get_num_desktops"]).ok())
        })
        .await
        .map(|_| ())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Runs `xdotool` on the display that `env` names and returns what it prints.
pub(crate) fn xdotool(env: &Env, args: &[&str]) -> Result<String> {
    run(env, "xdotool", args)
}

/// Writes a picture of the whole display.
pub(crate) fn picture(env: &Env, path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let path = path.to_str().context("a path of the stage is UTF-8")?;
    run(env, "import", &["-window", "root", path]).map(|_| ())
}

/// Leaves only a part of a picture.
pub(crate) fn crop(env: &Env, path: &Path, part: Rectangle) -> Result<()> {
    let path = path.to_str().context("a path of the stage is UTF-8")?;
    let Rectangle { x, y, width, height } = part;
    let part = format!("{width}x{height}+{x}+{y}");
    run(env, "convert", &[path, "-crop", &part, "+repage", path]).map(|_| ())
}

/// How many colours a picture has.
pub(crate) fn colours(env: &Env, path: &Path) -> Result<u32> {
    let path = path.to_str().context("a path of the stage is UTF-8")?;
    let count = run(env, "identify", &["-format", "%k", path])?;
    count.trim().parse().context("identify counts colours")
}

/// The share of pixels that differ by more than what a font's edge does.
pub(crate) fn difference(env: &Env, one: &Path, other: &Path) -> Result<f64> {
    let [one, other] =
        [one, other].map(|path| path.to_str().context("a path of the stage is UTF-8"));
    let seen = run(
        env,
        "convert",
        &[
            one?,
            other?,
            "-compose",
            "difference",
            "-composite",
            "-colorspace",
            "gray",
            "-threshold",
            "10%",
            "-format",
            "%[fx:mean]",
            "info:",
        ],
    )?;
    seen.trim().parse().context("convert measures the difference")
}

/// Runs a program to its end and returns what it prints.
pub(crate) fn run(env: &Env, program: &str, args: &[&str]) -> Result<String> {
    let out = Command::new(program)
        .args(args)
        .env_clear()
        .envs(env)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{program} could not be started; is its package there?"))?;
    ensure!(
        out.status.success(),
        "{program} {}: {}\n{}",
        args.join(" "),
        out.status,
        String::from_utf8_lossy(&out.stderr)
    );
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}
