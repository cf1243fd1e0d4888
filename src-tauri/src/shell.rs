//! The desktop as the bridge sees it: notifications and the badge, neither of which may block it.

use std::path::PathBuf;

use homing_bridge::app::App;
use homing_bridge::dto::Open;
use homing_bridge::ports::{Desktop, Note, NoteKey, Unread};
use homing_bridge::words::Words;
use tauri::{AppHandle, Manager as _, State};
use tokio::sync::{mpsc, watch};

use crate::notifications::{self, Job, Key, Text};

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
    /// Starts what shows notifications; it runs as long as the program. Answers the clicks on them
    /// beside itself.
    pub(crate) fn start(app: &AppHandle, profile: PathBuf) -> (Self, mpsc::Receiver<Option<Open>>) {
        let (jobs, queue) = mpsc::channel(WAITING);
        let (clicks, clicked) = mpsc::channel(WAITING);
        let icon = app.default_window_icon().cloned().map(tauri::image::Image::to_owned);
        tauri::async_runtime::spawn(notifications::run(queue, clicks, icon));
        let unread = watch::Sender::new(Unread::default());
        (Self { jobs, unread, profile }, clicked)
    }

    /// What the badge says from now on.
    pub(crate) fn follow(&self) -> watch::Receiver<Unread> {
        self.unread.subscribe()
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

/// The words for the language that the person chose.
pub(crate) fn words(app: &AppHandle) -> Words {
    let bridge: State<'_, App> = app.state();
    Words::of(bridge.settings().language, sys_locale::get_locale().as_deref())
}
