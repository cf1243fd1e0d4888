//! What the operating system knows of sleep and network, as [`SystemEvent`]s for the engine, and
//! of proxies ([`proxy`]).
//!
//! It promises that whoever listens hears of a machine that slept, of a network that came, went or
//! changed, and of a clock that jumped: within half a second of the system, within
//! [`clock::TICK`] where only the clock tells, and never so often that it would be a storm. It
//! decides nothing about connections; what a disturbance means to one is the engine's matter.
//!
//! Each [`Source`] watches one thing and tells what it sees, again and again if it likes. Two are
//! the same everywhere ([`clock`], [`interfaces`]); the rest stands in files named by operating
//! system. What they tell meets in one task and passes through [`debounce`], which is pure and makes
//! one piece of news out of many. A source that can't be watched is logged and tried again: its
//! absence makes the news come later, by the heartbeat, and never makes it wrong.

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

/// What sources may tell before it is sorted. A laptop that docks raises a dozen in a moment; a
/// source that finds no room waits, and its own queue is in the kernel or on the bus.
const RAISED: usize = 32;
/// News that the program has not taken yet. It comes at most once in [`debounce::QUIET`] and is acted
/// on at once.
const NEWS: usize = 8;
/// A source that failed is tried again after so long: a bus that restarts is back by then, and one
/// that is not there costs nothing.
const RETRY: Duration = Duration::from_secs(60);

/// Where sources put what they see.
pub type EventSender = mpsc::Sender<SystemEvent>;

/// Something that can be watched.
pub trait Source: Send + Sync + 'static {
    /// What it is, for the log.
    fn name(&self) -> &'static str;

    /// Watches, until it can't any more. Dropped to make it stop.
    fn watch<'a>(&'a self, events: &'a EventSender) -> BoxFuture<'a, Result<(), WatchError>>;
}

/// Why something can't be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The system's message bus is not there, or went away.
    #[cfg(target_os = "linux")]
    #[error("the system bus isn't responding")]
    Bus(#[from] zbus::Error),
    /// The network interfaces can't be read.
    #[error("the network interfaces can't be read")]
    Interfaces(#[from] std::io::Error),
}

/// Watches all `sources` until `stop`, in tasks of `tasks`, and gives what they tell, calmed.
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

/// Makes one piece of news out of many, until nobody tells or hears any more.
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
