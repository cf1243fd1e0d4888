//! Toasts on Windows, the notification centre on macOS.
//!
//! Each notification waits for its click on a thread of its own, because the systems' calls block.
//! Once a newer notification with the same key is shown, a click on an older one is ignored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use homing_bridge::ports::NotificationAction;
use notify_rust::{Notification, NotificationResponse};
use tauri::image::Image;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Job, Key, NotificationAnswer, Text, action};

/// Threads that wait for a click. The systems drop a notification after minutes at most.
const WAITING: usize = 32;

/// Number of the newest notification of each key.
type Newest = Arc<Mutex<HashMap<Key, u64>>>;

/// Shows until the program quits; reports the person's actions.
pub(crate) async fn run(
    mut jobs: mpsc::Receiver<Job>,
    answers: mpsc::Sender<NotificationAnswer>,
    _icon: Option<Image<'static>>,
    leaving: CancellationToken,
) {
    let newest = Newest::default();
    let turns = Arc::new(tokio::sync::Semaphore::new(WAITING));
    let mut number = 0;
    // What is shown at that time stays: the systems have no call to withdraw it.
    while let Some(Some(job)) = leaving.run_until_cancelled(jobs.recv()).await {
        match job {
            Job::Show(key, text) => {
                let Ok(turn) = turns.clone().try_acquire_owned() else {
                    tracing::info!("too many notifications wait for a click");
                    continue;
                };
                number += 1;
                lock(&newest).insert(key, number);
                let (newest, answers) = (newest.clone(), answers.clone());
                let spawned =
                    std::thread::Builder::new().name("notification".into()).spawn(move || {
                        let _turn = turn;
                        let shown = notification(&text).show();
                        let waited = shown.and_then(|handle| {
                            handle.wait_for_response(|response: &NotificationResponse| {
                                let current = lock(&newest).get(&key) == Some(&number);
                                if let Some(answer) = answer(&text, response)
                                    && current
                                {
                                    // The program is quitting; the click is ignored.
                                    _ = answers.blocking_send(answer.into());
                                }
                            })
                        });
                        if let Err(error) = waited {
                            tracing::info!(%error, "a notification was not shown");
                        }
                    });
                if let Err(error) = spawned {
                    tracing::info!(%error, "a notification was not shown");
                }
            }
            // The systems have no call to withdraw one; a click on it is ignored.
            Job::Withdraw(key) => _ = lock(&newest).remove(&key),
        }
    }
}

fn notification(text: &Text) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Homing").summary(&text.title).body(&text.body);
    if let Some(actions) = &text.actions {
        notification.action(action::REPLY, &actions.reply);
        notification.action(action::READ, &actions.mark_read);
    }
    notification
}

fn answer(text: &Text, response: &NotificationResponse) -> Option<NotificationAction> {
    match response {
        NotificationResponse::Default => text.answer(action::DEFAULT),
        NotificationResponse::Action(pressed) => text.answer(pressed),
        NotificationResponse::Reply(written) => {
            let about = text.actions.as_ref()?.about.clone();
            Some(NotificationAction::Reply(about, written.clone()))
        }
        NotificationResponse::Closed(_) => None,
    }
}

fn lock(newest: &Newest) -> std::sync::MutexGuard<'_, HashMap<Key, u64>> {
    newest.lock().unwrap_or_else(PoisonError::into_inner)
}
