//! `homing://` links, and what a second start asks for.

use clap::Parser as _;
use homing_bridge::app::App;
use homing_bridge::dto::Open;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::args::Args;
use crate::place::Place;
use crate::window;

/// The scheme of our links.
const SCHEME: &str = "homing";

/// What a link asks to be shown. The bridge reads it; a damaged one is explained there.
pub(crate) fn opening(link: &str) -> Open {
    Open::Link { link: link.to_owned() }
}

/// Somebody started the program again: bring the window, and what the link asks for.
pub(crate) fn second_start(app: &AppHandle, argv: &[String]) {
    match Args::try_parse_from(argv) {
        Ok(Args { link: Some(link), .. }) => open(app, &link),
        Ok(Args { link: None, .. }) => {}
        // The second copy has told what is wrong where it was typed.
        Err(error) => tracing::info!(kind = %error.kind(), "a second start made no sense"),
    }
    window::open(app);
}

/// Listens for links that the system hands over, and makes this program the one that gets them.
pub(crate) fn register(app: &AppHandle, place: &Place) {
    // macOS hands links to the running program; elsewhere they come as arguments of a second start.
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
    // A build for development would leave a link to a folder that is gone tomorrow.
    if !place.default || cfg!(debug_assertions) {
        return;
    }
    let app = app.clone();
    // It starts programs and waits for them.
    tauri::async_runtime::spawn_blocking(move || match app.deep_link().is_registered(SCHEME) {
        Ok(true) => {}
        Ok(false) => {
            if let Err(error) = app.deep_link().register(SCHEME) {
                tracing::warn!(%error, "homing:// links will not open by a click");
            }
        }
        Err(error) => tracing::info!(%error, "the system does not say who opens homing:// links"),
    });
}

fn open(app: &AppHandle, link: &str) {
    let (app, open) = (app.clone(), opening(link));
    tauri::async_runtime::spawn(async move {
        let bridge: State<'_, App> = app.state();
        bridge.open(open).await;
    });
}
