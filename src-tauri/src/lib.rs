//! The desktop application: window, tray, notifications, keyring, links.
//!
//! This crate is thin. What Homing does is in the bridge and below it and works without a window;
//! this crate shows it on a desktop. An `if` about messages belongs elsewhere.
//!
//! One process has one profile. A second start passes its arguments to the first and ends. The
//! window may be closed, destroyed and built again at any time. Quitting waits until every engine
//! has closed its connection, but not longer than a person would.

mod args;
mod autostart;
mod badge;
mod bridge;
mod channel;
mod clipboard;
mod commands;
mod deeplink;
mod desktop_settings;
mod graphics;
mod hosting;
mod installed;
mod keyring;
mod logs;
mod notifications;
mod page_watchdog;
mod paths;
mod reload_policy;
mod sanitize;
mod shell;
mod shortcut;
mod size;
mod tray;
mod tray_host;
mod update;
mod wake;
mod webview;
mod window;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser as _;
use homing_bridge::app::{App, AppConfig, QuitDecision};
use homing_bridge::settings::SettingsFile;
use homing_engine::Config;
use homing_engine::clock::SystemClock;
use homing_engine::session::profile::Profile;
use tauri::{AppHandle, Manager as _, RunEvent};
use tokio::sync::mpsc;

use args::Args;
use autostart::Autostart;
use bridge::{Bridge, bridge};
use notifications::NotificationAnswer;
use paths::ProfilePaths;
use shell::Shell;
use webview::{Os, Webview as _};

/// Time limit of the shutdown: enough for a close over a slow connection, short enough not to delay
/// the machine's shutdown.
const GOODBYE: Duration = Duration::from_secs(2);

/// Time limit of an installation after that: a hundred megabytes on a slow disk.
const INSTALL: Duration = Duration::from_secs(60);

/// Whether the program is quitting.
#[derive(Default)]
struct QuitFlag(AtomicBool);

/// The program's name as sent to servers.
const APP: &str = concat!("homing-desktop ", env!("CARGO_PKG_VERSION"));

/// Runs the program until the person quits.
#[must_use]
pub fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(error: &anyhow::Error) {
    tracing::error!("{error:#}");
    eprintln!("Homing can't start: {error:#}");
}

/// Ends a program that can't start.
fn give_up(error: &anyhow::Error) -> ! {
    complain(error);
    std::process::exit(1)
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    let paths = ProfilePaths::of(args.profile.as_ref())?;
    Os::prepare();
    if let Some(code) = graphics::as_chosen(&paths.data) {
        return Ok(code);
    }
    let mut context = tauri::generate_context!();
    // The system's identifier of this copy: for the single-instance check and the webview's storage
    // each profile is a program of its own.
    context.config_mut().identifier.clone_from(&paths.identifier);
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|webview| {
        page_watchdog::ended(webview.app_handle());
    });
    builder
        // First, so that a second copy ends before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, argv, _| {
            deeplink::second_start(app, &argv);
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(window::keep_place())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::subscribe,
            commands::open_link,
            commands::copied_link,
            commands::painted,
            commands::end_composition
        ])
        .manage(channel::Channels::default())
        .manage(window::Openings::default())
        .manage(window::HiddenWindowLifetime(Duration::from_secs(args.window_kept)))
        .manage(page_watchdog::PageWatchdog::new())
        .manage(Bridge::default())
        .manage(QuitFlag::default())
        .setup(move |app| {
            if args.quit {
                // There is no running copy to quit: it would have been told, and this process would
                // have ended.
                std::process::exit(0);
            }
            if let Err(error) = set_up(app.handle(), args, paths) {
                // An error returned here would become a panic inside the window system.
                give_up(&error);
            }
            Ok(())
        })
        .on_window_event(window::on_event)
        .build(context)
        .context("the window system didn't start")?
        .run(|app, event| match event {
            // The last window may close while the program stays; only quitting has an exit code.
            RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
            #[cfg(target_os = "macos")]
            RunEvent::Reopen { .. } => window::open(app),
            _ => _ = app,
        });
    Ok(ExitCode::SUCCESS)
}

/// Runs once it is certain that this is the only copy. The window and the spaces open in parallel.
fn set_up(app: &AppHandle, args: Args, paths: ProfilePaths) -> anyhow::Result<()> {
    logs::start(&paths.logs)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
    let profile = Profile::open(&paths.data).context("can't open the profile")?;
    app.manage(size::WindowSize::in_folder(&paths.data));
    let settings = SettingsFile::in_folder(&paths.data).load();
    let (shell, answered) = Shell::start(app, paths.data.clone(), settings);
    app.manage(Arc::new(shell));
    let hidden = args.hidden && args.link.is_none();
    let (handle, of) = (app.clone(), paths.clone());
    tauri::async_runtime::spawn(async move {
        if let Err(error) = start(&handle, args, &of, profile, answered).await {
            give_up(&error);
        }
    });
    quit_on_signal(app);
    if hidden {
        tauri::async_runtime::spawn(window::stay_hidden(app.clone()));
    } else {
        window::open(app);
    }
    tray::build(app)?;
    deeplink::register(app, &paths);
    Ok(())
}

async fn start(
    app: &AppHandle,
    args: Args,
    paths: &ProfilePaths,
    profile: Profile,
    answered: mpsc::Receiver<NotificationAnswer>,
) -> anyhow::Result<()> {
    let shell = Arc::clone(&app.state::<Arc<Shell>>());
    let bridge = App::start(AppConfig {
        profile,
        profile_name: args.profile.as_ref().map(ToString::to_string),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device_name: paths::device_name(),
        full_name: paths::full_name(),
        locale: sys_locale::get_locale(),
        secrets: Arc::new(keyring::open(paths)),
        sealed: Arc::new(keyring::sealed(paths)),
        variable: Arc::new(|name: &str| std::env::var(name).ok()),
        system_proxy: homing_wake::proxy::system(),
        clock: Arc::new(SystemClock),
        zone: paths::zone,
        engine: Config::new(APP),
        desktop: shell.clone(),
        downloads: paths::downloads(),
        host: Some(Arc::new(hosting::LocalHost::default())),
        updates: Some(update::updating(app)),
    })
    .await
    .context("can't open the spaces of this profile")?;
    if let Some(link) = &args.link {
        bridge.open(deeplink::opening(link)).await;
    }
    tauri::async_runtime::spawn(wake::follow(bridge.clone()));
    tauri::async_runtime::spawn(window::take_answers(app.clone(), answered));
    tauri::async_runtime::spawn(tray::follow(app.clone(), shell.follow()));
    tauri::async_runtime::spawn(badge::follow(app.clone(), shell.follow(), window::built(app)));
    let autostart = Autostart::of(paths, args.profile.as_ref());
    let settings = shell.follow_settings();
    tauri::async_runtime::spawn(desktop_settings::follow(
        app.clone(),
        bridge.clone(),
        autostart,
        settings,
    ));
    app.state::<Bridge>().started(bridge);
    Ok(())
}

/// Quits. The person is asked first if others are connected to the hosted space.
pub(crate) fn quit_or_ask(app: &AppHandle) {
    // Nobody is connected to a bridge that has not started.
    if !app.state::<Bridge>().has_started() {
        return quit(app);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match bridge(&app).await.quitting().await {
            QuitDecision::Now => quit(&app),
            QuitDecision::Asked => window::open(&app),
        }
    });
}

/// Quits without asking.
pub(crate) fn quit(app: &AppHandle) {
    quit_with(app, |app| app.exit(0));
}

/// Shuts down and then calls `end`.
pub(crate) fn quit_with(app: &AppHandle, end: impl FnOnce(&AppHandle) + Send + 'static) {
    // The tray's menu and a signal may both ask.
    if app.state::<QuitFlag>().0.swap(true, Ordering::AcqRel) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        say_goodbye(&app).await;
        install(&app).await;
        end(&app);
    });
}

/// Installs the new version that was planned for quitting.
async fn install(app: &AppHandle) {
    if !app.state::<Bridge>().has_started() {
        return;
    }
    let put = async { bridge(app).await.install_on_quit().await };
    if tokio::time::timeout(INSTALL, put).await.is_err() {
        tracing::warn!("the new version takes too long to be put in place; it is offered again");
    }
}

/// Shuts down every engine and withdraws every notification, within the time limit.
pub(crate) async fn say_goodbye(app: &AppHandle) {
    size::keep(app);
    let shell = Arc::clone(&app.state::<Arc<Shell>>());
    let engines = async { bridge(app).await.shutdown().await };
    let goodbye = async { tokio::join!(engines, shell.take_back()) };
    if tokio::time::timeout(GOODBYE, goodbye).await.is_err() {
        tracing::info!("not everything said goodbye in time; nothing is lost by that");
    }
}

/// A session that ends sends its programs a signal.
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
