//! Passes the machine's events to every space: sleep, and changes of the network.

use std::sync::Arc;

use homing_bridge::App;
use homing_engine::clock::SystemClock;
use homing_wake::system;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Watches the machine while the program runs.
pub(crate) async fn follow(bridge: App) {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let _stop = stop.clone().drop_guard();
    let sources = system::sources(Arc::new(SystemClock));
    let mut news = homing_wake::watch(sources, &tasks, &stop);
    while let Some(disturbance) = news.recv().await {
        bridge.system_event(disturbance).await;
    }
}
