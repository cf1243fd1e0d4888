//! System events: what the operating system reports about sleep and network, as [`SystemEvent`]s
//! for the engine, and its proxy settings ([`proxy`]).
//!
//! Whoever listens is told that the machine slept, that a network came, went or changed, and that a
//! clock jumped: within half a second of the system's report, within [`clock::TICK`] where only the
//! clock shows it, and never in a storm. The crate decides nothing about connections; that is the
//! engine's part.
//!
//! Each [`Source`] watches one thing and may repeat itself. Two work on every system ([`clock`],
//! [`interfaces`]); the others are in files named by operating system. Their events meet in one
//! task and pass through [`debounce`]. A source that fails is logged and tried again. Without it an
//! event is noticed later, by the heartbeat.

#![deny(missing_docs)]

use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_engine::SystemEvent;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub mod clock;
pub mod debounce;
pub mod interfaces;
pub mod proxy;
pub mod system;

use debounce::Debouncer;

/// Capacity of the channel between sources and debouncing. A docking laptop raises a dozen events
/// at once. A source that finds no room waits; its own queue is in the kernel or on the bus.
const RAISED: usize = 32;
/// Capacity of the channel to the program. It gets an event at most once in [`debounce::QUIET`] and
/// handles it at once.
const NEWS: usize = 8;
/// Delay before a failed source is tried again: a restarted bus is back by then.
const RETRY: Duration = Duration::from_secs(60);

/// Where sources send their events.
pub type EventSender = mpsc::Sender<SystemEvent>;

/// A source of system events.
pub trait Source: Send + Sync + 'static {
    /// Its name for the log.
    fn name(&self) -> &'static str;

    /// Watches until it fails. Stopped by dropping the future.
    fn watch<'a>(&'a self, events: &'a EventSender) -> BoxFuture<'a, Result<(), WatchError>>;
}

/// Why a source can't be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The message bus is not available or was closed.
    #[cfg(target_os = "linux")]
    #[error("the system bus isn't responding")]
    Bus(#[from] zbus::Error),
    /// The network interfaces can't be read.
    #[error("the network interfaces can't be read")]
    Interfaces(#[from] std::io::Error),
}

/// Watches all `sources` until `stop`, in tasks of `tasks`. Returns their debounced events.
pub fn watch(
    sources: Vec<Box<dyn Source>>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> mpsc::Receiver<SystemEvent> {
    let (events, raising) = mpsc::channel(RAISED);
    let (tell, news) = mpsc::channel(NEWS);
    for source in sources {
        let (events, stop) = (events.clone(), stop.clone());
        tasks.spawn(async move {
            _ = stop.run_until_cancelled(keep_watching(&*source, &events)).await;
        });
    }
    let stop = stop.clone();
    tasks.spawn(async move { _ = stop.run_until_cancelled(sort(raising, tell)).await });
    news
}

async fn keep_watching(source: &dyn Source, events: &EventSender) {
    loop {
        if let Err(error) = source.watch(events).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::info!(source = source.name(), cause, "not watched: {error}");
        }
        sleep(RETRY).await;
    }
}

/// Debounces the events until either side is closed.
async fn sort(mut raising: mpsc::Receiver<SystemEvent>, tell: mpsc::Sender<SystemEvent>) {
    let mut debouncer = Debouncer::default();
    loop {
        let deadline = debouncer.deadline();
        let due = async {
            match deadline {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let news = tokio::select! {
            events = raising.recv() => match events {
                Some(event) => {
                    tracing::debug!(?event, "raised");
                    debouncer.take(event, Instant::now())
                }
                None => return,
            },
            () = due => debouncer.due(Instant::now()),
        };
        if let Some(news) = news {
            tracing::info!(?news, "the machine was disturbed");
            if tell.send(news).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Fails at first; the second time it has something to tell.
    struct Restarted(AtomicBool);

    impl Source for Restarted {
        fn name(&self) -> &'static str {
            "restarted"
        }

        fn watch<'a>(&'a self, events: &'a EventSender) -> BoxFuture<'a, Result<(), WatchError>> {
            Box::pin(async {
                if !self.0.swap(true, Ordering::SeqCst) {
                    return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
                }
                _ = events.send(SystemEvent::Woke).await;
                std::future::pending().await
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_fails_is_watched_again() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let began = Instant::now();
        let mut news = watch(vec![Box::new(Restarted(AtomicBool::new(false)))], &tasks, &stop);
        assert_eq!(news.recv().await, Some(SystemEvent::Woke));
        assert_eq!(began.elapsed(), RETRY);
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }
}
