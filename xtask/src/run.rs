//! `./dev run`: from a clone to the open app.

use anyhow::Result;

use crate::process::{INTERFACE, cargo, check, command, npm, npm_install};
use crate::tree::{built, target};

/// Builds the app and opens it. Without a display it runs on a virtual one, and leaves a picture.
pub(crate) fn app(args: &[String]) -> Result<()> {
    interface()?;
    // One selection of packages for both, so that nothing is built twice.
    let mut build = vec!["build", "--package", "homing-desktop"];
    let virtual_display = !has_display();
    if virtual_display {
        build.extend(["--package", "homing-stage"]);
    }
    check(cargo(&build))?;
    let mut start = if virtual_display {
        let folder = target("run")?;
        println!("No display here, so the app opens on a virtual one.");
        println!("Its picture will be {}", folder.join("homing.png").display());
        let mut show = command(built("homing-show"), &[]);
        show.arg(built("homing-desktop")).arg(folder);
        show
    } else {
        command(built("homing-desktop"), &[])
    };
    start.args(args);
    check(start)
}

/// Plays the promise on a virtual display, and leaves pictures and a summary.
pub(crate) fn demo(args: &[String]) -> Result<()> {
    interface()?;
    check(cargo(&["build", "--package", "homing-desktop", "--package", "homing-desktop-tests"]))?;
    let mut demo = command(built("homing-demo"), &[]);
    demo.args(args);
    check(demo)
}

/// Builds the interface, which the app carries inside.
pub(crate) fn interface() -> Result<()> {
    npm_install(INTERFACE)?;
    check(npm(&["run", "build"]))
}

fn has_display() -> bool {
    // Windows and macOS always have one.
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}
