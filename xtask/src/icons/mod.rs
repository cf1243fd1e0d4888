//! All icons from three drawings: the app's, the tray's, and the tray's with something unread.
//!
//! What is drawn stands in the tree, so building the app needs no drawing. `SUMS` holds the SHA-256
//! of each drawing and each picture, in the format of `sha256sum`; a picture that is not of its
//! drawing any more is found without drawing it again.

#[cfg(feature = "draw")]
mod draw;
#[cfg(any(test, feature = "draw"))]
mod pack;

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use crate::tree::root;

/// What pictures are drawn from: all that they depend on.
const DRAWINGS: [&str; 3] = ["homing.svg", "tray.svg", "tray-unread.svg"];
/// Names, as Tauri's bundler and Linux desktops expect them, and sizes.
const APP: [(&str, u32); 10] = [
    ("16x16.png", 16),
    ("24x24.png", 24),
    ("32x32.png", 32),
    ("48x48.png", 48),
    ("64x64.png", 64),
    ("128x128.png", 128),
    ("128x128@2x.png", 256),
    ("256x256.png", 256),
    ("512x512.png", 512),
    ("1024x1024.png", 1024),
];
/// What a tray's icon stands on. macOS gives its template a colour by itself.
const GROUNDS: [&str; 3] = ["on-light", "on-dark", "template"];

/// Draws everything anew, or only says whether it is fresh.
pub(crate) fn run(check: bool) -> Result<()> {
    if check {
        return verify();
    }
    draw_all()
}

fn folder() -> PathBuf {
    root().join("icons")
}

/// The paths of all pictures, from `icons/`.
fn pictures() -> Vec<String> {
    let app = APP.iter().map(|(name, _)| (*name).to_owned());
    let tray = GROUNDS
        .iter()
        .flat_map(|ground| [format!("tray/{ground}.png"), format!("tray/{ground}-unread.png")]);
    let packs = ["icon.ico", "icon.icns"].map(str::to_owned);
    app.chain(tray).chain(packs).collect()
}

/// What `SUMS` must say now.
fn sums() -> Result<String> {
    let mut text = String::new();
    for path in DRAWINGS.iter().map(|&name| name.to_owned()).chain(pictures()) {
        let mut bytes = std::fs::read(folder().join(&path))
            .with_context(|| format!("icons/{path} is missing; run `cargo xtask icons`"))?;
        if path.ends_with(".svg") {
            bytes.retain(|byte| *byte != b'\r');
        }
        let _ = writeln!(text, "{:x}  {path}", Sha256::digest(&bytes));
    }
    Ok(text)
}

/// Whether every picture is of its drawing.
pub(crate) fn verify() -> Result<()> {
    let noted = std::fs::read_to_string(folder().join("SUMS")).unwrap_or_default();
    let differs = |line: &&str| !noted.lines().any(|noted| noted == *line);
    let sums = sums()?;
    let changed: Vec<_> =
        sums.lines().filter(differs).filter_map(|line| line.split("  ").nth(1)).collect();
    ensure!(
        changed.is_empty(),
        "changed since the icons were drawn: {}; run `cargo xtask icons`",
        changed.join(", ")
    );
    Ok(())
}

#[cfg(not(feature = "draw"))]
fn draw_all() -> Result<()> {
    let again = ["run", "--quiet", "--package", "xtask", "--features", "draw", "--", "icons"];
    crate::process::check(crate::process::cargo(&again))
}

#[cfg(feature = "draw")]
fn draw_all() -> Result<()> {
    draw::all(&folder())?;
    std::fs::write(folder().join("SUMS"), sums()?)?;
    println!("drew {} icons", pictures().len());
    Ok(())
}
