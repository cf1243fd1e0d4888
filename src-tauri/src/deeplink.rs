//! `homing://` links, and a second start of the program.

use clap::Parser as _;
use homing_bridge::dto::Open;
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::args::Args;
use crate::bridge::bridge;
use crate::installed::Installed;
use crate::paths::ProfilePaths;
use crate::window;

/// The scheme of our links.
const SCHEME: &str = "homing";

/// What a link opens. The bridge parses it and explains a damaged one.
pub(crate) fn opening(link: &str) -> Open {
    Open::Link { link: link.to_owned() }
}

/// A second start: opens the window with the link, or quits.
pub(crate) fn second_start(app: &AppHandle, argv: &[String]) {
    match Args::try_parse_from(argv) {
        Ok(Args { quit: true, .. }) => return crate::quit_or_ask(app),
        Ok(Args { link: Some(link), .. }) => open(app, &link),
        // The session started it again beside one that a person started.
        Ok(Args { hidden: true, link: None, .. }) => return,
        Ok(Args { link: None, .. }) => {}
        // The second copy has reported the error where it was typed.
        Err(error) => tracing::info!(kind = %error.kind(), "a second start made no sense"),
    }
    window::open(app);
}

/// Handles links from the system, and registers this program for them.
pub(crate) fn register(app: &AppHandle, paths: &ProfilePaths) {
    // macOS passes links to the running program; elsewhere they are arguments of a second start.
    #[cfg(target_os = "macos")]
    {
        let handle = app.clone();
        app.deep_link().on_open_url(move |event| {
            for url in event.urls() {
                open(&handle, url.as_str());
            }
            window::open(&handle);
        });
    }
    if !paths.default {
        return;
    }
    let installed = Installed::now();
    let app = app.clone();
    // Runs other programs and blocks until they end.
    tauri::async_runtime::spawn_blocking(move || {
        let own_entry = match app.deep_link().is_registered(SCHEME) {
            Ok(own_entry) => own_entry,
            Err(error) => {
                return tracing::info!(%error, "nobody says who opens homing:// links");
            }
        };
        let done = match entry(&installed, own_entry) {
            Entry::Leave => Ok(()),
            Entry::Make => app.deep_link().register(SCHEME),
            Entry::Remove => app.deep_link().unregister(SCHEME),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "homing:// links may not open by a click");
        }
    });
}

/// What to do about our own desktop entry in the person's home, beside those of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Leave,
    Make,
    Remove,
}

/// A package installs an entry and removes it with itself. An entry in the person's home would take
/// precedence and stay behind; an earlier AppImage may have created one. Without a package the
/// program creates the entry, except in a development build, whose folder may be gone tomorrow.
fn entry(installed: &Installed, own_entry: bool) -> Entry {
    if installed.is_known_to_the_system() {
        return if own_entry { Entry::Remove } else { Entry::Leave };
    }
    let stays = !cfg!(debug_assertions) || *installed != Installed::Copy;
    if stays && !own_entry { Entry::Make } else { Entry::Leave }
}

fn open(app: &AppHandle, link: &str) {
    let (app, open) = (app.clone(), opening(link));
    tauri::async_runtime::spawn(async move { bridge(&app).await.open(open).await });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_s_entry_has_no_rival() {
        let image = Installed::AppImage("/home/a/Homing.AppImage".into());
        for (installed, own_entry, what) in [
            (&Installed::Deb, false, Entry::Leave),
            (&Installed::Deb, true, Entry::Remove),
            (&Installed::Rpm, true, Entry::Remove),
            (&Installed::Flatpak, false, Entry::Leave),
            (&image, false, Entry::Make),
            (&image, true, Entry::Leave),
            (&Installed::Windows, false, Entry::Make),
            // Tests are built for development.
            (&Installed::Copy, false, Entry::Leave),
            (&Installed::Copy, true, Entry::Leave),
        ] {
            assert_eq!(entry(installed, own_entry), what, "{installed:?} {own_entry}");
        }
    }
}
