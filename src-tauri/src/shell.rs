//! The desktop as the bridge sees it: notifications and the badge, neither of which may block it.

use std::path::PathBuf;

use homing_bridge::app::App;
use homing_bridge::dto::Open;
use homing_bridge::ports::{Desktop, Note, NoteKey, Unread};
use tauri::{AppHandle, Manager as _, State};
use tokio::sync::{mpsc, watch};

use crate::notifications::{self, Job, Key, Text};
use crate::{tray, window};

/// Notifications waiting for the system. Each room has one at most, so this is a burst in as many
/// rooms; beyond it the person gains nothing from one more.
const WAITING: usize = 64;

/// The bridge's [`Desktop`].
pub(crate) struct Shell {
    jobs: mpsc::Sender<Job>,
    unread: watch::Sender<Unread>,
    profile: PathBuf,
}

impl Shell {
    /// Starts what shows notifications and the badge. They run as long as the program.
    pub(crate) fn start(app: &AppHandle, profile: PathBuf) -> Self {
        let (jobs, queue) = mpsc::channel(WAITING);
        let (clicks, clicked) = mpsc::channel(WAITING);
        let icon = app.default_window_icon().cloned().map(tauri::image::Image::to_owned);
        tauri::async_runtime::spawn(notifications::run(queue, clicks, icon));
        tauri::async_runtime::spawn(open_clicked(app.clone(), clicked));
        let unread = watch::Sender::new(Unread::default());
        tauri::async_runtime::spawn(show_unread(app.clone(), unread.subscribe()));
        Self { jobs, unread, profile }
    }

    /// What the badge says now.
    pub(crate) fn now(&self) -> Unread {
        self.unread.borrow().clone()
    }

    /// Says something about the window that need not be said twice. `about` names the file in the
    /// profile that remembers it.
    pub(crate) fn tell_once(&self, about: &str, title: &str, body: &str) {
        let told = self.profile.join(about);
        // If it cannot be remembered it is better not said than said at every closing.
        if told.exists() || std::fs::write(&told, "").is_err() {
            return;
        }
        let (title, body) = (title.to_owned(), body.to_owned());
        self.tell(Job::Show(Key::Window, Text { title, body, open: None }));
    }

    fn tell(&self, job: Job) {
        if self.jobs.try_send(job).is_err() {
            tracing::warn!("the notification server is too slow; a notification is not shown");
        }
    }
}

impl Desktop for Shell {
    fn show(&self, note: Note) {
        let Note { key, title, body, open } = note;
        self.tell(Job::Show(Key::Bridge(key), Text { title, body, open }));
    }

    fn withdraw(&self, key: NoteKey) {
        self.tell(Job::Withdraw(Key::Bridge(key)));
    }

    fn unread(&self, unread: Unread) {
        self.unread.send_replace(unread);
    }
}

/// A click brings the window and what the notification was about.
async fn open_clicked(app: AppHandle, mut clicked: mpsc::Receiver<Option<Open>>) {
    while let Some(open) = clicked.recv().await {
        window::open(&app);
        if let Some(open) = open {
            let bridge: State<'_, App> = app.state();
            bridge.open(open).await;
        }
    }
}

async fn show_unread(app: AppHandle, mut unread: watch::Receiver<Unread>) {
    while unread.changed().await.is_ok() {
        let now = unread.borrow_and_update().clone();
        if let Err(error) = tray::show(&app, &now) {
            tracing::warn!(%error, "the tray does not show what is unread");
        }
    }
}
