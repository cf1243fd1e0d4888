//! The bridge's desktop port: notifications, badge and tray. Nothing here blocks the bridge.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use homing_bridge::dto::Settings;
use homing_bridge::ports::{Desktop, DesktopNotification, NotificationKey, TrayState};
use homing_bridge::words::Words;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager as _};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::notifications::{self, Job, Key, NotificationAnswer, Text};

/// Capacity of the notification queue. A room has one at most, so this is a burst in as many rooms;
/// beyond it one more is of no use.
const WAITING: usize = 64;

/// The bridge's [`Desktop`].
pub(crate) struct Shell {
    jobs: mpsc::Sender<Job>,
    leaving: CancellationToken,
    /// The task that shows notifications, until it is awaited.
    notifier: Mutex<Option<JoinHandle<()>>>,
    tray_state: watch::Sender<Option<TrayState>>,
    settings: watch::Sender<Settings>,
    profile: PathBuf,
    app: AppHandle,
}

impl Shell {
    /// Starts the task that shows notifications while the program runs. Also returns the person's
    /// actions.
    pub(crate) fn start(
        app: &AppHandle,
        profile: PathBuf,
        settings: Settings,
    ) -> (Self, mpsc::Receiver<NotificationAnswer>) {
        let (jobs, queue) = mpsc::channel(WAITING);
        let (answers, answered) = mpsc::channel(WAITING);
        let icon = app.default_window_icon().cloned().map(tauri::image::Image::to_owned);
        let leaving = CancellationToken::new();
        let notifier = notifications::run(queue, answers, icon, leaving.clone());
        let notifier = Mutex::new(Some(tauri::async_runtime::spawn(notifier)));
        let tray_state = watch::Sender::new(None);
        let settings = watch::Sender::new(settings);
        (
            Self { jobs, leaving, notifier, tray_state, settings, profile, app: app.clone() },
            answered,
        )
    }

    /// Withdraws everything and shows nothing more, because nobody would handle a click.
    pub(crate) async fn take_back(&self) {
        self.leaving.cancel();
        let notifier = self.notifier.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(notifier) = notifier
            && let Err(error) = notifier.await
        {
            tracing::warn!(%error, "notifications may stay where they are");
        }
    }

    /// State of badge and tray. None until the bridge has set it.
    pub(crate) fn follow(&self) -> watch::Receiver<Option<TrayState>> {
        self.tray_state.subscribe()
    }

    /// The settings.
    pub(crate) fn follow_settings(&self) -> watch::Receiver<Settings> {
        self.settings.subscribe()
    }

    /// The current settings.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.borrow().clone()
    }

    /// The current state of badge and tray.
    pub(crate) fn now(&self) -> Option<TrayState> {
        self.tray_state.borrow().clone()
    }

    /// Shows a notification about the window once ever. `about` names the file in the profile that
    /// records it.
    pub(crate) fn tell_once(&self, about: &str, title: &str, body: &str, click: &str) {
        let told = self.profile.join(about);
        // If that can't be recorded, silence is better than a notification at every closing.
        if told.exists() || std::fs::write(&told, "").is_err() {
            return;
        }
        self.tell_of_window(title, body, click);
    }

    /// Shows a notification about the window, in place of an earlier one.
    pub(crate) fn tell_of_window(&self, title: &str, body: &str, click: &str) {
        let (title, body, click) = (title.to_owned(), body.to_owned(), click.to_owned());
        let text = Text { title, body, click, open: None, actions: None };
        self.tell(Job::Show(Key::Window, Box::new(text)));
    }

    fn tell(&self, job: Job) {
        if self.jobs.try_send(job.sanitized()).is_err() && !self.leaving.is_cancelled() {
            tracing::warn!("the notification server is too slow; a notification is not shown");
        }
    }
}

impl Desktop for Shell {
    fn show(&self, note: DesktopNotification) {
        let DesktopNotification { key, title, body, click, open, actions } = note;
        let text = Text { title, body, click, open, actions };
        self.tell(Job::Show(Key::Bridge(key), Box::new(text)));
    }

    fn withdraw(&self, key: NotificationKey) {
        self.tell(Job::Withdraw(Key::Bridge(key)));
    }

    fn set_tray_state(&self, state: TrayState) {
        self.tray_state.send_replace(Some(state));
    }

    fn settings_changed(&self, settings: &Settings) {
        self.settings.send_replace(settings.clone());
    }

    fn quit(&self) {
        crate::quit(&self.app);
    }
}

/// The texts in the chosen language.
pub(crate) fn words(app: &AppHandle) -> Words {
    let language = app.state::<Arc<Shell>>().settings().language;
    Words::of(language, sys_locale::get_locale().as_deref())
}
