//! Whether the window shows anything, and doing something about it when it does not.
//!
//! The page says that it was painted: after it was built, after it was loaded anew, and when it is
//! asked. If it says nothing for too long, or its process ends, [`revival`](crate::revival) decides.
//! The engines do not notice any of it, and the page finds its place again by itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_bridge::dto::Graphics;
use tauri::{AppHandle, Manager as _};
use tokio::time::Instant;

use crate::bridge::{Bridge, bridge};
use crate::channel::Channels;
use crate::graphics;
use crate::revival::{Act, Patience, Revival, Seen, TICK};
use crate::shell::{Shell, words};
use crate::webview::{Os, Webview as _};
use crate::window;

/// Heard by the page, which answers that it was painted.
const ASK: &str = r#"window.dispatchEvent(new Event("homing:painted?"));"#;

/// What is known of the window's page.
pub(crate) struct Sight {
    started: Instant,
    state: Mutex<Known>,
}

struct Known {
    revival: Revival,
    /// Which wait for a sign is the last one; earlier ones end.
    turn: u64,
    /// The page of this window has been seen.
    painted: bool,
}

impl Sight {
    /// A program whose window was not built yet.
    pub(crate) fn new() -> Self {
        let safe = graphics::are_safe() || Os::SAFE.is_empty();
        let known = Known { revival: Revival::new(safe), turn: 0, painted: false };
        Self { started: Instant::now(), state: Mutex::new(known) }
    }

    /// The page says that it was painted. Answers whether it says so for the first time.
    pub(crate) fn painted(&self) -> bool {
        let mut known = self.known();
        known.turn += 1;
        !std::mem::replace(&mut known.painted, true)
    }

    fn decide(&self, seen: Seen) -> Act {
        let now = self.started.elapsed();
        self.known().revival.decide(seen, now)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Whoever panicked while holding it left whole values.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person asks for the window: what was given up is tried again, and a window that is there
/// must show that it lives.
pub(crate) fn asked(app: &AppHandle) {
    let sight = app.state::<Sight>();
    match sight.decide(Seen::Asked) {
        Act::Reload => reload(app),
        _ if sight.known().painted => ask(app),
        // The first sign of its page is awaited already.
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

/// Waits for the first sign of a page that is built.
pub(crate) fn wait_for_first(app: &AppHandle) {
    app.state::<Sight>().known().painted = false;
    wait(app);
}

/// Waits for a sign of the page, and acts when none comes.
fn wait(app: &AppHandle) {
    let (turn, first) = {
        let sight = app.state::<Sight>();
        let mut known = sight.known();
        known.turn += 1;
        (known.turn, !known.painted)
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let mut patience = Patience::new();
        loop {
            let began = Instant::now();
            tokio::time::sleep(TICK).await;
            let took = began.elapsed();
            if app.state::<Sight>().known().turn != turn {
                return;
            }
            // The page draws once it has its first snapshot: before the databases are open, an
            // empty window says nothing about the graphics card.
            let could_be_seen = app.state::<Bridge>().has_started() && window::is_in_view(&app);
            if patience.tick(took, could_be_seen) {
                break;
            }
        }
        act(&app, if first { Seen::Blank } else { Seen::Silent });
    });
}

/// The process behind the page ended.
pub(crate) fn ended(app: &AppHandle) {
    tracing::warn!("the page's process ended");
    window::look_away(app, true);
    let app = app.clone();
    // Asking the window from inside its own signal would wait for itself.
    tauri::async_runtime::spawn(async move {
        let hidden = window::is_hidden(&app);
        act(&app, Seen::Ended { hidden });
    });
}

fn act(app: &AppHandle, seen: Seen) {
    let act = app.state::<Sight>().decide(seen);
    tracing::warn!(?seen, ?act, "the window shows nothing");
    match act {
        Act::Leave => {}
        Act::LetGo => window::let_go(app),
        Act::Reload => reload(app),
        Act::StartSafely => start_safely(app),
        Act::Tell => {
            let words = words(app);
            let (title, body) = words.stays_blank();
            app.state::<Arc<Shell>>().tell_of_window(title, body, words.open());
        }
    }
}

/// Nothing is expected of a page that goes.
pub(crate) fn goes(app: &AppHandle) {
    app.state::<Channels>().end();
    _ = app.state::<Sight>().painted();
}

/// Loads the page anew, in a process of its own if the last one ended.
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
            // Without a memory of it the next start would be blank as well, and so on.
            return tracing::error!(%error, "safe graphics can't be remembered; nothing is done");
        }
        crate::say_goodbye(&app).await;
        graphics::start_again(&app);
    });
}
