//! Toasts on Windows, the notification centre on macOS.
//!
//! Each notification waits for its click on a thread of its own, because the systems' own calls
//! block. A newer one with the same key makes the click on an older one mean nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use homing_bridge::dto::Open;
use notify_rust::{Notification, NotificationResponse};
use tauri::image::Image;
use tokio::sync::mpsc;

use super::{Job, Key};

/// Threads that wait for a click. The systems drop a notification after minutes at most.
const WAITING: usize = 32;

/// The number of the newest notification of each key.
type Newest = Arc<Mutex<HashMap<Key, u64>>>;

/// Shows until the program ends; tells what was clicked.
pub(crate) async fn run(
    mut jobs: mpsc::Receiver<Job>,
    clicks: mpsc::Sender<Option<Open>>,
    _icon: Option<Image<'static>>,
) {
    let newest = Newest::default();
    let turns = Arc::new(tokio::sync::Semaphore::new(WAITING));
    let mut number = 0;
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Show(key, text) => {
                let Ok(turn) = turns.clone().try_acquire_owned() else {
                    tracing::info!("too many notifications wait for a click");
                    continue;
                };
                number += 1;
                lock(&newest).insert(key, number);
                let (newest, clicks) = (newest.clone(), clicks.clone());
                let spawned =
                    std::thread::Builder::new().name("notification".into()).spawn(move || {
                        let _turn = turn;
                        let shown = Notification::new()
                            .appname("Homing")
                            .summary(&text.title)
                            .body(&text.body)
                            .show();
                        let waited = shown.and_then(|handle| {
                            handle.wait_for_response(|response: &NotificationResponse| {
                                let current = lock(&newest).get(&key) == Some(&number);
                                if matches!(response, NotificationResponse::Default) && current {
                                    let _ = clicks.try_send(text.open.clone());
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
            // The systems offer no call to take one back; a click on it must mean nothing.
            Job::Withdraw(key) => _ = lock(&newest).remove(&key),
        }
    }
}

fn lock(newest: &Newest) -> std::sync::MutexGuard<'_, HashMap<Key, u64>> {
    newest.lock().unwrap_or_else(PoisonError::into_inner)
}
