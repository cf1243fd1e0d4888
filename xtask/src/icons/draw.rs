//! From SVG to PNG, and to the sets made of them.

use std::path::Path;

use anyhow::{Context as _, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::{APP, GROUNDS, pack};

/// Sizes inside the Windows icon; 256 is the most that the format knows.
const ICO: [u32; 6] = [16, 24, 32, 48, 64, 256];
/// Sizes inside the macOS icon, with the type that names each (Apple's `icns`, PNG kinds).
const ICNS: [(&[u8; 4], u32); 10] = [
    (b"icp4", 16),
    (b"icp5", 32),
    (b"icp6", 64),
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic09", 512),
    (b"ic10", 1024),
    (b"ic11", 32),
    (b"ic13", 256),
    (b"ic14", 512),
];
/// The tray's icon is shown at 16 to 48 pixels and scaled down by the desktop.
const TRAY_SIZE: u32 = 64;

/// Every picture, into the folder of the drawings.
pub(super) fn all(icons: &Path) -> Result<()> {
    std::fs::create_dir_all(icons.join("tray"))?;
    let svg = |name: &str| {
        std::fs::read_to_string(icons.join(name)).with_context(|| format!("reading icons/{name}"))
    };
    let app = svg("homing.svg")?;
    for (name, size) in APP {
        std::fs::write(icons.join(name), png(&app, size)?)?;
    }
    for (suffix, drawing) in [("", "tray.svg"), ("-unread", "tray-unread.svg")] {
        let drawing = svg(drawing)?;
        for ground in GROUNDS {
            let colour = match ground {
                "on-light" => "#1c1b1a",
                "on-dark" => "#ffffff",
                _ => "#000000",
            };
            let picture = png(&drawing.replace("currentColor", colour), TRAY_SIZE)?;
            std::fs::write(icons.join(format!("tray/{ground}{suffix}.png")), picture)?;
        }
    }
    let ico: Result<Vec<_>> = ICO.iter().map(|&size| Ok((size, png(&app, size)?))).collect();
    std::fs::write(icons.join("icon.ico"), pack::ico(&ico?)?)?;
    let icns: Result<Vec<_>> =
        ICNS.iter().map(|&(kind, size)| Ok((kind, png(&app, size)?))).collect();
    std::fs::write(icons.join("icon.icns"), pack::icns(&icns?)?)?;
    Ok(())
}

/// A square picture of a square drawing.
fn png(svg: &str, size: u32) -> Result<Vec<u8>> {
    let tree = Tree::from_str(svg, &Options::default()).context("the drawing is no SVG")?;
    let mut pixmap = Pixmap::new(size, size).context("a picture of no size")?;
    #[expect(clippy::cast_precision_loss, reason = "at most 1024")]
    let scale = size as f32 / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().context("encoding a picture")
}
