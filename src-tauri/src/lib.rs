//! Homing on the desktop: the window, the tray, notifications, the keyring, links.
//!
//! This crate promises to be thin. What Homing does is in the bridge and below it and runs whether
//! there is a window or not; what stands here is how a desktop shows it. An `if` about messages
//! belongs elsewhere.
//!
//! One process has one profile; a second start hands its arguments to the first and ends. The
//! window may be closed, destroyed and made anew at any time. Quitting waits for the goodbye of
//! every engine, but never longer than a person would.

mod args;
mod channel;
mod commands;
mod deeplink;
mod hosting;
mod keyring;
mod logs;
mod notifications;
mod place;
mod shell;
mod tray;
mod tray_host;
mod window;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser as _;
use homing_bridge::app::{App, AppConfig};
use homing_engine::Config;
use homing_engine::clock::SystemClock;
use homing_engine::net::dialer::Dialer;
use homing_engine::session::profile::Profile;
use tauri::{AppHandle, Manager as _, RunEvent, State};

use args::Args;
use place::Place;
use shell::Shell;

/// How long quitting may take: enough for a goodbye over a slow line, short enough not to be
/// noticed when the machine is shut down.
const GOODBYE: Duration = Duration::from_secs(2);

/// What this program calls itself to a server.
const APP: &str = concat!("homing-desktop ", env!("CARGO_PKG_VERSION"));

/// Runs the program until the person quits.
#[must_use]
pub fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(error: &anyhow::Error) {
    tracing::error!("{error:#}");
    eprintln!("Homing cannot start: {error:#}");
}

fn run(args: Args) -> anyhow::Result<()> {
    let place = Place::of(args.profile.as_ref())?;
    let mut context = tauri::generate_context!();
    // The name under which the system knows this copy: each profile is a program of its own to the
    // single-instance check and to the webview's storage.
    context.config_mut().identifier.clone_from(&place.identifier);
    tauri::Builder::default()
        // First, so that a second copy ends before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, argv, _| {
            deeplink::second_start(app, &argv);
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(window::keep_place())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::subscribe,
            commands::open_link
        ])
        .manage(channel::Channels::default())
        .manage(window::Openings::default())
        .setup(move |app| {
            if let Err(error) = set_up(app.handle(), &args, &place) {
                complain(&error);
                // An error given back here would become a panic inside the window system.
                std::process::exit(1);
            }
            Ok(())
        })
        .on_window_event(window::on_event)
        .build(context)
        .context("the window system did not start")?
        .run(|app, event| match event {
            // The last window may go while the program stays; only quitting has a code.
            RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
            #[cfg(target_os = "macos")]
            RunEvent::Reopen { .. } => window::open(app),
            _ => _ = app,
        });
    Ok(())
}

/// Everything after it is certain that this is the only copy.
fn set_up(app: &AppHandle, args: &Args, place: &Place) -> anyhow::Result<()> {
    logs::start(&place.logs)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
    tauri::async_runtime::block_on(start(app, args, place))?;
    window::open(app);
    tray::build(app)?;
    deeplink::register(app, place);
    Ok(())
}

async fn start(app: &AppHandle, args: &Args, place: &Place) -> anyhow::Result<()> {
    let (shell, clicked) = Shell::start(app, place.data.clone());
    let shell = Arc::new(shell);
    let bridge = App::start(AppConfig {
        profile: Profile::open(&place.data).context("the profile cannot be opened")?,
        profile_name: args.profile.as_ref().map(ToString::to_string),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device_name: place::device_name(),
        locale: sys_locale::get_locale(),
        secrets: Arc::new(keyring::open(place)?),
        connector: Arc::new(Dialer::new(Vec::new())),
        clock: Arc::new(SystemClock),
        engine: Config::new(APP),
        desktop: shell.clone(),
        host: Some(Arc::new(hosting::Inside::default())),
    })
    .await
    .context("the spaces of this profile cannot be opened")?;
    if let Some(link) = &args.link {
        bridge.open(deeplink::opening(link)).await;
    }
    app.manage(bridge);
    tauri::async_runtime::spawn(window::open_clicked(app.clone(), clicked));
    tauri::async_runtime::spawn(tray::follow(app.clone(), shell.follow()));
    app.manage(shell);
    quit_on_signal(app);
    Ok(())
}

/// Says goodbye and ends, for the tray's menu and for whoever asks the process to end.
pub(crate) fn quit(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let bridge: State<'_, App> = app.state();
        if tokio::time::timeout(GOODBYE, bridge.shutdown()).await.is_err() {
            tracing::info!("not everything said goodbye in time; nothing is lost by that");
        }
        app.exit(0);
    });
}

/// A session that ends asks its programs to end with a signal.
#[cfg(unix)]
fn quit_on_signal(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
            return tracing::warn!("signals cannot be heard; the tray's Quit still works");
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        quit(&app);
    });
}

#[cfg(not(unix))]
fn quit_on_signal(_: &AppHandle) {}
