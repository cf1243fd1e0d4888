//! The page watchdog: detects a window that shows nothing, and acts.
//!
//! The page reports that it was painted: after it was built, after it was reloaded, and when asked.
//! If it reports nothing for too long, or its process ends, [`reload_policy`](crate::reload_policy)
//! decides. The engines are not affected, and the page restores its view state.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_bridge::dto::Graphics;
use tauri::{AppHandle, Manager as _};
use tokio::time::Instant;

use crate::bridge::{Bridge, bridge};
use crate::channel::Channels;
use crate::graphics;
use crate::reload_policy::{PageEvent, ReloadAction, ReloadPolicy, RenderTimeout, TICK};
use crate::shell::{Shell, words};
use crate::webview::{Os, Webview as _};
use crate::window;

/// Event that asks the page whether it is painted.
const ASK: &str = r#"window.dispatchEvent(new Event("homing:painted?"));"#;

/// The state of the window's page.
pub(crate) struct PageWatchdog {
    started: Instant,
    state: Mutex<PageState>,
}

struct PageState {
    reload_policy: ReloadPolicy,
    /// Number of the last wait; earlier waits end.
    turn: u64,
    /// This window's page has been painted.
    painted: bool,
}

impl PageWatchdog {
    /// The state before a window is built.
    pub(crate) fn new() -> Self {
        let safe = graphics::are_safe() || Os::SAFE.is_empty();
        let known = PageState { reload_policy: ReloadPolicy::new(safe), turn: 0, painted: false };
        Self { started: Instant::now(), state: Mutex::new(known) }
    }

    /// The page reports that it was painted. Returns whether it is the first time.
    pub(crate) fn painted(&self) -> bool {
        let mut known = self.known();
        known.turn += 1;
        !std::mem::replace(&mut known.painted, true)
    }

    fn decide(&self, seen: PageEvent) -> ReloadAction {
        let now = self.started.elapsed();
        self.known().reload_policy.decide(seen, now)
    }

    fn known(&self) -> MutexGuard<'_, PageState> {
        // Every critical section leaves a valid value, so a panic in one does not matter.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person asks for the window. An abandoned page is tried again, and an existing window must
/// prove that it lives.
pub(crate) fn asked(app: &AppHandle) {
    let watchdog = app.state::<PageWatchdog>();
    match watchdog.decide(PageEvent::Asked) {
        ReloadAction::Reload => reload(app),
        _ if watchdog.known().painted => ask(app),
        // The first paint is awaited already.
        _ => {}
    }
}

/// Asks the page for a sign of life.
pub(crate) fn ask(app: &AppHandle) {
    let Some(window) = window::there(app) else { return };
    match window.eval(ASK) {
        Ok(()) => wait(app),
        Err(error) => tracing::warn!(%error, "the page can't be asked"),
    }
}

/// Waits for the first paint of a new page.
pub(crate) fn wait_for_first(app: &AppHandle) {
    app.state::<PageWatchdog>().known().painted = false;
    wait(app);
}

/// Waits for a paint, and acts if none comes.
fn wait(app: &AppHandle) {
    let (turn, first) = {
        let watchdog = app.state::<PageWatchdog>();
        let mut known = watchdog.known();
        known.turn += 1;
        (known.turn, !known.painted)
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let mut timeout = RenderTimeout::new();
        loop {
            let began = Instant::now();
            tokio::time::sleep(TICK).await;
            let took = began.elapsed();
            if app.state::<PageWatchdog>().known().turn != turn {
                return;
            }
            // The page draws once it has its first snapshot. Before the databases are open, an
            // empty window says nothing about the graphics card.
            let could_be_seen = app.state::<Bridge>().has_started() && window::is_in_view(&app);
            if timeout.tick(took, could_be_seen) {
                break;
            }
        }
        act(&app, if first { PageEvent::Blank } else { PageEvent::Silent });
    });
}

/// The page's process ended.
pub(crate) fn ended(app: &AppHandle) {
    tracing::warn!("the page's process ended");
    window::look_away(app, true);
    let app = app.clone();
    // A window can't be asked from inside its own signal handler without a deadlock.
    tauri::async_runtime::spawn(async move {
        let hidden = window::is_hidden(&app);
        act(&app, PageEvent::Ended { hidden });
    });
}

fn act(app: &AppHandle, seen: PageEvent) {
    let act = app.state::<PageWatchdog>().decide(seen);
    tracing::warn!(?seen, ?act, "the window shows nothing");
    match act {
        ReloadAction::Leave => {}
        ReloadAction::LetGo => window::let_go(app),
        ReloadAction::Reload => reload(app),
        ReloadAction::StartSafely => start_safely(app),
        ReloadAction::Tell => {
            let words = words(app);
            let (title, body) = words.stays_blank();
            app.state::<Arc<Shell>>().tell_of_window(title, body, words.open());
        }
    }
}

/// The page is going away, so nothing is expected of it.
pub(crate) fn goes(app: &AppHandle) {
    app.state::<Channels>().end();
    _ = app.state::<PageWatchdog>().painted();
}

/// Reloads the page, in a new process if the last one ended.
fn reload(app: &AppHandle) {
    match window::there(app).map(|window| window.reload()) {
        Some(Ok(())) => wait_for_first(app),
        Some(Err(error)) => {
            tracing::warn!(%error, "the page can't be loaded anew; the window is built anew");
            window::build_anew(app);
        }
        None => {}
    }
}

fn start_safely(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = bridge(&app).await.draw(Graphics::SafeAfterBlank).await {
            // If this can't be saved, the next start would be blank again, and so on.
            return tracing::error!(%error, "safe graphics can't be remembered; nothing is done");
        }
        crate::say_goodbye(&app).await;
        graphics::start_again(&app);
    });
}
